// SPDX-License-Identifier: MIT
#include "netcore/wire/frame.h"

namespace coterie::wire {

Result<std::size_t> frame_size(ByteView head, std::size_t limit) {
  if (head.size() < frame_head) return 0;
  const std::size_t length = load_be<std::uint32_t>(head.data());
  if (length == 0) return fail(Errc::malformed, "a frame without a type");
  if (length > limit) return fail(Errc::too_large, "a frame of " + std::to_string(length) + " bytes");
  return frame_head + length;
}

Result<Frame> split_frame(ByteView unit) {
  if (unit.size() <= frame_head || load_be<std::uint32_t>(unit.data()) != unit.size() - frame_head)
    return fail(Errc::malformed, "a frame of the wrong size");
  return Frame{.type = unit[frame_head], .body = unit.subspan(frame_head + 1)};
}

}   // namespace coterie::wire
