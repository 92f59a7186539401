// SPDX-License-Identifier: MIT
// What members say to each other: round trips, cuts, kinds of a later version, and which scope each kind belongs to.
#include <boost/test/unit_test.hpp>

#include "netcore/base/overloaded.h"
#include "netcore/wire/content.h"
#include "tests/support/generate.h"

using namespace coterie;
using namespace coterie::content;
using coterie::test::equal;
using coterie::test::generated;
using coterie::test::SeededSource;

namespace {

constexpr std::size_t kinds = std::variant_size_v<Known>;

// A content of that kind that may be sent as it is.
Content valid(SeededSource& source, std::size_t index) {
  Content content;
  content.header = generated<Header>(source);
  std::visit([&](auto&& known) { content.body = std::forward<decltype(known)>(known); },
             test::generated_alternative<Known>(source, index));
  std::visit(overloaded{[](const Text&) {}, [](const Leave&) {}, [](const Typing&) {}, [](const Reaction&) {},
                        [](const Edit&) {}, [](const Delete&) {}, [](const Reply&) {}, [](const Unknown&) {},
                        [&](FileOffer& offer) {
                          content.header.scope = Scope::direct;
                          offer.size %= max_file_size + 1;
                        },
                        [&](const auto&) { content.header.scope = Scope::direct; }},
             content.body);
  return content;
}

Content with(Scope scope, Body body) {
  Content content;
  content.header.scope = scope;
  content.body = std::move(body);
  return content;
}

bool is_taken(const Content& content) { return decode_content(encode_content(content)).has_value(); }

}   // namespace

BOOST_AUTO_TEST_SUITE(content)

BOOST_AUTO_TEST_CASE(every_kind_comes_back_as_it_was) {
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      SeededSource source(seed * 100 + kind);
      const auto sent = valid(source, kind);
      const auto bytes = encode_content(sent);
      const auto back = decode_content(bytes);
      BOOST_REQUIRE_MESSAGE(back, "kind " << kind << " seed " << seed);
      BOOST_TEST(equal(back->header, sent.header), "kind " << kind << " seed " << seed);
      BOOST_REQUIRE(back->body.index() == sent.body.index());
      std::visit(overloaded{[](const Unknown&) {},
                            [&](const auto& body) {
                              BOOST_TEST(equal(body, std::get<std::decay_t<decltype(body)>>(sent.body)));
                            }},
                 back->body);
      BOOST_TEST((encode_content(*back) == bytes));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_largest_content_fits_into_an_envelope) {
  constexpr std::size_t max_content = 65'535;   // before padding (crypto/envelope.h)
  Text text;
  text.text = std::string(max_text, 'x');
  BOOST_TEST(encode_content(with(Scope::group, std::move(text))).size() <= max_content);
  Receipt receipt;
  receipt.beyond->resize(255);
  BOOST_TEST(encode_content(with(Scope::direct, std::move(receipt))).size() <= max_content);
  FileOffer offer;
  offer.name = std::string(200, 'x');
  offer.note = std::string(200, 'x');
  BOOST_TEST(encode_content(with(Scope::direct, std::move(offer))).size() <= max_content);
}

BOOST_AUTO_TEST_CASE(P03_every_kind_cut_or_extended_anywhere_is_malformed) {
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    SeededSource source(kind);
    Bytes bytes;
    do bytes = encode_content(valid(source, kind));
    while (bytes.size() > 4'000);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      BOOST_TEST(!decode_content(ByteView(bytes).first(size)), "kind " << kind << " cut to " << size);
    for (int more = 1; more <= 64; ++more) {
      bytes.push_back(static_cast<std::uint8_t>(source.number()));
      BOOST_TEST(!decode_content(bytes), "kind " << kind << " extended by " << more);
    }
  }
}

BOOST_AUTO_TEST_CASE(P03_changed_bytes_never_decode_to_a_content_that_encodes_differently) {
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    SeededSource source(kind);
    Bytes bytes;
    do bytes = encode_content(valid(source, kind));
    while (bytes.size() > 4'000);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      for (const unsigned change : {0x01U, 0x80U, 0xffU}) {
        auto changed = bytes;
        changed[at] ^= static_cast<std::uint8_t>(change);
        const auto content = decode_content(changed);
        if (content && !std::holds_alternative<Unknown>(content->body))
          BOOST_TEST((encode_content(*content) == changed));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_kind_of_a_later_version_is_taken_whatever_its_body) {
  SeededSource source(5);
  auto bytes = encode_content(valid(source, 1));
  for (const int kind : {7, 10, 15, 200, 255}) {
    bytes[0] = static_cast<std::uint8_t>(kind);
    for (const std::size_t size : {std::size_t{28}, bytes.size()}) {   // kind and header alone, and with a body
      const auto content = decode_content(ByteView(bytes).first(size));
      BOOST_REQUIRE_MESSAGE(content, "kind " << kind);
      BOOST_TEST(std::get<Unknown>(content->body).kind == kind);
      BOOST_TEST(is_counted(content->body));
    }
    BOOST_TEST(!decode_content(ByteView(bytes).first(27)), "the header must be whole");
  }
}

BOOST_AUTO_TEST_CASE(C07_a_kind_in_the_wrong_scope_is_malformed) {
  BOOST_TEST(is_taken(with(Scope::group, Text{})));
  BOOST_TEST(is_taken(with(Scope::direct, Text{})));
  BOOST_TEST(is_taken(with(Scope::group, Leave{})));
  BOOST_TEST(is_taken(with(Scope::direct, Keep{})));
  BOOST_TEST(!is_taken(with(Scope::group, Keep{})));
  BOOST_TEST(!is_taken(with(Scope::group, Receipt{})));
  BOOST_TEST(!is_taken(with(Scope::group, FileOffer{})));
  BOOST_TEST(!is_taken(with(Scope::group, FileAnswer{})));
  BOOST_TEST(!is_taken(with(Scope::group, FileDone{})));
  BOOST_TEST(!is_taken(with(Scope::group, FileCancel{})));
  auto bytes = encode_content(with(Scope::direct, Text{}));
  bytes[1] = 2;   // no such scope
  BOOST_TEST(!decode_content(bytes));
}

BOOST_AUTO_TEST_CASE(F12_P10_a_file_is_at_most_two_to_the_44_bytes) {
  const auto offer_of = [](std::uint64_t size) {
    FileOffer offer;
    offer.size = size;
    return with(Scope::direct, std::move(offer));
  };
  BOOST_TEST(is_taken(offer_of(0)));
  BOOST_TEST(is_taken(offer_of(std::uint64_t{1} << 44U)));
  for (const std::uint64_t size :
       {(std::uint64_t{1} << 44U) + 1, std::uint64_t{1} << 63U, std::numeric_limits<std::uint64_t>::max()})
    BOOST_TEST(!is_taken(offer_of(size)), size);
}

BOOST_AUTO_TEST_CASE(P01_a_text_is_taken_up_to_its_bound_and_not_beyond) {
  const auto text_of = [](std::uint16_t length, std::size_t there) {
    auto bytes = encode_content(with(Scope::group, Text{}));
    bytes.resize(bytes.size() - 2);
    append_be(bytes, length);
    bytes.resize(bytes.size() + there, 'x');
    return bytes;
  };
  BOOST_TEST(decode_content(text_of(0, 0)).has_value());
  BOOST_TEST(decode_content(text_of(16'384, 16'384)).has_value());
  BOOST_TEST(!decode_content(text_of(16'385, 16'385)));
  BOOST_TEST(!decode_content(text_of(65'535, 65'535)));
  BOOST_TEST(!decode_content(text_of(65'535, 10)));
}

BOOST_AUTO_TEST_CASE(P04_a_receipt_names_up_to_255_single_numbers) {
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{255}}) {
    Receipt receipt;
    receipt.beyond->resize(count, 7);
    const auto back = decode_content(encode_content(with(Scope::direct, std::move(receipt))));
    BOOST_REQUIRE(back);
    BOOST_TEST(std::get<Receipt>(back->body).beyond->size() == count);
  }
}

BOOST_AUTO_TEST_CASE(P01_names_and_notes_of_files_are_taken_up_to_200_bytes) {
  for (const std::size_t length : {std::size_t{200}, std::size_t{201}, std::size_t{255}}) {
    auto bytes = encode_content(with(Scope::direct, FileOffer{}));
    bytes.resize(bytes.size() - 2);   // both lengths
    append_be(bytes, static_cast<std::uint8_t>(length));
    bytes.resize(bytes.size() + length, 'x');
    bytes.push_back(0);
    BOOST_TEST(decode_content(bytes).has_value() == (length <= 200), length);
    bytes.resize(bytes.size() - length - 2);
    bytes.push_back(0);
    append_be(bytes, static_cast<std::uint8_t>(length));
    bytes.resize(bytes.size() + length, 'x');
    BOOST_TEST(decode_content(bytes).has_value() == (length <= 200), length);
  }
}

BOOST_AUTO_TEST_CASE(P10_sequence_numbers_and_times_may_be_anything) {
  for (const std::uint64_t number :
       {std::uint64_t{0}, std::uint64_t{1} << 63U, std::numeric_limits<std::uint64_t>::max()}) {
    auto content = with(Scope::group, Text{});
    content.header.seq = content.header.sent_ms = number;
    const auto back = decode_content(encode_content(content));
    BOOST_REQUIRE(back);
    BOOST_TEST(back->header.seq == number);
    BOOST_TEST(back->header.sent_ms == number);
  }
}

BOOST_AUTO_TEST_CASE(confirmations_are_not_themselves_confirmed) {
  BOOST_TEST(!is_counted(Keep{}));
  BOOST_TEST(!is_counted(Receipt{}));
  BOOST_TEST(is_counted(Text{}));
  BOOST_TEST(is_counted(FileOffer{}));
  BOOST_TEST(is_counted(FileAnswer{}));
  BOOST_TEST(is_counted(FileDone{}));
  BOOST_TEST(is_counted(FileCancel{}));
  BOOST_TEST(is_counted(Leave{}));
}

BOOST_AUTO_TEST_CASE(what_is_said_about_a_message_is_confirmed_and_that_somebody_types_is_not) {
  BOOST_TEST(is_counted(Reply{}));
  BOOST_TEST(is_counted(Reaction{}));
  BOOST_TEST(is_counted(Edit{}));
  BOOST_TEST(is_counted(Delete{}));
  BOOST_TEST(!is_counted(Typing{}));
  for (const auto scope : {Scope::group, Scope::direct}) {
    BOOST_TEST(is_taken(with(scope, Reply{})));
    BOOST_TEST(is_taken(with(scope, Reaction{})));
    BOOST_TEST(is_taken(with(scope, Edit{})));
    BOOST_TEST(is_taken(with(scope, Delete{})));
    BOOST_TEST(is_taken(with(scope, Typing{})));
  }
}

BOOST_AUTO_TEST_CASE(P04_a_member_has_at_most_eight_reactions_to_a_message_of_32_bytes_each) {
  const auto reaction_of = [](std::size_t count, std::size_t length) {
    auto bytes = encode_content(with(Scope::group, Reaction{}));
    bytes.pop_back();   // the count
    append_be(bytes, static_cast<std::uint8_t>(count));
    for (std::size_t i = 0; i < count; ++i) {
      append_be(bytes, static_cast<std::uint8_t>(length));
      bytes.resize(bytes.size() + length, 'x');
    }
    return bytes;
  };
  BOOST_TEST(decode_content(reaction_of(0, 0)).has_value());
  BOOST_TEST(decode_content(reaction_of(8, 32)).has_value());
  BOOST_TEST(!decode_content(reaction_of(9, 1)));
  BOOST_TEST(!decode_content(reaction_of(1, 33)));
  BOOST_TEST(!decode_content(reaction_of(255, 1)));
}

BOOST_AUTO_TEST_SUITE_END()
