// SPDX-License-Identifier: MIT
// What the scenarios of file transfers share: a room for files, offers nobody's program would make, and looks at what came of them.
#pragma once

#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "file_room.h"
#include "netcore/base/random.h"
#include "netcore/crypto/file_stream.h"

namespace coterie::test {

inline constexpr auto chunk = crypto::chunk_size;
inline constexpr auto sealed_chunk = crypto::sealed_chunk_size;

struct TransferFixture : FileRoom {
  // What bob has of a file, by its only received name.
  [[nodiscard]] Bytes received() const {
    const auto names = bob.received();
    BOOST_REQUIRE_EQUAL(names.size(), 1U);
    return read_file(bob.folder() / names.front());
  }
  // An offer nobody's program would make.
  content::FileOffer forged(const std::string& name, std::uint64_t size) {
    content::FileOffer offer;
    offer.file = random_id<FileId>();
    offer.attempt = random_id<BlobId>();
    offer.read_cap = random_id<ReadCap>();
    offer.size = size;
    offer.name = name;
    return offer;
  }
  [[nodiscard]] static content::FileOffer copy_of(const content::FileOffer& offer) {
    content::FileOffer copy;
    copy.file = offer.file;
    copy.attempt = offer.attempt;
    copy.file_key = offer.file_key.copy();
    copy.read_cap = offer.read_cap;
    copy.size = offer.size;
    copy.name = *offer.name;
    return copy;
  }
  // An attempt travels once; so no chunk was sealed twice under one key.
  void check_every_attempt_was_used_once() const {
    for (const auto& [blob, uses] : relay.uses) BOOST_TEST(uses == 1);
  }
  [[nodiscard]] std::optional<content::FileDone> last_done() const {
    std::optional<content::FileDone> last;
    for (const auto& body : alice.sent)
      if (const auto* done = std::get_if<content::FileDone>(&body)) last = *done;
    return last;
  }
};

inline std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

inline void touch_later(const std::filesystem::path& file) {
  std::filesystem::last_write_time(file, std::filesystem::last_write_time(file) + std::chrono::seconds(5));
}

}   // namespace coterie::test
