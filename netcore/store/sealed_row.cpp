// SPDX-License-Identifier: MIT
#include "netcore/store/sealed_row.h"

namespace coterie::store {

void Packer::append_wiping(ByteView value) {
  if (bytes_.size() + value.size() > bytes_.capacity()) {
    Bytes larger;
    larger.reserve((bytes_.size() + value.size()) * 2);
    larger.assign(bytes_.begin(), bytes_.end());
    wipe(bytes_.data(), bytes_.size());
    bytes_.swap(larger);
  }
  append(bytes_, value);
}

Packer& Packer::number(std::uint64_t value) {
  ByteArray<8> encoded{};
  store_be(encoded.data(), value);
  append_wiping(encoded);
  return *this;
}

Packer& Packer::bytes(ByteView value) {
  ByteArray<4> size{};
  store_be(size.data(), static_cast<std::uint32_t>(value.size()));
  append_wiping(size);
  append_wiping(value);
  return *this;
}

void Unpacker::damaged() { throw Failure{{Errc::database_corrupt, "a row of the wrong form"}}; }

ByteView Unpacker::take(std::size_t n) {
  if (n > left_.size()) damaged();
  const auto front = left_.first(n);
  left_ = left_.subspan(n);
  return front;
}

std::uint64_t Unpacker::number() { return load_be<std::uint64_t>(take(8).data()); }
ByteView Unpacker::bytes() { return take(load_be<std::uint32_t>(take(4).data())); }

void Unpacker::finish() const {
  if (!left_.empty()) damaged();
}

}   // namespace coterie::store
