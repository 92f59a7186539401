// SPDX-License-Identifier: MIT
#include "netcore/io/byte_stream.h"

#include <boost/test/unit_test.hpp>

#include "netcore/io/socket.h"
#include "tests/support/loopback.h"

using namespace coterie;
using namespace coterie::test;

namespace {

struct Recorder : io::ByteStream::Observer {
  std::size_t on_bytes(ByteView bytes) override {
    called_after_closed |= times_closed > 0;
    const auto taken = std::min(bytes.size(), most);
    append(received, bytes.first(taken));
    most -= taken;
    if (taken < bytes.size()) stream->pause_reading(true);
    if (when_bytes) when_bytes();
    return taken;
  }
  void on_writable() override { ++writable; }
  void on_closed(const Error& error) override {
    ++times_closed;
    closed = error;
  }

  Bytes received;
  std::size_t most = static_cast<std::size_t>(-1);   // bytes it still takes
  int writable = 0;
  int times_closed = 0;
  bool called_after_closed = false;
  std::optional<Error> closed;
  std::function<void()> when_bytes;
  std::unique_ptr<io::ByteStream> stream;
};

struct Fixture {
  Fixture() {
    recorder.stream =
        std::make_unique<io::ByteStream>(loop, std::move(pair.accepted), io::ByteStream::Options{}, recorder);
  }
  void await(const std::function<bool()>& done) { BOOST_REQUIRE(until(loop, done)); }

  io::EventLoop loop;
  SocketPair pair = loopback_pair();
  Recorder recorder;
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(byte_stream, Fixture)

BOOST_AUTO_TEST_CASE(bytes_come_and_go) {
  BOOST_TEST(write_all(pair.dialled.get(), as_bytes("hello")));
  await([&] { return recorder.received.size() == 5; });
  recorder.stream->send(as_bytes("welcome"));
  Bytes got;
  await([&] {
    append(got, read_some(pair.dialled.get()));
    return got.size() == 7;
  });
  BOOST_TEST(as_text(got) == "welcome");
  BOOST_TEST(recorder.writable > 0);
}

BOOST_AUTO_TEST_CASE(what_is_not_taken_comes_again_with_what_follows) {
  recorder.most = 3;
  BOOST_TEST(write_all(pair.dialled.get(), as_bytes("abcdef")));
  await([&] { return recorder.received.size() == 3; });
  BOOST_TEST(write_all(pair.dialled.get(), as_bytes("ghi")));
  settle(loop);
  BOOST_TEST(as_text(recorder.received) == "abc");
  recorder.most = 100;
  recorder.stream->pause_reading(false);
  await([&] { return recorder.received.size() == 9; });
  BOOST_TEST(as_text(recorder.received) == "abcdefghi");
}

BOOST_AUTO_TEST_CASE(what_came_before_the_end_is_told_before_it) {
  recorder.most = 2;
  BOOST_TEST(write_all(pair.dialled.get(), as_bytes("abcdef")));
  await([&] { return recorder.received.size() == 2; });
  pair.dialled.reset();
  settle(loop);
  BOOST_TEST(recorder.times_closed == 0);
  recorder.most = 100;
  recorder.stream->pause_reading(false);
  await([&] { return recorder.times_closed == 1; });
  BOOST_TEST(as_text(recorder.received) == "abcdef");
  BOOST_TEST((recorder.closed->code == Errc::connection_lost));
}

BOOST_AUTO_TEST_CASE(a_paused_stream_keeps_no_more_than_it_was_allowed) {
  recorder.stream->pause_reading(true);
  const Bytes much(16_MiB, 'x');
  std::size_t given = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto moved = io::transmit(pair.dialled.get(), ByteView(much).subspan(given));
    given += moved.bytes;
    settle(loop);
    if (moved.bytes == 0) break;
  }
  BOOST_TEST(given < much.size());   // the rest waits with the sender
  BOOST_TEST(recorder.received.empty());
}

BOOST_AUTO_TEST_CASE(finishing_loses_nothing_and_ends_when_the_peer_does) {
  const auto body = pattern(3'000'000);
  recorder.stream->send(body);
  recorder.stream->finish(long_enough);
  recorder.stream->send(as_bytes("too late"));
  Bytes got;
  await([&] {
    append(got, read_some(pair.dialled.get()));
    return got.size() >= body.size();
  });
  BOOST_TEST(write_all(pair.dialled.get(), as_bytes("dropped")));
  await([&] { return has_ended(pair.dialled.get()); });
  BOOST_TEST(recorder.times_closed == 0);
  pair.dialled.reset();
  await([&] { return recorder.times_closed == 1; });
  BOOST_TEST((got == body));
  BOOST_TEST(recorder.received.empty());
}

BOOST_AUTO_TEST_CASE(finishing_does_not_wait_for_ever) {
  recorder.stream->send(Bytes(8_MiB, 'x'));
  recorder.stream->finish(std::chrono::milliseconds(20));
  await([&] { return recorder.times_closed == 1; });
  BOOST_TEST((recorder.closed->code == Errc::timed_out));
}

BOOST_AUTO_TEST_CASE(close_is_told_once_and_last) {
  recorder.when_bytes = [&] {
    recorder.stream->close({Errc::refused, "enough"});
    recorder.stream->close({Errc::io_failure, "twice"});
    recorder.stream->send(as_bytes("nothing"));
    BOOST_TEST(recorder.times_closed == 0);
  };
  BOOST_TEST(write_all(pair.dialled.get(), as_bytes("abc")));
  await([&] { return recorder.times_closed == 1; });
  settle(loop);
  BOOST_TEST(recorder.times_closed == 1);
  BOOST_TEST((recorder.closed->code == Errc::refused));
  BOOST_TEST(!recorder.called_after_closed);
}

BOOST_AUTO_TEST_CASE(the_descriptor_of_a_closed_stream_can_be_used_again_at_once) {
  std::optional<SocketPair> next;
  Recorder second;
  recorder.when_bytes = [&] {
    recorder.stream->close({Errc::connection_lost, {}});
    next = loopback_pair();
    second.stream =
        std::make_unique<io::ByteStream>(loop, std::move(next->accepted), io::ByteStream::Options{}, second);
  };
  BOOST_TEST(write_all(pair.dialled.get(), as_bytes("abc")));
  await([&] { return recorder.times_closed == 1; });
  BOOST_TEST(write_all(next->dialled.get(), as_bytes("still there")));
  await([&] { return second.received.size() == 11; });
}

BOOST_AUTO_TEST_CASE(what_else_is_disposed_of_meanwhile_does_not_matter) {
  recorder.when_bytes = [&] { loop.dispose(std::make_unique<int>(1)); };
  for (const auto* text : {"abc", "def", "ghi"}) {
    BOOST_TEST(write_all(pair.dialled.get(), as_bytes(text)));
    await([&] { return as_text(recorder.received).ends_with(text); });
  }
  BOOST_TEST(as_text(recorder.received) == "abcdefghi");
}

BOOST_AUTO_TEST_CASE(it_may_be_disposed_of_from_inside_its_callback) {
  recorder.when_bytes = [&] { loop.dispose(std::move(recorder.stream)); };
  BOOST_TEST(write_all(pair.dialled.get(), as_bytes("abc")));
  await([&] { return !recorder.stream; });
  settle(loop);
  BOOST_TEST(has_ended(pair.dialled.get()));
  BOOST_TEST(recorder.times_closed == 0);
}

BOOST_AUTO_TEST_SUITE_END()
