// SPDX-License-Identifier: MIT
#include "netcore/io/output_queue.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/loopback.h"

using namespace coterie;
using io::OutputQueue;
using io::record_size;

namespace {

struct Queue {
  io::BlockPool pool;
  OutputQueue queue{pool};
  Bytes staging = Bytes(record_size);
};

std::shared_ptr<const Bytes> shared(Bytes bytes) { return std::make_shared<const Bytes>(std::move(bytes)); }

}   // namespace

BOOST_FIXTURE_TEST_SUITE(output_queue, Queue)

BOOST_AUTO_TEST_CASE(small_sends_fill_whole_records) {
  Bytes sent;
  for (std::uint32_t i = 0; i < 100; ++i) {
    const auto part = test::pattern(700, i);
    queue.append(part);
    append(sent, part);
  }
  BOOST_TEST(queue.size() == 70'000U);
  Bytes left;
  std::vector<std::size_t> runs;
  while (!queue.empty()) {
    const auto front = queue.front(record_size, staging);
    BOOST_TEST((front.data() != staging.data()));   // lies together already
    runs.push_back(front.size());
    append(left, front);
    queue.remove(front.size());
  }
  BOOST_TEST(runs ==
             (std::vector<std::size_t>{record_size, record_size, record_size, record_size, 70'000 - 4 * record_size}));
  BOOST_TEST(left == sent);
}

BOOST_AUTO_TEST_CASE(shared_bodies_keep_their_place_among_copies) {
  Bytes sent;
  for (std::uint32_t i = 0; i < 50; ++i) {
    const auto head = test::pattern(40 + i, i);
    const auto body = shared(test::pattern(3000 + 997 * i, 1000 + i));
    queue.append(head);
    queue.append(body, *body);
    append(sent, head);
    append(sent, *body);
  }
  // Taken in odd amounts, with more coming in between.
  Bytes left;
  for (std::size_t step = 1; !queue.empty(); step = step * 3 % 9001) {
    const auto front = queue.front(std::min(step, record_size), staging);
    append(left, front);
    queue.remove(front.size());
    if (left.size() < 20'000) {
      queue.append(as_bytes("between"));
      append(sent, as_bytes("between"));
    }
  }
  BOOST_TEST(left == sent);
}

BOOST_AUTO_TEST_CASE(pieces_for_a_gathering_write_are_those_that_front_shows) {
  const auto body = shared(test::pattern(5000, 2));
  queue.append(as_bytes("head"));
  queue.append(body, ByteView(*body).subspan(1000));
  queue.append(as_bytes("tail"));
  std::array<ByteView, 2> two;
  BOOST_TEST(queue.front(two) == 2U);
  BOOST_TEST((two[1].data() == body->data() + 1000));   // by reference
  std::array<ByteView, 8> all;
  BOOST_TEST(queue.front(all) == 3U);
  BOOST_TEST(concat({all[0], all[1], all[2]}) == to_bytes(queue.front(queue.size(), staging)));
}

BOOST_AUTO_TEST_CASE(a_shared_body_is_let_go_as_soon_as_it_is_through) {
  const auto body = shared(Bytes(4096));
  queue.append(body, *body);
  queue.append(as_bytes("x"));
  queue.remove(4095);
  BOOST_TEST(body.use_count() == 2);
  queue.remove(1);
  BOOST_TEST(body.use_count() == 1);
  queue.append(body, *body);
  queue.clear();
  BOOST_TEST(body.use_count() == 1);
  BOOST_TEST(queue.empty());
}

BOOST_AUTO_TEST_CASE(a_queue_that_is_never_empty_does_not_grow_for_ever) {
  Bytes expected;
  queue.append(as_bytes("first"));
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    const auto body = shared(test::pattern(3, i));
    queue.append(test::pattern(5, i));
    queue.append(body, *body);
    queue.remove(8);
  }
  append(expected, ByteView(test::pattern(5, 19'999)).subspan(3));
  append(expected, test::pattern(3, 19'999));
  BOOST_TEST(to_bytes(queue.front(queue.size(), staging)) == expected);
}

BOOST_AUTO_TEST_SUITE_END()
