// SPDX-License-Identifier: MIT
// Runs of bytes: owned, borrowed, fixed; big-endian loads and stores; hexadecimal.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coterie {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using MutableByteView = std::span<std::uint8_t>;
template <std::size_t N>
using ByteArray = std::array<std::uint8_t, N>;

constexpr std::size_t operator""_KiB(unsigned long long n) { return static_cast<std::size_t>(n) << 10U; }
constexpr std::size_t operator""_MiB(unsigned long long n) { return static_cast<std::size_t>(n) << 20U; }

// The bytes of a text, borrowed.
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// The text made of some bytes, borrowed; says nothing about its encoding.
inline std::string_view as_text(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

inline Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }

inline void append(Bytes& to, ByteView what) { to.insert(to.end(), what.begin(), what.end()); }

// Joins parts in order.
inline Bytes concat(std::initializer_list<ByteView> parts) {
  std::size_t size = 0;
  for (auto part : parts) size += part.size();
  Bytes joined;
  joined.reserve(size);
  for (auto part : parts) append(joined, part);
  return joined;
}

// Writes `value` as sizeof(T) bytes, most significant first.
template <std::unsigned_integral T>
constexpr void store_be(std::uint8_t* to, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    to[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * (sizeof(T) - 1 - i)));
}

// Reads sizeof(T) bytes, most significant first.
template <std::unsigned_integral T>
constexpr T load_be(const std::uint8_t* from) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value = (value << 8U) | from[i];
  return static_cast<T>(value);
}

template <std::unsigned_integral T>
void append_be(Bytes& to, T value) {
  ByteArray<sizeof(T)> bytes{};
  store_be(bytes.data(), value);
  append(to, bytes);
}

// Lower-case hexadecimal, two digits a byte.
std::string to_hex(ByteView bytes);

// Accepts either case; nothing for an odd length or another character.
std::optional<Bytes> from_hex(std::string_view hex);

}   // namespace coterie
