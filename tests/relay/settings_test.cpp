// SPDX-License-Identifier: MIT
// What an operator writes: values with units, the configuration file, and lists of who may connect.
#include "relay/settings.h"

#include <boost/test/unit_test.hpp>

#include "relay/values.h"
#include "tests/support/temp_folder.h"

using namespace coterie;
using relay::Network;
using std::chrono::seconds;

namespace {

template <class T>
std::string why(const Result<T>& result) {
  return result ? std::string() : result.error().detail;
}

struct Desk {
  test::TempFolder folder;

  Result<relay::Settings> read(const std::string& text, const std::vector<relay::Assignment>& options = {}) {
    test::write_file(folder / "relay.conf", as_bytes(text));
    const auto lines = relay::read_settings_file(folder / "relay.conf");
    if (!lines) return tl::unexpected(lines.error());
    return relay::make_settings(folder / "relay.conf", *lines, options);
  }
  std::string complaint(const std::string& text) {
    const auto settings = read(text);
    BOOST_REQUIRE(!settings.has_value());
    const auto prefix = (folder / "relay.conf").string() + " ";
    BOOST_REQUIRE_MESSAGE(settings.error().detail.starts_with(prefix), settings.error().detail);
    return settings.error().detail.substr(prefix.size());
  }
  static const relay::Setting* setting(std::string_view name) {
    for (const auto& one : relay::all_settings())
      if (one.name == name) return &one;
    BOOST_FAIL("no such setting");
    return nullptr;
  }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(settings, Desk)

BOOST_AUTO_TEST_CASE(what_would_not_start_or_is_easily_mistaken_is_told_as_it_is) {
  BOOST_TEST(complaint("listen = 12345\n").starts_with("line 1: listen takes ADDR:PORT"));
  BOOST_TEST(complaint("state-dir = state\n") == "line 1: state-dir takes a whole path, which begins with /.");
  BOOST_TEST(complaint("limit-members = 5 # few\n").ends_with("; a comment needs a line of its own."));
  BOOST_TEST(complaint("= 3\n") == "line 1: there is no name before the \"=\".");
  BOOST_TEST(why(read("access-key-file = " + folder.path().string() + "\n")).starts_with("access-key-file "));
  BOOST_TEST(why(read(std::string(3_MiB, '#'))).find("larger than 1 MiB") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(sizes_times_and_numbers_are_read_with_their_units_and_shown_the_same) {
  BOOST_TEST(relay::parse_size("16 MiB", 0, 1ULL << 40U).value() == 16_MiB);
  BOOST_TEST(relay::parse_size("16M", 0, 1ULL << 40U).value() == 16_MiB);
  BOOST_TEST(relay::parse_size("17", 0, 1ULL << 40U).value() == 17U);
  BOOST_TEST((relay::parse_duration("14 d", seconds(0), seconds(1LL << 40U)).value() == std::chrono::hours(14 * 24)));
  BOOST_TEST((relay::parse_duration("90", seconds(0), seconds(100)).value() == seconds(90)));
  for (const char* wrong :
       {"", "x", "-1", "1 MB", "1.5 MiB", "16 EiB", "99999999999999999999", "18446744073709551615 GiB", "5 MiB x"})
    BOOST_TEST(!relay::parse_size(wrong, 0, ~0ULL).has_value(), wrong);
  BOOST_TEST(!relay::parse_duration("2 h", seconds(0), seconds(7199)).has_value());
  for (const char* wrong : {"nan", "inf", "1e999", "0x10", " 1", "1 "})
    BOOST_TEST(!relay::parse_number(wrong, 0, 1e9).has_value(), wrong);
  BOOST_TEST(relay::show_size(16_MiB) == "16 MiB");
  BOOST_TEST(relay::show_size(1025) == "1025");
  BOOST_TEST(relay::show_duration(std::chrono::hours(36)) == "36 h");
  BOOST_TEST(relay::show_duration(seconds(61)) == "61 s");
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_all_defaults) {
  const auto settings = read("\n# nothing\n   \n");
  BOOST_REQUIRE(settings.has_value());
  BOOST_TEST(settings->config.limits.mailbox.items == 2000U);
  BOOST_TEST(settings->config.listen.empty());
  BOOST_TEST(!settings->config.metrics.has_value());
}

BOOST_AUTO_TEST_CASE(what_stands_in_the_file_counts) {
  const auto settings = read(
      "listen = 127.0.0.1:7000\n listen=[::1]:7001 \r\nlimit_members = 12\nmailbox-keep = 3 d\nmailbox = no\nlog-level "
      "= debug\n"
      "limit-joins-per-minute = 120\nallow = 10.0.0.0/8\ndeny = 10.9.0.0/16\nmetrics = "
      "127.0.0.1:9345\nbandwidth-transfers = 10 MiB\n"
      "log-addresses = no\n");
  BOOST_REQUIRE_MESSAGE(settings.has_value(), why(settings));
  const auto& config = settings->config;
  BOOST_REQUIRE(config.listen.size() == 2U);
  BOOST_TEST(config.listen[1].text() == "[::1]:7001");
  BOOST_TEST(config.limits.members == 12U);
  BOOST_TEST((config.limits.mailbox.keep == std::chrono::hours(72)));
  BOOST_TEST(!config.mailbox);
  BOOST_TEST(config.limits.joins.per_second == 2.0);
  BOOST_TEST(config.access.admits("10.1.2.3"));
  BOOST_TEST(!config.access.admits("10.9.2.3"));
  BOOST_TEST(config.metrics->port == 9345U);
  BOOST_TEST(config.limits.transfers_bandwidth == 10_MiB);
  BOOST_TEST((settings->log_level == log::Level::debug));
  BOOST_TEST(!settings->log_addresses);
}

BOOST_AUTO_TEST_CASE(a_mistake_is_named_with_its_line) {
  BOOST_TEST(complaint("\n\nlimit-membres = 5\n") == "line 3: there is no setting \"limit-membres\".");
  BOOST_TEST(complaint("limit-members = 257\n") == "line 1: limit-members takes a number from 1 to 256.");
  BOOST_TEST(complaint("# x\nmailbox = maybe\n") == "line 2: mailbox takes yes or no.");
  BOOST_TEST(complaint("mailbox yes\n") == "line 1: \"mailbox yes\" is not of the form name = value.");
  BOOST_TEST(complaint("mailbox = yes\nmailbox = no\n") == "line 2: mailbox is set already in line 1.");
  BOOST_TEST(complaint("metrics = 0.0.0.0:9345\n") ==
             "line 1: metrics takes a loopback address, such as 127.0.0.1:9345.");
  BOOST_TEST(complaint("bandwidth-transfers = 5\n").starts_with("line 1: bandwidth-transfers takes a size"));
  BOOST_TEST(complaint("allow = 10.0.0.0/33\n").starts_with("line 1: allow takes an address or a network"));
  // What strangers put there cannot steer a terminal.
  BOOST_TEST(complaint("\x1b[31m = 5\n").find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_line_of_garbage_is_refused_and_none_is_fatal) {
  for (const std::string text :
       {"=", "= 5", "listen =", "[section]", "limit-members = = 5", "\xff\xfe", "access-key-file ="})
    BOOST_TEST(!read(text + "\n").has_value(), text);
}

BOOST_AUTO_TEST_CASE(the_command_line_comes_before_the_file) {
  const std::vector<relay::Assignment> options = {{.setting = setting("limit-members"), .value = "7", .line = 0},
                                                  {.setting = setting("listen"), .value = "127.0.0.1:9", .line = 0}};
  const auto settings = read("limit-members = 12\nlisten = 127.0.0.1:7000\nlimit-blobs = 3\n", options);
  BOOST_REQUIRE(settings.has_value());
  BOOST_TEST(settings->config.limits.members == 7U);
  BOOST_REQUIRE(settings->config.listen.size() == 1U);
  BOOST_TEST(settings->config.listen[0].port == 9U);
  BOOST_TEST(settings->config.limits.blobs == 3U);
  // A mistake in the file is one even where an option hides it.
  BOOST_TEST(!read("limit-members = x\n", options).has_value());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_named) {
  const auto missing = relay::read_settings_file(folder / "missing.conf");
  BOOST_REQUIRE(!missing.has_value());
  BOOST_TEST((missing.error().code == Errc::not_found));
  BOOST_TEST(missing.error().detail.find("missing.conf") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_template_names_every_setting_and_its_defaults_can_be_used) {
  auto text = relay::settings_template();
  BOOST_TEST(read(text).has_value());
  std::size_t switched_on = 0;
  for (const auto& one : relay::all_settings()) {
    const auto line = "\n#" + std::string(one.name) + " = ";
    const auto at = text.find(line);
    BOOST_REQUIRE_MESSAGE(at != std::string::npos, one.name);
    if (one.show({}).empty()) continue;   // has no default to switch on
    text.erase(at + 1, 1);
    ++switched_on;
  }
  BOOST_TEST(switched_on > 20U);
  const auto settings = read(text);
  BOOST_REQUIRE_MESSAGE(settings.has_value(), why(settings));
  for (const auto& one : relay::all_settings())
    if (one.name != "state-dir") BOOST_TEST(one.show(*settings) == one.show({}), one.name);
}

BOOST_AUTO_TEST_CASE(networks_hold_what_begins_with_their_bits) {
  const auto holds = [](std::string_view network, std::string_view address) {
    return Network::parse(network).value().contains(Network::parse(address).value());
  };
  BOOST_TEST(holds("192.0.2.0/24", "192.0.2.255"));
  BOOST_TEST(!holds("192.0.2.0/24", "192.0.3.0"));
  BOOST_TEST(holds("192.0.2.128/25", "192.0.2.200"));
  BOOST_TEST(!holds("192.0.2.128/25", "192.0.2.100"));
  BOOST_TEST(holds("0.0.0.0/0", "255.255.255.255"));
  BOOST_TEST(!holds("0.0.0.0/0", "2001:db8::1"));
  BOOST_TEST(holds("2001:db8::/33", "2001:db8:7fff::1"));
  BOOST_TEST(!holds("2001:db8::/33", "2001:db8:8000::1"));
  BOOST_TEST(holds("192.0.2.7", "192.0.2.7"));
  BOOST_TEST(holds("192.0.2.7", "::ffff:192.0.2.7"));
  for (const char* wrong :
       {"", "192.0.2", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/33", "::/129", "example.org", "10.0.0.0/8x"})
    BOOST_TEST(!Network::parse(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(denied_is_stronger_than_allowed_and_no_list_admits_everybody) {
  relay::AccessList list;
  BOOST_TEST(list.admits("192.0.2.1"));
  list.deny.push_back(Network::parse("192.0.2.0/25").value());
  BOOST_TEST(!list.admits("192.0.2.1"));
  BOOST_TEST(list.admits("192.0.2.200"));
  list.allow.push_back(Network::parse("192.0.2.0/24").value());
  BOOST_TEST(!list.admits("192.0.2.1"));
  BOOST_TEST(list.admits("192.0.2.200"));
  BOOST_TEST(!list.admits("198.51.100.1"));
  BOOST_TEST(!list.admits("no address"));
}

BOOST_AUTO_TEST_SUITE_END()
