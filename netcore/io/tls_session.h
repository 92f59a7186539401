// SPDX-License-Identifier: MIT
// One end of a TLS connection as a protocol object: records in, bytes out, and the reverse. It does no input or output itself.
//
//   handshake() until done ──▶ open() / seal() ──any error──▶ no further use; what is in `records` still goes to the peer
#pragma once

#include <memory>
#include <optional>

#include "netcore/base/bytes.h"
#include "netcore/base/ids.h"
#include "netcore/base/result.h"
#include "netcore/io/tls.h"

namespace coterie::io {

class TlsSession {
 public:
  // Which end this is follows from the context.
  explicit TlsSession(const TlsContext& context);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  ~TlsSession();

  // All three take what they can use off the front of `received` and append what is to be sent to `records`, an alert
  // included where they fail.

  // True when both ends are done and this one has checked the other.
  Result<bool> handshake(ByteView& received, Bytes& records);
  // Opens records into `into`, which must hold at least one (record_size); 0: `received` holds no whole one any more. A peer
  // that ends its direction is connection_lost.
  Result<std::size_t> open(ByteView& received, MutableByteView into, Bytes& records);
  Status seal(ByteView bytes, Bytes& records);
  // Tells the peer that nothing follows (close_notify).
  void end(Bytes& records);

  // Of the certificate the peer has shown, whether accepted or not. Client side.
  [[nodiscard]] std::optional<RelayPin> peer_pin() const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}   // namespace coterie::io
