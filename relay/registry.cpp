// SPDX-License-Identifier: MIT
#include "relay/registry.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "netcore/base/log.h"

namespace coterie::relay {
namespace {

constexpr std::string_view migrations[] = {
    R"sql(
      CREATE TABLE members (
        group_tag BLOB NOT NULL,
        member    BLOB NOT NULL,
        handle    BLOB NOT NULL,
        cap_hash  BLOB NOT NULL,
        seen      INTEGER NOT NULL,      -- seconds of the relay's running time
        PRIMARY KEY (group_tag, member)
      ) WITHOUT ROWID;
      CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 1), seconds INTEGER NOT NULL);
      INSERT INTO clock VALUES (1, 0);
    )sql"};

void bind(SQLite::Statement& statement, int index, ByteView bytes) {
  statement.bind(index, bytes.data(), static_cast<int>(bytes.size()));
}

template <class IdType>
IdType id_of(const SQLite::Column& column) {
  return IdType::from(
      {static_cast<const std::uint8_t*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())});
}

}   // namespace

Result<std::unique_ptr<Registry>> Registry::open(io::EventLoop& loop, const std::filesystem::path& file,
                                                 Options options) {
  auto database = store::Database::open(file, migrations);
  if (!database) return tl::unexpected(database.error());
  auto registry = std::make_unique<Registry>(loop, std::move(*database), options);
  if (auto loaded = registry->load(); !loaded) return tl::unexpected(loaded.error());
  return registry;
}

Registry::Registry(io::EventLoop& loop, store::Database database, Options options)
    : loop_(loop),
      options_(options),
      database_(std::move(database)),
      worker_(std::make_unique<Worker>([&loop](std::function<void()> job) { loop.post(std::move(job)); })) {}

Registry::~Registry() {
  worker_.reset();   // waits for the batch that is being written; its answer does not come any more
  if (writing_)      // so write that one again: a row written twice is the same row
    for (const auto& row : *writing_) changed(row.group, row.member);
  if (const auto last = write(take_changes(), now()); !last)
    log::error("registry_not_written", {{"error", name_of(last.error().code)}, {"detail", last.error().detail}});
}

Status Registry::load() {
  return database_.guard([&] {
    SQLite::Statement clock(database_.handle(), "SELECT seconds FROM clock WHERE id = 1");
    if (clock.executeStep()) offset_ = std::chrono::seconds(clock.getColumn(0).getInt64());
    SQLite::Statement rows(database_.handle(), "SELECT group_tag, member, handle, cap_hash, seen FROM members");
    while (rows.executeStep()) {
      auto& group = groups_[id_of<GroupTag>(rows.getColumn(0))];
      group.push_back({.who = {.member = id_of<MemberId>(rows.getColumn(1)),
                               .handle = id_of<UserHandle>(rows.getColumn(2)),
                               .cap_hash = id_of<CapHash>(rows.getColumn(3))},
                       .seen = std::chrono::seconds(rows.getColumn(4).getInt64())});
      ++size_;
    }
  });
}

std::chrono::seconds Registry::now() const {
  return offset_ + std::chrono::duration_cast<std::chrono::seconds>(io::Clock::now() - started_);
}

std::vector<Remembered> Registry::members_of(const GroupTag& group) const {
  std::vector<Remembered> members;
  if (const auto found = groups_.find(group); found != groups_.end())
    for (const auto& entry : found->second) members.push_back(entry.who);
  return members;
}

Registry::Entry* Registry::find(const GroupTag& group, const MemberId& member) {
  const auto found = groups_.find(group);
  if (found == groups_.end()) return nullptr;
  for (auto& entry : found->second)
    if (entry.who.member == member) return &entry;
  return nullptr;
}

bool Registry::remember(const GroupTag& group, const Remembered& member) {
  auto* entry = find(group, member.member);
  if (entry == nullptr) {
    if (size_ >= options_.capacity) return false;
    entry = &groups_[group].emplace_back();
    ++size_;
  }
  *entry = {.who = member, .seen = now()};
  changed(group, member.member);
  return true;
}

void Registry::seen(const GroupTag& group, const MemberId& member) {
  auto* entry = find(group, member);
  if (entry == nullptr || entry->seen == now()) return;
  entry->seen = now();
  changed(group, member);
}

std::vector<Registry::Expired> Registry::expire(const std::function<bool(const GroupTag&, const MemberId&)>& is_here) {
  std::vector<Expired> expired;
  for (auto& [group, entries] : groups_)
    std::erase_if(entries, [&, &tag = group](Entry& entry) {
      if (is_here(tag, entry.who.member)) {
        entry.seen = now();
        changed(tag, entry.who.member);
        return false;
      }
      if (now() - entry.seen < options_.keep) return false;
      expired.push_back({.group = tag, .member = entry.who.member});
      return true;
    });
  std::erase_if(groups_, [](const auto& group) { return group.second.empty(); });
  size_ -= expired.size();
  for (const auto& gone : expired) changed(gone.group, gone.member);
  write_soon();   // at the least the clock, which has moved on
  return expired;
}

void Registry::changed(const GroupTag& group, const MemberId& member) {
  auto& members = changes_[group];
  if (std::find(members.begin(), members.end(), member) == members.end()) members.push_back(member);
  write_soon();
}

void Registry::write_soon() {
  if (timer_.is_set() || writing_ || !worker_) return;
  timer_ = loop_.after(options_.persist, [this] {
    timer_.cancel();
    start_writing();
  });
}

Registry::Batch Registry::take_changes() {
  Batch batch;
  for (const auto& [group, members] : changes_)
    for (const auto& member : members) {
      const auto* entry = find(group, member);
      batch.push_back({.group = group, .member = member, .entry = entry ? std::optional(*entry) : std::nullopt});
    }
  changes_.clear();
  return batch;
}

void Registry::start_writing() {
  const auto batch = std::make_shared<const Batch>(take_changes());
  writing_ = batch;
  worker_->run([this, batch, at = now()] { return write(*batch, at); },
               [this, batch](const Status& result) { written(*batch, result); });
}

void Registry::written(const Batch& batch, const Status& result) {
  writing_.reset();
  if (!result) {
    if (!failing_)
      log::error("registry_not_written", {{"error", name_of(result.error().code)}, {"detail", result.error().detail}});
    for (const auto& row : batch) changed(row.group, row.member);   // tried again
  } else if (failing_) {
    log::info("registry_written_again");
  }
  failing_ = !result;
  if (!changes_.empty()) write_soon();
}

Status Registry::write(const Batch& batch, std::chrono::seconds at) {
  return database_.transact([&]() -> Status {
    auto& sql = database_.handle();
    SQLite::Statement put(
        sql, "INSERT OR REPLACE INTO members (group_tag, member, handle, cap_hash, seen) VALUES (?, ?, ?, ?, ?)");
    SQLite::Statement erase(sql, "DELETE FROM members WHERE group_tag = ? AND member = ?");
    for (const auto& row : batch) {
      auto& statement = row.entry ? put : erase;
      statement.reset();
      bind(statement, 1, row.group.view());
      bind(statement, 2, row.member.view());
      if (row.entry) {
        bind(statement, 3, row.entry->who.handle.view());
        bind(statement, 4, row.entry->who.cap_hash.view());
        statement.bind(5, static_cast<std::int64_t>(row.entry->seen.count()));
      }
      statement.exec();
    }
    SQLite::Statement clock(sql, "UPDATE clock SET seconds = ? WHERE id = 1");
    clock.bind(1, static_cast<std::int64_t>(at.count()));
    clock.exec();
    return {};
  });
}

}   // namespace coterie::relay
