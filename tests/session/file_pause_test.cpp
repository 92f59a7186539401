// SPDX-License-Identifier: MIT
// A transfer that rests because its user said so, on either side, and goes on.
#include <boost/test/unit_test.hpp>

#include "file_room.h"
#include "netcore/base/random.h"
#include "netcore/crypto/file_stream.h"

using namespace coterie;
using coterie::event::TransferPhase;

namespace {

constexpr auto chunk = crypto::chunk_size;
constexpr auto sealed_chunk = crypto::sealed_chunk_size;

struct Fixture : test::FileRoom {
  // Pauses it on that side when a part of it has passed.
  FileId paused_by(test::FileMember& who, const Bytes& content) {
    auto done = std::make_shared<bool>(false);
    const auto id = std::make_shared<FileId>();
    relay.on_piece = [this, &who, done, id](const BlobId&, std::uint64_t passed, MutableByteView) {
      if (*done || passed < 20 * sealed_chunk) return;
      *done = true;
      loop.post([&who, id] { who.files().pause(*id); });
    };
    *id = transfer(file("film.mkv", content));
    until([&] { return who.is(*id, TransferPhase::paused); });
    return *id;
  }
  [[nodiscard]] Bytes received() const {
    const auto names = bob.received();
    BOOST_REQUIRE_EQUAL(names.size(), 1U);
    return test::read_file(bob.folder() / names.front());
  }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(file_pause, Fixture)

BOOST_AUTO_TEST_CASE(the_receiver_rests_and_goes_on_where_it_was) {
  const auto content = noise(1000 * chunk);
  const auto id = paused_by(bob, content);
  settle();
  BOOST_TEST(relay.flowing == 0U);
  BOOST_TEST(bob.is(id, TransferPhase::paused));
  BOOST_TEST(alice.is(id, TransferPhase::waiting));
  const auto passed = relay.passed;
  settle();
  BOOST_TEST(relay.passed == passed);
  bob.files().resume(id);
  until_finished(id);
  BOOST_TEST((received() == content));
  BOOST_TEST(relay.streams.back().second > 0U);   // not from the beginning
  for (const auto& [blob, uses] : relay.uses) BOOST_TEST(uses == 1);
}

BOOST_AUTO_TEST_CASE(the_sender_rests_and_goes_on_where_it_was) {
  const auto content = noise(1000 * chunk);
  const auto id = paused_by(alice, content);
  settle();
  BOOST_TEST(relay.flowing == 0U);
  BOOST_TEST(bob.is(id, TransferPhase::waiting));
  alice.files().resume(id);
  until_finished(id);
  BOOST_TEST((received() == content));
  BOOST_TEST(relay.streams.back().second > 0U);
  for (const auto& [blob, uses] : relay.uses) BOOST_TEST(uses == 1);
}

BOOST_AUTO_TEST_CASE(a_pause_outlives_a_restart_and_a_broken_line) {
  const auto content = noise(1000 * chunk);
  const auto id = paused_by(bob, content);
  bob.shut_down();
  disconnect();
  bob.start();
  connect();
  settle();
  BOOST_TEST(bob.is(id, TransferPhase::paused));
  BOOST_TEST(relay.flowing == 0U);
  bob.files().resume(id);
  until_finished(id);
  BOOST_TEST((received() == content));
}

BOOST_AUTO_TEST_CASE(while_one_rests_others_move) {
  const auto first = paused_by(alice, noise(1000 * chunk));
  const auto content = noise(10 * chunk);
  const auto second = transfer(file("note.txt", content));
  until_finished(second);
  BOOST_TEST(alice.is(first, TransferPhase::paused));
  alice.files().cancel(first);
  until([&] { return alice.is(first, TransferPhase::cancelled) && bob.is(first, TransferPhase::cancelled); });
}

BOOST_AUTO_TEST_CASE(what_is_not_under_way_cannot_rest) {
  const auto id = alice.sends(file("a", noise(10)));
  until([&] { return bob.was_offered(id); });
  alice.files().pause(id);
  BOOST_TEST(alice.has_notice(Errc::invalid_argument));
  alice.files().pause(random_id<FileId>());
  BOOST_TEST(alice.has_notice(Errc::not_found));
  bob.accepts(id);
  until_finished(id);
  bob.files().resume(id);
  BOOST_TEST(bob.has_notice(Errc::not_found));
}

BOOST_AUTO_TEST_SUITE_END()
