// SPDX-License-Identifier: MIT
// Why a notice stands in the attention bar. It is told once, and goes when the cause does, whoever or whatever ended it.
#pragma once

#include "gui/model/group_id.h"

#include <string>

namespace coterie::gui {

class GroupModel;

struct Cause {
  enum class Kind {
    other,            // of the whole program; whoever told it takes it back
    link,             // the relay is tried again by itself
    relay_changed,    // it is not the relay that is known
    failed,           // the engine does not try again by itself
    password,         // members have another one
    no_tries,         // wrong passwords of strangers keep us out for the moment
    look_alike,       // `about` can be taken for another member
    other_password,   // `about` came with another one; empty: a stranger
    identity,         // `about` came with another key
    offers,           // files that `about` offers; the window knows which are open
    transfer,         // `about` (a file's id in hexadecimal) was saved, or cannot go on
    refusal,          // of what the user has just done; holds until something else is tried
    nobody_yet,       // likewise: there was nobody to write to
  };
  Kind kind = Kind::other;
  GroupId group = 0;   // 0: not about one
  std::string about = {};

  Cause(const char* what) : about(what) {}
  Cause(std::string what) : about(std::move(what)) {}
  Cause(Kind of, GroupId in, std::string what = {}) : kind(of), group(in), about(std::move(what)) {}
  friend bool operator==(const Cause&, const Cause&) = default;
};

// `group` as it is now; nullptr when it is not open any more.
[[nodiscard]] bool is_over(const Cause& cause, const GroupModel* group);

}   // namespace coterie::gui
