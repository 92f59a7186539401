// SPDX-License-Identifier: MIT
// Writes the seeds of tests/fuzz/corpus: a well-formed input of every kind for each target, and the borders worth beginning at.
//   fuzz_make_corpus FOLDER
// Run it again when a message is added (HACKING.md), and commit what it writes.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "netcore/wire/content.h"
#include "netcore/wire/control.h"

using namespace coterie;

namespace {

std::filesystem::path root;

void seed(const std::string& target, const std::string& name, ByteView bytes) {
  const auto folder = root / target;
  std::filesystem::create_directories(folder);
  std::ofstream out(folder / name, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) {
    std::fprintf(stderr, "cannot write %s\n", (folder / name).c_str());
    std::exit(1);
  }
}

template <class IdType>
IdType id(std::uint8_t n) {
  IdType made;
  made.bytes.fill(n);
  return made;
}

// ── control and frames ─────────────────────────────────────────────────────────────────────────────────────────────

control::Recipient recipient(std::uint8_t n) {
  return {.member = id<MemberId>(n), .drop_cap = id<DropCap>(n), .session = id<SessionId>(n), .index = n, .wrap = {}};
}

control::Member member(std::uint8_t n) {
  return {.id = id<MemberId>(n),
          .handle = id<UserHandle>(n),
          .online = n % 2 == 0,
          .join_seq = n,
          .nonce = id<ConnectionNonce>(n)};
}

std::vector<std::pair<std::string, Bytes>> frames() {
  using namespace control;
  std::vector<std::pair<std::string, Bytes>> all;
  const auto up = [&](const char* name, const ToRelay& message) { all.emplace_back(name, encode_frame(message)); };
  const auto down = [&](const char* name, const ToClient& message) { all.emplace_back(name, encode_frame(message)); };
  up("ping", Ping{0x0102030405060708});
  up("pong", Pong{~0ULL});
  up("bye", Bye{});
  up("join", Join{.access_key = "key",
                  .group = id<GroupTag>(1),
                  .token = id<MemberToken>(2),
                  .handle = id<UserHandle>(3),
                  .cap_hash = id<CapHash>(4),
                  .nonce = id<ConnectionNonce>(5)});
  for (const auto step :
       {HandshakeStep::h1, HandshakeStep::h2, HandshakeStep::h3, HandshakeStep::h4, HandshakeStep::busy})
    up(("handshake-" + std::to_string(static_cast<int>(step))).c_str(),
       Handshake{.peer = id<MemberId>(6),
                 .id = id<HandshakeId>(7),
                 .step = step,
                 .body = Bytes(static_cast<std::size_t>(step) * 16, 8)});
  up("send-1",
     Send{.message = id<MessageId>(9), .keep = true, .recipients = std::vector{recipient(1)}, .body = Bytes(40, 1)});
  up("send-3", Send{.message = id<MessageId>(9),
                    .keep = false,
                    .recipients = std::vector{recipient(1), recipient(2), recipient(1)},
                    .body = {}});
  up("send-0", Send{});
  up("ack", Ack{.numbers = std::vector<std::uint64_t>{1, 2, ~0ULL}});
  up("blob-put",
     BlobPut{.blob = id<BlobId>(1), .length = 1ULL << 44U, .read_hash = id<ReadHash>(2), .mode = BlobMode::keep});
  up("blob-get", BlobGet{.blob = id<BlobId>(1), .read_cap = id<ReadCap>(2), .offset = 65552});
  up("blob-drop", BlobDrop{id<BlobId>(1)});
  down("member", member(2));
  down("joined-0", Joined{.join_seq = 1, .roster = {}});
  down("joined-2", Joined{.join_seq = 3, .roster = std::vector{member(1), member(2)}});
  down("receive", Receive{.number = 4,
                          .sender = id<MemberId>(1),
                          .message = id<MessageId>(2),
                          .keep = true,
                          .session = id<SessionId>(3),
                          .index = 5,
                          .wrap = {},
                          .body = Bytes(30, 6)});
  down("outcome",
       Outcome{.message = id<MessageId>(1), .members = std::vector{DeliveryTo{id<MemberId>(2), Delivery::no_such}}});
  down("blob-ticket", BlobTicket{.blob = id<BlobId>(1), .ticket = id<DataTicket>(2), .offset = 3, .length = 4});
  down("blob-need", BlobNeed{.blob = id<BlobId>(1), .ticket = id<DataTicket>(2), .offset = 3});
  down("blob-refused", BlobRefused{.blob = id<BlobId>(1), .reason = BlobRefusal::too_large});
  down("refused", Refused{.reason = Refusal::shutting_down, .text = "the relay is shutting down"});
  all.emplace_back("optional", Bytes{0, 0, 0, 3, 0x91, 1, 2});
  return all;
}

void control_seeds() {
  for (const auto& [name, bytes] : frames())
    seed("control", name, concat({Bytes{1}, ByteView(bytes).subspan(wire::frame_head)}));
  for (const auto& [name, bytes] : frames())
    if (name == "ping" || name == "send-1") seed("control", "whole-" + name, concat({Bytes{0}, bytes}));
  seed("control", "hello", concat({Bytes{2}, control::encode_hello({.ticket = id<DataTicket>(1), .offset = 7})}));
  seed("control", "done", concat({Bytes{2}, control::encode_done(9)}));
}

void frame_seeds() {
  Bytes stream;
  for (const auto& [name, bytes] : frames()) append(stream, bytes);
  for (const auto limit : Bytes{0, 1}) {
    seed("frame", "all-" + std::to_string(limit), concat({Bytes{7, limit}, stream}));
    seed("frame", "cut-" + std::to_string(limit), concat({Bytes{9, limit}, ByteView(stream).first(stream.size() - 5)}));
    for (const std::uint32_t length :
         {0U, 1U, 1024U, 1025U, 262'144U, 262'145U, 0x7fffffffU, 0x80000000U, 0xffffffffU}) {
      Bytes head;
      append_be(head, length);
      seed("frame", "length-" + std::to_string(length) + "-" + std::to_string(limit),
           concat({Bytes{3, limit}, head, Bytes(20, 1)}));
    }
  }
}

// ── content ────────────────────────────────────────────────────────────────────────────────────────────────────────

void content_seeds() {
  using namespace content;
  const Header direct{.scope = Scope::direct, .sent_ms = 1'700'000'000'000, .seq = 1, .members = 2, .digest = {}};
  Header group = direct;
  group.scope = Scope::group;
  const auto add = [](const char* name, const Header& header, auto body) {
    Content made{.header = header, .body = std::move(body)};
    seed("content", name, encode_content(made));
  };
  add("keep", direct, Keep{.group_upto = 3, .direct_upto = 4, .asks = true});
  add("text-group", group, Text{.text = "hello"});
  add("text-direct", direct, Text{.text = "h\xc3\xa9llo\n\xf0\x9f\x99\x82"});
  add("text-empty", group, Text{});
  add("receipt", direct,
      Receipt{
          .what = ReceiptKind::read, .stream = Scope::group, .upto = 7, .beyond = std::vector<std::uint64_t>{9, 11}});
  FileOffer offer;
  offer.file = id<FileId>(1);
  offer.attempt = id<BlobId>(2);
  offer.file_key = Key<FilePurpose>::from(Bytes(32, 3));
  offer.read_cap = id<ReadCap>(4);
  offer.size = max_file_size;
  offer.name = "report.pdf";
  offer.note = "the one from yesterday";
  offer.message = id<MessageId>(5);
  add("file-offer", direct, std::move(offer));
  add("file-answer", direct, FileAnswer{.file = id<FileId>(1), .answer = Answer::accepted, .first_missing = 5});
  add("file-done", direct,
      FileDone{.file = id<FileId>(1), .attempt = id<BlobId>(2), .has_digest = true, .digest = id<Sha256Digest>(3)});
  add("file-cancel", direct, FileCancel{.file = id<FileId>(1), .reason = CancelReason::source_gone});
  add("leave", group, Leave{});
  add("typing", group, Typing{});
  const Target target{.message = id<MessageId>(1), .author = id<PublicKey>(2)};
  Reaction reaction{.target = target, .emoji = {}};
  add("reaction-none", group, reaction);
  reaction.emoji->resize(2);
  reaction.emoji->at(0) = "\xf0\x9f\x91\x8d";
  reaction.emoji->at(1) = "\xe2\x9d\xa4\xef\xb8\x8f";
  add("reaction", direct, reaction);
  add("edit", group, Edit{.message = id<MessageId>(1), .text = "hello!"});
  add("delete", direct, Delete{.message = id<MessageId>(1)});
  add("reply", group, Reply{.target = target, .text = "so do I"});
  auto later = encode_content(Content{.header = group, .body = Leave{}});
  later[0] = 200;
  seed("content", "later-kind", later);
}

// ── the sealed things and names: inputs as their targets read them ─────────────────────────────────────────────────

void crypto_seeds() {
  seed("handshake", "unchanged", Bytes{0});
  for (std::uint8_t step = 0; step < 4; ++step)
    for (std::uint8_t kind = 0; kind < 5; ++kind)
      seed("handshake", "change-" + std::to_string(step + 1) + "-" + std::to_string(kind),
           Bytes{0, static_cast<std::uint8_t>(step + 4 * kind), 0, 16, 2, 0x80, 1});
  seed("handshake", "identity-element", concat({Bytes{0, 12, 0, 0, 32}, Bytes(32, 0)}));
  seed("handshake", "not-canonical", concat({Bytes{0, 12, 0, 0, 32}, Bytes(32, 0xff)}));
  seed("handshake", "two-changes-that-cancel", Bytes{0, 1, 0, 9, 1, 4, 1, 0, 9, 1, 4});
  seed("handshake", "profile", Bytes{0x80});
  seed("handshake", "profile-length", Bytes{0x80, 12, 0, 1, 1, 65});
  seed("handshake", "profile-flags", Bytes{0x80, 0, 0, 85, 1, 0xff});

  seed("envelope", "anything", concat({Bytes{0}, Bytes(200, 5)}));
  for (const auto place : Bytes{0, 47, 48, 71, 72, 103, 104})
    seed("envelope", "changed-" + std::to_string(place), concat({Bytes{1, 0, place, 1}, as_bytes("hello")}));
  seed("envelope", "unchanged", concat({Bytes{1, 0, 0, 0}, as_bytes("hello")}));
  seed("envelope", "padded-right", Bytes{2, 1, 0, 0, 255, 0x80});
  seed("envelope", "padded-with-nothing", Bytes{2, 0, 0});
  seed("envelope", "padded-short", Bytes{2, 1, 0x81, 0, 0, 0x80});
  seed("envelope", "padded-with-zeros-only", Bytes{2, 1, 0});

  seed("file_stream", "empty-payload", Bytes{0});
  seed("file_stream", "garbage", concat({Bytes{0}, Bytes(100, 1)}));
  seed("file_stream", "empty-file", Bytes{1, 0, 1, 0});
  seed("file_stream", "one-chunk", Bytes{1, 0, 1, 50});
  seed("file_stream", "two-chunks", Bytes{1, 0, 2, 0, 1, 1, 9});
  seed("file_stream", "full-last-chunk", Bytes{1, 0, 2, 0, 1, 3, 0});
  seed("file_stream", "not-marked-last", Bytes{1, 0, 2, 0, 1, 0, 9});
  seed("file_stream", "swapped", Bytes{1, 1, 2, 0, 0, 1, 9});
  seed("file_stream", "repeated", Bytes{1, 0, 2, 0, 0, 2, 0, 1, 1, 9});
  seed("file_stream", "empty-last", Bytes{1, 0, 2, 0, 1, 1, 0});
  seed("file_stream", "short-in-the-middle", Bytes{1, 0, 4, 0, 1, 1, 9});
  seed("file_stream", "trailing", Bytes{1, 0, 1, 9, 1, 1, 9});
}

void name_seeds() {
  const std::vector<std::pair<std::string, std::string_view>> names = {
      {"plain", "report.pdf"},
      {"parent", "../../.bashrc"},
      {"inside", "a/../../b"},
      {"absolute", "/etc/passwd"},
      {"drive", "C:\\x"},
      {"share", "\\\\host\\share\\x"},
      {"home", "~/x"},
      {"dots", ".."},
      {"dot", "."},
      {"option", "-rf"},
      {"device", "CON"},
      {"device-extension", "nul.txt"},
      {"device-superscript", "COM\xc2\xb9"},
      {"device-dollar", "CONIN$"},
      {"trailing", "a. . "},
      {"stream", "a:b"},
      {"override", "photo_high_re\xe2\x80\xaegnp.js"},
      {"isolates", "\xe2\x81\xa6x\xe2\x81\xa9\xe2\x80\x8b\xef\xbb\xbf"},
      {"controls",
       "a\x1b[2J\r\n\x07"
       "b"},
      {"overlong", "\xc0\xaf\xc0\xae"},
      {"surrogate", "\xed\xa0\x80"},
      {"slashes-in-disguise",
       "a\xe2\x88\x95"
       "b\xef\xbc\x8f"
       "c\xe2\xa7\xb8"},
      {"combining", "\xcc\x81\xcc\x82\xcc\x83"},
      {"hidden", ".ssh"},
      {"two-extensions", "cat.png.exe"},
      {"nul", std::string_view("a\0b", 3)}};
  for (const auto& [name, offered] : names) seed("safe_name", name, as_bytes(offered));
  std::string faces;
  for (int i = 0; i < 120; ++i) faces += "\xf0\x9f\x98\x80";
  seed("safe_name", "long", as_bytes(faces + ".tar.gz"));
  seed("safe_name", "long-extension", as_bytes("a." + std::string(300, 'x')));
}

}   // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  root = argv[1];
  control_seeds();
  frame_seeds();
  content_seeds();
  crypto_seeds();
  name_seeds();
  return 0;
}
