// SPDX-License-Identifier: MIT
#include "tests/bench/mailbox.h"

#include <memory>
#include <set>
#include <vector>

#include "netcore/base/random.h"
#include "tests/bench/load_member.h"
#include "tests/bench/process_clock.h"
#include "tests/bench/trouble.h"

namespace coterie::bench {
namespace {

constexpr auto patience = std::chrono::seconds(60);

control::Recipient recipient_of(const GroupTag& group, const LoadMember::Identity& who) {
  control::Recipient recipient;
  recipient.member = control::member_id_of(group, who.token);
  recipient.drop_cap = who.drop_cap;
  return recipient;
}

class Town {
 public:
  Town(const FanoutLoad& load, const RelayPin& pin) : load_(load), tls_(io::TlsContext::for_client(pin)) {
    for (std::size_t i = 0; i < load.members; ++i) people_.push_back(LoadMember::Identity::random());
  }

  nlohmann::json run() {
    writer_ = std::make_unique<LoadMember>(
        loop_, load_.server, tls_, group_,
        LoadMember::Events{
            .on_joined = {},
            .on_receive = {},
            .on_message = {},
            .on_outcome = [this](const control::Outcome& outcome) { told(outcome); },
            .on_closed = [this](const Error& error) { trouble_.note("the writer was dropped: " + explain(error)); }});
    trouble_.run_until(
        loop_, [this] { return writer_->is_joined(); }, patience, "the writer could not join the relay");
    meet();
    auto result = write();
    fetch(result);
    return result;
  }

 private:
  // The relay keeps letters for members it remembers: those who have been written to.
  void meet() {
    come([this](std::size_t, const MessageId&) { ++greeted_; });
    control::Send hello;
    hello.message = random_id<MessageId>();
    for (const auto& who : people_) hello.recipients->push_back(recipient_of(group_, who));
    hello.body = Bytes(64);
    writer_->send(control::encode_frame(control::ToRelay(hello)));
    trouble_.run_until(
        loop_, [this] { return greeted_ == people_.size(); }, patience, "not everyone was greeted");
    leaving_ = true;
    here_.clear();
    trouble_.run_for(loop_, std::chrono::milliseconds(500));   // the relay notices that they have gone
    leaving_ = false;
  }

  void come(const std::function<void(std::size_t, const MessageId&)>& on_message) {
    for (std::size_t i = 0; i < people_.size(); ++i)
      here_.push_back(std::make_unique<LoadMember>(
          loop_, load_.server, tls_, group_,
          LoadMember::Events{.on_joined = {},
                             .on_receive = {},
                             .on_message = [on_message, i](const MessageId& message) { on_message(i, message); },
                             .on_outcome = {},
                             .on_closed =
                                 [this](const Error& error) {
                                   if (!leaving_) trouble_.note("a member was dropped: " + explain(error));
                                 }},
          people_[i]));
    trouble_.run_until(
        loop_,
        [this] { return std::all_of(here_.begin(), here_.end(), [](const auto& one) { return one->is_joined(); }); },
        patience, "not everyone could join the relay");
  }

  void told(const control::Outcome& outcome) {
    for (const auto& [member, delivery] : *outcome.members) {
      if (delivery == control::Delivery::stored)
        ++stored_;
      else if (delivery == control::Delivery::full)
        trouble_.note("the mailbox is full");
    }
  }

  void write_one() {
    control::Send letter;
    letter.message = random_id<MessageId>();
    letter.keep = true;
    letter.recipients->push_back(recipient_of(group_, people_[sent_ % people_.size()]));
    Bytes body(load_.payload);
    fill_random(body);
    letter.body = std::move(body);
    writer_->send(control::encode_frame(control::ToRelay(letter)));
    ++sent_;
  }

  nlohmann::json write() {
    bool writing = true;
    const auto turn_end = loop_.at_turn_end([&] {
      while (writing && sent_ - stored_ < load_.window) write_one();
    });
    loop_.post([] {});
    const auto from = io::Clock::now();
    const auto cpu = cpu_time_of(load_.watched);
    trouble_.run_for(loop_, load_.measured);
    const std::chrono::duration<double> wall = io::Clock::now() - from;
    const std::chrono::duration<double> server = cpu_time_of(load_.watched) - cpu;
    const auto count = static_cast<double>(stored_);
    writing = false;
    trouble_.run_until(
        loop_, [this] { return stored_ == sent_; }, patience, "not everything was stored");
    return {{"stored_per_second", count / wall.count()}, {"server_us_per_letter", server.count() * 1e6 / count}};
  }

  void fetch(nlohmann::json& result) {
    std::vector<std::set<MessageId>> seen(people_.size());
    std::uint64_t fetched = 0;
    std::uint64_t duplicated = 0;
    const auto from = io::Clock::now();
    come([&](std::size_t who, const MessageId& message) {
      if (seen[who].insert(message).second)
        ++fetched;
      else
        ++duplicated;
    });
    (void)loop_.run_until([&] { return fetched == sent_; }, patience);
    const std::chrono::duration<double> wall = io::Clock::now() - from;
    result["fetched_per_second"] = static_cast<double>(fetched) / wall.count();
    result["letters"] = sent_;
    result["lost"] = sent_ - fetched;
    result["duplicated"] = duplicated;
    leaving_ = true;
  }

  const FanoutLoad load_;
  io::EventLoop loop_;
  Trouble trouble_;
  const io::TlsContext tls_;
  const GroupTag group_ = random_id<GroupTag>();
  std::vector<LoadMember::Identity> people_;
  bool leaving_ = false;
  std::size_t greeted_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t stored_ = 0;
  std::unique_ptr<LoadMember> writer_;
  std::vector<std::unique_ptr<LoadMember>> here_;
};

}   // namespace

nlohmann::json run_mailbox(const FanoutLoad& load, const RelayPin& pin) { return Town(load, pin).run(); }

}   // namespace coterie::bench
