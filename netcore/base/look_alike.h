// SPDX-License-Identifier: MIT
// Names that are different to a program and the same to the eye: Latin, Cyrillic and Greek have letters of one shape, and so has Latin
// in itself (I, l and 1; O and 0; rn and m). Only these three alphabets; other pairs are left to the reader.
#pragma once

#include <string>
#include <string_view>

namespace coterie {

// The name with every letter replaced by the Latin one of the same shape, where there is one, and case folded. Of valid UTF-8; anything
// else comes back as it is.
std::string shape_of(std::string_view name);

// The same, of the name as it is written: capital I, small l and 1 are one sign, O and 0 are, rn and m are.
std::string outline_of(std::string_view name);

// Different names, also when case is folded, of the same shape or the same outline.
bool are_look_alike(std::string_view a, std::string_view b);

// Letters of more than one of the three alphabets in one name.
bool mixes_alphabets(std::string_view name);

}   // namespace coterie
