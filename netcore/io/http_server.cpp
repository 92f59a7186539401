// SPDX-License-Identifier: MIT
#include "netcore/io/http_server.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>

#include <cassert>
#include <cerrno>

#include "netcore/io/loop_core.h"
#include "netcore/io/socket.h"

namespace coterie::io {
namespace {

constexpr int idle_seconds = 10;
constexpr ev_ssize_t longest_head = 8192;
constexpr int not_found = 404;

using HttpHandle = Handle<evhttp, evhttp_free>;

void answer(evhttp_request* request, const HttpServer::Page& page) {
  auto* headers = evhttp_request_get_output_headers(request);
  evhttp_add_header(headers, "Content-Type", page.type.c_str());
  evhttp_add_header(headers, "Cache-Control", "no-store");
  evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
  if (evhttp_request_get_command(request) == EVHTTP_REQ_HEAD) {
    // The library would send what it is given here all the same.
    evhttp_add_header(headers, "Content-Length", std::to_string(page.body.size()).c_str());
    return evhttp_send_reply(request, page.status, nullptr, nullptr);
  }
  const Handle<evbuffer, evbuffer_free> body(evbuffer_new());
  if (body) evbuffer_add(body.get(), page.body.data(), page.body.size());
  evhttp_send_reply(request, page.status, nullptr, body.get());
}

}   // namespace

struct HttpServer::State {
  explicit State(LoopCore& of, Pages with) : core(of), pages(std::move(with)) {}

  static void on_request(evhttp_request* request, void* self) noexcept {
    auto& server = *static_cast<State*>(self);
    const LoopCore::Callback callback(server.core);
    const auto* uri = evhttp_request_get_evhttp_uri(request);
    const char* path = uri == nullptr ? nullptr : evhttp_uri_get_path(uri);
    const auto page = server.pages(path == nullptr ? "" : path);
    answer(request,
           page ? *page
                : Page{.status = not_found, .type = "text/plain; charset=utf-8", .body = "There is no such page.\n"});
  }

  LoopCore& core;
  Pages pages;
  HttpHandle http;
  std::uint16_t port = 0;
};

Result<std::unique_ptr<HttpServer>> HttpServer::open(EventLoop& loop, const Endpoint& at, Pages pages) {
  assert(loop.in_loop());
  const auto addresses = resolve(at);
  if (!addresses) return fail(Errc::invalid_argument, addresses.error().detail);
  auto socket = listen_on(addresses->front());
  if (!socket) {
    const auto reason = at.text() + " (" + reason_of(socket.error()) + ")";
    if (socket.error() == EADDRINUSE) return fail(Errc::in_use, reason);
    if (socket.error() == EACCES || socket.error() == EPERM) return fail(Errc::permission_denied, reason);
    return fail(Errc::invalid_argument, "cannot listen on " + reason);
  }
  auto state = std::make_unique<State>(loop.core(), std::move(pages));
  if (const auto bound = local_address(socket->get())) state->port = bound->port();
  state->http.reset(evhttp_new(loop.base()));
  if (!state->http) return fail(Errc::invalid_argument, "cannot serve HTTP on " + at.text());
  evhttp_set_allowed_methods(state->http.get(), EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
  evhttp_set_max_headers_size(state->http.get(), longest_head);
  evhttp_set_max_body_size(state->http.get(), 0);
  evhttp_set_timeout(state->http.get(), idle_seconds);
  evhttp_set_gencb(state->http.get(), &State::on_request, state.get());
  // The socket belongs to it from here on.
  if (evhttp_accept_socket(state->http.get(), socket->get()) != 0)
    return fail(Errc::invalid_argument, "cannot watch " + at.text());
  socket->release();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const { return state_->port; }

}   // namespace coterie::io
