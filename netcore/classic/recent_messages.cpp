// SPDX-License-Identifier: MIT
#include "netcore/classic/recent_messages.h"

#include <algorithm>
#include <chrono>

#include "netcore/base/search_form.h"

namespace coterie::classic {
namespace {

constexpr std::size_t most = 1000;

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

bool contains(const std::string& form, const std::vector<SearchWord>& words) {
  const auto has = [&](const std::string& piece) { return form.find(piece) != std::string::npos; };
  return std::all_of(words.begin(), words.end(), [&](const SearchWord& word) {
    return has(word.whole) || (!word.parts.empty() && std::all_of(word.parts.begin(), word.parts.end(), has));
  });
}

}   // namespace

const event::Message& RecentMessages::add(event::Message message) {
  message.row = ++rows_;
  message.sent_ms = message.arrived_ms = now_ms();
  messages_.push_back(std::move(message));
  if (messages_.size() > most) messages_.pop_front();
  return messages_.back();
}

event::Message* RecentMessages::find_own(const MessageId& id) {
  const auto found =
      std::find_if(messages_.begin(), messages_.end(), [&](const auto& one) { return one.outgoing && one.id == id; });
  return found != messages_.end() ? &*found : nullptr;
}

event::Message* RecentMessages::find_file(const FileId& id) {
  const auto found = std::find_if(messages_.begin(), messages_.end(), [&](const auto& one) { return one.file == id; });
  return found != messages_.end() ? &*found : nullptr;
}

event::HistoryPage RecentMessages::page(const command::LoadHistory& load) const {
  std::vector<const event::Message*> known;
  for (const auto& message : messages_)
    if (!load.conversation || message.conversation.value_or("") == *load.conversation) known.push_back(&message);
  const auto row_at = [&](std::int64_t row) {
    return std::find_if(known.begin(), known.end(), [&](const auto* message) { return message->row >= row; });
  };
  const auto limit = static_cast<std::ptrdiff_t>(load.limit == 0 ? known.size() : std::min(load.limit, known.size()));
  auto begin = known.begin();
  auto end = known.end();
  if (load.after != 0) {
    begin = row_at(load.after + 1);
    end = begin + std::min(limit, known.end() - begin);
  } else {
    if (load.before != 0) end = row_at(load.before);
    if (load.around != 0) end -= std::max<std::ptrdiff_t>(0, known.end() - row_at(load.around) - 1 - limit / 2);
    begin = end - std::min(limit, end - begin);
  }
  event::HistoryPage page;
  for (auto at = begin; at != end; ++at) page.messages.push_back(**at);
  page.is_first = begin == known.begin();
  page.is_last = end == known.end();
  page.conversation = load.conversation;
  page.before = load.before;
  page.around = load.around;
  page.after = load.after;
  return page;
}

event::Conversations RecentMessages::conversations() const {
  std::vector<event::Conversation> found(1);   // the group's
  for (const auto& message : messages_) {
    auto one = std::find_if(found.begin(), found.end(),
                            [&](const auto& known) { return known.user_id == message.conversation; });
    if (one == found.end())
      one = found.insert(found.end(),
                         event::Conversation{.user_id = message.conversation, .unread = 0, .last = {}, .last_ms = 0});
    one->last = message;
    one->last_ms = message.arrived_ms;
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.last_ms > b.last_ms; });
  return event::Conversations{std::move(found)};
}

event::SearchResults RecentMessages::search(const command::Search& search) const {
  event::SearchResults results{
      .words = search.words, .messages = {}, .conversation = search.conversation, .before = search.before};
  const auto words = search_words(search.words);
  if (words.empty()) return results;
  std::vector<event::Message> found;
  for (const auto& message : messages_)
    if (contains(searchable(message.text), words) &&
        (!search.conversation || message.conversation.value_or(std::string()) == *search.conversation) &&
        (search.before <= 0 || message.row < search.before))
      found.push_back(message);
  if (search.conversation) std::reverse(found.begin(), found.end());
  results.is_last = found.size() <= search.limit;
  if (!results.is_last) found.resize(search.limit);
  results.messages = std::move(found);
  return results;
}

void RecentMessages::forget(const std::optional<std::string>& conversation) {
  std::erase_if(messages_, [&](const event::Message& message) { return message.conversation == conversation; });
}

}   // namespace coterie::classic
