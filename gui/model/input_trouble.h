// SPDX-License-Identifier: MIT
// What is wrong with something that was typed: the field of the form where it can be mended, and a sentence that tells how.
#pragma once

#include "netcore/base/result.h"

#include <string>
#include <string_view>

namespace coterie::gui {

enum class FormField { relay, user, group, password, access_key, none };

// Where somebody who wants to join begins to mend.
FormField field_of(const Error& error);

struct InputTrouble {
  const char* sentence =
      nullptr;         // in English, for the catalogues; with %s where `about` belongs. Null: not known here
  std::string about;   // a name out of the clause
};

// Of the clause of an Errc::invalid_argument, as the engines word it.
InputTrouble trouble_of(std::string_view clause);
// Any other clause made a sentence: "this is so" is "This is so."
std::string as_sentence(std::string_view clause);

}   // namespace coterie::gui
