// SPDX-License-Identifier: MIT
#include "netcore/transfer/journal.h"

#include <boost/test/unit_test.hpp>

#include "netcore/base/random.h"
#include "support.h"

using namespace coterie;
using transfer::ChunkMap;
using transfer::ChunkRange;
using transfer::Journal;

namespace {

constexpr std::uint64_t size_of_file = 100 * crypto::chunk_size;

struct Fixture {
  test::TempFolder folder;
  std::filesystem::path path = folder / "a.journal";
  FileId file = random_id<FileId>();

  [[nodiscard]] Journal start() const { return Journal::start(path, file, size_of_file).value(); }
  [[nodiscard]] ChunkMap load() const { return Journal::load(path, file, size_of_file).chunks; }
};

ChunkMap map_of(std::initializer_list<ChunkRange> ranges) {
  ChunkMap map;
  for (const auto range : ranges) map.add(range);
  return map;
}

}   // namespace

BOOST_FIXTURE_TEST_SUITE(journal, Fixture)

BOOST_AUTO_TEST_CASE(gives_back_what_was_appended) {
  {
    auto journal = start();
    BOOST_TEST(journal.append({0, 10}).has_value());
    BOOST_TEST(journal.append({10, 30}).has_value());
    BOOST_TEST(journal.append({40, 100}).has_value());
  }
  BOOST_TEST((load() == map_of({{0, 30}, {40, 100}})));
}

BOOST_AUTO_TEST_CASE(goes_on_where_it_ended) {
  BOOST_TEST(start().append({0, 10}).has_value());
  Journal::Content content;
  {
    auto journal = Journal::open(path, file, size_of_file, content);
    BOOST_TEST_REQUIRE(journal.has_value());
    BOOST_TEST((content.chunks == map_of({{0, 10}})));
    BOOST_TEST(journal->append({10, 11}).has_value());
  }
  BOOST_TEST((load() == map_of({{0, 11}})));
}

BOOST_AUTO_TEST_CASE(nothing_is_there_without_a_file) {
  BOOST_TEST((load() == ChunkMap()));
  Journal::Content content;
  BOOST_TEST(Journal::open(path, file, size_of_file, content).has_value());
  BOOST_TEST((load() == ChunkMap()));
}

BOOST_AUTO_TEST_CASE(belongs_to_one_file_of_one_size) {
  BOOST_TEST(start().append({0, 10}).has_value());
  BOOST_TEST((Journal::load(path, random_id<FileId>(), size_of_file).chunks == ChunkMap()));
  BOOST_TEST((Journal::load(path, file, size_of_file + 1).chunks == ChunkMap()));
}

BOOST_AUTO_TEST_CASE(a_record_of_another_journal_does_not_count) {
  BOOST_TEST(start().append({0, 10}).has_value());
  const auto other_path = folder / "b.journal";
  auto other = Journal::start(other_path, random_id<FileId>(), size_of_file).value();
  const auto header = test::read_file(other_path).size();
  BOOST_TEST(other.append({10, 20}).has_value());
  auto bytes = test::read_file(path);
  const auto foreign = test::read_file(other_path);
  append(bytes, ByteView(foreign).subspan(header));
  test::write_file(path, bytes);
  BOOST_TEST((load() == map_of({{0, 10}})));
}

BOOST_AUTO_TEST_CASE(cut_at_every_byte_it_keeps_the_whole_records_in_front) {
  auto journal = start();
  const auto header = test::read_file(path).size();
  std::vector<std::size_t> ends = {header};
  for (std::uint64_t i = 0; i < 8; ++i) {
    BOOST_TEST_REQUIRE(journal.append({i * 10, i * 10 + 10}).has_value());
    ends.push_back(test::read_file(path).size());
  }
  const auto whole = test::read_file(path);
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    test::write_file(path, ByteView(whole).first(cut));
    std::uint64_t records = 0;
    while (records + 1 < ends.size() && ends[records + 1] <= cut) ++records;
    const auto expected = cut < header || records == 0 ? ChunkMap() : map_of({{0, records * 10}});
    BOOST_TEST_REQUIRE((load() == expected), "cut at " << cut);
    // And it can be gone on with: the next record is found.
    Journal::Content content;
    auto again = Journal::open(path, file, size_of_file, content);
    BOOST_TEST_REQUIRE(again.has_value());
    BOOST_TEST_REQUIRE((content.chunks == expected));
    BOOST_TEST_REQUIRE(again->append({90, 100}).has_value());
    auto more = expected;
    more.add({90, 100});
    BOOST_TEST_REQUIRE((load() == more), "cut at " << cut);
  }
}

BOOST_AUTO_TEST_CASE(a_changed_bit_ends_it_there) {
  auto journal = start();
  const auto header = test::read_file(path).size();
  for (std::uint64_t i = 0; i < 4; ++i) BOOST_TEST_REQUIRE(journal.append({i * 10, i * 10 + 10}).has_value());
  const auto whole = test::read_file(path);
  const auto record = (whole.size() - header) / 4;
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      auto damaged = whole;
      damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (1U << bit));
      test::write_file(path, damaged);
      const auto good = at < header ? 0 : (at - header) / record;
      BOOST_TEST_REQUIRE((load() == (good == 0 ? ChunkMap() : map_of({{0, good * 10}}))),
                         "bit " << bit << " of byte " << at);
    }
}

BOOST_AUTO_TEST_CASE(noise_is_no_journal) {
  test::Random random(3);
  for (int i = 0; i < 500; ++i) {
    test::write_file(path, test::random_bytes(random, test::below(random, 200)));
    BOOST_TEST_REQUIRE((load() == ChunkMap()));
  }
}

BOOST_AUTO_TEST_CASE(a_range_outside_the_file_ends_it) {
  auto journal = start();
  BOOST_TEST(journal.append({0, 5}).has_value());
  BOOST_TEST(journal.append({5, 101}).has_value());
  BOOST_TEST(journal.append({5, 6}).has_value());
  BOOST_TEST((load() == map_of({{0, 5}})));
}

BOOST_AUTO_TEST_CASE(remembers_the_last_name_a_complete_file_was_to_get) {
  {
    auto journal = start();
    BOOST_TEST(journal.append({0, 100}).has_value());
    BOOST_TEST(journal.append_placing("a.txt").has_value());
    BOOST_TEST(journal.append_placing("a (2).txt").has_value());
  }
  const auto content = Journal::load(path, file, size_of_file);
  BOOST_TEST(content.placed_as == "a (2).txt");
  BOOST_TEST(content.chunks.is_complete(100));
}

BOOST_AUTO_TEST_CASE(a_link_in_its_place_is_not_followed) {
  const auto target = folder / "target";
  test::write_file(target, as_bytes("precious"));
  std::filesystem::create_symlink(target, path);
  BOOST_TEST((load() == ChunkMap()));
  BOOST_TEST(start().append({0, 1}).has_value());
  BOOST_TEST(as_text(test::read_file(target)) == "precious");
  BOOST_TEST((load() == map_of({{0, 1}})));
}

BOOST_AUTO_TEST_CASE(is_for_its_owner_only) {
  (void)start();
  const auto permissions = std::filesystem::status(path).permissions();
  BOOST_TEST((permissions == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)));
}

BOOST_AUTO_TEST_CASE(removing_leaves_nothing) {
  (void)start();
  Journal::remove(path);
  BOOST_TEST(test::names_in(folder.path()).empty());
  Journal::remove(path);   // and once more is no mistake
}

BOOST_AUTO_TEST_SUITE_END()
