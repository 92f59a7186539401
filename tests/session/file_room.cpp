// SPDX-License-Identifier: MIT
#include "file_room.h"

#include <algorithm>

#include "netcore/base/overloaded.h"
#include "netcore/base/random.h"
#include "netcore/crypto/aead.h"

namespace coterie::test {

namespace fs = std::filesystem;

// ── relay ──────────────────────────────────────────────────────────────────────────────────────────────────────────

struct PipeRelay::Pipe {
  BlobId blob;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::uint64_t passed = 0;
  int uploader_side = 0;
  int reader_side = 0;
  DataTicket uploader_ticket;
  DataTicket reader_ticket;
  End* uploader = nullptr;
  End* reader = nullptr;
  bool flowing = false;
  bool over = false;
};

struct PipeRelay::End final : io::DataStream::Observer {
  End(PipeRelay& relay, io::Accepted accepted) : relay_(relay), slot_(std::move(accepted.slot)) {
    stream =
        std::make_unique<io::DataStream>(relay.loop_, std::move(accepted.socket), io::DataStream::Options{}, *this);
    stream->pause_reading(false);
  }

  void on_data(io::Slab data) override {
    if (!pipe) {
      const auto taken = std::min(control::DataHello::size - hello.size(), data.length);
      append(hello, data.view().first(taken));
      data.offset += taken;
      data.length -= taken;
      if (hello.size() < control::DataHello::size) return;
      admit();
      if (data.length == 0 || !pipe) return;
    }
    if (pipe->over) return;
    if (is_reader) {
      if (pipe->uploader != nullptr) pipe->uploader->stream->send(data.view());   // its DONE
      return;
    }
    if (pipe->reader == nullptr) return held.push_back(std::move(data));
    pass(std::move(data));
  }

  void pass(io::Slab data) {
    const auto piece = MutableByteView(*data.memory).subspan(data.offset, data.length);
    if (relay_.on_piece) relay_.on_piece(pipe->blob, pipe->passed, piece);
    std::optional<std::uint64_t> limit;
    if (relay_.cut_after) limit = relay_.cut_after(pipe->blob);
    const bool cut = limit && pipe->passed + data.length >= *limit;
    if (cut) data.length = static_cast<std::size_t>(*limit - std::min(*limit, pipe->passed));
    pipe->passed += data.length;
    relay_.passed += data.length;
    if (data.length > 0) pipe->reader->stream->send(std::move(data));
    if (cut) {
      stream->close({Errc::connection_lost, "cut"});
      return;
    }
    if (pipe->reader->stream->queued() > 1_MiB) {
      stream->pause_reading(true);
      pipe->reader->stream->want_writable(true);
    }
  }

  void on_writable() override {
    if (!pipe || !is_reader || pipe->uploader == nullptr) return;
    stream->want_writable(false);
    pipe->uploader->stream->pause_reading(false);
  }
  void on_end() override { gone(); }
  void on_closed(const Error&) override {
    gone();
    const auto found = relay_.ends_.find(this);
    if (found == relay_.ends_.end()) return;
    relay_.loop_.dispose(std::move(found->second));
    relay_.ends_.erase(found);
  }

  void admit() {
    const auto decoded = control::decode_hello(hello);
    const auto ticket = decoded ? relay_.tickets_.find(decoded->ticket) : relay_.tickets_.end();
    if (ticket == relay_.tickets_.end() || decoded->offset != ticket->second.first->offset)
      return stream->close({Errc::refused, "no ticket"});
    pipe = ticket->second.first;
    is_reader = ticket->second.second;
    relay_.tickets_.erase(ticket);
    (is_reader ? pipe->reader : pipe->uploader) = this;
    if (!is_reader) ++relay_.uses[pipe->blob];
    if (pipe->reader == nullptr || pipe->uploader == nullptr) return;
    pipe->flowing = true;
    relay_.most_flowing = std::max(relay_.most_flowing, ++relay_.flowing);
    if (relay_.on_flowing) relay_.on_flowing(pipe->blob);
    if (is_reader)
      for (auto& early : std::exchange(pipe->uploader->held, {}))
        if (pipe->uploader != nullptr) pipe->uploader->pass(std::move(early));
  }

  // One end is gone: what the other still has queued goes out, then it ends too.
  void gone() {
    if (!pipe || pipe->over) return;
    relay_.over(pipe);
  }

  PipeRelay& relay_;
  std::shared_ptr<void> slot_;
  std::unique_ptr<io::DataStream> stream;
  Bytes hello;
  std::shared_ptr<Pipe> pipe;
  bool is_reader = false;
  std::vector<io::Slab> held;
};

PipeRelay::PipeRelay(io::EventLoop& loop, Send send) : loop_(loop), send_(std::move(send)) {
  auto listener = io::Listener::open(
      loop, {"127.0.0.1", 0}, {}, [](const std::string&) { return true; },
      [this](io::Accepted accepted) { accept(std::move(accepted)); });
  BOOST_REQUIRE(listener.has_value());
  listener_ = std::move(*listener);
}

PipeRelay::~PipeRelay() = default;

void PipeRelay::accept(io::Accepted accepted) {
  auto end = std::make_unique<End>(*this, std::move(accepted));
  auto* key = end.get();
  ends_.emplace(key, std::move(end));
}

void PipeRelay::over(const std::shared_ptr<Pipe>& pipe) {
  pipe->over = true;
  if (pipe->flowing) --flowing;
  tickets_.erase(pipe->uploader_ticket);
  tickets_.erase(pipe->reader_ticket);
  for (auto* end : {pipe->uploader, pipe->reader})
    if (end != nullptr) end->stream->end_writing();
  auto& entry = entries_[pipe->blob];
  if (entry.pipe == pipe) entry.pipe.reset();
  match(pipe->blob);
}

void PipeRelay::match(const BlobId& blob) {
  auto& entry = entries_[blob];
  if (entry.pipe || !entry.offer || !entry.wish) return;
  const auto& [uploader, put] = *entry.offer;
  const auto [reader, get] = *entry.wish;
  entry.wish.reset();
  if (control::read_hash_of(get.read_cap) != put.read_hash)
    return send_(reader, control::BlobRefused{blob, control::BlobRefusal::bad_cap});
  auto pipe = std::make_shared<Pipe>();
  pipe->blob = blob;
  pipe->offset = get.offset;
  pipe->length = put.length;
  pipe->uploader_side = uploader;
  pipe->reader_side = reader;
  pipe->uploader_ticket = random_id<DataTicket>();
  pipe->reader_ticket = random_id<DataTicket>();
  entry.pipe = pipe;
  tickets_[pipe->uploader_ticket] = {pipe, false};
  tickets_[pipe->reader_ticket] = {pipe, true};
  streams.emplace_back(blob, get.offset);
  control::BlobTicket ticket{.blob = blob, .ticket = pipe->reader_ticket, .offset = get.offset, .length = put.length};
  if (on_ticket) on_ticket(ticket);
  const control::BlobNeed need{.blob = blob, .ticket = pipe->uploader_ticket, .offset = get.offset};
  send_(reader, ticket);
  send_(uploader, need);
}

void PipeRelay::handle(int side, const control::ToRelay& frame) {
  if (refusal)
    if (const auto reason = refusal(side, frame)) {
      const auto blob = std::holds_alternative<control::BlobPut>(frame) ? std::get<control::BlobPut>(frame).blob
                                                                        : std::get<control::BlobGet>(frame).blob;
      return send_(side, control::BlobRefused{blob, *reason});
    }
  std::visit(overloaded{[&](const control::BlobPut& put) {
                          entries_[put.blob].offer = std::pair(side, put);
                          match(put.blob);
                        },
                        [&](const control::BlobGet& get) {
                          ++gets;
                          entries_[get.blob].wish = std::pair(side, get);
                          match(get.blob);
                          if (entries_[get.blob].wish)
                            send_(side, control::BlobRefused{get.blob, control::BlobRefusal::waiting});
                        },
                        [&](const control::BlobDrop& drop) {
                          auto& entry = entries_[drop.blob];
                          if (entry.offer && entry.offer->first == side) entry.offer.reset();
                          if (entry.wish && entry.wish->first == side) entry.wish.reset();
                          if (auto pipe = entry.pipe;
                              pipe && (pipe->uploader_side == side || pipe->reader_side == side)) {
                            for (auto* end : {pipe->uploader, pipe->reader})
                              if (end != nullptr) end->stream->close({Errc::refused, "dropped"});
                            if (!pipe->over) over(pipe);
                          }
                        },
                        [](const auto&) {}},
             frame);
}

void PipeRelay::forget(int side) {
  for (auto& [blob, entry] : entries_) {
    if (entry.offer && entry.offer->first == side) entry.offer.reset();
    if (entry.wish && entry.wish->first == side) entry.wish.reset();
  }
  std::vector<std::shared_ptr<Pipe>> pipes;
  for (auto& [blob, entry] : entries_)
    if (entry.pipe && (entry.pipe->uploader_side == side || entry.pipe->reader_side == side))
      pipes.push_back(entry.pipe);
  for (auto& pipe : pipes) {
    for (auto* end : {pipe->uploader, pipe->reader})
      if (end != nullptr) end->stream->close({Errc::refused, "forgotten"});
    if (!pipe->over) over(pipe);
  }
}

// ── member ─────────────────────────────────────────────────────────────────────────────────────────────────────────

FileMember::FileMember(FileRoom& room, int side, std::string user_id, std::string peer_user_id)
    : room_(room), side_(side), user_id_(std::move(user_id)), peer_user_id_(std::move(peer_user_id)) {
  fs::create_directory(room.folder / user_id_);
  fs::create_directory(journals());
  auto opened = store::ProfileStore::open(room.folder / user_id_ / "coterie.db", room.seal);
  BOOST_REQUIRE(opened.has_value());
  store_ = std::move(*opened);
  const auto made = store_->transact([&]() -> Status {
    store::GroupRow group;
    group.name = "garden-club";
    group.relay = "127.0.0.1:1";
    group.user_id = user_id_;
    group_ = store_->add_group(group);
    for (const auto* who : {&peer, &stranger}) {
      store::PeerRow row;
      row.group = group_;
      row.user_id = who == &peer ? peer_user_id_ : "mallory";
      row.member = random_id<MemberId>();
      row.key = random_id<PublicKey>();
      (who == &peer ? peer : stranger) = store_->add_peer(row);
    }
    return {};
  });
  BOOST_REQUIRE(made.has_value());
}

fs::path FileMember::folder() const { return room_.folder / user_id_ / "received"; }
fs::path FileMember::journals() const { return room_.folder / user_id_ / "transfers"; }

std::vector<std::string> FileMember::received() const {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder(), ignored)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

void FileMember::start() {
  FileTransfers::Host& self = *this;
  files_ = std::make_unique<FileTransfers>(room_.loop, room_.worker, *store_, journals(), self, room_.timing);
  BOOST_REQUIRE(files_->load().has_value());
  auto& peer_member = room_.other(*this);
  peer_member.reachable = true;
  reachable = peer_member.is_running();
  if (peer_member.is_running() && online) peer_member.files().on_reachable(peer_member.peer);
  if (online) {
    files_->on_online();
    if (reachable) files_->on_reachable(peer);
  }
  room_.deliver();
}

void FileMember::vanish() {
  files_.reset();
  room_.other(*this).reachable = false;
  room_.relay.forget(side_);
  last.clear();
  offers.clear();
}

void FileMember::shut_down() {
  bool done = false;
  files_->shut_down([&] { done = true; });
  room_.until([&] { return done; });
  vanish();
}

FileId FileMember::sends(const fs::path& file) {
  const auto id = random_id<FileId>();
  files_->send_file(id, {peer}, false, file);
  return id;
}

bool FileMember::is(const FileId& file, event::TransferPhase phase) const {
  const auto found = last.find(file);
  return found != last.end() && found->second.phase == phase;
}

std::optional<Errc> FileMember::error_of(const FileId& file) const {
  const auto found = last.find(file);
  if (found == last.end() || !found->second.error) return std::nullopt;
  return found->second.error->code;
}

bool FileMember::has_notice(Errc code) const {
  return std::any_of(notices.begin(), notices.end(), [&](const auto& notice) { return notice.error.code == code; });
}

store::TransferRow FileMember::row(const FileId& file) {
  store::TransferRow row;
  BOOST_REQUIRE(store_->read([&] {
    auto found = store_->find_transfer(group_, file);
    BOOST_REQUIRE(found.has_value());
    row = std::move(*found);
  }));
  return row;
}

void FileMember::hears(content::Body body, bool from_stranger) {
  const auto from = from_stranger ? stranger : peer;
  const auto status = store_->transact([&]() -> Status {
    return std::visit(overloaded{[&](content::FileOffer& offer) { return files_->on_content(from, std::move(offer)); },
                                 [&](content::FileAnswer& answer) { return files_->on_content(from, answer); },
                                 [&](content::FileDone& done) { return files_->on_content(from, done); },
                                 [&](content::FileCancel& cancel) { return files_->on_content(from, cancel); },
                                 [](auto&) { return Status(); }},
                      body);
  });
  BOOST_REQUIRE(status.has_value());
}

Status FileMember::send_content(store::RowId to, content::Body body) {
  BOOST_REQUIRE(to == peer || to == stranger);
  if (to != peer) return {};
  content::Content whole;
  whole.header.scope = content::Scope::direct;
  whole.body = std::move(body);
  // Bytes, so that what passes is what the codec passes.
  auto bytes = content::encode_content(whole);
  store_->after_commit([this, bytes] {
    outbox_.push_back(bytes);
    sent.push_back(std::move(content::decode_content(bytes)->body));
    room_.deliver();
  });
  return {};
}

void FileMember::send_control(const control::ToRelay& frame) {
  if (!online) return;
  auto decoded = control::decode_to_relay(control::encode_frame(frame));
  BOOST_REQUIRE((decoded.has_value() && decoded->has_value()));
  room_.later([this, frame = std::make_shared<control::ToRelay>(std::move(**decoded))] {
    if (online) room_.relay.handle(side_, *frame);
  });
}

io::Endpoint FileMember::relay() const { return room_.relay.address(); }

void FileMember::emit(Event event) {
  if (auto* changed = std::get_if<event::TransferChanged>(&event)) {
    last[changed->id] = *changed;
    changes.push_back(*changed);
  }
  if (auto* offered = std::get_if<event::FileOffered>(&event)) offers[offered->id] = *offered;
  if (auto* notice = std::get_if<event::Notice>(&event)) notices.push_back(*notice);
}

Status FileMember::add_file_message(const store::TransferRow& transfer, const MessageId&, const std::string& name) {
  shown.emplace_back(transfer.file, name);
  return {};
}

// ── room ───────────────────────────────────────────────────────────────────────────────────────────────────────────

FileRoom::FileRoom()
    : relay(loop,
            [this](int side, control::ToClient frame) {
              auto& member = side == 0 ? alice : bob;
              later([&member, frame = std::make_shared<control::ToClient>(std::move(frame))] {
                if (!member.is_running() || !member.online) return;
                std::visit(overloaded{[&](const control::BlobTicket& ticket) { member.files().on_ticket(ticket); },
                                      [&](const control::BlobNeed& need) { member.files().on_need(need); },
                                      [&](const control::BlobRefused& refused) { member.files().on_refused(refused); },
                                      [](const auto&) {}},
                           *frame);
              });
            }),
      alice(*this, 0, "alice", "bob"),
      bob(*this, 1, "bob", "alice") {
  crypto::initialise();
  timing.first_retry = std::chrono::milliseconds(10);
  timing.longest_retry = std::chrono::milliseconds(40);
  timing.busy_retry = std::chrono::milliseconds(10);
  timing.disk_retry = std::chrono::milliseconds(20);
  timing.ask_again = std::chrono::milliseconds(500);
  timing.turn = std::chrono::milliseconds(50);
  timing.sync = std::chrono::milliseconds(20);
  timing.progress = std::chrono::milliseconds(0);
  alice.start();
  bob.start();
}

FileRoom::~FileRoom() {
  alive_.reset();
  alice.files_.reset();
  bob.files_.reset();
}

void FileRoom::later(std::function<void()> job) {
  loop.post([still = std::weak_ptr<bool>(alive_), job = std::move(job)] {
    if (!still.expired()) job();
  });
}

void FileRoom::until(const std::function<bool()>& done) {
  BOOST_REQUIRE_MESSAGE(loop.run_until(done, patience), "what was waited for did not happen");
}

void FileRoom::settle() {
  bool over = false;
  const auto timer = loop.after(std::chrono::milliseconds(200), [&] { over = true; });
  until([&] { return over; });
}

void FileRoom::deliver() {
  if (std::exchange(delivering_, true)) return;
  later([this] {
    delivering_ = false;
    for (auto* from : {&alice, &bob}) {
      auto& to = other(*from);
      while (!from->outbox_.empty() && from->online && to.online && to.is_running()) {
        auto bytes = std::move(from->outbox_.front());
        from->outbox_.pop_front();
        auto body = std::move(content::decode_content(bytes)->body);
        if (on_content) on_content(body);
        to.hears(std::move(body));
      }
    }
  });
}

void FileRoom::disconnect() {
  for (auto* member : {&alice, &bob}) {
    member->online = false;
    relay.forget(member->side_);
    if (member->is_running()) member->files().on_offline();
  }
}

void FileRoom::connect() {
  for (auto* member : {&alice, &bob}) member->online = true;
  for (auto* member : {&alice, &bob})
    if (member->is_running()) {
      member->files().on_online();
      member->files().on_reachable(member->peer);
    }
  deliver();
}

Bytes FileRoom::noise(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; i += 8) {
    const auto word = random();
    std::memcpy(bytes.data() + i, &word, std::min<std::size_t>(8, size - i));
  }
  return bytes;
}

fs::path FileRoom::file(const std::string& name, ByteView content) {
  fs::create_directory(folder / "files");
  const auto path = folder / "files" / name;
  write_file(path, content);
  return path;
}

FileId FileRoom::transfer(const fs::path& path) {
  const auto id = alice.sends(path);
  until([&] { return bob.was_offered(id); });
  bob.accepts(id);
  return id;
}

void FileRoom::until_finished(const FileId& file) {
  until([&] { return alice.is(file, event::TransferPhase::finished) && bob.is(file, event::TransferPhase::finished); });
}

}   // namespace coterie::test
