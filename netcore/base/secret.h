// SPDX-License-Identifier: MIT
// Secrets in memory: wiped when they go, moved but never copied by accident, and without any way to be printed.
#pragma once

#include "netcore/base/bytes.h"

namespace coterie {

// Overwrites memory in a way the optimiser keeps.
void wipe(void* memory, std::size_t size) noexcept;

// A secret of variable length: a password, a serialised key.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(ByteView bytes) : bytes_(bytes.begin(), bytes.end()) {}
  explicit SecretBytes(Bytes&& bytes) noexcept : bytes_(std::move(bytes)) {}
  // Takes a text and wipes the one it came in.
  static SecretBytes take(std::string& text);

  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) { other.bytes_.clear(); }
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { clear(); }

  [[nodiscard]] SecretBytes copy() const { return SecretBytes(view()); }
  [[nodiscard]] ByteView view() const { return bytes_; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  void clear() noexcept;

 private:
  Bytes bytes_;
};

// A 32-byte key for one purpose. `Purpose` is any tag type: a Key<ChainPurpose> is not a Key<FilePurpose>.
template <class Purpose>
class Key {
 public:
  static constexpr std::size_t size = 32;

  Key() = default;
  // `bytes` must hold exactly 32 bytes.
  static Key from(ByteView bytes) {
    Key key;
    std::copy_n(bytes.begin(), std::min(bytes.size(), size), key.bytes_.begin());
    return key;
  }

  Key(Key&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_.data(), size); }
  Key& operator=(Key&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      wipe(other.bytes_.data(), size);
    }
    return *this;
  }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() { wipe(bytes_.data(), size); }

  [[nodiscard]] Key copy() const { return from(view()); }
  [[nodiscard]] ByteView view() const { return bytes_; }
  [[nodiscard]] const std::uint8_t* data() const { return bytes_.data(); }
  // For the function that fills a fresh key.
  [[nodiscard]] std::uint8_t* writable() { return bytes_.data(); }

 private:
  ByteArray<size> bytes_{};
};

}   // namespace coterie
