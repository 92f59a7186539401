// SPDX-License-Identifier: MIT
// Files offered, under way and done.
#include "netcore/store/profile_state.h"

namespace coterie::store {
namespace {

template <class State>
Bytes sealed_transfer(const State& state, const TransferRow& transfer) {
  Packer fields(1'024);
  fields.number(transfer.outgoing ? 1 : 0).number(static_cast<std::uint64_t>(transfer.state)).text(transfer.name);
  fields.number(transfer.size).number(static_cast<std::uint64_t>(transfer.created));
  fields.bytes(transfer.attempt.view()).number(transfer.attempt_used ? 1 : 0);
  fields.bytes(transfer.file_key.view()).bytes(transfer.read_cap.view());
  fields.text(transfer.path).number(static_cast<std::uint64_t>(transfer.source_mtime_ns));
  fields.number(transfer.source_read_once ? 1 : 0).text(transfer.folder).text(transfer.part);
  fields.number(transfer.done_known ? 1 : 0).number(transfer.has_digest ? 1 : 0).bytes(transfer.digest.view());
  fields.text(transfer.error);
  fields.number(transfer.paused ? 1 : 0).bytes(transfer.batch.view()).number(transfer.to_group ? 1 : 0);
  return state.seal(Place("transfers", transfer.group, transfer.file, transfer.peer), fields);
}

// Columns: group_id, file, peer_id, sealed.
template <class State>
TransferRow transfer_at(const State& state, const Query& row) {
  TransferRow transfer;
  transfer.group = row.integer(0);
  transfer.file = row.id<FileId>(1);
  transfer.peer = row.integer(2);
  auto fields = state.open(Place("transfers", transfer.group, transfer.file, transfer.peer), row.blob(3));
  transfer.outgoing = fields.flag();
  transfer.state = fields.template number_as<TransferState>(static_cast<std::uint64_t>(TransferState::failed));
  transfer.name = fields.text();
  transfer.size = fields.number();
  transfer.created = static_cast<Millis>(fields.number());
  transfer.attempt = fields.template id<BlobId>();
  transfer.attempt_used = fields.flag();
  transfer.file_key = fields.secret();
  transfer.read_cap = fields.template id<ReadCap>();
  transfer.path = fields.text();
  transfer.source_mtime_ns = static_cast<std::int64_t>(fields.number());
  transfer.source_read_once = fields.flag();
  transfer.folder = fields.text();
  transfer.part = fields.text();
  transfer.done_known = fields.flag();
  transfer.has_digest = fields.flag();
  transfer.digest = fields.template id<Sha256Digest>();
  transfer.error = fields.text();
  transfer.batch = transfer.file;
  if (fields.at_end()) return transfer;   // written before transfers could rest, and be for several
  transfer.paused = fields.flag();
  transfer.batch = fields.template id<FileId>();
  transfer.to_group = fields.flag();
  fields.finish();
  return transfer;
}

}   // namespace

std::vector<TransferRow> ProfileStore::transfers(RowId group) {
  std::vector<TransferRow> transfers;
  auto rows = state_->query("SELECT group_id, file, peer_id, sealed FROM transfers WHERE group_id = ? ORDER BY id");
  rows.bind(group);
  while (rows.next()) transfers.push_back(transfer_at(*state_, rows));
  return transfers;
}

std::optional<TransferRow> ProfileStore::find_transfer(RowId group, const FileId& file) {
  auto row = state_->query("SELECT group_id, file, peer_id, sealed FROM transfers WHERE group_id = ? AND file = ?");
  if (!row.bind(group, file).next()) return std::nullopt;
  return transfer_at(*state_, row);
}

void ProfileStore::add_transfer(const TransferRow& transfer) {
  state_->query("INSERT INTO transfers (group_id, file, peer_id, sealed) VALUES (?, ?, ?, ?)")
      .bind(transfer.group, transfer.file, transfer.peer, sealed_transfer(*state_, transfer))
      .run();
}

void ProfileStore::update_transfer(const TransferRow& transfer) {
  state_->query("UPDATE transfers SET sealed = ? WHERE group_id = ? AND file = ? AND peer_id = ?")
      .bind(sealed_transfer(*state_, transfer), transfer.group, transfer.file, transfer.peer)
      .run();
}

}   // namespace coterie::store
