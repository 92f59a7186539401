// SPDX-License-Identifier: MIT
// TLS 1.3 of the link (protocol.md S1), on OpenSSL: the relay's own identity, and the client's check of it inside the handshake,
// before any application byte. No tickets, no resumption, no early data, no client certificates.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "netcore/base/ids.h"
#include "netcore/base/result.h"
#include "netcore/io/handles.h"

namespace coterie::io {

constexpr std::string_view alpn_control = "coterie/1";

// The relay's key and self-signed certificate: ECDSA P-256, ten years.
class TlsIdentity {
 public:
  // Loads `<folder>/identity.pem`, or makes it (O_EXCL, 0600, fsync) where there is none. Errc::permission_denied if others can
  // read the file, malformed if it does not parse, io_failure.
  static Result<TlsIdentity> load_or_make(const std::filesystem::path& folder);
  // In memory only, for tests and for a relay inside a client.
  static TlsIdentity make();

  // SHA-256 of the certificate's SubjectPublicKeyInfo in DER.
  [[nodiscard]] RelayPin pin() const;

  struct State;
  [[nodiscard]] const std::shared_ptr<State>& state() const { return state_; }

 private:
  explicit TlsIdentity(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

// Settings shared by all connections of one side. Cheap to copy.
class TlsContext {
 public:
  static TlsContext for_server(const TlsIdentity& identity);
  // Accepts the relay with exactly this pin. Without one, accepts none: the handshake fails with Errc::relay_unknown and the
  // connection's peer_pin() tells what was seen.
  static TlsContext for_client(std::optional<RelayPin> expected);

  struct State;
  [[nodiscard]] const std::shared_ptr<State>& state() const { return state_; }

 private:
  explicit TlsContext(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}   // namespace coterie::io
