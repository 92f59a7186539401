// SPDX-License-Identifier: MIT
#include "gui/model/natural_order.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using coterie::gui::comes_naturally_before;

BOOST_AUTO_TEST_SUITE(natural_order)

BOOST_AUTO_TEST_CASE(numbers_go_by_their_value_and_capitals_are_no_other_letters) {
  std::vector<std::string> names{"view10.jpg", "View2.jpg", "view1.jpg", "view.jpg", "view02b.jpg", "view 1.jpg"};
  std::sort(names.begin(), names.end(), [](const auto& one, const auto& other) {
    return comes_naturally_before(std::string_view(one), std::string_view(other));
  });
  const std::vector<std::string> expected{"view 1.jpg", "view.jpg",    "view1.jpg",
                                          "View2.jpg",  "view02b.jpg", "view10.jpg"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_number_may_be_longer_than_any_integer) {
  const std::string small = "n" + std::string(40, '9');
  const std::string large = "n1" + std::string(40, '0');
  BOOST_TEST(comes_naturally_before(std::string_view(small), std::string_view(large)));
  BOOST_TEST(!comes_naturally_before(std::string_view(large), std::string_view(small)));
}

BOOST_AUTO_TEST_CASE(only_what_is_the_same_is_equal) {
  for (const auto& [one, other] :
       {std::pair<std::string_view, std::string_view>{"a1", "a01"}, {"A", "a"}, {"0", "00"}}) {
    BOOST_TEST(comes_naturally_before(one, other) != comes_naturally_before(other, one));
    BOOST_TEST(!comes_naturally_before(one, one));
  }
}

BOOST_AUTO_TEST_CASE(what_lies_in_one_folder_stays_together) {
  namespace fs = std::filesystem;
  BOOST_TEST(comes_naturally_before(fs::path("trip/day 2/z.jpg"), fs::path("trip/day 10/a.jpg")));
  BOOST_TEST(comes_naturally_before(fs::path("trip/a/9.jpg"), fs::path("trip/a b/1.jpg")));
}

BOOST_AUTO_TEST_SUITE_END()
