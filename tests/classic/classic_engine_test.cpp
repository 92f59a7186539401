// SPDX-License-Identifier: MIT
// The engine of classic mode against the relay's own classic side, and against servers that do as they like.
#include "netcore/classic/classic_engine.h"

#include "netcore/base/random.h"

#include "tests/classic/raw_peer.h"
#include "tests/support/temp_folder.h"

using namespace coterie;
using namespace coterie::test;
using coterie::event::DeliveryState;
using coterie::event::TransferPhase;

namespace {

const std::string password = "an old password";

classic::LinkTiming hurried() {
  classic::LinkTiming timing;
  timing.first_retry = timing.longest_retry = std::chrono::milliseconds(5);
  timing.finish = std::chrono::milliseconds(100);
  return timing;
}

// One engine and what it told.
class Person {
 public:
  Person(io::EventLoop& loop, std::uint16_t port, const std::string& user, Status guarded = {}) : loop_(loop) {
    auto login =
        classic::ClassicLogin::parse("127.0.0.1:" + std::to_string(port), 12345, user, SecretBytes(as_bytes(password)));
    BOOST_REQUIRE(login.has_value());
    engine_ = std::make_unique<classic::ClassicEngine>(
        loop, worker_, std::move(*login), folder_ / "aside",
        [this, guarded](std::function<void(Status)> answer) {
          ++guard_asked;
          loop_.post([answer = std::move(answer), guarded] { answer(guarded); });
        },
        [this](Event event) { note(std::move(event)); }, hurried());
  }

  void tell(Command command) { engine_->handle(std::move(command)); }
  void connects() { tell(command::Connect{}); }
  MessageId says(const std::string& text, std::optional<std::string> to = {}) {
    const auto id = random_id<MessageId>();
    tell(command::SendText{id, std::move(to), text});
    return id;
  }
  FileId sends(const std::filesystem::path& path, const std::string& to) {
    const auto id = random_id<FileId>();
    tell(command::SendFile{id, {to}, path});
    return id;
  }

  void await(const std::function<bool()>& done) {
    BOOST_REQUIRE_MESSAGE(until(loop_, done),
                          "what was waited for did not happen; offers "
                              << offers.size() << ", messages " << messages.size() << ", link "
                              << static_cast<int>(link)
                              << (transfers.empty() ? -1 : static_cast<int>(transfers.begin()->second.phase)));
  }
  void await_online() {
    await([&] { return settled.has_value() && link == coterie::event::LinkState::online; });
  }
  void await_here(const std::string& user) {
    await([&] { return members.contains(user) && members[user].online; });
  }
  void await_text(const std::string& text) {
    await([&] { return has_text(text); });
  }
  [[nodiscard]] bool has_text(const std::string& text) const {
    return std::any_of(messages.begin(), messages.end(),
                       [&](const auto& one) { return !one.outgoing && one.text == text; });
  }
  [[nodiscard]] bool has_notice(Errc code) const {
    return std::any_of(notices.begin(), notices.end(), [&](const auto& one) { return one.error.code == code; });
  }
  [[nodiscard]] std::filesystem::path folder() const { return folder_.path(); }
  [[nodiscard]] bool has_nothing_aside() const {
    std::error_code ignored;
    return !std::filesystem::exists(folder_ / "aside") || std::filesystem::is_empty(folder_ / "aside", ignored);
  }
  void leave() { engine_.reset(); }

  std::function<void(const coterie::event::FileOffered&)> when_offered;
  std::vector<coterie::event::Message> messages;
  std::vector<coterie::event::Notice> notices;
  std::vector<coterie::event::FileOffered> offers;
  std::map<std::string, coterie::event::MemberChanged> members;
  std::map<FileId, coterie::event::TransferChanged> transfers;
  std::map<MessageId, DeliveryState> deliveries;
  coterie::event::LinkState link = coterie::event::LinkState::offline;
  std::optional<Error> broke;   // why the link did, the last time
  std::optional<coterie::event::Settled> settled;
  std::optional<Error> failed;
  std::optional<coterie::event::HistoryPage> page;
  int stopped = 0;
  int guard_asked = 0;

 private:
  void note(Event event) {
    if (const auto* one = std::get_if<coterie::event::MessageAdded>(&event)) messages.push_back(one->message);
    if (const auto* one = std::get_if<coterie::event::Notice>(&event)) notices.push_back(*one);
    if (const auto* one = std::get_if<coterie::event::MemberChanged>(&event)) members[one->user_id] = *one;
    if (const auto* one = std::get_if<coterie::event::TransferChanged>(&event)) transfers[one->id] = *one;
    if (const auto* one = std::get_if<coterie::event::DeliveryChanged>(&event)) deliveries[one->id] = one->state;
    if (const auto* one = std::get_if<coterie::event::LinkChanged>(&event)) {
      link = one->state;
      if (one->reason) broke = one->reason;
    }
    if (const auto* one = std::get_if<coterie::event::Settled>(&event)) settled = *one;
    if (const auto* one = std::get_if<coterie::event::Failed>(&event)) failed = one->error;
    if (const auto* one = std::get_if<coterie::event::HistoryPage>(&event)) page = *one;
    if (std::holds_alternative<coterie::event::Stopped>(event)) ++stopped;
    if (const auto* one = std::get_if<coterie::event::FileOffered>(&event)) {
      offers.push_back(*one);
      if (when_offered) when_offered(*one);
    }
  }

  io::EventLoop& loop_;
  TempFolder folder_;
  Worker worker_{[this](std::function<void()> job) { loop_.post(std::move(job)); }};
  std::unique_ptr<classic::ClassicEngine> engine_;
};

struct Room : ClassicHost {
  [[nodiscard]] std::unique_ptr<Person> person(const std::string& user) {
    auto made = std::make_unique<Person>(loop, port(), user);
    made->connects();
    made->await_online();
    return made;
  }
  // Somebody who says what a test tells, in the group of the same password.
  [[nodiscard]] std::unique_ptr<RawPeer> stranger(const std::string& user) { return member(user, cipher.group()); }

  classic::Cipher cipher{as_bytes(password)};
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(classic_engine, Room)

BOOST_AUTO_TEST_CASE(members_see_each_other_and_talk) {
  const auto alice = person("alice");
  const auto bob = person("bob");
  alice->await_here("bob");
  bob->await_here("alice");
  const auto id = alice->says("سلام به همه");
  bob->await_text("سلام به همه");
  alice->await([&] { return alice->deliveries[id] == DeliveryState::at_relay; });   // nothing ever says more than that
  BOOST_TEST(!bob->messages.back().conversation.has_value());
  bob->says("to you alone", "alice");
  alice->await_text("to you alone");
  bob->leave();
  alice->await([&] { return !alice->members["bob"].online; });
  BOOST_TEST(alice->members["bob"].last_seen_ms > 0);
  BOOST_TEST(alice->members["bob"].safety_number == "");
}

BOOST_AUTO_TEST_CASE(beacons_are_sent_and_never_shown) {
  const auto alice = person("alice");
  const auto guest = stranger("guest");
  guest->await("SEND_MSG alice " + std::to_string(cipher.seal_text("GROUP_BEACON:alice").size()) + "\n" +
               cipher.seal_text("GROUP_BEACON:alice"));
  guest->sends_message("BROADCAST", cipher.seal_text("GROUP_BEACON:guest"));
  guest->sends_message("BROADCAST", cipher.seal_text("GROUP_BEACON:somebody-else"));
  guest->sends_message("BROADCAST", cipher.seal_text("after"));
  alice->await_text("after");
  BOOST_TEST(alice->messages.size() == 1U);
  BOOST_TEST(!alice->members.contains("somebody-else"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_shown_as_such) {
  const auto alice = person("alice");
  const auto guest = stranger("guest");
  const classic::Cipher other(as_bytes("another password"));
  for (const auto& body : {other.seal_text("Hello, how are you today, my friend?"), std::string("not base64!"),
                           std::string("\xff\xfe\n")}) {
    alice->messages.clear();
    guest->sends_message("alice", body);
    alice->await_text("cannot be read: different password?");
  }
  guest->says("SEND alice " + other.seal_text("some file.txt") + " 5\n12345");
  guest->says("SEND alice " + cipher.seal_text("x") + "A 5\n12345");   // no base64
  guest->sends_message("alice", cipher.seal_text("after"));
  alice->await_text("after");
  BOOST_TEST(alice->notices.size() == 2U);
  BOOST_TEST(alice->has_notice(Errc::unreadable));
  BOOST_TEST(alice->offers.empty());
}

BOOST_AUTO_TEST_CASE(a_text_that_cannot_be_decoded_is_marked_and_one_that_says_so_is_not) {
  const auto alice = person("alice");
  const auto guest = stranger("guest");
  guest->sends_message("alice", "no base64!");
  guest->sends_message("alice", cipher.seal_text("cannot be read: different password?"));
  alice->await([&] { return alice->messages.size() == 2; });
  BOOST_TEST(alice->messages[0].text == alice->messages[1].text);
  BOOST_TEST(alice->messages[0].unreadable);
  BOOST_TEST(!alice->messages[1].unreadable);
}

BOOST_AUTO_TEST_CASE(a_taken_user_id_is_final_at_the_start) {
  const auto alice = person("alice");
  Person other(loop, port(), "Alice");
  other.connects();
  other.await([&] { return other.failed.has_value(); });
  BOOST_TEST((other.failed->code == Errc::user_id_taken));
  BOOST_TEST(other.failed->detail.empty());   // the code says it
  BOOST_TEST((other.link == coterie::event::LinkState::offline));
}

BOOST_AUTO_TEST_CASE(after_a_break_it_comes_back_by_itself) {
  const auto alice = person("alice");
  const auto bob = person("bob");
  alice->await_here("bob");
  server().welcome(std::make_unique<relay::ClassicPort>(loop, server().config()));   // everybody who was here is gone
  alice->await([&] { return alice->link != coterie::event::LinkState::online; });
  alice->await_online();
  alice->await_here("bob");
  bob->await_here("alice");
  alice->says("again");
  bob->await_text("again");
}

BOOST_AUTO_TEST_CASE(a_text_that_can_reach_nobody_is_refused) {
  const auto alice = person("alice");
  alice->says("hello?");
  alice->says("hello?", "bob");
  alice->says("");
  alice->says(std::string(16'385, 'x'));
  alice->says("GROUP_BEACON:bob");
  alice->await([&] { return alice->notices.size() == 5; });
  BOOST_TEST(alice->has_notice(Errc::nobody_yet));
  BOOST_TEST(alice->has_notice(Errc::no_such_member));
  BOOST_TEST(alice->has_notice(Errc::invalid_argument));
  BOOST_TEST(alice->has_notice(Errc::too_large));
  BOOST_TEST(alice->messages.empty());
}

BOOST_AUTO_TEST_CASE(without_a_connection_it_is_said_so_and_not_that_nobody_is_there) {
  Person alice(loop, port(), "alice");
  write_file(alice.folder() / "note.txt", pattern(10));
  alice.says("hello?");
  alice.says("hello?", "bob");
  alice.sends(alice.folder() / "note.txt", "bob");
  alice.await([&] { return alice.notices.size() == 3; });
  for (const auto& notice : alice.notices) BOOST_TEST((notice.error.code == Errc::server_lost));
  BOOST_TEST(alice.messages.empty());
}

BOOST_AUTO_TEST_CASE(a_file_stands_among_the_messages_of_both) {
  const auto alice = person("alice");
  const auto bob = person("bob");
  alice->await_here("bob");
  write_file(alice->folder() / "note.txt", pattern(1000));
  const auto id = alice->sends(alice->folder() / "note.txt", "bob");
  bob->await([&] { return bob->offers.size() == 1; });
  BOOST_REQUIRE(bob->messages.size() == 1U);
  BOOST_TEST(bob->messages[0].text == "note.txt");
  BOOST_TEST(bob->messages[0].from == "alice");
  BOOST_TEST((bob->messages[0].file == bob->offers[0].id));
  alice->await([&] { return alice->transfers[id].phase == TransferPhase::finished; });
  BOOST_REQUIRE(alice->messages.size() == 1U);
  BOOST_TEST(alice->messages[0].outgoing);
  BOOST_TEST((alice->messages[0].file == id));
  BOOST_TEST((alice->messages[0].conversation == "bob"));
  BOOST_TEST((alice->deliveries[alice->messages[0].id] == DeliveryState::at_relay));
  // One that cannot be sent does not.
  alice->sends(alice->folder() / "missing.txt", "bob");
  alice->await([&] { return !alice->notices.empty(); });
  BOOST_TEST(alice->messages.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_arrives_under_the_naming_rule) {
  const auto alice = person("alice");
  const auto bob = person("bob");
  alice->await_here("bob");
  const auto content = pattern(5'000'000);
  write_file(alice->folder() / "گزارش.txt", content);
  bob->when_offered = [&](const coterie::event::FileOffered& offer) {
    bob->tell(command::AnswerOffer{offer.id, true, bob->folder() / "received"});
  };
  const auto id = alice->sends(alice->folder() / "گزارش.txt", "bob");
  alice->await([&] { return alice->transfers[id].phase == TransferPhase::finished; });
  bob->await(
      [&] { return !bob->offers.empty() && bob->transfers[bob->offers[0].id].phase == TransferPhase::finished; });
  const auto path = bob->transfers[bob->offers[0].id].path;
  const auto name = path.filename().string();
  BOOST_TEST((read_file(path) == content));
  BOOST_TEST(name.size() > 16U);
  BOOST_TEST(name.substr(15) == "_alice_گزارش.txt");
  BOOST_TEST(path.parent_path() == bob->folder() / "received");
  BOOST_TEST(bob->has_nothing_aside());
}

BOOST_AUTO_TEST_CASE(names_from_outside_are_made_harmless) {
  const auto alice = person("alice");
  const auto guest = stranger("guest");
  alice->when_offered = [&](const coterie::event::FileOffered& offer) {
    alice->tell(command::AnswerOffer{offer.id, true, alice->folder() / "received"});
  };
  guest->says("SEND alice " + cipher.seal_text("../../../etc/cron.d/\u202egpj.exe") + " 3\nabc");
  alice->await(
      [&] { return !alice->offers.empty() && alice->transfers[alice->offers[0].id].phase == TransferPhase::finished; });
  BOOST_TEST(alice->offers[0].name == "gpj.exe");
  BOOST_TEST(alice->offers[0].is_executable_type);
  BOOST_TEST(alice->transfers[alice->offers[0].id].path.parent_path() == alice->folder() / "received");
}

BOOST_AUTO_TEST_CASE(a_file_nobody_answers_is_put_aside_until_somebody_does) {
  const auto alice = person("alice");
  const auto guest = stranger("guest");
  auto content = pattern(300'000);
  cipher.apply(content, 0);
  const auto line = "SEND alice " + cipher.seal_text("photo.jpg") + " 300000\n";
  for (int i = 0; i < 2; ++i) {
    guest->says(line);
    guest->says(as_text(content));
    guest->sends_message("alice", cipher.seal_text("number " + std::to_string(i)));
    alice->await_text("number " + std::to_string(i));   // what comes behind it has not been kept waiting
  }
  BOOST_TEST(alice->offers.size() == 2U);
  BOOST_TEST(!alice->has_nothing_aside());
  const auto taken = alice->offers[0].id;
  const auto declined = alice->offers[1].id;
  alice->tell(command::AnswerOffer{taken, true, alice->folder() / "received"});
  alice->tell(command::AnswerOffer{declined, false, {}});
  alice->await([&] { return alice->transfers[taken].phase == TransferPhase::finished; });
  alice->await([&] { return alice->transfers[declined].phase == TransferPhase::declined; });
  BOOST_TEST((read_file(alice->transfers[taken].path) == pattern(300'000)));
  BOOST_TEST(alice->has_nothing_aside());
  alice->tell(command::AnswerOffer{declined, true, alice->folder() / "received"});
  alice->await([&] { return alice->has_notice(Errc::not_found); });
}

BOOST_AUTO_TEST_CASE(a_file_that_is_declined_or_cut_off_leaves_nothing) {
  const auto alice = person("alice");
  const auto guest = stranger("guest");
  alice->when_offered = [&](const coterie::event::FileOffered& offer) {
    alice->tell(command::AnswerOffer{offer.id, offer.name == "wanted", alice->folder() / "received"});
  };
  guest->says("SEND alice " + cipher.seal_text("unwanted") + " 2000000\n" + std::string(2'000'000, 'x'));
  guest->sends_message("alice", cipher.seal_text("after"));
  alice->await_text("after");
  BOOST_TEST((alice->transfers[alice->offers[0].id].phase == TransferPhase::declined));
  guest->says("SEND alice " + cipher.seal_text("wanted") + " 2000000\n" + std::string(1'000'000, 'x'));
  alice->await([&] { return alice->offers.size() == 2; });
  until([&] { return guest->unsent() == 0; });
  guest->vanish();
  alice->await([&] { return alice->transfers[alice->offers[1].id].phase == TransferPhase::failed; });
  BOOST_TEST((alice->transfers[alice->offers[1].id].error->code == Errc::cut_off));
  BOOST_TEST(std::filesystem::is_empty(alice->folder() / "received"));
  alice->await_online();
  BOOST_TEST((alice->broke->code == Errc::server_lost));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_empty_arrives) {
  const auto alice = person("alice");
  const auto bob = person("bob");
  alice->await_here("bob");
  write_file(alice->folder() / "nothing", {});
  const auto id = alice->sends(alice->folder() / "nothing", "bob");
  bob->await([&] { return bob->offers.size() == 1; });
  bob->tell(command::AnswerOffer{bob->offers[0].id, true, bob->folder() / "received"});
  bob->await([&] { return bob->transfers[bob->offers[0].id].phase == TransferPhase::finished; });
  BOOST_TEST(std::filesystem::file_size(bob->transfers[bob->offers[0].id].path) == 0U);
  alice->await([&] { return alice->transfers[id].phase == TransferPhase::finished; });
}

BOOST_AUTO_TEST_CASE(a_file_begun_is_taken_back_by_connecting_anew) {
  const auto alice = person("alice");
  const auto guest = stranger("guest");
  alice->await_here("guest");
  guest->pause_reading(true);
  write_file(alice->folder() / "large", Bytes(60'000'000));
  const auto id = alice->sends(alice->folder() / "large", "guest");
  alice->await([&] { return alice->transfers[id].phase == TransferPhase::running; });
  alice->settled.reset();
  alice->tell(command::CancelTransfer{id});
  alice->await([&] { return alice->transfers[id].phase == TransferPhase::cancelled; });
  alice->await_online();
}

BOOST_AUTO_TEST_CASE(a_file_for_everyone_goes_to_each) {
  const auto alice = person("alice");
  const auto bob = person("bob");
  const auto carol = person("carol");
  alice->await_here("carol");
  write_file(alice->folder() / "notes", pattern(1000));
  const auto batch = random_id<FileId>();
  alice->tell(command::SendFile{batch, {}, alice->folder() / "notes"});
  for (const auto& one : {bob.get(), carol.get()}) one->await([&] { return one->offers.size() == 1; });
  alice->await([&] {
    return alice->transfers.size() == 2 &&
           std::all_of(alice->transfers.begin(), alice->transfers.end(),
                       [](const auto& one) { return one.second.phase == TransferPhase::finished; });
  });
  for (const auto& [id, transfer] : alice->transfers) BOOST_TEST((transfer.batch == batch && id != batch));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_sent_is_said_at_once) {
  const auto alice = person("alice");
  const auto guest = stranger("guest");
  alice->await_here("guest");
  alice->sends(alice->folder() / "none", "guest");
  alice->sends(alice->folder(), "guest");
  alice->sends(alice->folder() / "none", "nobody");
  alice->await([&] { return alice->notices.size() == 3; });
  BOOST_TEST(alice->has_notice(Errc::not_found));
  BOOST_TEST(alice->has_notice(Errc::not_a_file));
  BOOST_TEST(alice->has_notice(Errc::no_such_member));
}

BOOST_AUTO_TEST_CASE(nothing_is_connected_when_the_guard_says_no) {
  Person alice(loop, port(), "alice", fail(Errc::invalid_argument, "this is the password of your group climbing"));
  alice.connects();
  alice.connects();
  alice.await([&] { return alice.failed.has_value(); });
  BOOST_TEST((alice.failed->code == Errc::invalid_argument));
  settle(loop);
  BOOST_TEST(stats().counters.accepted == 0U);
  BOOST_TEST(alice.guard_asked == 1);
}

BOOST_AUTO_TEST_CASE(the_end_waits_for_what_was_said) {
  const auto alice = person("alice");
  const auto bob = person("bob");
  alice->await_here("bob");
  for (int i = 0; i < 100; ++i) alice->says("line " + std::to_string(i));
  alice->tell(command::Shutdown{});
  alice->await([&] { return alice->stopped == 1; });
  bob->await_text("line 99");
  BOOST_TEST(bob->messages.size() == 100U);
  bob->tell(command::Disconnect{});
  bob->tell(command::Shutdown{});
  bob->await([&] { return bob->stopped == 1; });
}

BOOST_AUTO_TEST_CASE(messages_of_this_run_can_be_looked_up) {
  const auto alice = person("alice");
  const auto guest = stranger("guest");
  for (const auto* text : {"one", "two", "three"}) guest->sends_message("alice", cipher.seal_text(text));
  alice->await_text("three");
  alice->tell(command::LoadHistory{{}, 0, 2});
  alice->await([&] { return alice->page.has_value(); });
  BOOST_TEST(alice->page->messages.size() == 2U);
  BOOST_TEST(alice->page->messages.back().text == "three");
  BOOST_TEST(!alice->page->is_first);
  const auto before = alice->page->messages.front().row;
  alice->page.reset();
  alice->tell(command::LoadHistory{{}, before, 2});
  alice->await([&] { return alice->page.has_value(); });
  BOOST_TEST(alice->page->messages.size() == 1U);
  BOOST_TEST(alice->page->is_first);
}

BOOST_AUTO_TEST_CASE(a_user_id_that_the_wire_cannot_carry_is_refused) {
  for (const auto* user : {"two words", "", "BROADCAST",
                           "a\u202e"
                           "b"})
    BOOST_TEST(!classic::ClassicLogin::parse("127.0.0.1", 12345, user, {}).has_value());
}

// ── servers that do as they like ───────────────────────────────────────────────────────────────────────────────────

namespace {

// Takes one connection and says what a test tells it to.
struct OddServer {
  explicit OddServer(io::EventLoop& on) : loop(on) {
    auto opened = io::Listener::open(loop, {.host = "127.0.0.1", .port = 0}, {}, {}, [this](io::Accepted accepted) {
      ++connections;
      loop.dispose(std::move(recorder));
      recorder = std::make_unique<StreamRecorder>();
      recorder->stream =
          std::make_unique<io::DataStream>(loop, std::move(accepted.socket), io::DataStream::Options{}, *recorder);
      recorder->stream->pause_reading(false);
      if (!says.empty()) recorder->stream->send(as_bytes(says));
      if (hangs_up) recorder->stream->end_writing();
    });
    BOOST_REQUIRE(opened.has_value());
    listener = std::move(*opened);
  }
  io::EventLoop& loop;
  std::string says;
  bool hangs_up = false;   // having said it
  int connections = 0;
  std::unique_ptr<StreamRecorder> recorder;
  std::unique_ptr<io::Listener> listener;
};

}   // namespace

BOOST_AUTO_TEST_CASE(a_server_that_breaks_the_rules_is_left_and_tried_again) {
  for (const std::string says : {"ONLINE_LIST bob\n", "OK\nONLINE_LIST bob\nSEND_MSG bob -1\n",
                                 "OK\nONLINE_LIST \nSEND bob YWJj 99999999999\n", "OK\nERROR enough\n", "OK\nNEW\n"}) {
    BOOST_TEST_CONTEXT(says) {
      OddServer server(loop);
      server.says = says;
      Person alice(loop, server.listener->port(), "alice");
      alice.connects();
      alice.await([&] { return server.connections >= 3; });
      BOOST_TEST(!alice.failed.has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(only_what_says_that_a_user_id_is_taken_is_reported_as_that) {
  struct Row {
    std::string says;
    Errc code;
    std::string detail;
  };
  const std::vector<Row> table = {{"Username already taken", Errc::user_id_taken, ""},
                                  {"User EXISTS", Errc::user_id_taken, ""},
                                  {"banned until Monday", Errc::server_refused, "banned until Monday"},
                                  {"", Errc::server_refused, ""}};
  for (const auto& row : table) {
    BOOST_TEST_CONTEXT(row.says) {
      OddServer server(loop);
      server.says = "ERROR " + row.says + "\n";
      Person alice(loop, server.listener->port(), "alice");
      alice.connects();
      alice.await([&] { return alice.failed.has_value(); });
      BOOST_TEST((alice.failed->code == row.code));
      BOOST_TEST(alice.failed->detail == row.detail);
      BOOST_TEST(server.connections == 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_last_word_of_a_server_is_why_the_line_broke) {
  OddServer server(loop);
  server.says = "OK\nONLINE_LIST \nERROR the relay is shutting down\n";
  Person alice(loop, server.listener->port(), "alice");
  alice.connects();
  alice.await([&] { return alice.broke.has_value(); });
  BOOST_TEST((alice.broke->code == Errc::server_lost));
  BOOST_TEST(alice.broke->detail == "the relay is shutting down");
}

BOOST_AUTO_TEST_CASE(a_server_that_goes_without_a_word_may_not_speak_this_wire) {
  OddServer server(loop);
  server.hangs_up = true;
  Person alice(loop, server.listener->port(), "alice");
  alice.connects();
  alice.await([&] { return alice.broke.has_value(); });
  BOOST_TEST((alice.broke->code == Errc::not_classic));
  BOOST_TEST(explain(*alice.broke).find("--classic") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(lines_that_make_no_sense_are_passed_over) {
  OddServer server(loop);
  server.says =
      "\nWELCOME\nOK\nOK\nLOGIN x\nGROUP y\nGET_ONLINE_USERS\nONLINE_LIST alice bob BROADCAST bob\nNEW bob\nLEFT "
      "carol\nOK\n"
      "SEND_MSG BROADCAST 4\nYWJj";
  Person alice(loop, server.listener->port(), "alice");
  alice.connects();
  alice.await_online();
  server.recorder->stream->send(as_bytes("NEW dave\n"));
  alice.await_here("dave");
  BOOST_TEST(server.connections == 1);
  BOOST_TEST(alice.members.size() == 3U);   // bob, dave, and carol who has left
  BOOST_TEST(alice.messages.empty());
}

// ── what a server has taken ────────────────────────────────────────────────────────────────────────────────────────

namespace {

// Somebody alone with a server that says what a test tells it to, and bob, who is only a word in its list.
struct Alone {
  explicit Alone(io::EventLoop& loop) : loop_(loop) {
    server.says = "OK\nONLINE_LIST bob\n";
    alice.connects();
    alice.await_here("bob");
    write_file(alice.folder() / "plan.txt", pattern(1000));
  }
  FileId sends_file() { return alice.sends(alice.folder() / "plan.txt", "bob"); }
  // Until the server has heard a question behind everything else.
  void await_question() {
    alice.await([&] { return as_text(server.recorder->received).ends_with("GET_ONLINE_USERS ALL\n"); });
  }
  void server_says(const std::string& text) { server.recorder->stream->send(as_bytes(text)); }
  void server_vanishes() {
    server.says = "ERROR gone\n";
    server.recorder->stream->close({Errc::connection_lost, {}});
  }

  io::EventLoop& loop_;
  OddServer server{loop_};
  Person alice{loop_, server.listener->port(), "alice"};
};

}   // namespace

BOOST_AUTO_TEST_CASE(what_was_given_counts_as_taken_when_the_server_answers_behind_it) {
  Alone room(loop);
  const auto text = room.alice.says("hello", "bob");
  room.await_question();
  const auto file = room.sends_file();
  room.server_says("NEW carol\n");
  room.alice.await_here("carol");
  BOOST_TEST(!room.alice.deliveries.contains(text));
  BOOST_TEST((room.alice.transfers[file].phase != TransferPhase::finished));
  room.server_says("ONLINE_LIST bob carol\n");
  room.alice.await([&] { return room.alice.deliveries.contains(text); });
  BOOST_TEST((room.alice.deliveries[text] == DeliveryState::at_relay));
  room.await_question();
  BOOST_TEST((room.alice.transfers[file].phase == TransferPhase::running));
  room.server_says("ONLINE_LIST bob carol\n");
  room.alice.await([&] { return room.alice.transfers[file].phase == TransferPhase::finished; });
}

BOOST_AUTO_TEST_CASE(what_the_server_had_not_taken_when_the_line_broke_is_lost) {
  Alone room(loop);
  const auto text = room.alice.says("hello", "bob");
  room.await_question();
  const auto file = room.sends_file();
  room.alice.await([&] { return room.alice.transfers[file].phase == TransferPhase::running; });
  room.server_vanishes();
  room.alice.await([&] { return room.alice.transfers[file].phase == TransferPhase::failed; });
  BOOST_TEST((room.alice.transfers[file].error->code == Errc::cut_off));
  BOOST_TEST((room.alice.deliveries[text] == DeliveryState::failed));
}

BOOST_AUTO_TEST_CASE(what_was_for_somebody_who_left_before_it_was_through_is_lost) {
  for (const std::string answer : {"LEFT bob\nONLINE_LIST \n", "ONLINE_LIST \n"}) {
    BOOST_TEST_CONTEXT(answer) {
      Alone room(loop);
      const auto text = room.alice.says("hello", "bob");
      const auto file = room.sends_file();
      room.await_question();
      room.server_says(answer);
      room.alice.await([&] { return room.alice.transfers[file].phase == TransferPhase::failed; });
      BOOST_TEST(room.alice.transfers[file].error->detail == "bob left before plan.txt had gone out");
      BOOST_TEST((room.alice.deliveries[text] == DeliveryState::failed));
      BOOST_TEST((room.alice.link == coterie::event::LinkState::online));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_file_whose_receiver_leaves_is_not_gone_on_with) {
  const auto alice = person("alice");
  auto guest = stranger("guest");
  alice->await_here("guest");
  guest->pause_reading(true);
  write_file(alice->folder() / "large", Bytes(60'000'000));
  const auto id = alice->sends(alice->folder() / "large", "guest");
  alice->await([&] { return alice->transfers[id].phase == TransferPhase::running; });
  alice->settled.reset();
  guest->vanish();
  alice->await([&] { return alice->transfers[id].phase == TransferPhase::failed; });
  BOOST_TEST(alice->transfers[id].error->detail == "guest left before large had gone out");
  alice->await_online();
}

BOOST_AUTO_TEST_CASE(the_end_waits_for_the_last_answer_but_not_for_ever) {
  for (const bool answers : {true, false}) {
    Alone room(loop);
    const auto text = room.alice.says("hello", "bob");
    room.alice.tell(command::Shutdown{});
    room.await_question();
    if (answers) room.server_says("ONLINE_LIST bob\n");
    room.alice.await([&] { return room.alice.stopped == 1; });
    BOOST_TEST((room.alice.deliveries[text] == (answers ? DeliveryState::at_relay : DeliveryState::failed)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
