// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include "netcore/base/password_strength.h"

using namespace coterie;

BOOST_AUTO_TEST_SUITE(password_strength)

BOOST_AUTO_TEST_CASE(what_everybody_uses_is_refused) {
  for (const char* weak : {"", "password", "12345678", "qwertyui", "aaaaaaaaaaaa", "iloveyou", "19900101", "letmein1"})
    BOOST_TEST(password_score(weak) < weakest_allowed_score, weak);
}

BOOST_AUTO_TEST_CASE(what_is_long_and_unlikely_is_allowed) {
  for (const char* strong : {"correct horse battery staple", "v7#Kq2!mZp", "orbit walnut quarry fiddle maple tundra"})
    BOOST_TEST(password_score(strong) >= weakest_allowed_score, strong);
  BOOST_TEST(password_score("orbit walnut quarry fiddle maple tundra") == 4);
}

BOOST_AUTO_TEST_CASE(more_of_it_is_never_weaker) {
  std::string password;
  int last = 0;
  for (const char c : std::string("k9$Tz!4mWq#7")) {
    password.push_back(c);
    const int score = password_score(password);
    BOOST_TEST(score >= last);
    BOOST_TEST(score <= 4);
    last = score;
  }
  BOOST_TEST(last == 4);
}

BOOST_AUTO_TEST_CASE(any_bytes_have_a_score) {
  for (const std::string& text :
       {std::string("\xff\xfe\x80"), std::string(128, 'x'), std::string("пароль123"), std::string("a\0b", 3)}) {
    const int score = password_score(text);
    BOOST_TEST((score >= 0 && score <= 4));
  }
}

BOOST_AUTO_TEST_SUITE_END()
