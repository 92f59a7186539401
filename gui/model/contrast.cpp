// SPDX-License-Identifier: MIT
#include "gui/model/contrast.h"

#include <algorithm>
#include <cmath>

namespace coterie::gui {
namespace {

constexpr Rgb black{};
constexpr Rgb white{255, 255, 255};

// Relative luminance, as WCAG 2.1 defines it: 0 is black, 1 is white.
double luminance(Rgb colour) {
  const auto linear = [](std::uint8_t channel) {
    const double part = channel / 255.0;
    return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
}

}   // namespace

double contrast_of(Rgb one, Rgb other) {
  const auto [darker, lighter] = std::minmax({luminance(one), luminance(other)});
  return (lighter + 0.05) / (darker + 0.05);
}

Rgb mixed(Rgb under, Rgb over, int share) {
  const auto channel = [&](int below, int above) {
    return static_cast<std::uint8_t>((below * (255 - share) + above * share) / 255);
  };
  return {channel(under.red, over.red), channel(under.green, over.green), channel(under.blue, over.blue)};
}

Rgb readable_ground(Rgb ground, Rgb ink, int share) {
  const auto away = contrast_of(ink, black) > contrast_of(ink, white) ? black : white;
  auto found = ground;
  for (int part = 0; part <= 255; ++part) {
    found = mixed(ground, away, part);
    if (contrast_of(found, mixed(found, ink, share)) >= readable) break;
  }
  return found;
}

}   // namespace coterie::gui
