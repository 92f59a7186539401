// SPDX-License-Identifier: MIT
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cassert>
#include <stdexcept>

#include "netcore/base/digest.h"
#include "netcore/base/random.h"
#include "netcore/io/tls_context.h"

namespace coterie::io {
namespace {

constexpr long version_3 = 2;   // RFC 5280 §4.1.2.1: counted from 0
constexpr int validity_days = 3650;

void must(bool done) {
  if (!done) throw std::runtime_error("the relay's identity cannot be made: " + openssl_reason());
}

void add_extension(X509* certificate, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Handle<X509_EXTENSION, X509_EXTENSION_free> extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  must(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

Handle<X509, X509_free> self_signed(EVP_PKEY* key) {
  Handle<X509, X509_free> made(X509_new());
  must(made != nullptr);
  auto* certificate = made.get();
  must(X509_set_version(certificate, version_3) == 1);
  must(ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), 1 + random_below(UINT64_C(1) << 62U)) == 1);
  must(X509_gmtime_adj(X509_getm_notBefore(certificate), 0) != nullptr);
  must(X509_time_adj_ex(X509_getm_notAfter(certificate), validity_days, 0, nullptr) != nullptr);
  auto* name = X509_get_subject_name(certificate);
  static constexpr unsigned char common_name[] = "coterie-relay";
  must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, sizeof common_name - 1, -1, 0) == 1);
  must(X509_set_issuer_name(certificate, name) == 1);
  must(X509_set_pubkey(certificate, key) == 1);
  add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate, NID_key_usage, "critical,digitalSignature");
  add_extension(certificate, NID_ext_key_usage, "serverAuth");
  must(X509_sign(certificate, key, EVP_sha256()) != 0);
  return made;
}

}   // namespace

RelayPin spki_pin(const X509& certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(&certificate), &der);
  if (size <= 0) return {};   // no key in it: the pin of nobody
  const auto digest = sha256({der, static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return RelayPin::from(digest.view());
}

TlsIdentity TlsIdentity::make() {
  ERR_clear_error();
  auto state = std::make_shared<State>();
  state->key.reset(EVP_EC_gen("P-256"));
  must(state->key != nullptr);
  state->certificate = self_signed(state->key.get());
  return TlsIdentity(std::move(state));
}

RelayPin TlsIdentity::pin() const { return spki_pin(*state_->certificate); }

}   // namespace coterie::io
