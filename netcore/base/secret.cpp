// SPDX-License-Identifier: MIT
#include "netcore/base/secret.h"

namespace coterie {

void wipe(void* memory, std::size_t size) noexcept {
  auto* bytes = static_cast<volatile std::uint8_t*>(memory);
  while (size-- > 0) *bytes++ = 0;
}

SecretBytes SecretBytes::take(std::string& text) {
  SecretBytes secret(as_bytes(text));
  wipe(text.data(), text.size());
  text.clear();
  return secret;
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    clear();
    bytes_ = std::move(other.bytes_);
    other.bytes_.clear();
  }
  return *this;
}

void SecretBytes::clear() noexcept {
  wipe(bytes_.data(), bytes_.size());
  bytes_.clear();
}

}   // namespace coterie
