// SPDX-License-Identifier: MIT
// What is kept for members who are away: when, for whom, in which order, how much, how long, and that it survives the relay.
#include <boost/test/unit_test.hpp>

#include "relay/mailbox_store.h"
#include "tests/support/relay_host.h"

using namespace coterie;
using control::Delivery;
using relay::MailboxQuotas;
using relay::MailboxStore;
using std::chrono::seconds;
using test::RawClient;
using test::RawMember;
using test::RelayHost;

namespace {

MessageId message(std::uint32_t n) {
  MessageId id;
  store_be(id.bytes.data(), n);
  return id;
}

control::Send envelope(std::uint32_t n, std::vector<control::Recipient> recipients, std::size_t body = 300) {
  return {.message = message(n), .keep = true, .recipients = std::move(recipients), .body = test::pattern(body, n)};
}

// A club in which everybody is remembered.
struct Club : RelayHost {
  explicit Club(Adjust adjust = {})
      : RelayHost([adjust = std::move(adjust)](relay::Config& config) {
          config.limits.sends = {1e6, 1e6};
          if (adjust) adjust(config);
        }) {
    acquaint();
  }

  RawMember a{"club", "alice"};
  RawMember b{"club", "bob"};
  RawMember c{"club", "carol"};

  void acquaint() {
    auto alice = join(a);
    auto bob = join(b);
    auto carol = join(c);
    for (auto* to : {&b, &c}) {
      alice->send(control::Send{
          .message = {}, .keep = false, .recipients = std::vector{to->as_recipient()}, .body = Bytes(64)});
      alice->sync();
    }
    for (auto* one : {&alice, &bob, &carol}) leave(*one);
    BOOST_REQUIRE(stats().remembered == 3U);
  }
  void leave(std::unique_ptr<RawClient>& client) {
    const auto before = stats().members;
    client.reset();
    until([&] { return stats().members == before - 1; });
  }
  [[nodiscard]] std::size_t in_mailbox() const { return stats().mailbox->depth.items; }
  // What became of message n for its one recipient.
  Delivery fate(RawClient& sender, std::uint32_t n) {
    for (;;) {
      const auto outcome = sender.wait_for<control::Outcome>();
      BOOST_REQUIRE_MESSAGE(outcome.has_value(), "the relay said nothing about it");
      if (outcome->message == message(n)) return outcome->members->front().delivery;
    }
  }
  void store(RawClient& sender, std::uint32_t n, const RawMember& to) {
    sender.send(envelope(n, {to.as_recipient(n)}));
    BOOST_REQUIRE((fate(sender, n) == Delivery::stored));
  }
};

template <class T>
std::string why(const Result<T>& result) {
  return result ? std::string() : explain(result.error());
}

void acknowledge(RawClient& client, const control::Receive& got) {
  client.send(control::Ack{.numbers = std::vector{got.number}});
}

// A store on its own, as the worker has it.
struct Shelf {
  test::TempFolder folder;
  MailboxQuotas quotas;
  std::unique_ptr<MailboxStore> store = open();

  std::unique_ptr<MailboxStore> open() {
    auto opened = MailboxStore::open(folder / "mailbox.db");
    BOOST_REQUIRE_MESSAGE(opened.has_value(), why(opened));
    return std::move(*opened);
  }
  static MemberId member(std::uint8_t n) {
    MemberId id;
    id.bytes[3] = n;
    return id;
  }
  static MailboxStore::Deposit letter(std::uint32_t n, std::uint8_t to = 1, std::uint8_t from = 2,
                                      std::size_t body = 300) {
    relay::Letter made{
        .sender = member(from), .message = message(n), .session = {}, .index = n, .wrap = {}, .body = nullptr};
    made.body = std::make_shared<const Bytes>(test::pattern(body, n));
    return {.recipient = member(to), .letter = std::move(made)};
  }
  static MailboxStore::Name name(std::uint32_t n, std::uint8_t to = 1, std::uint8_t from = 2) {
    return {.recipient = member(to), .sender = member(from), .message = message(n)};
  }
  std::vector<MailboxStore::Fate> put(const std::vector<MailboxStore::Deposit>& letters, seconds at = seconds(0)) {
    auto written = store->write(letters, {}, quotas, at);
    BOOST_REQUIRE_MESSAGE(written.has_value(), why(written));
    return written->fates;
  }
  MailboxStore::Fate put(const MailboxStore::Deposit& letter, seconds at = seconds(0)) {
    return put(std::vector{letter}, at).front();
  }
  std::vector<std::uint32_t> numbers(std::uint8_t of = 1) {
    const auto page = store->read(member(of), 0, 10'000, 100_MiB);
    BOOST_REQUIRE(page.has_value());
    std::vector<std::uint32_t> found;
    for (const auto& one : page->letters) found.push_back(load_be<std::uint32_t>(one.letter.message.bytes.data()));
    return found;
  }
};

using Numbers = std::vector<std::uint32_t>;
using Fate = MailboxStore::Fate;

}   // namespace

BOOST_AUTO_TEST_SUITE(mailbox)

// ── as members see it ──────────────────────────────────────────────────────────────────────────────────────────────

BOOST_FIXTURE_TEST_CASE(what_is_for_somebody_away_is_stored_and_handed_over_when_they_come, Club) {
  const auto alice = join(a);
  for (std::uint32_t n = 1; n <= 5; ++n) store(*alice, n, b);
  BOOST_TEST(in_mailbox() == 5U);
  const auto bob = join(b);
  for (std::uint32_t n = 1; n <= 5; ++n) {
    const auto got = bob->wait_for<control::Receive>();
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST((got->message == message(n)));
    BOOST_TEST((got->sender == a.id));
    BOOST_TEST(got->keep);
    BOOST_TEST(got->index == n);
    BOOST_TEST((got->wrap == b.as_recipient(n).wrap));
    BOOST_TEST((*got->body == test::pattern(300, n)));
    acknowledge(*bob, *got);
    BOOST_TEST((fate(*alice, n) == Delivery::delivered));
  }
  until([&] { return in_mailbox() == 0; });
}

BOOST_FIXTURE_TEST_CASE(what_is_not_acknowledged_is_handed_over_again, Club) {
  const auto alice = join(a);
  store(*alice, 1, b);
  auto bob = join(b);
  BOOST_TEST(bob->wait_for<control::Receive>().has_value());
  leave(bob);
  bob = join(b);
  BOOST_TEST(bob->wait_for<control::Receive>().has_value());
  BOOST_TEST(in_mailbox() == 1U);
}

BOOST_FIXTURE_TEST_CASE(it_survives_a_relay_that_is_started_again, Club) {
  auto alice = join(a);
  for (std::uint32_t n = 1; n <= 300; ++n) alice->send(envelope(n, {b.as_recipient(n), c.as_recipient(n)}));
  for (std::size_t told = 0; told < 600;) told += alice->wait_for<control::Outcome>().value().members->size();
  alice.reset();
  stop();
  start();
  BOOST_TEST(in_mailbox() == 600U);
  for (const auto* who : {&b, &c}) {
    const auto client = join(*who);
    client->acknowledges = true;
    for (std::uint32_t n = 1; n <= 300; ++n)
      BOOST_REQUIRE((client->wait_for<control::Receive>().value().message == message(n)));
  }
  until([&] { return in_mailbox() == 0; });
}

BOOST_FIXTURE_TEST_CASE(what_is_not_kept_is_offline, Club) {
  const auto alice = join(a);
  auto passing = envelope(1, {b.as_recipient()});
  passing.keep = false;
  alice->send(passing);
  BOOST_TEST((fate(*alice, 1) == Delivery::offline));
  BOOST_TEST(in_mailbox() == 0U);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_put_before_members_without_their_capability, Club) {
  const auto alice = join(a);
  auto wrong = b.as_recipient();
  wrong.drop_cap = c.cap;
  alice->send(envelope(1, {wrong}));
  BOOST_TEST((fate(*alice, 1) == Delivery::bad_cap));
  alice->send(envelope(2, {RawMember("club", "nobody").as_recipient()}));
  BOOST_TEST((fate(*alice, 2) == Delivery::no_such));
  BOOST_TEST(in_mailbox() == 0U);
}

BOOST_AUTO_TEST_CASE(a_relay_told_to_keep_nothing_keeps_nothing) {
  Club club([](relay::Config& config) { config.mailbox = false; });
  const auto alice = club.join(club.a);
  alice->send(envelope(1, {club.b.as_recipient()}));
  BOOST_TEST((club.fate(*alice, 1) == Delivery::offline));
}

BOOST_FIXTURE_TEST_CASE(what_comes_while_letters_wait_comes_behind_them, Club) {
  const auto alice = join(a);
  for (std::uint32_t n = 1; n <= 300; ++n) store(*alice, n, b);
  const auto bob = join(b);
  for (std::uint32_t n = 301; n <= 400; ++n) alice->send(envelope(n, {b.as_recipient(n)}));
  bob->acknowledges = true;
  for (std::uint32_t n = 1; n <= 400; ++n)
    BOOST_REQUIRE((bob->wait_for<control::Receive>().value().message == message(n)));
  until([&] { return in_mailbox() == 0; });
  // It is through, and gets the next one directly.
  bob->acknowledges = false;
  const auto before = stats().mailbox->stored;
  alice->send(envelope(401, {b.as_recipient(401)}));
  const auto got = bob->wait_for<control::Receive>();
  acknowledge(*bob, got.value());
  BOOST_TEST((fate(*alice, 401) == Delivery::delivered));
  BOOST_TEST(stats().mailbox->stored == before);
}

BOOST_FIXTURE_TEST_CASE(what_is_not_acknowledged_when_its_recipient_goes_is_kept, Club) {
  const auto alice = join(a);
  auto bob = join(b);
  alice->send(envelope(1, {b.as_recipient()}));
  BOOST_REQUIRE(bob->wait_for<control::Receive>().has_value());
  bob->vanish();
  BOOST_TEST((fate(*alice, 1) == Delivery::stored));
  bob = join(b);
  BOOST_TEST((bob->wait_for<control::Receive>().value().message == message(1)));
}

BOOST_AUTO_TEST_CASE(what_is_not_acknowledged_in_time_is_kept_and_removed_when_it_is) {
  Club club([](relay::Config& config) { config.timing.acknowledge = std::chrono::milliseconds(20); });
  const auto alice = club.join(club.a);
  const auto bob = club.join(club.b);
  alice->send(envelope(1, {club.b.as_recipient()}));
  const auto got = bob->wait_for<control::Receive>();
  BOOST_REQUIRE(got.has_value());
  BOOST_TEST((club.fate(*alice, 1) == Delivery::stored));
  BOOST_TEST(club.in_mailbox() == 1U);
  acknowledge(*bob, *got);
  BOOST_TEST((club.fate(*alice, 1) == Delivery::delivered));
  club.until([&] { return club.in_mailbox() == 0; });
  bob->sync();
  BOOST_TEST(!bob->has<control::Receive>());
}

BOOST_AUTO_TEST_CASE(whoever_acknowledges_nothing_gets_no_more_than_the_bound_and_the_rest_in_order_later) {
  Club club([](relay::Config& config) { config.limits.unacknowledged = 5; });
  const auto alice = club.join(club.a);
  auto bob = club.join(club.b);
  for (std::uint32_t n = 1; n <= 20; ++n) alice->send(envelope(n, {club.b.as_recipient(n)}));
  club.until([&] { return club.in_mailbox() == 20; });
  bob->sync();
  BOOST_TEST(bob->count<control::Receive>() == 5U);
  club.leave(bob);
  bob = club.join(club.b);
  bob->acknowledges = true;
  for (std::uint32_t n = 1; n <= 20; ++n)
    BOOST_REQUIRE((bob->wait_for<control::Receive>().value().message == message(n)));
}

BOOST_AUTO_TEST_CASE(a_full_box_refuses_and_evicts_nothing) {
  Club club([](relay::Config& config) { config.limits.mailbox.items = 3; });
  const auto alice = club.join(club.a);
  for (std::uint32_t n = 1; n <= 3; ++n) club.store(*alice, n, club.b);
  alice->send(envelope(4, {club.b.as_recipient(4)}));
  BOOST_TEST((club.fate(*alice, 4) == Delivery::full));
  club.store(*alice, 5, club.c);   // another box has room
  const auto bob = club.join(club.b);
  bob->acknowledges = true;
  for (std::uint32_t n = 1; n <= 3; ++n)
    BOOST_REQUIRE((bob->wait_for<control::Receive>().value().message == message(n)));
}

BOOST_FIXTURE_TEST_CASE(what_is_deposited_twice_is_kept_once, Club) {
  const auto alice = join(a);
  store(*alice, 1, b);
  store(*alice, 1, b);
  BOOST_TEST(in_mailbox() == 1U);
}

// ── as it lies on the disk ─────────────────────────────────────────────────────────────────────────────────────────

BOOST_FIXTURE_TEST_CASE(letters_come_out_in_the_order_they_came_page_by_page, Shelf) {
  for (std::uint32_t n = 1; n <= 10; ++n) BOOST_REQUIRE((put(letter(n)) == Fate::stored));
  BOOST_REQUIRE((put(letter(11, 3)) == Fate::stored));
  std::int64_t after = 0;
  Numbers got;
  for (bool at_end = false; !at_end;) {
    const auto page = store->read(member(1), after, 3, 100_MiB);
    BOOST_REQUIRE(page.has_value());
    BOOST_TEST(page->letters.size() <= 3U);
    for (const auto& one : page->letters) {
      got.push_back(load_be<std::uint32_t>(one.letter.message.bytes.data()));
      BOOST_TEST((*one.letter.body == test::pattern(300, got.back())));
      after = one.place;
    }
    at_end = page->at_end;
  }
  BOOST_TEST((got == Numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
}

BOOST_FIXTURE_TEST_CASE(a_body_is_there_once_until_the_last_of_its_letters_goes, Shelf) {
  std::vector<MailboxStore::Deposit> fan;
  for (std::uint8_t to = 10; to < 60; ++to) fan.push_back(letter(1, to, 2, 60'000));
  put(fan);
  store.reset();
  BOOST_TEST(std::filesystem::file_size(folder / "mailbox.db") < 200'000U);
  store = open();
  std::vector<MailboxStore::Name> most;
  for (std::uint8_t to = 10; to < 59; ++to) most.push_back(name(1, to));
  BOOST_REQUIRE(store->write({}, most, quotas, seconds(0)).has_value());
  const auto left = store->read(member(59), 0, 10, 1_MiB);
  BOOST_REQUIRE(left.has_value());
  BOOST_REQUIRE(left->letters.size() == 1U);
  BOOST_TEST((*left->letters[0].letter.body == test::pattern(60'000, 1)));
  BOOST_REQUIRE(store->write({}, {name(1, 59)}, quotas, seconds(0)).has_value());
  BOOST_TEST(store->depth(seconds(0)).items == 0U);
  BOOST_TEST(store->depth(seconds(0)).bytes == 0U);
}

BOOST_FIXTURE_TEST_CASE(quotas_are_per_box_and_per_sender, Shelf) {
  quotas.items = 10;
  quotas.per_sender = 4;
  for (std::uint32_t n = 1; n <= 4; ++n) BOOST_TEST((put(letter(n, 1, 2)) == Fate::stored));
  BOOST_TEST((put(letter(5, 1, 2)) == Fate::full));
  for (std::uint32_t n = 6; n <= 9; ++n) BOOST_TEST((put(letter(n, 1, 3)) == Fate::stored));
  BOOST_TEST((put(letter(10, 1, 4)) == Fate::stored));
  BOOST_TEST((put(letter(11, 1, 4)) == Fate::stored));
  BOOST_TEST((put(letter(12, 1, 5)) == Fate::full));
  BOOST_TEST((put(letter(13, 6, 5)) == Fate::stored));
  quotas.bytes = 1000;
  BOOST_TEST((put(letter(14, 7, 5, 600)) == Fate::stored));
  BOOST_TEST((put(letter(15, 7, 5, 600)) == Fate::full));
  BOOST_TEST((put(letter(16, 7, 6, 400)) == Fate::stored));   // there is room for a smaller one of somebody else
  BOOST_REQUIRE(store->write({}, {name(14, 7, 5)}, quotas, seconds(0)).has_value());
  BOOST_TEST((put(letter(15, 7, 5, 600)) == Fate::stored));
}

BOOST_FIXTURE_TEST_CASE(nothing_overtakes_what_was_refused, Shelf) {
  quotas.bytes = 1000;
  BOOST_TEST((put({letter(1, 1, 2, 600), letter(2, 1, 2, 600), letter(3, 1, 2, 100)}) ==
              std::vector{Fate::stored, Fate::full, Fate::full}));
  BOOST_TEST((put(letter(4, 1, 2, 100)) == Fate::full));     // had been sent before its sender was told
  BOOST_TEST((put(letter(5, 1, 3, 100)) == Fate::stored));   // somebody else's
  BOOST_TEST((put(letter(6, 8, 2, 100)) == Fate::stored));   // to somebody else
  BOOST_REQUIRE(store->write({}, {name(1)}, quotas, seconds(0)).has_value());
  // The sender begins again where it was refused.
  BOOST_TEST((put({letter(2, 1, 2, 600), letter(3, 1, 2, 100), letter(4, 1, 2, 100)}) == std::vector(3, Fate::stored)));
  BOOST_TEST((numbers() == Numbers{5, 2, 3, 4}));
}

BOOST_FIXTURE_TEST_CASE(a_refusal_is_forgotten_when_the_recipient_comes_or_after_a_minute, Shelf) {
  quotas.bytes = 500;
  for (const auto to : std::initializer_list<std::uint8_t>{1, 9})
    BOOST_TEST((put({letter(1, to, 2, 400), letter(2, to, 2, 200)}) == std::vector{Fate::stored, Fate::full}));
  BOOST_TEST((put(letter(3, 1, 2, 50)) == Fate::full));
  BOOST_TEST((numbers() == Numbers{1}));
  BOOST_TEST((put(letter(3, 1, 2, 50)) == Fate::stored));
  BOOST_TEST((put(letter(3, 9, 2, 50), seconds(59)) == Fate::full));
  BOOST_TEST((put(letter(3, 9, 2, 50), seconds(60)) == Fate::stored));
}

BOOST_FIXTURE_TEST_CASE(the_file_grows_no_further_than_it_may, Shelf) {
  quotas.database = 512_KiB;
  std::uint32_t n = 1;
  for (; put(letter(n, static_cast<std::uint8_t>(n), 2, 20'000)) == Fate::stored; ++n) BOOST_REQUIRE(n < 100U);
  BOOST_TEST(n > 10U);
  // What is taken away makes room again.
  std::vector<MailboxStore::Name> some;
  for (std::uint32_t i = 1; i <= 10; ++i) some.push_back(name(i, static_cast<std::uint8_t>(i)));
  BOOST_REQUIRE(store->write({}, some, quotas, seconds(0)).has_value());
  BOOST_TEST((put(letter(200, 200, 2, 20'000)) == Fate::stored));
}

BOOST_FIXTURE_TEST_CASE(under_a_new_session_a_letter_is_exchanged_in_its_place, Shelf) {
  for (std::uint32_t n = 1; n <= 3; ++n) put(letter(n));
  auto fresh = letter(2);
  fresh.letter.session.bytes[0] = 7;
  fresh.letter.index = 77;
  fresh.letter.body = std::make_shared<const Bytes>(test::pattern(500, 99));
  BOOST_TEST((put(fresh) == Fate::stored));
  BOOST_TEST((numbers() == Numbers{1, 2, 3}));
  const auto page = store->read(member(1), 0, 10, 1_MiB);
  BOOST_TEST(page->letters[1].letter.index == 77U);
  BOOST_TEST((*page->letters[1].letter.body == test::pattern(500, 99)));
  BOOST_TEST(store->depth(seconds(0)).bytes == 1100U);
}

BOOST_FIXTURE_TEST_CASE(letters_are_too_old_after_their_time_and_not_before, Shelf) {
  put(letter(1), seconds(100));
  put(letter(2), seconds(200));
  put(letter(3), seconds(300));
  BOOST_TEST(store->depth(seconds(350)).oldest.count() == 250);
  BOOST_TEST(store->expire(seconds(100), 10, seconds(400)).value().letters == 0U);
  BOOST_TEST(store->expire(seconds(250), 1, seconds(400)).value().letters == 1U);
  BOOST_TEST(store->expire(seconds(250), 10, seconds(400)).value().letters == 1U);
  BOOST_TEST((numbers() == Numbers{3}));
  BOOST_TEST(store->depth(seconds(400)).oldest.count() == 100);
}

BOOST_FIXTURE_TEST_CASE(places_counts_and_the_clock_are_known_again_after_a_restart, Shelf) {
  for (std::uint32_t n = 1; n <= 5; ++n) put(letter(n), seconds(n));
  store = nullptr;
  store = open();
  BOOST_TEST(store->clock().count() == 5);
  BOOST_TEST(store->depth(seconds(5)).items == 5U);
  BOOST_TEST(store->depth(seconds(5)).bytes == 1500U);
  BOOST_REQUIRE(store->boxes().size() == 1U);
  BOOST_TEST(store->boxes()[0].items == 5U);
  put(letter(6));
  BOOST_TEST((numbers() == Numbers{1, 2, 3, 4, 5, 6}));
}

BOOST_AUTO_TEST_SUITE_END()
