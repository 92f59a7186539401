// SPDX-License-Identifier: MIT
#include "gui/model/input_trouble.h"

#include "gui/model/invite.h"
#include "netcore/base/unicode.h"

#include <boost/test/unit_test.hpp>

using namespace coterie;
using namespace coterie::gui;

namespace {

template <class Value>
void check_is_known(const Result<Value>& typed) {
  BOOST_REQUIRE(!typed.has_value());
  BOOST_TEST((typed.error().code == Errc::invalid_argument));
  BOOST_TEST(trouble_of(typed.error().detail).sentence != nullptr, typed.error().detail);
}

FormField field(Errc code, std::string detail = {}) { return field_of(Error{code, std::move(detail)}); }

}   // namespace

BOOST_AUTO_TEST_SUITE(input_trouble)

BOOST_AUTO_TEST_CASE(whatever_is_typed_wrongly_has_a_sentence_that_tells_how_to_mend_it) {
  for (const std::string& wrong :
       {std::string(), std::string(33, 'x'), std::string("a\x01b"), std::string(" a"), std::string("a  b")})
    check_is_known(parse_user_id(wrong));
  for (const std::string& wrong :
       {std::string(), std::string(65, 'x'), std::string("a\x01b"), std::string("a "), std::string("a  b")})
    check_is_known(parse_group_name(wrong));
  for (const std::string& wrong : {std::string("short"), std::string(129, 'x')}) check_is_known(parse_password(wrong));
  check_is_known(parse_invite("coterie://"));
}

BOOST_AUTO_TEST_CASE(a_name_in_the_reason_is_told_apart_from_the_words_around_it) {
  const auto trouble = trouble_of(
      "this is the password of your group 100 %s, and more, and classic mode would tell it to the server "
      "and to whoever listens; choose another one for classic mode");
  BOOST_REQUIRE(trouble.sentence != nullptr);
  BOOST_TEST(std::string(trouble.sentence).starts_with("This is the password of your group %s,"));
  BOOST_TEST(trouble.about == "100 %s, and more");
}

BOOST_AUTO_TEST_CASE(a_reason_that_nobody_foresaw_is_a_sentence_all_the_same) {
  BOOST_TEST(trouble_of("the moon is full").sentence == nullptr);
  BOOST_TEST(as_sentence("the moon is full") == "The moon is full.");
  BOOST_TEST(as_sentence("Why?") == "Why?");
  BOOST_TEST(as_sentence("").empty());
}

BOOST_AUTO_TEST_CASE(who_does_not_get_in_is_led_to_the_field_to_mend) {
  for (const auto code : {Errc::unreachable, Errc::tls_failure, Errc::timed_out, Errc::connection_lost,
                          Errc::not_classic, Errc::server_lost, Errc::unsupported})
    BOOST_TEST((field(code) == FormField::relay));
  BOOST_TEST((field(Errc::user_id_taken) == FormField::user));
  BOOST_TEST((field(Errc::wrong_password) == FormField::password));
  BOOST_TEST((field(Errc::refused) == FormField::access_key));
  BOOST_TEST((field(Errc::disk_full) == FormField::none));
  BOOST_TEST((field(Errc::invalid_argument, "the password is shorter than 8 characters") == FormField::password));
  BOOST_TEST((field(Errc::invalid_argument, "the access key is longer than 64 bytes") == FormField::access_key));
  BOOST_TEST((field(Errc::invalid_argument, "the group name is empty") == FormField::group));
  BOOST_TEST((field(Errc::invalid_argument, "a port is a number from 1 to 65535") == FormField::relay));
  BOOST_TEST((field(Errc::invalid_argument, "in this profile you are password in the group x") == FormField::user));
}

BOOST_AUTO_TEST_SUITE_END()
