// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include <cctype>
#include <set>

#include "netcore/base/result.h"

using namespace coterie;

BOOST_AUTO_TEST_SUITE(result)

BOOST_AUTO_TEST_CASE(every_error_has_a_name_and_a_sentence_of_its_own) {
  std::set<std::string> names;
  std::set<std::string> sentences;
  // in_use is the last of the list.
  for (int code = 0; code <= static_cast<int>(Errc::in_use); ++code) {
    const auto error = static_cast<Errc>(code);
    const auto name = name_of(error);
    BOOST_TEST(names.insert(std::string(name)).second, name << " is there twice");
    for (const char c : name) BOOST_TEST((std::islower(static_cast<unsigned char>(c)) != 0 || c == '_'), name);
    const auto sentence = explain({error, {}});
    BOOST_TEST(sentences.insert(sentence).second, sentence << " is there twice");
    BOOST_TEST(std::isupper(static_cast<unsigned char>(sentence.front())) != 0, sentence);
    BOOST_TEST(sentence.ends_with('.'), sentence);
    BOOST_TEST(sentence.find(". ") != std::string::npos, "what happened, and what to do next: " << sentence);
  }
  BOOST_TEST(name_of(Errc::wrong_password) == "wrong_password");
}

BOOST_AUTO_TEST_CASE(the_detail_is_woven_in) {
  BOOST_TEST(explain({Errc::permission_denied, "/home/a/key"}) ==
             "Permission denied: /home/a/key. Check the permissions of the file or folder.");
}

BOOST_AUTO_TEST_CASE(a_detail_that_only_repeats_the_sentence_is_left_out) {
  BOOST_TEST(explain({Errc::shutting_down, "the relay is shutting down"}) == explain({Errc::shutting_down, {}}));
}

BOOST_AUTO_TEST_CASE(who_ends_with_an_error_promises_no_further_try) {
  for (int code = 0; code <= static_cast<int>(Errc::in_use); ++code) {
    const auto sentence = explain_end({static_cast<Errc>(code), {}});
    BOOST_TEST(sentence.find("is tried again by itself") == std::string::npos, sentence);
    BOOST_TEST(sentence.find("t is tried again") == std::string::npos, sentence);
  }
  BOOST_TEST(explain_end({Errc::unreachable, "here"}) == explain({Errc::unreachable, "here"}));
}

BOOST_AUTO_TEST_CASE(where_nothing_is_kept_nothing_is_promised) {
  for (const auto code : {Errc::server_lost, Errc::not_classic, Errc::cut_off, Errc::server_refused})
    for (const auto& sentence : {explain({code, {}}), explain_end({code, {}})}) {
      BOOST_TEST(sentence.find("nothing is lost") == std::string::npos, sentence);
      BOOST_TEST(sentence.find("is kept") == std::string::npos, sentence);
    }
  BOOST_TEST(explain({Errc::cut_off, {}}).find("tried again") == std::string::npos);
  BOOST_TEST(explain({Errc::server_refused, "go away"}) ==
             "The server refused: go away. Whoever runs it can say more.");
}

BOOST_AUTO_TEST_CASE(errors_are_compared_by_their_code) {
  BOOST_TEST((Error{Errc::replay, "a"} == Error{Errc::replay, "b"}));
  BOOST_TEST(!(Error{Errc::replay, "a"} == Error{Errc::malformed, "a"}));
}

BOOST_AUTO_TEST_CASE(a_failure_is_returned_and_a_value_too) {
  const auto half = [](int n) -> Result<int> {
    if (n % 2 != 0) return fail(Errc::invalid_argument, "odd");
    return n / 2;
  };
  BOOST_TEST(half(8).value() == 4);
  BOOST_TEST((half(7).error().code == Errc::invalid_argument));
  BOOST_TEST(half(7).error().detail == "odd");
}

BOOST_AUTO_TEST_SUITE_END()
