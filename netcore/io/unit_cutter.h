// SPDX-License-Identifier: MIT
// Cuts a stream of bytes into units, wherever it was split on the way. What it holds grows with the bytes that came, never with
// a length that was announced.
#pragma once

#include <cassert>
#include <utility>

#include "netcore/base/bytes.h"
#include "netcore/base/result.h"

namespace coterie::io {

class UnitCutter {
 public:
  // Takes `fresh`, the next bytes of the stream, and gives `deliver(unit)` one whole unit after another, until it returns
  // false; what was not delivered then stays here. `unit_size(head)` as in Connection::UnitSize. Not to be called from
  // `deliver`. After an error nothing more can be cut.
  template <class UnitSize, class Deliver>
  Status cut(ByteView fresh, const UnitSize& unit_size, Deliver deliver) {
    const bool was_stopped = stopped();
    if (was_stopped) {
      append(rest_, fresh);
      fresh = ByteView(rest_).subspan(rest_begin_);
    }
    bool more = true;
    if (!begun_.empty()) {
      const auto size = complete_begun(fresh, unit_size);
      if (!size) return tl::unexpected(size.error());
      if (*size == 0) return {};
      const auto unit = std::exchange(begun_, {});
      more = deliver(ByteView(unit));
    }
    while (more && !fresh.empty()) {
      const auto size = unit_size(fresh);
      if (!size) return tl::unexpected(size.error());
      if (*size == 0 || *size > fresh.size()) {
        begun_.assign(fresh.begin(), fresh.end());
        fresh = {};
        break;
      }
      more = deliver(fresh.first(*size));
      fresh = fresh.subspan(*size);
    }
    if (fresh.empty()) {
      rest_ = {};
      rest_begin_ = 0;
    } else if (was_stopped) {
      rest_begin_ = rest_.size() - fresh.size();
    } else {
      rest_.assign(fresh.begin(), fresh.end());
    }
    return {};
  }

  // Delivery was stopped and there are bytes not looked at: call cut() with nothing fresh to go on.
  [[nodiscard]] bool stopped() const { return !rest_.empty(); }

 private:
  // Moves from `fresh` what the unit begun lacks. 0: `fresh` was not enough.
  template <class UnitSize>
  Result<std::size_t> complete_begun(ByteView& fresh, const UnitSize& unit_size) {
    for (;;) {
      const auto size = unit_size(ByteView(begun_));
      if (!size) return size;
      assert(*size == 0 || *size >= begun_.size());
      if (*size != 0 && *size == begun_.size()) return size;
      if (fresh.empty()) return 0;
      // While the size is not known yet, bytes are taken one by one: they may belong to the next unit.
      const auto lacks = *size == 0 ? 1 : *size - begun_.size();
      const auto taken = fresh.first(std::min(lacks, fresh.size()));
      append(begun_, taken);
      fresh = fresh.subspan(taken.size());
    }
  }

  Bytes begun_;   // of one unit, not whole yet
  Bytes rest_;    // from rest_begin_ on: bytes behind the unit where delivery was stopped
  std::size_t rest_begin_ = 0;
};

}   // namespace coterie::io
