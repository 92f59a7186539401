// SPDX-License-Identifier: MIT
// Identity, relays, groups, peers, sessions: what is put in comes out, after a restart too, and nothing of it lies in the clear.
#include <sys/types.h>

#include <limits>

#include "tests/store/store_fixture.h"

using namespace coterie;
using namespace coterie::store;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(profile_store)

BOOST_FIXTURE_TEST_CASE(a_fresh_profile_is_empty, StoreFixture) {
  BOOST_TEST(!look([&] { return store->identity(); }));
  BOOST_TEST(look([&] { return store->groups(); }).empty());
  BOOST_TEST(!look([&] { return store->pin_of("relay:1"); }));
}

BOOST_FIXTURE_TEST_CASE(the_identity_survives_a_restart, StoreFixture) {
  commit([&] { store->set_identity(secret_of("a first identity")); });
  commit([&] { store->set_identity(secret_of("an X25519 secret")); });
  reopen();
  BOOST_TEST(text_of(look([&] { return store->identity(); }).value()) == "an X25519 secret");
}

BOOST_FIXTURE_TEST_CASE(small_values_are_kept_by_name, StoreFixture) {
  commit([&] {
    store->set_value("budget:1", as_bytes("first"));
    store->set_value("budget:1", as_bytes("second"));
    store->set_value("", {});
  });
  reopen();
  BOOST_TEST(text_of(look([&] { return store->value("budget:1"); }).value()) == "second");
  BOOST_TEST(look([&] { return store->value(""); }).value().empty());
  BOOST_TEST(!look([&] { return store->value("budget:10"); }));
}

BOOST_FIXTURE_TEST_CASE(what_waits_for_a_commit_runs_after_the_outermost_one_in_order, StoreFixture) {
  std::string order;
  const auto note = [&](const char* what) { return [&order, what] { order += what; }; };
  commit([&] {
    store->after_commit(note("a"));
    BOOST_TEST(store
                   ->transact([&]() -> Status {
                     store->after_commit(note("b"));
                     return {};
                   })
                   .has_value());
    store->after_rollback(note("never"));
    store->after_commit([&] {
      // By now it is on disk, and another transaction may begin.
      BOOST_TEST(store
                     ->transact([&]() -> Status {
                       store->set_value("from a job", {});
                       store->after_commit(note("d"));
                       return {};
                     })
                     .has_value());
    });
    store->after_commit(note("e"));
    BOOST_TEST(order.empty());
  });
  BOOST_TEST(order == "abde");
  store->after_commit(note("f"));
  BOOST_TEST(order == "abdef", "outside of a transaction at once");
  BOOST_TEST(look([&] { return store->value("from a job").has_value(); }));
}

BOOST_FIXTURE_TEST_CASE(what_waits_for_a_rollback_runs_newest_first_and_only_then, StoreFixture) {
  int counter = 0;
  std::string order;
  const auto failing = [&](bool by_exception) {
    return store->transact([&]() -> Status {
      store->after_commit([&] { order += "never"; });
      for (int i = 0; i < 3; ++i) {
        store->after_rollback([&, before = counter] {
          counter = before;
          order += std::to_string(before);
        });
        ++counter;
      }
      if (by_exception) throw std::runtime_error("foreign");
      return fail(Errc::timed_out);
    });
  };
  BOOST_TEST(!failing(false));
  BOOST_TEST(counter == 0);
  BOOST_TEST(order == "210");
  BOOST_CHECK_THROW((void)failing(true), std::runtime_error);
  BOOST_TEST(counter == 0);
  BOOST_TEST(order == "210210");
  commit([] {});
  BOOST_TEST(order == "210210", "nothing is left over for the next transaction");
}

BOOST_FIXTURE_TEST_CASE(pins_are_kept_for_each_relay, StoreFixture) {
  const auto first = random_id<RelayPin>();
  const auto second = random_id<RelayPin>();
  commit([&] {
    store->set_pin("a:1", first);
    store->set_pin("b:1", first);
    store->set_pin("b:1", second);
  });
  reopen();
  BOOST_TEST((look([&] { return store->pin_of("a:1"); }) == first));
  BOOST_TEST((look([&] { return store->pin_of("b:1"); }) == second));
  BOOST_TEST(!look([&] { return store->pin_of("a:12"); }));
}

BOOST_FIXTURE_TEST_CASE(a_group_comes_back_as_it_was, StoreFixture) {
  const auto row = a_group("Łódź & friends");
  const auto id = commit([&] { return store->add_group(row); });
  commit([&] { return store->add_group(a_group("another")); });
  reopen();
  const auto found = look([&] { return store->find_group("relay.example:12345", "Łódź & friends"); }).value();
  BOOST_TEST(found.id == id);
  BOOST_TEST((found.relay_pin == row.relay_pin));
  BOOST_TEST(found.user_id == "alice");
  BOOST_TEST(text_of(found.secret) == text_of(row.secret));
  BOOST_TEST((found.token == row.token));
  BOOST_TEST((found.drop_cap == row.drop_cap));
  BOOST_TEST(found.group_seq == 7U);
  BOOST_TEST(!look([&] { return store->find_group("relay.example:12345", "łódź & friends"); }));
  BOOST_TEST(!look([&] { return store->find_group("relay.example:1234", "Łódź & friends"); }));
}

BOOST_FIXTURE_TEST_CASE(login_and_number_of_a_group_change_alone, StoreFixture) {
  const auto row = a_group();
  const auto id = commit([&] { return store->add_group(row); });
  const auto pin = random_id<RelayPin>();
  commit([&] {
    store->set_group_login(id, pin, "alicia", SecretBytes());
    store->set_group_seq(id, std::numeric_limits<std::uint64_t>::max());
  });
  const auto found = std::move(look([&] { return store->groups(); }).at(0));
  BOOST_TEST((found.relay_pin == pin));
  BOOST_TEST(found.user_id == "alicia");
  BOOST_TEST(found.secret.empty());
  BOOST_TEST((found.token == row.token));
  BOOST_TEST(found.group_seq == std::numeric_limits<std::uint64_t>::max());
}

BOOST_FIXTURE_TEST_CASE(a_peer_comes_back_as_it_was_last_updated, GroupFixture) {
  auto peer = std::move(look([&] { return store->peers(group); }).at(0));
  BOOST_TEST(peer.user_id == "bob");
  BOOST_TEST((peer.group_in.beyond == std::set<std::uint64_t>{14, 15, 16, 20}));
  peer.member = random_id<MemberId>();
  peer.user_id = "robert";
  peer.key = random_id<PublicKey>();
  peer.state = PeerState::held;
  peer.last_seen = -1;
  peer.direct_seq = 99;
  peer.group_in.beyond.clear();
  peer.direct_in.known = true;
  peer.direct_in.upto = std::numeric_limits<std::uint64_t>::max() - 3;
  peer.direct_in.beyond = {std::numeric_limits<std::uint64_t>::max() - 1, std::numeric_limits<std::uint64_t>::max()};
  commit([&] { store->update_peer(peer); });
  reopen();
  const auto found = std::move(look([&] { return store->peers(group); }).at(0));
  BOOST_TEST(found.id == bob);
  BOOST_TEST(found.group == group);
  BOOST_TEST((found.member == peer.member));
  BOOST_TEST(found.user_id == "robert");
  BOOST_TEST((found.key == peer.key));
  BOOST_TEST((found.state == PeerState::held));
  BOOST_TEST(found.last_seen == -1);
  BOOST_TEST(found.direct_seq == 99U);
  BOOST_TEST(found.group_in.beyond.empty());
  BOOST_TEST(found.direct_in.known);
  BOOST_TEST(found.direct_in.upto == peer.direct_in.upto);
  BOOST_TEST((found.direct_in.beyond == peer.direct_in.beyond));
}

BOOST_AUTO_TEST_CASE(a_stream_position_counts_what_is_missing) {
  StreamPosition position;
  BOOST_TEST(position.missing() == 0U);
  BOOST_TEST(position.add(1));
  BOOST_TEST(position.upto == 1U);
  BOOST_TEST(!position.add(1));
  BOOST_TEST(position.add(4));
  BOOST_TEST(position.add(6));
  BOOST_TEST(position.missing() == 3U);
  BOOST_TEST(position.has(4));
  BOOST_TEST(!position.has(3));
  BOOST_TEST(position.add(3));
  BOOST_TEST(position.add(2));
  BOOST_TEST(position.upto == 4U);
  BOOST_TEST(position.missing() == 1U);
  BOOST_TEST(position.add(5));
  BOOST_TEST(position.upto == 6U);
  BOOST_TEST(position.beyond.empty());
  BOOST_TEST(!position.add(0), "0 is not counted");
}

BOOST_AUTO_TEST_CASE(P10_a_stream_position_holds_the_highest_number) {
  constexpr auto highest = std::numeric_limits<std::uint64_t>::max();
  StreamPosition position;
  BOOST_TEST(position.add(highest));
  BOOST_TEST(position.missing() == highest - 1);
  position.upto = highest - 2;
  BOOST_TEST(position.add(highest - 1));
  BOOST_TEST(position.upto == highest);
  BOOST_TEST(position.missing() == 0U);
  BOOST_TEST(!position.add(highest));
}

BOOST_FIXTURE_TEST_CASE(a_verified_key_stays_verified_until_that_is_taken_back, StoreFixture) {
  const auto key = random_id<PublicKey>();
  const auto other = random_id<PublicKey>();
  commit([&] {
    store->set_verified(key, true);
    store->set_verified(key, true);
  });
  reopen();
  BOOST_TEST(look([&] { return store->is_verified(key); }));
  BOOST_TEST(!look([&] { return store->is_verified(other); }));
  commit([&] { store->set_verified(key, false); });
  BOOST_TEST(!look([&] { return store->is_verified(key); }));
  reopen();
  BOOST_TEST(!look([&] { return store->is_verified(key); }));
}

BOOST_FIXTURE_TEST_CASE(a_key_is_not_verified_by_a_transaction_that_was_rolled_back, StoreFixture) {
  const auto key = random_id<PublicKey>();
  const auto done = store->transact([&]() -> Status {
    store->set_verified(key, true);
    BOOST_TEST(store->is_verified(key));
    return fail(Errc::timed_out);
  });
  BOOST_TEST(!done);
  BOOST_TEST(!look([&] { return store->is_verified(key); }));
}

BOOST_FIXTURE_TEST_CASE(sessions_come_newest_first_and_are_dropped_alone, GroupFixture) {
  auto first = a_session(bob);
  auto second = a_session(bob);
  commit([&] {
    first.id = store->add_session(first);
    second.id = store->add_session(second);
    store->add_session(a_session(carol));
    first.receive_next = 18;
    first.heard = true;
    first.receive_key = secret_of("the chain key of the next step..");
    store->update_session(first);
  });
  reopen();
  auto found = look([&] { return store->sessions(bob); });
  BOOST_REQUIRE(found.size() == 2U);
  BOOST_TEST(found[0].id == second.id);
  BOOST_TEST((found[1].session == first.session));
  BOOST_TEST(found[1].created == first.created);
  BOOST_TEST(found[1].initiator);
  BOOST_TEST(found[1].may_send);
  BOOST_TEST(found[1].heard);
  BOOST_TEST(text_of(found[1].send_key) == text_of(first.send_key));
  BOOST_TEST(found[1].send_next == 4'000'000'000U);
  BOOST_TEST(text_of(found[1].receive_key) == "the chain key of the next step..");
  BOOST_TEST(found[1].receive_next == 18U);
  commit([&] { store->drop_session(second.id); });
  BOOST_TEST(look([&] { return store->sessions(bob); }).size() == 1U);
  commit([&] { store->drop_sessions_of_peer(bob); });
  BOOST_TEST(look([&] { return store->sessions(bob); }).empty());
  BOOST_TEST(look([&] { return store->sessions(carol); }).size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_new_password_drops_the_sessions_of_its_group_only, GroupFixture) {
  RowId stranger = 0;
  commit([&] {
    const auto other = store->add_group(a_group("other"));
    stranger = store->add_peer(a_peer(other));
    store->add_session(a_session(bob));
    store->add_session(a_session(carol));
    store->add_session(a_session(stranger));
    store->drop_sessions_of_group(group);
  });
  BOOST_TEST(look([&] { return store->sessions(bob).size() + store->sessions(carol).size(); }) == 0U);
  BOOST_TEST(look([&] { return store->sessions(stranger).size(); }) == 1U);
  BOOST_TEST(look([&] { return store->peers(group).size(); }) == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_skipped_key_is_found_once_put_away_and_gone_once_dropped, GroupFixture) {
  RowId session = 0;
  commit([&] {
    session = store->add_session(a_session(bob));
    std::vector<SkippedKey> keys;
    keys.push_back({.index = 5, .key = secret_of("five")});
    keys.push_back({.index = 4'294'967'295, .key = secret_of("highest")});
    store->add_skipped(session, keys, 1000);
  });
  BOOST_TEST(text_of(look([&] { return store->skipped_key(session, 5); }).value()) == "five");
  BOOST_TEST(text_of(look([&] { return store->skipped_key(session, 4'294'967'295); }).value()) == "highest");
  BOOST_TEST(!look([&] { return store->skipped_key(session, 6); }));
  commit([&] { store->drop_skipped(session, 5); });
  BOOST_TEST(!look([&] { return store->skipped_key(session, 5); }));
  commit([&] { store->drop_session(session); });
  BOOST_TEST(!look([&] { return store->skipped_key(session, 4'294'967'295); }));
}

BOOST_FIXTURE_TEST_CASE(C11_a_peer_keeps_the_newest_two_thousand_skipped_keys, GroupFixture) {
  RowId older = 0;
  RowId newer = 0;
  RowId other = 0;
  const auto keys = [](std::uint32_t from, std::uint32_t count) {
    std::vector<SkippedKey> made;
    for (std::uint32_t i = 0; i < count; ++i) made.push_back({.index = from + i, .key = secret_of("key")});
    return made;
  };
  commit([&] {
    older = store->add_session(a_session(bob));
    newer = store->add_session(a_session(bob));
    other = store->add_session(a_session(carol));
    store->add_skipped(other, keys(0, 1), 1);
    store->add_skipped(older, keys(0, 1001), 10);
    store->add_skipped(newer, keys(0, 1000), 20);
    store->trim_skipped(bob, 0);
  });
  const auto has = [&](RowId session, std::uint32_t index) {
    return look([&] { return store->skipped_key(session, index).has_value(); });
  };
  BOOST_TEST(!has(older, 0));
  BOOST_TEST(has(older, 1));
  BOOST_TEST(has(newer, 999));
  commit([&] { store->trim_skipped(bob, 15); });
  BOOST_TEST(!has(older, 1000));
  BOOST_TEST(has(newer, 0));
  BOOST_TEST(has(other, 0), "another peer's keys stay");
}

BOOST_FIXTURE_TEST_CASE(S01_what_looks_like_sql_is_text_in_every_field, StoreFixture) {
  std::string large(64_KiB, '\'');
  const std::string tries[] = {"'",
                               "\"",
                               "'); DROP TABLE groups; --",
                               "\" OR 1=1 --",
                               std::string("a\0b'", 4),
                               "%_?1:x@y$z",
                               "'||(SELECT sealed FROM identity)||'",
                               "x'00'",
                               large,
                               ""};
  for (const auto& hostile : tries) {
    auto group_row = a_group(hostile);
    group_row.relay = hostile;
    group_row.user_id = hostile;
    group_row.secret = secret_of(hostile);
    RowId group = 0;
    RowId peer = 0;
    auto message = a_message(0, std::nullopt, hostile);
    auto outgoing = an_outgoing(0, 1, hostile);
    auto transfer = a_transfer(0, 0, hostile);
    commit([&] {
      store->set_identity(secret_of(hostile));
      store->set_pin(hostile, group_row.relay_pin);
      group = store->add_group(group_row);
      peer = store->add_peer(a_peer(group, hostile));
      store->set_group_login(group, group_row.relay_pin, hostile, secret_of(hostile));
      auto session = a_session(peer);
      session.send_key = secret_of(hostile);
      const auto session_id = store->add_session(session);
      std::vector<SkippedKey> keys;
      keys.push_back({.index = 1, .key = secret_of(hostile)});
      store->add_skipped(session_id, keys, 0);
      BOOST_TEST(text_of(store->skipped_key(session_id, 1).value()) == hostile);
      message.group = group;
      store->add_message(message);
      outgoing.group = group;
      store->add_outgoing(outgoing, {peer});
      transfer.group = group;
      transfer.peer = peer;
      transfer.path = transfer.folder = transfer.part = transfer.error = hostile;
      store->add_transfer(transfer);
    });
    BOOST_TEST(text_of(look([&] { return store->identity(); }).value()) == hostile);
    BOOST_TEST((look([&] { return store->pin_of(hostile); }) == group_row.relay_pin));
    BOOST_TEST(look([&] { return store->find_group(hostile, hostile); }).value().user_id == hostile);
    BOOST_TEST(look([&] { return store->peers(group); }).at(0).user_id == hostile);
    BOOST_TEST(look([&] { return store->find_message(group, {}, message.message); }).value().text == hostile);
    BOOST_TEST(text_of(look([&] { return store->pending(peer); }).at(0).content) == hostile);
    const auto found = look([&] { return store->find_transfer(group, transfer.file); }).value();
    BOOST_TEST(found.name == hostile);
    BOOST_TEST(found.path == hostile);
    BOOST_TEST(found.folder == hostile);
    BOOST_TEST(found.part == hostile);
    BOOST_TEST(found.error == hostile);
    (void)look([&] { return store->search(group, hostile, 10); });
  }
  BOOST_TEST(look([&] { return store->groups(); }).size() == std::size(tries));
}

BOOST_FIXTURE_TEST_CASE(L02_no_secret_name_or_text_lies_in_any_file_of_the_profile, StoreFixture) {
  // Every one of these appears in the rows below; none may appear in a file.
  const std::vector<std::string> canaries = {
      "canary-identity-secret",  "canary-relay.example", "canary-group-name",     "canary-own-user-id",
      "canary-prs-of-the-group", "canary-peer-user-id",  "canary-send-chain-key", "canary-receive-key",
      "canary-skipped-key",      "canary-message-text",  "canary-outgoing",       "canary-file-name.jpg",
      "canary-file-key",         "canary-source-path",   "canary-folder",         "canary-part-name",
      "canary-token-32-bytes",   "canary-drop-cap",      "canary-read-cap",       "canary-searched-words"};
  auto group_row = a_group("canary-group-name");
  group_row.relay = "canary-relay.example";
  group_row.user_id = "canary-own-user-id";
  group_row.secret = secret_of("canary-prs-of-the-group");
  group_row.token = MemberToken::from(as_bytes("canary-token-32-bytes"));
  group_row.drop_cap = DropCap::from(as_bytes("canary-drop-cap"));
  commit([&] {
    store->set_identity(secret_of("canary-identity-secret"));
    store->set_pin("canary-relay.example", group_row.relay_pin);
    const auto group = store->add_group(group_row);
    auto peer_row = a_peer(group, "canary-peer-user-id");
    peer_row.drop_cap = group_row.drop_cap;
    const auto peer = store->add_peer(peer_row);
    auto session = a_session(peer);
    session.send_key = secret_of("canary-send-chain-key");
    session.receive_key = secret_of("canary-receive-key");
    session.id = store->add_session(session);
    std::vector<SkippedKey> keys;
    keys.push_back({.index = 1, .key = secret_of("canary-skipped-key")});
    store->add_skipped(session.id, keys, 0);
    store->update_session(session);
    for (int i = 0; i < 300; ++i)
      store->add_message(a_message(group, peer, "canary-message-text and canary-searched-words"));
    store->add_outgoing(an_outgoing(group, 1, "canary-outgoing"), {peer});
    auto transfer = a_transfer(group, peer, "canary-file-name.jpg");
    transfer.file_key = secret_of("canary-file-key");
    transfer.read_cap = ReadCap::from(as_bytes("canary-read-cap"));
    transfer.path = "canary-source-path";
    transfer.folder = "canary-folder";
    transfer.part = "canary-part-name";
    store->add_transfer(transfer);
    store->update_transfer(transfer);
  });
  BOOST_TEST(look([&] { return store->search(1, "canary-searched-words", 1000); }).size() == 300U);

  const auto nothing_in_the_clear = [&] {
    int files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
      if (!entry.is_regular_file()) continue;
      ++files;
      const auto content = test::read_file(entry.path());
      for (const auto& canary : canaries) {
        // The head of it is enough: a page border may cut the rest off.
        const auto wanted = as_bytes(std::string_view(canary).substr(0, 12));
        BOOST_TEST((std::search(content.begin(), content.end(), wanted.begin(), wanted.end()) == content.end()),
                   canary << " in " << entry.path());
      }
      for (const auto& word : {"searched", "canary"})
        BOOST_TEST(
            (std::search(content.begin(), content.end(), word, word + std::string_view(word).size()) == content.end()),
            word << " in " << entry.path());
    }
    return files;
  };
  BOOST_TEST(nothing_in_the_clear() == 3);   // database, journal, its index
  store.reset();
  BOOST_TEST(nothing_in_the_clear() == 1);
  // The search can fail: what is there is found.
  test::write_file(folder / "planted", as_bytes("xx canary yy"));
  const auto planted = test::read_file(folder / "planted");
  BOOST_TEST(as_text(planted).find("canary") != std::string_view::npos);
}

BOOST_FIXTURE_TEST_CASE(no_temporary_file_is_open_while_searching, GroupFixture) {
  commit([&] {
    for (int i = 0; i < 2000; ++i) store->add_message(a_message(group, bob, "message number " + std::to_string(i)));
  });
  // Sorting and the index are where a database would write temporary files.
  BOOST_TEST(look([&] { return store->search(group, "message", 2000); }).size() == 2000U);
  int ours = 0;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code ignored;
    const auto target = fs::read_symlink(entry.path(), ignored).string();
    if (target.find("etilqs") != std::string::npos) BOOST_ERROR("a temporary file of SQLite: " + target);
    if (target.starts_with(folder.path().string())) {
      ++ours;
      BOOST_TEST(target.find("(deleted)") == std::string::npos, target);
    }
  }
  BOOST_TEST(ours > 0);
}

BOOST_AUTO_TEST_SUITE_END()
