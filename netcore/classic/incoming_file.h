// SPDX-License-Identifier: MIT
// A file that a classic peer pushes at us: there is no asking first, its bytes stand in the way of everything else. So the line is
// held for a moment while the user interface answers; who has not answered by then finds the file put aside until the answer comes.
//
//   Offered ──yes──▶ Receiving ──last byte──▶ Placing ──▶ over
//      └─no answer─▶ Put aside ──last byte──▶ Complete ──yes──▶ Copying ──▶ over
//      (no, in any of them: what comes is dropped)
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "netcore/base/worker.h"
#include "netcore/classic/cipher.h"
#include "netcore/io/event_loop.h"
#include "netcore/session/event.h"
#include "netcore/transfer/file_io.h"

namespace coterie::classic {

class IncomingFile {
 public:
  class Host {
   public:
    virtual ~Host() = default;
    [[nodiscard]] virtual io::EventLoop& loop() = 0;
    [[nodiscard]] virtual Worker& worker() = 0;
    [[nodiscard]] virtual const std::filesystem::path& aside() const = 0;   // folder for what nobody has answered yet
    virtual void hold_line(bool held) = 0;
    virtual void emit(Event event) = 0;
    virtual void on_over(const FileId& id) = 0;   // once, last
  };

  struct Facts {
    FileId id;
    std::string from;
    std::string name;   // as offered
    std::uint64_t size = 0;
  };

  IncomingFile(Host& host, const Cipher& cipher, Facts facts);
  IncomingFile(const IncomingFile&) = delete;
  IncomingFile& operator=(const IncomingFile&) = delete;
  ~IncomingFile();

  // Offers, and holds the line.
  void start();

  void answer(bool accept, const std::filesystem::path& folder);
  void cancel();
  // What comes is decrypted here.
  void take(ByteView bytes, std::uint64_t left);
  // The line broke: nothing more of it comes.
  void on_offline();

  [[nodiscard]] bool is_coming() const { return coming_; }
  [[nodiscard]] bool is_being_placed() const { return state_ == State::placing; }

 private:
  enum class State : std::uint8_t { offered, receiving, complete, placing, over };

  void open_sink(const std::filesystem::path& folder);
  void put_aside();
  void all_there();
  void place();
  void copy_to(const std::filesystem::path& folder);
  void placed(const Result<std::string>& name);
  void fail_with(Error error);
  void end(event::TransferPhase phase, std::optional<Error> error = {});
  void tell(event::TransferPhase phase, std::optional<Error> error = {});
  [[nodiscard]] std::string name_to_get() const;

  Host& host_;
  const Cipher& cipher_;
  const Facts facts_;
  const std::string name_;   // safe to show and to create
  State state_ = State::offered;
  bool coming_;   // the line still carries it
  bool is_aside_ = false;
  bool accepted_ = false;
  std::uint64_t done_ = 0;
  std::filesystem::path folder_;   // where it goes, once accepted
  std::filesystem::path path_;
  std::shared_ptr<transfer::FileSink> sink_;
  Bytes scratch_;
  io::Timer patience_;
  io::Clock::time_point told_at_{};
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}   // namespace coterie::classic
