// SPDX-License-Identifier: MIT
#include "tests/cli/fake_shell.h"

namespace coterie::cli {
namespace {

using namespace std::chrono_literals;

event::HistoryPage page(std::int64_t first_row, std::size_t count, bool is_first) {
  event::HistoryPage made;
  made.is_first = is_first;
  for (std::size_t i = 0; i < count; ++i) {
    event::Message message;
    message.row = first_row + static_cast<std::int64_t>(i);
    made.messages.push_back(message);
  }
  return made;
}

// The rows of all pages shown, in order.
std::vector<std::int64_t> rows_shown(const FakeShell& shell) {
  std::vector<std::int64_t> rows;
  for (const auto& event : shell.reports.shown)
    for (const auto& message : std::get<event::HistoryPage>(event).messages) rows.push_back(message.row);
  return rows;
}

}   // namespace

BOOST_FIXTURE_TEST_SUITE(listing_tasks, FakeShell)

BOOST_AUTO_TEST_CASE(members_that_take_no_tries_are_not_called_none) {
  run(make_members(*this, {}));
  const event::Settled busy{0, 0, 1, 1, 120s};
  BOOST_TEST(!task->shows(busy, false));   // told once, as the reason for the end
  feed(busy);
  BOOST_TEST(code == ExitCode::error);
  BOOST_TEST(reports.results.empty());
  BOOST_TEST(reports.errors.back().first == "guess_budget_empty");
  BOOST_TEST(reports.errors.back().second.find("in 2 minutes") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(members_that_take_no_tries_are_counted_where_others_are_listed) {
  run(make_members(*this, {}));
  feed(member("bob"));
  feed(event::Settled{1, 0, 2, 2, 120s});
  BOOST_TEST(code == ExitCode::ok);
  BOOST_TEST(reports.results.size() == 1U);
  BOOST_TEST_REQUIRE(reports.errors.size() == 1U);
  BOOST_TEST(reports.errors.back().second.starts_with("2 members here"));
}

BOOST_AUTO_TEST_CASE(listening_to_members_that_take_no_tries_ends_with_the_reason) {
  run(make_listen(*this, ListenOptions{60s}));
  feed(event::Settled{0, 0, 1, 1, 120s});
  expire(60s);
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().first == "guess_budget_empty");
}

BOOST_AUTO_TEST_CASE(a_session_that_stands_is_not_in_the_way_of_an_ordinary_end) {
  run(make_listen(*this, ListenOptions{60s}));
  feed(event::Settled{0, 0, 1, 1, 120s});
  feed(member("bob"));
  expire(60s);
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(who_knows_others_that_are_away_just_listens_while_a_new_one_takes_no_tries) {
  run(make_listen(*this, ListenOptions{60s}));
  feed(member("bob", event::MemberState::waiting, false));
  feed(event::Settled{1, 0, 1, 1, 120s});
  expire(60s);
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(history_needs_no_connection) {
  run(make_history(*this, HistoryOptions{20, {}}));
  BOOST_TEST(told<command::Connect>().empty());
  BOOST_REQUIRE_EQUAL(told<command::LoadHistory>().size(), 1U);
  BOOST_TEST(told<command::LoadHistory>()[0].limit == 20U);
  feed(page(1, 3, true));
  BOOST_TEST(code == ExitCode::ok);
  BOOST_TEST(rows_shown(*this).size() == 3U);
}

BOOST_AUTO_TEST_CASE(long_histories_come_in_pages_and_are_shown_in_order) {
  run(make_history(*this, HistoryOptions{1200, {}}));
  feed(page(701, 500, false));
  feed(page(201, 500, false));
  BOOST_TEST(told<command::LoadHistory>().back().before == 201);
  BOOST_TEST(told<command::LoadHistory>().back().limit == 200U);
  BOOST_TEST(!code);
  feed(page(1, 200, false));
  BOOST_TEST(code == ExitCode::ok);
  const auto rows = rows_shown(*this);
  BOOST_TEST(rows.size() == 1200U);
  BOOST_TEST(std::is_sorted(rows.begin(), rows.end()));
}

BOOST_AUTO_TEST_CASE(all_history_goes_to_the_first_page) {
  run(make_history(*this, HistoryOptions{0, {}}));
  feed(page(501, 500, false));
  feed(page(1, 500, false));
  feed(page(1, 0, true));
  BOOST_TEST(code == ExitCode::ok);
  BOOST_TEST(rows_shown(*this).size() == 1000U);
}

BOOST_AUTO_TEST_CASE(history_with_a_stranger_is_an_error) {
  run(make_history(*this, HistoryOptions{20, "dave"}));
  const event::Notice notice{Error{Errc::no_such_member, "dave"}, {}};
  BOOST_TEST(task->shows(notice, false));
  feed(notice);
  BOOST_TEST(code == ExitCode::error);
}

BOOST_AUTO_TEST_CASE(only_the_answer_is_shown) {
  run(make_search(*this, SearchOptions{"rope"}));
  for (const bool to_program : {false, true}) {
    BOOST_TEST(!task->shows(member("bob"), to_program));
    BOOST_TEST(!task->shows(transfer(FileId{{1}}, "bob", false, event::TransferPhase::waiting), to_program));
    BOOST_TEST(task->shows(event::SearchResults{}, to_program));
  }
}

BOOST_AUTO_TEST_CASE(a_search_without_results_says_so) {
  run(make_search(*this, SearchOptions{"rope"}));
  BOOST_TEST(told<command::Connect>().empty());
  BOOST_TEST(told<command::Search>()[0].words == "rope");
  feed(event::SearchResults{"rope", {}});
  BOOST_TEST(code == ExitCode::ok);
  BOOST_TEST(reports.results.back() == "Nothing found.");
}

BOOST_AUTO_TEST_CASE(members_are_listed_once_everyone_has_been_greeted) {
  run(make_members(*this, MembersOptions{}));
  feed(member("carol"));
  feed(member("bob", event::MemberState::waiting, false));
  feed(member("bob"));
  BOOST_TEST(reports.answered.empty());
  feed(event::Settled{2, 0, 0});
  BOOST_TEST(code == ExitCode::ok);
  BOOST_REQUIRE_EQUAL(reports.results.size(), 2U);
  BOOST_TEST(reports.results[0] == "bob    here");
  BOOST_TEST(reports.results[1] == "carol  here");
}

BOOST_AUTO_TEST_CASE(members_offline_come_from_the_profile) {
  run(make_members(*this, MembersOptions{true}));
  BOOST_TEST(told<command::Connect>().empty());
  feed(member("bob", event::MemberState::waiting, false));
  feed(event::HistoryPage{});
  BOOST_TEST(code == ExitCode::ok);
  BOOST_TEST(reports.results[0] == "bob  away");
}

BOOST_AUTO_TEST_CASE(members_are_listed_even_when_the_relay_cannot_be_reached) {
  run(make_members(*this, MembersOptions{}));
  feed(member("bob", event::MemberState::waiting, false));
  give_up(Error{Errc::unreachable, {}});
  BOOST_TEST(code == ExitCode::error);
  BOOST_TEST(reports.results.size() == 1U);
}

BOOST_AUTO_TEST_CASE(another_password_everywhere_is_told) {
  run(make_members(*this, MembersOptions{}));
  feed(event::Settled{0, 1, 0});
  BOOST_TEST(code == ExitCode::no_common_password);
}

BOOST_AUTO_TEST_CASE(listening_shows_everything_until_its_time_is_over) {
  run(make_listen(*this, ListenOptions{60s}));
  BOOST_TEST(told<command::Connect>().size() == 1U);
  BOOST_TEST(task->shows(member("bob"), false));
  feed(event::Settled{1, 1, 0});
  BOOST_TEST(!code);
  expire(60s);
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(who_listens_under_another_password_is_told_at_the_end) {
  run(make_listen(*this, ListenOptions{5s}));
  feed(event::PasswordRejected{1, 2, 9, false});
  feed(event::Settled{0, 1, 1});
  BOOST_TEST(!code);   // somebody with ours may come
  expire(5s);
  BOOST_TEST(code == ExitCode::no_common_password);
}

BOOST_AUTO_TEST_CASE(who_listens_hears_somebody_after_all) {
  run(make_listen(*this, ListenOptions{5s}));
  feed(event::Settled{0, 1, 0});
  feed(member("bob"));
  expire(5s);
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(listening_that_never_connected_is_no_success_when_interrupted) {
  run(make_listen(*this, ListenOptions{60s}));
  BOOST_TEST((task->when_interrupted() == ExitCode::error));
  event::LinkChanged link;
  link.state = event::LinkState::online;
  feed(link);
  BOOST_TEST((task->when_interrupted() == ExitCode::ok));
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::cli
