// SPDX-License-Identifier: MIT
// The pair handshake through a hostile relay: the input says how messages are changed on their way. A changed message
// must never give a session; unchanged ones always do. With the top bit of the first byte set the changes go to a profile.
#include <cassert>
#include <optional>

#include "netcore/crypto/aead.h"
#include "netcore/crypto/pair_handshake.h"

using namespace coterie;
using namespace coterie::crypto;

namespace {

// Takes the input apart from the front; zeros once it is used up.
class Input {
 public:
  explicit Input(ByteView bytes) : bytes_(bytes) {}

  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  std::uint8_t byte() {
    const auto taken = take(1);
    return taken.empty() ? std::uint8_t{0} : taken.front();
  }
  std::size_t number() { return std::size_t{byte()} << 8U | byte(); }
  ByteView take(std::size_t size) {
    const auto taken = bytes_.first(std::min(size, bytes_.size()));
    bytes_ = bytes_.subspan(taken.size());
    return taken;
  }

 private:
  ByteView bytes_;
};

struct Change {
  int step = 0;   // 1..4: H1..H4
  enum class Kind { flip, cut, append, overwrite, replace } kind{};
  std::size_t offset = 0;
  Bytes bytes;
};

std::vector<Change> read_changes(Input& input) {
  std::vector<Change> changes;
  while (!input.empty() && changes.size() < 8) {
    const auto head = input.byte();
    Change change;
    change.step = 1 + head % 4;
    change.kind = static_cast<Change::Kind>(head / 4 % 5);
    change.offset = input.number();
    change.bytes = to_bytes(input.take(input.byte()));
    changes.push_back(std::move(change));
  }
  return changes;
}

void apply(const Change& change, Bytes& message) {
  const auto offset = message.empty() ? 0 : change.offset % message.size();
  const auto overlap = std::min(change.bytes.size(), message.size() - offset);
  switch (change.kind) {
    case Change::Kind::flip:
      for (std::size_t i = 0; i < overlap; ++i) message[offset + i] ^= change.bytes[i];
      break;
    case Change::Kind::cut: message.resize(offset); break;
    case Change::Kind::append: append(message, change.bytes); break;
    case Change::Kind::overwrite:
      std::copy_n(change.bytes.begin(), overlap, message.begin() + static_cast<std::ptrdiff_t>(offset));
      break;
    case Change::Kind::replace: message = change.bytes; break;
  }
}

// The two members; everything random is fixed, so that an input always does the same.
struct Circle {
  HandshakeContext context{.group = GroupTag::from(Bytes(32, 1)),
                           .initiator = MemberId::from(Bytes(16, 2)),
                           .responder = MemberId::from(Bytes(16, 3)),
                           .initiator_nonce = ConnectionNonce::from(Bytes(16, 4)),
                           .responder_nonce = ConnectionNonce::from(Bytes(16, 5)),
                           .id = HandshakeId::from(Bytes(8, 6))};
  GroupSecret secret = GroupSecret::from(Bytes(32, 7));
  KeyPair identity_a = KeyPair::from_secret(Bytes(32, 8));
  KeyPair identity_b = KeyPair::from_secret(Bytes(32, 9));
  MemberProfile alice{"alice", DropCap::from(Bytes(16, 10)), 0};
  MemberProfile bob{"bob", DropCap::from(Bytes(16, 11)), 0};
  HandshakeRandomness fixed_a{Bytes(32, 12), Bytes(32, 13)};
  HandshakeRandomness fixed_b{Bytes(32, 14), Bytes(32, 15)};

  Circle() { initialise(); }
};

void try_handshake(Input input) {
  static const Circle circle;
  const auto changes = read_changes(input);
  bool unchanged = true;   // so far
  const auto deliver = [&](int step, const Bytes& sent) {
    auto message = sent;
    for (const auto& change : changes)
      if (change.step == step) apply(change, message);
    unchanged = unchanged && message == sent;
    return message;
  };

  PairInitiator a(circle.context, circle.secret, circle.identity_a, circle.alice, 1, &circle.fixed_a);
  PairResponder b(circle.context, circle.secret, circle.identity_b, circle.bob, 2, &circle.fixed_b);

  const auto h2 = b.on_h1(deliver(1, a.h1()));
  assert(h2 || !unchanged);
  if (!h2) return;
  const auto h3 = a.on_h2(deliver(2, *h2));
  assert(h3.has_value() == unchanged);
  if (!h3) return;
  const auto at_b = b.on_h3(deliver(3, *h3));
  assert(at_b.has_value() == unchanged);
  if (!at_b) return;
  const auto at_a = a.on_h4(deliver(4, at_b->h4));
  assert(at_a.has_value() == unchanged);
  if (!at_a) return;
  assert(at_a->session == at_b->outcome.session);
  assert(equal_in_constant_time(at_a->send.view(), at_b->outcome.receive.view()));
  assert(equal_in_constant_time(at_a->receive.view(), at_b->outcome.send.view()));
  assert(at_a->peer.user_id == "bob" && at_b->outcome.peer.user_id == "alice");
}

// Changes for any step are changes of one genuine profile here.
void try_profile(Input input) {
  auto bytes = encode_profile({"alice", DropCap::from(Bytes(16, 10)), 3});
  for (const auto& change : read_changes(input)) apply(change, bytes);
  if (const auto profile = decode_profile(bytes)) assert(encode_profile(*profile) == bytes);
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(ByteView(data, size));
  if (input.byte() >= 0x80)
    try_profile(input);
  else
    try_handshake(input);
  return 0;
}
