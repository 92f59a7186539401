// SPDX-License-Identifier: MIT
#include "netcore/crypto/chain.h"

#include "netcore/crypto/kdf.h"

namespace coterie::crypto {
namespace {

template <class Purpose>
Key<Purpose> derive_step(const ChainKey& chain, std::uint8_t step) {
  auto mac = hmac_sha256(chain.view(), {&step, 1});
  auto key = Key<Purpose>::from(mac);
  wipe(mac.data(), mac.size());
  return key;
}

MessageKey message_key(const ChainKey& chain) { return derive_step<MessagePurpose>(chain, 0x01); }
ChainKey next_chain_key(const ChainKey& chain) { return derive_step<ChainPurpose>(chain, 0x02); }

}   // namespace

Result<SendChain::Step> SendChain::advance() {
  if (next_ >= max_chain_index) return fail(Errc::no_session, "the session is used up and is being renewed");
  Step step{next_, message_key(key_)};
  key_ = next_chain_key(key_);
  ++next_;
  return step;
}

Result<ReceiveChain::Advance> ReceiveChain::step_to(std::uint32_t index) const {
  if (index < next_) return fail(Errc::replay);
  if (index >= max_chain_index || index - next_ > max_chain_jump)
    return fail(Errc::too_large, "the message is too far ahead of the last one");
  Advance advance;
  advance.skipped.reserve(index - next_);
  advance.next_key = key_.copy();
  for (auto at = next_; at < index; ++at) {
    advance.skipped.push_back({at, message_key(advance.next_key)});
    advance.next_key = next_chain_key(advance.next_key);
  }
  advance.key = message_key(advance.next_key);
  advance.next_key = next_chain_key(advance.next_key);
  advance.next = index + 1;
  return advance;
}

}   // namespace coterie::crypto
