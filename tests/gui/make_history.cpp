// SPDX-License-Identifier: MIT
// Makes a profile look as if its group had talked for most of a year: adds as many messages as asked for to the history, written as
// the engine writes them, without days of typing. For the window's test and measurements; nobody may have the profile open.
//
//   make_history PROFILE MESSAGES
#include "netcore/base/random.h"
#include "netcore/crypto/aead.h"
#include "netcore/session/profile.h"

#include <chrono>
#include <charconv>
#include <cstdlib>
#include <iostream>

namespace coterie {
namespace {

constexpr std::int64_t day_ms = 24LL * 3600 * 1000;
constexpr std::int64_t days = 300;

// Lines of every kind that people write: short, long, several, from the right, mixed, with an address.
std::string words_of(std::int64_t number, std::int64_t count) {
  auto text = "line " + std::to_string(number) + " of " + std::to_string(count);
  switch (number % 10) {
    case 3:
      return text +
             ": the rope is with Carol, the nuts are with me; who brings the stove, and who the map of the ridge?";
    case 5: return text + "\nfirst the station at six,\nthen the bus";
    case 7: return text + " سلام، ساعت شش جلوی ایستگاه";
    case 8: return text + " https://example.org/timetable?train=" + std::to_string(number);
    default: return text;
  }
}

Status fill(store::ProfileStore& store, std::int64_t count) {
  return store.transact([&]() -> Status {
    const auto groups = store.groups();
    if (groups.empty()) return fail(Errc::not_found, "the profile is in no group yet");
    const auto group = groups.front().id;
    const auto peers = store.peers(group);
    if (peers.empty()) return fail(Errc::not_found, "nobody has been seen in the group yet");
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    for (std::int64_t i = 0; i < count; ++i) {
      store::MessageRow message;
      message.group = group;
      message.message = random_id<MessageId>();
      // Two lines each, then the next member; every so often it is our turn.
      const auto turn = static_cast<std::size_t>(i / 2) % (peers.size() + 1);
      if (turn > 0) message.author = peers[turn - 1].id;
      message.arrived = now - days * day_ms + i * days * day_ms / std::max<std::int64_t>(1, count);
      message.sent = message.arrived;
      message.text = words_of(i, count);
      store.add_message(message);
    }
    store.set_all_read(group, std::nullopt);
    return {};
  });
}

int run(int argc, char** argv) {
  std::int64_t count = 0;
  const std::string_view wanted = argc == 3 ? argv[2] : "";
  if (std::from_chars(wanted.data(), wanted.data() + wanted.size(), count).ec != std::errc() || count <= 0) {
    std::cerr << "make_history PROFILE MESSAGES: adds that many messages to the history of a profile.\n";
    return 2;
  }
  const auto profile = Profile::open(argv[1]);
  const auto filled = profile ? fill((*profile)->store(), count) : Status(tl::unexpected(profile.error()));
  if (filled) return 0;
  std::cerr << "make_history: " << explain(filled.error()) << "\n";
  return 1;
}

}   // namespace
}   // namespace coterie

int main(int argc, char** argv) {
  coterie::crypto::initialise();
  return coterie::run(argc, argv);
}
