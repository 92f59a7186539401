// SPDX-License-Identifier: MIT
#include "gui/model/contrast.h"

#include <boost/test/unit_test.hpp>

using namespace coterie::gui;

namespace {

constexpr Rgb black{};
constexpr Rgb white{255, 255, 255};

}   // namespace

BOOST_AUTO_TEST_SUITE(contrast)

BOOST_AUTO_TEST_CASE(is_measured_as_the_guidelines_for_accessibility_measure_it) {
  BOOST_TEST(contrast_of(black, white) == 21, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(contrast_of(white, white) == 1, boost::test_tools::tolerance(1e-9));
  // The grey that is known as the lightest one for text on white.
  BOOST_TEST(contrast_of({0x76, 0x76, 0x76}, white) >= readable);
  BOOST_TEST(contrast_of({0x77, 0x77, 0x77}, white) < readable);
}

BOOST_AUTO_TEST_CASE(the_fainter_line_of_what_is_chosen_is_read_on_every_usual_colour_of_selections) {
  constexpr int faint = 217;
  // Adwaita light and dark, and themes with light selections under black letters.
  for (const auto& [ground, ink] : {std::pair<Rgb, Rgb>{{0x35, 0x84, 0xe4}, white},
                                    {{0x15, 0x53, 0x9e}, white},
                                    {{0xe9, 0x54, 0x20}, white},
                                    {{0xff, 0xff, 0xff}, white},
                                    {{0x8a, 0xb4, 0xf8}, black},
                                    {{0x30, 0x30, 0x30}, black}}) {
    const auto found = readable_ground(ground, ink, faint);
    BOOST_TEST(contrast_of(found, mixed(found, ink, faint)) >= readable);
  }
}

BOOST_AUTO_TEST_CASE(a_ground_that_is_good_enough_stays_as_the_system_has_it) {
  const Rgb blue{0x15, 0x53, 0x9e};
  BOOST_TEST((readable_ground(blue, white) == blue));
}

BOOST_AUTO_TEST_SUITE_END()
