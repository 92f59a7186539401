// SPDX-License-Identifier: MIT
#include "relay/limits.h"

#include <arpa/inet.h>

#include <chrono>

namespace coterie::relay {
namespace {

constexpr std::size_t max_buckets = 65'536;                        // addresses counted at a time
constexpr io::Duration between_sweeps = std::chrono::seconds(1);   // of a table that is full

}   // namespace

void TokenBucket::refill(const Rate& rate, io::Clock::time_point now) {
  if (now <= at_) return;
  level_ = std::min(rate.burst, level_ + std::chrono::duration<double>(now - at_).count() * rate.per_second);
  at_ = now;
}

void TokenBucket::take(const Rate& rate, io::Clock::time_point now, double tokens) {
  refill(rate, now);
  level_ -= tokens;
}

bool TokenBucket::try_take(const Rate& rate, io::Clock::time_point now) {
  refill(rate, now);
  if (level_ < 1) return false;
  level_ -= 1;
  return true;
}

bool TokenBucket::is_level(const Rate& rate, io::Clock::time_point now) {
  refill(rate, now);
  return level_ >= 0;
}

bool TokenBucket::is_full(const Rate& rate, io::Clock::time_point now) {
  refill(rate, now);
  return level_ >= rate.burst;
}

bool AddressBuckets::admit(const std::string& address, const Rate& rate, io::Clock::time_point now) {
  // A table that is full although it has just been swept means that somebody commands more networks than are worth counting:
  // the unknown ones are refused.
  if (buckets_.size() >= max_buckets && now - swept_ >= between_sweeps) sweep(rate, now);
  auto key = address_key(address);
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= max_buckets) return false;
    found = buckets_.try_emplace(std::move(key), rate, now).first;
  }
  return found->second.try_take(rate, now);
}

void AddressBuckets::sweep(const Rate& rate, io::Clock::time_point now) {
  swept_ = now;
  for (auto bucket = buckets_.begin(); bucket != buckets_.end();)
    bucket = bucket->second.is_full(rate, now) ? buckets_.erase(bucket) : std::next(bucket);
}

std::string address_key(const std::string& address) {
  in6_addr v6{};
  if (inet_pton(AF_INET6, address.c_str(), &v6) != 1) return address;
  const ByteView bytes(v6.s6_addr, sizeof v6.s6_addr);
  if (IN6_IS_ADDR_V4MAPPED(&v6)) return to_hex(bytes.last(4));
  return to_hex(bytes.first(8));
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  // The length is no secret; every byte of `a` is looked at whatever the others were.
  volatile unsigned difference = a.size() == b.size() ? 0U : 1U;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto other = i < b.size() ? b[i] : '\0';
    difference =
        difference | static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(other));
  }
  return difference == 0;
}

}   // namespace coterie::relay
