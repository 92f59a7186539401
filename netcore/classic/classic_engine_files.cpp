// SPDX-License-Identifier: MIT
// Files of the classic engine, out and in.
#include "netcore/base/digest.h"
#include "netcore/base/figures.h"
#include "netcore/base/random.h"
#include "netcore/base/unicode.h"
#include "netcore/classic/classic_engine.h"
#include "netcore/transfer/safe_name.h"

namespace coterie::classic {

using event::DeliveryState;
using event::TransferPhase;

namespace {

constexpr io::Duration between_progress = std::chrono::milliseconds(200);

std::string name_of(const command::SendFile& file) {
  return transfer::shortened_name(replace_invalid_utf8(file.name.empty() ? file.path.filename().string() : file.name));
}

}   // namespace

// ── outgoing ────────────────────────────────────────────────────────────────────────────────────────────────

void ClassicEngine::on(const command::SendFile& file) {
  if (!link_.is_online()) return notice({Errc::server_lost, {}}, file.id.hex());
  const auto receivers = file.to.empty() ? present() : file.to;
  if (receivers.empty()) return notice({Errc::nobody_yet, {}}, file.id.hex());
  event::Message message;
  for (const auto& user : receivers) {
    const auto own = FileId::from(labelled_hash("coterie classic file", {file.id.view(), as_bytes(user)}).view());
    if (send_file(receivers.size() == 1 ? file.id : own, file.id, user, file))
      message.deliveries.push_back({user, DeliveryState::waiting});
  }
  if (message.deliveries.empty()) return;
  message.id = random_id<MessageId>();
  message.from = login_.user_id;
  message.outgoing = true;
  if (file.to.size() == 1) message.conversation = file.to.front();
  message.text = name_of(file);
  message.file = file.id;
  show(std::move(message));
}

bool ClassicEngine::send_file(const FileId& id, const FileId& batch, const std::string& to,
                              const command::SendFile& file) {
  const auto& path = file.path;
  const auto refuse = [&](Error error) {
    notice(std::move(error), batch.hex());
    return false;
  };
  if (!is_here(to)) return refuse({Errc::no_such_member, to + " is not here, and classic mode delivers only to those who are"});
  auto source = transfer::FileSource::open(path);
  if (!source) return refuse(source.error());
  if (source->size() > max_file)
    return refuse(
        {Errc::too_large, path.string() + " is larger than " + format_size(max_file) + ", the most in classic mode"});
  const auto name = name_of(file);
  event::TransferChanged changed;
  changed.id = id;
  changed.batch = batch;
  changed.peer = to;
  changed.outgoing = true;
  changed.name = name;
  changed.size = source->size();
  changed.path = path;
  outgoing_[id] = std::move(changed);
  tell_outgoing(id, TransferPhase::waiting);
  const auto line = format_line(File{to, cipher_.seal_text(name), source->size()});
  outbound_.add_file(id, line, std::move(*source));
  return true;
}

void ClassicEngine::tell_outgoing(const FileId& id, TransferPhase phase, std::optional<Error> error) {
  const auto found = outgoing_.find(id);
  if (found == outgoing_.end()) return;
  auto& file = found->second;
  file.phase = phase;
  file.error = std::move(error);
  emit(file);
  const bool is_over =
      phase == TransferPhase::finished || phase == TransferPhase::cancelled || phase == TransferPhase::failed;
  if (is_over) outgoing_.erase(found);
}

void ClassicEngine::on_file_moved(const FileId& id, std::uint64_t done) {
  const auto found = outgoing_.find(id);
  if (found == outgoing_.end()) return;
  found->second.done = done;
  const auto now = io::Clock::now();
  if (found->second.phase == TransferPhase::running && now - progress_told_ < between_progress) return;
  progress_told_ = now;
  tell_outgoing(id, TransferPhase::running);
}

void ClassicEngine::on_file_taken(const FileId& id) {
  if (const auto found = outgoing_.find(id); found != outgoing_.end()) {
    auto& file = found->second;
    file.done = file.size;
    if (auto* const message = recent_.find_file(file.batch)) raise(*message, file.peer);
  }
  tell_outgoing(id, TransferPhase::finished);
}

void ClassicEngine::on_file_lost(const FileId& id) {
  tell_outgoing(id, TransferPhase::failed,
                Error{Errc::cut_off, "the connection broke before the server had taken all of it"});
}

void ClassicEngine::on_file_failed(const FileId& id, const Error& error, bool in_the_middle) {
  // Nothing of it is kept anywhere.
  tell_outgoing(id, TransferPhase::failed,
                error.code == Errc::io_failure ? Error{Errc::cut_off, "it could not be read"} : error);
  if (in_the_middle) link_.start_over({Errc::connection_lost, "the file begun could not be completed"});
}

// By the id of one transfer, or of all that were asked for together.
void ClassicEngine::on(const command::CancelTransfer& cancel) {
  if (const auto found = incoming_.find(cancel.id); found != incoming_.end()) return found->second->cancel();
  std::vector<FileId> meant;
  for (const auto& [id, file] : outgoing_)
    if (id == cancel.id || file.batch == cancel.id) meant.push_back(id);
  for (const auto& id : meant) cancel_outgoing(id);
}

void ClassicEngine::cancel_outgoing(const FileId& id) {
  const auto cancelled = outbound_.cancel(id);
  if (cancelled == Outbound::Cancelled::no) return;
  tell_outgoing(id, TransferPhase::cancelled);
  if (cancelled == Outbound::Cancelled::in_the_middle)
    link_.start_over({Errc::connection_lost, "a file begun can be taken back only by connecting anew"});
}

// ── incoming ────────────────────────────────────────────────────────────────────────────────────────────────

void ClassicEngine::on_file(const File& file) {
  coming_ = {};
  const auto name = cipher_.open_text(file.name);
  if (!name || stopping_) {
    if (!name) notice({Errc::unreadable, "a file from " + file.peer});
    return;   // its bytes are dropped
  }
  set_member(file.peer, true);
  const auto id = random_id<FileId>();
  if (file.size > 0) coming_ = id;
  std::unique_ptr<IncomingFile> incoming(
      new IncomingFile(*this, cipher_, {.id = id, .from = file.peer, .name = *name, .size = file.size}));
  event::Message message;
  message.id = random_id<MessageId>();
  message.from = file.peer;
  message.text = transfer::safe_name(*name);
  message.file = id;
  show(std::move(message));
  incoming_.emplace(id, std::move(incoming)).first->second->start();
}

void ClassicEngine::on_file_bytes(ByteView bytes, std::uint64_t left) {
  const auto id = coming_;
  if (left == 0) coming_ = {};
  if (const auto found = incoming_.find(id); found != incoming_.end()) found->second->take(bytes, left);
}

void ClassicEngine::on(const command::AnswerOffer& answer) {
  const auto found = incoming_.find(answer.id);
  if (found == incoming_.end()) return notice({Errc::not_found, "that file is no longer offered"}, answer.id.hex());
  found->second->answer(answer.accept, answer.folder);
}

void ClassicEngine::on_over(const FileId& id) {
  if (const auto found = incoming_.find(id); found != incoming_.end()) {
    loop_.dispose(std::move(found->second));
    incoming_.erase(found);
  }
  stop_when_settled();
}

}   // namespace coterie::classic
