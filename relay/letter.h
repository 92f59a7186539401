// SPDX-License-Identifier: MIT
// One envelope on its way to one recipient: what of it has to be kept until the recipient has it.
#pragma once

#include "netcore/base/ids.h"
#include "netcore/io/connection.h"
#include "netcore/wire/control.h"

namespace coterie::relay {

struct Letter {
  MemberId sender;
  MessageId message;
  SessionId session;
  std::uint32_t index = 0;
  ByteArray<48> wrap{};
  io::SharedBytes body;   // nothing: it is not to be kept

  // As append_receive_head() wants it.
  [[nodiscard]] control::Recipient as_recipient(const MemberId& member) const {
    return {.member = member, .drop_cap = {}, .session = session, .index = index, .wrap = wrap};
  }
};

}   // namespace coterie::relay
