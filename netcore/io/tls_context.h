// SPDX-License-Identifier: MIT
// What is behind TlsIdentity and TlsContext, for the files that make and use them.
#pragma once

#include <openssl/ssl.h>

#include "netcore/io/tls.h"

namespace coterie::io {

struct TlsIdentity::State {
  Handle<EVP_PKEY, EVP_PKEY_free> key;
  Handle<X509, X509_free> certificate;
};

struct TlsContext::State {
  Handle<SSL_CTX, SSL_CTX_free> context;
  bool is_server = false;
  std::optional<RelayPin> expected;
};

// SHA-256 of a certificate's SubjectPublicKeyInfo in DER.
RelayPin spki_pin(const X509& certificate);

// The client's check of the relay's certificate (SSL_CTX_set_cert_verify_callback), for the session it happens in.
int verify_relay(X509_STORE_CTX* presented, void*);

// The oldest reason OpenSSL has noted since it was last asked, in its own words: "wrong version number".
std::string openssl_reason();

}   // namespace coterie::io
