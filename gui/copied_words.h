// SPDX-License-Identifier: MIT
// The words between what is copied, in the user's language.
#pragma once

#include "gui/model/copied_text.h"

namespace coterie::gui {

CopiedText::Words copied_words();

}   // namespace coterie::gui
