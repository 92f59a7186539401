// SPDX-License-Identifier: MIT
// Bytes ↔ values, driven by the values themselves: each struct lists its members in `fields`, and that one list is
// encoder, decoder, printer of the tests and generator of the fuzzers. Integers are big-endian (protocol.md S0).
#pragma once

#include <limits>
#include <optional>
#include <tuple>
#include <type_traits>
#include <variant>

#include "netcore/base/ids.h"
#include "netcore/base/result.h"
#include "netcore/base/secret.h"

namespace coterie::wire {

// A run of bytes or text, or a list, with its length in front as a `Length`, at most `Max` elements.
template <class Length, std::size_t Max, class Container>
struct Sized {
  using length_type = Length;
  static constexpr std::size_t max = Max;
  static_assert(Max <= std::numeric_limits<Length>::max());

  Container value;

  Sized() = default;
  Sized(Container v) : value(std::move(v)) {}   // NOLINT: reads as the value it holds
  Sized(const char* text) requires std::is_same_v<Container, std::string> : value(text) {}   // NOLINT
  const Container& operator*() const { return value; }
  Container& operator*() { return value; }
  const Container* operator->() const { return &value; }
  Container* operator->() { return &value; }
  bool operator==(const Sized&) const = default;
};

template <std::size_t Max>
using Text8 = Sized<std::uint8_t, Max, std::string>;
template <std::size_t Max>
using Text16 = Sized<std::uint16_t, Max, std::string>;
template <std::size_t Max>
using Blob8 = Sized<std::uint8_t, Max, Bytes>;
template <std::size_t Max>
using Blob16 = Sized<std::uint16_t, Max, Bytes>;
template <std::size_t Max>
using Blob32 = Sized<std::uint32_t, Max, Bytes>;
template <class T, std::size_t Max>
using List8 = Sized<std::uint8_t, Max, std::vector<T>>;
template <class T, std::size_t Max>
using List16 = Sized<std::uint16_t, Max, std::vector<T>>;

// Appends to a buffer it borrows.
class Writer {
 public:
  explicit Writer(Bytes& to) : to_(to) {}

  template <std::unsigned_integral T>
  void put(T value) {
    append_be(to_, value);
  }
  void put(ByteView bytes) { append(to_, bytes); }

 private:
  Bytes& to_;
};

// Takes from the front of a view it borrows. After the first failure everything fails: check once at the end.
class Reader {
 public:
  explicit Reader(ByteView from) : from_(from) {}

  template <std::unsigned_integral T>
  T take() {
    const auto bytes = take(sizeof(T));
    return bytes.size() == sizeof(T) ? load_be<T>(bytes.data()) : T{0};
  }
  // The next `n` bytes, or an empty view when fewer are left.
  ByteView take(std::size_t n) {
    if (n > from_.size()) {
      failed_ = true;
      from_ = {};
      return {};
    }
    const auto front = from_.first(n);
    from_ = from_.subspan(n);
    return front;
  }
  ByteView rest() { return take(from_.size()); }
  void reject() { failed_ = true; }
  [[nodiscard]] std::size_t left() const { return from_.size(); }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  ByteView from_;
  bool failed_ = false;
};

template <class T>
concept Struct = requires {
  T::fields;
};

template <class T>
struct is_id : std::false_type {};
template <class Tag, std::size_t N>
struct is_id<Id<Tag, N>> : std::true_type {};
template <class T>
struct is_byte_array : std::false_type {};
template <std::size_t N>
struct is_byte_array<ByteArray<N>> : std::true_type {};
template <class T>
struct is_key : std::false_type {};
template <class Purpose>
struct is_key<Key<Purpose>> : std::true_type {};
template <class T>
struct is_sized : std::false_type {};
template <class L, std::size_t M, class C>
struct is_sized<Sized<L, M, C>> : std::true_type {};

template <class T>
void write(Writer& w, const T& value);
template <class T>
void read(Reader& r, T& value);

namespace detail {

template <class Container>
void write_elements(Writer& w, const Container& c) {
  if constexpr (std::is_same_v<Container, std::string>)
    w.put(as_bytes(c));
  else if constexpr (std::is_same_v<Container, Bytes>)
    w.put(ByteView(c));
  else
    for (const auto& element : c) write(w, element);
}

template <class Container>
void read_elements(Reader& r, std::size_t count, Container& c) {
  if constexpr (std::is_same_v<Container, std::string>) {
    c = std::string(as_text(r.take(count)));
  } else if constexpr (std::is_same_v<Container, Bytes>) {
    c = to_bytes(r.take(count));
  } else {
    c.clear();
    // Memory follows the bytes that are there, not the count that is announced.
    c.reserve(std::min(count, r.left() / sizeof(typename Container::value_type) + 1));
    for (std::size_t i = 0; i < count && !r.failed(); ++i) read(r, c.emplace_back());
  }
}

}   // namespace detail

template <class T>
void write(Writer& w, const T& value) {
  if constexpr (std::is_same_v<T, bool>)
    w.put(static_cast<std::uint8_t>(value ? 1 : 0));
  else if constexpr (std::is_enum_v<T>)
    w.put(static_cast<std::underlying_type_t<T>>(value));
  else if constexpr (std::unsigned_integral<T>)
    w.put(value);
  else if constexpr (is_id<T>::value || is_key<T>::value)
    w.put(value.view());
  else if constexpr (is_byte_array<T>::value)
    w.put(ByteView(value));
  else if constexpr (is_sized<T>::value) {
    // A value over its bound is a mistake of ours; it is cut rather than sent with a length that lies.
    using Length = typename T::length_type;
    const auto count = std::min(value->size(), T::max);
    w.put(static_cast<Length>(count));
    if (count == value->size()) {
      detail::write_elements(w, *value);
    } else {
      auto cut = *value;
      cut.resize(count);
      detail::write_elements(w, cut);
    }
  } else {
    static_assert(Struct<T>,
                  "a field must be an integer, an enum, an id, a byte array, a Sized<> or a struct with fields");
    std::apply([&](auto... field) { (write(w, value.*field), ...); }, T::fields);
  }
}

template <class T>
void read(Reader& r, T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    const auto byte = r.take<std::uint8_t>();
    if (byte > 1) r.reject();
    value = byte == 1;
  } else if constexpr (std::is_enum_v<T>) {
    // Every wire enum names its last value: anything above it is malformed.
    const auto raw = r.take<std::underlying_type_t<T>>();
    if (raw > static_cast<std::underlying_type_t<T>>(T::last)) r.reject();
    value = static_cast<T>(raw);
  } else if constexpr (std::unsigned_integral<T>) {
    value = r.take<T>();
  } else if constexpr (is_id<T>::value || is_key<T>::value) {
    value = T::from(r.take(T::size));
  } else if constexpr (is_byte_array<T>::value) {
    const auto bytes = r.take(value.size());
    std::copy(bytes.begin(), bytes.end(), value.begin());
  } else if constexpr (is_sized<T>::value) {
    const std::size_t count = r.take<typename T::length_type>();
    if (count > T::max) return r.reject();
    detail::read_elements(r, count, *value);
  } else {
    static_assert(Struct<T>);
    std::apply([&](auto... field) { (read(r, value.*field), ...); }, T::fields);
  }
}

// One struct without its tag.
template <Struct T>
Bytes encode(const T& value) {
  Bytes bytes;
  Writer writer(bytes);
  write(writer, value);
  return bytes;
}

// One struct that fills `bytes` exactly; trailing bytes are an error.
template <Struct T>
Result<T> decode(ByteView bytes) {
  Reader reader(bytes);
  T value;
  read(reader, value);
  if (reader.failed() || reader.left() != 0) return fail(Errc::malformed);
  return value;
}

// Tag byte and body of whichever alternative `value` holds, appended to `to`.
template <class... T>
void encode_tagged(Bytes& to, const std::variant<T...>& value) {
  Writer writer(to);
  std::visit(
      [&](const auto& alternative) {
        writer.put(std::decay_t<decltype(alternative)>::tag);
        write(writer, alternative);
      },
      value);
}

// The alternative whose tag is `tag`, from a body it fills exactly. No value and no error: no alternative has that tag.
template <class Variant>
Result<std::optional<Variant>> decode_tagged(std::uint8_t tag, ByteView body) {
  std::optional<Result<Variant>> decoded;
  [&]<class... T>(std::variant<T...>*) {
    (void)((tag == T::tag && (decoded = decode<T>(body).map([](T&& v) { return Variant(std::move(v)); }), true)) ||
           ...);
  }(static_cast<Variant*>(nullptr));
  if (!decoded) return std::optional<Variant>();
  if (!*decoded) return tl::unexpected(decoded->error());
  return std::optional<Variant>(std::move(**decoded));
}

}   // namespace coterie::wire
