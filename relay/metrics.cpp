// SPDX-License-Identifier: MIT
#include "relay/metrics.h"

#include <chrono>

namespace coterie::relay {
namespace {

std::string seconds_of(io::Duration time) { return std::to_string(std::chrono::duration<double>(time).count()); }

std::string_view name_of(control::Refusal reason) {
  switch (reason) {
    case control::Refusal::malformed: return "malformed";
    case control::Refusal::access_denied: return "access_denied";
    case control::Refusal::user_id_taken: return "user_id_taken";
    case control::Refusal::replaced: return "replaced";
    case control::Refusal::group_full: return "group_full";
    case control::Refusal::too_many: return "too_many";
    case control::Refusal::too_slow: return "too_slow";
    case control::Refusal::shutting_down: return "shutting_down";
  }
  return "other";
}

class Text {
 public:
  void gauge(std::string_view name, std::string_view what, std::string value) {
    one(name, what, "gauge", std::move(value));
  }
  void gauge(std::string_view name, std::string_view what, std::uint64_t value) {
    gauge(name, what, std::to_string(value));
  }
  void counter(std::string_view name, std::string_view what, std::uint64_t value) {
    one(name, what, "counter", std::to_string(value));
  }
  void head(std::string_view name, std::string_view what, std::string_view type) {
    text_.append("# HELP coterie_relay_").append(name).append(" ").append(what).append("\n");
    text_.append("# TYPE coterie_relay_").append(name).append(" ").append(type).append("\n");
  }
  void labelled(std::string_view name, std::string_view label, std::string_view value, std::uint64_t number) {
    text_.append("coterie_relay_").append(name).append("{").append(label).append("=\"").append(value).append("\"} ");
    text_.append(std::to_string(number)).append("\n");
  }
  std::string take() { return std::move(text_); }

 private:
  void one(std::string_view name, std::string_view what, std::string_view type, std::string value) {
    head(name, what, type);
    text_.append("coterie_relay_").append(name).append(" ").append(value).append("\n");
  }
  std::string text_;
};

}   // namespace

std::string metrics_text(const Server::Stats& stats) {
  Text text;
  const auto& counted = stats.counters;
  text.gauge("uptime_seconds", "Time since the start.", seconds_of(stats.uptime));
  text.gauge("loop_lag_seconds", "How late the event loop was at worst since it was asked last.",
             seconds_of(stats.loop_lag));
  text.gauge("connections", "Control connections, and connections that have not sent a byte yet.",
             stats.clients + stats.silent);
  text.gauge("connections_silent", "Connections that have not sent a byte yet.", stats.silent);
  text.gauge("members_online", "Control connections that have joined a group.", stats.members);
  text.gauge("members_remembered", "Members remembered, here or away.", stats.remembered);
  text.gauge("groups_online", "Groups with somebody here.", stats.groups);
  text.gauge("data_connections", "Data connections.", stats.data_connections);
  text.gauge("transfers", "File transfers under way.", stats.transfers);
  text.gauge("blobs", "Files offered or waited for.", stats.blobs);
  text.counter("connections_accepted_total", "Connections of every kind that were accepted.", counted.accepted);
  text.counter("connections_turned_away_total",
               "Connections that were closed because there were too many, or they are not allowed.",
               counted.turned_away);
  text.counter("joins_total", "Joins.", counted.joins);
  text.counter("handshakes_total", "Handshake steps passed on.", counted.handshakes);
  text.counter("envelopes_total", "Envelopes taken from members.", counted.envelopes);
  text.counter("deliveries_total", "Envelopes handed to a recipient.", counted.deliveries);
  text.counter("acknowledged_total", "Envelopes acknowledged by a recipient.", counted.acknowledged);
  text.counter("holds_total", "Times a sender was held because a receiver had too much before it.", counted.holds);
  text.counter("throttled_total", "Times a connection was read no faster than its rate.", counted.throttled);
  text.counter("envelope_bytes_total", "Bytes of envelope bodies handed to recipients.", counted.delivered_bytes);
  text.counter("transfers_completed_total", "File transfers that came to their end.", counted.transfers);
  text.counter("transfers_failed_total", "File transfers that did not.", counted.transfers_failed);
  text.counter("transfer_bytes_total", "Bytes of files passed on.", counted.transferred_bytes);
  text.head("refusals_total", "Connections refused with a word, by reason.", "counter");
  for (std::size_t reason = 0; reason < counted.refusals.size(); ++reason)
    text.labelled("refusals_total", "reason", name_of(static_cast<control::Refusal>(reason)), counted.refusals[reason]);
  if (stats.mailbox) {
    const auto& box = *stats.mailbox;
    text.gauge("mailbox_letters", "Letters on the disk.", box.depth.items);
    text.gauge("mailbox_bytes", "Bytes of their bodies, counted once for each recipient.", box.depth.bytes);
    text.gauge("mailbox_boxes", "Members with letters.", box.depth.boxes);
    text.gauge("mailbox_oldest_seconds", "Age of the oldest letter.",
               static_cast<std::uint64_t>(box.depth.oldest.count()));
    text.gauge("mailbox_queued", "Letters on their way to the disk.", box.queued);
    text.gauge("mailbox_failing", "1 while the disk takes nothing.", box.failing ? 1 : 0);
    text.counter("mailbox_stored_total", "Letters stored.", box.stored);
    text.counter("mailbox_refused_total", "Letters refused because there was no room.", box.full);
    text.counter("mailbox_collected_total", "Letters acknowledged by their recipients.", box.collected);
    text.counter("mailbox_expired_total", "Letters removed because they were too old.", box.expired);
    text.counter("mailbox_commits_total", "Transactions.", box.batches);
  }
  return text.take();
}

io::HttpServer::Page health_page(const Server::Stats& stats) {
  constexpr int unavailable = 503;
  const auto say = [](int status, std::string_view words) {
    return io::HttpServer::Page{
        .status = status, .type = "text/plain; charset=utf-8", .body = std::string(words) + "\n"};
  };
  if (stats.shutting_down) return say(unavailable, "shutting down");
  if (stats.mailbox && stats.mailbox->damaged)
    return say(unavailable,
               "the mailbox is damaged: live delivery goes on, nothing is kept; stop the relay and restore or move "
               "away mailbox.db");
  if (stats.mailbox && stats.mailbox->failing)
    return say(unavailable, "the mailbox cannot be written: live delivery goes on, nothing is kept");
  return say(200, "ok");
}

std::optional<io::HttpServer::Page> metrics_page(Server& server, std::string_view path) {
  if (path == "/health") return health_page(server.stats());
  if (path != "/metrics") return std::nullopt;
  auto stats = server.stats();
  stats.loop_lag = server.take_loop_lag();
  return io::HttpServer::Page{.type = "text/plain; version=0.0.4; charset=utf-8", .body = metrics_text(stats)};
}

}   // namespace coterie::relay
