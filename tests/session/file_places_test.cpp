// SPDX-License-Identifier: MIT
// Where received files end up: full disks, hostile names, planted links.
#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <fstream>

#include "netcore/session/file_transfers.h"
#include "netcore/transfer/journal.h"
#include "netcore/transfer/safe_name.h"
#include "transfer_fixture.h"

using namespace coterie;
using namespace coterie::test;
using coterie::event::TransferPhase;
namespace fs = std::filesystem;

BOOST_FIXTURE_TEST_SUITE(file_places, TransferFixture)

// ── the disk ──

BOOST_AUTO_TEST_CASE(S03_a_full_disk_makes_it_wait_until_there_is_room) {
  if (::geteuid() != 0) {
    BOOST_TEST_MESSAGE("SKIPPED: a full file system can only be made by root");
    return;
  }
  fs::create_directory(bob.folder());
  const auto mount = [&](const char* how) {
    return ::system((std::string(how) + " " + bob.folder().string() + " 2>/dev/null").c_str()) == 0;
  };
  if (!mount("mount -t tmpfs -o size=8m none")) {
    BOOST_TEST_MESSAGE("SKIPPED: no file system can be mounted here");
    return;
  }
  const auto content = noise(100 * chunk);
  const auto id = transfer(file("a", content));
  // Somebody else fills the disk while the file travels.
  relay.on_piece = [&, filled = false](const BlobId&, std::uint64_t passed, MutableByteView) mutable {
    if (passed < 20 * sealed_chunk || std::exchange(filled, true)) return;
    std::ofstream filler(bob.folder() / "filler", std::ios::binary);
    const std::string block(64 * 1024, 'x');
    while (filler << block << std::flush) {
    }
  };
  until([&] { return bob.is(id, TransferPhase::waiting) && bob.error_of(id) == Errc::disk_full; });
  settle();
  BOOST_TEST(bob.is(id, TransferPhase::waiting));
  BOOST_TEST(!alice.is(id, TransferPhase::failed));
  fs::remove(bob.folder() / "filler");
  until_finished(id);
  BOOST_TEST((received() == content));
  check_every_attempt_was_used_once();
  mount("umount");
}

BOOST_AUTO_TEST_CASE(F12_an_offer_larger_than_the_disk_stays_open_with_a_notice) {
  const auto offer = forged("a", content::max_file_size);
  const auto id = offer.file;
  bob.hears(copy_of(offer));
  until([&] { return bob.was_offered(id); });
  bob.accepts(id);
  BOOST_TEST(bob.has_notice(Errc::disk_full));
  BOOST_TEST((bob.row(id).state == store::TransferState::offered));
  BOOST_TEST(bob.received().empty());
  bob.files().answer(id, false, {});
  until([&] { return bob.is(id, TransferPhase::declined); });
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_used_leaves_the_offer_open) {
  const auto id = alice.sends(file("a", noise(10)));
  until([&] { return bob.was_offered(id); });
  test::write_file(folder / "no-folder", as_bytes("x"));
  bob.files().answer(id, true, folder / "no-folder");
  BOOST_TEST(bob.has_notice(Errc::not_found));
  bob.files().answer(id, true, {});
  BOOST_TEST(bob.has_notice(Errc::invalid_argument));
  bob.accepts(id);
  until_finished(id);
}

// ── names and places ──

BOOST_AUTO_TEST_CASE(F01_F02_F03_F08_F09_F10_names_of_hostile_offers_never_leave_the_folder) {
  const auto content = noise(10);
  for (const std::string name :
       {"../../.bashrc", "a/../../b", "/etc/passwd", "C:\\x", "\\\\host\\share\\x", "~/x", "..\\..\\x",
        "..\xE2\x88\x95..\xE2\x88\x95x", "..\xC0\xAFx", "photo_high_re\xE2\x80\xAEgnp.js", "\x1B[2J", "", ".", "..",
        "CON", "nul.txt", "a ", "a\nb"}) {
    on_content = [&](content::Body& body) {
      if (auto* offer = std::get_if<content::FileOffer>(&body)) offer->name = name;
    };
    const auto id = alice.sends(file("plain", content));
    until([&] { return bob.was_offered(id); });
    BOOST_TEST(bob.offers[id].name == transfer::safe_name(name));
    BOOST_TEST(bob.offers[id].offered_name.find_first_of("\x1B\n") == std::string::npos);
    BOOST_TEST(bob.offers[id].offered_name.find("\xE2\x80\xAE") == std::string::npos);
    bob.accepts(id);
    until_finished(id);
    BOOST_TEST((received() == content));
    BOOST_TEST(bob.received().front().ends_with("_alice_" + transfer::safe_name(name)));
    fs::remove_all(bob.folder());
  }
  BOOST_TEST((names_in(folder.path()) == std::vector<std::string>{"alice", "bob", "files"}));
  BOOST_TEST((names_in(folder / "bob") ==
              std::vector<std::string>{"coterie.db", "coterie.db-shm", "coterie.db-wal", "transfers"}));
}

BOOST_AUTO_TEST_CASE(F04_F11_executable_types_are_told_by_the_name_on_the_disk) {
  for (const auto* name : {"x.desktop", "cat.png.exe", "photo.jpg"}) {
    const auto id = alice.sends(file(name, noise(1)));
    until([&] { return bob.was_offered(id); });
    BOOST_TEST(bob.offers[id].is_executable_type == (std::string(name) != "photo.jpg"));
  }
}

BOOST_AUTO_TEST_CASE(F05_files_of_the_same_name_that_end_at_once_are_all_kept) {
  std::vector<FileId> ids;
  std::vector<Bytes> contents;
  for (int i = 0; i < 6; ++i) {
    const auto place = folder / ("place" + std::to_string(i));
    fs::create_directory(place);
    contents.push_back(noise(2 * chunk + static_cast<std::size_t>(i)));
    test::write_file(place / "same.txt", contents.back());
    ids.push_back(alice.sends(place / "same.txt"));
  }
  until([&] { return bob.offers.size() == ids.size(); });
  for (const auto& id : ids) bob.accepts(id);
  for (const auto& id : ids) until_finished(id);
  BOOST_TEST(bob.received().size() == ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) BOOST_TEST((test::read_file(bob.last[ids[i]].path) == contents[i]));
}

BOOST_AUTO_TEST_CASE(F06_planted_links_are_left_alone) {
  const auto content = noise(20 * chunk);
  const auto precious = folder / "precious";
  test::write_file(precious, as_bytes("precious"));
  const auto id = alice.sends(file("a", content));
  until([&] { return bob.was_offered(id); });
  // Every name the file could get within the next minutes of the room's clock, which stands still.
  const auto time = static_cast<std::time_t>(bob.clock_ms / 1000);
  std::tm local{};
  localtime_r(&time, &local);
  const auto name = transfer::received_name(local, "alice", "a");
  fs::create_directory(bob.folder());
  fs::create_symlink(precious, bob.folder() / name);
  fs::create_symlink(precious, bob.folder() / (name + ".part"));
  bob.accepts(id);
  until_finished(id);
  BOOST_TEST(as_text(test::read_file(precious)) == "precious");
  BOOST_TEST((test::read_file(bob.last[id].path) == content));
  BOOST_TEST(bob.last[id].path.filename() == name + " (2)");
}

BOOST_AUTO_TEST_CASE(F06_a_folder_swapped_for_a_link_during_the_transfer_changes_nothing) {
  const auto content = noise(50 * chunk);
  const auto elsewhere = folder / "elsewhere";
  fs::create_directory(elsewhere);
  bool swapped = false;
  relay.on_piece = [&](const BlobId&, std::uint64_t, MutableByteView) {
    if (std::exchange(swapped, true)) return;
    fs::rename(bob.folder(), folder / "moved");
    fs::create_directory_symlink(elsewhere, bob.folder());
  };
  const auto id = transfer(file("a", content));
  until_finished(id);
  BOOST_TEST(fs::is_empty(elsewhere));
  BOOST_TEST((test::read_file(fs::directory_iterator(folder / "moved")->path()) == content));
}

BOOST_AUTO_TEST_CASE(F07_files_named_like_our_own_state_touch_none_of_it) {
  for (const auto* name : {"coterie.db", "x.part", "lock", "1-00.journal"}) {
    const auto content = noise(chunk + 1);
    const auto id = transfer(file(name, content));
    until_finished(id);
    BOOST_TEST((test::read_file(bob.last[id].path) == content));
  }
}

BOOST_AUTO_TEST_SUITE_END()
