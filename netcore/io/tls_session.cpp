// SPDX-License-Identifier: MIT
#include "netcore/io/tls_session.h"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <cassert>
#include <new>

#include "netcore/io/output_queue.h"
#include "netcore/io/tls_context.h"

namespace coterie::io {

struct TlsSession::State {
  std::shared_ptr<TlsContext::State> context;
  Handle<SSL, SSL_free> ssl;
  ByteView* received = nullptr;   // during a call
  Bytes* records = nullptr;       // during a call
  std::optional<RelayPin> seen;
  std::optional<Errc> verdict;   // of verify_relay
  std::optional<Error> failed;   // found behind bytes that were good: told by the next open()
};

namespace {

// A BIO is OpenSSL's socket. Ours takes from and gives to the memory of the call that is being made.
TlsSession::State& state_of(BIO* bio) { return *static_cast<TlsSession::State*>(BIO_get_data(bio)); }

int bio_read(BIO* bio, char* into, std::size_t size, std::size_t* got) {
  BIO_clear_retry_flags(bio);
  auto& received = *state_of(bio).received;
  if (received.empty()) {
    BIO_set_retry_read(bio);
    return 0;
  }
  *got = std::min(size, received.size());
  std::copy_n(received.data(), *got, reinterpret_cast<std::uint8_t*>(into));
  received = received.subspan(*got);
  return 1;
}

int bio_write(BIO* bio, const char* from, std::size_t size, std::size_t* put) {
  BIO_clear_retry_flags(bio);
  append(*state_of(bio).records, {reinterpret_cast<const std::uint8_t*>(from), size});
  *put = size;
  return 1;
}

long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* make_bio_method() {
  auto* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "memory of the call");
  if (!method || BIO_meth_set_read_ex(method, bio_read) != 1 || BIO_meth_set_write_ex(method, bio_write) != 1 ||
      BIO_meth_set_ctrl(method, bio_control) != 1)
    throw std::bad_alloc();
  return method;
}

const BIO_METHOD* bio_method() {
  static const Handle<BIO_METHOD, BIO_meth_free> method(make_bio_method());
  return method.get();
}

// Lends the memory of one call to the session.
class Lend {
 public:
  Lend(TlsSession::State& state, ByteView& received, Bytes& records) : state_(state) {
    state_.received = &received;
    state_.records = &records;
    ERR_clear_error();   // SSL_get_error looks at what is left there, from whatever connection
  }
  Lend(const Lend&) = delete;
  Lend& operator=(const Lend&) = delete;
  ~Lend() { state_.received = nullptr, state_.records = nullptr; }

 private:
  TlsSession::State& state_;
};

}   // namespace

int verify_relay(X509_STORE_CTX* presented, void*) {
  const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(presented, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& session = *static_cast<TlsSession::State*>(SSL_get_app_data(ssl));
  const auto* certificate = X509_STORE_CTX_get0_cert(presented);
  if (certificate) session.seen = spki_pin(*certificate);
  const auto& expected = session.context->expected;
  if (expected && session.seen == expected) return 1;
  session.verdict = expected ? Errc::relay_identity_changed : Errc::relay_unknown;
  X509_STORE_CTX_set_error(presented, X509_V_ERR_APPLICATION_VERIFICATION);
  return 0;
}

TlsSession::TlsSession(const TlsContext& context) : state_(std::make_unique<State>()) {
  state_->context = context.state();
  state_->ssl.reset(SSL_new(state_->context->context.get()));
  auto* bio = BIO_new(bio_method());
  if (!state_->ssl || !bio) {
    BIO_free(bio);
    throw std::bad_alloc();
  }
  auto* ssl = state_->ssl.get();
  BIO_set_data(bio, state_.get());
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_app_data(ssl, state_.get());
  if (state_->context->is_server)
    SSL_set_accept_state(ssl);
  else
    SSL_set_connect_state(ssl);
}

TlsSession::~TlsSession() = default;

namespace {

// What a client hears from those who are no relay: plain text (a web or mail server), an older TLS, another protocol inside TLS.
bool is_no_relay(unsigned long reason) {
  switch (ERR_GET_REASON(reason)) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: return ERR_GET_LIB(reason) == ERR_LIB_SSL;
    default: return false;
  }
}

constexpr auto no_relay = "what answers there is no coterie-relay";

}   // namespace

Result<bool> TlsSession::handshake(ByteView& received, Bytes& records) {
  const Lend lend(*state_, received, records);
  auto* ssl = state_->ssl.get();
  const int done = SSL_do_handshake(ssl);
  if (done != 1) {
    if (SSL_get_error(ssl, done) == SSL_ERROR_WANT_READ) return false;
    if (state_->verdict) return fail(*state_->verdict);
    const bool other = !state_->context->is_server && is_no_relay(ERR_peek_last_error());
    return fail(Errc::tls_failure, other ? no_relay : openssl_reason());
  }
  // A server has refused any other by now; a client learns here that its server did not choose at all.
  const unsigned char* protocol = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &size);
  if (as_text({protocol, size}) != alpn_control) return fail(Errc::tls_failure, no_relay);
  return true;
}

Result<std::size_t> TlsSession::open(ByteView& received, MutableByteView into, Bytes& records) {
  assert(into.size() >= record_size);
  const Lend lend(*state_, received, records);
  auto* ssl = state_->ssl.get();
  std::size_t total = 0;
  while (!state_->failed && into.size() - total >= record_size) {
    std::size_t got = 0;
    const int done = SSL_read_ex(ssl, into.data() + total, into.size() - total, &got);
    if (done == 1) {
      total += got;
      continue;
    }
    const int error = SSL_get_error(ssl, done);
    if (error == SSL_ERROR_WANT_READ) break;
    state_->failed = error == SSL_ERROR_ZERO_RETURN ? Error{Errc::connection_lost, "the other side has ended it"}
                                                    : Error{Errc::tls_failure, openssl_reason()};
    break;
  }
  if (total == 0 && state_->failed) return tl::unexpected(*state_->failed);
  return total;
}

Status TlsSession::seal(ByteView bytes, Bytes& records) {
  ByteView nothing;
  const Lend lend(*state_, nothing, records);
  std::size_t written = 0;
  while (!bytes.empty()) {
    if (SSL_write_ex(state_->ssl.get(), bytes.data(), bytes.size(), &written) != 1)
      return fail(Errc::tls_failure, openssl_reason());
    bytes = bytes.subspan(written);
  }
  return {};
}

void TlsSession::end(Bytes& records) {
  ByteView nothing;
  const Lend lend(*state_, nothing, records);
  SSL_shutdown(state_->ssl.get());
  ERR_clear_error();
}

std::optional<RelayPin> TlsSession::peer_pin() const { return state_->seen; }

}   // namespace coterie::io
