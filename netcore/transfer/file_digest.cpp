// SPDX-License-Identifier: MIT
#include "netcore/transfer/file_digest.h"

#include <algorithm>

namespace coterie::transfer {
namespace {

constexpr std::size_t read_size = 1_MiB;
constexpr std::uint64_t slice = 32_MiB;   // some 25 ms with hardware help, a tenth of a second without

struct Job {
  Worker& worker;
  std::uint64_t size;
  ReadAt read;
  std::weak_ptr<void> wanted;
  std::function<void(Result<Sha256Digest>)> done;
  std::uint64_t at = 0;
  Sha256 hash;
  Bytes buffer;
};

Status hash_slice(Job& job) {
  job.buffer.resize(static_cast<std::size_t>(std::min<std::uint64_t>(read_size, job.size)));
  const auto end = std::min(job.size, job.at + slice);
  while (job.at < end) {
    const auto piece =
        MutableByteView(job.buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(read_size, end - job.at)));
    if (auto read = job.read(job.at, piece); !read) return read;
    job.hash.update(piece);
    job.at += piece.size();
  }
  return {};
}

void go_on(const std::shared_ptr<Job>& job) {
  job->worker.run([job] { return hash_slice(*job); },
                  [job](const Status& status) {
                    if (job->wanted.expired()) return;
                    if (!status) return job->done(tl::unexpected(status.error()));
                    if (job->at == job->size) return job->done(job->hash.finish());
                    go_on(job);
                  });
}

}   // namespace

void compute_digest(Worker& worker, std::uint64_t size, ReadAt read, std::weak_ptr<void> wanted,
                    std::function<void(Result<Sha256Digest>)> done) {
  go_on(std::shared_ptr<Job>(new Job{worker, size, std::move(read), std::move(wanted), std::move(done), 0, {}, {}}));
}

}   // namespace coterie::transfer
