// SPDX-License-Identifier: MIT
// A few pages of text over HTTP, for programs on this machine that watch a service: GET and HEAD, nothing is read from the caller.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "netcore/base/result.h"
#include "netcore/io/endpoint.h"
#include "netcore/io/event_loop.h"

namespace coterie::io {

class HttpServer {
 public:
  struct Page {
    int status = 200;
    std::string type;   // of the content
    std::string body;
  };
  // Makes the page at a path, on the loop; nothing: there is none.
  using Pages = std::function<std::optional<Page>(std::string_view path)>;

  // Errc::in_use, permission_denied or invalid_argument where the address cannot be had.
  static Result<std::unique_ptr<HttpServer>> open(EventLoop& loop, const Endpoint& at, Pages pages);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  [[nodiscard]] std::uint16_t port() const;   // the real one when 0 was asked for

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}   // namespace coterie::io
