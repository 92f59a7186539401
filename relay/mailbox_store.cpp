// SPDX-License-Identifier: MIT
#include "relay/mailbox_store.h"

#include <algorithm>
#include <limits>

#include "netcore/base/digest.h"

namespace coterie::relay {
namespace {

// `place` is given out by this program and never twice, so that a reader can go on behind one even when the last row is gone.
constexpr std::string_view migrations[] = {
    R"sql(
      CREATE TABLE bodies (
        id     INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,     -- SHA-256
        refs   INTEGER NOT NULL,         -- letters that have it
        bytes  BLOB NOT NULL
      );
      CREATE TABLE letters (
        place     INTEGER PRIMARY KEY,   -- in the order of deposits
        recipient BLOB NOT NULL,
        sender    BLOB NOT NULL,
        message   BLOB NOT NULL,
        session   BLOB NOT NULL,
        chain     INTEGER NOT NULL,      -- index in the session
        wrap      BLOB NOT NULL,
        body      INTEGER NOT NULL,      -- in bodies
        size      INTEGER NOT NULL,      -- of the body
        came      INTEGER NOT NULL       -- seconds of the relay's running time
      );
      CREATE UNIQUE INDEX letters_by_name ON letters (recipient, sender, message);
      CREATE INDEX letters_of_box ON letters (recipient, place);
      CREATE TABLE boxes (
        recipient BLOB PRIMARY KEY,
        items     INTEGER NOT NULL,
        bytes     INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 1), seconds INTEGER NOT NULL);
      INSERT INTO clock VALUES (1, 0);
    )sql"};

// What a row costs beyond its body, in the table and its two indexes.
constexpr std::size_t row_overhead = 320;
// Of the disk, for deletions to pass through the journal.
constexpr std::uint64_t most_reserved = 32_MiB;

// How long one refusal keeps back what its sender says behind it.
constexpr std::chrono::seconds refusal_holds{60};

// What the disk takes for a deposit: the letters to a whole group come one after the other and have one body.
std::uint64_t cost(const std::vector<MailboxStore::Deposit>& deposits, std::size_t at) {
  const auto& body = deposits[at].letter.body;
  const bool is_here_already = at > 0 && deposits[at - 1].letter.body == body;
  if (!body) return 0;
  return row_overhead + (is_here_already ? 0 : body->size());
}

}   // namespace

Result<std::unique_ptr<MailboxStore>> MailboxStore::open(const std::filesystem::path& file) {
  auto database = store::Database::open(file, migrations);
  if (!database) return tl::unexpected(database.error());
  std::unique_ptr<MailboxStore> opened(new MailboxStore(file, std::move(*database)));
  if (auto loaded = opened->load(); !loaded) return tl::unexpected(loaded.error());
  return opened;
}

Status MailboxStore::check(const std::filesystem::path& file) {
  auto database = store::Database::open(file, migrations);
  if (!database) return tl::unexpected(database.error());
  return database->check(store::Database::Check::full);
}

MailboxStore::MailboxStore(const std::filesystem::path& file, store::Database database)
    : file_(file), database_(std::move(database)), sql_(database_.handle()) {}
MailboxStore::~MailboxStore() = default;

Status MailboxStore::load() {
  return database_.read([&] {
    auto clock = sql_("SELECT seconds FROM clock WHERE id = 1");
    if (clock.next()) clock_ = std::chrono::seconds(clock.integer(0));
    auto rows = sql_("SELECT recipient, items, bytes FROM boxes");
    while (rows.next()) {
      const Box box{.items = static_cast<std::size_t>(rows.integer(1)),
                    .bytes = static_cast<std::uint64_t>(rows.integer(2))};
      items_ += box.items;
      bytes_ += box.bytes;
      boxes_.emplace(rows.id<MemberId>(0), box);
    }
    auto last = sql_("SELECT ifnull(max(place), 0) FROM letters");
    if (last.next()) next_place_ = last.integer(0) + 1;
    find_oldest();
  });
}

// What is counted in memory follows the transaction: it is put back when that fails.
Status MailboxStore::transact(const std::function<void()>& work) {
  const auto items = items_;
  const auto bytes = bytes_;
  const auto place = next_place_;
  before_.clear();
  auto done = database_.transact([&]() -> Status {
    work();
    return {};
  });
  if (done) return done;
  items_ = items;
  bytes_ = bytes;
  next_place_ = place;
  // The first note about a box is what it was.
  std::reverse(before_.begin(), before_.end());
  for (const auto& [recipient, box] : before_) {
    if (box.items == 0)
      boxes_.erase(recipient);
    else
      boxes_[recipient] = box;
  }
  return done;
}

Result<MailboxStore::Written> MailboxStore::write(const std::vector<Deposit>& deposits,
                                                  const std::vector<Name>& removals, const MailboxQuotas& quotas,
                                                  std::chrono::seconds now) {
  Written written;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < deposits.size(); ++i) bytes += cost(deposits, i);
  const auto disk = deposits.empty() ? 0 : room_for(bytes);
  bool refused_for_room = false;
  auto done = transact([&] {
    for (const auto& name : removals) remove(name);
    const bool is_within_quota = !deposits.empty() && bytes_in_use() < quotas.database;
    auto room = is_within_quota ? disk : 0;
    for (std::size_t i = 0; i < deposits.size(); ++i) {
      const auto& one = deposits[i];
      const auto takes = cost(deposits, i);
      const bool waits = !one.letter.body || has_to_wait(one, now);
      // Behind one that finds no room none does: a smaller one would come before what was said earlier.
      if (!waits && takes > room) {
        refused_for_room = refused_for_room || is_within_quota;
        room = 0;
      }
      written.fates.push_back(!waits && room > 0 ? deposit(one, quotas, now) : Fate::full);
      note(one, written.fates.back(), now);
      if (waits) continue;
      room -= std::min(room, takes);
    }
    set_clock(now);
    find_oldest();
  });
  if (!done && done.error().code == Errc::disk_full && !removals.empty()) {
    done = remove_in_small_steps(removals);
    written.fates.assign(deposits.size(), Fate::full);
    for (const auto& one : deposits) note(one, Fate::full, now);
    refused_for_room = true;
  }
  if (!done) {
    out_of_room_ = true;
    for (const auto& one : deposits) note(one, Fate::full, now);
    return tl::unexpected(done.error());
  }
  for (const auto& name : removals) written.counts.push_back(count_of(name.recipient));
  for (const auto& one : deposits) written.counts.push_back(count_of(one.recipient));
  written.depth = depth(now);
  const bool has_stored = std::find(written.fates.begin(), written.fates.end(), Fate::stored) != written.fates.end();
  if (refused_for_room)
    out_of_room_ = true;
  else if (out_of_room_ && has_stored && has_room_for_any_letter())
    out_of_room_ = false;
  written.is_out_of_room = out_of_room_;
  return written;
}

bool MailboxStore::has_to_wait(const Deposit& deposit, std::chrono::seconds now) const {
  const auto box = refused_.find(deposit.recipient);
  if (box == refused_.end()) return false;
  const auto first = box->second.find(deposit.letter.sender);
  return first != box->second.end() && first->second.message != deposit.letter.message &&
         now - first->second.since < refusal_holds;
}

void MailboxStore::note(const Deposit& deposit, Fate fate, std::chrono::seconds now) {
  if (fate == Fate::full) {
    auto& first = refused_[deposit.recipient]
                      .try_emplace(deposit.letter.sender, Refused{deposit.letter.message, now})
                      .first->second;
    if (now - first.since >= refusal_holds) first = {deposit.letter.message, now};
    return;
  }
  const auto box = refused_.find(deposit.recipient);
  if (box == refused_.end()) return;
  box->second.erase(deposit.letter.sender);
  if (box->second.empty()) refused_.erase(box);
}

MailboxStore::Fate MailboxStore::deposit(const Deposit& deposit, const MailboxQuotas& quotas,
                                         std::chrono::seconds now) {
  const auto& letter = deposit.letter;
  const auto size = letter.body->size();
  std::int64_t known = 0;
  std::int64_t known_body = 0;
  std::ptrdiff_t known_size = 0;
  {
    auto there =
        sql_("SELECT place, session, body, size FROM letters WHERE recipient = ? AND sender = ? AND message = ?");
    if (there.bind(deposit.recipient, letter.sender, letter.message).next()) {
      if (there.id<SessionId>(1) == letter.session) return Fate::stored;
      known = there.integer(0);
      known_body = there.integer(2);
      known_size = static_cast<std::ptrdiff_t>(there.integer(3));
    }
  }
  if (known != 0) {
    // Its recipient has made a new session since: only what is sealed under that one opens.
    const auto body = body_row(letter.body);
    sql_("UPDATE letters SET session = ?, chain = ?, wrap = ?, body = ?, size = ? WHERE place = ?")
        .bind(letter.session, letter.index, ByteView(letter.wrap), body, size, known)
        .run();
    release_body(known_body);
    change_box(deposit.recipient, 0, static_cast<std::ptrdiff_t>(size) - known_size);
    return Fate::stored;
  }
  if (const auto box = boxes_.find(deposit.recipient); box != boxes_.end()) {
    if (box->second.items >= quotas.items || box->second.bytes + size > quotas.bytes) return Fate::full;
    auto from = sql_("SELECT count(*) FROM letters WHERE recipient = ? AND sender = ?");
    if (from.bind(deposit.recipient, letter.sender).next() &&
        from.integer(0) >= static_cast<std::int64_t>(quotas.per_sender))
      return Fate::full;
  }
  const auto body = body_row(letter.body);
  sql_(
      "INSERT INTO letters (place, recipient, sender, message, session, chain, wrap, body, size, came)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(next_place_++, deposit.recipient, letter.sender, letter.message, letter.session, letter.index,
            ByteView(letter.wrap), body, size, now.count())
      .run();
  change_box(deposit.recipient, 1, static_cast<std::ptrdiff_t>(size));
  return Fate::stored;
}

std::int64_t MailboxStore::body_row(const io::SharedBytes& body) {
  const auto digest = sha256(*body);
  auto row = sql_(
      "INSERT INTO bodies (digest, refs, bytes) VALUES (?, 1, ?)"
      " ON CONFLICT (digest) DO UPDATE SET refs = refs + 1 RETURNING id");
  row.bind(digest, *body).next();
  const auto id = row.integer(0);
  while (row.next()) {
  }
  return id;
}

void MailboxStore::release_body(std::int64_t row) {
  sql_("UPDATE bodies SET refs = refs - 1 WHERE id = ?").bind(row).run();
  sql_("DELETE FROM bodies WHERE id = ? AND refs <= 0").bind(row).run();
}

bool MailboxStore::remove(const Name& name) {
  std::int64_t body = 0;
  std::ptrdiff_t size = 0;
  {
    auto gone = sql_("DELETE FROM letters WHERE recipient = ? AND sender = ? AND message = ? RETURNING body, size");
    if (!gone.bind(name.recipient, name.sender, name.message).next()) return false;
    body = gone.integer(0);
    size = static_cast<std::ptrdiff_t>(gone.integer(1));
    while (gone.next()) {
    }
  }
  release_body(body);
  change_box(name.recipient, -1, -size);
  return true;
}

void MailboxStore::change_box(const MemberId& recipient, std::ptrdiff_t items, std::ptrdiff_t bytes) {
  auto& box = boxes_[recipient];
  before_.emplace_back(recipient, box);
  box.items += static_cast<std::size_t>(items);
  box.bytes += static_cast<std::uint64_t>(bytes);
  items_ += static_cast<std::size_t>(items);
  bytes_ += static_cast<std::uint64_t>(bytes);
  if (box.items == 0) {
    sql_("DELETE FROM boxes WHERE recipient = ?").bind(recipient).run();
    boxes_.erase(recipient);
    return;
  }
  sql_(
      "INSERT INTO boxes (recipient, items, bytes) VALUES (?1, ?2, ?3)"
      " ON CONFLICT (recipient) DO UPDATE SET items = ?2, bytes = ?3")
      .bind(recipient, box.items, box.bytes)
      .run();
}

MailboxStore::Count MailboxStore::count_of(const MemberId& recipient) const {
  const auto found = boxes_.find(recipient);
  return {.recipient = recipient, .items = found == boxes_.end() ? 0 : found->second.items};
}

void MailboxStore::find_oldest() {
  auto first = sql_("SELECT came FROM letters ORDER BY place LIMIT 1");
  if (first.next()) oldest_ = std::chrono::seconds(first.integer(0));
}

void MailboxStore::set_clock(std::chrono::seconds now) {
  if (now == clock_) return;
  sql_("UPDATE clock SET seconds = ? WHERE id = 1").bind(now.count()).run();
  clock_ = now;
}

std::uint64_t MailboxStore::pragma(store::Sql sql) {
  auto query = sql_(sql);
  query.next();
  return static_cast<std::uint64_t>(query.integer(0));
}

std::uint64_t MailboxStore::free_bytes() { return pragma("PRAGMA freelist_count") * pragma("PRAGMA page_size"); }

std::uint64_t MailboxStore::bytes_in_use() {
  return pragma("PRAGMA page_count") * pragma("PRAGMA page_size") - free_bytes();
}

// A disk that is full to the last byte takes no deletion either: that, too, has to go through the journal first. So the end of it
// is left free: the file does not grow into that. What fits into the file's free pages only passes through the journal, which is
// given back, and may have half of it meanwhile: without that a mailbox that has filled its disk could never use again what
// was fetched from it.
std::uint64_t MailboxStore::room_now() {
  std::error_code error;
  const auto space = std::filesystem::space(file_, error);
  if (error) return std::numeric_limits<std::uint64_t>::max();   // the commit will tell
  auto journal = file_;
  journal += "-wal";
  const auto length = std::filesystem::file_size(journal, error);
  const auto waiting = error ? 0 : length;   // it may all have to be carried over into the file yet
  const auto reserve = std::min<std::uint64_t>(most_reserved, space.capacity / 4);
  const auto beyond = [](std::uint64_t much, std::uint64_t little) { return much > little ? much - little : 0; };
  const auto reusable = beyond(free_bytes(), waiting);
  const auto passing = std::min(reusable, beyond(space.available, reserve / 2));
  // Beyond the free pages a byte is needed twice: in the journal and where the file grows.
  const auto growing = beyond(space.available + reusable, reserve + beyond(waiting, free_bytes())) / 2;
  return growing > reusable ? growing : passing;
}

// Otherwise small letters would find room between large ones that do not, and it would look like a disk that comes and goes.
bool MailboxStore::has_room_for_any_letter() { return room_now() >= control::max_body + row_overhead; }

std::uint64_t MailboxStore::room_for(std::uint64_t bytes) {
  const auto room = room_now();
  if (room >= bytes) return room;
  // Perhaps the journal is only long, not full.
  return shorten_journal() ? room_now() : room;
}

Status MailboxStore::shorten_journal() {
  return database_.guard([&] {
    auto checkpoint = sql_("PRAGMA wal_checkpoint(TRUNCATE)");
    while (checkpoint.next()) {
    }
  });
}

// Overwriting what is deleted takes as much journal as it took to write it: a few letters at a time fit where many do not, and one
// where a few do not.
Status MailboxStore::remove_in_small_steps(const std::vector<Name>& names) {
  std::size_t step = 8;
  for (std::size_t at = 0; at < names.size();) {
    if (auto shortened = shorten_journal(); !shortened) return shortened;
    const auto end = std::min(at + step, names.size());
    auto removed = transact([&] {
      for (auto i = at; i < end; ++i) remove(names[i]);
      find_oldest();
    });
    if (removed)
      at = end;
    else if (removed.error().code == Errc::disk_full && step > 1)
      step = 1;
    else
      return removed;
  }
  return shorten_journal();
}

Result<MailboxStore::Expired> MailboxStore::expire(std::chrono::seconds oldest, std::size_t most,
                                                   std::chrono::seconds now) {
  Expired expired;
  std::vector<Name> old;
  auto done = transact([&] {
    {
      auto rows = sql_("SELECT recipient, sender, message, came FROM letters ORDER BY place LIMIT ?");
      rows.bind(most);
      while (rows.next() && std::chrono::seconds(rows.integer(3)) < oldest)
        old.push_back(
            {.recipient = rows.id<MemberId>(0), .sender = rows.id<MemberId>(1), .message = rows.id<MessageId>(2)});
    }
    for (const auto& name : old) remove(name);
    set_clock(now);   // at the least it has moved on
    find_oldest();
  });
  if (!done && done.error().code == Errc::disk_full && !old.empty()) done = remove_in_small_steps(old);
  for (const auto& name : old) expired.counts.push_back(count_of(name.recipient));
  expired.letters = old.size();
  if (!done) {
    out_of_room_ = true;
    return tl::unexpected(done.error());
  }
  expired.depth = depth(now);
  // Nobody may have anything to deposit for a long time.
  if (out_of_room_ && has_room_for_any_letter()) out_of_room_ = false;
  expired.is_out_of_room = out_of_room_;
  return expired;
}

Result<MailboxStore::Page> MailboxStore::read(const MemberId& recipient, std::int64_t after, std::size_t letters,
                                              std::size_t bytes) {
  Page page;
  if (after == 0) refused_.erase(recipient);   // it is back: from here on it gets everything in the order it comes
  auto done = database_.read([&] {
    auto rows = sql_(
        "SELECT l.place, l.sender, l.message, l.session, l.chain, l.wrap, b.bytes FROM letters l"
        " JOIN bodies b ON b.id = l.body WHERE l.recipient = ? AND l.place > ? ORDER BY l.place");
    rows.bind(recipient, after);
    std::size_t taken = 0;
    while (rows.next()) {
      if (page.letters.size() == letters || taken >= bytes) return;
      const auto wrap = rows.blob(5);
      MailboxStore::Page::Entry entry{.place = rows.integer(0),
                                      .letter = {.sender = rows.id<MemberId>(1),
                                                 .message = rows.id<MessageId>(2),
                                                 .session = rows.id<SessionId>(3),
                                                 .index = static_cast<std::uint32_t>(rows.integer(4)),
                                                 .wrap = {},
                                                 .body = nullptr}};
      if (wrap.size() != entry.letter.wrap.size())
        throw store::Failure{{Errc::database_corrupt, "a wrap of the wrong length"}};
      std::copy(wrap.begin(), wrap.end(), entry.letter.wrap.begin());
      entry.letter.body = std::make_shared<const Bytes>(to_bytes(rows.blob(6)));
      if (entry.letter.body->size() > control::max_body)
        throw store::Failure{{Errc::database_corrupt, "a body that is too long"}};
      taken += entry.letter.body->size() + row_overhead;
      page.letters.push_back(std::move(entry));
    }
    page.at_end = true;
  });
  if (!done) return tl::unexpected(done.error());
  return page;
}

std::vector<MailboxStore::Count> MailboxStore::boxes() const {
  std::vector<Count> counts;
  counts.reserve(boxes_.size());
  for (const auto& [recipient, box] : boxes_) counts.push_back({.recipient = recipient, .items = box.items});
  return counts;
}

MailboxDepth MailboxStore::depth(std::chrono::seconds now) const {
  return {.boxes = boxes_.size(),
          .items = items_,
          .bytes = bytes_,
          .oldest = items_ == 0 ? std::chrono::seconds{} : now - oldest_};
}

}   // namespace coterie::relay
