// SPDX-License-Identifier: MIT
// The table of JSON fields in README.md and what is printed, held against each other in both directions.
#include "cli/json_reporter.h"

#include "tests/cli/fake_shell.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <set>

namespace coterie::cli {
namespace {

using Fields = std::map<std::string, std::set<std::string>>;   // of each event

// Everything that can be there, is.
std::vector<Event> everything() {
  event::Message message;
  message.file = FileId{{1}};
  message.edited = message.deleted = message.outgoing = message.unreadable = true;
  message.quote = event::Quote{};
  message.reactions = {{"+", {"bob"}}};
  message.deliveries = {{"bob", event::DeliveryState::read}};
  auto somebody = member("bob");
  somebody.last_seen_ms = 1;
  somebody.user_id = "аlice";   // Cyrillic а
  somebody.looks_like = "alice";
  auto under_way = transfer(FileId{{1}}, "bob", true, event::TransferPhase::failed);
  under_way.batch = FileId{{2}};
  under_way.path = "/a";
  under_way.error = Error{Errc::disk_full, {}};
  auto whole = transfer(FileId{{1}}, "bob", true, event::TransferPhase::finished);
  whole.batch = FileId{{2}};
  whole.path = "/a";
  whole.digest = Sha256Digest{};
  event::Conversation conversation;
  conversation.user_id = "bob";
  conversation.last = event::Message{};
  return {event::LinkChanged{event::LinkState::offline, Error{Errc::unreachable, {}}, std::chrono::milliseconds(1)},
          event::RelayUnknown{},
          event::RelayChanged{},
          somebody,
          event::Settled{0, 0, 1, 1, std::chrono::seconds(1)},
          event::PasswordRejected{1, 1, 1, false},
          event::PasswordRejected{1, 1, 1, true},
          event::OtherPassword{"bob", 1, 1, 1, true},
          event::IdentityChanged{},
          event::LookAlike{"аlice", "alice"},
          event::MessageAdded{message},
          event::MessageChanged{message},
          event::Typing{},
          event::DeliveryChanged{},
          event::GapChanged{},
          event::Conversations{{conversation}},
          event::HistoryDeleted{"bob"},
          event::FileOffered{},
          under_way,
          whole,
          event::Notice{Error{Errc::disk_full, {}}, "1"},
          event::Failed{Error{Errc::disk_full, {}}}};
}

Fields printed() {
  Fields fields;
  const auto add = [&](const std::string& line) {
    const auto json = nlohmann::json::parse(line);
    for (const auto& [name, value] : json.items())
      if (name != "event" && name != "answer") fields[json["event"].get<std::string>()].insert(name);
  };
  for (const auto& event : everything()) {
    if (const auto line = to_json_line(event, "alice")) add(*line);
    for (const auto& line : to_json_lines(event, "alice")) add(line);
  }
  return fields;
}

// A row is | `event` | prose with `fields`; their values and parts stand in parentheses |.
Fields documented(std::istream& readme) {
  Fields fields;
  const std::regex row(R"(^\| `([a-z_]+)` \| (.*) \|$)"), aside(R"(\([^()]*\))"), field("`([a-z_0-9]+)`"),
      values(R"(`[a-z_]+`: (`[a-z_]+`, )+`[a-z_]+`)");
  bool in_table = false;
  for (std::string line; std::getline(readme, line);) {
    if (line.starts_with("| event | fields |")) in_table = true;
    if (line.empty()) in_table = false;
    std::smatch found;
    if (!in_table || !std::regex_match(line, found, row)) continue;
    const auto event = found[1].str();
    auto cell = found[2].str();
    while (std::regex_search(cell, aside)) cell = std::regex_replace(cell, aside, "");
    auto& names = fields[event];
    for (std::sregex_iterator at(cell.begin(), cell.end(), field), end; at != end; ++at) names.insert((*at)[1].str());
    if (names.erase("message") > 0 && event == "changed") names = fields["message"];
  }
  return fields;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(json_fields)

BOOST_AUTO_TEST_CASE(every_field_that_is_printed_is_in_the_table_and_no_other) {
  const char* root = std::getenv("COTERIE_SOURCE");
  std::ifstream readme(std::filesystem::path(root != nullptr ? root : ".") / "README.md");
  BOOST_REQUIRE_MESSAGE(readme, "README.md is not below COTERIE_SOURCE");
  const auto table = documented(readme);
  const auto real = printed();
  for (const auto& [event, fields] : real) {
    BOOST_TEST(table.contains(event), "README.md has no row for " << event);
    if (!table.contains(event)) continue;
    for (const auto& field : fields)
      BOOST_TEST(table.at(event).contains(field), "README.md does not list " << field << " of " << event);
  }
  for (const auto& [event, fields] : table)
    for (const auto& field : fields)
      BOOST_TEST((real.contains(event) && real.at(event).contains(field)), event << " has no " << field);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::cli
