// SPDX-License-Identifier: MIT
// One classic connection as the relay sees it. What it says is read line by line; a message is taken whole and then passed on, a large
// file is passed on as it comes. Its output carries one body at a time: whatever else is for it waits until a file has gone through.
//
//   Greeting ──LOGIN──▶ Ready ──an error, the end──▶ Closing ──on_closed──▶ gone
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "netcore/classic/line_codec.h"
#include "netcore/io/data_stream.h"
#include "netcore/io/listener.h"

namespace coterie::relay {

class ClassicPort;

// A line with its body, the same for everyone it goes to: shared from where sharing is cheaper than copying.
class ClassicFrame {
 public:
  ClassicFrame(const classic::Line& line, ByteView body);
  [[nodiscard]] const std::shared_ptr<Bytes>& bytes() const { return bytes_; }
  [[nodiscard]] bool is_shared() const { return bytes_->size() >= worth_sharing; }

 private:
  static constexpr std::size_t worth_sharing = 2_KiB;
  std::shared_ptr<Bytes> bytes_;
};

class ClassicClient final : private io::DataStream::Observer {
 public:
  ClassicClient(ClassicPort& port, io::Accepted accepted);
  ClassicClient(const ClassicClient&) = delete;
  ClassicClient& operator=(const ClassicClient&) = delete;
  ~ClassicClient() override;

  [[nodiscard]] const std::string& user() const { return user_; }     // empty before LOGIN
  [[nodiscard]] const std::string& group() const { return group_; }   // empty before GROUP
  void set_group(std::string group) { group_ = std::move(group); }

  // Behind everything that is for this client already. `from` is held while too much waits here; nobody is held for what the relay
  // itself says.
  void deliver(const ClassicFrame& frame, ClassicClient* from);
  void say(const classic::Line& line);
  // The last word, then the end.
  void refuse(const std::string& text);
  void drop(Error reason);
  [[nodiscard]] std::string log_mark() const;   // stands for the user id in the log; empty before LOGIN
  void tick(io::Clock::time_point now);

  // For the cutter.
  [[nodiscard]] bool wants_more() const;
  Result<std::uint64_t> on_line(std::string_view line);
  void on_body(ByteView piece, std::uint64_t left);

 private:
  enum class State : std::uint8_t { greeting, ready, closing };
  enum class Body : std::uint8_t { collected, streamed, dropped };
  struct Waiting {
    std::shared_ptr<Bytes> bytes;       // or
    ClassicClient* file_of = nullptr;   // whose file waits for its turn
  };

  void on_data(io::Slab data) override;
  void on_writable() override;
  void on_end() override;
  void on_closed(const Error& error) override;

  // ── what it says ──
  void process(io::Slab data);
  void go_on();
  Result<std::uint64_t> greet(const classic::Line& line);
  Result<std::uint64_t> serve(const classic::Line& line);
  std::uint64_t begin_message(const classic::Message& message);
  std::uint64_t begin_file(const classic::File& file);
  void pass_on_collected();
  void watch_progress(std::size_t taken);
  void update_reading();

  // ── what is for it ──
  void queue(const std::shared_ptr<Bytes>& bytes);
  void stand_in_line(ClassicClient& sender);
  void begin_stream(ClassicClient& sender);
  void announce(ClassicClient& sender);
  void pass(io::Slab piece, ClassicClient& sender);
  void end_stream();
  void serve_waiting();
  void hold(ClassicClient& sender);
  void release_all();
  void leave();

  ClassicPort& port_;
  const std::string address_;
  std::shared_ptr<void> slot_;   // its place among the connections of its address
  State state_ = State::greeting;
  io::Clock::time_point since_;   // when that began
  std::string user_;
  std::string group_;

  // What it says.
  // As long as LOGIN has not been answered no line may be longer than that one.
  classic::StreamCutter cutter_{classic::max_greeting};
  io::Slab current_;     // being cut
  io::Slab rest_;        // not looked at while it is held
  classic::Line line_;   // whose body is coming
  Body body_kind_ = Body::dropped;
  Bytes body_;                          // of Body::collected, what has come
  ClassicClient* receiver_ = nullptr;   // of Body::streamed, also while the file waits for its turn
  bool waits_for_turn_ = false;
  std::vector<ClassicClient*> held_by_;                 // whose output we wait for
  std::optional<io::Clock::time_point> inside_since_;   // of a line or body that is not complete, as last looked at
  std::uint64_t came_since_ = 0;                        // bytes of it since then

  // What is for it.
  ClassicClient* source_ = nullptr;   // whose file is going through
  bool source_has_begun_ = false;     // something of it has been queued
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::vector<ClassicClient*> holding_;   // not read until our output has fallen
  io::Clock::time_point holding_since_;
  io::Clock::time_point moved_;   // when output was last seen to move while holding
  std::uint64_t sent_ = 0;        // bytes ever queued
  std::uint64_t left_ = 0;        // of them, bytes given to the socket, as last looked at

  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  io::DataStream stream_;   // last: it calls all of the above
};

}   // namespace coterie::relay
