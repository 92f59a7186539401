// SPDX-License-Identifier: MIT
#include "relay/blobs.h"

#include <algorithm>
#include <cassert>

#include "netcore/base/log.h"
#include "netcore/base/random.h"
#include "relay/client.h"

namespace coterie::relay {
namespace {

// S10: a file has at most 2^44 bytes, and sealing adds 16 to each 64 KiB of it.
constexpr std::uint64_t max_blob = (std::uint64_t{1} << 44U) + (std::uint64_t{1} << 32U);

// A quarter of a second's worth at once: short enough not to be felt, long enough for large reads.
Rate rate_of(std::uint64_t bandwidth) {
  const auto per_second = static_cast<double>(bandwidth);
  return {.per_second = per_second, .burst = per_second / 4};
}

}   // namespace

Blobs::Blobs(io::EventLoop& loop, const Config& config, Counters& counters)
    : loop_(loop),
      config_(config),
      counters_(counters),
      bandwidth_(rate_of(config.limits.transfers_bandwidth), io::Clock::now()) {}

Blobs::~Blobs() = default;

Blobs::Key Blobs::key_of(const Client& client, const BlobId& blob) {
  return {.group = client.seat().group, .blob = blob};
}

void Blobs::refuse(Client& client, const BlobId& blob, control::BlobRefusal reason) {
  client.send(control::BlobRefused{.blob = blob, .reason = reason});
}

std::optional<control::BlobRefusal> Blobs::objection(const Offer& offer, const Wish& wish) {
  if (control::read_hash_of(wish.cap) != offer.read_hash) return control::BlobRefusal::bad_cap;
  if (wish.offset > offer.length) return control::BlobRefusal::too_large;
  return std::nullopt;
}

// ── what clients ask for ───────────────────────────────────────────────────────────────────────────────────────────

void Blobs::put(Client& client, const control::BlobPut& put) {
  if (put.mode != control::BlobMode::pipe) return refuse(client, put.blob, control::BlobRefusal::unsupported);
  if (put.length > max_blob) return refuse(client, put.blob, control::BlobRefusal::too_large);
  const auto key = key_of(client, put.blob);
  if (const auto known = entries_.find(key); known != entries_.end() && known->second.offer) {
    if (known->second.offer->uploader != &client) return refuse(client, put.blob, control::BlobRefusal::too_many);
    withdraw_offer(client, key);   // offered anew: a reading under way was of the old one
  }
  if (accounts_[&client].offers.size() >= config_.limits.blobs)
    return refuse(client, put.blob, control::BlobRefusal::too_many);
  accounts_[&client].offers.push_back(key);
  auto& entry = entries_[key];
  entry.offer = Offer{.uploader = &client, .length = put.length, .read_hash = put.read_hash};

  // Those who waited could not be checked before.
  std::vector<std::pair<Client*, control::BlobRefusal>> refused;
  for (const auto& wish : entry.wishes)
    if (const auto reason = objection(*entry.offer, wish)) refused.emplace_back(wish.reader, *reason);
  for (const auto& [reader, reason] : refused) {
    withdraw_wish(*reader, key);
    tidy(reader);
    refuse(*reader, put.blob, reason);
  }
  match(key);
}

void Blobs::get(Client& client, const control::BlobGet& get) {
  const auto key = key_of(client, get.blob);
  withdraw_wish(client, key);
  end_reading(client, key);
  const Wish wish{.reader = &client, .cap = get.read_cap, .offset = get.offset};
  auto& entry = entries_[key];
  std::optional<control::BlobRefusal> reason;
  if (entry.offer) reason = objection(*entry.offer, wish);
  if (!reason && accounts_[&client].wishes.size() >= config_.limits.waiting_reads)
    reason = control::BlobRefusal::too_many;
  if (!reason) {
    entry.wishes.push_back(wish);
    accounts_[&client].wishes.push_back(key);
    match(key);
    const auto& wishes = entries_[key].wishes;
    if (std::any_of(wishes.begin(), wishes.end(), [&](const Wish& w) { return w.reader == &client; }))
      reason = control::BlobRefusal::waiting;
  }
  if (reason) refuse(client, get.blob, *reason);
  tidy(key);
  tidy(&client);
}

void Blobs::drop(Client& client, const BlobId& blob) {
  const auto key = key_of(client, blob);
  withdraw_wish(client, key);
  end_reading(client, key);
  withdraw_offer(client, key);
  tidy(key);
  tidy(&client);
}

void Blobs::forget(Client& client) {
  const auto account = accounts_.find(&client);
  if (account == accounts_.end()) return;
  // All offers and wishes go before any transfer ends, so that what ends is not matched with them again.
  const auto wishes = std::exchange(account->second.wishes, {});
  const auto offers = std::exchange(account->second.offers, {});
  const auto transfers = account->second.transfers;
  for (const auto& key : wishes)
    std::erase_if(entries_[key].wishes, [&](const Wish& wish) { return wish.reader == &client; });
  for (const auto& key : offers) entries_[key].offer.reset();
  for (const auto& key : transfers)
    if (const auto& transfer = entries_[key].transfer) transfer->abandon();
  for (const auto& keys : {wishes, offers, transfers})
    for (const auto& key : keys) tidy(key);
  accounts_.erase(&client);
}

void Blobs::withdraw_wish(Client& client, const Key& key) {
  const auto account = accounts_.find(&client);
  const auto entry = entries_.find(key);
  if (account == accounts_.end() || entry == entries_.end()) return;
  std::erase(account->second.wishes, key);
  std::erase_if(entry->second.wishes, [&](const Wish& wish) { return wish.reader == &client; });
}

void Blobs::withdraw_offer(Client& client, const Key& key) {
  const auto entry = entries_.find(key);
  if (entry == entries_.end() || !entry->second.offer || entry->second.offer->uploader != &client) return;
  entry->second.offer.reset();
  std::erase(accounts_[&client].offers, key);
  if (entry->second.transfer) entry->second.transfer->abandon();
}

void Blobs::end_reading(Client& client, const Key& key) {
  const auto entry = entries_.find(key);
  if (entry == entries_.end() || !entry->second.transfer || entry->second.transfer->terms().reader != &client) return;
  entry->second.transfer->abandon();
}

void Blobs::tidy(const Key& key) {
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return;
  const auto& [offer, wishes, transfer] = entry->second;
  if (!offer && wishes.empty() && !transfer) entries_.erase(entry);
}

void Blobs::tidy(Client* client) {
  const auto account = accounts_.find(client);
  if (account != accounts_.end() && account->second.is_empty()) accounts_.erase(account);
}

// ── bringing both together ─────────────────────────────────────────────────────────────────────────────────────────

void Blobs::match(const Key& key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  auto& entry = found->second;
  if (!entry.offer || entry.transfer) return;
  const auto most = config_.limits.data_connections;
  if (accounts_[entry.offer->uploader].transfers.size() >= most) return;
  const auto next = std::find_if(entry.wishes.begin(), entry.wishes.end(),
                                 [&](const Wish& wish) { return accounts_[wish.reader].transfers.size() < most; });
  if (next == entry.wishes.end()) return;
  const auto wish = *next;
  entry.wishes.erase(next);
  std::erase(accounts_[wish.reader].wishes, key);
  open(key, entry, wish);
}

void Blobs::match_all_of(Client* client) {
  const auto account = accounts_.find(client);
  if (account == accounts_.end()) return;
  for (const auto& key : std::vector(account->second.offers)) match(key);
  for (const auto& key : std::vector(account->second.wishes)) match(key);
}

void Blobs::open(const Key& key, Entry& entry, const Wish& wish) {
  const Transfer::Terms terms{.group = key.group,
                              .blob = key.blob,
                              .reader = wish.reader,
                              .uploader = entry.offer->uploader,
                              .offset = wish.offset,
                              .length = entry.offer->length,
                              .deadline = io::Clock::now() + config_.timing.ticket,
                              .reader_ticket = random_id<DataTicket>(),
                              .uploader_ticket = random_id<DataTicket>()};
  entry.transfer = std::make_unique<Transfer>(*this, terms);
  auto* transfer = entry.transfer.get();
  transfers_.insert(transfer);
  tickets_.emplace(terms.reader_ticket, Admission{.transfer = transfer, .side = Transfer::Side::reader});
  tickets_.emplace(terms.uploader_ticket, Admission{.transfer = transfer, .side = Transfer::Side::uploader});
  for (auto* client : {terms.reader, terms.uploader}) accounts_[client].transfers.push_back(key);
  terms.reader->send(control::BlobTicket{
      .blob = key.blob, .ticket = terms.reader_ticket, .offset = terms.offset, .length = terms.length});
  terms.uploader->send(control::BlobNeed{.blob = key.blob, .ticket = terms.uploader_ticket, .offset = terms.offset});
}

bool Blobs::attach(DataConnection& connection, const control::DataHello& hello, io::Slab early) {
  const auto found = tickets_.find(hello.ticket);
  if (found == tickets_.end()) return false;
  const auto admission = found->second;
  tickets_.erase(found);   // whatever comes of it: a ticket is for one try
  if (hello.offset != admission.transfer->terms().offset) {
    admission.transfer->abandon();
    return false;
  }
  admission.transfer->attach(admission.side, connection, std::move(early));
  return true;
}

void Blobs::over(Transfer& transfer, bool complete, const char* reason) {
  const auto terms = transfer.terms();
  log::info("transfer", {{"blob", terms.blob}, {"bytes", transfer.passed()}, {"result", reason}});
  ++(complete ? counters_.transfers : counters_.transfers_failed);
  counters_.transferred_bytes += transfer.passed();
  tickets_.erase(terms.reader_ticket);
  tickets_.erase(terms.uploader_ticket);
  transfers_.erase(&transfer);
  throttled_.erase(&transfer);
  const Key key{.group = terms.group, .blob = terms.blob};
  for (auto* client : {terms.reader, terms.uploader}) std::erase(accounts_[client].transfers, key);
  const auto entry = entries_.find(key);
  assert(entry != entries_.end() && entry->second.transfer.get() == &transfer);
  loop_.dispose(std::move(entry->second.transfer));   // it is on the call stack
  match(key);
  for (auto* client : {terms.reader, terms.uploader}) {
    match_all_of(client);
    tidy(client);
  }
  tidy(key);
}

// ── data connections ───────────────────────────────────────────────────────────────────────────────────────────────

void Blobs::accept(io::Accepted accepted) {
  auto connection = std::make_unique<DataConnection>(loop_, *this, config_.timing, std::move(accepted));
  auto* key = connection.get();
  connections_.emplace(key, std::move(connection));
}

void Blobs::closed(DataConnection& connection) {
  const auto found = connections_.find(&connection);
  assert(found != connections_.end());
  loop_.dispose(std::move(found->second));
  connections_.erase(found);
}

void Blobs::tick(io::Clock::time_point now) {
  std::vector<Transfer*> late;
  for (auto* transfer : transfers_)
    if (!transfer->is_open() && now > transfer->terms().deadline) late.push_back(transfer);
  // One of these may go with another, but none comes anew under the same address before the callback is over.
  for (auto* transfer : late)
    if (transfers_.contains(transfer)) transfer->abandon();
  for (auto& [connection, owner] : connections_) connection->tick(now);
}

// ── bandwidth ──────────────────────────────────────────────────────────────────────────────────────────────────────

Rate Blobs::transfer_rate() const { return rate_of(config_.limits.transfer_bandwidth); }

bool Blobs::spend(TokenBucket& of_transfer, std::size_t bytes) {
  const auto now = io::Clock::now();
  const auto& limits = config_.limits;
  if (limits.transfer_bandwidth > 0) of_transfer.take(transfer_rate(), now, static_cast<double>(bytes));
  if (limits.transfers_bandwidth > 0)
    bandwidth_.take(rate_of(limits.transfers_bandwidth), now, static_cast<double>(bytes));
  return may_spend(of_transfer, now);
}

bool Blobs::may_spend(TokenBucket& of_transfer, io::Clock::time_point now) {
  const auto& limits = config_.limits;
  return (limits.transfer_bandwidth == 0 || of_transfer.is_level(transfer_rate(), now)) &&
         (limits.transfers_bandwidth == 0 || bandwidth_.is_level(rate_of(limits.transfers_bandwidth), now));
}

void Blobs::throttle(Transfer& transfer) {
  throttled_.insert(&transfer);
  if (refills_.is_set()) return;
  refills_ = loop_.every(config_.timing.refill, [this] {
    const auto now = io::Clock::now();
    std::erase_if(throttled_, [&](Transfer* one) { return one->try_release(now); });
    if (throttled_.empty()) refills_.cancel();
  });
}

void Blobs::close_all() {
  for (auto* transfer : std::vector(transfers_.begin(), transfers_.end()))
    if (transfers_.contains(transfer)) transfer->abandon();
  for (auto& [connection, owner] : connections_) connection->close({Errc::shutting_down, {}});
}

}   // namespace coterie::relay
