// SPDX-License-Identifier: MIT
#include "netcore/transfer/upload.h"

#include <boost/test/unit_test.hpp>

#include "support.h"

using namespace coterie;
using namespace coterie::transfer;

namespace {

// Takes bytes and keeps their memory until the test lets them go, as a socket would.
class Tray : public Outlet {
 public:
  [[nodiscard]] std::size_t queued() const override { return queued_; }
  void send(std::shared_ptr<Bytes> memory, std::size_t offset, std::size_t length) override {
    most_ = std::max(most_, queued_ += length);
    waiting_.push_back({std::move(memory), offset, length});
  }
  // The oldest `count` pieces are gone.
  void drain(std::size_t count = SIZE_MAX) {
    for (; count > 0 && !waiting_.empty(); --count) {
      const auto& piece = waiting_.front();
      append(all, ByteView(*piece.memory).subspan(piece.offset, piece.length));
      queued_ -= piece.length;
      waiting_.pop_front();
    }
  }
  [[nodiscard]] std::size_t most() const { return most_; }

  Bytes all;

 private:
  struct Piece {
    std::shared_ptr<Bytes> memory;
    std::size_t offset;
    std::size_t length;
  };
  std::deque<Piece> waiting_;
  std::size_t queued_ = 0;
  std::size_t most_ = 0;
};

struct Fixture {
  test::TempFolder folder;
  test::Random random{11};

  std::shared_ptr<const FileSource> source(ByteView content) {
    test::write_file(folder / "source", content);
    return std::make_shared<const FileSource>(FileSource::open(folder / "source").value());
  }
};

Bytes run(Upload& upload, Tray& tray) {
  while (!upload.is_all_handed_over()) {
    BOOST_TEST_REQUIRE(upload.on_writable().has_value());
    tray.drain();
  }
  return tray.all;
}

constexpr auto chunk = crypto::chunk_size;

}   // namespace

BOOST_FIXTURE_TEST_SUITE(upload, Fixture)

BOOST_AUTO_TEST_CASE(sends_the_sealed_file_whatever_its_size) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, chunk - 1, chunk, chunk + 1, 3 * chunk, 4 * chunk,
                                 5 * chunk + 17, 40 * chunk + 1}) {
    const auto plain = test::random_bytes(random, size);
    Tray tray;
    Upload upload(tray, source(plain), test::key_number(1), 0);
    const auto sent = run(upload, tray);
    BOOST_TEST((sent == test::sealed(test::key_number(1), plain)), "size " << size);
    BOOST_TEST((crypto::open_payload(test::key_number(1), sent).value() == plain), "size " << size);
  }
}

BOOST_AUTO_TEST_CASE(F14_begun_at_any_chunk_it_sends_the_rest) {
  const auto plain = test::random_bytes(random, 9 * chunk + 5);
  const auto whole = test::sealed(test::key_number(2), plain);
  const auto file = source(plain);
  for (ChunkIndex first = 0; first < 10; ++first) {
    Tray tray;
    Upload upload(tray, file, test::key_number(2), first);
    BOOST_TEST(upload.position() == first);
    const auto sent = run(upload, tray);
    BOOST_TEST(std::equal(sent.begin(), sent.end(), whole.begin() + static_cast<std::ptrdiff_t>(sealed_offset(first)),
                          whole.end()));
  }
}

BOOST_AUTO_TEST_CASE(never_puts_more_into_the_outlet_than_a_bounded_amount) {
  const auto plain = test::random_bytes(random, 80 * chunk);
  Tray tray;
  Upload upload(tray, source(plain), test::key_number(3), 0);
  BOOST_TEST(upload.on_writable().has_value());
  BOOST_TEST(!upload.is_all_handed_over());
  const auto position = upload.position();
  BOOST_TEST(upload.on_writable().has_value());   // still full
  BOOST_TEST(upload.position() == position);
  while (!upload.is_all_handed_over()) {
    tray.drain(1 + test::below(random, 3));
    BOOST_TEST_REQUIRE(upload.on_writable().has_value());
  }
  tray.drain();
  BOOST_TEST((tray.all == test::sealed(test::key_number(3), plain)));
  BOOST_TEST(tray.most() <= Upload::high_water + Upload::slab_chunks * crypto::sealed_chunk_size);
}

BOOST_AUTO_TEST_CASE(F17_a_source_that_shrinks_ends_it) {
  const auto file = source(test::random_bytes(random, 30 * chunk));
  Tray tray;
  Upload upload(tray, file, test::key_number(4), 0);
  BOOST_TEST(upload.on_writable().has_value());
  test::write_file(folder / "source", as_bytes("short"));
  Status status;
  while (status && !upload.is_all_handed_over()) {
    tray.drain();
    status = upload.on_writable();
  }
  BOOST_TEST_REQUIRE(!status.has_value());
  BOOST_TEST((status.error().code == Errc::source_changed));
}

BOOST_AUTO_TEST_CASE(F17_of_a_source_that_grows_no_more_than_the_announced_size_is_sent) {
  const auto plain = test::random_bytes(random, 2 * chunk + 9);
  const auto file = source(plain);
  auto grown = plain;
  append(grown, test::random_bytes(random, 5 * chunk));
  test::write_file(folder / "source", grown);
  Tray tray;
  Upload upload(tray, file, test::key_number(5), 0);
  BOOST_TEST((run(upload, tray) == test::sealed(test::key_number(5), plain)));
  BOOST_TEST(!file->check_unchanged().has_value());
}

BOOST_AUTO_TEST_CASE(only_borders_of_chunks_in_the_file_are_borders) {
  const std::uint64_t size = 3 * chunk + 1;
  for (std::uint64_t j = 0; j < 4; ++j) BOOST_TEST(is_chunk_border(sealed_offset(j), size));
  BOOST_TEST(!is_chunk_border(sealed_offset(4), size));
  BOOST_TEST(!is_chunk_border(1, size));
  BOOST_TEST(!is_chunk_border(sealed_offset(1) - 1, size));
  BOOST_TEST(!is_chunk_border(crypto::sealed_length(size), size));
  BOOST_TEST(!is_chunk_border(UINT64_MAX, size));
  BOOST_TEST(!is_chunk_border(UINT64_MAX - UINT64_MAX % crypto::sealed_chunk_size, size));
  BOOST_TEST(is_chunk_border(0, 0));
}

BOOST_AUTO_TEST_SUITE_END()
