// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include "netcore/base/digest.h"
#include "netcore/base/unicode.h"
#include "netcore/crypto/group_secret.h"
#include "support.h"

using namespace coterie;
using namespace coterie::crypto;

BOOST_AUTO_TEST_SUITE(group_secret)

BOOST_AUTO_TEST_CASE(the_secret_depends_on_the_name_and_on_the_password) {
  const auto secret = [](std::string_view name, std::string_view password) {
    return to_hex(stretch_password(name, as_bytes(password)).view());
  };
  const auto base = secret("garden-club", "correct horse");
  BOOST_TEST(secret("garden-club", "correct horse") == base);
  BOOST_TEST(secret("garden-clua", "correct horse") != base);
  BOOST_TEST(secret("garden-club", "correct horsf") != base);
}

BOOST_AUTO_TEST_CASE(the_tag_is_a_labelled_hash_of_the_name_alone) {
  BOOST_TEST(group_tag("garden-club").hex() ==
             sha256(concat({as_bytes("coterie group v1"), Bytes{0}, as_bytes("garden-club")})).hex());
  BOOST_TEST((group_tag("a") != group_tag("b")));
}

BOOST_AUTO_TEST_CASE(the_password_may_hold_any_utf8) {
  const auto password = parse_password("gr\xC3\xBC\xC3\x9F Gott 12").value();
  const auto decomposed = parse_password("gru\xCC\x88\xC3\x9F Gott 12").value();
  BOOST_TEST(to_hex(stretch_password("g", as_bytes(password)).view()) ==
             to_hex(stretch_password("g", as_bytes(decomposed)).view()));
}

BOOST_AUTO_TEST_CASE(a_handle_belongs_to_one_group_and_one_folded_user_id) {
  const auto group = group_tag("garden-club");
  BOOST_TEST((user_handle(group, casefold("Alice").value()) == user_handle(group, casefold("aLICE").value())));
  BOOST_TEST((user_handle(group, "alice") != user_handle(group, "alicf")));
  BOOST_TEST((user_handle(group, "alice") != user_handle(group_tag("other"), "alice")));
  BOOST_TEST(user_handle(group, "alice").hex() ==
             labelled_hash("coterie user v1", {group.view(), as_bytes("alice")}).hex().substr(0, 32));
}

BOOST_AUTO_TEST_SUITE_END()
