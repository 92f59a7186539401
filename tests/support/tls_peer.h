// SPDX-License-Identifier: MIT
// A TLS peer made with OpenSSL alone, for what a Connection would never offer: other versions, other protocol names, other
// certificates. It is stepped by hand; see test::until.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "netcore/base/bytes.h"
#include "netcore/base/ids.h"
#include "netcore/io/handles.h"

namespace coterie::test {

class TlsPeer {
 public:
  struct Options {
    bool is_server = false;
    int min_version = TLS1_3_VERSION;
    int max_version = TLS1_3_VERSION;
    std::vector<std::string> protocols;   // a client offers them; a server takes the first it is offered of them
    bool expired_certificate = false;     // server
  };

  TlsPeer(io::Descriptor socket, const Options& options);
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;
  ~TlsPeer();

  // Goes on as far as it can without waiting: handshakes, then reads.
  void step();
  void write(ByteView bytes);
  void close();   // without a word

  [[nodiscard]] bool is_open() const { return open_; }
  [[nodiscard]] bool has_failed() const { return failed_; }   // an error, or the end of the stream
  [[nodiscard]] int alert() const { return alert_; }          // the last one received; -1: none
  [[nodiscard]] int tickets() const { return tickets_; }      // sessions that could be resumed
  [[nodiscard]] const Bytes& received() const { return received_; }
  [[nodiscard]] RelayPin own_pin() const;   // of a server's certificate

 private:
  static void on_info(const SSL* ssl, int where, int value);
  static int on_session(SSL* ssl, SSL_SESSION* session);
  static int choose_protocol(SSL* ssl, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                             unsigned int offered_size, void* self);
  void make_certificate(bool expired);

  io::Descriptor socket_;
  io::Handle<SSL_CTX, SSL_CTX_free> context_;
  io::Handle<SSL, SSL_free> ssl_;
  io::Handle<EVP_PKEY, EVP_PKEY_free> key_;
  Bytes protocols_;   // as ALPN carries them
  Bytes received_;
  bool open_ = false;
  bool failed_ = false;
  int alert_ = -1;
  int tickets_ = 0;
};

}   // namespace coterie::test
