// SPDX-License-Identifier: MIT
// SHA-256 and base64, both by Crypto++. Public data only: no end-to-end secret key enters here.
#pragma once

#include <memory>

#include "netcore/base/ids.h"
#include "netcore/base/result.h"

namespace coterie {

// SHA-256 (FIPS 180-4) of bytes that arrive in pieces.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  Sha256& update(ByteView bytes);
  // The digest of everything since construction or the last finish().
  Sha256Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Sha256Digest sha256(ByteView bytes);

// H(L(label) || parts…): the label's ASCII bytes, a zero byte, then the parts (protocol.md S0).
Sha256Digest labelled_hash(std::string_view label, std::initializer_list<ByteView> parts);

// RFC 4648 base64 with padding, without line breaks.
std::string base64_encode(ByteView bytes);
// Standard alphabet; rejects anything that is not canonical padded base64.
Result<Bytes> base64_decode(std::string_view text);

// RFC 4648 base64url without padding, as used in invite links.
std::string base64url_encode(ByteView bytes);
Result<Bytes> base64url_decode(std::string_view text);

}   // namespace coterie
