// SPDX-License-Identifier: MIT
#include "netcore/client_classic.h"

#include "netcore/base/worker.h"
#include "netcore/classic/classic_engine.h"
#include "netcore/session/password_reuse.h"
#include "netcore/session/profile.h"

namespace coterie {
namespace {

// Said before anything is connected: a group of this person that has this password, in this profile or in another one.
Status refuse_reuse(const PasswordReuse& own, const std::vector<std::filesystem::path>& others, ByteView password) {
  auto group = own.group_of(password);
  for (const auto& folder : others) {
    if (!group.empty()) break;
    const auto looked = Profile::look_into(folder, [&](store::ProfileStore& store) -> Status {
      const auto reuse = PasswordReuse::look_up(store);
      if (!reuse) return tl::unexpected(reuse.error());
      group = reuse->group_of(password);
      return {};
    });
    if (!looked) return looked;
  }
  if (group.empty()) return {};
  return fail(
      Errc::invalid_argument,
      "this is the password of your group " + group +
          ", and classic mode would tell it to the server and to whoever listens; choose another one for classic mode");
}

}   // namespace

bool has_classic() { return true; }

// A classic server is told the key itself: no password of a group may get there. The answer is worked out before anything is connected.
Result<std::unique_ptr<Engine>> open_classic_engine(io::EventLoop& loop, Worker& worker, Profile& profile, Login login,
                                                    EventSink sink) {
  auto reuse = PasswordReuse::look_up(profile.store());
  if (!reuse) return tl::unexpected(reuse.error());
  auto password = std::make_shared<const SecretBytes>(login.password.copy());
  auto checked = classic::ClassicLogin::parse(login.relay, default_port, login.user_id, std::move(login.password));
  if (!checked) return tl::unexpected(checked.error());
  auto guard = [&worker, password, others = std::move(login.other_profiles),
                reuse = std::move(*reuse)](std::function<void(Status)> answer) {
    worker.run([password, others, reuse] { return refuse_reuse(reuse, others, password->view()); },
               [answer](const Status& status) { answer(status); });
  };
  return std::make_unique<classic::ClassicEngine>(loop, worker, std::move(*checked), profile.folder() / "classic",
                                                  std::move(guard), std::move(sink));
}

}   // namespace coterie
