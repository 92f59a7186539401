// SPDX-License-Identifier: MIT
// Opening of sealed files. With an even first byte the rest is a payload as it is; with an odd one it describes chunks,
// each genuinely sealed with its own index, mark and length, and the payload made of them must open exactly when they
// are the chunks of one file in order. What opens must seal to the same bytes again.
#include <cassert>

#include "netcore/crypto/aead.h"
#include "netcore/crypto/file_stream.h"

using namespace coterie;
using namespace coterie::crypto;

namespace {

const StreamKey& key() {
  static const StreamKey fixed = (initialise(), stream_key(Bytes(32, 1), BlobId::from(Bytes(16, 2))));
  return fixed;
}

Bytes seal(ByteView file) {
  ChunkSealer sealer(key());
  Bytes sealed(sealed_length(file.size()));
  const auto count = chunk_count(file.size());
  for (std::uint64_t index = 0; index < count; ++index) {
    const auto length = chunk_length(file.size(), index);
    sealer.seal(index, index + 1 == count, file.subspan(index * chunk_size, length),
                MutableByteView(sealed).subspan(index * sealed_chunk_size, length + 16));
  }
  return sealed;
}

bool opens(ByteView payload) {
  const auto file = open_payload(key(), payload);
  if (file) assert(seal(*file) == to_bytes(payload));
  return file.has_value();
}

struct Chunk {
  std::uint64_t index;
  bool last;
  std::size_t length;
};

// Three bytes each: index, bits (1 last, 2 full, 4 a byte less than full), length otherwise.
std::vector<Chunk> read_chunks(ByteView bytes) {
  std::vector<Chunk> chunks;
  for (; bytes.size() >= 3 && chunks.size() < 5; bytes = bytes.subspan(3)) {
    const bool last = (bytes[1] & 1U) != 0;
    const std::size_t length = (bytes[1] & 2U) != 0 ? chunk_size : (bytes[1] & 4U) != 0 ? chunk_size - 1 : bytes[2];
    chunks.push_back({bytes[0], last, length});
  }
  return chunks;
}

bool are_one_file(const std::vector<Chunk>& chunks) {
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const bool at_end = i + 1 == chunks.size();
    if (chunks[i].index != i || chunks[i].last != at_end) return false;
    if (!at_end && chunks[i].length != chunk_size) return false;
    if (at_end && i > 0 && chunks[i].length == 0) return false;
  }
  return !chunks.empty();
}

void open_chunks(const std::vector<Chunk>& chunks) {
  static const Bytes plain(chunk_size, 3);
  ChunkSealer sealer(key());
  Bytes payload;
  for (const auto& chunk : chunks) {
    const auto start = payload.size();
    payload.resize(start + chunk.length + 16);
    sealer.seal(chunk.index, chunk.last, ByteView(plain).first(chunk.length), MutableByteView(payload).subspan(start));
  }
  assert(opens(payload) == are_one_file(chunks));
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto rest = ByteView(data, size).subspan(1);
  if (data[0] % 2 == 0)
    opens(rest);
  else
    open_chunks(read_chunks(rest));
  return 0;
}
