// SPDX-License-Identifier: MIT
#include "gui/model/group_model.h"

#include "tests/gui/messages.h"

#include <boost/test/unit_test.hpp>

using namespace coterie;
using namespace coterie::gui;

namespace {

struct Watched {
  GroupModel group{
      Connection{.relay = "r:1", .user_id = "alice", .group = "climbing", .profile = "/p", .pin = {}, .folder = {}}};
  Rate::Clock::time_point now{std::chrono::hours(1)};
  std::vector<Attention> attention;

  Changes tell(const Event& event) { return group.apply(event, now, 1'700'000'000'000, attention); }
};

event::MessageAdded direct(std::int64_t row, const std::string& from) {
  event::MessageAdded added{message(row, "psst", from)};
  added.message.conversation = from;
  return added;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(group_model)

BOOST_AUTO_TEST_CASE(a_message_counts_as_unread_unless_it_is_looked_at) {
  Watched seen;
  seen.tell(event::MessageAdded{message(1)});
  BOOST_TEST(seen.group.conversations().find("")->unread == 1U);
  seen.group.conversations().mark_read("");
  seen.group.look_at("");
  seen.tell(event::MessageAdded{message(2)});
  seen.tell(direct(3, "bob"));
  BOOST_TEST(seen.group.conversations().find("")->unread == 0U);
  BOOST_TEST(seen.group.conversations().find("bob")->unread == 1U);
  BOOST_TEST(seen.group.conversations().unread() == 1U);
}

BOOST_AUTO_TEST_CASE(what_was_edited_or_deleted_is_not_read_in_the_list_as_it_was) {
  Watched seen;
  auto said = message(1, "first wording");
  seen.tell(event::MessageAdded{said});
  said.text = "second wording";
  seen.tell(event::MessageChanged{said});
  BOOST_TEST(seen.group.conversations().find("")->last_text == "second wording");
  auto other = message(2, "something newer");
  seen.tell(event::MessageAdded{other});
  said.text.clear();
  said.deleted = true;
  seen.tell(event::MessageChanged{said});
  BOOST_TEST(seen.group.conversations().find("")->last_text == "something newer");
  other.text.clear();
  other.deleted = true;
  seen.tell(event::MessageChanged{other});
  BOOST_TEST(seen.group.conversations().find("")->last_text.empty());
  BOOST_TEST(seen.group.conversations().find("")->last_is_deleted);
}

BOOST_AUTO_TEST_CASE(direct_conversations_stand_below_the_group_the_latest_first) {
  Watched seen;
  seen.tell(direct(1, "bob"));
  seen.tell(direct(2, "carol"));
  const auto& entries = seen.group.conversations().entries();
  BOOST_REQUIRE(entries.size() == 3U);
  BOOST_TEST(entries[0].peer.empty());
  BOOST_TEST(entries[1].peer == "carol");
  BOOST_TEST(entries[2].peer == "bob");
}

BOOST_AUTO_TEST_CASE(a_broken_link_says_when_it_is_tried_again_and_takes_everybody_away) {
  Watched seen;
  seen.tell(event::LinkChanged{event::LinkState::online, {}, {}});
  event::MemberChanged bob;
  bob.user_id = "bob";
  bob.online = true;
  bob.state = event::MemberState::ready;
  seen.tell(bob);
  const auto changes = seen.tell(
      event::LinkChanged{event::LinkState::offline, Error{Errc::connection_lost, {}}, std::chrono::milliseconds(4000)});
  BOOST_TEST(changes.link);
  BOOST_TEST(changes.members);
  BOOST_TEST((seen.group.retry_at() == seen.now + std::chrono::seconds(4)));
  BOOST_TEST(seen.group.was_online());
  BOOST_TEST(seen.group.members().online() == 0U);
}

BOOST_AUTO_TEST_CASE(writing_ends_with_the_message_or_with_time) {
  Watched seen;
  seen.tell(event::Typing{"bob", std::nullopt, true});
  seen.tell(event::Typing{"carol", std::nullopt, true});
  BOOST_TEST(seen.group.typing("", seen.now).size() == 2U);
  seen.tell(event::MessageAdded{message(1, "done", "bob")});
  BOOST_TEST(seen.group.typing("", seen.now).size() == 1U);
  BOOST_TEST(seen.group.typing("", seen.now + std::chrono::seconds(7)).empty());
  BOOST_TEST(seen.group.typing("bob", seen.now).empty());
}

BOOST_AUTO_TEST_CASE(a_transfer_asks_for_attention_when_its_phase_is_another_not_at_every_byte) {
  Watched seen;
  event::TransferChanged transfer;
  transfer.id = file_id(1);
  transfer.batch = file_id(1);
  transfer.phase = event::TransferPhase::running;
  transfer.size = 100;
  seen.tell(transfer);
  transfer.done = 50;
  seen.tell(transfer);
  BOOST_TEST(seen.attention.size() == 1U);
  transfer.phase = event::TransferPhase::finished;
  seen.tell(transfer);
  BOOST_TEST(seen.attention.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_held_identity_is_remembered_until_it_is_accepted) {
  Watched seen;
  event::IdentityChanged changed;
  changed.user_id = "bob";
  seen.tell(changed);
  BOOST_TEST(seen.group.held().contains("bob"));
  event::MemberChanged bob;
  bob.user_id = "bob";
  bob.state = event::MemberState::held;
  seen.tell(bob);
  BOOST_TEST(seen.group.held().contains("bob"));
  bob.state = event::MemberState::ready;
  seen.tell(bob);
  BOOST_TEST(!seen.group.held().contains("bob"));
}

BOOST_AUTO_TEST_CASE(a_cleared_conversation_is_empty) {
  Watched seen;
  auto& chat = seen.group.chat("");
  (void)chat.load_newest();
  auto all = page(1, 3);
  all.is_first = true;
  seen.tell(all);
  BOOST_TEST(chat.size() == 3U);
  const auto changes = seen.tell(event::HistoryDeleted{});
  BOOST_TEST(chat.empty());
  BOOST_TEST(changes.chats.contains(""));
}

BOOST_AUTO_TEST_CASE(how_long_the_connection_stands_is_known_while_it_stands) {
  GroupModel group{Connection()};
  std::vector<Attention> attention;
  const auto link = [&](event::LinkState state, std::int64_t wall_ms) {
    event::LinkChanged changed;
    changed.state = state;
    group.apply(changed, Rate::Clock::time_point(), wall_ms, attention);
    return group.online_since_ms();
  };
  BOOST_TEST(group.online_since_ms() == 0);
  BOOST_TEST(link(event::LinkState::online, 5'000) == 5'000);
  BOOST_TEST(link(event::LinkState::offline, 6'000) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
