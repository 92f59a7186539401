// SPDX-License-Identifier: MIT
#include "gui/model/error_detail.h"

#include <boost/test/unit_test.hpp>

using coterie::gui::detail_of;

namespace {

using Names = std::vector<std::string>;

}   // namespace

BOOST_AUTO_TEST_SUITE(error_detail)

BOOST_AUTO_TEST_CASE(the_names_in_a_detail_are_told_apart_from_its_words) {
  const auto room = detail_of("/home/a, and b has room for 1.0 MB, and 2.0 GB are needed");
  BOOST_REQUIRE(room.words != nullptr);
  BOOST_TEST(std::string(room.words) == "%s has room for %s, and %s are needed");
  BOOST_TEST(room.names == (Names{"/home/a, and b", "1.0 MB", "2.0 GB"}), boost::test_tools::per_element());
  const auto nowhere = detail_of("no address for relay.example.org (Name or service not known)");
  BOOST_TEST(nowhere.names == (Names{"relay.example.org", "Name or service not known"}),
             boost::test_tools::per_element());
  BOOST_TEST(detail_of("no address for relay.example.org").names == Names{"relay.example.org"},
             boost::test_tools::per_element());
  BOOST_TEST(detail_of("x (it is empty) (it is empty)").names == Names{"x (it is empty)"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_detail_without_names_is_known_as_a_whole) {
  BOOST_TEST(std::string(detail_of("this transfer is over").words) == "this transfer is over");
  BOOST_TEST(detail_of("this transfer is over").names.empty());
  BOOST_TEST((detail_of("this transfer is over now").words == nullptr));
}

BOOST_AUTO_TEST_CASE(a_name_by_itself_is_no_words) {
  for (const char* name : {"/home/alice/photo.jpg", "bob", "", " is a folder"})
    BOOST_TEST((detail_of(name).words == nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
