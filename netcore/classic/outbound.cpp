// SPDX-License-Identifier: MIT
#include "netcore/classic/outbound.h"

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
  const auto file = std::find_if(files_.begin(), files_.end(), [&](const OutgoingFile& one) { return one.id == id; });
  if (file == files_.end()) return Cancelled::no;
  const bool begun = file->begun;
  files_.erase(file);
  if (files_.empty()) chunk_ = {};
  return begun ? Cancelled::in_the_middle : Cancelled::unbegun;
}

void Outbound::pump() {
  if (host_.unwritten() == 0) {
    for (; handed_ > 0; --handed_) {
      const auto text = std::move(texts_.front());
      texts_.pop_front();
      if (text.id) host_.on_text_written(*text.id);
    }
    if (is_inside_a_file() && files_.front().done == files_.front().source.size()) {
      const auto file = std::move(files_.front());
      files_.pop_front();
      if (files_.empty()) chunk_ = {};
      // A file that changed while it was read has gone out as a mixture of both.
      if (const auto unchanged = file.source.check_unchanged(); unchanged)
        host_.on_file_written(file.id);
      else
        host_.on_file_failed(file.id, unchanged.error(), false);
    }
  }
  if (!is_inside_a_file())
    for (; handed_ < texts_.size() && host_.unwritten() < most_unwritten; ++handed_)
      host_.write(as_bytes(texts_[handed_].bytes));
  if (files_.empty() || (!is_inside_a_file() && handed_ < texts_.size())) return;
  while (host_.unwritten() < most_unwritten && push_file()) {
  }
}

// The line, then chunk after chunk; false when there is no more to give.
bool Outbound::push_file() {
  auto& file = files_.front();
  if (!file.begun) {
    file.begun = true;
    host_.write(as_bytes(file.line));
  }
  const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(chunk, file.source.size() - file.done));
  if (length == 0) return false;
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
  return true;
}

void Outbound::on_offline() {
  handed_ = 0;
  for (auto& file : files_) {
    file.begun = false;
    file.done = 0;
  }
}

}   // namespace coterie::classic
