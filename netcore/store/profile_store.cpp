// SPDX-License-Identifier: MIT
// Opening, transactions, and the few rows of the profile itself: identity, relays, groups.
#include "netcore/store/profile_store.h"

#include <sqlite3.h>

#include "netcore/store/profile_schema.h"
#include "netcore/store/profile_state.h"

namespace coterie::store {

constexpr std::uintmax_t full_check_limit = 16_MiB;

Result<std::unique_ptr<ProfileStore>> ProfileStore::open(const std::filesystem::path& file, const AtRest& at_rest) {
  if (sqlite3_compileoption_used("ENABLE_FTS5") == 0)
    return fail(Errc::unsupported, "this SQLite was built without full-text search");
  auto db = Database::open(file, profile_migrations);
  if (!db) return tl::unexpected(db.error());
  // A long history must not keep its user waiting at every start.
  std::error_code unknown;
  const auto size = std::filesystem::file_size(file, unknown);
  const auto depth = !unknown && size <= full_check_limit ? Database::Check::full : Database::Check::quick;
  if (auto sound = db->check(depth); !sound) return tl::unexpected(sound.error());
  auto state = std::make_unique<State>(std::move(*db), at_rest);
  return std::unique_ptr<ProfileStore>(new ProfileStore(std::move(state)));
}

ProfileStore::ProfileStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
ProfileStore::~ProfileStore() = default;

namespace {

// What lives in memory follows the outermost transaction: to its end, or back to where it was.
template <class State>
class InMemory {
 public:
  explicit InMemory(State& state) : state_(state), indexed_before_(state.indexed_upto), outermost_(!state.db.busy()) {}
  InMemory(const InMemory&) = delete;
  InMemory& operator=(const InMemory&) = delete;
  // Still to be ended only when it failed or a foreign exception passes.
  ~InMemory() {
    if (!outermost_ || ended_) return;
    state_.indexed_upto = indexed_before_;   // the index itself is a temporary table, and rolled back with the others
    state_.verified.reset();
    state_.when_committed.clear();
    const auto jobs = std::exchange(state_.when_rolled_back, {});
    for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) (*job)();
  }
  Status end(Status done) {
    if (!outermost_ || !done) return done;
    ended_ = true;
    state_.when_rolled_back.clear();
    // A job may begin a transaction of its own.
    for (const auto& job : std::exchange(state_.when_committed, {})) job();
    return done;
  }

 private:
  State& state_;
  std::optional<RowId> indexed_before_;
  bool outermost_;
  bool ended_ = false;
};

}   // namespace

Status ProfileStore::transact(const std::function<Status()>& work) {
  InMemory memory(*state_);
  return memory.end(state_->db.transact(work));
}

Status ProfileStore::read(const std::function<void()>& work) {
  InMemory memory(*state_);
  return memory.end(state_->db.read(work));
}

void ProfileStore::after_commit(std::function<void()> job) {
  if (!state_->db.busy()) return job();
  state_->when_committed.push_back(std::move(job));
}

void ProfileStore::after_rollback(std::function<void()> job) {
  assert(state_->db.busy() && "there is nothing that could roll back");
  state_->when_rolled_back.push_back(std::move(job));
}

// ── values by name ──

std::optional<SecretBytes> ProfileStore::value(std::string_view name) {
  const std::string key(name);
  auto row = state_->query("SELECT sealed FROM named_values WHERE name = ?");
  if (!row.bind(key).next()) return std::nullopt;
  auto fields = state_->open(Place("named_values", as_bytes(name)), row.blob(0));
  auto value = fields.secret();
  fields.finish();
  return value;
}

void ProfileStore::set_value(std::string_view name, ByteView value) {
  const std::string key(name);
  Packer fields;
  fields.bytes(value);
  state_
      ->query(
          "INSERT INTO named_values (name, sealed) VALUES (?, ?) ON CONFLICT DO UPDATE SET sealed = excluded.sealed")
      .bind(key, state_->seal(Place("named_values", as_bytes(name)), fields))
      .run();
}

// ── profile ──

std::optional<SecretBytes> ProfileStore::identity() {
  auto row = state_->query("SELECT sealed FROM identity WHERE id = 1");
  if (!row.next()) return std::nullopt;
  auto fields = state_->open(Place("identity"), row.blob(0));
  auto secret = fields.secret();
  fields.finish();
  return secret;
}

void ProfileStore::set_identity(const SecretBytes& secret) {
  Packer fields;
  fields.bytes(secret.view());
  state_->query("INSERT INTO identity (id, sealed) VALUES (1, ?) ON CONFLICT DO UPDATE SET sealed = excluded.sealed")
      .bind(state_->seal(Place("identity"), fields))
      .run();
}

// ── relays: a handful, so they are found by opening each ──

namespace {

struct RelayRow {
  RowId id;
  RelayPin pin;
};

template <class State>
std::optional<RelayRow> find_relay(State& state, const std::string& relay) {
  auto rows = state.query("SELECT id, sealed FROM relays");
  while (rows.next()) {
    auto fields = state.open(Place("relays"), rows.blob(1));
    const bool wanted = fields.text() == relay;
    const auto pin = fields.template id<RelayPin>();
    fields.finish();
    if (wanted) return RelayRow{.id = rows.integer(0), .pin = pin};
  }
  return std::nullopt;
}

}   // namespace

std::optional<RelayPin> ProfileStore::pin_of(const std::string& relay) {
  const auto row = find_relay(*state_, relay);
  if (!row) return std::nullopt;
  return row->pin;
}

void ProfileStore::set_pin(const std::string& relay, const RelayPin& pin) {
  const auto row = find_relay(*state_, relay);
  Packer fields;
  fields.text(relay).bytes(pin.view());
  const auto sealed = state_->seal(Place("relays"), fields);
  if (row)
    state_->query("UPDATE relays SET sealed = ? WHERE id = ?").bind(sealed, row->id).run();
  else
    state_->query("INSERT INTO relays (sealed) VALUES (?)").bind(sealed).run();
}

// ── groups ──

namespace {

template <class State>
Bytes sealed_group(const State& state, RowId id, const GroupRow& group) {
  Packer fields;
  fields.text(group.relay).bytes(group.relay_pin.view()).text(group.name).text(group.user_id);
  fields.bytes(group.secret.view()).bytes(group.token.view()).bytes(group.drop_cap.view());
  return state.seal(Place("groups", id), fields);
}

template <class State>
Bytes sealed_seq(const State& state, RowId id, std::uint64_t seq) {
  Packer fields;
  fields.number(seq);
  return state.seal(Place("groups.seq", id), fields);
}

}   // namespace

std::vector<GroupRow> ProfileStore::groups() {
  std::vector<GroupRow> groups;
  auto rows = state_->query("SELECT id, sealed, sealed_seq FROM groups ORDER BY id");
  while (rows.next()) {
    GroupRow group;
    group.id = rows.integer(0);
    auto fields = state_->open(Place("groups", group.id), rows.blob(1));
    group.relay = fields.text();
    group.relay_pin = fields.id<RelayPin>();
    group.name = fields.text();
    group.user_id = fields.text();
    group.secret = fields.secret();
    group.token = fields.id<MemberToken>();
    group.drop_cap = fields.id<DropCap>();
    fields.finish();
    auto seq = state_->open(Place("groups.seq", group.id), rows.blob(2));
    group.group_seq = seq.number();
    seq.finish();
    groups.push_back(std::move(group));
  }
  return groups;
}

std::optional<GroupRow> ProfileStore::find_group(const std::string& relay, const std::string& name) {
  for (auto& group : groups())
    if (group.relay == relay && group.name == name) return std::move(group);
  return std::nullopt;
}

std::optional<GroupRow> ProfileStore::find_group(const RelayPin& pin, const std::string& name) {
  for (auto& group : groups())
    if (group.relay_pin == pin && group.name == name) return std::move(group);
  return std::nullopt;
}

void ProfileStore::drop_group(RowId group) { state_->query("DELETE FROM groups WHERE id = ?").bind(group).run(); }

RowId ProfileStore::add_group(const GroupRow& group) {
  // Its number is part of what seals it, so the row comes first.
  state_->query("INSERT INTO groups (sealed, sealed_seq) VALUES (x'', x'')").run();
  const auto id = state_->last_row();
  state_->query("UPDATE groups SET sealed = ?, sealed_seq = ? WHERE id = ?")
      .bind(sealed_group(*state_, id, group), sealed_seq(*state_, id, group.group_seq), id)
      .run();
  return id;
}

void ProfileStore::set_group_login(RowId id, const RelayPin& pin, const std::string& user_id,
                                   const SecretBytes& secret) {
  for (auto& group : groups()) {
    if (group.id != id) continue;
    group.relay_pin = pin;
    group.user_id = user_id;
    group.secret = secret.copy();
    state_->query("UPDATE groups SET sealed = ? WHERE id = ?").bind(sealed_group(*state_, id, group), id).run();
  }
}

void ProfileStore::set_group_seq(RowId id, std::uint64_t seq) {
  state_->query("UPDATE groups SET sealed_seq = ? WHERE id = ?").bind(sealed_seq(*state_, id, seq), id).run();
}

void ProfileStore::drop_sessions_of_group(RowId group) {
  state_->query("DELETE FROM sessions WHERE peer_id IN (SELECT id FROM peers WHERE group_id = ?)").bind(group).run();
}

}   // namespace coterie::store
