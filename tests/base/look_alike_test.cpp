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

BOOST_AUTO_TEST_CASE(signs_of_one_shape_in_one_alphabet_do_not_hide_a_name) {
  BOOST_TEST(are_look_alike("aIice", "alice"));   // capital I
  BOOST_TEST(are_look_alike("a1ice", "alice"));
  BOOST_TEST(are_look_alike("A1ice", "Alice"));
  BOOST_TEST(are_look_alike("a1ice", "aIice"));
  BOOST_TEST(are_look_alike("anna1", "annal"));
  BOOST_TEST(are_look_alike("b0b", "bob"));
  BOOST_TEST(are_look_alike("B0B", "BOB"));
  BOOST_TEST(are_look_alike("ernma", "emma"));
  BOOST_TEST(are_look_alike("аIice", "alice"));   // with a Cyrillic а besides
  BOOST_TEST(are_look_alike("Іda", "lda"));       // Cyrillic І
}

BOOST_AUTO_TEST_CASE(a_capital_is_no_look_alike_of_what_only_its_small_letter_resembles) {
  BOOST_TEST(!are_look_alike("Ian", "Lan"));
  BOOST_TEST(!are_look_alike("Iola", "Lola"));
  BOOST_TEST(!are_look_alike("ian", "Lan"));
  BOOST_TEST(!are_look_alike("ARNO", "AMO"));
}

BOOST_AUTO_TEST_CASE(names_with_numbers_are_told_apart_by_them) {
  BOOST_TEST(!are_look_alike("user1", "user2"));
  BOOST_TEST(!are_look_alike("user1", "user10"));
  BOOST_TEST(!are_look_alike("anna", "anna1"));
  BOOST_TEST(!are_look_alike("room 101", "room 110"));
  BOOST_TEST(!are_look_alike("bob", "bobo"));
  BOOST_TEST(!are_look_alike("rob", "nob"));
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
