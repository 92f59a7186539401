// SPDX-License-Identifier: MIT
#include "gui/model/copied_text.h"

#include "gui/model/format.h"
#include "gui/model/shown.h"

namespace coterie::gui {

void CopiedText::add(const event::Message& message) {
  add(message, message.deleted ? words_.deleted : shown_text(message));
}

// Days stand where the list has them: by when messages arrived.
void CopiedText::add(const event::Message& message, std::string_view part) {
  const auto day = local_day(message.arrived_ms);
  if (day_ != day) {
    if (day_) text_ += '\n';
    text_ += words_.date(message.arrived_ms);
    text_ += '\n';
  }
  day_ = day;
  text_ += '[';
  if (local_day(message.sent_ms) != day) text_ += words_.date(message.sent_ms) + ", ";
  text_ += words_.time(message.sent_ms);
  text_ += "] ";
  text_ += message.from;
  text_ += ": ";
  text_ += part;
  text_ += '\n';
  ++count_;
}

}   // namespace coterie::gui
