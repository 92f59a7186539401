// SPDX-License-Identifier: MIT
// The two symmetric chains of a pair session (protocol.md S6): each step gives one message key and forgets how.
//   mk_i = HMAC(CK_i, 0x01)    CK_i+1 = HMAC(CK_i, 0x02)    i from 0; from 2^31 on nothing is sent
#pragma once

#include "netcore/base/result.h"
#include "netcore/base/secret.h"

namespace coterie::crypto {

struct ChainPurpose;
struct MessagePurpose;
using ChainKey = Key<ChainPurpose>;
using MessageKey = Key<MessagePurpose>;

constexpr std::uint32_t max_chain_index = std::uint32_t{1} << 31U;
constexpr std::uint32_t max_chain_jump = 1000;   // index - next beyond this is refused

class SendChain {
 public:
  SendChain(ChainKey key, std::uint32_t next) : key_(std::move(key)), next_(next) {}

  struct Step {
    std::uint32_t index;
    MessageKey key;
  };
  // Errc::no_session once the chain is used up: refresh the session.
  Result<Step> advance();

  [[nodiscard]] std::uint32_t next() const { return next_; }
  [[nodiscard]] const ChainKey& key() const { return key_; }

 private:
  ChainKey key_;
  std::uint32_t next_;
};

// Works on values, so that nothing is committed before the message opened: step_to() gives the keys and the chain as they
// would be, and the caller stores both in one transaction with the message.
class ReceiveChain {
 public:
  ReceiveChain(ChainKey key, std::uint32_t next) : key_(std::move(key)), next_(next) {}

  struct Skipped {
    std::uint32_t index;
    MessageKey key;
  };
  struct Advance {
    MessageKey key;                 // for `index`
    std::vector<Skipped> skipped;   // for the indexes passed over, to be kept
    ChainKey next_key;
    std::uint32_t next;   // index + 1
  };
  // For index >= next(). Errc::replay below it (the caller looks for a kept skipped key first),
  // Errc::too_large beyond max_chain_jump or max_chain_index.
  [[nodiscard]] Result<Advance> step_to(std::uint32_t index) const;

  [[nodiscard]] std::uint32_t next() const { return next_; }
  [[nodiscard]] const ChainKey& key() const { return key_; }

 private:
  ChainKey key_;
  std::uint32_t next_;
};

}   // namespace coterie::crypto
