// SPDX-License-Identifier: MIT
#include "tests/bench/fanout.h"

#include <memory>
#include <stdexcept>
#include <vector>

#include "netcore/base/random.h"
#include "netcore/crypto/envelope.h"
#include "netcore/wire/content.h"
#include "tests/bench/load_member.h"
#include "tests/bench/trouble.h"
#include "tests/bench/window.h"

namespace coterie::bench {
namespace {

constexpr auto patience = std::chrono::seconds(30);
constexpr std::size_t output_limit = 512_KiB;   // of the publisher, so that its queue stays in the cache

// The sealed body of a text of `payload` bytes, exactly as a member makes it.
Bytes sealed_text(const GroupTag& group, const MemberId& sender, std::size_t payload) {
  const auto content = content::encode_content(
      {.header = {.scope = content::Scope::group, .sent_ms = 1, .seq = 1, .members = 1, .digest = {}},
       .body = content::Text{std::string(payload, 'x')}});
  auto sealed = crypto::seal_body({.group = group, .sender = sender, .message = random_id<MessageId>()}, content);
  if (!sealed) throw std::runtime_error(explain(sealed.error()));
  return std::move(sealed->body);
}

struct Group {
  Group(io::EventLoop& loop, const FanoutLoad& load, const io::TlsContext& tls, Window& window, Trouble& trouble) {
    const auto tag = random_id<GroupTag>();
    const auto on_closed = [&trouble](const Error& error) { trouble.note("a connection ended: " + explain(error)); };
    for (std::size_t i = 0; i < load.members; ++i)
      receivers.push_back(
          std::make_unique<LoadMember>(loop, load.server, tls, tag,
                                       LoadMember::Events{.on_joined = {},
                                                          .on_receive = [&window] { window.delivered(); },
                                                          .on_message = {},
                                                          .on_outcome = {},
                                                          .on_closed = on_closed}));
    const auto all_joined = [&] {
      return std::all_of(receivers.begin(), receivers.end(), [](const auto& member) { return member->is_joined(); });
    };
    trouble.run_until(loop, all_joined, patience, "not everyone could join the relay");
    publisher = std::make_unique<LoadMember>(
        loop, load.server, tls, tag,
        LoadMember::Events{.on_joined = {},
                           .on_receive = {},
                           .on_message = {},
                           .on_outcome =
                               [&trouble](const control::Outcome& outcome) {
                                 for (const auto& [member, delivery] : *outcome.members)
                                   if (delivery != control::Delivery::delivered)
                                     trouble.note("the relay did not deliver: outcome " +
                                                  std::to_string(static_cast<int>(delivery)));
                               },
                           .on_closed = on_closed});
    trouble.run_until(
        loop, [&] { return publisher->is_joined(); }, patience, "the publisher could not join the relay");

    control::Send send;
    send.recipients->reserve(receivers.size());
    for (const auto& receiver : receivers) {
      control::Recipient recipient;
      recipient.member = receiver->id();
      recipient.drop_cap = receiver->drop_cap();
      recipient.session = random_id<SessionId>();
      fill_random(recipient.wrap);
      send.recipients->push_back(recipient);
    }
    send.body = sealed_text(tag, publisher->id(), load.payload);
    frame = control::encode_frame(control::ToRelay(send));
  }

  // The frame is made once; each message gets an id of its own.
  void publish() {
    store_be(frame.data() + wire::frame_head + 1, ++message);
    publisher->send(frame);
  }

  std::vector<std::unique_ptr<LoadMember>> receivers;
  std::unique_ptr<LoadMember> publisher;
  Bytes frame;
  std::uint64_t message = 0;
};

}   // namespace

std::size_t delivered_size(std::size_t payload) { return control::receive_head + sealed_text({}, {}, payload).size(); }

nlohmann::json run_fanout(const FanoutLoad& load, const RelayPin& pin) {
  io::EventLoop loop;
  Window window(load);
  Trouble trouble;
  Group group(loop, load, io::TlsContext::for_client(pin), window, trouble);
  return window.measure(
      loop, trouble,
      [&] {
        while (window.is_open() && group.publisher->queued() < output_limit) {
          group.publish();
          window.sent();
        }
      },
      delivered_size(load.payload));
}

}   // namespace coterie::bench
