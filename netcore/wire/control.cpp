// SPDX-License-Identifier: MIT
#include "netcore/wire/control.h"

#include "netcore/base/digest.h"

namespace coterie::control {
namespace {

template <class Variant>
Bytes encode_any(const Variant& message) {
  Bytes frame(frame_head);
  encode_tagged(frame, message);
  store_be(frame.data(), static_cast<std::uint32_t>(frame.size() - frame_head));
  return frame;
}

template <class Variant>
Result<std::optional<Variant>> decode_any(ByteView bytes) {
  const auto frame = split_frame(bytes);
  if (!frame) return tl::unexpected(frame.error());
  auto message = decode_tagged<Variant>(frame->type, frame->body);
  if (message && !*message && frame->type < first_optional_type)
    return fail(Errc::malformed, "a frame of unknown type " + std::to_string(frame->type));
  if (!message) message.error().detail = "a frame of type " + std::to_string(frame->type) + " that does not parse";
  return message;
}

}   // namespace

Bytes encode_frame(const ToRelay& message) { return encode_any(message); }
Bytes encode_frame(const ToClient& message) { return encode_any(message); }
Result<std::optional<ToRelay>> decode_to_relay(ByteView frame) { return decode_any<ToRelay>(frame); }
Result<std::optional<ToClient>> decode_to_client(ByteView frame) { return decode_any<ToClient>(frame); }

void append_receive_head(Bytes& to, std::uint64_t number, const MemberId& sender, const MessageId& message, bool keep,
                         const Recipient& recipient, std::size_t body_size) {
  // Field by field into place: this runs for every delivery, where growing a vector for each field would show.
  to.resize(to.size() + receive_head);
  auto* at = to.data() + to.size() - receive_head;
  const auto put = [&at](auto value) {
    store_be(at, value);
    at += sizeof value;
  };
  const auto put_bytes = [&at](ByteView bytes) { at = std::copy(bytes.begin(), bytes.end(), at); };
  put(static_cast<std::uint32_t>(receive_head - frame_head + body_size));
  put(Receive::tag);
  put(number);
  put_bytes(sender.view());
  put_bytes(message.view());
  put(static_cast<std::uint8_t>(keep ? 1 : 0));
  put_bytes(recipient.session.view());
  put(recipient.index);
  put_bytes(recipient.wrap);
  put(static_cast<std::uint32_t>(body_size));
}

Bytes encode_hello(const DataHello& hello) {
  Bytes bytes = to_bytes(as_bytes(DataHello::magic));
  append(bytes, encode(hello));
  return bytes;
}

Result<DataHello> decode_hello(ByteView bytes) {
  const auto magic = as_bytes(DataHello::magic);
  if (bytes.size() != DataHello::size || !std::equal(magic.begin(), magic.end(), bytes.begin()))
    return fail(Errc::malformed, "not a data connection");
  return decode<DataHello>(bytes.subspan(magic.size()));
}

Bytes encode_done(std::uint64_t length) {
  Bytes bytes = to_bytes(as_bytes("DONE"));
  append_be(bytes, length);
  return bytes;
}

Result<std::uint64_t> decode_done(ByteView bytes) {
  if (bytes.size() != data_done_size || as_text(bytes.first(4)) != "DONE")
    return fail(Errc::malformed, "not the end of a data connection");
  return load_be<std::uint64_t>(bytes.data() + 4);
}

ReadHash read_hash_of(const ReadCap& cap) {
  return ReadHash::from(labelled_hash("coterie blob v1", {cap.view()}).view());
}

CapHash cap_hash_of(const DropCap& cap) { return CapHash::from(labelled_hash("coterie cap v1", {cap.view()}).view()); }

MemberId member_id_of(const GroupTag& group, const MemberToken& token) {
  return MemberId::from(labelled_hash("coterie member v1", {group.view(), token.view()}).view());
}

}   // namespace coterie::control
