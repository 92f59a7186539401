// SPDX-License-Identifier: MIT
// The relay's figures as pages: /metrics in the text format of Prometheus, /health in a word for load balancers and people. They
// name nobody: no address, no group, no member.
#pragma once

#include <optional>
#include <string_view>

#include "netcore/io/http_server.h"
#include "relay/server.h"

namespace coterie::relay {

std::string metrics_text(const Server::Stats& stats);
// 200 while everything works; 503 with the reason where it does not.
io::HttpServer::Page health_page(const Server::Stats& stats);

std::optional<io::HttpServer::Page> metrics_page(Server& server, std::string_view path);

}   // namespace coterie::relay
