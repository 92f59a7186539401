// SPDX-License-Identifier: MIT
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "tests/support/room.h"

using namespace coterie;
using namespace coterie::test;
namespace fs = std::filesystem;

namespace {

// A file system of its own for one folder; only root can mount it.
class SmallDisk {
 public:
  explicit SmallDisk(fs::path folder) : folder_(std::move(folder)) {
    fs::create_directory(folder_);
    is_there_ = ::getuid() == 0 && ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=2m,mode=0700") == 0;
    if (!is_there_) BOOST_TEST_MESSAGE("SKIPPED: a small file system can only be mounted by root");
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (is_there_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  [[nodiscard]] bool is_there() const { return is_there_; }
  void fill() const {
    std::ofstream ballast(folder_ / "ballast", std::ios::binary);
    while (ballast.put('x').flush()) {
    }
  }
  void make_room() const { fs::remove(folder_ / "ballast"); }

 private:
  fs::path folder_;
  bool is_there_ = false;
};

}   // namespace

BOOST_AUTO_TEST_SUITE(admission)

BOOST_AUTO_TEST_CASE(a_wrong_password_meets_nobody_and_says_so) {
  Room room;
  auto& alice = room.join("alice");
  auto& mallory = room.member("mallory");
  auto options = room.options();
  options.password = "incorrect horse battery";
  room.enter(mallory, options);
  const auto rejected = mallory.all<coterie::event::PasswordRejected>();
  BOOST_REQUIRE(rejected.size() == 1U);
  BOOST_TEST(rejected[0].rejected == 1U);
  BOOST_TEST(rejected[0].of == 1U);
  BOOST_TEST(mallory.settled->ready == 0U);
  BOOST_TEST(mallory.members.empty());
  BOOST_TEST(!alice.members.contains("mallory"));
}

BOOST_AUTO_TEST_CASE(a_wrong_password_costs_one_attempt_however_many_are_here) {
  Room room;
  room.join("alice");
  room.join("bob");
  room.join("carol");
  auto& mallory = room.member("mallory");
  auto options = room.options();
  options.password = "incorrect horse battery";
  room.enter(mallory, options);
  BOOST_TEST(mallory.settled->rejected == 1U);
  BOOST_TEST(mallory.settled->unanswered == 2U);
  const auto rejected = mallory.all<coterie::event::PasswordRejected>();
  BOOST_REQUIRE(rejected.size() == 1U);
  BOOST_TEST(rejected[0].attempts_left == 9U);
}

BOOST_AUTO_TEST_CASE(somebody_with_another_password_keeps_nobody_out) {
  Room room;
  room.timing.after_wrong_password = std::chrono::milliseconds(1);
  auto& mallory = room.member("mallory");
  auto options = room.options();
  options.password = "incorrect horse battery";
  room.enter(mallory, options);
  auto& alice = room.join("alice");
  room.join("bob");
  auto& carol = room.member("carol");
  room.enter(carol);
  room.until([&] { return carol.is_ready_for("alice") && carol.is_ready_for("bob"); });
  BOOST_TEST(alice.is_ready_for("bob"));
}

BOOST_AUTO_TEST_CASE(who_comes_with_another_password_is_told_to_those_who_are_here) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  auto& mallory = room.member("mallory");
  auto options = room.options();
  options.password = "incorrect horse battery";
  room.enter(mallory, options);
  room.until(
      [&] { return alice.count<coterie::event::OtherPassword>() + bob.count<coterie::event::OtherPassword>() == 1; });
  for (auto* one : {&alice, &bob})
    for (const auto& told : one->all<coterie::event::OtherPassword>()) {
      BOOST_TEST(told.user_id.empty());
      BOOST_TEST(told.rejected == 1U);
      BOOST_TEST(told.of == 2U);
      BOOST_TEST(told.attempts_left == 9U);
      BOOST_TEST(told.ours_is_right);
    }
  // It is no mistake of theirs.
  BOOST_TEST(alice.count<coterie::event::PasswordRejected>() + bob.count<coterie::event::PasswordRejected>() == 0U);
}

namespace {

// Strangers guess until alice gives none away any more.
void use_up_guesses(Room& room, test::Member& alice) {
  auto options = room.options();
  options.password = "incorrect horse battery";
  for (unsigned guess = 1; guess <= GuessBudget::capacity; ++guess) {
    auto& mallory = room.member("mallory " + std::to_string(guess));
    room.enter(mallory, options);
    room.until([&] { return alice.count<coterie::event::OtherPassword>() == guess; });
    mallory.vanish();
  }
}

}   // namespace

BOOST_AUTO_TEST_CASE(C01_guesses_of_strangers_keep_newcomers_waiting_who_are_told_so_and_get_in_later) {
  Room room;
  room.timing.busy_retry = std::chrono::milliseconds(20);
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  bob.vanish();
  use_up_guesses(room, alice);
  // Right password, no try left.
  auto& carol = room.member("carol");
  room.enter(carol);
  BOOST_TEST(carol.settled->ready == 0U);
  BOOST_TEST(carol.settled->rejected == 0U);
  BOOST_TEST(carol.settled->unanswered == 1U);
  BOOST_TEST(carol.settled->busy == 1U);
  BOOST_TEST(carol.settled->next_try.count() > 0);
  BOOST_TEST(carol.settled->next_try.count() <= 600);
  BOOST_TEST(carol.count<coterie::event::PasswordRejected>() == 0U);
  // Members with a session do not notice.
  bob.start(room.options(), room.timing);
  room.until([&] { return alice.is_ready_for("bob") && bob.is_ready_for("alice"); });
  const auto id = bob.says("still here");
  room.until([&] { return bob.is_delivered(id, "alice"); });
  BOOST_TEST(!alice.is_ready_for("carol"));
  alice.clock_shift_ms += GuessBudget::refill_ms;
  room.until([&] { return carol.is_ready_for("alice") && alice.is_ready_for("carol"); });
}

BOOST_AUTO_TEST_CASE(who_has_used_up_the_own_tries_is_told_when_the_next_is_possible) {
  Room room;
  auto& alice = room.join("alice");
  use_up_guesses(room, alice);
  alice.vanish();
  room.join("bob");
  alice.start(room.options(), room.timing);
  room.until([&] { return alice.settled.has_value(); });
  BOOST_TEST(alice.settled->busy == 1U);
  BOOST_TEST(alice.settled->next_try.count() > 0);
}

BOOST_AUTO_TEST_CASE(a_user_id_that_looks_like_another_one_is_told_at_first_contact_and_marked) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  room.join("аlice");   // Cyrillic а
  room.until([&] { return alice.is_ready_for("аlice") && bob.is_ready_for("аlice"); });
  for (auto* one : {&alice, &bob}) {
    const auto told = one->all<coterie::event::LookAlike>();
    BOOST_REQUIRE_EQUAL(told.size(), 1U);
    BOOST_TEST(told[0].user_id == "аlice");
    BOOST_TEST(told[0].like == "alice");
    BOOST_TEST(one->members.at("аlice").looks_like == "alice");
  }
  BOOST_TEST(bob.members.at("alice").looks_like.empty());
  // Known by now, and still marked.
  bob.vanish();
  room.enter(bob);
  BOOST_TEST(bob.members.at("аlice").looks_like == "alice");
  BOOST_TEST(bob.count<coterie::event::LookAlike>() == 0U);
}

BOOST_AUTO_TEST_CASE(a_user_id_of_two_alphabets_is_told_at_first_contact) {
  Room room;
  auto& alice = room.join("alice");
  room.join("bоb");   // Cyrillic о
  room.until([&] { return alice.is_ready_for("bоb"); });
  const auto told = alice.all<coterie::event::LookAlike>();
  BOOST_REQUIRE_EQUAL(told.size(), 1U);
  BOOST_TEST(told[0].user_id == "bоb");
  BOOST_TEST(told[0].like.empty());
}

BOOST_AUTO_TEST_CASE(S03_what_the_profile_has_no_room_for_is_refused_with_its_folder) {
  Room room;
  const SmallDisk disk(room.folder() / "profile-alice");
  if (!disk.is_there()) return;
  auto& alice = room.join("alice");
  room.join("bob");
  disk.fill();
  const auto id = alice.says(std::string(16'000, 'x'));
  room.until([&] { return alice.has_notice(Errc::profile_full); });
  const auto notices = alice.all<coterie::event::Notice>();
  BOOST_TEST(notices.front().about == id.hex());
  BOOST_TEST(notices.front().error.detail == alice.folder().string());
}

BOOST_AUTO_TEST_CASE(who_was_first_does_not_know_whose_password_is_wrong) {
  Room room;
  auto& alice = room.join("alice");
  auto& mallory = room.member("mallory");
  auto options = room.options();
  options.password = "incorrect horse battery";
  room.enter(mallory, options);
  room.until([&] { return alice.count<coterie::event::OtherPassword>() == 1; });
  BOOST_TEST(!alice.all<coterie::event::OtherPassword>()[0].ours_is_right);
  BOOST_TEST(alice.count<coterie::event::PasswordRejected>() == 0U);
}

BOOST_AUTO_TEST_CASE(a_member_who_mistypes_is_named_and_again_only_after_a_minute) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  auto wrong = room.options();
  wrong.password = "incorrect horse battery";
  for (int i = 0; i < 3; ++i) {
    bob.vanish();
    room.enter(bob, wrong);
  }
  bob.vanish();
  room.enter(bob);
  const auto id = bob.says("at last");
  room.until([&] { return bob.is_delivered(id, "alice"); });
  const auto told = alice.all<coterie::event::OtherPassword>();
  BOOST_TEST_REQUIRE(told.size() == 1U);
  BOOST_TEST(told[0].user_id == "bob");
}

BOOST_AUTO_TEST_CASE(two_passwords_meet_once_however_long_both_stay) {
  Room room;
  // Alice would soon begin herself if she had not been told.
  const auto usual = room.timing;
  room.timing.handshake_deadline = std::chrono::milliseconds(20);
  room.timing.handshake_retry = std::chrono::milliseconds(20);
  auto& alice = room.join("alice");
  room.timing = usual;
  auto& mallory = room.member("mallory");
  auto options = room.options();
  options.password = "incorrect horse battery";
  room.enter(mallory, options);
  room.until([&] { return alice.count<coterie::event::OtherPassword>() == 1; });
  const auto before = room.relay().stats().counters.handshakes;
  room.settle();
  BOOST_TEST(room.relay().stats().counters.handshakes == before);
  BOOST_TEST(mallory.count<coterie::event::PasswordRejected>() == 1U);
  BOOST_TEST(alice.count<coterie::event::PasswordRejected>() == 0U);
}

BOOST_AUTO_TEST_CASE(a_newcomer_is_told_about_once) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  for (auto* one : {&alice, &bob}) {
    const auto told = one->all<coterie::event::MemberChanged>();
    BOOST_TEST_REQUIRE(told.size() == 1U);
    BOOST_TEST((told[0].state == coterie::event::MemberState::ready));
  }
}

BOOST_AUTO_TEST_CASE(no_state_of_the_link_is_told_twice) {
  Room room;
  auto options = room.options();
  options.pin.reset();
  options.trust = true;
  auto& alice = room.member("alice");
  room.enter(alice, options);
  std::vector<coterie::event::LinkState> told;
  for (const auto& change : alice.all<coterie::event::LinkChanged>()) told.push_back(change.state);
  const std::vector expected = {coterie::event::LinkState::connecting, coterie::event::LinkState::joining,
                                coterie::event::LinkState::online};
  BOOST_TEST((told == expected));
}

BOOST_AUTO_TEST_CASE(the_right_password_after_a_wrong_one_gets_in) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.member("bob");
  auto wrong = room.options();
  wrong.password = "incorrect horse battery";
  room.enter(bob, wrong);
  BOOST_TEST(bob.settled->rejected == 1U);
  bob.vanish();
  room.enter(bob);
  BOOST_TEST(bob.is_ready_for("alice"));
  const auto id = bob.says("here I am");
  room.until([&] { return bob.is_delivered(id, "alice") && alice.has_text("here I am"); });
}

BOOST_AUTO_TEST_CASE(settled_comes_after_everyone_in_the_roster_has_been_met) {
  Room room;
  auto& alice = room.join("alice");
  room.join("bob");
  alice.vanish();
  room.join("carol");
  room.join("dave");
  // Bob is known and the others are not: all three are ready when it is said that everyone is.
  room.enter(alice);
  BOOST_TEST(alice.settled->ready == 3U);
  std::set<std::string> here;
  for (const auto& event : alice.events) {
    if (std::holds_alternative<coterie::event::Settled>(event)) break;
    if (const auto* changed = std::get_if<coterie::event::MemberChanged>(&event); changed != nullptr && changed->online)
      here.insert(changed->user_id);
  }
  BOOST_TEST(here.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_mistyped_password_does_not_cost_the_stored_sessions) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  bob.vanish();
  auto wrong = room.options();
  wrong.password = "incorrect horse battery";
  room.enter(bob, wrong);
  BOOST_TEST(bob.settled->ready == 0U);
  bob.vanish();
  const auto handshakes = room.relay().stats().counters.handshakes;
  room.enter(bob);
  const auto id = alice.says("still here");
  room.until([&] { return alice.is_delivered(id, "bob"); });
  BOOST_TEST(room.relay().stats().counters.handshakes == handshakes);
}

BOOST_AUTO_TEST_CASE(after_a_password_change_the_members_meet_again_under_the_new_one) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  alice.vanish();
  bob.vanish();
  auto changed = room.options();
  changed.password = "a new phrase for the garden";
  room.enter(alice, changed);
  room.enter(bob, changed);
  const auto id = alice.says("under the new password");
  room.until([&] { return alice.is_delivered(id, "bob"); });
}

BOOST_AUTO_TEST_CASE(a_group_of_another_name_is_another_group) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.member("bob");
  auto options = room.options();
  options.group = "chess-club";
  room.enter(bob, options);
  BOOST_TEST(bob.settled->ready + bob.settled->rejected == 0U);
  BOOST_TEST(alice.members.empty());
}

BOOST_AUTO_TEST_CASE(a_user_id_is_taken_while_its_holder_is_online) {
  Room room;
  room.join("alice");
  auto& other = room.member("Alice", "other");
  room.enter(other);
  BOOST_REQUIRE(other.failed.has_value());
  BOOST_TEST((other.failed->code == Errc::user_id_taken));
}

BOOST_AUTO_TEST_CASE(the_same_profile_elsewhere_replaces_and_the_older_one_stays_away) {
  Room room;
  auto& alice = room.join("alice");
  // A copy of the profile, as on another machine.
  const auto copy = room.folder() / "profile-copy";
  std::filesystem::copy(alice.folder(), copy, std::filesystem::copy_options::recursive);
  auto& second = room.member("alice", "copy");
  room.enter(second);
  room.until([&] { return alice.failed.has_value(); });
  BOOST_TEST((alice.failed->code == Errc::replaced));
  BOOST_TEST((second.link == coterie::event::LinkState::online));
}

BOOST_AUTO_TEST_CASE(an_unknown_relay_is_asked_about_and_nothing_is_sent_before) {
  Room room;
  auto& alice = room.member("alice");
  auto options = room.options();
  options.pin.reset();
  alice.start(options, room.timing);
  room.until([&] { return alice.count<coterie::event::RelayUnknown>() == 1; });
  BOOST_TEST((alice.all<coterie::event::RelayUnknown>()[0].pin == room.pin()));
  BOOST_TEST(room.relay().stats().counters.joins == 0U);
  alice.handle(command::TrustRelay{room.pin()});
  room.until([&] { return alice.link == coterie::event::LinkState::online; });
  // And it is remembered.
  alice.vanish();
  room.enter(alice, options);
  BOOST_TEST(alice.count<coterie::event::RelayUnknown>() == 0U);
}

// The first look under the new address ends at the question about the fingerprint; nothing may settle there because of it.
BOOST_AUTO_TEST_CASE(a_group_is_found_under_another_address_of_its_relay_also_after_a_first_try_failed) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  room.until([&] { return alice.is_ready_for("bob") && bob.is_ready_for("alice"); });
  const auto handshakes = room.relay().stats().counters.handshakes;
  alice.vanish();
  auto elsewhere = room.options();
  elsewhere.relay.replace(0, elsewhere.relay.find(':'), "localhost");
  auto without_pin = elsewhere;
  without_pin.pin.reset();
  alice.start(without_pin, room.timing);
  room.until([&] { return alice.count<coterie::event::RelayUnknown>() == 1; });
  alice.vanish();
  room.enter(alice, elsewhere);
  room.until([&] { return alice.is_ready_for("bob"); });
  BOOST_TEST(room.relay().stats().counters.handshakes == handshakes);
}

BOOST_AUTO_TEST_CASE(C15_a_changed_relay_identity_ends_the_connection_before_any_word) {
  Room room;
  auto& alice = room.join("alice");
  alice.vanish();
  room.close_relay();
  std::filesystem::remove_all(room.folder() / "relay");
  room.open_relay();
  auto options = room.options();
  options.pin.reset();
  alice.start(options, room.timing);
  room.until([&] { return alice.count<coterie::event::RelayChanged>() == 1; });
  BOOST_TEST((alice.link == coterie::event::LinkState::offline));
  BOOST_TEST(room.relay().stats().counters.joins == 0U);
  const auto changed = alice.all<coterie::event::RelayChanged>()[0];
  BOOST_TEST((changed.seen == room.pin()));
  BOOST_TEST((changed.expected != changed.seen));
}

BOOST_AUTO_TEST_CASE(both_sides_beginning_at_once_make_one_session) {
  Room room;
  room.timing.initiate_anyway = std::chrono::milliseconds(0);
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  alice.vanish();
  bob.vanish();
  // Both have lost their sessions and begin as soon as they see each other.
  std::filesystem::remove_all(alice.folder());
  std::filesystem::remove_all(bob.folder());
  alice.start(room.options(), room.timing);
  bob.start(room.options(), room.timing);
  room.until([&] { return alice.is_ready_for("bob") && bob.is_ready_for("alice"); });
  const auto id = alice.says("one session");
  const auto back = bob.says("indeed");
  room.until([&] { return alice.is_delivered(id, "bob") && bob.is_delivered(back, "alice"); });
}

BOOST_AUTO_TEST_CASE(a_remembered_password_needs_no_typing) {
  Room room;
  auto& alice = room.member("alice");
  auto options = room.options();
  options.remember = true;
  room.enter(alice, options);
  alice.vanish();
  options.password.clear();
  room.enter(alice, options);
  auto& bob = room.join("bob");
  BOOST_TEST(bob.is_ready_for("alice"));
}

BOOST_AUTO_TEST_CASE(who_leaves_is_asked_for_the_password_again) {
  Room room;
  auto& alice = room.member("alice");
  auto options = room.options();
  options.remember = true;
  room.enter(alice, options);
  alice.handle(command::Leave{});
  alice.vanish();
  options.password.clear();
  alice.start(options, room.timing);
  room.until([&] { return alice.failed.has_value(); });
  BOOST_TEST((alice.failed->code == Errc::invalid_argument));
}

BOOST_AUTO_TEST_CASE(without_any_password_the_engine_says_what_is_missing) {
  Room room;
  auto& alice = room.member("alice");
  auto options = room.options();
  options.password.clear();
  alice.start(options, room.timing);
  room.until([&] { return alice.failed.has_value(); });
  BOOST_TEST((alice.failed->code == Errc::invalid_argument));
}

BOOST_AUTO_TEST_CASE(a_group_is_not_created_with_a_password_that_is_easy_to_guess) {
  Room room;
  auto& alice = room.member("alice");
  auto options = room.options();
  options.password = "password1";
  alice.start(options, room.timing);
  room.until([&] { return alice.failed.has_value(); });
  BOOST_TEST((alice.failed->code == Errc::invalid_argument));
}

BOOST_AUTO_TEST_CASE(C06_a_known_name_with_another_key_is_held_until_the_user_accepts_it) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  bob.vanish();
  room.until([&] { return !alice.members["bob"].online; });
  const auto before = alice.says("for the old bob", "bob");
  auto& again = room.member("bob", "bob-again");
  room.enter(again);
  room.until([&] { return alice.count<coterie::event::IdentityChanged>() == 1; });
  const auto change = alice.all<coterie::event::IdentityChanged>()[0];
  again.says("it is me, really");
  room.settle();
  BOOST_TEST(!alice.has_text("it is me, really"));
  BOOST_TEST(!again.has_text("for the old bob"));
  alice.handle(command::AcceptIdentity{change.seen});
  room.until([&] { return alice.has_text("it is me, really"); });
  room.settle();
  // C08: what was meant for the old key never goes to the new one.
  BOOST_TEST(!again.has_text("for the old bob"));
  BOOST_TEST(!alice.is_delivered(before, "bob"));
}

BOOST_AUTO_TEST_CASE(S03_a_newcomer_who_finds_the_disk_full_is_met_when_there_is_room_again) {
  Room room;
  const SmallDisk disk(room.folder() / "profile-alice");
  if (!disk.is_there()) return;
  room.timing.storage_retry = std::chrono::milliseconds(50);
  auto& alice = room.join("alice");
  disk.fill();
  auto& bob = room.member("bob");
  bob.start(room.options(), room.timing);
  room.until([&] { return alice.has_notice(Errc::profile_full); });
  BOOST_TEST(alice.members.empty());
  disk.make_room();
  room.until([&] { return alice.is_ready_for("bob") && bob.is_ready_for("alice"); });
  const auto id = bob.says("now there is room");
  room.until([&] { return bob.is_delivered(id, "alice") && alice.has_text("now there is room"); });
  BOOST_TEST(!alice.failed.has_value());
}

BOOST_AUTO_TEST_CASE(S03_a_newcomer_who_found_the_disk_full_is_met_when_coming_back) {
  Room room;
  const SmallDisk disk(room.folder() / "profile-alice");
  if (!disk.is_there()) return;
  room.timing.initiate_anyway = std::chrono::hours(1);   // that is not what brings them together
  auto& alice = room.join("alice");
  disk.fill();
  auto& bob = room.member("bob");
  bob.start(room.options(), room.timing);
  room.until([&] { return alice.has_notice(Errc::profile_full) && bob.is_ready_for("alice"); });
  bob.vanish();
  disk.make_room();
  bob.start(room.options(), room.timing);
  room.until([&] { return alice.is_ready_for("bob"); });
  const auto id = bob.says("now there is room");
  room.until([&] { return bob.is_delivered(id, "alice"); });
}

BOOST_AUTO_TEST_SUITE_END()
