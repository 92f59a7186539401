// SPDX-License-Identifier: MIT
#include <sys/xattr.h>

#include "netcore/transfer/origin_mark.h"

namespace coterie::transfer {

// freedesktop.org, "Guidelines for extended attributes".
bool mark_origin(std::intptr_t file) {
  return ::fsetxattr(static_cast<int>(file), "user.xdg.origin.url", origin.data(), origin.size(), 0) == 0;
}

}   // namespace coterie::transfer
