// SPDX-License-Identifier: MIT
#include "netcore/session/file_sender.h"

#include <algorithm>

#include "netcore/base/log.h"
#include "netcore/base/random.h"
#include "netcore/transfer/file_digest.h"

namespace coterie {

using event::TransferPhase;
using store::TransferState;

FileSender::FileSender(FileContext& context, store::TransferRow row, std::uint64_t order)
    : FileTask(context, std::move(row), order) {}

FileSender::~FileSender() {
  close_link();
  context_.uploads.leave(row_.file);
}

void FileSender::advance() {
  if (row_.state != TransferState::accepted || row_.paused || stage_ != Stage::waiting) return;
  if (is_resting() || !peer_is_reachable()) return context_.uploads.leave(row_.file);
  context_.uploads.ask(row_.file, row_.peer, order());
  context_.turns_changed();
}

void FileSender::take_turn() {
  if (row_.paused || !peer_is_reachable()) return context_.uploads.leave(row_.file);
  if (row_.attempt_used && !renew_attempt()) return context_.uploads.leave(row_.file);
  stage_ = Stage::armed;
  armed_at_ = io::Clock::now();
  context_.host.send_control(control::BlobPut{.blob = row_.attempt,
                                              .length = crypto::sealed_length(row_.size),
                                              .read_hash = control::read_hash_of(row_.read_cap),
                                              .mode = control::BlobMode::pipe});
  watch_turn();
}

// A fresh attempt, known to the receiver before it can be read.
bool FileSender::renew_attempt() {
  auto changed = context_.change(row_.file, [&](store::TransferRow& row) -> Status {
    if (row.state != TransferState::accepted) return fail(Errc::not_found, "this transfer is over");
    row.attempt = random_id<BlobId>();
    row.attempt_used = false;
    // Bytes of another opening have travelled.
    if (!source_) row.source_read_once = false;
    return context_.host.send_content(row.peer, offer_of(row));
  });
  if (!changed) {
    storage_failed(changed.error());
    return false;
  }
  row_ = std::move(*changed);
  return true;
}

// A reader who does not come must not keep others out.
void FileSender::watch_turn() {
  turn_ = context_.loop.after(context_.timing.turn, [this] {
    if (stage_ != Stage::armed || need_) return;
    if (!context_.uploads.anyone_waits()) return watch_turn();
    give_up_turn();
    rest(2 * context_.timing.turn);
  });
}

void FileSender::give_up_turn() {
  if (!context_.uploads.holds(row_.file)) return context_.uploads.leave(row_.file);
  context_.host.send_control(control::BlobDrop{row_.attempt});
  context_.uploads.leave(row_.file);
  context_.turns_changed();
  need_.reset();
  turn_.cancel();
  if (stage_ == Stage::armed) stage_ = Stage::waiting;
}

// ── what the receiver says ─────────────────────────────────────────────────────────────────────────────────────────

void FileSender::on_wanted(transfer::ChunkIndex first_missing) {
  const bool has_all = first_missing >= crypto::chunk_count(row_.size);
  if (link_ || stage_ == Stage::streaming || stage_ == Stage::proving) return;   // said before this stream began
  done_ = std::min(row_.size, first_missing * crypto::chunk_size);
  if (row_.paused && !has_all) return;
  if (has_all) {
    give_up_turn();
    return prove();
  }
  if (stage_ == Stage::told) stage_ = Stage::waiting;   // it read everything once, and lost some of it since
  // It does not come for what was offered a while ago: it cannot use it.
  if (stage_ == Stage::armed && !need_ && io::Clock::now() - armed_at_ > context_.timing.first_retry) {
    give_up_turn();
    if (!renew_attempt()) return;
  }
  if (stage_ == Stage::waiting) {
    tell(TransferPhase::waiting);
    advance();
  }
}

// ── streaming ──────────────────────────────────────────────────────────────────────────────────────────────────────

void FileSender::on_need(const control::BlobNeed& need) {
  if (stage_ != Stage::armed || row_.attempt_used) return;
  if (!transfer::is_chunk_border(need.offset, row_.size)) {
    log::warning("file.odd_offset", {{"file", row_.file}, {"offset", need.offset}});
    give_up_turn();
    // Nothing of it has travelled, but whoever asked may hold on to it.
    if (renew_attempt()) rest(pause_after(++failures_ + 1));
    return;
  }
  need_ = need;
  need_since_ = io::Clock::now();
  context_.turns_changed();
}

bool FileSender::take_stream() {
  if (!need_ || stage_ != Stage::armed) return false;
  const auto need = *std::exchange(need_, std::nullopt);
  if (io::Clock::now() - need_since_ > context_.timing.need_limit) {
    // The ticket is void. The blob is offered anew when the next turn comes.
    give_up_turn();
    rest(pause_after(++failures_));
    return false;
  }
  start(need);
  return stage_ == Stage::streaming;
}

void FileSender::start(const control::BlobNeed& need) {
  if (!open_source()) return;
  auto changed = context_.change(row_.file, [](store::TransferRow& row) -> Status {
    if (row.state != TransferState::accepted || row.attempt_used) return fail(Errc::not_found, "this transfer is over");
    row.attempt_used = true;
    return {};
  });
  if (!changed) {
    give_up_turn();
    return storage_failed(changed.error());
  }
  row_ = std::move(*changed);
  const auto first = need.offset / crypto::sealed_chunk_size;
  if (first > last_first_) failures_ = 0;
  last_first_ = first;
  done_ = first * crypto::chunk_size;
  answer_.clear();
  turn_.cancel();
  stage_ = Stage::streaming;
  ++context_.upload_streams;
  FileLink::Observer& self = *this;
  link_ = std::make_unique<FileLink>(context_.loop, context_.worker, context_.host.relay(),
                                     control::DataHello{.ticket = need.ticket, .offset = need.offset}, context_.timing,
                                     self);
  transfer::Outlet& outlet = *this;
  upload_.emplace(outlet, source_, crypto::stream_key(row_.file_key.view(), row_.attempt), first);
  tell(TransferPhase::running);
}

bool FileSender::open_source() {
  if (source_) {
    const auto unchanged = source_->check_unchanged();
    if (!unchanged) source_failed(unchanged.error());
    return unchanged.has_value();
  }
  auto opened = transfer::FileSource::open(row_.path);
  if (opened && (opened->size() != row_.size || opened->mtime_ns() != row_.source_mtime_ns))
    opened = fail(Errc::source_changed, row_.path);
  if (!opened) {
    source_failed(opened.error());
    return false;
  }
  source_ = std::make_shared<const transfer::FileSource>(std::move(*opened));
  return true;
}

// The receiver is told in any case; a file that came back as it was can be offered anew.
void FileSender::source_failed(const Error& error) {
  const bool changed = error.code == Errc::source_changed;
  close_link();
  give_up_turn();
  stage_ = Stage::waiting;
  end(TransferState::failed, TransferPhase::failed, error,
      content::FileCancel{
          .file = row_.file,
          .reason = changed ? content::CancelReason::source_changed : content::CancelReason::source_gone});
}

void FileSender::on_link_open() {
  link_->stream().pause_reading(false);
  link_->stream().want_writable(true);
}

void FileSender::send(std::shared_ptr<Bytes> memory, std::size_t offset, std::size_t length) {
  link_->stream().send(io::Slab{.memory = std::move(memory), .offset = offset, .length = length});
}

void FileSender::on_link_writable() {
  if (stage_ != Stage::streaming) return;
  if (const auto status = upload_->on_writable(); !status) return source_failed(status.error());
  done_ = std::min(row_.size, upload_->position() * crypto::chunk_size);
  if (!upload_->is_all_handed_over()) return tell_progress();
  link_->stream().want_writable(false);
  prove();
}

void FileSender::on_link_data(io::Slab data) {
  append(answer_, data.view().first(std::min(data.length, control::data_done_size + 1 - answer_.size())));
  if (answer_.size() < control::data_done_size) return;
  const auto length = control::decode_done(answer_);
  if (stage_ == Stage::streaming || !length || *length != crypto::sealed_length(row_.size))
    return on_link_lost({Errc::malformed, "the reader confirmed what was not sent"});
  // All is there. The blob is of no more use.
  close_link();
  give_up_turn();
}

void FileSender::on_link_lost(const Error& error) {
  log::info("file.line_lost", {{"file", row_.file}, {"why", name_of(error.code)}, {"detail", error.detail}});
  broken();
}

void FileSender::close_link() {
  if (!link_) return;
  dispose(link_);
  upload_.reset();
  --context_.upload_streams;
  context_.turns_changed();
}

// The reader did not get all of it, as far as is known: what it has it will say.
void FileSender::broken() {
  close_link();
  give_up_turn();
  proving_.reset();
  stage_ = Stage::waiting;
  rest(pause_after(++failures_));
  tell(TransferPhase::waiting);
}

// ── resting ────────────────────────────────────────────────────────────────────────────────────────────────────────

Status FileSender::can_pause() const {
  if (stage_ != Stage::proving && stage_ != Stage::told) return {};
  return fail(Errc::invalid_argument, "all of it has been sent already");
}

// The attempt under way is spent; ResumeTransfer begins with a fresh one.
void FileSender::halt() {
  close_link();
  give_up_turn();
  stage_ = Stage::waiting;
  failures_ = 0;
}

// ── when all has been read ─────────────────────────────────────────────────────────────────────────────────────────

void FileSender::prove() {
  const bool opened_anew = !source_;
  if (!open_source()) return;
  stage_ = Stage::proving;
  done_ = row_.size;
  tell(TransferPhase::verifying);
  if (row_.source_read_once && !opened_anew) return tell_done(std::nullopt);
  proving_ = std::make_shared<bool>(true);
  transfer::compute_digest(
      context_.worker, row_.size,
      [source = source_](std::uint64_t offset, MutableByteView into) { return source->read(offset, into); }, proving_,
      [this](Result<Sha256Digest> digest) {
        proving_.reset();
        if (!digest) return source_failed(digest.error());
        digest_ = *digest;
        tell_done(*digest);
      });
}

void FileSender::tell_done(std::optional<Sha256Digest> digest) {
  if (const auto unchanged = source_->check_unchanged(); !unchanged) return source_failed(unchanged.error());
  const auto status = context_.store.transact([&]() -> Status {
    return context_.host.send_content(row_.peer, content::FileDone{.file = row_.file,
                                                                   .attempt = row_.attempt,
                                                                   .has_digest = digest.has_value(),
                                                                   .digest = digest.value_or(Sha256Digest())});
  });
  if (!status) {
    broken();
    return storage_failed(status.error());
  }
  stage_ = Stage::told;
}

// ── ends ───────────────────────────────────────────────────────────────────────────────────────────────────────────

void FileSender::on_refused(control::BlobRefusal reason) {
  if (stage_ != Stage::armed || reason == control::BlobRefusal::waiting) return;
  give_up_turn();
  if (reason == control::BlobRefusal::too_many) return rest(context_.timing.busy_retry);
  end(TransferState::failed, TransferPhase::failed,
      Error{reason == control::BlobRefusal::too_large ? Errc::too_large : Errc::refused,
            "the relay does not take this file"},
      content::FileCancel{.file = row_.file, .reason = content::CancelReason::by_user});
}

void FileSender::on_offline() {
  // The relay forgets what was offered and ends what streams, when the control connection goes.
  if (row_.state != TransferState::accepted) return;
  const bool was_streaming = link_ != nullptr;
  if (was_streaming)
    broken();
  else if (stage_ == Stage::armed)
    give_up_turn();
  else
    context_.uploads.leave(row_.file);
}

void FileSender::stop() {
  close_link();
  give_up_turn();
  proving_.reset();
  source_.reset();
  stop_resting();
  stage_ = Stage::waiting;
}

}   // namespace coterie
