// SPDX-License-Identifier: MIT
#include "netcore/session/profile.h"

#include <cassert>

#include "netcore/base/random.h"
#include "netcore/crypto/aead.h"

namespace coterie {
namespace {

struct AtRestPurpose;

// 24-byte random nonce ‖ XChaCha20-Poly1305, with the place as associated data.
class SealedAtRest final : public store::AtRest {
 public:
  explicit SealedAtRest(Key<AtRestPurpose> key) : key_(std::move(key)) {}

  [[nodiscard]] Bytes seal(std::string_view place, ByteView plain) const override {
    crypto::XNonce nonce;
    fill_random(nonce);
    return concat({nonce, crypto::xaead_seal(key_.view(), nonce, as_bytes(place), plain)});
  }

  [[nodiscard]] Result<SecretBytes> open(std::string_view place, ByteView sealed) const override {
    crypto::XNonce nonce;
    if (sealed.size() < nonce.size()) return fail(Errc::database_corrupt, "a sealed value is cut short");
    std::copy_n(sealed.begin(), nonce.size(), nonce.begin());
    auto plain = crypto::xaead_open(key_.view(), nonce, as_bytes(place), sealed.subspan(nonce.size()));
    if (!plain) return fail(Errc::database_corrupt, "a sealed value does not open with this profile's key");
    return SecretBytes(std::move(*plain));
  }

 private:
  Key<AtRestPurpose> key_;
};

// The highest folder on the way to this one that does not exist yet; empty when there is none.
std::filesystem::path topmost_missing(const std::filesystem::path& folder) {
  std::filesystem::path missing;
  std::error_code ignored;
  for (auto path = folder; path.has_relative_path() && !std::filesystem::exists(path, ignored);
       path = path.parent_path())
    missing = path;
  return missing;
}

// The same folder without "." and without a separator at its end, so that its parents can be counted off.
std::filesystem::path plain(const std::filesystem::path& folder) {
  std::error_code ignored;
  const auto whole = std::filesystem::absolute(folder, ignored).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

Result<Key<AtRestPurpose>> load_or_make_key(const std::filesystem::path& file) {
  auto stored = read_private_file(file, Key<AtRestPurpose>::size);
  if (stored) {
    if (stored->size() != Key<AtRestPurpose>::size)
      return fail(Errc::database_corrupt, file.string() + " is not a profile key");
    return Key<AtRestPurpose>::from(stored->view());
  }
  if (stored.error().code != Errc::not_found) return tl::unexpected(stored.error());
  Key<AtRestPurpose> key;
  fill_random({key.writable(), Key<AtRestPurpose>::size});
  if (const auto made = create_private_file(file, key.view()); !made) return tl::unexpected(made.error());
  return key;
}

}   // namespace

Profile::Profile(std::filesystem::path folder, FileLock lock, std::unique_ptr<store::AtRest> at_rest)
    : folder_(std::move(folder)), lock_(std::move(lock)), at_rest_(std::move(at_rest)) {}

Profile::~Profile() = default;

Result<std::unique_ptr<Profile>> Profile::open(const std::filesystem::path& folder) {
  const auto topmost_made = topmost_missing(plain(folder));
  if (const auto made = make_private_folder(folder / "transfers"); !made) return tl::unexpected(made.error());
  auto lock = FileLock::acquire(folder / "lock");
  if (!lock) {
    if (lock.error().code == Errc::in_use) return fail(Errc::in_use, "the profile " + folder.string());
    return tl::unexpected(lock.error());
  }
  std::error_code ignored;
  const bool is_new = !std::filesystem::exists(folder / "key", ignored);
  if (is_new && std::filesystem::exists(folder / "coterie.db", ignored))
    return fail(Errc::database_corrupt, (folder / "key").string() + ", which opens the profile's database, is missing");
  auto key = load_or_make_key(folder / "key");
  if (!key) return tl::unexpected(key.error());
  auto profile =
      std::unique_ptr<Profile>(new Profile(folder, std::move(*lock), std::make_unique<SealedAtRest>(std::move(*key))));
  profile->is_new_ = is_new;
  profile->topmost_made_ = topmost_made;
  if (const auto loaded = profile->load(); !loaded) {
    if (is_new) profile->discard();
    return tl::unexpected(loaded.error());
  }
  return profile;
}

Status Profile::look_into(const std::filesystem::path& folder,
                          const std::function<Status(store::ProfileStore&)>& read) {
  std::error_code ignored;
  if (!std::filesystem::exists(folder / "key", ignored) || !std::filesystem::exists(folder / "coterie.db", ignored))
    return {};
  auto key = load_or_make_key(folder / "key");
  if (!key) return tl::unexpected(key.error());
  const SealedAtRest at_rest(std::move(*key));
  auto store = store::ProfileStore::open(folder / "coterie.db", at_rest);
  if (!store) return tl::unexpected(store.error());
  return read(**store);
}

Result<std::filesystem::path> Profile::set_aside(const std::filesystem::path& folder, const std::string& name) {
  auto lock = FileLock::acquire(folder / "lock");
  if (!lock) {
    if (lock.error().code == Errc::in_use) return fail(Errc::in_use, "the profile " + folder.string());
    return tl::unexpected(lock.error());
  }
  const auto kept = folder / name;
  std::error_code failed;
  if (std::filesystem::exists(kept, failed)) return fail(Errc::in_use, "the folder " + kept.string());
  if (const auto made = make_private_folder(kept); !made) return tl::unexpected(made.error());
  // The key last: where this is cut short, a database without its key is refused, and a key without its database opens nothing.
  for (const auto* part : {"coterie.db-wal", "coterie.db-shm", "coterie.db", "transfers", "key"}) {
    std::filesystem::rename(folder / part, kept / part, failed);
    if (failed && failed != std::errc::no_such_file_or_directory)
      return fail(Errc::io_failure, (folder / part).string() + " (" + failed.message() + ")");
  }
  return kept;
}

void Profile::discard() {
  assert(is_new_);
  store_.reset();
  std::error_code ignored;   // what holds something else stays: a folder goes only when it is empty
  for (const auto* name : {"coterie.db-wal", "coterie.db-shm", "coterie.db", "key", "transfers", "lock"})
    std::filesystem::remove(folder_ / name, ignored);
  if (topmost_made_.empty()) return;
  for (auto path = plain(folder_); std::filesystem::remove(path, ignored) && path != topmost_made_;)
    path = path.parent_path();
}

Status Profile::load() {
  auto opened = store::ProfileStore::open(folder_ / "coterie.db", *at_rest_);
  if (!opened) return tl::unexpected(opened.error());
  store_ = std::move(*opened);
  return store_->transact([&]() -> Status {
    if (const auto secret = store_->identity()) {
      if (secret->size() != Key<crypto::X25519Purpose>::size)
        return fail(Errc::database_corrupt, (folder_ / "coterie.db").string() + " (its identity is not a key)");
      identity_ = crypto::KeyPair::from_secret(secret->view());
      return {};
    }
    identity_ = crypto::KeyPair::generate();
    store_->set_identity(SecretBytes(identity_.secret.view()));
    return {};
  });
}

}   // namespace coterie
