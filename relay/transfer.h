// SPDX-License-Identifier: MIT
// One reading of one blob while it passes through: what the uploader's data connection brings goes to the reader's, never more
// than a window of it in memory, and exactly as many bytes as were announced. The relay sees sealed bytes only.
//
//   Opening ──both ends here──▶ Flowing ──DONE of the reader──▶ over: complete
//      └──────────────┴── an end is lost, or breaks the rules ──▶ over: failed
#pragma once

#include "netcore/io/data_stream.h"
#include "netcore/wire/control.h"
#include "relay/data_connection.h"
#include "relay/limits.h"

namespace coterie::relay {

class Client;
class Group;

class Transfer {
 public:
  // Read ahead of the reader at most, with the piece that is being read.
  static constexpr std::size_t window = 1_MiB;

  struct Terms {
    const Group* group = nullptr;
    BlobId blob;
    Client* reader = nullptr;
    Client* uploader = nullptr;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;         // of the whole blob
    io::Clock::time_point deadline;   // for both ends to come
    DataTicket reader_ticket;
    DataTicket uploader_ticket;
  };
  enum class Side : std::uint8_t { reader, uploader };

  Transfer(Blobs& blobs, const Terms& terms);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  [[nodiscard]] const Terms& terms() const { return terms_; }
  [[nodiscard]] bool is_open() const { return reader_ != nullptr && uploader_ != nullptr; }
  [[nodiscard]] std::uint64_t passed() const { return passed_; }

  // Single-use: each side comes once. `early` is what came with its ticket.
  void attach(Side side, DataConnection& connection, io::Slab early);
  // Somebody takes it back, or an end did not come: closes what is there.
  void abandon();

  // Reads on if the bandwidth allows it again.
  bool try_release(io::Clock::time_point now);

  // From its data connections.
  void received(DataConnection& from, io::Slab data);
  void writable(DataConnection& reader);
  void ended(DataConnection& from);
  void lost(DataConnection& from);

 private:
  [[nodiscard]] std::uint64_t left() const { return terms_.length - terms_.offset - passed_; }
  void start();
  void pass(io::Slab data);
  void pace(std::size_t bytes);
  void update_reading();
  void take_done(ByteView bytes);
  void fail(const char* reason);
  void over(bool complete, const char* reason);

  Blobs& blobs_;
  Terms terms_;
  DataConnection* reader_ = nullptr;   // each gone from here as soon as it is lost or let go
  DataConnection* uploader_ = nullptr;
  io::Slab early_;   // of the uploader, kept until the reader is here
  std::uint64_t passed_ = 0;
  TokenBucket bandwidth_;       // bytes
  bool is_ahead_ = false;       // the reader has a window before it
  bool is_throttled_ = false;   // a bandwidth is used up
  Bytes done_;                  // what has come of the reader's DONE
  bool over_ = false;
};

}   // namespace coterie::relay
