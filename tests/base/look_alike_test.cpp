// SPDX-License-Identifier: MIT
#include "netcore/base/look_alike.h"

#include <boost/test/unit_test.hpp>

using namespace coterie;

BOOST_AUTO_TEST_SUITE(look_alike)

BOOST_AUTO_TEST_CASE(letters_of_other_alphabets_do_not_hide_a_name) {
  BOOST_TEST(are_look_alike("аlice", "alice"));    // Cyrillic а
  BOOST_TEST(are_look_alike("alicе", "alice"));    // Cyrillic е
  BOOST_TEST(are_look_alike("αlice", "alice"));    // Greek α
  BOOST_TEST(are_look_alike("ВОВ", "BOB"));        // all of it Cyrillic
  BOOST_TEST(are_look_alike("ВОВ", "bob"));        // whatever the case of the other
  BOOST_TEST(are_look_alike("ΝΙΚΟ", "NIKO"));      // all of it Greek
  BOOST_TEST(are_look_alike("оскар", "οскар"));    // Cyrillic о, Greek ο: neither is Latin
  BOOST_TEST(are_look_alike("ａlice", "alice"));   // the wide form
}

BOOST_AUTO_TEST_CASE(the_same_name_is_not_its_own_twin) {
  BOOST_TEST(!are_look_alike("alice", "alice"));
  BOOST_TEST(!are_look_alike("Alice", "aLICE"));
  BOOST_TEST(!are_look_alike("мария", "МАРИЯ"));
}

BOOST_AUTO_TEST_CASE(names_that_look_different_are_different) {
  BOOST_TEST(!are_look_alike("alice", "alina"));
  BOOST_TEST(!are_look_alike("вов", "bob"));   // small в looks like no b
  BOOST_TEST(!are_look_alike("علی", "ali"));
  BOOST_TEST(!are_look_alike("jose", "josé"));
  BOOST_TEST(!are_look_alike("\xff", "\xfe"));
}

BOOST_AUTO_TEST_CASE(one_alphabet_is_no_mixture) {
  for (const char* name : {"alice", "Мария", "Νίκος", "علی", "小林", "bob-2", "josé", "a÷b", ""})
    BOOST_TEST(!mixes_alphabets(name), name);
  BOOST_TEST(mixes_alphabets("аlice"));
  BOOST_TEST(mixes_alphabets("αlice"));
  BOOST_TEST(mixes_alphabets("οскар"));
  BOOST_TEST(!mixes_alphabets("小林 bob"));   // people do write so, and nothing is hidden by it
}

BOOST_AUTO_TEST_SUITE_END()
