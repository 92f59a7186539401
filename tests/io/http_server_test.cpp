// SPDX-License-Identifier: MIT
// Pages for a program on this machine: what comes for a good request, and that nothing a bad one does keeps the next from its page.
#include "netcore/io/http_server.h"

#include <boost/test/unit_test.hpp>

#include "netcore/io/socket.h"
#include "tests/support/loopback.h"

using namespace coterie;
using io::HttpServer;

namespace {

struct Site {
  Site() {
    auto opened =
        HttpServer::open(loop, {"127.0.0.1", 0}, [this](std::string_view path) -> std::optional<HttpServer::Page> {
          asked.emplace_back(path);
          if (path != "/page") return std::nullopt;
          return HttpServer::Page{.status = 200, .type = "text/plain", .body = "what it says\n"};
        });
    BOOST_REQUIRE(opened.has_value());
    server = std::move(*opened);
  }
  // A connection on which that has been said.
  io::Descriptor say(std::string_view text) const {
    auto socket = io::start_connecting(io::numeric_addresses({"127.0.0.1", server->port()}).at(0));
    BOOST_REQUIRE(socket.has_value());
    while (!text.empty() && !test::write_all(socket->get(), as_bytes(text))) {
    }
    return std::move(*socket);
  }
  // Everything that comes until the server closes.
  std::string answer_on(const io::Descriptor& socket) {
    std::string text;
    const auto over = [&] {
      ByteArray<4096> buffer;
      const auto got = io::receive(socket.get(), buffer);
      text.append(as_text(ByteView(buffer).first(got.bytes)));
      return got.outcome == io::Moved::Outcome::end || got.outcome == io::Moved::Outcome::failed;
    };
    BOOST_REQUIRE(test::until(loop, over));
    return text;
  }
  std::string answer_to(std::string_view request) { return answer_on(say(request)); }
  void serves() {
    const auto answer = answer_to("GET /page HTTP/1.0\r\n\r\n");
    BOOST_TEST(answer.starts_with("HTTP/1.0 200 "), answer);
    BOOST_TEST(answer.ends_with("\r\n\r\nwhat it says\n"), answer);
  }

  io::EventLoop loop;
  std::vector<std::string> asked;
  std::unique_ptr<HttpServer> server;
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(http_server, Site)

BOOST_AUTO_TEST_CASE(a_page_comes_with_its_type_and_is_not_to_be_kept) {
  const auto answer = answer_to("GET /page?x=1 HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
  BOOST_TEST(answer.starts_with("HTTP/1.1 200 "), answer);
  for (const std::string_view header :
       {"Content-Type: text/plain\r\n", "Cache-Control: no-store\r\n", "Content-Length: 13\r\n"})
    BOOST_TEST(answer.find(header) != std::string::npos, answer);
  BOOST_TEST((asked == std::vector<std::string>{"/page"}));
}

BOOST_AUTO_TEST_CASE(a_head_alone_can_be_asked_for) {
  const auto answer = answer_to("HEAD /page HTTP/1.0\r\n\r\n");
  BOOST_TEST(answer.starts_with("HTTP/1.0 200 "), answer);
  BOOST_TEST(answer.find("Content-Length: 13\r\n") != std::string::npos, answer);
  BOOST_TEST(answer.ends_with("\r\n\r\n"), answer);
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_404) {
  for (const std::string path : {"/", "/page/", "/../page", "/%2e%2e/page", "/page%00"}) {
    const auto answer = answer_to("GET " + path + " HTTP/1.0\r\n\r\n");
    BOOST_TEST(answer.starts_with("HTTP/1.0 404 "), path + ": " + answer);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_request_for_a_page_gets_none) {
  const std::string long_line = "GET /" + std::string(20'000, 'a') + " HTTP/1.0\r\n\r\n";
  const std::string long_head = "GET /page HTTP/1.0\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n";
  const std::string body = "GET /page HTTP/1.0\r\nContent-Length: 10\r\n\r\n0123456789";
  for (const std::string& request :
       {std::string("POST /page HTTP/1.0\r\nContent-Length: 0\r\n\r\n"), std::string("DELETE /page HTTP/1.0\r\n\r\n"),
        std::string("GARBAGE\r\n\r\n"), std::string("\x16\x03\x01\x02\r\n\r\n"), std::string("GET /page\r\n\r\n"),
        std::string("GET /page HTTP/9.9.9\r\n\r\n"), std::string("GET /page HTTP/1.0\r\nno colon\r\n\r\n"),
        std::string("GET /page HTTP/1.0\r\nContent-Length: -1\r\n\r\n"), long_line, long_head, body}) {
    const auto answer = answer_to(request);
    BOOST_TEST(answer.find("what it says") == std::string::npos, request.substr(0, 60));
    BOOST_TEST(answer.find(" 200 ") == std::string::npos, request.substr(0, 60));
  }
  serves();
}

BOOST_AUTO_TEST_CASE(those_who_say_little_keep_nobody_from_a_page) {
  std::vector<io::Descriptor> slow;
  for (int i = 0; i < 200; ++i) slow.push_back(say(i % 2 == 0 ? "" : "GET /pa"));
  serves();
  // Half a request is completed later.
  while (!test::write_all(slow[1].get(), as_bytes("ge HTTP/1.0\r\n\r\n"))) {
  }
  BOOST_TEST(answer_on(slow[1]).ends_with("what it says\n"));
}

BOOST_AUTO_TEST_CASE(whoever_says_nothing_for_long_is_closed) { BOOST_TEST(answer_on(say("")).empty()); }

BOOST_AUTO_TEST_CASE(an_address_that_cannot_be_had_is_told) {
  const auto again =
      HttpServer::open(loop, {"127.0.0.1", server->port()}, [](std::string_view) { return std::nullopt; });
  BOOST_REQUIRE(!again.has_value());
  BOOST_TEST((again.error().code == Errc::in_use));
  BOOST_TEST(again.error().detail.find(std::to_string(server->port())) != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
