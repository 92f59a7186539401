// SPDX-License-Identifier: MIT
// What a classic client has to say, one after the other: the connection carries one body at a time. Texts go before files that have
// not begun. A file is read only as fast as the connection takes it.
//
// Servers answer a connection in order, so a question behind a body is answered when the body has been taken, and nothing before that
// answer is: a system takes much that a server never reads. One question is under way for many texts, and one follows each file. What
// was given and not answered for when the line breaks is lost; what had not begun waits for the next one.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <variant>

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
    virtual void on_text_taken(const MessageId& id) = 0;   // by the server
    virtual void on_text_lost(const MessageId& id) = 0;
    virtual void on_file_moved(const FileId& id, std::uint64_t done) = 0;
    virtual void on_file_taken(const FileId& id) = 0;   // by the server, all of it
    virtual void on_file_lost(const FileId& id) = 0;
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
  // The list of who is here has come. True: in answer to a question of ours.
  bool on_answer();
  // The line broke.
  void on_offline();
  // Nothing is left to give, and all that somebody asks about has been answered for.
  [[nodiscard]] bool is_idle() const { return texts_.empty() && files_.empty() && given_.empty(); }
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
  // Given to the connection whole.
  using Given = std::variant<MessageId, FileId>;

  void begin_file();
  bool push_file();
  void ask();

  Host& host_;
  const Cipher& cipher_;
  std::deque<Text> texts_;
  std::deque<OutgoingFile> files_;
  std::deque<Given> given_;         // and not answered for yet
  std::deque<std::size_t> asked_;   // for each question under way, of how many of given_ it is
  std::size_t unasked_ = 0;         // of given_, behind those
  Bytes chunk_;
};

}   // namespace coterie::classic
