// SPDX-License-Identifier: MIT
#include "netcore/io/data_stream.h"

#include <boost/test/unit_test.hpp>
#include <thread>

#include "tests/support/loopback.h"

using namespace coterie;
using namespace std::chrono_literals;
using io::DataStream;
using io::Slab;
using test::StreamRecorder;

namespace {

const Error done{Errc::shutting_down, "enough"};

Slab slab_of(Bytes bytes) {
  const auto size = bytes.size();
  return {.memory = std::make_shared<Bytes>(std::move(bytes)), .offset = 0, .length = size};
}

struct Pair {
  explicit Pair(DataStream::Options options = {}, std::optional<int> buffer = std::nullopt) {
    auto sockets = test::loopback_pair(buffer);
    a.stream = std::make_unique<DataStream>(loop, std::move(sockets.dialled), options, a);
    b.stream = std::make_unique<DataStream>(loop, std::move(sockets.accepted), options, b);
  }
  bool until(const std::function<bool()>& reached) { return test::until(loop, reached); }

  io::EventLoop loop;
  StreamRecorder a;
  StreamRecorder b;
};

}   // namespace

BOOST_AUTO_TEST_SUITE(data_stream)

BOOST_AUTO_TEST_CASE(moves_bytes_both_ways_by_copy_and_by_reference) {
  Pair pair;
  pair.a.stream->pause_reading(false);
  pair.b.stream->pause_reading(false);
  const auto big = test::pattern(3'000'000);
  pair.a.stream->send(as_bytes("head"));
  pair.a.stream->send(slab_of(big));
  pair.a.stream->send(as_bytes("tail"));
  pair.b.stream->send(as_bytes("answer"));
  BOOST_TEST_REQUIRE(
      pair.until([&] { return pair.b.received.size() == big.size() + 8 && pair.a.received.size() == 6; }));
  BOOST_TEST((pair.b.received == concat({as_bytes("head"), big, as_bytes("tail")})));
  BOOST_TEST(as_text(pair.a.received) == "answer");
}

BOOST_AUTO_TEST_CASE(sends_only_the_part_of_the_slab_that_is_meant_and_lets_it_go) {
  Pair pair;
  pair.b.stream->pause_reading(false);
  auto slab = slab_of(test::pattern(100'000));
  const auto memory = slab.memory;
  slab.offset = 1000;
  slab.length = 5000;
  const auto expected = to_bytes(slab.view());
  pair.a.stream->send(std::move(slab));
  BOOST_TEST(pair.a.stream->queued() == 5000U);
  BOOST_TEST(memory.use_count() == 2);
  BOOST_TEST_REQUIRE(pair.until([&] { return pair.b.received.size() == 5000; }));
  BOOST_TEST((pair.b.received == expected));
  BOOST_TEST(memory.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(may_be_told_anything_between_its_close_and_its_last_word) {
  Pair pair;
  pair.a.stream->pause_reading(false);
  pair.a.stream->want_writable(true);
  pair.a.stream->close(done);
  pair.a.stream->pause_reading(true);
  pair.a.stream->pause_reading(false);
  pair.a.stream->want_writable(false);
  pair.a.stream->send(as_bytes("too late"));
  pair.a.stream->end_writing();
  BOOST_TEST(pair.a.stream->queued() == 0U);
  BOOST_TEST_REQUIRE(pair.until([&] { return pair.a.closed.has_value(); }));
  BOOST_TEST((*pair.a.closed == done));
}

BOOST_AUTO_TEST_CASE(reads_nothing_until_it_is_told_to) {
  Pair pair;
  pair.a.stream->send(as_bytes("early"));
  test::settle(pair.loop);
  BOOST_TEST(pair.b.received.empty());
  pair.b.stream->pause_reading(false);
  BOOST_TEST_REQUIRE(pair.until([&] { return pair.b.received.size() == 5; }));
  pair.b.stream->pause_reading(true);
  pair.a.stream->send(as_bytes("late"));
  test::settle(pair.loop);
  BOOST_TEST(pair.b.received.size() == 5U);
}

BOOST_AUTO_TEST_CASE(a_pause_inside_on_data_holds) {
  Pair pair({.read_size = 1000});
  pair.b.when_data = [&](Slab data) {
    append(pair.b.received, data.view());
    pair.b.stream->pause_reading(true);
  };
  pair.b.stream->pause_reading(false);
  const auto bytes = test::pattern(10'000);
  pair.a.stream->send(bytes);
  for (std::size_t had = 0; had < bytes.size();) {
    BOOST_TEST_REQUIRE(pair.until([&] { return pair.b.received.size() > had; }));
    const auto now = pair.b.received.size();
    BOOST_TEST_REQUIRE(now <= had + 1000);
    test::settle(pair.loop);
    BOOST_TEST_REQUIRE(pair.b.received.size() == now);
    had = now;
    pair.b.stream->pause_reading(false);
  }
  BOOST_TEST((pair.b.received == bytes));
}

BOOST_AUTO_TEST_CASE(slabs_that_are_kept_stay_as_they_were) {
  // Kept across later reads, and dropped in another order than they came, one of them on another thread.
  Pair pair({.read_size = 4096});
  std::vector<Slab> kept;
  pair.b.when_data = [&](Slab data) { kept.push_back(std::move(data)); };
  pair.b.stream->pause_reading(false);
  Bytes expected;
  std::size_t got = 0;
  std::vector<std::thread> droppers;
  for (std::uint32_t i = 0; i < 200; ++i) {
    const auto part = test::pattern(1 + i * 37 % 3000, i);
    append(expected, part);
    pair.a.stream->send(part);
    BOOST_TEST_REQUIRE(pair.until([&] {
      std::size_t total = got;
      for (const auto& slab : kept) total += slab.length;
      return total == expected.size();
    }));
    if (kept.size() < 7) continue;
    for (const auto& slab : kept) {
      BOOST_TEST_REQUIRE(
          std::equal(slab.view().begin(), slab.view().end(), expected.begin() + static_cast<std::ptrdiff_t>(got)));
      got += slab.length;
    }
    droppers.emplace_back([moved = std::move(kept.front())] { static_cast<void>(moved.length); });
    while (kept.size() > 1) kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(kept.size() / 2));
    kept.clear();
  }
  for (auto& thread : droppers) thread.join();
}

BOOST_AUTO_TEST_CASE(small_reads_share_memory) {
  // A peer that sends byte by byte must not make every byte cost a slab.
  Pair pair;
  std::vector<Slab> kept;
  pair.b.when_data = [&](Slab data) { kept.push_back(std::move(data)); };
  pair.b.stream->pause_reading(false);
  for (std::size_t i = 1; i <= 100; ++i) {
    pair.a.stream->send(as_bytes("x"));
    BOOST_TEST_REQUIRE(pair.until([&] { return kept.size() == i; }));
  }
  for (const auto& slab : kept) BOOST_TEST((slab.memory == kept.front().memory));
}

BOOST_AUTO_TEST_CASE(asks_for_more_when_there_is_room_and_not_when_there_is_none) {
  Pair pair({.low_water = 100'000}, 16 * 1024);
  int asked = 0;
  std::size_t most = 0;
  const std::size_t total = 20'000'000;
  std::size_t sent = 0;
  pair.a.when_writable = [&] {
    ++asked;
    BOOST_TEST_REQUIRE(pair.a.stream->queued() <= 100'000U);
    while (sent < total && pair.a.stream->queued() < 300'000) {
      pair.a.stream->send(slab_of(Bytes(50'000)));
      sent += 50'000;
    }
    if (sent == total) pair.a.stream->want_writable(false);
    most = std::max(most, pair.a.stream->queued());
  };
  pair.a.stream->want_writable(true);
  BOOST_TEST(asked == 0);   // never inside
  BOOST_TEST_REQUIRE(pair.until([&] { return asked > 0; }));
  test::settle(pair.loop);
  BOOST_TEST(sent < total);   // the other end does not read yet
  pair.b.stream->pause_reading(false);
  BOOST_TEST_REQUIRE(pair.until([&] { return pair.b.received.size() == total; }));
  BOOST_TEST(most < 350'000U);
}

BOOST_AUTO_TEST_CASE(asking_once_gives_one_answer_and_no_busy_loop) {
  Pair pair;
  int asked = 0;
  pair.a.when_writable = [&] { ++asked; };
  pair.a.stream->want_writable(true);
  test::settle(pair.loop);
  BOOST_TEST(asked == 1);
  pair.a.stream->want_writable(true);
  test::settle(pair.loop);
  BOOST_TEST(asked == 2);
}

BOOST_AUTO_TEST_CASE(one_direction_may_end_and_the_other_go_on) {
  Pair pair;
  pair.a.stream->pause_reading(false);
  pair.b.stream->pause_reading(false);
  pair.a.stream->send(as_bytes("all I have"));
  pair.a.stream->end_writing();
  pair.a.stream->send(as_bytes("too late"));
  BOOST_TEST_REQUIRE(pair.until([&] { return pair.b.ended == 1; }));
  BOOST_TEST(as_text(pair.b.received) == "all I have");
  BOOST_TEST(!pair.b.closed.has_value());
  pair.b.stream->send(as_bytes("thanks"));
  pair.b.stream->end_writing();
  BOOST_TEST_REQUIRE(pair.until([&] { return pair.a.closed && pair.b.closed; }));
  BOOST_TEST(as_text(pair.a.received) == "thanks");
  BOOST_TEST(pair.a.ended == 1);
  for (const auto* end : {&pair.a, &pair.b}) {
    BOOST_TEST(end->closed_with(Errc::connection_lost));
    BOOST_TEST(end->times_closed == 1);
    BOOST_TEST(!end->called_after_closed);
  }
}

BOOST_AUTO_TEST_CASE(close_is_told_once_later_and_last) {
  Pair pair;
  pair.a.stream->send(slab_of(Bytes(1'000'000)));
  pair.a.stream->close(done);
  pair.a.stream->close({Errc::io_failure, "again"});
  pair.a.stream->send(as_bytes("nothing"));
  BOOST_TEST(pair.a.stream->queued() == 0U);
  BOOST_TEST(!pair.a.closed.has_value());
  BOOST_TEST_REQUIRE(pair.until([&] { return pair.a.closed.has_value(); }));
  test::settle(pair.loop);
  BOOST_TEST(pair.a.closed_with(Errc::shutting_down));
  BOOST_TEST(pair.a.times_closed == 1);
  pair.b.stream->pause_reading(false);
  BOOST_TEST_REQUIRE(pair.until([&] { return pair.b.ended == 1; }));
}

BOOST_AUTO_TEST_CASE(a_peer_that_vanishes_is_a_lost_connection) {
  io::EventLoop loop;
  auto sockets = test::loopback_pair(16 * 1024);
  StreamRecorder writer;
  writer.stream = std::make_unique<DataStream>(loop, std::move(sockets.dialled), DataStream::Options{}, writer);
  writer.stream->send(slab_of(Bytes(5'000'000)));
  test::settle(loop);
  BOOST_TEST(writer.stream->queued() > 0U);
  test::reset_on_close(std::move(sockets.accepted));
  BOOST_TEST_REQUIRE(test::until(loop, [&] { return writer.closed.has_value(); }));
  BOOST_TEST(writer.closed_with(Errc::connection_lost));
  BOOST_TEST(writer.times_closed == 1);
}

BOOST_AUTO_TEST_CASE(standing_still_ends_what_should_move) {
  // One writes and is not read; the other wants to read and gets nothing.
  for (const bool writes : {true, false}) {
    io::EventLoop loop;
    auto sockets = test::loopback_pair(16 * 1024);
    StreamRecorder stuck;
    stuck.stream =
        std::make_unique<DataStream>(loop, std::move(sockets.dialled), DataStream::Options{.stall_limit = 20ms}, stuck);
    if (writes)
      stuck.stream->send(slab_of(Bytes(5'000'000)));
    else
      stuck.stream->pause_reading(false);
    BOOST_TEST_REQUIRE(test::until(loop, [&] { return stuck.closed.has_value(); }));
    BOOST_TEST(stuck.closed_with(Errc::timed_out));
  }
}

BOOST_AUTO_TEST_CASE(standing_still_on_purpose_is_no_stall) {
  Pair pair({.stall_limit = 400ms});
  int ticks = 0;
  const auto tick = pair.loop.every(100ms, [&] {
    // Reading for half of the limit at a time, far longer than the limit in all; then nothing to do at all.
    ++ticks;
    if (ticks <= 8) pair.a.stream->pause_reading(ticks % 3 != 1);
  });
  BOOST_TEST_REQUIRE(pair.until([&] { return ticks == 14; }));
  BOOST_TEST(!pair.a.closed.has_value());
  BOOST_TEST(!pair.b.closed.has_value());
}

BOOST_AUTO_TEST_CASE(may_be_disposed_of_in_each_of_its_callbacks) {
  for (const std::string_view where : {"data", "writable", "closed"}) {
    Pair pair;
    bool disposed = false;
    const auto dispose = [&] {
      disposed = true;
      pair.loop.dispose(std::move(pair.b.stream));
    };
    if (where == "data") pair.b.when_data = [&](Slab) { dispose(); };
    if (where == "writable") pair.b.when_writable = dispose;
    pair.b.stream->pause_reading(false);
    if (where == "writable") pair.b.stream->want_writable(true);
    if (where == "closed") {
      pair.b.stream->close(done);
      BOOST_TEST_REQUIRE(pair.until([&] { return pair.b.closed.has_value(); }));
      dispose();
    }
    pair.a.stream->send(as_bytes("x"));
    pair.a.stream->pause_reading(false);
    BOOST_TEST_REQUIRE(pair.until([&] { return disposed && (pair.a.ended == 1 || pair.a.closed); }), where);
  }
}

BOOST_AUTO_TEST_CASE(a_pipe_of_two_streams_is_bounded_and_loses_nothing) {
  // As in a relay: what one has read the other writes, from the same memory, and reading waits for the slow end.
  constexpr std::size_t high_water = 1_MiB;
  io::EventLoop loop;
  auto incoming = test::loopback_pair();
  auto outgoing = test::loopback_pair(16 * 1024);
  StreamRecorder source;
  StreamRecorder in;
  StreamRecorder out;
  StreamRecorder sink;
  source.stream = std::make_unique<DataStream>(loop, std::move(incoming.dialled), DataStream::Options{}, source);
  in.stream = std::make_unique<DataStream>(loop, std::move(incoming.accepted), DataStream::Options{}, in);
  out.stream = std::make_unique<DataStream>(loop, std::move(outgoing.dialled), DataStream::Options{}, out);
  sink.stream = std::make_unique<DataStream>(loop, std::move(outgoing.accepted), DataStream::Options{}, sink);
  std::size_t most = 0;
  in.when_data = [&](Slab data) {
    out.stream->send(std::move(data));
    most = std::max(most, out.stream->queued());
    if (out.stream->queued() >= high_water) in.stream->pause_reading(true);
  };
  out.when_writable = [&] { in.stream->pause_reading(false); };
  out.stream->want_writable(true);
  const auto bytes = test::pattern(20'000'000);
  source.stream->send(slab_of(bytes));
  test::settle(loop);
  BOOST_TEST(out.stream->queued() >= high_water);
  sink.stream->pause_reading(false);
  BOOST_TEST_REQUIRE(test::until(loop, [&] { return sink.received.size() == bytes.size(); }));
  BOOST_TEST((sink.received == bytes));
  BOOST_TEST(most < high_water + 512 * 1024);
}

BOOST_AUTO_TEST_SUITE_END()
