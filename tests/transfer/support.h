// SPDX-License-Identifier: MIT
// What the tests of this rung share: contents that repeat from a seed, and a worker without a loop.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <random>

#include "netcore/base/bytes.h"
#include "netcore/base/worker.h"
#include "netcore/crypto/file_stream.h"
#include "tests/support/temp_folder.h"

namespace coterie::test {

using Random = std::mt19937_64;
Bytes random_bytes(Random& random, std::size_t size);
std::size_t below(Random& random, std::size_t bound);

std::vector<std::string> names_in(const std::filesystem::path& folder);   // sorted

crypto::StreamKey key_number(std::uint8_t n);
// The whole sealed form of a file.
Bytes sealed(const crypto::StreamKey& key, ByteView plain);

// A worker whose answers are run by the test, when it wants.
class ManualWorker {
 public:
  ManualWorker();
  Worker& worker() { return worker_; }
  // Runs answers until `done` holds.
  void until(const std::function<bool()>& done);

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> answers_;
  Worker worker_;   // last: its thread posts to the above
};

}   // namespace coterie::test
