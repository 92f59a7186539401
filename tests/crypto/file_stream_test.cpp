// SPDX-License-Identifier: MIT
#include <cryptopp/filters.h>
#include <cryptopp/zlib.h>

#include <boost/test/unit_test.hpp>

#include "netcore/base/digest.h"
#include "netcore/crypto/aead.h"
#include "netcore/crypto/file_stream.h"
#include "netcore/crypto/kdf.h"
#include "support.h"

using namespace coterie;
using namespace coterie::crypto;
using test::fails_with;

namespace {

constexpr std::size_t tag_size = 16;

StreamKey some_key() { return stream_key(test::pattern(32, 1), BlobId::from(test::pattern(16, 2))); }

// The sealed chunks of a file, each apart.
std::vector<Bytes> seal_chunks(const StreamKey& key, ByteView file) {
  ChunkSealer sealer(key);
  std::vector<Bytes> chunks;
  const auto count = chunk_count(file.size());
  for (std::uint64_t index = 0; index < count; ++index) {
    const auto length = chunk_length(file.size(), index);
    Bytes sealed(length + tag_size);
    sealer.seal(index, index + 1 == count, file.subspan(index * chunk_size, length), sealed);
    chunks.push_back(std::move(sealed));
  }
  return chunks;
}

Bytes join(const std::vector<Bytes>& chunks) {
  Bytes joined;
  for (const auto& chunk : chunks) append(joined, chunk);
  return joined;
}

// ---- Files of age's test kit: "name: value" lines, an empty line, and an age file ----

struct AgeFile {
  std::map<std::string, std::string> about;
  Bytes age;

  explicit AgeFile(const std::string& text) {
    std::size_t at = 0;
    for (std::size_t end; (end = text.find('\n', at)) != at; at = end + 1) {
      const auto line = text.substr(at, end - at);
      const auto colon = line.find(": ");
      about[line.substr(0, colon)] = line.substr(colon + 2);
    }
    const auto rest = text.substr(at + 1);
    age = to_bytes(as_bytes(rest));
    if (about["compressed"] == "zlib") age = inflate(rest);
  }

  static Bytes inflate(const std::string& packed) {
    Bytes plain;
    CryptoPP::StringSource source(packed, true, new CryptoPP::ZlibDecompressor(new CryptoPP::VectorSink(plain)));
    return plain;
  }

  // What follows the header, whose last line begins with "--- ".
  ByteView after_header() const {
    const auto text = as_text(age);
    const auto mac = text.find("\n--- ");
    BOOST_REQUIRE(mac != std::string_view::npos);
    return ByteView(age).subspan(text.find('\n', mac + 1) + 1);
  }
};

}   // namespace

BOOST_AUTO_TEST_SUITE(file_stream)

BOOST_AUTO_TEST_CASE(payloads_of_ages_test_kit) {
  const auto folder = test::foreign_folder();
  if (!folder) return;
  std::size_t ran = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*folder / "age_testkit")) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with("stream_")) continue;
    BOOST_TEST_CONTEXT(name) {
      ++ran;
      AgeFile file(test::read_whole(entry.path()));
      const bool good = file.about["expect"] == "success";
      const auto rest = file.after_header();
      if (rest.size() < BlobId::size) {
        BOOST_TEST(!good);   // no nonce, so no key and nothing to open
        continue;
      }
      const auto key = stream_key(test::unhex(file.about["file key"]), BlobId::from(rest));
      const auto opened = open_payload(key, rest.subspan(BlobId::size));
      BOOST_TEST(opened.has_value() == good);
      if (opened) BOOST_TEST(sha256(*opened).hex() == file.about["payload"]);
    }
  }
  test::check_ran("age stream", ran, 28);
}

BOOST_AUTO_TEST_CASE(chunk_arithmetic) {
  BOOST_TEST(sealed_chunk_size == chunk_size + tag_size);
  const auto is = [](std::uint64_t size, std::uint64_t count, std::size_t last) {
    BOOST_TEST(chunk_count(size) == count);
    BOOST_TEST(sealed_length(size) == size + 16 * count);
    BOOST_TEST(chunk_length(size, count - 1) == last);
    if (count > 1) BOOST_TEST(chunk_length(size, 0) == chunk_size);
  };
  is(0, 1, 0);
  is(1, 1, 1);
  is(65'535, 1, 65'535);
  is(65'536, 1, 65'536);
  is(65'537, 2, 1);
  is(131'072, 2, 65'536);
  is(131'073, 3, 1);
  is(std::uint64_t{1} << 44U, std::uint64_t{1} << 28U, 65'536);
  is((std::uint64_t{1} << 44U) + 1, (std::uint64_t{1} << 28U) + 1, 1);
}

BOOST_AUTO_TEST_CASE(files_of_every_size_around_a_border_open_again) {
  const auto key = some_key();
  for (std::size_t size : {0U, 1U, 15U, 16U, 17U, 65'535U, 65'536U, 65'537U, 131'071U, 131'072U, 131'073U, 200'000U}) {
    const auto file = test::pattern(size, 3);
    const auto sealed = join(seal_chunks(key, file));
    BOOST_TEST(sealed.size() == sealed_length(size));
    const auto opened = open_payload(key, sealed);
    BOOST_TEST((opened.value() == file), "size " << size);
  }
}

BOOST_AUTO_TEST_CASE(a_chunk_is_chacha20_poly1305_under_index_and_mark) {
  const auto key = some_key();
  const auto plain = test::pattern(1000, 4);
  for (std::uint64_t index : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0x0102030405060708}}) {
    for (bool last : {false, true}) {
      Nonce nonce{};   // u88 index, u8 last
      store_be(nonce.data() + 3, index);
      nonce[11] = last ? 1 : 0;
      Bytes sealed(plain.size() + tag_size);
      ChunkSealer(key).seal(index, last, plain, sealed);
      BOOST_TEST(sealed == aead_seal(key.view(), nonce, {}, plain));   // the other library
    }
  }
}

BOOST_AUTO_TEST_CASE(sealing_and_opening_in_place) {
  const auto key = some_key();
  ChunkSealer sealer(key);
  ChunkOpener opener(key);
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1000}, chunk_size}) {
    const auto plain = test::pattern(size, 5);
    Bytes elsewhere(size + tag_size);
    sealer.seal(9, false, plain, elsewhere);

    Bytes buffer = plain;
    buffer.resize(size + tag_size);
    sealer.seal(9, false, ByteView(buffer).first(size), buffer);
    BOOST_TEST((buffer == elsewhere));
    BOOST_TEST(opener.open(9, false, buffer, MutableByteView(buffer).first(size)).has_value());
    buffer.resize(size);
    BOOST_TEST((buffer == plain));
  }
}

BOOST_AUTO_TEST_CASE(chunks_can_be_sealed_and_opened_in_any_order) {
  const auto key = some_key();
  const auto file = test::pattern(5 * chunk_size + 77, 6);
  const auto chunks = seal_chunks(key, file);
  ChunkSealer sealer(key);
  ChunkOpener opener(key);
  for (std::uint64_t index : {3U, 0U, 5U, 1U, 5U, 2U, 4U}) {
    const auto length = chunk_length(file.size(), index);
    const auto plain = ByteView(file).subspan(index * chunk_size, length);
    Bytes again(length + tag_size);
    sealer.seal(index, index == 5, plain, again);
    BOOST_TEST((again == chunks[index]));   // a resumed chunk is the same bytes
    Bytes opened(length);
    BOOST_TEST(opener.open(index, index == 5, chunks[index], opened).has_value());
    BOOST_TEST((opened == to_bytes(plain)));
  }
}

BOOST_AUTO_TEST_CASE(a_chunk_opens_only_at_its_place_and_with_its_mark) {
  const auto key = some_key();
  const auto plain = test::pattern(500, 7);
  Bytes sealed(plain.size() + tag_size);
  ChunkSealer(key).seal(4, false, plain, sealed);
  ChunkOpener opener(key);
  Bytes out(plain.size());
  for (std::uint64_t index : {0U, 3U, 5U, 260U})
    BOOST_TEST(fails_with(opener.open(index, false, sealed, out), Errc::crypto_failure));
  BOOST_TEST(fails_with(opener.open(4, true, sealed, out), Errc::crypto_failure));
  BOOST_TEST(opener.open(4, false, sealed, out).has_value());   // a failure spoils nothing for the next
  BOOST_TEST(out == plain);
}

BOOST_AUTO_TEST_CASE(what_does_not_verify_is_not_left_in_the_buffer) {
  const auto key = some_key();
  const auto plain = test::pattern(500, 8);
  Bytes sealed(plain.size() + tag_size);
  ChunkSealer(key).seal(0, true, plain, sealed);
  sealed.back() ^= 1U;
  Bytes out(plain.size(), 0xAA);
  ChunkOpener opener(key);
  BOOST_TEST(fails_with(opener.open(0, true, sealed, out), Errc::crypto_failure));
  BOOST_TEST(out == Bytes(plain.size()));
}

BOOST_AUTO_TEST_CASE(any_flipped_byte_is_noticed) {
  const auto key = some_key();
  const auto sealed = join(seal_chunks(key, test::pattern(300, 9)));
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    auto changed = sealed;
    changed[at] ^= 0x20U;
    BOOST_TEST(fails_with(open_payload(key, changed), Errc::crypto_failure));
  }
}

BOOST_AUTO_TEST_CASE(chunks_of_an_impossible_size_are_refused) {
  const auto key = some_key();
  ChunkOpener opener(key);
  for (std::size_t size = 0; size < tag_size; ++size)
    BOOST_TEST(fails_with(opener.open(0, true, Bytes(size), {}), Errc::crypto_failure));
  BOOST_TEST(fails_with(opener.open(0, true, Bytes(sealed_chunk_size + 1), {}), Errc::crypto_failure));
}

BOOST_AUTO_TEST_CASE(truncation_is_noticed) {
  const auto key = some_key();
  const auto file = test::pattern(2 * chunk_size + 100, 10);
  auto chunks = seal_chunks(key, file);
  const auto whole = join(chunks);
  BOOST_REQUIRE(open_payload(key, whole).has_value());
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{16}, chunk_size,
                           sealed_chunk_size - 1, sealed_chunk_size, sealed_chunk_size + 1, sealed_chunk_size + 16,
                           2 * sealed_chunk_size, 2 * sealed_chunk_size + 16, whole.size() - 16, whole.size() - 1})
    BOOST_TEST(!open_payload(key, ByteView(whole).first(size)).has_value(), "cut to " << size);

  // Cut inside a file of one chunk, at every byte.
  const auto small = join(seal_chunks(key, test::pattern(64, 11)));
  for (std::size_t size = 0; size < small.size(); ++size)
    BOOST_TEST(!open_payload(key, ByteView(small).first(size)).has_value());
}

BOOST_AUTO_TEST_CASE(reordered_repeated_and_missing_chunks_are_noticed) {
  const auto key = some_key();
  const auto chunks = seal_chunks(key, test::pattern(3 * chunk_size + 100, 12));
  BOOST_REQUIRE(chunks.size() == 4U);
  const auto& c = chunks;
  BOOST_TEST(open_payload(key, join({c[0], c[1], c[2], c[3]})).has_value());
  BOOST_TEST(!open_payload(key, join({c[1], c[0], c[2], c[3]})).has_value());
  BOOST_TEST(!open_payload(key, join({c[0], c[2], c[1], c[3]})).has_value());
  BOOST_TEST(!open_payload(key, join({c[0], c[0], c[1], c[2], c[3]})).has_value());
  BOOST_TEST(!open_payload(key, join({c[0], c[1], c[1], c[2], c[3]})).has_value());
  BOOST_TEST(!open_payload(key, join({c[0], c[1], c[2], c[3], c[3]})).has_value());
  BOOST_TEST(!open_payload(key, join({c[0], c[2], c[3]})).has_value());
  BOOST_TEST(!open_payload(key, join({c[0], c[1], c[3]})).has_value());
  BOOST_TEST(!open_payload(key, join({c[0], c[1], c[2]})).has_value());
  BOOST_TEST(!open_payload(key, join({c[3]})).has_value());
}

BOOST_AUTO_TEST_CASE(an_empty_last_chunk_is_for_empty_files_only) {
  const auto key = some_key();
  ChunkSealer sealer(key);
  Bytes empty(tag_size);
  sealer.seal(0, true, {}, empty);
  BOOST_TEST(open_payload(key, empty).value().empty());

  const auto plain = test::pattern(chunk_size, 13);
  Bytes full(sealed_chunk_size);
  sealer.seal(0, false, plain, full);
  sealer.seal(1, true, {}, empty);
  BOOST_TEST(fails_with(open_payload(key, join({full, empty})), Errc::malformed));
}

BOOST_AUTO_TEST_CASE(short_chunks_inside_a_file_are_noticed) {
  const auto key = some_key();
  ChunkSealer sealer(key);
  const auto plain = test::pattern(100, 14);
  Bytes first(plain.size() + tag_size);
  Bytes second(plain.size() + tag_size);
  sealer.seal(0, false, plain, first);
  sealer.seal(1, true, plain, second);
  BOOST_TEST(!open_payload(key, join({first, second})).has_value());
}

BOOST_AUTO_TEST_CASE(another_key_or_attempt_does_not_open) {
  const auto file_key = test::pattern(32, 15);
  const auto attempt = BlobId::from(test::pattern(16, 16));
  const auto sealed = join(seal_chunks(stream_key(file_key, attempt), test::pattern(100, 17)));
  BOOST_TEST(open_payload(stream_key(file_key, attempt), sealed).has_value());
  auto other_attempt = attempt;
  other_attempt.bytes[0] ^= 1U;
  BOOST_TEST(fails_with(open_payload(stream_key(file_key, other_attempt), sealed), Errc::crypto_failure));
  auto other_key = file_key;
  other_key[0] ^= 1U;
  BOOST_TEST(fails_with(open_payload(stream_key(other_key, attempt), sealed), Errc::crypto_failure));
}

BOOST_AUTO_TEST_CASE(a_sealer_and_an_opener_can_be_moved) {
  const auto key = some_key();
  const auto plain = test::pattern(10, 18);
  Bytes sealed(plain.size() + tag_size);
  ChunkSealer first(key);
  ChunkSealer sealer(std::move(first));
  sealer.seal(0, true, plain, sealed);
  ChunkOpener opener(some_key());
  opener = ChunkOpener(key);
  Bytes out(plain.size());
  BOOST_TEST(opener.open(0, true, sealed, out).has_value());
  BOOST_TEST(out == plain);
}

BOOST_AUTO_TEST_SUITE_END()
