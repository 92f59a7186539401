// SPDX-License-Identifier: MIT
#include "tests/support/tls_peer.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <stdexcept>

#include "netcore/base/digest.h"

namespace coterie::test {
namespace {

void must(bool done) {
  if (!done) throw std::runtime_error("a TLS peer for a test cannot be made");
}

}   // namespace

TlsPeer::TlsPeer(io::Descriptor socket, const Options& options) : socket_(std::move(socket)) {
  context_.reset(SSL_CTX_new(options.is_server ? TLS_server_method() : TLS_client_method()));
  must(context_ != nullptr);
  auto* context = context_.get();
  SSL_CTX_set_security_level(context, 0);   // or OpenSSL would not speak what we want to see refused
  must(SSL_CTX_set_min_proto_version(context, options.min_version) == 1);
  must(SSL_CTX_set_max_proto_version(context, options.max_version) == 1);
  SSL_CTX_set_info_callback(context, &TlsPeer::on_info);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, &TlsPeer::on_session);
  for (const auto& name : options.protocols) {
    protocols_.push_back(static_cast<std::uint8_t>(name.size()));
    append(protocols_, as_bytes(name));
  }
  if (options.is_server) {
    make_certificate(options.expired_certificate);
    SSL_CTX_set_alpn_select_cb(context, &TlsPeer::choose_protocol, this);
  } else if (!protocols_.empty()) {
    must(SSL_CTX_set_alpn_protos(context, protocols_.data(), static_cast<unsigned>(protocols_.size())) == 0);
  }
  ssl_.reset(SSL_new(context));
  must(ssl_ && SSL_set_fd(ssl_.get(), socket_.get()) == 1);
  SSL_set_app_data(ssl_.get(), this);
  options.is_server ? SSL_set_accept_state(ssl_.get()) : SSL_set_connect_state(ssl_.get());
}

TlsPeer::~TlsPeer() = default;

void TlsPeer::make_certificate(bool expired) {
  key_.reset(EVP_EC_gen("P-256"));
  const io::Handle<X509, X509_free> certificate(X509_new());
  must(key_ && certificate);
  const long day = 24 * 60 * 60;
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -10 * day);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), expired ? -day : day);
  X509_set_pubkey(certificate.get(), key_.get());
  must(X509_sign(certificate.get(), key_.get(), EVP_sha256()) != 0);
  must(SSL_CTX_use_certificate(context_.get(), certificate.get()) == 1);
  must(SSL_CTX_use_PrivateKey(context_.get(), key_.get()) == 1);
}

RelayPin TlsPeer::own_pin() const {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &der);
  must(size > 0);
  const auto digest = sha256({der, static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return RelayPin::from(digest.view());
}

void TlsPeer::step() {
  if (failed_) return;
  ERR_clear_error();
  if (!open_) {
    const int done = SSL_do_handshake(ssl_.get());
    if (done == 1)
      open_ = true;
    else if (const int error = SSL_get_error(ssl_.get(), done);
             error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
      failed_ = true;
    if (!open_) return;
  }
  ByteArray<16 * 1024> some;
  for (;;) {
    std::size_t got = 0;
    const int done = SSL_read_ex(ssl_.get(), some.data(), some.size(), &got);
    if (done != 1) {
      failed_ = SSL_get_error(ssl_.get(), done) != SSL_ERROR_WANT_READ;
      return;
    }
    append(received_, ByteView(some).first(got));
  }
}

void TlsPeer::write(ByteView bytes) {
  std::size_t written = 0;
  must(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written) == 1 && written == bytes.size());
}

void TlsPeer::close() {
  failed_ = true;
  socket_.reset();
}

void TlsPeer::on_info(const SSL* ssl, int where, int value) {
  if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT)
    static_cast<TlsPeer*>(SSL_get_app_data(ssl))->alert_ = value & 0xff;
}

int TlsPeer::on_session(SSL* ssl, SSL_SESSION* session) {
  static_cast<TlsPeer*>(SSL_get_app_data(ssl))->tickets_ += SSL_SESSION_is_resumable(session);
  return 0;
}

int TlsPeer::choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                             unsigned int offered_size, void* self) {
  const auto& own = static_cast<TlsPeer*>(self)->protocols_;
  unsigned char* match = nullptr;
  if (own.empty() || SSL_select_next_proto(&match, size, own.data(), static_cast<unsigned>(own.size()), offered,
                                           offered_size) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;   // goes on without a word about it
  *chosen = match;
  return SSL_TLSEXT_ERR_OK;
}

}   // namespace coterie::test
