// SPDX-License-Identifier: MIT
// From the last chunk to the file in its place; starting again; ends.
#include <ctime>

#include "netcore/base/log.h"
#include "netcore/session/file_receiver.h"
#include "netcore/transfer/file_digest.h"
#include "netcore/transfer/safe_name.h"

namespace coterie {

using event::TransferPhase;
using store::TransferState;

namespace {

constexpr unsigned most_lost_parts = 3;

}   // namespace

// When it is received and from whom is part of the name (S10).
std::string FileReceiver::name_to_get() const {
  const auto seconds = static_cast<std::time_t>(context_.host.now() / 1000);
  std::tm local{};
  localtime_r(&seconds, &local);
  return transfer::received_name(local, context_.host.user_id_of(row_.peer), row_.name);
}

// ── the last chunk ─────────────────────────────────────────────────────────────────────────────────────────────────

void FileReceiver::all_there() {
  sync_.cancel();
  if (link_) {
    const auto last_word = control::encode_done(crypto::sealed_length(row_.size));
    context_.see_off(std::move(link_), last_word);
  }
  // No BlobDrop: it would end the data connection before the sender has our last word.
  stage_ = Stage::verifying;
  context_.downloads.leave(row_.file);
  context_.turns_changed();
  failures_ = bad_chunks_ = 0;
  tell(TransferPhase::verifying);
  if (!download_) return verify();
  download_->settle([this](const Status& status) {
    if (status) verify();
  });
}

// Waits for FILE_DONE; then the digest where there is one.
void FileReceiver::verify() {
  if (stage_ != Stage::verifying || verifying_) return;
  if (!row_.done_known) return remind_later();
  if (const auto opened = open_files(); !opened) return disk_failed(opened.error());
  if (!has_all()) return start_over();
  if (!row_.has_digest) return place();
  verifying_ = std::make_shared<bool>(true);
  transfer::compute_digest(
      context_.worker, row_.size,
      [sink = download_->sink()](std::uint64_t offset, MutableByteView into) { return sink->read(offset, into); },
      verifying_, [this, wanted = row_.digest](const Result<Sha256Digest>& digest) { compare(digest, wanted); });
}

void FileReceiver::compare(const Result<Sha256Digest>& digest, const Sha256Digest& wanted) {
  verifying_.reset();
  if (!digest) return disk_failed(digest.error());
  digest_ = *digest;
  if (*digest == wanted) return place();
  keeps_part_ = true;
  end(TransferState::failed, TransferPhase::failed,
      Error{Errc::digest_mismatch, (std::filesystem::path(row_.folder) / row_.part).string()},
      content::FileAnswer{.file = row_.file, .answer = content::Answer::failed, .first_missing = 0});
}

void FileReceiver::place() {
  stage_ = Stage::placing;
  context_.worker.run(
      [sink = download_->sink(), journal = download_->journal(), name = name_to_get()] {
        return sink->finish(name, [&](const std::string& candidate) { return journal->append_placing(candidate); });
      },
      [this, alive = alive()](const Result<std::string>& name) {
        if (!alive.expired()) placed(name);
      });
}

void FileReceiver::placed(const Result<std::string>& name) {
  if (name) {
    placed_as_ = *name;
    record_saved();
  } else {
    log::warning("file.not_placed",
                 {{"file", row_.file}, {"why", name_of(name.error().code)}, {"detail", name.error().detail}});
    const bool lost = name.error().code == Errc::not_found || name.error().code == Errc::not_a_file;
    stage_ = Stage::verifying;
    lost ? start_over() : disk_failed(name.error());
  }
  if (auto done = std::exchange(when_placed_, nullptr)) done();
}

// In place, and now in the store too. If the program ends in between, recover() finds it.
void FileReceiver::record_saved() {
  auto changed = context_.change(row_.file, [&](store::TransferRow& row) -> Status {
    if (row.state != TransferState::accepted) return fail(Errc::not_found, "this transfer is over");
    end_row(row, TransferState::finished);
    row.path = (std::filesystem::path(row.folder) / placed_as_).string();
    return context_.host.send_content(
        row.peer, content::FileAnswer{.file = row.file, .answer = content::Answer::saved, .first_missing = 0});
  });
  if (!changed && changed.error().code == Errc::not_found) return context_.retire(row_.file);
  if (!changed) return storage_failed(changed.error());
  row_ = std::move(*changed);
  if (download_) context_.loop.dispose(std::move(download_));
  transfer::Journal::remove(journal_path());
  log::info("file.saved", {{"file", row_.file}, {"bytes", row_.size}});
  tell(TransferPhase::finished);
  context_.retire(row_.file);
}

// The part went lost under our hands: nothing of it counts any more.
void FileReceiver::start_over() {
  drop_files();
  map_ = {};
  transfer::Journal::remove(journal_path());
  if (++lost_parts_ >= most_lost_parts)
    return end(
        TransferState::failed, TransferPhase::failed,
        Error{Errc::io_failure, (std::filesystem::path(row_.folder) / row_.part).string() + " keeps disappearing"},
        content::FileAnswer{.file = row_.file, .answer = content::Answer::failed, .first_missing = 0});
  stage_ = Stage::waiting;
  auto changed = context_.change(row_.file, [](store::TransferRow& row) -> Status {
    row.attempt_used = true;
    row.done_known = false;
    row.has_digest = false;
    return {};
  });
  if (!changed) return storage_failed(changed.error());
  row_ = std::move(*changed);
  tell(TransferPhase::waiting);
  remind();
  advance();
}

// ── reminding the sender ───────────────────────────────────────────────────────────────────────────────────────────

bool FileReceiver::waits_for_sender() const {
  if (row_.state != TransferState::accepted || row_.paused) return false;
  switch (stage_) {
    case Stage::waiting: return !disk_error_ && !has_all() && (row_.attempt_used || there().count() > 0);
    case Stage::asked: return true;
    case Stage::verifying: return !row_.done_known;
    case Stage::reading:
    case Stage::placing: return false;
  }
  return false;
}

void FileReceiver::remind_later() {
  if (!remind_.is_set()) remind_ = context_.loop.after(remind_after_, [this] { remind(); });
}

// The sender, if it does not stream to us already, offers a fresh attempt from there on, or confirms that we have all.
void FileReceiver::remind() {
  if (!peer_is_reachable() || !waits_for_sender()) return;
  const auto status = context_.store.transact([&]() -> Status {
    return context_.host.send_content(
        row_.peer, content::FileAnswer{.file = row_.file,
                                       .answer = content::Answer::accepted,
                                       .first_missing = static_cast<std::uint32_t>(there().first_missing())});
  });
  if (!status) storage_failed(status.error());
  remind_after_ = std::min(2 * remind_after_, context_.timing.longest_ask);
  remind_later();
}

void FileReceiver::on_reachable() {
  remind_.cancel();
  remind_after_ = context_.timing.ask_again;
  remind();
  advance();
}

// ── starting and ending ────────────────────────────────────────────────────────────────────────────────────────────

void FileReceiver::recover() {
  auto known = transfer::Journal::load(journal_path(), row_.file, row_.size);
  map_ = std::move(known.chunks);
  if (!has_all() || known.placed_as.empty()) return;
  // It was about to get this name. If the part is gone and a file of the right size stands there, it got it.
  const auto folder = existing_folder();
  if (!folder || folder->size_of(row_.part)) return;
  if (const auto size = folder->size_of(known.placed_as); size && *size == row_.size) placed_as_ = known.placed_as;
}

void FileReceiver::on_offline() {
  if (row_.state != TransferState::accepted) return;
  remind_.cancel();
  const bool was_reading = stage_ == Stage::reading;
  if (was_reading) return on_link_lost({Errc::connection_lost, "the relay is not reached"});
  if (stage_ == Stage::asked) {
    give_up_turn();
    close_files();
  } else {
    context_.downloads.leave(row_.file);
  }
}

// Without making it where it is missing.
std::optional<transfer::ReceiveFolder> FileReceiver::existing_folder() const {
  std::error_code ignored;
  if (row_.folder.empty() || !std::filesystem::is_directory(row_.folder, ignored)) return std::nullopt;
  auto folder = transfer::ReceiveFolder::open(row_.folder);
  return folder ? std::optional(std::move(*folder)) : std::nullopt;
}

void FileReceiver::settle(std::function<void()> done) {
  close_link();
  turn_.cancel();
  remind_.cancel();
  stop_resting();
  if (stage_ == Stage::asked || stage_ == Stage::reading) stage_ = Stage::waiting;
  if (stage_ == Stage::placing && placed_as_.empty()) {   // later nobody would call it
    when_placed_ = std::move(done);
  } else if (download_) {
    download_->settle([done = std::move(done)](const Status&) { done(); });
  } else {
    context_.loop.post(std::move(done));
  }
}

Status FileReceiver::can_pause() const {
  if (stage_ != Stage::verifying && stage_ != Stage::placing) return {};
  return fail(Errc::invalid_argument, "all of it has arrived already");
}

void FileReceiver::halt() {
  remind_.cancel();
  const bool was_reading = stage_ == Stage::reading;
  close_link();
  give_up_turn();
  if (was_reading && bytes_came_) burn_attempt();
  failures_ = 0;
  close_files();
}

void FileReceiver::cancel() {
  if (!is_placing()) FileTask::cancel();
}

void FileReceiver::stop() {
  close_link();
  give_up_turn();
  stop_resting();
  remind_.cancel();
  verifying_.reset();
  stage_ = Stage::waiting;
  if (!keeps_part_) {
    if (download_) {
      download_->sink()->discard();
    } else if (const auto folder = existing_folder(); folder && !row_.part.empty()) {
      if (const auto part = folder->reopen_part(row_.part)) (*part)->discard();
    }
  }
  if (download_) context_.loop.dispose(std::move(download_));
  transfer::Journal::remove(journal_path());
}

}   // namespace coterie
