// SPDX-License-Identifier: MIT
// One well-formed frame of every type a client may send, and of every type only a relay sends.
#pragma once

#include <string>
#include <vector>

#include "tests/support/raw_client.h"

namespace coterie::test {

struct SampleFrame {
  std::string name;
  std::uint8_t type;
  Bytes bytes;
};

// What `as` could send once it has joined; the envelope and the handshake are for `to`.
inline std::vector<SampleFrame> frames_to_relay(const RawMember& as, const RawMember& to) {
  const auto made = [](std::string name, const auto& message) {
    return SampleFrame{std::move(name), message.tag, control::encode_frame(control::ToRelay(message))};
  };
  return {
      made("Ping", control::Ping{7}),
      made("Pong", control::Pong{7}),
      made("Bye", control::Bye{}),
      made("Join", as.join()),
      made("Handshake",
           control::Handshake{.peer = to.id, .id = {}, .step = control::HandshakeStep::h1, .body = Bytes(20)}),
      made("Send",
           control::Send{.message = {}, .keep = true, .recipients = std::vector{to.as_recipient()}, .body = Bytes(20)}),
      made("Ack", control::Ack{.numbers = std::vector<std::uint64_t>{1, 2}}),
      made("BlobPut", control::BlobPut{.blob = {}, .length = 9, .read_hash = {}, .mode = {}}),
      made("BlobGet", control::BlobGet{.blob = {}, .read_cap = {}, .offset = 0}),
      made("BlobDrop", control::BlobDrop{})};
}

inline std::vector<SampleFrame> frames_to_client() {
  const auto made = [](std::string name, const auto& message) {
    return SampleFrame{std::move(name), message.tag, control::encode_frame(control::ToClient(message))};
  };
  return {made("Member", control::Member{}),           made("Joined", control::Joined{}),
          made("Receive", control::Receive{}),         made("Outcome", control::Outcome{}),
          made("BlobTicket", control::BlobTicket{}),   made("BlobNeed", control::BlobNeed{}),
          made("BlobRefused", control::BlobRefused{}), made("Refused", control::Refused{})};
}

// The same frame with another body: the length in front is right for it.
inline Bytes with_body(std::uint8_t type, ByteView body) {
  Bytes frame;
  append_be(frame, static_cast<std::uint32_t>(body.size() + 1));
  frame.push_back(type);
  append(frame, body);
  return frame;
}

}   // namespace coterie::test
