// SPDX-License-Identifier: MIT
// How well letters of one colour are read on another (contrast ratio of WCAG 2.1, 1.4.3), and grounds on which they are.
#pragma once

#include <cstdint>

namespace coterie::gui {

struct Rgb {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  friend bool operator==(const Rgb&, const Rgb&) = default;
};

constexpr double readable = 4.5;   // WCAG AA, for text of ordinary size

// From 1, which is nothing to be seen, to 21.
double contrast_of(Rgb one, Rgb other);

// `share` of 255 of the second colour over the first.
Rgb mixed(Rgb under, Rgb over, int share);

// `ground`, or as much nearer to black or white as it takes until also `share` of 255 of `ink` is readable on it.
Rgb readable_ground(Rgb ground, Rgb ink, int share = 255);

}   // namespace coterie::gui
