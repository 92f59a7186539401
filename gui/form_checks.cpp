// SPDX-License-Identifier: MIT
#include "gui/form_checks.h"

#include "gui/text.h"
#include "netcore/base/secret.h"
#include "netcore/base/unicode.h"

namespace coterie::gui {
namespace {

Checked checked(Result<std::string> result) {
  if (!result) return {{}, explain_wx(result.error())};
  return {std::move(*result), {}};
}

}   // namespace

Checked check_user_id(const wxString& typed) { return checked(parse_user_id(to_utf8(typed))); }
Checked check_group_name(const wxString& typed) { return checked(parse_group_name(to_utf8(typed))); }

wxString password_trouble(std::string_view typed) {
  auto normalised = parse_password(typed);
  if (!normalised) return explain_wx(normalised.error());
  SecretBytes::take(*normalised);
  return {};
}

}   // namespace coterie::gui
