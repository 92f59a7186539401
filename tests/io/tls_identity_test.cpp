// SPDX-License-Identifier: MIT
#include <openssl/pem.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "netcore/base/digest.h"
#include "netcore/io/tls_context.h"
#include "tests/support/temp_folder.h"

using namespace coterie;
using io::TlsIdentity;
namespace fs = std::filesystem;

namespace {

mode_t mode_of(const fs::path& file) {
  struct stat status {};
  BOOST_TEST_REQUIRE(::stat(file.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

Errc refusal(const fs::path& folder) {
  const auto loaded = TlsIdentity::load_or_make(folder);
  BOOST_TEST_REQUIRE(!loaded.has_value());
  BOOST_TEST(!loaded.error().detail.empty());
  return loaded.error().code;
}

std::size_t entries_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}   // namespace

BOOST_AUTO_TEST_SUITE(tls_identity)

BOOST_AUTO_TEST_CASE(is_a_p256_key_with_a_version_3_certificate_for_ten_years) {
  const auto identity = TlsIdentity::make();
  auto* key = identity.state()->key.get();
  auto* certificate = identity.state()->certificate.get();
  char group[32] = {};
  std::size_t size = 0;
  BOOST_TEST(EVP_PKEY_get_group_name(key, group, sizeof group, &size) == 1);
  BOOST_TEST(std::string(group) == "prime256v1");
  BOOST_TEST(X509_get_version(certificate) == 2);
  BOOST_TEST(X509_verify(certificate, key) == 1);
  char name[64] = {};
  BOOST_TEST(X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name) > 0);
  BOOST_TEST(std::string(name) == "coterie-relay");
  int days = 0;
  int seconds = 0;
  BOOST_TEST(ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(certificate), X509_get0_notAfter(certificate)) == 1);
  BOOST_TEST(days == 3650);
}

BOOST_AUTO_TEST_CASE(the_pin_is_the_sha256_of_the_public_key_info) {
  const auto identity = TlsIdentity::make();
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(identity.state()->key.get(), &der);
  BOOST_TEST_REQUIRE(size > 0);
  BOOST_TEST((identity.pin() == RelayPin::from(sha256({der, static_cast<std::size_t>(size)}).view())));
  OPENSSL_free(der);
  BOOST_TEST((TlsIdentity::make().pin() != identity.pin()));
}

BOOST_AUTO_TEST_CASE(is_made_once_for_its_owner_only_and_found_again) {
  const test::TempFolder folder;
  const auto made = TlsIdentity::load_or_make(folder.path());
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(mode_of(folder / "identity.pem") == 0600U);
  BOOST_TEST(entries_in(folder.path()) == 1U);   // no draft is left behind
  const auto again = TlsIdentity::load_or_make(folder.path());
  BOOST_TEST_REQUIRE(again.has_value());
  BOOST_TEST((again->pin() == made->pin()));
}

BOOST_AUTO_TEST_CASE(S07_a_file_that_others_can_read_is_refused) {
  const test::TempFolder folder;
  BOOST_TEST_REQUIRE(TlsIdentity::load_or_make(folder.path()).has_value());
  for (const mode_t mode : {0640U, 0604U, 0620U, 0601U}) {
    BOOST_TEST_REQUIRE(::chmod((folder / "identity.pem").c_str(), mode) == 0);
    BOOST_TEST((refusal(folder.path()) == Errc::permission_denied));
  }
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_refused_and_left_as_it_is) {
  const test::TempFolder folder;
  const auto file = folder / "identity.pem";
  BOOST_TEST_REQUIRE(TlsIdentity::load_or_make(folder.path()).has_value());
  const auto good = test::read_file(file);
  for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, good.size() / 4, good.size() / 2, good.size() - 40}) {
    const auto part = ByteView(good).first(cut);
    test::write_file(file, part);
    BOOST_TEST((refusal(folder.path()) == Errc::malformed));
    BOOST_TEST((test::read_file(file) == to_bytes(part)));
  }
  // The key of one relay with the certificate of another.
  const test::TempFolder other;
  BOOST_TEST_REQUIRE(TlsIdentity::load_or_make(other.path()).has_value());
  const auto foreign = test::read_file(other / "identity.pem");
  const auto border = as_text(good).find("-----BEGIN CERTIFICATE");
  const auto foreign_border = as_text(foreign).find("-----BEGIN CERTIFICATE");
  test::write_file(file, concat({ByteView(good).first(border), ByteView(foreign).subspan(foreign_border)}));
  BOOST_TEST((refusal(folder.path()) == Errc::malformed));
}

BOOST_AUTO_TEST_CASE(a_link_or_a_folder_in_its_place_is_refused) {
  const test::TempFolder folder;
  const test::TempFolder elsewhere;
  fs::create_symlink(elsewhere / "planted.pem", folder / "identity.pem");
  BOOST_TEST((refusal(folder.path()) == Errc::io_failure));
  BOOST_TEST(entries_in(elsewhere.path()) == 0U);
  fs::remove(folder / "identity.pem");
  fs::create_directory(folder / "identity.pem");
  ::chmod((folder / "identity.pem").c_str(), 0700);
  BOOST_TEST((refusal(folder.path()) == Errc::malformed));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_is_an_error_with_its_name) {
  const test::TempFolder folder;
  const auto loaded = TlsIdentity::load_or_make(folder / "missing");
  BOOST_TEST_REQUIRE(!loaded.has_value());
  BOOST_TEST((loaded.error().code == Errc::io_failure));
  BOOST_TEST(loaded.error().detail.find("missing") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
