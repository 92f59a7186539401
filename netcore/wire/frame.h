// SPDX-License-Identifier: MIT
// Frames of the control connection: u32 length ‖ u8 type ‖ body, the length counting type and body (protocol.md S2).
#pragma once

#include "netcore/base/bytes.h"
#include "netcore/base/result.h"

namespace coterie::wire {

constexpr std::size_t frame_head = 4;         // bytes of the length
constexpr std::size_t max_frame = 262'144;    // largest length announced, once joined
constexpr std::size_t max_greeting = 1'024;   // largest length announced before JOINED

// How many bytes the frame that starts at `head` occupies in all, its length field included: 0 while fewer than four
// bytes are there. Fails for a length of 0 or above `limit`.
Result<std::size_t> frame_size(ByteView head, std::size_t limit = max_frame);

// A whole frame taken apart.
struct Frame {
  std::uint8_t type;
  ByteView body;
};
// `unit` must be exactly one frame, as measured by frame_size.
Result<Frame> split_frame(ByteView unit);

// Types from here on are optional: a receiver that does not know one skips it.
constexpr std::uint8_t first_optional_type = 0x80;

}   // namespace coterie::wire
