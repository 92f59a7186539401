// SPDX-License-Identifier: MIT
// A profile store in a folder of its own, and rows to put into it.
#pragma once

#include <boost/test/unit_test.hpp>

#include "netcore/base/random.h"
#include "netcore/store/profile_store.h"
#include "tests/support/hash_seal.h"
#include "tests/support/temp_folder.h"

namespace coterie::store {

using test::HashSeal;
using test::TempFolder;

inline SecretBytes secret_of(std::string_view text) { return SecretBytes(as_bytes(text)); }
inline std::string text_of(const SecretBytes& secret) { return std::string(as_text(secret.view())); }

GroupRow a_group(const std::string& name = "friends");
PeerRow a_peer(RowId group, const std::string& user_id = "bob");
SessionRow a_session(RowId peer);
MessageRow a_message(RowId group, std::optional<RowId> author, const std::string& text);
OutgoingRow an_outgoing(RowId group, std::uint64_t seq, const std::string& content = "content");
TransferRow a_transfer(RowId group, RowId peer, const std::string& name = "photo.jpg");

// Everything the store holds, as text: equal if and only if nothing differs.
std::string everything_in(ProfileStore& store);

struct StoreFixture {
  TempFolder folder;
  HashSeal seal;
  std::unique_ptr<ProfileStore> store;

  StoreFixture() { reopen(); }
  [[nodiscard]] std::filesystem::path file() const { return folder / "coterie.db"; }
  void reopen() {
    store.reset();
    auto opened = ProfileStore::open(file(), seal);
    BOOST_REQUIRE_MESSAGE(opened, (opened ? "" : explain(opened.error())));
    store = std::move(*opened);
  }

  // One committed transaction of `work`, and what it returns.
  template <class Work>
  auto commit(Work work) {
    using Value = std::invoke_result_t<Work&>;
    if constexpr (std::is_void_v<Value>) {
      const auto done = store->transact([&]() -> Status {
        work();
        return {};
      });
      BOOST_REQUIRE_MESSAGE(done, (done ? "" : explain(done.error())));
    } else {
      std::optional<Value> value;
      const auto done = store->transact([&]() -> Status {
        value.emplace(work());
        return {};
      });
      BOOST_REQUIRE_MESSAGE(done, (done ? "" : explain(done.error())));
      return std::move(*value);
    }
  }
  // The same for reading.
  template <class Work>
  auto look(Work work) {
    std::optional<std::invoke_result_t<Work&>> value;
    const auto done = store->read([&] { value.emplace(work()); });
    BOOST_REQUIRE_MESSAGE(done, (done ? "" : explain(done.error())));
    return std::move(*value);
  }
};

// The same with one group and two peers.
struct GroupFixture : StoreFixture {
  RowId group = 0;
  RowId bob = 0;
  RowId carol = 0;

  GroupFixture() {
    commit([&] {
      group = store->add_group(a_group());
      bob = store->add_peer(a_peer(group, "bob"));
      carol = store->add_peer(a_peer(group, "carol"));
    });
  }
};

}   // namespace coterie::store
