// SPDX-License-Identifier: MIT
// docs/protocol.md shows every message as bytes. Each block ```hex <type> is taken apart and put together again here, so that
// the document cannot drift from the program.
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "netcore/wire/content.h"
#include "netcore/wire/control.h"

using namespace coterie;

namespace {

// The name an example bears in the document. One overload for each type: a new message without one does not compile.
std::string name_of(const control::Ping&) { return "control::Ping"; }
std::string name_of(const control::Pong&) { return "control::Pong"; }
std::string name_of(const control::Bye&) { return "control::Bye"; }
std::string name_of(const control::Join&) { return "control::Join"; }
std::string name_of(const control::Handshake&) { return "control::Handshake"; }
std::string name_of(const control::Send&) { return "control::Send"; }
std::string name_of(const control::Ack&) { return "control::Ack"; }
std::string name_of(const control::BlobPut&) { return "control::BlobPut"; }
std::string name_of(const control::BlobGet&) { return "control::BlobGet"; }
std::string name_of(const control::BlobDrop&) { return "control::BlobDrop"; }
std::string name_of(const control::Member&) { return "control::Member"; }
std::string name_of(const control::Joined&) { return "control::Joined"; }
std::string name_of(const control::Receive&) { return "control::Receive"; }
std::string name_of(const control::Outcome&) { return "control::Outcome"; }
std::string name_of(const control::BlobTicket&) { return "control::BlobTicket"; }
std::string name_of(const control::BlobNeed&) { return "control::BlobNeed"; }
std::string name_of(const control::BlobRefused&) { return "control::BlobRefused"; }
std::string name_of(const control::Refused&) { return "control::Refused"; }
std::string name_of(const content::Keep&) { return "content::Keep"; }
std::string name_of(const content::Text&) { return "content::Text"; }
std::string name_of(const content::Receipt&) { return "content::Receipt"; }
std::string name_of(const content::FileOffer&) { return "content::FileOffer"; }
std::string name_of(const content::FileAnswer&) { return "content::FileAnswer"; }
std::string name_of(const content::FileDone&) { return "content::FileDone"; }
std::string name_of(const content::FileCancel&) { return "content::FileCancel"; }
std::string name_of(const content::Typing&) { return "content::Typing"; }
std::string name_of(const content::Reaction&) { return "content::Reaction"; }
std::string name_of(const content::Edit&) { return "content::Edit"; }
std::string name_of(const content::Delete&) { return "content::Delete"; }
std::string name_of(const content::Reply&) { return "content::Reply"; }
std::string name_of(const content::Leave&) { return "content::Leave"; }
std::string name_of(const content::Unknown&) { return "a content of unknown kind"; }

template <class Variant>
void add_names(std::set<std::string>& names) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (names.insert(name_of(std::variant_alternative_t<I, Variant>{})), ...);
  }
  (std::make_index_sequence<std::variant_size_v<Variant>>());
}

struct Example {
  int line = 0;
  std::string type;
  std::string hex;
};

std::vector<Example> examples_in(std::istream& document) {
  std::vector<Example> examples;
  bool inside = false;
  std::string line;
  for (int number = 1; std::getline(document, line); ++number) {
    if (line.starts_with("```")) {
      inside = !inside && line.starts_with("```hex ");
      if (inside) examples.push_back({.line = number, .type = line.substr(7), .hex = {}});
    } else if (inside) {
      for (const char c : line)
        if (c != ' ') examples.back().hex.push_back(c);
    }
  }
  return examples;
}

// What the example says it is, and what its bytes are: the same name and the same bytes if all is well.
struct Outcome {
  std::string name;
  Bytes again;
};

template <class Decoded>
Outcome outcome_of_frame(const Decoded& decoded) {
  if (!decoded) return {decoded.error().detail, {}};
  if (!decoded->has_value()) return {"a frame of unknown type", {}};
  return {std::visit([](const auto& message) { return name_of(message); }, **decoded), encode_frame(**decoded)};
}

Outcome outcome_of(const Example& example, ByteView bytes) {
  if (example.type.starts_with("content::")) {
    const auto content = content::decode_content(bytes);
    if (!content) return {content.error().detail, {}};
    const auto name = std::visit([](const auto& body) { return name_of(body); }, content->body);
    return {name,
            std::holds_alternative<content::Unknown>(content->body) ? Bytes() : content::encode_content(*content)};
  }
  if (example.type == "control::DataHello") {
    const auto hello = control::decode_hello(bytes);
    if (!hello) return {hello.error().detail, {}};
    return {example.type, control::encode_hello(*hello)};
  }
  if (example.type == "DONE") {
    const auto length = control::decode_done(bytes);
    if (!length) return {length.error().detail, {}};
    return {example.type, control::encode_done(*length)};
  }
  const auto to_relay = outcome_of_frame(control::decode_to_relay(bytes));
  return to_relay.name == example.type ? to_relay : outcome_of_frame(control::decode_to_client(bytes));
}

}   // namespace

BOOST_AUTO_TEST_SUITE(examples)

BOOST_AUTO_TEST_CASE(every_example_of_the_document_is_what_it_says_it_is) {
  const char* root = std::getenv("COTERIE_SOURCE");
  const auto file = std::filesystem::path(root != nullptr ? root : ".") / "docs" / "protocol.md";
  std::ifstream document(file);
  if (root == nullptr || !document) {
    BOOST_TEST_MESSAGE("SKIPPED: there is no docs/protocol.md below COTERIE_SOURCE");
    return;
  }
  std::set<std::string> wanted = {"control::DataHello", "DONE"};
  add_names<control::ToRelay>(wanted);
  add_names<control::ToClient>(wanted);
  add_names<content::Known>(wanted);

  std::map<std::string, int> shown;
  for (const auto& example : examples_in(document)) {
    const auto where = "docs/protocol.md:" + std::to_string(example.line) + " " + example.type;
    BOOST_TEST(wanted.contains(example.type), where << " is no type of the protocol");
    const auto bytes = from_hex(example.hex);
    BOOST_REQUIRE_MESSAGE(bytes, where << " is not hexadecimal");
    const auto outcome = outcome_of(example, *bytes);
    BOOST_TEST(outcome.name == example.type, where << " reads as: " << outcome.name);
    BOOST_TEST(to_hex(outcome.again) == to_hex(*bytes), where);
    ++shown[example.type];
  }
  for (const auto& type : wanted) BOOST_TEST(shown[type] > 0, "no example of " << type << " in docs/protocol.md");
}

BOOST_AUTO_TEST_CASE(a_wrong_example_would_be_noticed) {
  const Example ping{.line = 1, .type = "control::Ping", .hex = {}};
  BOOST_TEST(outcome_of(ping, *from_hex("00000009010000000000000001")).name == "control::Ping");
  BOOST_TEST(outcome_of(ping, *from_hex("00000009020000000000000001")).name == "control::Pong");
  BOOST_TEST(outcome_of(ping, *from_hex("000000090100000000000001")).again.empty());
  std::istringstream document("text\n```hex control::Ping\n0000 0009\n01\n```\n```sh\n00\n```\n");
  const auto found = examples_in(document);
  BOOST_REQUIRE(found.size() == 1U);
  BOOST_TEST(found[0].type == "control::Ping");
  BOOST_TEST(found[0].hex == "0000000901");
}

BOOST_AUTO_TEST_SUITE_END()
