// SPDX-License-Identifier: MIT
#include "cli/shown_messages.h"

#include "netcore/base/unicode.h"

#include <algorithm>
#include <vector>

namespace coterie::cli {
namespace {

constexpr std::size_t most_remembered = 2'000;

tl::unexpected<Refusal> refused(std::string_view code, std::string sentence, std::string about = {}) {
  return tl::unexpected(Refusal{code, std::move(sentence), std::move(about)});
}

}   // namespace

void ShownMessages::remember(const event::Message& message) {
  if (std::any_of(shown_.begin(), shown_.end(), [&](const Shown& one) { return one.id == message.id; })) return;
  shown_.push_back({message.id, message.conversation, message.outgoing ? std::nullopt : std::optional(message.from)});
  if (shown_.size() > most_remembered) shown_.pop_front();
}

tl::expected<ShownMessages::Shown, Refusal> ShownMessages::find(const std::string& id) const {
  std::vector<Shown> candidates;
  for (const auto& known : shown_)
    if (known.id.hex().starts_with(id)) candidates.push_back(known);
  if (candidates.size() == 1) return candidates.front();
  if (candidates.size() > 1)
    return refused("invalid_argument", "Several messages are meant by that; give more of the id.");
  if (const auto whole = from_hex(id); whole && whole->size() == MessageId::size)
    return Shown{MessageId::from(*whole), std::nullopt, std::nullopt};
  return refused("not_found", "No message with this id was shown here; /history shows earlier ones.");
}

tl::expected<MessageId, Refusal> ShownMessages::find_own(const std::string& id) const {
  const auto known = find(id);
  if (!known) return tl::unexpected(known.error());
  if (!known->author) return known->id;
  return refused("invalid_argument",
                 "That message is from " + escape_unprintable(*known->author) +
                     "; only your own messages can be edited and deleted.",
                 known->id.hex());
}

}   // namespace coterie::cli
