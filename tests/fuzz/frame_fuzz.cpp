// SPDX-License-Identifier: MIT
// A stream cut into frames. The first byte says where the writes end, the second which limit holds; the rest is the stream.
// However it arrives, the same frames come out, and they are the stream again up to what is left or wrong.
#include <cassert>
#include <optional>

#include "netcore/io/unit_cutter.h"
#include "netcore/wire/frame.h"

using namespace coterie;

namespace {

struct Cut {
  std::vector<Bytes> frames;
  std::optional<Errc> error;
  bool operator==(const Cut&) const = default;
};

// Straight from the definition: measure, take, go on.
Cut cut_by_hand(ByteView stream, std::size_t limit) {
  Cut result;
  for (;;) {
    const auto size = wire::frame_size(stream, limit);
    if (!size) {
      result.error = size.error().code;
      return result;
    }
    if (*size == 0 || *size > stream.size()) return result;
    assert(*size > wire::frame_head && *size <= wire::frame_head + limit);
    result.frames.push_back(to_bytes(stream.first(*size)));
    stream = stream.subspan(*size);
  }
}

// As a connection does it, in writes of irregular length and with deliveries that are stopped now and then.
Cut cut_in_pieces(ByteView stream, std::size_t limit, std::uint8_t seed) {
  Cut result;
  io::UnitCutter cutter;
  std::uint32_t state = seed;
  const auto next = [&] { return (state = state * 1'664'525U + 1'013'904'223U) >> 24U; };
  const auto unit_size = [&](ByteView head) { return wire::frame_size(head, limit); };
  const auto deliver = [&](ByteView frame) {
    result.frames.push_back(to_bytes(frame));
    return next() % 4 != 0;
  };
  while (!stream.empty() || cutter.stopped()) {
    const auto piece = stream.first(std::min<std::size_t>(stream.size(), next() % 40));
    stream = stream.subspan(piece.size());
    if (const auto cut = cutter.cut(piece, unit_size, deliver); !cut) {
      result.error = cut.error().code;
      return result;
    }
  }
  return result;
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto stream = ByteView(data, size).subspan(2);
  const auto limit = data[1] % 2 == 0 ? wire::max_greeting : wire::max_frame;
  const auto whole = cut_by_hand(stream, limit);
  assert(cut_in_pieces(stream, limit, data[0]) == whole);
  for (const auto& frame : whole.frames) {
    const auto split = wire::split_frame(frame);
    assert(split && split->body.size() + wire::frame_head + 1 == frame.size() &&
           split->type == frame[wire::frame_head]);
  }
  return 0;
}
