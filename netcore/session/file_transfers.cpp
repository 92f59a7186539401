// SPDX-License-Identifier: MIT
#include "netcore/session/file_transfers.h"

#include <cassert>
#include <system_error>

#include "netcore/base/figures.h"
#include "netcore/base/log.h"
#include "netcore/base/random.h"
#include "netcore/base/unicode.h"
#include "netcore/session/file_receiver.h"
#include "netcore/session/file_sender.h"
#include "netcore/transfer/safe_name.h"

namespace coterie {

using event::TransferPhase;
using store::TransferRow;
using store::TransferState;

namespace {

std::string to_text(const FileId& file) { return file.hex(); }

}   // namespace

struct FileTransfers::State {
  State(io::EventLoop& loop, Worker& worker, store::ProfileStore& on, std::filesystem::path journal_folder,
        Host& around, FileTiming timing)
      : store(on),
        host(around),
        context{.loop = loop,
                .worker = worker,
                .store = on,
                .host = around,
                .timing = timing,
                .journal_folder = std::move(journal_folder),
                .turns_changed = [this] { turns_changed(); },
                .retire = [this](const FileId& file) { retire(file); },
                .parting = {}} {}

  ~State() { closing = true; }   // the tasks go next, and ask for nothing any more

  // ── tasks ──

  // Every transfer that is not over has one; the store knows the others.
  FileTask* find(const FileId& file) {
    if (const auto found = senders.find(file); found != senders.end()) return found->second.get();
    if (const auto found = receivers.find(file); found != receivers.end()) return found->second.get();
    return nullptr;
  }
  template <class F>
  void for_each(F f) {
    for (auto& [file, sender] : senders) f(*sender);
    for (auto& [file, receiver] : receivers) f(*receiver);
  }
  FileSender& add_sender(TransferRow row) {
    const auto file = row.file;
    return *(senders[file] = std::make_unique<FileSender>(context, std::move(row), ++orders));
  }
  FileReceiver& add_receiver(TransferRow row) {
    const auto file = row.file;
    return *(receivers[file] = std::make_unique<FileReceiver>(context, std::move(row), ++orders));
  }
  // It may be on the call stack, and others being walked through.
  void retire(const FileId& file) {
    later([this, file] {
      senders.erase(file);
      receivers.erase(file);
    });
  }

  // Runs `act` with the loop, unless we are gone by then.
  template <class F>
  void later(F act) {
    if (closing) return;
    context.loop.post([this, still = std::weak_ptr<bool>(alive), act = std::move(act)]() mutable {
      if (!still.expired() && !closing) act();
    });
  }
  // When the transaction under way is on the disk: `act(row)`, with the row as it is then.
  template <class F>
  void when_stored(const FileId& file, F act) {
    store.after_commit([this, still = std::weak_ptr<bool>(alive), file, act = std::move(act)] {
      if (still.expired()) return;
      later([this, file, act] {
        std::optional<TransferRow> row;
        const auto status = store.read([&] { row = store.find_transfer(host.group(), file); });
        if (!status) return host.emit(event::Notice{context.of_profile(status.error()), to_text(file)});
        if (row) act(std::move(*row));
      });
    });
  }
  // The same for the task of a file, which has the row then.
  template <class Task, class F>
  void when_stored_tell(const FileId& file, F act) {
    when_stored(file, [this, file, act](TransferRow row) {
      auto* task = dynamic_cast<Task*>(find(file));
      if (task == nullptr) return;
      task->set_row(std::move(row));
      act(*task);
    });
  }
  // A peer's word ended it.
  void when_stored_end(const FileId& file, TransferPhase phase, std::optional<Error> error) {
    when_stored_tell<FileTask>(file, [this, phase, error](FileTask& task) {
      task.stop();
      task.tell(phase, error);
      retire(task.row().file);
    });
  }

  // ── turns ──

  void turns_changed() {
    if (std::exchange(turns_due, true)) return;
    later([this] {
      turns_due = false;
      while (const auto file = context.uploads.grant()) senders.at(*file)->take_turn();
      while (const auto file = context.downloads.grant()) receivers.at(*file)->take_turn();
      // Those who get no stream may leave the queue: a copy.
      for (const auto& file : std::set(context.uploads.holders())) {
        if (context.upload_streams >= FileContext::max_streams) break;
        if (const auto sender = senders.find(file); sender != senders.end()) sender->second->take_stream();
      }
    });
  }
  template <class Task>
  Task* holder_of(const TurnQueue& queue, std::map<FileId, std::unique_ptr<Task>>& tasks, const BlobId& blob) {
    for (const auto& file : queue.holders())
      if (const auto task = tasks.find(file); task != tasks.end() && task->second->blob() == blob)
        return task->second.get();
    return nullptr;
  }

  void tell_offered(const FileReceiver& receiver) {
    const auto& row = receiver.row();
    const auto name = transfer::safe_name(row.name);
    host.emit(event::FileOffered{.id = row.file,
                                 .from = host.user_id_of(row.peer),
                                 .from_verified = host.is_verified(row.peer),
                                 .name = name,
                                 .offered_name = escape_unprintable(row.name),
                                 .is_executable_type = transfer::is_executable_type(name),
                                 .size = row.size,
                                 .to_group = row.to_group});
  }

  // Every transfer under way that goes by this id, its own or that of its batch.
  std::vector<FileId> named(const FileId& id) {
    if (find(id) != nullptr) return {id};
    std::vector<FileId> found;
    for (const auto& [file, sender] : senders)
      if (sender->row().batch == id) found.push_back(file);
    return found;
  }
  // `act(task)` for each of them: Status. Those before may have ended, and told others.
  template <class F>
  void for_named(const FileId& id, F act) {
    if (closing) return;
    const auto files = named(id);
    if (files.empty())
      return host.emit(event::Notice{{Errc::not_found, "no transfer under way has this id"}, to_text(id)});
    for (const auto& file : files)
      if (auto* task = find(file))
        if (const Status done = act(*task); !done) host.emit(event::Notice{done.error(), to_text(file)});
  }

  Status first_offer(store::RowId peer, content::FileOffer offer);
  Status repeated_offer(TransferRow known, content::FileOffer offer);
  void remove_stray_journals();

  store::ProfileStore& store;
  Host& host;
  bool closing = false;
  bool turns_due = false;
  std::uint64_t orders = 0;
  FileContext context;
  std::map<FileId, std::unique_ptr<FileSender>> senders;
  std::map<FileId, std::unique_ptr<FileReceiver>> receivers;
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);
};

FileTransfers::FileTransfers(io::EventLoop& loop, Worker& worker, store::ProfileStore& store,
                             std::filesystem::path journal_folder, Host& host, FileTiming timing)
    : state_(std::make_unique<State>(loop, worker, store, std::move(journal_folder), host, timing)) {}

FileTransfers::~FileTransfers() = default;

// ── starting ───────────────────────────────────────────────────────────────────────────────────────────────────────

Status FileTransfers::load() {
  auto& s = *state_;
  std::vector<TransferRow> rows;
  const auto status = s.store.transact([&]() -> Status {
    rows = s.store.transfers(s.host.group());
    for (auto& row : rows)
      if (row.outgoing && row.state == TransferState::accepted && row.source_read_once) {
        row.source_read_once = false;   // whatever is read from now on is read in another opening
        s.store.update_transfer(row);
      }
    return {};
  });
  if (!status) return status;
  for (auto& row : rows) {
    if (is_over(row.state)) continue;
    const bool is_open = row.state == TransferState::offered;
    if (row.outgoing) {
      s.add_sender(std::move(row)).tell(is_open ? TransferPhase::offered : TransferPhase::waiting);
      continue;
    }
    auto& receiver = s.add_receiver(std::move(row));
    if (is_open) {
      s.tell_offered(receiver);
    } else {
      receiver.recover();
      receiver.tell(TransferPhase::waiting);
      s.later([&s, file = receiver.row().file] {
        if (auto* task = s.find(file)) task->advance();
      });
    }
  }
  s.remove_stray_journals();
  return {};
}

// Of transfers that were over before their journal could be removed.
void FileTransfers::State::remove_stray_journals() {
  std::error_code ignored;
  const auto prefix = std::to_string(host.group()) + "-";
  for (const auto& entry : std::filesystem::directory_iterator(context.journal_folder, ignored)) {
    const auto name = entry.path().filename().string();
    const auto hex =
        from_hex(std::string_view(name).substr(std::min(prefix.size(), name.size())).substr(0, 2 * FileId::size));
    if (name.starts_with(prefix) && hex && !receivers.contains(FileId::from(*hex)))
      transfer::Journal::remove(entry.path());
  }
}

// ── from the user ──────────────────────────────────────────────────────────────────────────────────────────────────

void FileTransfers::send_file(const FileId& id, const std::vector<store::RowId>& to, bool to_everyone,
                              const std::filesystem::path& path, const std::string& offered_as) {
  auto& s = *state_;
  if (s.closing) return;
  assert(!to.empty());
  const auto name = transfer::shortened_name(offered_as.empty() ? path.filename().string() : offered_as);
  const auto refuse = [&](Error error) {
    s.host.emit(event::Notice{error, to_text(id)});
    s.host.emit(event::TransferChanged{.id = id,
                                       .peer = to.size() == 1 ? s.host.user_id_of(to.front()) : std::string(),
                                       .outgoing = true,
                                       .phase = TransferPhase::failed,
                                       .name = name,
                                       .size = 0,
                                       .done = 0,
                                       .path = path,
                                       .digest = {},
                                       .error = std::move(error),
                                       .batch = id});
  };
  std::error_code ignored;
  const auto absolute = std::filesystem::absolute(path, ignored);
  const auto source = transfer::FileSource::open(absolute);
  if (!source) return refuse(source.error());
  if (source->size() > content::max_file_size)
    return refuse({Errc::too_large, path.string() + " is larger than " + format_size(content::max_file_size)});
  std::vector<TransferRow> rows;
  for (const auto peer : to) {
    TransferRow row;
    row.file = to.size() == 1 && !to_everyone ? id : random_id<FileId>();
    row.batch = id;
    row.to_group = to_everyone;
    row.group = s.host.group();
    row.peer = peer;
    row.outgoing = true;
    row.state = TransferState::offered;
    row.name = name;
    row.size = source->size();
    row.created = s.host.now();
    row.attempt = random_id<BlobId>();
    Bytes key(Key<content::FilePurpose>::size);
    fill_random(key);
    row.file_key = SecretBytes(std::move(key));
    row.read_cap = random_id<ReadCap>();
    row.path = absolute.string();
    row.source_mtime_ns = source->mtime_ns();
    rows.push_back(std::move(row));
  }
  const auto status = s.store.transact([&]() -> Status {
    if (s.store.find_transfer(s.host.group(), id) || !s.named(id).empty())
      return fail(Errc::invalid_argument, "this file id is in use already");
    for (const auto& row : rows) {
      s.store.add_transfer(row);
      auto offer = offer_of(row);
      if (auto shown = s.host.add_file_message(row, offer.message, name); !shown) return shown;
      if (auto sent = s.host.send_content(row.peer, std::move(offer)); !sent) return sent;
    }
    return {};
  });
  if (!status && status.error().code == Errc::invalid_argument)
    return s.host.emit(event::Notice{status.error(), to_text(id)});
  if (!status) return refuse(s.context.of_profile(status.error()));
  for (auto& row : rows) s.add_sender(std::move(row)).tell(TransferPhase::offered);
}

void FileTransfers::answer(const FileId& id, bool accept, const std::filesystem::path& folder) {
  auto& s = *state_;
  if (s.closing) return;
  const auto found = s.receivers.find(id);
  if (found == s.receivers.end() || found->second->row().state != TransferState::offered)
    return s.host.emit(event::Notice{{Errc::not_found, "no open offer has this id"}, to_text(id)});
  if (!accept) return found->second->decline();
  if (const auto accepted = found->second->accept(folder); !accepted)
    s.host.emit(event::Notice{accepted.error(), to_text(id)});
}

void FileTransfers::cancel(const FileId& id) {
  state_->for_named(id, [](FileTask& task) -> Status {
    task.cancel();
    return {};
  });
}

void FileTransfers::pause(const FileId& id) {
  state_->for_named(id, [](FileTask& task) { return task.pause(); });
}

void FileTransfers::resume(const FileId& id) {
  state_->for_named(id, [](FileTask& task) { return task.resume(); });
}

// ── from peers ─────────────────────────────────────────────────────────────────────────────────────────────────────

Status FileTransfers::on_content(store::RowId peer, content::FileOffer offer) {
  auto& s = *state_;
  auto known = s.store.find_transfer(s.host.group(), offer.file);
  if (!known) return s.first_offer(peer, std::move(offer));
  if (known->peer != peer || known->outgoing) return {};
  return s.repeated_offer(std::move(*known), std::move(offer));
}

Status FileTransfers::State::first_offer(store::RowId peer, content::FileOffer offer) {
  TransferRow row;
  row.file = row.batch = offer.file;
  row.to_group = offer.place == content::Scope::group;
  row.group = host.group();
  row.peer = peer;
  row.state = TransferState::offered;
  row.name = *offer.name;
  row.size = offer.size;
  row.created = host.now();
  row.attempt = offer.attempt;
  row.file_key = SecretBytes(offer.file_key.view());
  row.read_cap = offer.read_cap;
  store.add_transfer(row);
  if (auto shown = host.add_file_message(row, offer.message, transfer::safe_name(row.name)); !shown) return shown;
  when_stored(row.file, [this](TransferRow stored) {
    if (!is_over(stored.state) && find(stored.file) == nullptr) tell_offered(add_receiver(std::move(stored)));
  });
  return {};
}

// Same file, new attempt; or the sender does not know what became of it.
Status FileTransfers::State::repeated_offer(TransferRow known, content::FileOffer offer) {
  const auto say = [&](content::Answer answer) {
    return host.send_content(known.peer, content::FileAnswer{.file = known.file, .answer = answer, .first_missing = 0});
  };
  switch (known.state) {
    case TransferState::finished: return say(content::Answer::saved);
    case TransferState::declined: return say(content::Answer::declined);
    case TransferState::failed: return say(content::Answer::failed);
    case TransferState::cancelled:
      return host.send_content(known.peer,
                               content::FileCancel{.file = known.file, .reason = content::CancelReason::by_user});
    case TransferState::offered:
    case TransferState::accepted: break;
  }
  if (offer.size != known.size || *offer.name != known.name) return {};
  const bool fresh = offer.attempt != known.attempt;
  if (fresh) {
    known.attempt = offer.attempt;
    known.attempt_used = false;
    known.file_key = SecretBytes(offer.file_key.view());
    known.read_cap = offer.read_cap;
    // Said of another attempt, and so of another reading of the source.
    known.done_known = known.has_digest = false;
    known.digest = {};
    store.update_transfer(known);
  }
  when_stored_tell<FileReceiver>(known.file, [fresh](FileReceiver& receiver) { receiver.on_offered_again(fresh); });
  return {};
}

Status FileTransfers::on_content(store::RowId peer, const content::FileAnswer& answer) {
  auto& s = *state_;
  auto known = s.store.find_transfer(s.host.group(), answer.file);
  if (!known || known->peer != peer || !known->outgoing || is_over(known->state)) return {};
  const auto over = [&](TransferState state, TransferPhase phase, std::optional<Error> error) -> Status {
    end_row(*known, state, error ? std::string(name_of(error->code)) : std::string());
    s.store.update_transfer(*known);
    s.when_stored_end(known->file, phase, std::move(error));
    return {};
  };
  switch (answer.answer) {
    case content::Answer::declined: return over(TransferState::declined, TransferPhase::declined, {});
    case content::Answer::saved:
      if (known->state != TransferState::accepted) return {};
      return over(TransferState::finished, TransferPhase::finished, {});
    case content::Answer::failed:
      if (known->state != TransferState::accepted) return {};
      return over(TransferState::failed, TransferPhase::failed,
                  Error{Errc::io_failure, "the receiver could not complete the file"});
    case content::Answer::accepted: break;
  }
  if (answer.first_missing > crypto::chunk_count(known->size)) return {};
  if (known->state == TransferState::offered) {
    known->state = TransferState::accepted;
    s.store.update_transfer(*known);
  }
  s.when_stored_tell<FileSender>(known->file,
                                 [first = answer.first_missing](FileSender& sender) { sender.on_wanted(first); });
  return {};
}

Status FileTransfers::on_content(store::RowId peer, const content::FileDone& done) {
  auto& s = *state_;
  auto known = s.store.find_transfer(s.host.group(), done.file);
  if (!known || known->peer != peer || known->outgoing || known->state != TransferState::accepted ||
      known->attempt != done.attempt)
    return {};
  known->done_known = true;
  known->has_digest = done.has_digest;
  known->digest = done.digest;
  s.store.update_transfer(*known);
  s.when_stored_tell<FileReceiver>(known->file, [](FileReceiver& receiver) { receiver.advance(); });
  return {};
}

Status FileTransfers::on_content(store::RowId peer, const content::FileCancel& cancel) {
  auto& s = *state_;
  auto known = s.store.find_transfer(s.host.group(), cancel.file);
  if (!known || known->peer != peer || is_over(known->state)) return {};
  if (const auto receiver = s.receivers.find(cancel.file);
      receiver != s.receivers.end() && receiver->second->is_placing())
    return {};
  std::optional<Error> error;
  if (!known->outgoing && cancel.reason == content::CancelReason::source_changed)
    error = Error{Errc::source_changed, "at the sender's side"};
  if (!known->outgoing && cancel.reason == content::CancelReason::source_gone)
    error = Error{Errc::not_found, "the file is not where the sender had it"};
  end_row(*known, error ? TransferState::failed : TransferState::cancelled,
          error ? std::string(name_of(error->code)) : std::string());
  s.store.update_transfer(*known);
  s.when_stored_end(known->file, error ? TransferPhase::failed : TransferPhase::cancelled, std::move(error));
  return {};
}

// ── from the relay ─────────────────────────────────────────────────────────────────────────────────────────────────

void FileTransfers::on_ticket(const control::BlobTicket& ticket) {
  auto& s = *state_;
  if (s.closing) return;
  if (auto* receiver = s.holder_of(s.context.downloads, s.receivers, ticket.blob)) return receiver->on_ticket(ticket);
  s.host.send_control(control::BlobDrop{ticket.blob});
}

void FileTransfers::on_need(const control::BlobNeed& need) {
  auto& s = *state_;
  if (s.closing) return;
  if (auto* sender = s.holder_of(s.context.uploads, s.senders, need.blob)) return sender->on_need(need);
  s.host.send_control(control::BlobDrop{need.blob});
}

void FileTransfers::on_refused(const control::BlobRefused& refused) {
  auto& s = *state_;
  if (s.closing) return;
  FileTask* task = s.holder_of(s.context.uploads, s.senders, refused.blob);
  if (task == nullptr) task = s.holder_of(s.context.downloads, s.receivers, refused.blob);
  if (task != nullptr) task->on_refused(refused.reason);
}

// ── from the engine ────────────────────────────────────────────────────────────────────────────────────────────────

void FileTransfers::on_online() {
  auto& s = *state_;
  if (s.closing) return;
  s.for_each([&s](FileTask& task) {
    if (s.host.is_reachable(task.row().peer)) task.on_reachable();
  });
}

void FileTransfers::on_offline() {
  if (!state_->closing) state_->for_each([](FileTask& task) { task.on_offline(); });
}

void FileTransfers::on_reachable(store::RowId peer) {
  if (state_->closing) return;
  state_->for_each([peer](FileTask& task) {
    if (task.row().peer == peer) task.on_reachable();
  });
}

void FileTransfers::shut_down(std::function<void()> done) {
  auto& s = *state_;
  if (std::exchange(s.closing, true)) return;
  s.senders.clear();
  const auto finish = [&s, done = std::move(done)] {
    s.context.loop.post([&s, still = std::weak_ptr<bool>(s.alive), done] {
      if (still.expired()) return;
      s.receivers.clear();
      s.context.parting.clear();
      done();
    });
  };
  if (s.receivers.empty()) return finish();
  const auto left = std::make_shared<std::size_t>(s.receivers.size());
  for (auto& [file, receiver] : s.receivers)
    receiver->settle([left, finish] {
      if (--*left == 0) finish();
    });
}

}   // namespace coterie
