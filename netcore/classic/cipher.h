// SPDX-License-Identifier: MIT
// What the educational prototype calls encryption (protocol.md S13): XOR with SHA-256 of the password, the same 32 bytes again and
// again. It hides nothing from whoever has seen one text, and the server is told the key by name. Kept for compatibility alone.
#pragma once

#include "netcore/base/bytes.h"
#include "netcore/base/result.h"
#include "netcore/base/secret.h"

namespace coterie::classic {

class Cipher {
 public:
  // The bytes of the password as they were typed: the prototype does not normalise them.
  explicit Cipher(ByteView password);

  // In place, from that place of the stream on; twice is not at all.
  void apply(MutableByteView bytes, std::uint64_t offset) const;

  // base64 of the text under the cipher, as texts and file names travel.
  [[nodiscard]] std::string seal_text(std::string_view text) const;
  // Errc::crypto_failure for what is not base64 or no UTF-8 afterwards: in all likelihood made with another password.
  [[nodiscard]] Result<std::string> open_text(std::string_view sealed) const;

  // What GROUP names: the key itself, in hexadecimal.
  [[nodiscard]] std::string group() const;

 private:
  struct ClassicPurpose;
  Key<ClassicPurpose> key_;
};

}   // namespace coterie::classic
