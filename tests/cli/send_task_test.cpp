// SPDX-License-Identifier: MIT
#include "tests/cli/fake_shell.h"
#include "tests/support/temp_folder.h"

#include <fstream>

namespace coterie::cli {
namespace {

using namespace std::chrono_literals;
using event::TransferPhase;

struct Sending : FakeShell {
  Sending() { std::ofstream(file) << "content"; }

  void send(std::vector<std::string> to = {}, std::vector<std::filesystem::path> paths = {}) {
    if (paths.empty()) paths.push_back(file);
    run(make_send(*this, SendOptions{std::move(paths), std::move(to), 60s}));
  }
  event::TransferChanged about(const command::SendFile& sent, TransferPhase phase) {
    auto made = transfer(sent.id, sent.to.front(), true, phase);
    made.path = sent.path;
    return made;
  }
  // An offer of an earlier run.
  event::TransferChanged earlier(const std::string& to, TransferPhase phase) {
    auto made = transfer(FileId{{0xee}}, to, true, phase);
    made.path = file;
    return made;
  }

  test::TempFolder folder;
  std::filesystem::path file = std::filesystem::canonical(folder.path()) / "report.pdf";
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(send_task, Sending)

BOOST_AUTO_TEST_CASE(offers_to_everyone_known_as_one_message_once_all_are_greeted) {
  send();
  feed(member("bob"));
  feed(member("carol", event::MemberState::waiting, false));
  feed(member("dave", event::MemberState::held));
  feed(member("erin", event::MemberState::left, false));
  BOOST_TEST(told<command::SendFile>().empty());
  feed(event::Settled{2, 0, 0});
  const auto offers = told<command::SendFile>();
  BOOST_REQUIRE_EQUAL(offers.size(), 1U);
  BOOST_TEST(offers[0].to == (std::vector<std::string>{"bob", "carol"}));
  BOOST_TEST(offers[0].for_everyone);
  BOOST_TEST(offers[0].path == file);
}

BOOST_AUTO_TEST_CASE(a_file_for_everyone_ends_with_the_last_of_its_receivers) {
  send();
  feed(member("bob"));
  feed(member("carol"));
  feed(event::Settled{2, 0, 0});
  const auto offer = told<command::SendFile>().front();
  const auto of = [&](const std::string& to, std::uint8_t id, TransferPhase phase) {
    auto made = transfer(FileId{{id}}, to, true, phase);
    made.batch = offer.id;
    return made;
  };
  feed(of("bob", 1, TransferPhase::offered));
  feed(of("carol", 2, TransferPhase::offered));
  feed(of("bob", 1, TransferPhase::finished));
  BOOST_TEST(!code);
  feed(of("carol", 2, TransferPhase::finished));
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(in_classic_mode_a_file_that_was_cut_off_is_not_delivered) {
  classic = true;
  send({"bob"});
  feed(member("bob"));
  feed(event::Settled{1, 0, 0});
  auto lost = about(told<command::SendFile>().front(), TransferPhase::failed);
  lost.error = Error{Errc::cut_off, "bob left before report.pdf had gone out"};
  feed(lost);
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().first == "cut_off");
  BOOST_TEST(reports.errors.back().second.find("bob left before report.pdf had gone out") != std::string::npos);
  // Why the line is down has been said.
  BOOST_TEST(!task->shows(event::LinkChanged{event::LinkState::offline, Error{Errc::server_lost, {}}, 1s}, false));
}

BOOST_AUTO_TEST_CASE(what_is_refused_for_everyone_is_refused_for_each) {
  send();
  feed(member("bob"));
  feed(member("carol"));
  feed(event::Settled{2, 0, 0});
  feed(event::Notice{Error{Errc::permission_denied, {}}, told<command::SendFile>().front().id.hex()});
  BOOST_TEST(code == ExitCode::error);
}

BOOST_AUTO_TEST_CASE(only_those_who_lack_it_are_offered_what_goes_on_for_the_others) {
  send();
  feed(earlier("bob", TransferPhase::waiting));
  feed(member("bob"));
  feed(member("carol"));
  feed(event::Settled{2, 0, 0});
  BOOST_REQUIRE_EQUAL(told<command::SendFile>().size(), 1U);
  BOOST_TEST(told<command::SendFile>().front().to == std::vector<std::string>{"carol"});
  BOOST_TEST(told<command::SendFile>().front().for_everyone);
}

BOOST_AUTO_TEST_CASE(a_file_for_some_is_offered_to_each_alone) {
  send({"bob", "carol"}, {file, file});
  feed(member("bob"));
  feed(member("carol"));
  feed(event::Settled{2, 0, 0});
  const auto offers = told<command::SendFile>();
  BOOST_REQUIRE_EQUAL(offers.size(), 2U);
  BOOST_TEST(offers[0].to == std::vector<std::string>{"bob"});
  BOOST_TEST(offers[1].to == std::vector<std::string>{"carol"});
  BOOST_TEST(!offers[0].for_everyone);
  BOOST_TEST(offers[0].id.hex() != offers[1].id.hex());
}

BOOST_AUTO_TEST_CASE(ends_well_when_all_have_it_verified) {
  send({"bob", "carol"});
  feed(member("bob"));
  feed(member("carol"));
  feed(event::Settled{2, 0, 0});
  const auto offers = told<command::SendFile>();
  feed(about(offers[0], TransferPhase::finished));
  BOOST_TEST(!code);
  feed(about(offers[1], TransferPhase::verifying));
  BOOST_TEST(!code);
  feed(about(offers[1], TransferPhase::finished));
  BOOST_TEST(code == ExitCode::ok);
  BOOST_TEST(reports.results.size() == 2U);
}

BOOST_AUTO_TEST_CASE(one_refusal_makes_the_whole_an_error_after_the_others_are_done) {
  send({"bob", "carol"});
  feed(member("bob"));
  feed(member("carol"));
  feed(event::Settled{2, 0, 0});
  const auto offers = told<command::SendFile>();
  feed(about(offers[0], TransferPhase::declined));
  BOOST_TEST(!code);
  feed(about(offers[1], TransferPhase::finished));
  BOOST_TEST(code == ExitCode::error);
  BOOST_TEST(reports.errors.size() == 1U);
  BOOST_TEST(reports.errors[0].second.find("declined") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_unfinished_offer_of_an_earlier_run_goes_on) {
  send({"bob"});
  feed(earlier("bob", TransferPhase::waiting));
  feed(member("bob"));
  feed(event::Settled{1, 0, 0});
  BOOST_TEST(told<command::SendFile>().empty());
  feed(earlier("bob", TransferPhase::finished));
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(finished_offers_and_those_to_others_are_not_taken_up) {
  send({"bob"});
  feed(earlier("bob", TransferPhase::finished));
  auto other = earlier("carol", TransferPhase::waiting);
  other.id = FileId{{0xdd}};
  feed(other);
  feed(member("bob"));
  feed(event::Settled{1, 0, 0});
  BOOST_TEST(told<command::SendFile>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_changed_since_the_earlier_offer_is_offered_anew) {
  send({"bob"});
  feed(earlier("bob", TransferPhase::waiting));
  feed(member("bob"));
  feed(event::Settled{1, 0, 0});
  auto changed = earlier("bob", TransferPhase::failed);
  changed.error = Error{Errc::source_changed, {}};
  feed(changed);
  BOOST_TEST(!code);
  BOOST_REQUIRE_EQUAL(told<command::SendFile>().size(), 1U);
  // Only once: changed again while it is being sent is an error.
  auto again = about(told<command::SendFile>().front(), TransferPhase::failed);
  again.error = Error{Errc::source_changed, {}};
  feed(again);
  BOOST_TEST(code == ExitCode::error);
}

BOOST_AUTO_TEST_CASE(F17_what_is_no_ordinary_file_is_refused_before_connecting) {
  for (const auto& path : {folder.path(), std::filesystem::path("/dev/zero"), folder / "missing"}) {
    Sending one;
    one.send({}, {path});
    BOOST_TEST(one.code == ExitCode::error);
    BOOST_TEST(one.commands.empty());
    BOOST_TEST(one.reports.errors.size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(time_up_says_who_does_not_have_it) {
  send({"bob", "carol"});
  feed(member("bob"));
  feed(member("carol"));
  feed(event::Settled{2, 0, 0});
  feed(about(told<command::SendFile>()[0], TransferPhase::finished));
  expire(60s);
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().second.starts_with("Not complete at carol within 60 s."));
}

BOOST_AUTO_TEST_CASE(what_the_engine_refuses_is_an_error) {
  send({"bob"});
  feed(member("bob"));
  feed(event::Settled{1, 0, 0});
  feed(event::Notice{Error{Errc::permission_denied, {}}, told<command::SendFile>().front().id.hex()});
  BOOST_TEST(code == ExitCode::error);
}

BOOST_AUTO_TEST_CASE(another_password_everywhere_ends_at_once) {
  send();
  feed(event::Settled{0, 2, 0});
  BOOST_TEST(code == ExitCode::no_common_password);
}

BOOST_AUTO_TEST_CASE(interrupted_before_anything_was_offered_nothing_is_said_to_be_kept) {
  send();
  BOOST_TEST((task->when_interrupted() == ExitCode::error));
  BOOST_TEST(task->interrupted_sentence() == "Interrupted; nothing was sent.");
  feed(member("bob"));
  feed(event::Settled{1, 0, 0});
  BOOST_TEST((task->when_interrupted() == ExitCode::not_delivered));
  BOOST_TEST(task->interrupted_sentence().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::cli
