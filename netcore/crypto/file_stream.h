// SPDX-License-Identifier: MIT
// A file as a stream of sealed 64 KiB chunks, the payload format of age (age-encryption.org/v1, "Payload"), with random access:
// chunk j is ChaCha20-Poly1305 under the nonce u88 j ‖ u8 last, without associated data. By OpenSSL EVP, which is several
// times faster here than libsodium (docs/design.md).
#pragma once

#include <memory>

#include "netcore/base/ids.h"
#include "netcore/base/result.h"
#include "netcore/base/secret.h"

namespace coterie::crypto {

struct StreamPurpose;
using StreamKey = Key<StreamPurpose>;

constexpr std::size_t chunk_size = 65'536;   // plaintext bytes
constexpr std::size_t sealed_chunk_size = chunk_size + 16;

// HKDF(file_key, attempt, "payload"): a fresh attempt gives a fresh key, so no nonce ever seals two plaintexts.
StreamKey stream_key(ByteView file_key, const BlobId& attempt);

// ceil(size / 64 KiB), but 1 for an empty file.
std::uint64_t chunk_count(std::uint64_t size);
// size + 16 * chunk_count(size).
std::uint64_t sealed_length(std::uint64_t size);
// Plaintext bytes in chunk `index` of a file of `size` bytes.
std::size_t chunk_length(std::uint64_t size, std::uint64_t index);

class ChunkSealer {
 public:
  explicit ChunkSealer(const StreamKey& key);
  ChunkSealer(ChunkSealer&&) noexcept;
  ChunkSealer& operator=(ChunkSealer&&) noexcept;
  ~ChunkSealer();

  // Seals `plain` (at most 64 KiB) into `sealed`, which must have 16 bytes more; they may start at the same address.
  void seal(std::uint64_t index, bool last, ByteView plain, MutableByteView sealed);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class ChunkOpener {
 public:
  explicit ChunkOpener(const StreamKey& key);
  ChunkOpener(ChunkOpener&&) noexcept;
  ChunkOpener& operator=(ChunkOpener&&) noexcept;
  ~ChunkOpener();

  // Opens into `plain`, which must have 16 bytes less; they may start at the same address. Errc::crypto_failure,
  // and then `plain` holds zeros.
  Status open(std::uint64_t index, bool last, ByteView sealed, MutableByteView plain);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Opens a whole payload held in memory (nonce not included), with age's rules: every chunk full but the last, the last
// marked, an empty last chunk only in an empty file, nothing after it. For vectors and small data.
Result<Bytes> open_payload(const StreamKey& key, ByteView payload);

}   // namespace coterie::crypto
