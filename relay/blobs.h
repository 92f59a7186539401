// SPDX-License-Identifier: MIT
// Sealed files in passing: who offers which, who wants which, and the tickets that bring the two data connections together.
// Nothing is stored: the bytes go from the uploader to one reader (protocol.md S10, mode pipe).
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "netcore/io/event_loop.h"
#include "netcore/io/listener.h"
#include "netcore/wire/control.h"
#include "relay/config.h"
#include "relay/counters.h"
#include "relay/data_connection.h"
#include "relay/transfer.h"

namespace coterie::relay {

class Client;
class Group;

class Blobs {
 public:
  // All of these outlive it.
  Blobs(io::EventLoop& loop, const Config& config, Counters& counters);
  Blobs(const Blobs&) = delete;
  Blobs& operator=(const Blobs&) = delete;
  ~Blobs();

  // What joined clients ask for.
  void put(Client& client, const control::BlobPut& put);
  void get(Client& client, const control::BlobGet& get);
  void drop(Client& client, const BlobId& blob);
  // The client leaves: everything of it goes, transfers under way too.
  void forget(Client& client);

  // A socket whose first byte says that it is a data connection.
  void accept(io::Accepted accepted);
  void tick(io::Clock::time_point now);
  void close_all();

  [[nodiscard]] std::size_t connections() const { return connections_.size(); }
  [[nodiscard]] std::size_t transfers() const { return transfers_.size(); }
  [[nodiscard]] std::size_t entries() const { return entries_.size(); }
  [[nodiscard]] std::size_t tickets() const { return tickets_.size(); }

  // From data connections and transfers.
  bool attach(DataConnection& connection, const control::DataHello& hello, io::Slab early);
  void closed(DataConnection& connection);
  void over(Transfer& transfer, bool complete, const char* reason);
  // The bandwidth of one transfer and of all; without a limit they always allow.
  [[nodiscard]] Rate transfer_rate() const;
  // Takes the bytes of a transfer from both; false: it is to rest until may_spend().
  bool spend(TokenBucket& of_transfer, std::size_t bytes);
  bool may_spend(TokenBucket& of_transfer, io::Clock::time_point now);
  void throttle(Transfer& transfer);   // asks it to try_release() now and then

 private:
  struct Key {
    const Group* group = nullptr;
    BlobId blob;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept {
      return std::hash<BlobId>{}(key.blob) ^ std::hash<const Group*>{}(key.group);
    }
  };
  struct Offer {
    Client* uploader = nullptr;
    std::uint64_t length = 0;
    ReadHash read_hash;
  };
  struct Wish {
    Client* reader = nullptr;
    ReadCap cap;
    std::uint64_t offset = 0;
  };
  struct Entry {
    std::optional<Offer> offer;
    std::vector<Wish> wishes;             // first come, first served
    std::unique_ptr<Transfer> transfer;   // one at a time
  };
  // What one client has under way; at most a handful of each.
  struct Account {
    std::vector<Key> offers;
    std::vector<Key> wishes;
    std::vector<Key> transfers;   // either direction
    [[nodiscard]] bool is_empty() const { return offers.empty() && wishes.empty() && transfers.empty(); }
  };
  struct Admission {
    Transfer* transfer = nullptr;
    Transfer::Side side{};
  };

  static Key key_of(const Client& client, const BlobId& blob);
  static std::optional<control::BlobRefusal> objection(const Offer& offer, const Wish& wish);
  void refuse(Client& client, const BlobId& blob, control::BlobRefusal reason);
  void withdraw_wish(Client& client, const Key& key);
  void withdraw_offer(Client& client, const Key& key);
  void end_reading(Client& client, const Key& key);
  void match(const Key& key);
  void match_all_of(Client* client);
  void open(const Key& key, Entry& entry, const Wish& wish);
  void tidy(const Key& key);
  void tidy(Client* client);

  io::EventLoop& loop_;
  const Config& config_;
  Counters& counters_;
  std::unordered_map<Key, Entry, KeyHash> entries_;
  std::unordered_map<Client*, Account> accounts_;
  std::unordered_set<Transfer*> transfers_;             // owned by their entries
  std::unordered_map<DataTicket, Admission> tickets_;   // not used yet
  std::unordered_map<DataConnection*, std::unique_ptr<DataConnection>> connections_;
  TokenBucket bandwidth_;   // of all transfers: bytes
  std::unordered_set<Transfer*> throttled_;
  io::Timer refills_;   // while somebody is throttled
};

}   // namespace coterie::relay
