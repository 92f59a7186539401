// SPDX-License-Identifier: MIT
// The tables of a profile, step by step. A step that was ever released is never changed: what comes after is a new step.
//
// `sealed` holds everything that SQL need not compare (sealed_row.h); what stands beside it in the clear is what rows are
// found and ordered by: row ids, identifiers chosen at random, sequence numbers, states.
#pragma once

#include <array>
#include <string_view>

namespace coterie::store {

inline constexpr std::array<std::string_view, 2> profile_migrations = {R"sql(
CREATE TABLE identity (id INTEGER PRIMARY KEY CHECK (id = 1), sealed BLOB NOT NULL) STRICT;
CREATE TABLE named_values (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE relays (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
CREATE TABLE verified (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;

CREATE TABLE groups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sealed BLOB NOT NULL,
  sealed_seq BLOB NOT NULL
) STRICT;

CREATE TABLE peers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
  sealed BLOB NOT NULL
) STRICT;
CREATE INDEX peers_of_group ON peers (group_id);

CREATE TABLE sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  peer_id INTEGER NOT NULL REFERENCES peers ON DELETE CASCADE,
  session BLOB NOT NULL,
  sealed BLOB NOT NULL,
  UNIQUE (peer_id, session)
) STRICT;

CREATE TABLE skipped_keys (
  id INTEGER PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
  key_index INTEGER NOT NULL,
  created INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  UNIQUE (session_id, key_index)
) STRICT;

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
  message BLOB NOT NULL,
  conversation INTEGER REFERENCES peers ON DELETE CASCADE,
  author INTEGER REFERENCES peers ON DELETE CASCADE,
  file BLOB,
  sealed BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX messages_once ON messages (group_id, message, ifnull(author, 0));
CREATE INDEX messages_of_group ON messages (group_id);
CREATE INDEX messages_of_conversation ON messages (group_id, conversation);
CREATE INDEX messages_of_file ON messages (group_id, file) WHERE file IS NOT NULL;

CREATE TABLE seen (
  id INTEGER PRIMARY KEY,
  peer_id INTEGER NOT NULL REFERENCES peers ON DELETE CASCADE,
  message BLOB NOT NULL,
  arrived INTEGER NOT NULL,
  UNIQUE (peer_id, message)
) STRICT;

CREATE TABLE outgoing (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
  message BLOB NOT NULL UNIQUE,
  scope INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  created INTEGER NOT NULL,
  sealed BLOB
) STRICT;
CREATE INDEX outgoing_open ON outgoing (group_id, created) WHERE sealed IS NOT NULL;

CREATE TABLE deliveries (
  outgoing_id INTEGER NOT NULL REFERENCES outgoing ON DELETE CASCADE,
  peer_id INTEGER NOT NULL REFERENCES peers ON DELETE CASCADE,
  scope INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  rank INTEGER NOT NULL CHECK (rank BETWEEN 0 AND 4),
  PRIMARY KEY (outgoing_id, peer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_open ON deliveries (peer_id, scope, rank, seq) WHERE rank < 4;

CREATE TABLE transfers (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
  file BLOB NOT NULL,
  peer_id INTEGER NOT NULL REFERENCES peers ON DELETE CASCADE,
  sealed BLOB NOT NULL,
  UNIQUE (group_id, file)
) STRICT;
)sql",
                                                                       R"sql(
CREATE TABLE reactions (
  id INTEGER PRIMARY KEY,
  message_row INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
  member INTEGER REFERENCES peers ON DELETE CASCADE,
  sealed BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX reactions_once ON reactions (message_row, ifnull(member, 0));

CREATE TABLE held_changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  peer_id INTEGER NOT NULL REFERENCES peers ON DELETE CASCADE,
  message BLOB NOT NULL,
  arrived INTEGER NOT NULL,
  sealed BLOB NOT NULL
) STRICT;
CREATE INDEX held_changes_of_message ON held_changes (message);
CREATE INDEX held_changes_of_peer ON held_changes (peer_id);

CREATE TABLE read_upto (
  group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
  conversation INTEGER NOT NULL,
  message_row INTEGER NOT NULL,
  PRIMARY KEY (group_id, conversation)
) STRICT, WITHOUT ROWID;
INSERT INTO read_upto SELECT group_id, ifnull(conversation, 0), max(id) FROM messages GROUP BY 1, 2;
)sql"};

}   // namespace coterie::store
