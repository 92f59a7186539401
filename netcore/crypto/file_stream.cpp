// SPDX-License-Identifier: MIT
#include "netcore/crypto/file_stream.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cassert>
#include <stdexcept>

#include "netcore/crypto/kdf.h"

namespace coterie::crypto {
namespace {

constexpr std::size_t tag_size = sealed_chunk_size - chunk_size;
using ChunkNonce = ByteArray<12>;

// u88 index ‖ u8 last; an index of 64 bits leaves the first three bytes zero.
ChunkNonce chunk_nonce(std::uint64_t index, bool last) {
  ChunkNonce nonce{};
  store_be(nonce.data() + 3, index);
  nonce.back() = last ? 1 : 0;
  return nonce;
}

// Every EVP call here has arguments we made ourselves: one that fails means no memory or a broken OpenSSL.
void must(int ok) {
  if (ok != 1) throw std::runtime_error("OpenSSL cannot run ChaCha20-Poly1305");
}

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }   // wipes the key
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

enum class Direction : int { open = 0, seal = 1 };

// The key is set once; afterwards only the nonce changes from chunk to chunk.
Context make_context(const StreamKey& key, Direction direction) {
  Context context(EVP_CIPHER_CTX_new());
  if (!context) throw std::bad_alloc();
  must(EVP_CipherInit_ex2(context.get(), EVP_chacha20_poly1305(), key.data(), nullptr, static_cast<int>(direction),
                          nullptr));
  return context;
}

void set_nonce(EVP_CIPHER_CTX* context, const ChunkNonce& nonce) {
  must(EVP_CipherInit_ex2(context, nullptr, nullptr, nonce.data(), -1, nullptr));
}

void run(EVP_CIPHER_CTX* context, ByteView from, std::uint8_t* to) {
  if (from.empty()) return;
  int written = 0;
  must(EVP_CipherUpdate(context, to, &written, from.data(), static_cast<int>(from.size())));
  assert(static_cast<std::size_t>(written) == from.size());
}

}   // namespace

StreamKey stream_key(ByteView file_key, const BlobId& attempt) {
  return derive<StreamPurpose>(file_key, attempt.view(), "payload");
}

std::uint64_t chunk_count(std::uint64_t size) {
  return size == 0 ? 1 : size / chunk_size + (size % chunk_size != 0 ? 1 : 0);
}

std::uint64_t sealed_length(std::uint64_t size) { return size + tag_size * chunk_count(size); }

std::size_t chunk_length(std::uint64_t size, std::uint64_t index) {
  assert(index < chunk_count(size));
  return static_cast<std::size_t>(std::min<std::uint64_t>(size - index * chunk_size, chunk_size));
}

struct ChunkSealer::State {
  Context context;
};

ChunkSealer::ChunkSealer(const StreamKey& key)
    : state_(std::make_unique<State>(State{make_context(key, Direction::seal)})) {}
ChunkSealer::ChunkSealer(ChunkSealer&&) noexcept = default;
ChunkSealer& ChunkSealer::operator=(ChunkSealer&&) noexcept = default;
ChunkSealer::~ChunkSealer() = default;

void ChunkSealer::seal(std::uint64_t index, bool last, ByteView plain, MutableByteView sealed) {
  assert(plain.size() <= chunk_size && sealed.size() == plain.size() + tag_size);
  auto* context = state_->context.get();
  set_nonce(context, chunk_nonce(index, last));
  run(context, plain, sealed.data());
  int written = 0;
  must(EVP_CipherFinal_ex(context, sealed.data() + plain.size(), &written));
  must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tag_size, sealed.data() + plain.size()));
}

struct ChunkOpener::State {
  Context context;
};

ChunkOpener::ChunkOpener(const StreamKey& key)
    : state_(std::make_unique<State>(State{make_context(key, Direction::open)})) {}
ChunkOpener::ChunkOpener(ChunkOpener&&) noexcept = default;
ChunkOpener& ChunkOpener::operator=(ChunkOpener&&) noexcept = default;
ChunkOpener::~ChunkOpener() = default;

Status ChunkOpener::open(std::uint64_t index, bool last, ByteView sealed, MutableByteView plain) {
  if (sealed.size() < tag_size || sealed.size() > sealed_chunk_size)
    return fail(Errc::crypto_failure, "a part of the file has an impossible size");
  assert(plain.size() == sealed.size() - tag_size);
  auto* context = state_->context.get();
  ByteArray<tag_size> tag{};
  std::copy_n(sealed.data() + plain.size(), tag.size(), tag.begin());
  set_nonce(context, chunk_nonce(index, last));
  run(context, sealed.first(plain.size()), plain.data());
  must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag_size, tag.data()));
  int written = 0;
  ByteArray<1> nothing{};
  if (EVP_CipherFinal_ex(context, nothing.data(), &written) != 1) {
    // What did not verify must not be seen by anyone.
    OPENSSL_cleanse(plain.data(), plain.size());
    return fail(Errc::crypto_failure, "a part of the file is damaged or was changed on the way");
  }
  return {};
}

Result<Bytes> open_payload(const StreamKey& key, ByteView payload) {
  ChunkOpener opener(key);
  Bytes plain;
  plain.reserve(payload.size());
  for (std::uint64_t index = 0;; ++index) {
    const bool last = payload.size() <= sealed_chunk_size;
    const auto sealed = payload.first(last ? payload.size() : sealed_chunk_size);
    if (sealed.size() < tag_size) return fail(Errc::malformed, "the file is cut short");
    if (sealed.size() == tag_size && index > 0) return fail(Errc::malformed, "the file ends in an empty part");
    const auto length = sealed.size() - tag_size;
    plain.resize(plain.size() + length);
    if (auto opened = opener.open(index, last, sealed, MutableByteView(plain).last(length)); !opened)
      return tl::make_unexpected(opened.error());
    if (last) return plain;
    payload = payload.subspan(sealed_chunk_size);
  }
}

}   // namespace coterie::crypto
