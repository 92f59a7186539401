// SPDX-License-Identifier: MIT
#include "netcore/io/handles.h"

#include <event2/util.h>

namespace coterie::io {

void Descriptor::reset(int fd) noexcept {
  if (fd_ >= 0) evutil_closesocket(fd_);
  fd_ = fd;
}

}   // namespace coterie::io
