// SPDX-License-Identifier: MIT
// What a classic client has to say, one after the other: the connection carries one body at a time. Texts go before files that have
// not begun. A file is read only as fast as the connection takes it. What was cut off by a broken line begins anew.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "netcore/base/ids.h"
#include "netcore/classic/cipher.h"
#include "netcore/transfer/file_io.h"

namespace coterie::classic {

class Outbound {
 public:
  class Host {
   public:
    virtual ~Host() = default;
    virtual void write(ByteView bytes) = 0;
    [[nodiscard]] virtual std::size_t unwritten() const = 0;
    // Outbound::pump() is to be called from the loop.
    virtual void ask_pump() = 0;
    virtual void on_text_written(const MessageId& id) = 0;   // the system has taken all of it
    virtual void on_file_moved(const FileId& id, std::uint64_t done) = 0;
    virtual void on_file_written(const FileId& id) = 0;
    // `in_the_middle`: its body was announced and cannot be completed.
    virtual void on_file_failed(const FileId& id, const Error& error, bool in_the_middle) = 0;
  };

  Outbound(Host& host, const Cipher& cipher) : host_(host), cipher_(cipher) {}

  // A line and its body. Without an id nobody is told.
  void add_text(std::optional<MessageId> id, std::string bytes);
  void add_file(const FileId& id, std::string line, transfer::FileSource source);

  enum class Cancelled { no, unbegun, in_the_middle };
  Cancelled cancel(const FileId& id);

  // While online: hands over what there is room for.
  void pump();
  // The line broke: texts that were not written whole, and the file under way, wait for the next one.
  void on_offline();
  [[nodiscard]] bool is_idle() const { return texts_.empty() && files_.empty(); }
  [[nodiscard]] bool is_inside_a_file() const { return !files_.empty() && files_.front().begun; }

 private:
  struct Text {
    std::optional<MessageId> id;
    std::string bytes;
  };
  struct OutgoingFile {
    FileId id;
    std::string line;
    transfer::FileSource source;
    std::uint64_t done = 0;
    bool begun = false;
  };
  bool push_file();

  Host& host_;
  const Cipher& cipher_;
  std::deque<Text> texts_;
  std::size_t handed_ = 0;   // of texts_: given to the connection, not yet all to the system
  std::deque<OutgoingFile> files_;
  Bytes chunk_;
};

}   // namespace coterie::classic
