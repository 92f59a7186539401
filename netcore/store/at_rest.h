// SPDX-License-Identifier: MIT
// How the store seals what must not lie on the disk in the clear: keys, names, message texts. The store knows this face only; the
// session gives it a key from the profile's key store.
#pragma once

#include "netcore/base/result.h"
#include "netcore/base/secret.h"

namespace coterie::store {

class AtRest {
 public:
  virtual ~AtRest() = default;
  // `place` names table and column: a value moved elsewhere does not open.
  [[nodiscard]] virtual Bytes seal(std::string_view place, ByteView plain) const = 0;
  // Errc::database_corrupt.
  [[nodiscard]] virtual Result<SecretBytes> open(std::string_view place, ByteView sealed) const = 0;
};

}   // namespace coterie::store
