// SPDX-License-Identifier: MIT
#include "netcore/session/file_task.h"

#include <algorithm>

#include "netcore/base/log.h"
#include "netcore/base/unicode.h"
#include "netcore/transfer/safe_name.h"

namespace coterie {

using store::TransferState;

Result<store::TransferRow> FileContext::change(const FileId& file,
                                               const std::function<Status(store::TransferRow&)>& work) {
  store::TransferRow row;
  const auto status = store.transact([&]() -> Status {
    auto known = store.find_transfer(host.group(), file);
    if (!known) return fail(Errc::not_found, "this file");
    row = std::move(*known);
    if (auto worked = work(row); !worked) return worked;
    store.update_transfer(row);
    return {};
  });
  if (!status) return tl::unexpected(status.error());
  return row;
}

void FileContext::see_off(std::unique_ptr<FileLink> link, ByteView last_bytes) {
  auto* key = link.get();
  parting.emplace(key, std::move(link));
  key->finish(last_bytes, timing.parting, [this, key] {
    const auto found = parting.find(key);
    loop.dispose(std::move(found->second));
    parting.erase(found);
  });
}

Error FileContext::of_profile(Error error) const {
  if (error.code == Errc::disk_full) return {Errc::profile_full, journal_folder.parent_path().string()};
  return error;
}

bool is_over(TransferState state) { return state != TransferState::offered && state != TransferState::accepted; }

void end_row(store::TransferRow& row, TransferState state, std::string error) {
  row.state = state;
  row.error = std::move(error);
  row.file_key.clear();
  row.read_cap = {};
}

content::FileOffer offer_of(const store::TransferRow& row) {
  return {.file = row.file,
          .attempt = row.attempt,
          .file_key = Key<content::FilePurpose>::from(row.file_key.view()),
          .read_cap = row.read_cap,
          .size = row.size,
          .place = row.to_group ? content::Scope::group : content::Scope::direct,
          .message = MessageId::from(row.to_group ? row.batch.view() : row.file.view()),
          .name = row.name,
          .note = {}};
}

FileTask::FileTask(FileContext& context, store::TransferRow row, std::uint64_t order)
    : context_(context), row_(std::move(row)), order_(order) {}

bool FileTask::peer_is_reachable() const { return context_.host.is_online() && context_.host.is_reachable(row_.peer); }

void FileTask::tell(event::TransferPhase phase, std::optional<Error> error) {
  if (phase == event::TransferPhase::waiting && row_.paused) phase = event::TransferPhase::paused;
  told_ = phase;
  told_at_ = io::Clock::now();
  context_.host.emit(event::TransferChanged{.id = row_.file,
                                            .peer = context_.host.user_id_of(row_.peer),
                                            .outgoing = row_.outgoing,
                                            .phase = phase,
                                            .name = row_.outgoing ? row_.name : transfer::safe_name(row_.name),
                                            .size = row_.size,
                                            .done = phase == event::TransferPhase::finished ? row_.size : done_bytes(),
                                            .path = row_.path,
                                            .digest = digest(),
                                            .error = std::move(error),
                                            .batch = row_.outgoing ? row_.batch : row_.file});
}

void FileTask::tell_progress() {
  if (told_ == event::TransferPhase::running && told_at_ && io::Clock::now() - *told_at_ < context_.timing.progress)
    return;
  tell(event::TransferPhase::running);
}

void FileTask::end(TransferState state, event::TransferPhase phase, std::optional<Error> error,
                   std::optional<content::Body> last_word) {
  auto changed = context_.change(row_.file, [&](store::TransferRow& row) -> Status {
    if (is_over(row.state)) return fail(Errc::not_found, "this transfer is over");
    end_row(row, state, error ? std::string(name_of(error->code)) : std::string());
    return last_word ? context_.host.send_content(row.peer, std::move(*last_word)) : Status();
  });
  if (!changed) {
    // What is over in the store already is stopped by the one who ended it.
    if (changed.error().code != Errc::not_found) storage_failed(changed.error());
    return;
  }
  row_ = std::move(*changed);
  if (error) log::info("file.over", {{"file", row_.file}, {"why", name_of(error->code)}, {"detail", error->detail}});
  stop();
  tell(phase, std::move(error));
  context_.retire(row_.file);
}

void FileTask::cancel() {
  end(TransferState::cancelled, event::TransferPhase::cancelled, {},
      content::FileCancel{.file = row_.file, .reason = content::CancelReason::by_user});
}

Status FileTask::pause() {
  if (row_.state != TransferState::accepted)
    return fail(Errc::invalid_argument, "only a file that was accepted can be paused");
  if (row_.paused) return {};
  if (auto can = can_pause(); !can) return can;
  auto changed = context_.change(row_.file, [](store::TransferRow& row) -> Status {
    row.paused = true;
    return {};
  });
  if (!changed) return tl::unexpected(changed.error());
  row_ = std::move(*changed);
  stop_resting();
  halt();
  tell(event::TransferPhase::paused);
  return {};
}

Status FileTask::resume() {
  if (!row_.paused) return {};
  auto changed = context_.change(row_.file, [](store::TransferRow& row) -> Status {
    row.paused = false;
    return {};
  });
  if (!changed) return tl::unexpected(changed.error());
  row_ = std::move(*changed);
  tell(event::TransferPhase::waiting);
  on_reachable();
  return {};
}

void FileTask::rest(FileTiming::Span time) {
  rest_ = context_.loop.after(time, [this] { advance(); });
}

FileTiming::Span FileTask::pause_after(unsigned failures) const {
  if (failures <= 1) return FileTiming::Span::zero();
  const auto doublings = std::min(failures - 2, 16U);
  return std::min(context_.timing.longest_retry, context_.timing.first_retry * (1 << doublings));
}

void FileTask::storage_failed(const Error& error) {
  context_.host.emit(event::Notice{context_.of_profile(error), row_.file.hex()});
  rest(context_.timing.disk_retry);
}

void FileTask::dispose(std::unique_ptr<FileLink>& link) {
  if (!link) return;
  link->let_go();
  context_.loop.dispose(std::move(link));
}

}   // namespace coterie
