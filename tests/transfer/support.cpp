// SPDX-License-Identifier: MIT
#include "support.h"

#include <algorithm>

namespace coterie::test {

Bytes random_bytes(Random& random, std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; i += 8) {
    const auto word = random();
    std::memcpy(bytes.data() + i, &word, std::min<std::size_t>(8, size - i));
  }
  return bytes;
}

std::size_t below(Random& random, std::size_t bound) {
  return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

crypto::StreamKey key_number(std::uint8_t n) {
  ByteArray<32> bytes{};
  bytes.fill(n);
  return crypto::StreamKey::from(bytes);
}

Bytes sealed(const crypto::StreamKey& key, ByteView plain) {
  crypto::ChunkSealer sealer(key);
  Bytes all(static_cast<std::size_t>(crypto::sealed_length(plain.size())));
  const auto count = crypto::chunk_count(plain.size());
  for (std::uint64_t j = 0; j < count; ++j) {
    const auto length = crypto::chunk_length(plain.size(), j);
    sealer.seal(j, j + 1 == count, plain.subspan(j * crypto::chunk_size, length),
                MutableByteView(all).subspan(j * crypto::sealed_chunk_size, length + 16));
  }
  return all;
}

ManualWorker::ManualWorker()
    : worker_([this](std::function<void()> answer) {
        const std::lock_guard lock(mutex_);
        answers_.push_back(std::move(answer));
        wake_.notify_one();
      }) {}

void ManualWorker::until(const std::function<bool()>& done) {
  while (!done()) {
    std::function<void()> answer;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return !answers_.empty(); });
      answer = std::move(answers_.front());
      answers_.pop_front();
    }
    answer();
  }
}

}   // namespace coterie::test
