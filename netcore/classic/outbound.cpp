// SPDX-License-Identifier: MIT
#include "netcore/classic/outbound.h"

#include "netcore/base/overloaded.h"
#include "netcore/classic/line_codec.h"

namespace coterie::classic {
namespace {

constexpr std::size_t chunk = 64_KiB;
constexpr std::size_t most_unwritten = 256_KiB;

}   // namespace

void Outbound::add_text(std::optional<MessageId> id, std::string bytes) {
  texts_.push_back({id, std::move(bytes)});
  host_.ask_pump();
}

void Outbound::add_file(const FileId& id, std::string line, transfer::FileSource source) {
  files_.push_back({.id = id, .line = std::move(line), .source = std::move(source)});
  host_.ask_pump();
}

Outbound::Cancelled Outbound::cancel(const FileId& id) {
  // Perhaps all of it is still on its way.
  if (std::find(given_.begin(), given_.end(), Given(id)) != given_.end()) {
    std::replace(given_.begin(), given_.end(), Given(id), Given(FileId{}));
    return Cancelled::in_the_middle;
  }
  const auto file = std::find_if(files_.begin(), files_.end(), [&](const OutgoingFile& one) { return one.id == id; });
  if (file == files_.end()) return Cancelled::no;
  const bool begun = file->begun;
  files_.erase(file);
  if (files_.empty()) chunk_ = {};
  return begun ? Cancelled::in_the_middle : Cancelled::unbegun;
}

void Outbound::pump() {
  while (host_.unwritten() < most_unwritten) {
    if (is_inside_a_file()) {
      if (!push_file()) return;
    } else if (!texts_.empty()) {
      const auto text = std::move(texts_.front());
      texts_.pop_front();
      host_.write(as_bytes(text.bytes));
      if (!text.id) continue;
      given_.emplace_back(*text.id);
      ++unasked_;
    } else if (!files_.empty()) {
      begin_file();
    } else {
      break;
    }
  }
  if (!is_inside_a_file() && asked_.empty()) ask();
}

// What was said before it is not to wait for its end.
void Outbound::begin_file() {
  ask();
  files_.front().begun = true;
  host_.write(as_bytes(files_.front().line));
}

// The next chunk, or the end; false where the file could not be gone on with, and neither can this line.
bool Outbound::push_file() {
  auto& file = files_.front();
  const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(chunk, file.source.size() - file.done));
  if (length > 0) {
    chunk_.resize(length);
    if (const auto read = file.source.read(file.done, chunk_); !read) {
      const auto id = file.id;
      files_.pop_front();
      host_.on_file_failed(id, read.error(), true);
      return false;
    }
    cipher_.apply(chunk_, file.done);
    host_.write(chunk_);
    file.done += length;
    host_.on_file_moved(file.id, file.done);
  }
  if (file.done < file.source.size()) return true;
  const auto whole = std::move(file);
  files_.pop_front();
  if (files_.empty()) chunk_ = {};
  // A file that changed while it was read has gone out as a mixture of both.
  if (const auto unchanged = whole.source.check_unchanged(); !unchanged) {
    host_.on_file_failed(whole.id, unchanged.error(), false);
    return true;
  }
  given_.emplace_back(whole.id);
  ++unasked_;
  ask();
  return true;
}

void Outbound::ask() {
  if (unasked_ == 0) return;
  host_.write(as_bytes(format_line(AskOnline{})));
  asked_.push_back(std::exchange(unasked_, 0));
}

bool Outbound::on_answer() {
  if (asked_.empty()) return false;
  auto count = asked_.front();
  asked_.pop_front();
  for (; count > 0; --count) {
    const auto given = given_.front();
    given_.pop_front();
    std::visit(overloaded{[&](const MessageId& id) { host_.on_text_taken(id); },
                          [&](const FileId& id) { host_.on_file_taken(id); }},
               given);
  }
  if (unasked_ > 0) host_.ask_pump();
  return true;
}

void Outbound::on_offline() {
  asked_.clear();
  unasked_ = 0;
  for (const auto& given : std::exchange(given_, {}))
    std::visit(overloaded{[&](const MessageId& id) { host_.on_text_lost(id); },
                          [&](const FileId& id) { host_.on_file_lost(id); }},
               given);
  if (!is_inside_a_file()) return;
  const auto id = files_.front().id;
  files_.pop_front();
  host_.on_file_lost(id);
}

}   // namespace coterie::classic
