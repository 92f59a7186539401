// SPDX-License-Identifier: MIT
// From the user's answer to the last chunk. What follows is in file_receiver_end.cpp.
#include "netcore/session/file_receiver.h"

#include <algorithm>

#include "netcore/base/figures.h"
#include "netcore/base/log.h"

namespace coterie {

using event::TransferPhase;
using store::TransferState;

namespace {

constexpr unsigned most_bad_chunks = 3;
constexpr std::uint64_t enough_room = 16_MiB;   // on a disk that was full, to begin again

}   // namespace

FileReceiver::FileReceiver(FileContext& context, store::TransferRow row, std::uint64_t order)
    : FileTask(context, std::move(row), order), remind_after_(context.timing.ask_again) {}

FileReceiver::~FileReceiver() {
  dispose(link_);
  context_.downloads.leave(row_.file);
}

std::filesystem::path FileReceiver::journal_path() const {
  // Peers choose file ids: the group in front keeps one group's apart from another's.
  return context_.journal_folder / (std::to_string(row_.group) + "-" + row_.file.hex() + ".journal");
}

// ── the answer ─────────────────────────────────────────────────────────────────────────────────────────────────────

Status FileReceiver::accept(const std::filesystem::path& folder) {
  if (folder.empty()) return fail(Errc::invalid_argument, "no folder was given");
  std::error_code ignored;
  const auto absolute = std::filesystem::absolute(folder, ignored);
  const auto opened = transfer::ReceiveFolder::open(absolute);
  if (!opened) return tl::unexpected(opened.error());
  const auto room = opened->free_bytes();
  if (!room) return tl::unexpected(room.error());
  if (*room < row_.size)
    return fail(Errc::disk_full, absolute.string() + " has room for " + format_size(*room) + ", and " +
                                     format_size(row_.size) + " are needed");
  auto part = opened->create_part(name_to_get());
  if (!part) return tl::unexpected(part.error());
  transfer::Journal::remove(journal_path());
  auto changed = context_.change(row_.file, [&](store::TransferRow& row) -> Status {
    if (row.state != TransferState::offered) return fail(Errc::not_found, "this offer is not open any more");
    row.state = TransferState::accepted;
    row.folder = absolute.string();
    row.part = (*part)->part_name();
    return context_.host.send_content(
        row.peer, content::FileAnswer{.file = row.file, .answer = content::Answer::accepted, .first_missing = 0});
  });
  if (!changed) {
    (*part)->discard();
    return tl::unexpected(changed.error());
  }
  row_ = std::move(*changed);
  tell(TransferPhase::waiting);
  advance();
  return {};
}

void FileReceiver::decline() {
  end(TransferState::declined, TransferPhase::declined, {},
      content::FileAnswer{.file = row_.file, .answer = content::Answer::declined, .first_missing = 0});
}

// ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────────

// With the part of an earlier stream, or a new one where that is not there any more.
Result<std::shared_ptr<transfer::FileSink>> FileReceiver::open_part(bool& begun_anew) {
  const auto folder = transfer::ReceiveFolder::open(row_.folder);
  if (!folder) return tl::unexpected(folder.error());
  auto part = folder->reopen_part(row_.part);
  begun_anew = !part && (part.error().code == Errc::not_found || part.error().code == Errc::not_a_file);
  if (!begun_anew) {
    if (!part) return tl::unexpected(part.error());
    return std::shared_ptr<transfer::FileSink>(std::move(*part));
  }
  part = folder->create_part(name_to_get());
  if (!part) return tl::unexpected(part.error());
  auto changed = context_.change(row_.file, [&](store::TransferRow& row) -> Status {
    row.part = (*part)->part_name();
    return {};
  });
  if (!changed) {
    (*part)->discard();
    return tl::unexpected(changed.error());
  }
  row_ = std::move(*changed);
  return std::shared_ptr<transfer::FileSink>(std::move(*part));
}

Status FileReceiver::open_files() {
  if (download_) return {};
  bool begun_anew = false;
  auto sink = open_part(begun_anew);
  if (!sink) return tl::unexpected(sink.error());
  transfer::Journal::Content known;
  auto journal = begun_anew ? transfer::Journal::start(journal_path(), row_.file, row_.size)
                            : transfer::Journal::open(journal_path(), row_.file, row_.size, known);
  if (!journal) return tl::unexpected(journal.error());
  // A part that is shorter than the journal says has been meddled with.
  const auto size = (*sink)->size();
  if (!size) return tl::unexpected(size.error());
  const auto ranges = known.chunks.ranges();
  if (!ranges.empty() && std::min(ranges.back().end * crypto::chunk_size, row_.size) > *size) {
    known = {};
    journal = transfer::Journal::start(journal_path(), row_.file, row_.size);
    if (!journal) return tl::unexpected(journal.error());
  }
  download_ = std::make_unique<transfer::Download>(
      context_.worker, std::move(*sink), std::make_shared<transfer::Journal>(std::move(*journal)), row_.size,
      std::move(known.chunks),
      transfer::Download::Hooks{.on_synced =
                                    [this] {
                                      if (stage_ == Stage::reading && link_ && link_->is_open() &&
                                          !download_->must_pause())
                                        link_->stream().pause_reading(false);
                                    },
                                .on_failed = [this](const Error& error) { read_failed(error); }});
  map_ = {};
  return {};
}

// When everything is on the disk, unless they are needed again by then.
void FileReceiver::close_files() {
  if (!download_) return;
  download_->settle([this](const Status&) {
    if (stage_ == Stage::waiting) drop_files();
  });
}

void FileReceiver::drop_files() {
  if (!download_) return;
  map_ = download_->there();
  context_.loop.dispose(std::move(download_));
}

// ── asking ─────────────────────────────────────────────────────────────────────────────────────────────────────────

void FileReceiver::advance() {
  if (row_.state != TransferState::accepted || is_resting()) return;
  if (!placed_as_.empty()) return record_saved();
  if (stage_ == Stage::verifying) return verify();
  if (stage_ != Stage::waiting) return;
  if (row_.paused) return context_.downloads.leave(row_.file);
  if (disk_error_) {
    if (!disk_has_room()) return rest(context_.timing.disk_retry);
    disk_error_.reset();
    tell(TransferPhase::waiting);
    if (row_.attempt_used) remind();
  }
  if (has_all()) return all_there();
  if (row_.attempt_used) {
    context_.downloads.leave(row_.file);
    return remind_later();
  }
  if (!peer_is_reachable()) return context_.downloads.leave(row_.file);
  context_.downloads.ask(row_.file, row_.peer, order());
  context_.turns_changed();
}

void FileReceiver::take_turn() {
  if (row_.paused || !peer_is_reachable()) return context_.downloads.leave(row_.file);
  if (const auto opened = open_files(); !opened) {
    context_.downloads.leave(row_.file);
    return disk_failed(opened.error());
  }
  if (has_all()) {
    context_.downloads.leave(row_.file);
    return all_there();
  }
  stage_ = Stage::asked;
  asked_ = row_.attempt;
  asked_offset_ = there().first_missing() * crypto::sealed_chunk_size;
  context_.host.send_control(control::BlobGet{.blob = asked_, .read_cap = row_.read_cap, .offset = asked_offset_});
  watch_turn();
  remind_later();
}

// A sender who does not come must not keep others waiting.
void FileReceiver::watch_turn() {
  turn_ = context_.loop.after(context_.timing.turn, [this] {
    if (stage_ != Stage::asked) return;
    if (!context_.downloads.anyone_waits()) return watch_turn();
    give_up_turn();
    close_files();
    rest(2 * context_.timing.turn);
  });
}

void FileReceiver::give_up_turn() {
  turn_.cancel();
  if (stage_ == Stage::asked || stage_ == Stage::reading) {
    context_.host.send_control(control::BlobDrop{asked_});
    stage_ = Stage::waiting;
  }
  context_.downloads.leave(row_.file);
  context_.turns_changed();
}

void FileReceiver::on_refused(control::BlobRefusal reason) {
  if (stage_ != Stage::asked || reason == control::BlobRefusal::waiting) return;
  give_up_turn();
  close_files();
  if (reason == control::BlobRefusal::too_many) return rest(context_.timing.busy_retry);
  // Of no use: the sender has to offer another.
  burn_attempt();
  rest(pause_after(++failures_ + 1));
}

void FileReceiver::burn_attempt() {
  if (row_.attempt != asked_ || row_.attempt_used) return;
  auto changed = context_.change(row_.file, [&](store::TransferRow& row) -> Status {
    if (row.attempt == asked_) row.attempt_used = true;
    return {};
  });
  if (!changed) return storage_failed(changed.error());
  row_ = std::move(*changed);
}

void FileReceiver::on_offered_again(bool fresh_attempt) {
  remind_.cancel();
  remind_after_ = context_.timing.ask_again;
  if (row_.state == TransferState::offered || stage_ == Stage::placing) return;
  if (fresh_attempt && (stage_ == Stage::asked || stage_ == Stage::reading)) {
    close_link();
    give_up_turn();
    close_files();
    tell(TransferPhase::waiting);
  }
  advance();
  if (stage_ == Stage::verifying) remind();   // there is nothing to stream any more, only to confirm
}

// ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────────

void FileReceiver::on_ticket(const control::BlobTicket& ticket) {
  if (stage_ != Stage::asked || ticket.blob != asked_) return;
  if (ticket.offset != asked_offset_ || ticket.length != crypto::sealed_length(row_.size)) {
    log::warning("file.odd_ticket", {{"file", row_.file}, {"offset", ticket.offset}, {"length", ticket.length}});
    give_up_turn();
    burn_attempt();
    close_files();
    return rest(pause_after(++failures_ + 1));
  }
  turn_.cancel();
  stage_ = Stage::reading;
  bytes_came_ = false;
  count_at_start_ = there().count();
  download_->begin(crypto::stream_key(row_.file_key.view(), row_.attempt));
  FileLink::Observer& self = *this;
  link_ = std::make_unique<FileLink>(context_.loop, context_.worker, context_.host.relay(),
                                     control::DataHello{.ticket = ticket.ticket, .offset = ticket.offset},
                                     context_.timing, self);
  tell(TransferPhase::running);
}

void FileReceiver::on_link_open() {
  link_->stream().pause_reading(false);
  sync_ = context_.loop.every(context_.timing.sync, [this] {
    if (download_) download_->sync();
  });
}

void FileReceiver::on_link_data(io::Slab data) {
  bytes_came_ = true;
  if (const auto fed = download_->feed(MutableByteView(*data.memory).subspan(data.offset, data.length)); !fed)
    return read_failed(fed.error());
  if (download_->is_complete()) return all_there();
  if (download_->must_pause()) link_->stream().pause_reading(true);
  tell_progress();
}

void FileReceiver::on_link_lost(const Error& error) {
  log::info("file.line_lost", {{"file", row_.file}, {"why", name_of(error.code)}, {"detail", error.detail}});
  line_broken();
  tell(TransferPhase::waiting);
}

void FileReceiver::close_link() {
  sync_.cancel();
  dispose(link_);
}

// The sender notices too, and offers a fresh attempt.
void FileReceiver::line_broken() {
  close_link();
  give_up_turn();
  if (there().count() > count_at_start_) {
    failures_ = 0;
    remind_after_ = context_.timing.ask_again;
  }
  if (bytes_came_) burn_attempt();
  close_files();
  rest(pause_after(++failures_));
}

void FileReceiver::read_failed(const Error& error) {
  const bool gained = stage_ == Stage::reading && there().count() > count_at_start_;
  if (stage_ == Stage::reading)
    line_broken();
  else if (stage_ == Stage::verifying)
    burn_attempt();   // chunks that were there are lost
  if (error.code != Errc::crypto_failure) return disk_failed(error);
  log::warning("file.bad_chunk", {{"file", row_.file}, {"chunk", there().first_missing()}});
  bad_chunks_ = gained ? 1 : bad_chunks_ + 1;
  if (bad_chunks_ < most_bad_chunks) return tell(TransferPhase::waiting);
  end(TransferState::failed, TransferPhase::failed, error,
      content::FileAnswer{.file = row_.file, .answer = content::Answer::failed, .first_missing = 0});
}

// ── disk ───────────────────────────────────────────────────────────────────────────────────────────────────────────

void FileReceiver::disk_failed(const Error& error) {
  give_up_turn();
  stage_ = Stage::waiting;
  close_files();
  disk_error_ = error;
  tell(TransferPhase::waiting, error);
  rest(context_.timing.disk_retry);
}

bool FileReceiver::disk_has_room() const {
  const auto folder = transfer::ReceiveFolder::open(row_.folder);
  if (!folder) return false;
  const auto room = folder->free_bytes();
  return room && *room >= std::min(enough_room, row_.size - done_bytes());
}

}   // namespace coterie
