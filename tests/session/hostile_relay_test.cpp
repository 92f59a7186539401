// SPDX-License-Identifier: MIT
// What a client makes of a relay that does not play fair. The row ids are those of docs/security.md's catalogue of attacks.
#include <filesystem>
#include <map>
#include <set>

#include "netcore/base/digest.h"
#include "netcore/crypto/group_secret.h"
#include "tests/support/hostile_relay.h"
#include "tests/support/room.h"

using namespace coterie;
using namespace coterie::test;

namespace {

// Engines in front of a hostile relay instead of the real one.
struct Stage {
  Stage() {
    crypto::initialise();
    timing.first_retry = std::chrono::milliseconds(20);
    timing.longest_retry = std::chrono::milliseconds(100);
    timing.receipt_repeat = std::chrono::milliseconds(300);
    timing.handshake_deadline = std::chrono::milliseconds(1500);
  }
  Member& member(const std::string& user_id) {
    members.push_back(std::make_unique<Member>(loop, worker, folder / user_id, user_id));
    return *members.back();
  }
  Member& join(const std::string& user_id) {
    auto& made = member(user_id);
    enter(made);
    return made;
  }
  void enter(Member& who, const std::string& password = room_password) {
    Member::Options options;
    options.relay = relay.address();
    options.pin = relay.pin();
    options.password = password;
    who.start(options, timing);
    until([&] { return who.settled.has_value(); });
  }
  void until(const std::function<bool()>& done) {
    BOOST_REQUIRE_MESSAGE(loop.run_until(done, patience), "what was waited for did not happen");
  }
  void settle(std::chrono::milliseconds time = std::chrono::milliseconds(200)) {
    bool over = false;
    const auto timer = loop.after(time, [&] { over = true; });
    loop.run_until([&] { return over; }, patience);
  }

  TempFolder folder;
  io::EventLoop loop;
  Worker worker{[this](std::function<void()> job) { loop.post(std::move(job)); }};
  HostileRelay relay{loop};
  Timing timing;
  std::vector<std::unique_ptr<Member>> members;
};

control::Member ghost(std::uint64_t join_seq) {
  return {.id = random_id<MemberId>(),
          .handle = random_id<UserHandle>(),
          .online = true,
          .join_seq = join_seq,
          .nonce = random_id<ConnectionNonce>()};
}

}   // namespace

BOOST_AUTO_TEST_SUITE(hostile_relay)

BOOST_AUTO_TEST_CASE(C10_an_envelope_repeated_three_times_is_shown_once) {
  Stage stage;
  auto& alice = stage.join("alice");
  auto& bob = stage.join("bob");
  stage.relay.on_envelope = [](const MemberId&, const control::Receive& envelope) {
    return std::vector{envelope, envelope, envelope};
  };
  const auto id = alice.says("once");
  stage.until([&] { return alice.is_delivered(id, "bob"); });
  stage.settle();
  BOOST_TEST(bob.times_shown("once") == 1U);
}

BOOST_AUTO_TEST_CASE(C10_an_envelope_replayed_after_a_restart_is_not_shown_again) {
  Stage stage;
  auto& alice = stage.join("alice");
  auto& bob = stage.join("bob");
  std::vector<std::pair<MemberId, control::Receive>> seen;
  stage.relay.on_envelope = [&](const MemberId& to, const control::Receive& envelope) {
    seen.emplace_back(to, envelope);
    return std::vector{envelope};
  };
  const auto id = alice.says("only once");
  stage.until([&] { return alice.is_delivered(id, "bob"); });
  bob.vanish();
  stage.enter(bob);
  for (const auto& [to, envelope] : std::vector(seen)) stage.relay.send_to(to, envelope);
  const auto after = alice.says("and this");
  stage.until([&] { return alice.is_delivered(after, "bob"); });
  BOOST_TEST(!bob.has_text("only once"));
  BOOST_TEST(bob.times_shown("and this") == 1U);
}

// A backup that is played back, or a copied virtual machine: what was sealed since is sealed again, with other words.
BOOST_AUTO_TEST_CASE(C14_a_profile_set_back_to_an_earlier_state_repeats_no_nonce_and_loses_nothing) {
  Stage stage;
  auto& alice = stage.join("alice");
  auto& bob = stage.join("bob");
  using Seal = std::tuple<SessionId, std::uint32_t, Bytes>;   // what the key of a wrap is made from, and its nonce
  std::map<Seal, Bytes> sealed;
  std::size_t repeated_keys = 0;
  std::set<std::pair<SessionId, std::uint32_t>> keys;
  stage.relay.on_envelope = [&](const MemberId&, const control::Receive& envelope) {
    const Seal seal{envelope.session, envelope.index, to_bytes(ByteView(*envelope.body).first(24))};
    const auto wrap = to_bytes(envelope.wrap);
    const auto [found, is_new] = sealed.emplace(seal, wrap);
    BOOST_TEST((is_new || found->second == wrap), "the same key and nonce sealed two things");
    if (is_new && !keys.emplace(envelope.session, envelope.index).second) ++repeated_keys;
    return std::vector{envelope};
  };
  const auto said = [&](const std::string& text) {
    const auto id = alice.says(text);
    stage.until([&] { return bob.has_text(text) && alice.is_delivered(id, "bob"); });
  };
  said("before");
  alice.vanish();
  const auto backup = stage.folder / "backup";
  std::filesystem::copy(alice.folder(), backup, std::filesystem::copy_options::recursive);
  stage.enter(alice);
  for (int i = 0; i < 5; ++i) said("meanwhile " + std::to_string(i));
  alice.vanish();
  std::filesystem::remove_all(alice.folder());
  std::filesystem::rename(backup, alice.folder());
  stage.enter(alice);
  said("after");
  BOOST_TEST(repeated_keys > 0U);   // the chain did go back: what kept it safe is the nonce
  // And the other way round.
  const auto answer = bob.says("still here");
  stage.until([&] { return alice.has_text("still here") && bob.is_delivered(answer, "alice"); });
  BOOST_TEST(bob.times_shown("after") == 1U);
}

// The chain has to catch up with what was sealed since, one repetition after the other, unless the session is made anew.
BOOST_AUTO_TEST_CASE(C14_a_profile_set_back_far_is_heard_soon) {
  Stage stage;
  auto& alice = stage.join("alice");
  auto& bob = stage.join("bob");
  std::map<MessageId, int> times_sent;
  stage.relay.on_envelope = [&](const MemberId&, const control::Receive& envelope) {
    ++times_sent[envelope.message];
    return std::vector{envelope};
  };
  const auto before = alice.says("before");
  const auto answer = bob.says("and back");
  stage.until([&] { return alice.is_delivered(before, "bob") && bob.is_delivered(answer, "alice"); });
  const auto backup = stage.folder / "backup";
  alice.vanish();
  std::filesystem::copy(alice.folder(), backup, std::filesystem::copy_options::recursive);
  stage.enter(alice);
  constexpr int meanwhile = 40;
  for (int i = 0; i < meanwhile; ++i) alice.says("meanwhile " + std::to_string(i));
  stage.until([&] { return bob.has_text("meanwhile " + std::to_string(meanwhile - 1)); });
  alice.vanish();
  std::filesystem::remove_all(alice.folder());
  std::filesystem::rename(backup, alice.folder());
  stage.enter(alice);
  const auto id = alice.says("after");
  stage.until([&] { return alice.is_delivered(id, "bob"); });
  BOOST_TEST(bob.times_shown("after") == 1U);
  BOOST_TEST(times_sent[id] < meanwhile / 4);
}

BOOST_AUTO_TEST_CASE(C10_swapped_neighbours_are_all_shown_and_a_dropped_one_comes_again) {
  Stage stage;
  auto& alice = stage.join("alice");
  auto& bob = stage.join("bob");
  const auto to_bob = stage.relay.members()[1];
  std::optional<control::Receive> held;
  int count = 0;
  stage.relay.on_envelope = [&](const MemberId& to, control::Receive envelope) -> std::vector<control::Receive> {
    if (to != to_bob) return {std::move(envelope)};
    if (++count % 7 == 0) return {};
    if (!held) {
      held = std::move(envelope);
      return {};
    }
    std::vector<control::Receive> both{std::move(envelope), std::move(*held)};
    held.reset();
    return both;
  };
  std::vector<MessageId> ids;
  for (int i = 0; i < 30; ++i) ids.push_back(alice.says("message " + std::to_string(i)));
  stage.until([&] {
    return std::all_of(ids.begin(), ids.end(), [&](const auto& id) { return alice.is_delivered(id, "bob"); });
  });
  for (int i = 0; i < 30; ++i) BOOST_TEST(bob.times_shown("message " + std::to_string(i)) == 1U);
  // The gaps were noticed, and are closed.
  const auto gaps = bob.all<coterie::event::GapChanged>();
  BOOST_REQUIRE(!gaps.empty());
  BOOST_TEST(gaps.back().missing == 0U);
}

BOOST_AUTO_TEST_CASE(C10_every_changed_byte_of_an_envelope_keeps_it_from_being_shown) {
  Stage stage;
  auto& alice = stage.join("alice");
  auto& bob = stage.join("bob");
  int place = 0;
  stage.relay.on_envelope = [&](const MemberId&, control::Receive envelope) {
    switch (place++ % 5) {
      case 0: envelope.wrap[3] ^= 1U; break;
      case 1: (*envelope.body)[5] ^= 1U; break;    // nonce
      case 2: (*envelope.body)[30] ^= 1U; break;   // commitment
      case 3: envelope.body->back() ^= 1U; break;
      case 4: envelope.message.bytes[0] ^= 1U; break;
    }
    return std::vector{std::move(envelope)};
  };
  for (int i = 0; i < 5; ++i) alice.says("tampered " + std::to_string(i));
  stage.settle();
  BOOST_TEST(bob.texts().empty());
  stage.relay.on_envelope = [](const MemberId&, control::Receive envelope) { return std::vector{std::move(envelope)}; };
  stage.until([&] { return bob.texts().size() == 5; });   // the outbox sends them again
}

BOOST_AUTO_TEST_CASE(C17_an_envelope_under_another_senders_name_is_not_shown) {
  Stage stage;
  auto& alice = stage.join("alice");
  auto& bob = stage.join("bob");
  auto& carol = stage.join("carol");
  const auto ids = stage.relay.members();
  bool lie = true;
  stage.relay.on_envelope = [&](const MemberId& to, control::Receive envelope) {
    if (lie && to == ids[1] && envelope.sender == ids[0]) envelope.sender = ids[2];
    return std::vector{std::move(envelope)};
  };
  alice.says("who said this?");
  stage.settle();
  BOOST_TEST(!bob.has_text("who said this?"));
  BOOST_TEST(carol.has_text("who said this?"));
  lie = false;
  stage.until([&] { return bob.has_text("who said this?"); });
  BOOST_TEST(bob.all<coterie::event::MessageAdded>()[0].message.from == "alice");
}

BOOST_AUTO_TEST_CASE(C05_ghosts_in_the_roster_are_never_addressed) {
  Stage stage;
  stage.relay.ghosts = {ghost(1000), ghost(0), ghost(0)};
  auto& alice = stage.join("alice");
  auto& bob = stage.join("bob");
  const auto id = alice.says("only for the real ones");
  stage.until([&] { return alice.is_delivered(id, "bob"); });
  BOOST_TEST(alice.members.size() == 1U);
  for (const auto& frame : stage.relay.recorded) {
    const auto decoded = control::decode_to_relay(frame);
    if (const auto* send = std::get_if<control::Send>(&**decoded))
      for (const auto& recipient : *send->recipients)
        for (const auto& none : stage.relay.ghosts) BOOST_TEST((recipient.member != none.id));
  }
  (void)bob;
}

BOOST_AUTO_TEST_CASE(C01_fake_members_get_no_more_than_ten_guesses) {
  Stage stage;
  stage.timing.after_wrong_password = std::chrono::milliseconds(1);
  for (int i = 0; i < 30; ++i) stage.relay.ghosts.push_back(ghost(0));
  // Every ghost answers with a guessed password, as an active attacker would.
  const auto guess = crypto::stretch_password("garden-club", as_bytes("password1"));
  const auto identity = crypto::KeyPair::generate();
  std::size_t guesses = 0;
  Member* alice = nullptr;
  std::map<MemberId, ConnectionNonce> nonces;
  stage.relay.on_handshake_to_nobody = [&](const MemberId& from, const control::Handshake& step) {
    if (step.step == control::HandshakeStep::busy) return;
    if (step.step != control::HandshakeStep::h1) {
      BOOST_ERROR("a wrong guess was answered");
      return;
    }
    ++guesses;
    // The real nonces do not matter for a wrong password: H2 cannot verify.
    crypto::PairResponder responder({.group = crypto::group_tag("garden-club"),
                                     .initiator = from,
                                     .responder = step.peer,
                                     .initiator_nonce = {},
                                     .responder_nonce = {},
                                     .id = step.id},
                                    guess, identity, {.user_id = "ghost", .drop_cap = {}, .flags = 0}, 0);
    auto h2 = responder.on_h1(*step.body);
    if (h2)
      stage.relay.send_to(
          from, control::Handshake{.peer = step.peer, .id = step.id, .step = control::HandshakeStep::h2, .body = *h2});
  };
  alice = &stage.member("alice");
  stage.enter(*alice);
  stage.until([&] {
    const auto rejected = alice->all<coterie::event::PasswordRejected>();
    return !rejected.empty() && rejected.back().attempts_left == 0;
  });
  stage.settle();
  BOOST_TEST(guesses == 10U);
  BOOST_TEST(alice->all<coterie::event::PasswordRejected>().back().attempts_left == 0U);
  // Starting anew gives no new guesses.
  alice->vanish();
  stage.enter(*alice);
  stage.settle();
  BOOST_TEST(guesses == 10U);
  // An hour later there are six more.
  alice->vanish();
  alice->clock_shift_ms = 60 * 60 * 1000 + 1000;
  stage.enter(*alice);
  stage.until([&] { return guesses >= 16; });
  stage.settle();
  BOOST_TEST(guesses == 16U);
}

BOOST_AUTO_TEST_CASE(C01_a_guess_that_is_broken_off_is_told_to_whom_it_was_made) {
  Stage stage;
  stage.timing.handshake_retry = std::chrono::milliseconds(20);
  auto& alice = stage.join("alice");
  auto& mallory = stage.member("mallory");
  // Whoever guesses does not say that it failed.
  stage.relay.on_handshake = [](const MemberId&, control::Handshake step) {
    std::vector<control::Handshake> passed;
    if (step.step != control::HandshakeStep::busy) passed.push_back(std::move(step));
    return passed;
  };
  stage.enter(mallory, "incorrect horse battery");
  BOOST_TEST(alice.count<coterie::event::OtherPassword>() == 0U);
  mallory.vanish();
  stage.until([&] { return alice.count<coterie::event::OtherPassword>() == 1; });
  BOOST_TEST(alice.all<coterie::event::OtherPassword>()[0].attempts_left == 9U);
  auto& eve = stage.member("eve");
  stage.enter(eve, "incorrect horse battery");
  // Staying silent is no better.
  stage.until([&] { return alice.count<coterie::event::OtherPassword>() == 2; });
  BOOST_TEST(alice.count<coterie::event::PasswordRejected>() == 0U);
}

BOOST_AUTO_TEST_CASE(C04_crossed_and_repeated_handshake_steps_make_no_wrong_session) {
  Stage stage;
  auto& alice = stage.join("alice");
  std::optional<control::Handshake> old_h1;
  stage.relay.on_handshake = [&](const MemberId&, control::Handshake step) {
    if (step.step == control::HandshakeStep::h1 && !old_h1) old_h1 = step;
    auto copy = step;
    return std::vector{std::move(step), std::move(copy)};   // everything twice
  };
  auto& bob = stage.join("bob");
  stage.until([&] { return alice.is_ready_for("bob") && bob.is_ready_for("alice"); });
  // An old H1 played again, and one reflected to its sender.
  const auto ids = stage.relay.members();
  stage.relay.send_to(ids[0], *old_h1);
  auto reflected = *old_h1;
  reflected.peer = ids[0];
  stage.relay.send_to(ids[1], reflected);
  const auto id = alice.says("still one session");
  stage.until([&] { return alice.is_delivered(id, "bob"); });
}

BOOST_AUTO_TEST_CASE(P06_frames_that_make_no_sense_end_the_connection_and_nothing_else) {
  Stage stage;
  auto& alice = stage.join("alice");
  auto& bob = stage.join("bob");
  const auto to = stage.relay.members()[0];
  const std::vector<Bytes> nonsense = {
      *from_hex("00000000"),   *from_hex("ffffffff01"),   *from_hex("80000000"),
      *from_hex("0000000155"), *from_hex("000000020100"), control::encode_frame(control::ToClient(control::Joined{})),
      Bytes(400, 0xff)};
  for (const auto& bytes : nonsense) {
    stage.until([&] { return alice.link == coterie::event::LinkState::online && alice.is_ready_for("bob"); });
    stage.relay.send_raw_to(to, bytes);
    stage.until([&] { return alice.link == coterie::event::LinkState::offline; });
  }
  stage.until([&] { return alice.link == coterie::event::LinkState::online && alice.is_ready_for("bob"); });
  const auto id = alice.says("never mind");
  stage.until([&] { return alice.is_delivered(id, "bob"); });
  (void)bob;
}

BOOST_AUTO_TEST_CASE(an_optional_frame_of_a_later_version_is_skipped) {
  Stage stage;
  auto& alice = stage.join("alice");
  stage.relay.send_raw_to(stage.relay.members()[0], *from_hex("000000039901ff"));
  stage.settle(std::chrono::milliseconds(50));
  BOOST_TEST((alice.link == coterie::event::LinkState::online));
}

BOOST_AUTO_TEST_CASE(tickets_and_needs_nobody_asked_for_are_ignored) {
  Stage stage;
  auto& alice = stage.join("alice");
  const auto to = stage.relay.members()[0];
  stage.relay.send_to(
      to,
      control::BlobTicket{.blob = random_id<BlobId>(), .ticket = random_id<DataTicket>(), .offset = 0, .length = 10});
  stage.relay.send_to(
      to, control::BlobNeed{.blob = random_id<BlobId>(), .ticket = random_id<DataTicket>(), .offset = UINT64_MAX});
  stage.relay.send_to(to, control::BlobRefused{.blob = random_id<BlobId>(), .reason = control::BlobRefusal::bad_cap});
  stage.relay.send_to(to, control::Outcome{.message = random_id<MessageId>(), .members = {}});
  stage.settle(std::chrono::milliseconds(50));
  BOOST_TEST((alice.link == coterie::event::LinkState::online));
}

BOOST_AUTO_TEST_CASE(nothing_that_passes_the_relay_tells_a_word_a_name_or_the_password) {
  Stage stage;
  auto& alice = stage.join("alice-canary");
  auto& bob = stage.join("bob-canary");
  const auto id = alice.says("a very secret canary text");
  stage.until([&] { return alice.is_delivered(id, "bob-canary"); });
  const auto prs = crypto::stretch_password("garden-club", as_bytes(room_password));
  const std::vector<Bytes> secrets = {to_bytes(as_bytes("canary")), to_bytes(as_bytes("garden-club")),
                                      to_bytes(as_bytes(room_password)), to_bytes(prs.view()),
                                      to_bytes(sha256(as_bytes(room_password)).view())};
  for (const auto& frame : stage.relay.recorded)
    for (const auto& secret : secrets)
      BOOST_TEST((std::search(frame.begin(), frame.end(), secret.begin(), secret.end()) == frame.end()));
  (void)bob;
}

BOOST_AUTO_TEST_SUITE_END()
