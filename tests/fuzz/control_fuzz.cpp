// SPDX-License-Identifier: MIT
// Frames of the control connection, in both directions. The first byte chooses: the rest is a frame as it is; or type and body,
// given the length that fits; or the words of a data connection. What is accepted encodes to the same bytes again.
#include <cassert>

#include "netcore/wire/control.h"

using namespace coterie;

namespace {

template <class Decode>
void try_frame(ByteView frame, Decode decode) {
  const auto message = decode(frame);
  if (!message) return;
  const auto type = frame[wire::frame_head];
  if (*message)
    assert(control::encode_frame(**message) == to_bytes(frame));
  else
    assert(type >= wire::first_optional_type);
}

// The relay builds this head by hand: it must be what the codec makes.
void check_receive_head(ByteView frame) {
  const auto message = control::decode_to_client(frame);
  if (!message || !*message) return;
  const auto* receive = std::get_if<control::Receive>(&**message);
  if (receive == nullptr) return;
  control::Recipient recipient{
      .member = {}, .drop_cap = {}, .session = receive->session, .index = receive->index, .wrap = receive->wrap};
  Bytes built;
  control::append_receive_head(built, receive->number, receive->sender, receive->message, receive->keep, recipient,
                               receive->body->size());
  assert(built.size() == control::receive_head);
  append(built, *receive->body);
  assert(built == to_bytes(frame));
}

void try_both(ByteView frame) {
  try_frame(frame, control::decode_to_relay);
  try_frame(frame, control::decode_to_client);
  check_receive_head(frame);
}

void try_data_words(ByteView bytes) {
  if (const auto hello = control::decode_hello(bytes)) assert(control::encode_hello(*hello) == to_bytes(bytes));
  if (const auto length = control::decode_done(bytes)) assert(control::encode_done(*length) == to_bytes(bytes));
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto rest = ByteView(data, size).subspan(1);
  switch (data[0] % 3) {
    case 0: try_both(rest); break;
    case 1: {
      Bytes frame;
      append_be(frame, static_cast<std::uint32_t>(rest.size()));
      append(frame, rest);
      try_both(frame);
      break;
    }
    default: try_data_words(rest); break;
  }
  return 0;
}
