// SPDX-License-Identifier: MIT
#include "netcore/io/tls.h"

#include <openssl/err.h>

#include <stdexcept>

#include "netcore/io/tls_context.h"

namespace coterie::io {
namespace {

// The protocol name as the ALPN extension carries it: its length, then its bytes (RFC 7301 §3.1).
constexpr std::uint8_t alpn_list[] = {9, 'c', 'o', 't', 'e', 'r', 'i', 'e', '/', '1'};
static_assert(sizeof alpn_list == 1 + alpn_control.size() && alpn_list[0] == alpn_control.size());

// Records are sealed by AES-NI or its like almost everywhere; 128 bits are the fastest of three ciphers that are all sound.
constexpr const char* ciphers = "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384";

// A self-signed certificate of ours takes 400 bytes; nobody has reason to send us a chain.
constexpr long max_certificates = 16 * 1024;

[[noreturn]] void give_up(const char* what) { throw std::runtime_error(std::string(what) + ": " + openssl_reason()); }

Handle<SSL_CTX, SSL_CTX_free> make_context(const SSL_METHOD* method) {
  ERR_clear_error();
  Handle<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(method));
  if (!context) give_up("no TLS context");
  auto* made = context.get();
  if (SSL_CTX_set_min_proto_version(made, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_max_proto_version(made, TLS1_3_VERSION) != 1)
    give_up("no TLS 1.3");
  if (SSL_CTX_set_ciphersuites(made, ciphers) != 1) give_up("no TLS ciphers");
  SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(made, SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(made,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_max_cert_list(made, max_certificates);
  return context;
}

// A client that names no protocol is refused like one that names others: select_protocol would not be asked.
int require_protocol(SSL* ssl, int* alert, void*) {
  const unsigned char* data = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &data, &size) == 1)
    return SSL_CLIENT_HELLO_SUCCESS;
  *alert = SSL_AD_NO_APPLICATION_PROTOCOL;
  return SSL_CLIENT_HELLO_ERROR;
}

int select_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  unsigned char* match = nullptr;
  if (SSL_select_next_proto(&match, chosen_size, alpn_list, sizeof alpn_list, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = match;
  return SSL_TLSEXT_ERR_OK;
}

}   // namespace

std::string openssl_reason() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason ? reason : "no reason given";
}

TlsContext TlsContext::for_server(const TlsIdentity& identity) {
  auto state = std::make_shared<State>(State{make_context(TLS_server_method()), true, std::nullopt});
  auto* context = state->context.get();
  if (SSL_CTX_use_certificate(context, identity.state()->certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, identity.state()->key.get()) != 1)
    give_up("the relay's identity cannot be used");
  // With tickets a client that sends and closes at once loses what it sent: the close meets our ticket unread, as a reset.
  // (SSL_OP_NO_TICKET would not do it for TLS 1.3, and has a leak of its own: CVE-2024-2511.)
  if (SSL_CTX_set_num_tickets(context, 0) != 1) give_up("TLS tickets stay on");
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_client_hello_cb(context, require_protocol, nullptr);
  SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
  return TlsContext(std::move(state));
}

TlsContext TlsContext::for_client(std::optional<RelayPin> expected) {
  auto state = std::make_shared<State>(State{make_context(TLS_client_method()), false, expected});
  auto* context = state->context.get();
  if (SSL_CTX_set_alpn_protos(context, alpn_list, sizeof alpn_list) != 0) give_up("no protocol name");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify_relay, nullptr);
  return TlsContext(std::move(state));
}

}   // namespace coterie::io
