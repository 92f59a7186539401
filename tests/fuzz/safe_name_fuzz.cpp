// SPDX-License-Identifier: MIT
// Any bytes offered as a file name give a safe base name, the same one again when it is offered.
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <string>

#include "netcore/base/unicode.h"
#include "netcore/transfer/safe_name.h"

namespace {

using namespace coterie;

void require(bool holds) {
  if (!holds) std::abort();
}

void require_safe(const std::string& name) {
  require(!name.empty() && name.size() <= transfer::max_name);
  require(is_valid_utf8(name));
  require(name.find_first_of("/\\<>:\"|?*") == std::string::npos);
  require(name.front() != '.' && name.front() != '-' && name.front() != '~');
  require(name.back() != '.' && name.back() != ' ');
  for_each_code_point(name, [](char32_t c, std::string_view) {
    const auto kind = classify(c);
    require(kind == CharClass::ordinary || kind == CharClass::unassigned);
  });
  require(transfer::safe_name(name) == name);
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string offered(reinterpret_cast<const char*>(data), size);
  const auto name = transfer::safe_name(offered);
  require_safe(name);
  require_safe(transfer::numbered_name(name, 2));
  // The first byte cuts the rest into a user id and a name.
  const auto cut = offered.empty() ? 0 : std::min<std::size_t>(static_cast<std::uint8_t>(offered[0]), offered.size());
  std::tm when{};
  when.tm_mday = 1;
  require_safe(transfer::received_name(when, offered.substr(0, cut), offered.substr(cut)));
  const auto sent = transfer::shortened_name(offered);
  require(sent.size() <= transfer::max_name && is_valid_utf8(sent));
  (void)transfer::is_executable_type(offered);
  return 0;
}
