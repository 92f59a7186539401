// SPDX-License-Identifier: MIT
// Bytes of a blob on their way through the relay, and every way in which that can end.
#include <boost/test/unit_test.hpp>

#include "netcore/base/random.h"
#include "tests/support/relay_host.h"

using namespace coterie;
using namespace std::chrono_literals;
using test::RawClient;
using test::RawData;
using test::RawMember;
using test::RelayHost;

namespace {

struct Club : RelayHost {
  explicit Club(const Adjust& adjust = {}) : RelayHost(adjust) {}
  std::unique_ptr<RawClient> alice = join({"club", "alice"});
  std::unique_ptr<RawClient> bob = join({"club", "bob"});
  BlobId blob = random_id<BlobId>();
  ReadCap cap = random_id<ReadCap>();
  std::uint64_t offset = 0;
  std::optional<control::BlobTicket> to_read;
  std::optional<control::BlobNeed> to_write;
  std::unique_ptr<RawData> reader;
  std::unique_ptr<RawData> uploader;

  // Both have their tickets.
  void match(std::uint64_t length, std::uint64_t from = 0) {
    offset = from;
    alice->send(control::BlobPut{.blob = blob, .length = length, .read_hash = control::read_hash_of(cap), .mode = {}});
    alice->sync();
    bob->send(control::BlobGet{.blob = blob, .read_cap = cap, .offset = from});
    to_read = bob->wait_for<control::BlobTicket>();
    to_write = alice->wait_for<control::BlobNeed>();
    BOOST_REQUIRE((to_read && to_write));
  }
  void open_reader() {
    reader = std::make_unique<RawData>(loop, port());
    reader->say_hello(to_read->ticket, offset);
  }
  void open_uploader() {
    uploader = std::make_unique<RawData>(loop, port());
    uploader->say_hello(to_write->ticket, offset);
  }
  void open_both() {
    open_reader();
    open_uploader();
    until([&] { return stats().tickets == 0; });
  }
  // Nothing of it is left at the relay.
  void until_over() {
    until([&] { return stats().transfers == 0 && stats().data_connections == 0; });
  }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(transfers, Club)

BOOST_AUTO_TEST_CASE(what_the_uploader_sends_reaches_the_reader_and_its_word_comes_back) {
  const auto content = test::pattern(3'000'000);
  match(content.size());
  open_both();
  uploader->send(content);
  uploader->stream->end_writing();
  BOOST_REQUIRE(reader->gets(content.size()));
  BOOST_TEST((reader->received == content));
  until([&] { return reader->ended > 0; });
  reader->send(control::encode_done(content.size()));
  BOOST_REQUIRE(uploader->gets(control::data_done_size));
  BOOST_TEST((uploader->received == control::encode_done(content.size())));
  reader->stream->end_writing();
  BOOST_TEST(uploader->ends());
  until_over();
  BOOST_TEST(stats().counters.transfers == 1U);
  BOOST_TEST(stats().counters.transfers_failed == 0U);
  BOOST_TEST(stats().counters.transferred_bytes == content.size());
}

BOOST_AUTO_TEST_CASE(an_uploader_that_does_not_end_its_side_is_told_all_the_same) {
  const auto content = test::pattern(1000);
  match(content.size());
  open_both();
  uploader->send(content);
  BOOST_REQUIRE(reader->gets(content.size()));
  reader->send(control::encode_done(content.size()));
  BOOST_TEST(uploader->gets(control::data_done_size));
  BOOST_TEST(uploader->ends());
  uploader.reset();
  reader.reset();
  until_over();
  BOOST_TEST(stats().counters.transfers == 1U);
}

BOOST_AUTO_TEST_CASE(both_orders_of_coming_work_and_what_comes_with_the_ticket_is_not_lost) {
  for (const bool reader_first : {true, false}) {
    blob = random_id<BlobId>();
    const auto content = test::pattern(100'000);
    match(content.size());
    if (reader_first) open_reader();
    uploader = std::make_unique<RawData>(loop, port());
    uploader->send(concat({control::encode_hello({.ticket = to_write->ticket, .offset = 0}), content}));
    uploader->stream->end_writing();
    test::settle(loop);
    if (!reader_first) open_reader();
    BOOST_REQUIRE(reader->gets(content.size()));
    BOOST_TEST((reader->received == content));
    reader->send(control::encode_done(content.size()));
    BOOST_TEST(uploader->gets(control::data_done_size));
    uploader.reset();
    reader.reset();
    until_over();
  }
}

BOOST_AUTO_TEST_CASE(a_ticket_that_comes_byte_by_byte_is_the_same_ticket) {
  match(10);
  open_reader();
  uploader = std::make_unique<RawData>(loop, port());
  for (const auto byte :
       concat({control::encode_hello({.ticket = to_write->ticket, .offset = 0}), test::pattern(10)})) {
    uploader->send(ByteView(&byte, 1));
    loop.run_once(1ms);
  }
  BOOST_TEST(reader->gets(10));
}

BOOST_AUTO_TEST_CASE(a_resumed_transfer_carries_the_rest_only) {
  const auto content = test::pattern(5000);
  match(content.size(), 4000);
  open_both();
  uploader->send(ByteView(content).subspan(4000));
  BOOST_REQUIRE(reader->gets(1000));
  reader->send(control::encode_done(content.size()));
  BOOST_TEST(uploader->gets(control::data_done_size));
}

BOOST_AUTO_TEST_CASE(a_transfer_of_nothing_is_a_transfer) {
  match(700, 700);
  open_both();
  uploader->stream->end_writing();
  BOOST_TEST(reader->ends());
  reader->send(control::encode_done(700));
  BOOST_TEST(uploader->gets(control::data_done_size));
  uploader.reset();
  reader.reset();
  until_over();
  BOOST_TEST(stats().counters.transfers == 1U);
}

BOOST_AUTO_TEST_CASE(the_blob_can_be_read_again) {
  for (int i = 0; i < 3; ++i) {
    if (i == 0) {
      match(10);
    } else {
      bob->send(control::BlobGet{.blob = blob, .read_cap = cap, .offset = 0});
      to_read = bob->wait_for<control::BlobTicket>();
      to_write = alice->wait_for<control::BlobNeed>();
      BOOST_REQUIRE((to_read && to_write));
    }
    open_both();
    uploader->send(test::pattern(10));
    BOOST_REQUIRE(reader->gets(10));
    reader->send(control::encode_done(10));
    BOOST_TEST(uploader->gets(control::data_done_size));
    uploader.reset();
    reader.reset();
    until_over();
  }
  BOOST_TEST(stats().counters.transfers == 3U);
}

BOOST_AUTO_TEST_CASE(a_bandwidth_holds_a_transfer_back_and_nothing_else_and_can_be_lifted) {
  for (auto limit : {&relay::Limits::transfer_bandwidth, &relay::Limits::transfers_bandwidth}) {
    Club club([limit](relay::Config& config) { config.limits.*limit = 1; });
    const auto content = test::pattern(8'000'000);
    club.match(content.size());
    club.open_both();
    club.uploader->send(content);
    club.uploader->stream->end_writing();
    // What is in the bucket goes through, and at a byte a second that is all for months.
    BOOST_REQUIRE(club.reader->gets(1));
    for (int i = 0; i < 20; ++i) club.alice->sync();
    BOOST_TEST(club.reader->received.size() < 2'000'000U);
    BOOST_TEST(club.stats().transfers == 1U);

    auto fresh = club.server().config();
    fresh.limits.*limit = 0;
    club.server().reload(fresh);
    BOOST_REQUIRE(club.reader->gets(content.size()));
    BOOST_TEST((club.reader->received == content));
  }
}

BOOST_AUTO_TEST_CASE(all_transfers_together_have_a_bandwidth) {
  Club club([](relay::Config& config) { config.limits.transfers_bandwidth = 1; });
  club.match(1'000'000);
  club.open_both();
  club.uploader->send(test::pattern(1'000'000));
  BOOST_REQUIRE(club.reader->gets(1));
  for (int i = 0; i < 20; ++i) club.alice->sync();
  const auto first = std::move(club.reader);
  const auto its_uploader = std::move(club.uploader);
  club.blob = random_id<BlobId>();
  club.match(3'000'000);
  club.open_both();
  club.uploader->send(test::pattern(3'000'000));
  for (int i = 0; i < 20; ++i) club.alice->sync();
  BOOST_TEST(club.reader->received.size() < 1'000'000U);
  BOOST_TEST(club.stats().transfers == 2U);
}

BOOST_AUTO_TEST_CASE(more_bytes_than_announced_end_it_for_both_and_do_not_reach_the_reader) {
  match(1000);
  open_both();
  uploader->send(test::pattern(1001));
  BOOST_TEST(reader->ends());
  BOOST_TEST(uploader->ends());
  BOOST_TEST(reader->received.size() <= 1000U);
  uploader.reset();
  reader.reset();
  until_over();
  BOOST_TEST(stats().counters.transfers == 0U);
}

BOOST_AUTO_TEST_CASE(fewer_bytes_than_announced_reach_the_reader_as_an_end_without_success) {
  match(1000);
  open_both();
  uploader->send(test::pattern(999));
  uploader->stream->end_writing();
  BOOST_TEST(reader->gets(999));
  BOOST_TEST(reader->ends());
  BOOST_TEST(uploader->ends());
  BOOST_TEST(uploader->received.empty());
  uploader.reset();
  reader.reset();
  until_over();
  BOOST_TEST(stats().counters.transfers_failed == 1U);
}

BOOST_AUTO_TEST_CASE(an_uploader_that_is_lost_leaves_the_reader_what_had_come) {
  match(5'000'000);
  open_both();
  uploader->send(test::pattern(100'000));
  until([&] { return uploader->stream->queued() == 0; });
  BOOST_TEST(reader->gets(100'000));
  uploader.reset();
  BOOST_TEST(reader->ends());
  reader.reset();
  until_over();
}

BOOST_AUTO_TEST_CASE(a_reader_that_leaves_ends_it_for_the_uploader) {
  match(5'000'000);
  open_both();
  uploader->send(test::pattern(100'000));
  BOOST_TEST(reader->gets(1));
  reader.reset();
  BOOST_TEST(uploader->ends());
  uploader.reset();
  until_over();
}

BOOST_AUTO_TEST_CASE(a_reader_that_speaks_before_it_has_everything_ends_it) {
  match(1000);
  open_both();
  uploader->send(test::pattern(999));
  BOOST_TEST(reader->gets(999));
  reader->send(control::encode_done(1000));
  BOOST_TEST(uploader->ends());
  BOOST_TEST(uploader->received.empty());
}

BOOST_AUTO_TEST_CASE(a_reader_that_confirms_another_length_or_says_something_else_confirms_nothing) {
  for (const auto& word :
       {control::encode_done(999), to_bytes(as_bytes("DONE\0\0\0\0\0\0\3")), test::pattern(12), test::pattern(50)}) {
    blob = random_id<BlobId>();
    match(1000);
    open_both();
    uploader->send(test::pattern(1000));
    BOOST_TEST(reader->gets(1000));
    reader->send(word);
    reader->stream->end_writing();
    BOOST_TEST(uploader->ends());
    BOOST_TEST(uploader->received.empty());
    uploader.reset();
    reader.reset();
    until_over();
  }
  BOOST_TEST(stats().counters.transfers == 0U);
}

BOOST_AUTO_TEST_CASE(an_uploader_is_held_while_the_reader_does_not_read) {
  constexpr std::size_t huge = 96_MiB;   // more than the kernel's buffers and the relay's window hold together
  match(huge);
  open_reader();
  reader->stream->pause_reading(true);
  open_uploader();
  const Bytes piece(1_MiB, 7);
  for (std::size_t sent = 0; sent < huge; sent += piece.size()) uploader->send(piece);
  until([&] { return stats().tickets == 0; });
  auto before = uploader->stream->queued() + 1;
  while (uploader->stream->queued() < before) {
    before = uploader->stream->queued();
    test::settle(loop);
  }
  BOOST_TEST(uploader->stream->queued() > huge / 2);
  reader->when_data = [got = std::size_t{0}, this](const io::Slab& data) mutable {
    got += data.length;
    if (got == huge) reader->send(control::encode_done(huge));
  };
  reader->stream->pause_reading(false);
  BOOST_TEST(uploader->gets(control::data_done_size));
}

BOOST_AUTO_TEST_CASE(a_transfer_taken_back_is_closed_for_both) {
  for (auto* client : {&alice, &bob}) {
    blob = random_id<BlobId>();
    match(1000);
    open_both();
    uploader->send(test::pattern(10));
    BOOST_TEST(reader->gets(10));
    (*client)->send(control::BlobDrop{blob});
    BOOST_TEST(reader->ends());
    BOOST_TEST(uploader->ends());
    until_over();
  }
}

BOOST_AUTO_TEST_CASE(a_transfer_ends_with_the_control_connection_of_either_side) {
  for (auto* client : {&alice, &bob}) {
    alice = join({"club", "alice"});
    bob = join({"club", "bob"});
    blob = random_id<BlobId>();
    match(1000);
    open_both();
    (*client)->vanish();
    BOOST_TEST(reader->ends());
    BOOST_TEST(uploader->ends());
    until_over();
  }
}

BOOST_AUTO_TEST_CASE(a_data_connection_on_which_nothing_moves_is_given_up) {
  Club club([](relay::Config& config) { config.timing.stall = 50ms; });
  club.match(1000);
  club.open_both();
  club.uploader->send(test::pattern(10));
  BOOST_TEST(club.uploader->ends());
  BOOST_TEST(club.reader->ends());
  club.until_over();
}

BOOST_AUTO_TEST_SUITE_END()
