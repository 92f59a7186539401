// SPDX-License-Identifier: MIT
#include "netcore/classic/incoming_file.h"

#include <ctime>

#include "netcore/base/unicode.h"
#include "netcore/transfer/safe_name.h"

namespace coterie::classic {

using event::TransferPhase;

namespace {

constexpr io::Duration answer_patience = std::chrono::milliseconds(500);
constexpr io::Duration between_progress = std::chrono::milliseconds(200);
constexpr std::size_t copy_piece = 1_MiB;

Status has_room(const transfer::ReceiveFolder& folder, std::uint64_t size, const std::filesystem::path& path) {
  const auto free = folder.free_bytes();
  if (free && *free < size) return fail(Errc::disk_full, path.string());
  return {};
}

// To another folder, whole or not at all: the name it got.
Result<std::string> copy(const transfer::FileSink& from, std::uint64_t size, const std::filesystem::path& path,
                         const std::string& name) {
  auto folder = transfer::ReceiveFolder::open(path);
  if (!folder) return tl::unexpected(folder.error());
  if (auto room = has_room(*folder, size, path); !room) return tl::unexpected(room.error());
  auto sink = folder->create_part(name);
  if (!sink) return tl::unexpected(sink.error());
  Bytes piece(static_cast<std::size_t>(std::min<std::uint64_t>(size, copy_piece)));
  Status status;
  for (std::uint64_t at = 0; status && at < size; at += piece.size()) {
    piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), size - at)));
    status = from.read(at, piece);
    if (status) status = (*sink)->write(at, piece);
  }
  auto placed = status ? (*sink)->finish(name) : Result<std::string>(tl::unexpected(status.error()));
  if (!placed) (*sink)->discard();
  return placed;
}

}   // namespace

IncomingFile::IncomingFile(Host& host, const Cipher& cipher, Facts facts)
    : host_(host),
      cipher_(cipher),
      facts_(std::move(facts)),
      name_(transfer::safe_name(facts_.name)),
      coming_(facts_.size > 0) {}

void IncomingFile::start() {
  host_.emit(event::FileOffered{.id = facts_.id,
                                .from = facts_.from,
                                .from_verified = false,
                                .name = name_,
                                .offered_name = clean_message_text(facts_.name),
                                .is_executable_type = transfer::is_executable_type(name_),
                                .size = facts_.size});
  if (!coming_) return put_aside();
  host_.hold_line(true);
  patience_ = host_.loop().after(answer_patience, [this] { put_aside(); });
}

IncomingFile::~IncomingFile() {
  if (sink_ && state_ != State::placing) sink_->discard();
}

// ── the answer ─────────────────────────────────────────────────────────────────────────────────────────────────────

void IncomingFile::answer(bool accept, const std::filesystem::path& folder) {
  if (accepted_ || state_ == State::placing || state_ == State::over) return;
  if (!accept) return end(TransferPhase::declined);
  accepted_ = true;
  folder_ = folder;
  if (state_ == State::offered) return open_sink(folder);
  tell(TransferPhase::running);
  if (state_ == State::complete) copy_to(folder_);
}

void IncomingFile::cancel() {
  if (state_ != State::placing && state_ != State::over) end(TransferPhase::cancelled);
}

void IncomingFile::put_aside() {
  if (state_ != State::offered) return;
  is_aside_ = true;
  open_sink(host_.aside());
}

void IncomingFile::open_sink(const std::filesystem::path& folder) {
  patience_.cancel();
  state_ = State::receiving;
  auto opened = transfer::ReceiveFolder::open(folder);
  if (!opened) return fail_with(opened.error());
  if (const auto room = has_room(*opened, facts_.size, folder); !room) return fail_with(room.error());
  auto sink = opened->create_part(name_);
  if (!sink) return fail_with(sink.error());
  sink_ = std::move(*sink);
  if (accepted_) tell(TransferPhase::running);
  if (coming_) return host_.hold_line(false);
  all_there();
}

// ── bytes ──────────────────────────────────────────────────────────────────────────────────────────────────────────

void IncomingFile::take(ByteView bytes, std::uint64_t left) {
  coming_ = left > 0;
  if (state_ == State::over) return coming_ ? void() : host_.on_over(facts_.id);
  scratch_.assign(bytes.begin(), bytes.end());
  cipher_.apply(scratch_, done_);
  if (const auto written = sink_->write(done_, scratch_); !written) return fail_with(written.error());
  done_ += bytes.size();
  if (left == 0) return all_there();
  if (accepted_ && io::Clock::now() - told_at_ >= between_progress) tell(TransferPhase::running);
}

void IncomingFile::all_there() {
  if (!is_aside_) return place();
  state_ = State::complete;
  if (accepted_) copy_to(folder_);
}

void IncomingFile::on_offline() {
  if (!std::exchange(coming_, false)) return;
  if (state_ == State::over) return host_.on_over(facts_.id);
  end(TransferPhase::failed, Error{Errc::cut_off, {}});
}

// ── the end ────────────────────────────────────────────────────────────────────────────────────────────────────────

std::string IncomingFile::name_to_get() const {
  const auto seconds = std::time(nullptr);
  std::tm local{};
  localtime_r(&seconds, &local);
  return transfer::received_name(local, facts_.from, name_);
}

void IncomingFile::place() {
  state_ = State::placing;
  host_.worker().run([sink = sink_, name = name_to_get()] { return sink->finish(name); },
                     [this, alive = std::weak_ptr(alive_)](const Result<std::string>& name) {
                       if (!alive.expired()) placed(name);
                     });
}

void IncomingFile::copy_to(const std::filesystem::path& folder) {
  state_ = State::placing;
  host_.worker().run(
      [sink = sink_, size = facts_.size, folder, name = name_to_get()] {
        auto placed = copy(*sink, size, folder, name);
        sink->discard();
        return placed;
      },
      [this, alive = std::weak_ptr(alive_)](const Result<std::string>& name) {
        if (!alive.expired()) placed(name);
      });
}

void IncomingFile::placed(const Result<std::string>& name) {
  state_ = State::receiving;   // what follows decides
  if (!name) return fail_with(name.error());
  sink_.reset();
  path_ = folder_ / *name;
  done_ = facts_.size;
  end(TransferPhase::finished);
}

// Elsewhere what has come would be kept, and go on.
void IncomingFile::fail_with(Error error) {
  if (error.code == Errc::disk_full || error.code == Errc::io_failure)
    error = {Errc::cut_off, (error.code == Errc::disk_full ? "the disk is full" : "it could not be written") +
                                (error.detail.empty() ? std::string() : ": " + error.detail)};
  end(TransferPhase::failed, std::move(error));
}

// What is still on its way is read and dropped: there is no other way to what comes behind it.
void IncomingFile::end(TransferPhase phase, std::optional<Error> error) {
  patience_.cancel();
  if (sink_) sink_->discard();
  sink_.reset();
  scratch_ = {};
  state_ = State::over;
  tell(phase, std::move(error));
  if (coming_) return host_.hold_line(false);
  host_.on_over(facts_.id);
}

void IncomingFile::tell(TransferPhase phase, std::optional<Error> error) {
  told_at_ = io::Clock::now();
  event::TransferChanged changed;
  changed.id = changed.batch = facts_.id;
  changed.peer = facts_.from;
  changed.outgoing = false;
  changed.phase = phase;
  changed.name = name_;
  changed.size = facts_.size;
  changed.done = done_;
  changed.path = path_;
  changed.error = std::move(error);
  host_.emit(std::move(changed));
}

}   // namespace coterie::classic
