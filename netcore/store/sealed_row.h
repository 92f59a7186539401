// SPDX-License-Identifier: MIT
// The sealed part of a row: its fields one after the other, bound to the row's clear part.
#pragma once

#include <optional>
#include <string>

#include "netcore/base/ids.h"
#include "netcore/store/at_rest.h"
#include "netcore/store/database.h"

namespace coterie::store {

// Where a sealed value belongs: its table, and the clear values beside it, so that neither can change without the other.
class Place {
 public:
  template <class... T>
  explicit Place(std::string_view table, const T&... clear) : text_(table) {
    (add(clear), ...);
  }
  [[nodiscard]] std::string_view view() const { return text_; }

 private:
  void add(ByteView bytes) { text_.append(as_text(bytes)); }
  template <class Tag, std::size_t N>
  void add(const Id<Tag, N>& id) {
    add(id.view());
  }
  template <std::integral T>
  void add(T value) {
    ByteArray<8> bytes{};
    store_be(bytes.data(), static_cast<std::uint64_t>(value));
    add(ByteView(bytes));
  }
  template <class T>
  void add(const std::optional<T>& value) {
    text_.push_back(value ? '+' : '-');
    if (value) add(*value);
  }

  std::string text_;
};

// Puts fields together; wipes what it held.
class Packer {
 public:
  explicit Packer(std::size_t expected = 512) { bytes_.reserve(expected); }
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;
  ~Packer() { wipe(bytes_.data(), bytes_.size()); }

  Packer& number(std::uint64_t value);
  Packer& bytes(ByteView value);
  Packer& text(std::string_view value) { return bytes(as_bytes(value)); }
  [[nodiscard]] ByteView view() const { return bytes_; }

 private:
  void append_wiping(ByteView value);
  Bytes bytes_;
};

// Takes the fields apart again, in the same order. Throws Failure (database_corrupt) for anything that does not fit.
class Unpacker {
 public:
  explicit Unpacker(SecretBytes packed) : packed_(std::move(packed)), left_(packed_.view()) {}

  std::uint64_t number();
  template <class T>
  T number_as(std::uint64_t max) {
    const auto value = number();
    if (value > max) damaged();
    return static_cast<T>(value);
  }
  bool flag() { return number_as<bool>(1); }
  ByteView bytes();
  SecretBytes secret() { return SecretBytes(bytes()); }
  std::string text() { return std::string(as_text(bytes())); }
  template <class IdType>
  IdType id() {
    const auto value = bytes();
    if (value.size() != IdType::size) damaged();
    return IdType::from(value);
  }
  // Whether anything is left: rows of an earlier version end before what was added since.
  [[nodiscard]] bool at_end() const { return left_.empty(); }
  // Everything must have been taken.
  void finish() const;
  [[noreturn]] static void damaged();

 private:
  ByteView take(std::size_t n);
  SecretBytes packed_;
  ByteView left_;
};

}   // namespace coterie::store
