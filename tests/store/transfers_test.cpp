// SPDX-License-Identifier: MIT
// Rows of files under way.
#include <limits>

#include "tests/store/store_fixture.h"

using namespace coterie;
using namespace coterie::store;

BOOST_AUTO_TEST_SUITE(transfers)

BOOST_FIXTURE_TEST_CASE(a_transfer_comes_back_as_it_was, GroupFixture) {
  const auto row = a_transfer(group, bob, "Zażółć.tar.gz");
  commit([&] { store->add_transfer(row); });
  reopen();
  const auto found = look([&] { return store->find_transfer(group, row.file); }).value();
  BOOST_TEST((found.file == row.file));
  BOOST_TEST(found.group == group);
  BOOST_TEST(found.peer == bob);
  BOOST_TEST(found.outgoing);
  BOOST_TEST((found.state == TransferState::accepted));
  BOOST_TEST(found.name == row.name);
  BOOST_TEST(found.size == row.size);
  BOOST_TEST(found.created == row.created);
  BOOST_TEST((found.attempt == row.attempt));
  BOOST_TEST(found.attempt_used);
  BOOST_TEST(text_of(found.file_key) == text_of(row.file_key));
  BOOST_TEST((found.read_cap == row.read_cap));
  BOOST_TEST(found.path == row.path);
  BOOST_TEST(found.source_mtime_ns == -5);
  BOOST_TEST(!found.source_read_once);
  BOOST_TEST(found.folder == row.folder);
  BOOST_TEST(found.part == row.part);
  BOOST_TEST(found.done_known);
  BOOST_TEST(found.has_digest);
  BOOST_TEST((found.digest == row.digest));
  BOOST_TEST(found.error == "io_failure");
}

BOOST_FIXTURE_TEST_CASE(every_field_of_a_transfer_can_change, GroupFixture) {
  auto row = a_transfer(group, bob);
  commit([&] { store->add_transfer(row); });
  TransferRow changed;
  changed.file = row.file;
  changed.group = group;
  changed.peer = bob;
  changed.state = TransferState::failed;
  changed.size = std::numeric_limits<std::uint64_t>::max();
  commit([&] { store->update_transfer(changed); });
  const auto found = look([&] { return store->find_transfer(group, row.file); }).value();
  BOOST_TEST(!found.outgoing);
  BOOST_TEST((found.state == TransferState::failed));
  BOOST_TEST(found.name.empty());
  BOOST_TEST(found.size == changed.size);
  BOOST_TEST(found.attempt.is_zero());
  BOOST_TEST(!found.attempt_used);
  BOOST_TEST(found.file_key.empty());
  BOOST_TEST(found.path.empty());
  BOOST_TEST(found.source_mtime_ns == 0);
  BOOST_TEST(found.source_read_once);
  BOOST_TEST(!found.done_known);
  BOOST_TEST(!found.has_digest);
  BOOST_TEST(found.error.empty());
}

BOOST_FIXTURE_TEST_CASE(the_transfers_of_a_group_come_oldest_first, GroupFixture) {
  const auto first = a_transfer(group, bob, "first");
  const auto second = a_transfer(group, carol, "second");
  RowId other = 0;
  commit([&] {
    other = store->add_group(a_group("other"));
    store->add_transfer(first);
    store->add_transfer(a_transfer(other, store->add_peer(a_peer(other)), "elsewhere"));
    store->add_transfer(second);
    store->update_transfer(first);
  });
  const auto all = look([&] { return store->transfers(group); });
  BOOST_REQUIRE(all.size() == 2U);
  BOOST_TEST(all[0].name == "first");
  BOOST_TEST(all[1].name == "second");
  BOOST_TEST(!look([&] { return store->find_transfer(other, first.file); }));
}

BOOST_FIXTURE_TEST_CASE(a_file_id_is_used_once_in_a_group, GroupFixture) {
  auto row = a_transfer(group, bob);
  commit([&] { store->add_transfer(row); });
  row.peer = carol;
  row.name = "another";
  const auto done = store->transact([&]() -> Status {
    store->add_transfer(row);
    return {};
  });
  BOOST_TEST(!done);
  commit([&] { store->update_transfer(row); });   // nor can another member change it
  BOOST_TEST(look([&] { return store->find_transfer(group, row.file); }).value().name == "photo.jpg");
}

BOOST_AUTO_TEST_SUITE_END()
