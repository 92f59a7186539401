// SPDX-License-Identifier: MIT
// What a fallible step returns: a value, or one of a closed list of errors with a word of context.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace coterie {

enum class Errc {
  malformed,   // bytes from outside that do not parse
  too_large,
  unsupported,
  invalid_argument,   // something the user typed
  crypto_failure,     // a tag, a commitment or a point did not verify
  replay,
  no_session,
  wrong_password,
  guess_budget_empty,
  identity_changed,   // a member came with another key
  relay_identity_changed,
  relay_unknown,   // first contact: nobody has vouched for this relay yet
  user_id_taken,
  replaced,   // the same member signed in elsewhere
  group_full,
  refused,   // the relay said no; the detail says why
  rate_limited,
  unreachable,   // no TCP connection
  tls_failure,
  timed_out,
  connection_lost,
  shutting_down,
  not_found,
  no_such_member,
  nobody_yet,   // nobody else has been in this group
  not_a_file,
  permission_denied,
  disk_full,
  profile_full,   // the disk that holds the profile
  io_failure,
  source_changed,
  digest_mismatch,
  database_corrupt,
  database_newer,
  server_refused,   // in classic mode, where nothing is kept: the server's own words are the detail
  server_lost,      // the connection to it
  not_classic,      // it went without a word
  cut_off,          // a file in the middle
  unreadable,       // in all likelihood made with another password
  in_use,           // a profile, a port, a state directory held by another process
};

struct Error {
  Errc code{};
  std::string detail;   // one clause for the user: what, where; never a secret

  friend bool operator==(const Error& a, const Error& b) { return a.code == b.code; }
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(Errc code, std::string detail = {}) {
  return tl::unexpected<Error>(Error{code, std::move(detail)});
}

// A short stable name, for logs and JSON: "wrong_password".
std::string_view name_of(Errc code);

// One sentence that says what happened and what to do next; `error.detail` is woven in where present.
std::string explain(const Error& error);

// The same for a program that ends with this error, so that nothing is tried again by itself.
std::string explain_end(const Error& error);

}   // namespace coterie
