// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "netcore/base/random.h"
#include "netcore/io/socket.h"
#include "netcore/io/tls_context.h"

namespace coterie::io {
namespace {

using std::filesystem::path;
using BioHandle = Handle<BIO, BIO_free_all>;

Error refused(const path& file, int error) {
  const auto code = error == EACCES || error == EPERM    ? Errc::permission_denied
                    : error == ENOSPC || error == EDQUOT ? Errc::disk_full
                                                         : Errc::io_failure;
  return {code, file.string() + " (" + reason_of(error) + ")"};
}

// An encrypted key has nobody to ask for its password at start-up.
int no_password(char*, int, int, void*) { return -1; }

Result<std::shared_ptr<TlsIdentity::State>> load(int descriptor, const path& file) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return tl::unexpected(refused(file, errno));
  if (!S_ISREG(status.st_mode)) return fail(Errc::malformed, file.string() + " is not a file");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fail(Errc::permission_denied, file.string() + " holds the relay's key and is open to others (chmod 600 it)");
  ERR_clear_error();
  const BioHandle bio(BIO_new_fd(descriptor, BIO_NOCLOSE));
  auto state = std::make_shared<TlsIdentity::State>();
  if (bio) state->key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  if (state->key) state->certificate.reset(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr));
  const bool whole = state->certificate && X509_check_private_key(state->certificate.get(), state->key.get()) == 1;
  ERR_clear_error();
  if (!whole) return fail(Errc::malformed, file.string() + " does not hold a key and its certificate");
  return state;
}

bool write_pem(int descriptor, const TlsIdentity::State& state) {
  const BioHandle bio(BIO_new_fd(descriptor, BIO_NOCLOSE));
  return bio && PEM_write_bio_PrivateKey(bio.get(), state.key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1 &&
         PEM_write_bio_X509(bio.get(), state.certificate.get()) == 1;
}

// Under a name of its own first: whoever finds identity.pem finds a whole one, whatever happens while it is written.
Status save(int folder, const path& file, const TlsIdentity::State& state) {
  ByteArray<8> number;
  fill_random(number);
  const auto draft = ".identity-" + to_hex(number) + ".pem";
  Descriptor descriptor(::openat(folder, draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!descriptor) return tl::unexpected(refused(file, errno));
  errno = 0;
  const bool written = write_pem(descriptor.get(), state) && ::fsync(descriptor.get()) == 0;
  int error = written ? 0 : errno != 0 ? errno : EIO;
  if (written && ::linkat(folder, draft.c_str(), folder, file.filename().c_str(), 0) != 0) error = errno;
  ::unlinkat(folder, draft.c_str(), 0);
  if (error == 0 && ::fsync(folder) != 0) error = errno;
  if (error != 0) return tl::unexpected(refused(file, error));
  return {};
}

}   // namespace

Result<TlsIdentity> TlsIdentity::load_or_make(const path& folder) {
  const auto file = folder / "identity.pem";
  const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return tl::unexpected(refused(folder, errno));
  const auto open_it = [&] {
    return Descriptor(::openat(directory.get(), "identity.pem", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  };
  auto descriptor = open_it();
  if (!descriptor && errno == ENOENT) {
    const auto saved = save(directory.get(), file, *make().state());
    // What is there now decides: ours, or that of a relay started at the same moment.
    descriptor = open_it();
    if (!descriptor) return tl::unexpected(saved ? refused(file, errno) : saved.error());
  }
  if (!descriptor) return tl::unexpected(refused(file, errno));
  auto state = load(descriptor.get(), file);
  if (!state) return tl::unexpected(state.error());
  return TlsIdentity(std::move(*state));
}

}   // namespace coterie::io
