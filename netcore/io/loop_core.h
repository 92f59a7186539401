// SPDX-License-Identifier: MIT
// What the objects of one loop share behind the scenes: the frame around every callback, the work put off to the end of a
// turn, and memory that only one of them needs at a time. For this rung only.
#pragma once

#include <event2/event.h>

#include <memory>
#include <vector>

#include "netcore/base/bytes.h"
#include "netcore/io/handles.h"
#include "netcore/io/output_queue.h"
#include "netcore/io/slab_pool.h"

namespace coterie::io {

using EventHandle = Handle<event, event_free>;

class LoopCore;

// Something that wants to be called once at the end of a turn, after it has asked for it.
class TurnEnd {
 public:
  TurnEnd(const TurnEnd&) = delete;
  TurnEnd& operator=(const TurnEnd&) = delete;
  void ask_for_turn_end();

 protected:
  explicit TurnEnd(LoopCore& core) : core_(core) {}
  virtual ~TurnEnd();

 private:
  friend class LoopCore;
  static constexpr std::size_t not_asked = static_cast<std::size_t>(-1);
  virtual void turn_ended() = 0;

  LoopCore& core_;
  std::size_t slot_ = not_asked;   // in LoopCore::asked_
};

class LoopCore {
 public:
  // Ciphertext moved by one read; also bounds what one connection may take of a turn.
  static constexpr std::size_t scratch_size = 256 * 1024;

  LoopCore() = default;
  LoopCore(const LoopCore&) = delete;
  LoopCore& operator=(const LoopCore&) = delete;

  // Every callback of this rung into other code runs inside one of these. What was disposed of meanwhile is deleted when the
  // outermost is left, before any other callback can reach it.
  class Callback {
   public:
    explicit Callback(LoopCore& core) : core_(core) { ++core_.depth_; }
    Callback(const Callback&) = delete;
    Callback& operator=(const Callback&) = delete;
    ~Callback() {
      if (--core_.depth_ == 0) core_.bury();
    }

   private:
    LoopCore& core_;
  };

  [[nodiscard]] bool in_callback() const { return depth_ > 0; }
  void dispose(std::shared_ptr<void> object) { graveyard_.push_back(std::move(object)); }
  // True from dispose() to the end of the callback: whoever is calling an observer stops, since it may be among the disposed.
  [[nodiscard]] bool has_disposed() const { return !graveyard_.empty(); }
  // Deletes what was disposed of, in order; true if there was anything.
  bool bury();

  void ask(TurnEnd& object);
  void forget(TurnEnd& object);
  [[nodiscard]] bool turn_end_asked() const { return !asked_.empty(); }
  void end_turn();

  // Bytes as they come from a socket, and as they come out of TLS; both overwritten by the next read.
  MutableByteView received_scratch();
  MutableByteView opened_scratch();
  // Records on their way to a socket; cleared by whoever fills it.
  Bytes sealed;

  BlockPool blocks;
  std::shared_ptr<SlabPool> slabs = std::make_shared<SlabPool>();

 private:
  std::size_t depth_ = 0;
  std::vector<std::shared_ptr<void>> graveyard_;
  std::vector<TurnEnd*> asked_;
  std::unique_ptr<std::uint8_t[]> received_;
  std::unique_ptr<std::uint8_t[]> opened_;
};

inline TurnEnd::~TurnEnd() { core_.forget(*this); }
inline void TurnEnd::ask_for_turn_end() { core_.ask(*this); }

}   // namespace coterie::io
