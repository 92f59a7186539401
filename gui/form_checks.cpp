// SPDX-License-Identifier: MIT
#include "gui/form_checks.h"

#include "gui/text.h"
#include "netcore/base/secret.h"
#include "netcore/base/unicode.h"

#include <array>

namespace coterie::gui {
namespace {

struct Sentence {
  const char* clause;   // as the engine says it
  const char* text;
};

const std::array sentences{
    Sentence{"the user id is empty", wxTRANSLATE("Type the name by which the others are to see you.")},
    Sentence{"the user id is longer than 32 characters",
             wxTRANSLATE("This user id is too long: use at most 32 characters.")},
    Sentence{"the user id is longer than 64 bytes",
             wxTRANSLATE("This user id is too long: use fewer characters, or simpler ones.")},
    Sentence{"the user id holds an invisible or control character",
             wxTRANSLATE("There is an invisible character in this user id: delete it and type it anew.")},
    Sentence{"the user id begins or ends with a space",
             wxTRANSLATE("Delete the space at the beginning or end of this user id.")},
    Sentence{"the user id holds unusual or doubled spaces",
             wxTRANSLATE("Use one ordinary space between the words of a user id.")},
    Sentence{"the group name is empty",
             wxTRANSLATE("Type the name of the group, or think of one if you are the first.")},
    Sentence{
        "the group name is longer than 64 bytes",
        wxTRANSLATE("This group name is too long: use at most 64 letters, or 32 of most scripts other than Latin.")},
    Sentence{"the group name holds an invisible or control character",
             wxTRANSLATE("There is an invisible character in this group name: delete it and type it anew.")},
    Sentence{"the group name begins or ends with a space",
             wxTRANSLATE("Delete the space at the beginning or end of this group name.")},
    Sentence{"the group name holds unusual or doubled spaces",
             wxTRANSLATE("Use one ordinary space between the words of a group name.")},
    Sentence{"the password is shorter than 8 characters",
             wxTRANSLATE("A password has at least 8 characters; several words are best.")},
    Sentence{
        "the password is longer than 128 bytes",
        wxTRANSLATE("This password is too long: use at most 128 letters, or 64 of most scripts other than Latin.")},
};

wxString sentence_of(const Error& error) {
  for (const auto& known : sentences)
    if (error.detail == known.clause) return wxGetTranslation(wxString::FromUTF8(known.text));
  return explain_wx(error);
}

Checked checked(Result<std::string> result) {
  if (!result) return {{}, sentence_of(result.error())};
  return {std::move(*result), {}};
}

}   // namespace

Checked check_user_id(const wxString& typed) { return checked(parse_user_id(to_utf8(typed))); }
Checked check_group_name(const wxString& typed) { return checked(parse_group_name(to_utf8(typed))); }

wxString password_trouble(std::string_view typed) {
  auto normalised = parse_password(typed);
  if (!normalised) return sentence_of(normalised.error());
  SecretBytes::take(*normalised);
  return {};
}

}   // namespace coterie::gui
