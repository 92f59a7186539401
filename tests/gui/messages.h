// SPDX-License-Identifier: MIT
// Messages and pages for the tests of the models.
#pragma once

#include "netcore/session/event.h"

#include <string>

namespace coterie::gui {

constexpr std::int64_t minute = 60'000;

inline event::Message message(std::int64_t row, const std::string& text = "text", const std::string& from = "bob") {
  event::Message made;
  made.row = row;
  made.id.bytes[0] = static_cast<std::uint8_t>(row);
  made.id.bytes[1] = static_cast<std::uint8_t>(row >> 8);
  made.id.bytes[2] = static_cast<std::uint8_t>(row >> 16);
  made.from = from;
  made.text = text;
  made.arrived_ms = 1'700'000'000'000 + row * 1000;
  return made;
}

inline event::Message own(std::int64_t row, std::vector<event::DeliveryTo> deliveries) {
  auto made = message(row, "mine", "alice");
  made.outgoing = true;
  made.deliveries = std::move(deliveries);
  return made;
}

// Rows from `first` to `last`, both with it.
inline event::HistoryPage page(std::int64_t first, std::int64_t last) {
  event::HistoryPage made;
  made.conversation = std::string();
  for (auto row = first; row <= last; ++row) made.messages.push_back(message(row));
  return made;
}

inline FileId file_id(std::uint8_t number) {
  FileId id;
  id.bytes[0] = number;
  return id;
}

}   // namespace coterie::gui
