// SPDX-License-Identifier: MIT
#include "relay/mailbox.h"

#include <cassert>

#include "netcore/base/log.h"

namespace coterie::relay {
namespace {

constexpr std::size_t batch_letters = 256;                               // of one transaction
constexpr std::size_t queue_bytes = 64_MiB;                              // bodies waiting for the disk; beyond: full
constexpr io::Duration removals_wait = std::chrono::milliseconds(100);   // for a deposit to travel with
constexpr io::Duration pause_after_failure = std::chrono::seconds(1);
constexpr std::size_t page_letters = 128;
constexpr std::size_t page_bytes = 256_KiB;
constexpr std::size_t expired_at_once = 1000;

Status room_of(bool is_out_of_room) {
  if (is_out_of_room) return fail(Errc::disk_full, "there is no room for letters on the disk of the mailbox");
  return {};
}

}   // namespace

Result<std::unique_ptr<Mailbox>> Mailbox::open(io::EventLoop& loop, const std::filesystem::path& file,
                                               MailboxQuotas quotas) {
  auto store = MailboxStore::open(file);
  if (!store) return tl::unexpected(store.error());
  return std::unique_ptr<Mailbox>(new Mailbox(loop, std::move(*store), quotas));
}

Mailbox::Mailbox(io::EventLoop& loop, std::unique_ptr<MailboxStore> store, MailboxQuotas quotas)
    : loop_(loop),
      quotas_(quotas),
      offset_(store->clock()),
      store_(std::move(store)),
      worker_(std::make_unique<Worker>([&loop](std::function<void()> job) { loop.post(std::move(job)); })) {
  for (const auto& count : store_->boxes()) boxes_[count.recipient].stored = count.items;
  stats_.depth = store_->depth(offset_);
}

Mailbox::~Mailbox() {
  worker_
      .reset();   // waits for the batch under way; the answers do not come any more, so what was out is written again
  for (const auto& batch : out_)
    if (auto done = store_->write(batch->deposits, batch->removals, quotas_, now()); !done)
      note_failure(tl::unexpected(done.error()));
  std::vector<MailboxStore::Deposit> deposits;
  for (auto& one : queue_) deposits.push_back(std::move(one.deposit));
  if (auto done = store_->write(deposits, removals_, quotas_, now()); !done) note_failure(tl::unexpected(done.error()));
}

std::chrono::seconds Mailbox::now() const {
  return offset_ + std::chrono::duration_cast<std::chrono::seconds>(io::Clock::now() - started_);
}

// ── in ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

void Mailbox::deposit(const GroupTag& group, const MemberId& recipient, Letter letter) {
  assert(letter.body);
  const auto size = letter.body->size();
  // The disk does not keep up, or takes nothing: an answer that says so is better than memory that grows.
  const bool is_too_much = queued_bytes_ + size > queue_bytes;
  if (is_too_much || stats_.damaged) {
    ++stats_.full;
    told_(group, {.recipient = recipient, .sender = letter.sender, .message = letter.message}, control::Delivery::full);
    // Only its name goes on, so that what comes behind it does not come before it.
    if (stats_.damaged || !turned_away_.emplace(recipient, letter.sender).second) return;
    letter.body = nullptr;
  }
  auto& box = boxes_[recipient];
  ++box.pending;
  box.last_deposit = ++last_deposit_;
  queued_bytes_ += letter.body ? size : 0;
  queue_.push_back({.group = group, .deposit = {.recipient = recipient, .letter = std::move(letter)}});
  write_soon();
}

void Mailbox::remove(const MailboxStore::Name& letter) {
  if (stats_.damaged) return;
  removals_.push_back(letter);
  ++stats_.collected;
  if (removals_.size() >= batch_letters) return write_soon();
  if (!later_.is_set() && batches_out_ == 0 && !asked_)
    later_ = loop_.after(removals_wait, [this] {
      later_.cancel();
      if (batches_out_ == 0) start_batch();
    });
}

// The whole turn's deposits are one batch; while one is being written the next gathers.
void Mailbox::write_soon() {
  if (asked_ || batches_out_ > 0 || (later_.is_set() && stats_.failing)) return;
  asked_ = true;
  loop_.post([this, alive = std::weak_ptr<const void>(alive_)] {
    if (alive.expired()) return;
    asked_ = false;
    if (batches_out_ == 0) start_batch();
  });
}

void Mailbox::start_batch() {
  if (stats_.damaged) give_up();
  if (queue_.empty() && removals_.empty()) return;
  auto batch = std::make_shared<Batch>();
  const auto count = std::min(queue_.size(), batch_letters);
  for (std::size_t i = 0; i < count; ++i) {
    batch->groups.push_back(queue_[i].group);
    batch->deposits.push_back(std::move(queue_[i].deposit));
  }
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
  batch->removals = std::exchange(removals_, {});
  writing_ += count;
  ++batches_out_;
  ++stats_.batches;
  out_.push_back(batch);
  worker_->run([store = store_.get(), batch, quotas = quotas_,
                at = now()] { return store->write(batch->deposits, batch->removals, quotas, at); },
               [this, batch](Result<MailboxStore::Written> result) { written(*batch, std::move(result)); });
}

void Mailbox::written(const Batch& batch, Result<MailboxStore::Written> result) {
  assert(!out_.empty() && out_.front().get() == &batch);
  const auto keep = std::move(out_.front());   // `batch` lives in it
  out_.erase(out_.begin());
  --batches_out_;
  writing_ -= batch.deposits.size();
  note_failure(result ? room_of(result->is_out_of_room) : tl::unexpected(result.error()));
  if (result) {
    stats_.depth = result->depth;
    for (const auto& count : result->counts) set_count(count);
  } else {
    removals_.insert(removals_.begin(), batch.removals.begin(), batch.removals.end());   // tried again
  }
  for (std::size_t i = 0; i < batch.deposits.size(); ++i) {
    const bool stored = result && result->fates[i] == MailboxStore::Fate::stored;
    settle(batch, i, stored ? control::Delivery::stored : control::Delivery::full);
  }
  if (stats_.damaged) give_up();
  if (batches_out_ > 0 || (queue_.empty() && removals_.empty())) return;
  if (result) return start_batch();
  // A disk that is full does not empty itself within a turn.
  later_ = loop_.after(pause_after_failure, [this] {
    later_.cancel();
    if (batches_out_ == 0) start_batch();
  });
}

// What waits goes nowhere: everybody is told, and writing on would only make it worse.
void Mailbox::give_up() {
  removals_.clear();
  Batch refused;
  for (auto& one : std::exchange(queue_, {})) {
    refused.groups.push_back(one.group);
    refused.deposits.push_back(std::move(one.deposit));
  }
  for (std::size_t i = 0; i < refused.deposits.size(); ++i) settle(refused, i, control::Delivery::full);
}

void Mailbox::settle(const Batch& batch, std::size_t at, control::Delivery outcome) {
  const auto& [recipient, letter] = batch.deposits[at];
  const auto box = boxes_.find(recipient);
  assert(box != boxes_.end() && box->second.pending > 0);
  if (--box->second.pending == 0 && box->second.stored == 0) boxes_.erase(box);
  if (!letter.body) {   // told when it came
    turned_away_.erase({recipient, letter.sender});
    return;
  }
  queued_bytes_ -= letter.body->size();
  ++(outcome == control::Delivery::stored ? stats_.stored : stats_.full);
  told_(batch.groups[at], {.recipient = recipient, .sender = letter.sender, .message = letter.message}, outcome);
}

void Mailbox::set_count(const MailboxStore::Count& count) {
  const auto box = boxes_.find(count.recipient);
  if (box == boxes_.end()) return;
  box->second.stored = count.items;
  if (count.items == 0 && box->second.pending == 0) boxes_.erase(box);
}

void Mailbox::note_failure(const Status& result) {
  if (!result && !stats_.failing)
    log::error("mailbox_not_written", {{"error", name_of(result.error().code)}, {"detail", result.error().detail}});
  if (!result && result.error().code == Errc::database_corrupt && !std::exchange(stats_.damaged, true))
    log::error("mailbox_damaged", {{"detail", result.error().detail}});
  if (stats_.damaged) {   // for as long as this relay runs
    stats_.failing = true;
    return;
  }
  if (result && stats_.failing) log::info("mailbox_written_again");
  stats_.failing = !result;
}

// ── out ────────────────────────────────────────────────────────────────────────────────────────────────────────────

std::uint64_t Mailbox::last_deposit(const MemberId& recipient) const {
  const auto box = boxes_.find(recipient);
  return box == boxes_.end() ? 0 : box->second.last_deposit;
}

void Mailbox::fetch(const MemberId& recipient, std::int64_t after, Answer answer) {
  // The worker does one thing after the other: what is handed to it before the reading is read.
  while (!queue_.empty() || !removals_.empty()) start_batch();
  worker_->run(
      [store = store_.get(), recipient, after] { return store->read(recipient, after, page_letters, page_bytes); },
      [this, answer = std::move(answer)](Result<MailboxStore::Page> page) {
        if (!page && page.error().code == Errc::database_corrupt) note_failure(tl::unexpected(page.error()));
        answer(std::move(page));
      });
}

void Mailbox::sweep() {
  if (stats_.damaged) return;
  worker_->run(
      [store = store_.get(), keep = quotas_.keep, at = now()] { return store->expire(at - keep, expired_at_once, at); },
      [this](Result<MailboxStore::Expired> expired) {
        note_failure(expired ? room_of(expired->is_out_of_room) : tl::unexpected(expired.error()));
        if (!expired) return;
        for (const auto& count : expired->counts) set_count(count);
        stats_.depth = expired->depth;
        stats_.expired += expired->letters;
        if (expired->letters > 0) log::info("mailbox_expired", {{"letters", expired->letters}});
        if (expired->letters == expired_at_once) sweep();
      });
}

Mailbox::Stats Mailbox::stats() const {
  auto stats = stats_;
  stats.queued = queue_.size() + writing_;
  return stats;
}

}   // namespace coterie::relay
