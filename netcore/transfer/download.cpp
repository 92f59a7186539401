// SPDX-License-Identifier: MIT
#include "netcore/transfer/download.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace coterie::transfer {
namespace {

constexpr std::size_t tag_size = crypto::sealed_chunk_size - crypto::chunk_size;
constexpr std::size_t chunks_at_once = 16;   // written by one call

}   // namespace

Download::Download(Worker& worker, std::shared_ptr<FileSink> sink, std::shared_ptr<Journal> journal, std::uint64_t size,
                   ChunkMap there, Hooks hooks)
    : worker_(worker),
      sink_(std::move(sink)),
      journal_(std::move(journal)),
      size_(size),
      count_(crypto::chunk_count(size)),
      hooks_(std::move(hooks)),
      there_(std::move(there)),
      synced_(there_) {}

Download::~Download() = default;

std::size_t Download::sealed_size(ChunkIndex index) const { return crypto::chunk_length(size_, index) + tag_size; }

void Download::begin(const crypto::StreamKey& key) {
  assert(!is_complete());
  opener_.emplace(key);
  next_ = there_.first_missing();
  carry_.clear();
}

Status Download::feed(MutableByteView sealed) {
  assert(opener_);
  const auto stop = [this](Error error) {
    opener_.reset();
    carry_.clear();
    return tl::unexpected(std::move(error));
  };
  if (failure_) return stop(*failure_);
  while (!sealed.empty()) {
    if (next_ == count_) return stop({Errc::crypto_failure, "more bytes came than the file has"});
    const auto whole = sealed_size(next_);
    if (carry_.empty() && sealed.size() >= whole) {
      if (auto taken = take_whole(sealed); !taken) return stop(taken.error());
      continue;
    }
    carry_.reserve(crypto::sealed_chunk_size);
    const auto piece = sealed.first(std::min(sealed.size(), whole - carry_.size()));
    append(carry_, piece);
    sealed = sealed.subspan(piece.size());
    if (carry_.size() == whole) {
      MutableByteView assembled(carry_);
      if (auto taken = take_whole(assembled); !taken) return stop(taken.error());
      carry_.clear();
    }
  }
  if (unsynced_ - syncing_ >= sync_at) sync();
  return {};
}

// Opens the whole chunks in front of `sealed` where they lie, writes them by one call, and takes them off.
Status Download::take_whole(MutableByteView& sealed) {
  std::array<ByteView, chunks_at_once> plain;
  std::size_t chunks = 0;
  Status opened;
  while (chunks < plain.size() && next_ + chunks < count_) {
    const auto index = next_ + chunks;
    const auto whole = sealed_size(index);
    if (sealed.size() < whole) break;
    const auto chunk = sealed.first(whole);
    const auto inside = chunk.first(whole - tag_size);
    opened = opener_->open(index, index + 1 == count_, chunk, inside);
    if (!opened) break;
    plain[chunks++] = inside;
    sealed = sealed.subspan(whole);
  }
  // What did open is worth keeping, whatever came behind it.
  if (chunks > 0)
    if (auto written = write(next_, std::span(plain).first(chunks)); !written) return written;
  return opened;
}

Status Download::write(ChunkIndex first, std::span<const ByteView> plain) {
  if (auto written = sink_->write(first * crypto::chunk_size, plain); !written) return written;
  for (const auto part : plain) unsynced_ += part.size();
  there_.add({first, first + plain.size()});
  next_ = first + plain.size();
  return {};
}

void Download::sync() {
  if (sync_runs_ || failure_ || there_ == synced_) return;
  sync_runs_ = true;
  syncing_ = unsynced_;
  worker_.run(
      [sink = sink_, journal = journal_, ranges = there_.beyond(synced_)]() -> Status {
        if (auto synced = sink->sync(); !synced) return synced;
        for (const auto range : ranges)
          if (auto recorded = journal->append(range); !recorded) return recorded;
        return {};
      },
      [this, alive = std::weak_ptr<bool>(alive_), now_synced = there_](const Status& status) {
        if (alive.lock()) on_sync_done(now_synced, status);
      });
}

void Download::on_sync_done(const ChunkMap& now_synced, const Status& status) {
  sync_runs_ = false;
  if (status) {
    synced_ = now_synced;
    unsynced_ -= syncing_;
  } else {
    // What the system could not write it may have forgotten: only the journal counts now.
    failure_ = status.error();
    there_ = synced_;
    unsynced_ = 0;
  }
  syncing_ = 0;
  const auto alive = std::weak_ptr<bool>(alive_);
  if (!settling_.empty() && (failure_ || there_ == synced_)) {
    const auto waiting = std::exchange(settling_, {});
    for (const auto& done : waiting) done(status);
  } else if (!settling_.empty() || unsynced_ >= sync_at) {
    sync();
  }
  if (alive.expired()) return;
  if (status)
    hooks_.on_synced();
  else
    hooks_.on_failed(status.error());
}

void Download::settle(std::function<void(Status)> done) {
  if (failure_ || (!sync_runs_ && there_ == synced_)) {
    // The answer comes from the worker's road like any other.
    worker_.run([] {},
                [alive = std::weak_ptr<bool>(alive_), done = std::move(done), failure = failure_] {
                  if (alive.lock()) done(failure ? Status(tl::unexpected(*failure)) : Status());
                });
    return;
  }
  settling_.push_back(std::move(done));
  sync();
}

}   // namespace coterie::transfer
