// SPDX-License-Identifier: MIT
// The entry of every test program: Boost.Test's own, with broken pipes reported as errors instead of ending the process.
#define BOOST_TEST_MODULE coterie
#include <boost/test/unit_test.hpp>
#include <csignal>

namespace {

struct IgnoreBrokenPipes {
  IgnoreBrokenPipes() { std::signal(SIGPIPE, SIG_IGN); }
};
BOOST_TEST_GLOBAL_FIXTURE(IgnoreBrokenPipes);

}   // namespace
