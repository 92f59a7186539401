// SPDX-License-Identifier: MIT
#include "gui/copied_words.h"

#include "gui/text.h"

namespace coterie::gui {

CopiedText::Words copied_words() {
  return {.date = [](std::int64_t ms) { return to_utf8(date_name(ms)); },
          .time = [](std::int64_t ms) { return to_utf8(clock_text(ms)); },
          .deleted = to_utf8(_("This message was deleted."))};
}

}   // namespace coterie::gui
