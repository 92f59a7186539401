// SPDX-License-Identifier: MIT
// Random values of every wire struct, made from its `fields`, and comparison by the same list. Tests draw from a seed,
// fuzzers from their input.
#pragma once

#include <random>

#include "netcore/wire/codec.h"

namespace coterie::test {

// The same numbers for the same seed, everywhere.
class SeededSource {
 public:
  explicit SeededSource(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t number() { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

// Numbers from a fuzzer's input; zeros when it is used up.
class ByteSource {
 public:
  explicit ByteSource(ByteView input) : left_(input) {}
  std::uint64_t number() {
    std::uint64_t value = 0;
    const auto count = std::min<std::size_t>(left_.size(), 8);
    for (auto byte : left_.first(count)) value = (value << 8U) | byte;
    left_ = left_.subspan(count);
    return value;
  }
  [[nodiscard]] bool empty() const { return left_.empty(); }

 private:
  ByteView left_;
};

template <class Source>
std::uint64_t below(Source& source, std::uint64_t bound) {
  return source.number() % bound;
}

// One in three is a border case: nothing, one, the sign, all there is.
template <std::unsigned_integral T, class Source>
T any_integer(Source& source) {
  constexpr T max = std::numeric_limits<T>::max();
  constexpr T borders[] = {0, 1, static_cast<T>(max / 2), static_cast<T>(max / 2 + 1), static_cast<T>(max - 1), max};
  if (below(source, 3) == 0) return borders[below(source, std::size(borders))];
  return static_cast<T>(source.number());
}

// Mostly short; sometimes none, all there may be, or one less.
template <class Source>
std::size_t any_size(Source& source, std::size_t max) {
  switch (below(source, 16)) {
    case 0: return 0;
    case 1: return max;
    case 2: return max > 0 ? max - 1 : 0;
    default: return below(source, std::min<std::size_t>(max, 40) + 1);
  }
}

template <class Source>
void fill(Source& source, MutableByteView bytes) {
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(source.number());
}

template <class Source, class T>
void generate(Source& source, T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    value = below(source, 2) == 1;
  } else if constexpr (std::is_enum_v<T>) {
    value = static_cast<T>(below(source, static_cast<std::uint64_t>(T::last) + 1));
  } else if constexpr (std::unsigned_integral<T>) {
    value = any_integer<T>(source);
  } else if constexpr (wire::is_id<T>::value) {
    fill(source, value.bytes);
  } else if constexpr (wire::is_key<T>::value) {
    fill(source, {value.writable(), T::size});
  } else if constexpr (wire::is_byte_array<T>::value) {
    fill(source, value);
  } else if constexpr (wire::is_sized<T>::value) {
    value->clear();
    value->resize(any_size(source, T::max));
    for (auto& element : *value) {
      if constexpr (std::is_same_v<std::decay_t<decltype(*value)>, std::string>)
        element = static_cast<char>(source.number());
      else if constexpr (std::is_same_v<std::decay_t<decltype(*value)>, Bytes>)
        element = static_cast<std::uint8_t>(source.number());
      else
        generate(source, element);
    }
  } else {
    static_assert(wire::Struct<T>);
    std::apply([&](auto... field) { (generate(source, value.*field), ...); }, T::fields);
  }
}

template <class T, class Source>
T generated(Source& source) {
  T value;
  generate(source, value);
  return value;
}

// Whichever alternative of the variant has this index.
template <class Variant, class Source>
Variant generated_alternative(Source& source, std::size_t index) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    Variant value;
    (void)((I == index && (value = generated<std::variant_alternative_t<I, Variant>>(source), true)) || ...);
    return value;
  }
  (std::make_index_sequence<std::variant_size_v<Variant>>());
}

template <class T>
bool equal(const T& a, const T& b) {
  if constexpr (wire::is_key<T>::value) {
    return std::equal(a.view().begin(), a.view().end(), b.view().begin());
  } else if constexpr (wire::is_sized<T>::value) {
    using Container = std::decay_t<decltype(*a)>;
    if constexpr (std::is_same_v<Container, std::string> || std::is_same_v<Container, Bytes>) {
      return *a == *b;
    } else {
      return std::equal(a->begin(), a->end(), b->begin(), b->end(),
                        [](const auto& x, const auto& y) { return equal(x, y); });
    }
  } else if constexpr (wire::Struct<T>) {
    return std::apply([&](auto... field) { return (equal(a.*field, b.*field) && ...); }, T::fields);
  } else {
    return a == b;
  }
}

template <class... T>
bool equal(const std::variant<T...>& a, const std::variant<T...>& b) {
  if (a.index() != b.index()) return false;
  return std::visit([&](const auto& left) { return equal(left, std::get<std::decay_t<decltype(left)>>(b)); }, a);
}

// How many bytes of fixed size a struct has at least: every list empty.
template <wire::Struct T>
std::size_t smallest_encoding() {
  return wire::encode(T{}).size();
}

}   // namespace coterie::test
