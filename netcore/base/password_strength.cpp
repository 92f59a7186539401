// SPDX-License-Identifier: MIT
#include "netcore/base/password_strength.h"

#include <zxcvbn.h>

#include <string>

#include "netcore/base/secret.h"

namespace coterie {

int password_score(std::string_view password) {
  std::string text(password);
  const double bits = ZxcvbnMatch(text.c_str(), nullptr, nullptr);
  wipe(text.data(), text.size());
  // zxcvbn's own borders: 10^3, 10^6, 10^8 and 10^10 guesses.
  constexpr double bits_per_digit = 3.3219280948873623;
  int score = 0;
  for (const double digits : {3.0, 6.0, 8.0, 10.0})
    if (bits >= digits * bits_per_digit) ++score;
  return score;
}

}   // namespace coterie
