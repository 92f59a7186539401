// SPDX-License-Identifier: MIT
// Which byte stands where: every message with a different value in each field, against bytes written out by hand after
// docs/protocol.md. A round trip alone would not see two fields that changed places.
#include <boost/test/unit_test.hpp>

#include "netcore/wire/content.h"
#include "netcore/wire/control.h"

using namespace coterie;

namespace {

// An id whose bytes all are `byte`.
template <class IdType>
IdType id(std::uint8_t byte) {
  IdType value;
  value.bytes.fill(byte);
  return value;
}

std::string times(std::string_view hex, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all.append(hex);
  return all;
}

// The length in front is checked here, so that the expectations below begin with the type.
template <class Message>
std::string frame_of(const Message& message) {
  const auto frame = control::encode_frame(message);
  BOOST_TEST(load_be<std::uint32_t>(frame.data()) == frame.size() - 4);
  return to_hex(ByteView(frame).subspan(4));
}
std::string to_relay(control::ToRelay message) { return frame_of(message); }
std::string to_client(control::ToClient message) { return frame_of(message); }

// Without the header, which has a case of its own.
std::string body_of(content::Body body) {
  content::Content content;
  content.body = std::move(body);
  return to_hex(ByteView(content::encode_content(content)).subspan(1 + 27));
}

}   // namespace

BOOST_AUTO_TEST_SUITE(layout)

BOOST_AUTO_TEST_CASE(messages_of_both_directions) {
  BOOST_TEST(to_relay(control::Ping{.nonce = 0x0102}) ==
             "01"
             "0000000000000102");
  BOOST_TEST(to_client(control::Pong{.nonce = 0x0102}) ==
             "02"
             "0000000000000102");
  BOOST_TEST(to_client(control::Bye{}) == "03");
  control::Handshake handshake;
  handshake.peer = id<MemberId>(0xa1);
  handshake.id = id<HandshakeId>(0xa2);
  handshake.step = control::HandshakeStep::h3;
  handshake.body = Bytes{0xbb, 0xcc};
  BOOST_TEST(to_relay(handshake) == "11" + times("a1", 16) + times("a2", 8) + "03" + "0002" + "bbcc");
  BOOST_TEST(to_client(handshake) == to_relay(handshake));
}

BOOST_AUTO_TEST_CASE(messages_to_the_relay) {
  control::Join join;
  join.access_key = "ab";
  join.group = id<GroupTag>(1);
  join.token = id<MemberToken>(2);
  join.handle = id<UserHandle>(3);
  join.cap_hash = id<CapHash>(4);
  join.nonce = id<ConnectionNonce>(5);
  BOOST_TEST(to_relay(join) ==
             "10"
             "026162" +
                 times("01", 32) + times("02", 32) + times("03", 16) + times("04", 16) + times("05", 16));

  control::Recipient recipient;
  recipient.member = id<MemberId>(2);
  recipient.drop_cap = id<DropCap>(3);
  recipient.session = id<SessionId>(4);
  recipient.index = 0x05060708;
  recipient.wrap.fill(9);
  control::Send send;
  send.message = id<MessageId>(1);
  send.keep = true;
  send.recipients->push_back(recipient);
  send.body = Bytes{0xbb};
  BOOST_TEST(to_relay(send) == "12" + times("01", 16) +
                                   "01"
                                   "0001" +
                                   times("02", 16) + times("03", 16) + times("04", 8) + "05060708" + times("09", 48) +
                                   "00000001"
                                   "bb");

  control::Ack ack;
  ack.numbers = std::vector<std::uint64_t>{1, 0x0203};
  BOOST_TEST(to_relay(ack) ==
             "13"
             "0002"
             "0000000000000001"
             "0000000000000203");

  control::BlobPut put{
      .blob = id<BlobId>(1), .length = 0x0203, .read_hash = id<ReadHash>(4), .mode = control::BlobMode::keep};
  BOOST_TEST(to_relay(put) == "14" + times("01", 16) + "0000000000000203" + times("04", 16) + "01");
  control::BlobGet get{.blob = id<BlobId>(1), .read_cap = id<ReadCap>(2), .offset = 0x0304};
  BOOST_TEST(to_relay(get) == "15" + times("01", 16) + times("02", 16) + "0000000000000304");
  BOOST_TEST(to_relay(control::BlobDrop{.blob = id<BlobId>(1)}) == "16" + times("01", 16));
}

BOOST_AUTO_TEST_CASE(messages_to_the_client) {
  control::Member member{.id = id<MemberId>(1),
                         .handle = id<UserHandle>(2),
                         .online = true,
                         .join_seq = 0x0304,
                         .nonce = id<ConnectionNonce>(5)};
  const auto member_hex = times("01", 16) + times("02", 16) + "01" + "0000000000000304" + times("05", 16);
  BOOST_TEST(to_client(member) == "20" + member_hex);

  control::Joined joined;
  joined.join_seq = 0x0607;
  joined.roster->push_back(member);
  BOOST_TEST(to_client(joined) ==
             "21"
             "0000000000000607"
             "0001" +
                 member_hex);

  control::Receive receive;
  receive.number = 0x0102;
  receive.sender = id<MemberId>(3);
  receive.message = id<MessageId>(4);
  receive.keep = true;
  receive.session = id<SessionId>(5);
  receive.index = 0x06070809;
  receive.wrap.fill(0x0a);
  receive.body = Bytes{0xbb, 0xcc};
  BOOST_TEST(to_client(receive) ==
             "22"
             "0000000000000102" +
                 times("03", 16) + times("04", 16) + "01" + times("05", 8) + "06070809" + times("0a", 48) +
                 "00000002"
                 "bbcc");

  control::Outcome outcome;
  outcome.message = id<MessageId>(1);
  outcome.members->push_back({.member = id<MemberId>(2), .delivery = control::Delivery::full});
  BOOST_TEST(to_client(outcome) == "23" + times("01", 16) + "0001" + times("02", 16) + "04");

  control::BlobTicket ticket{.blob = id<BlobId>(1), .ticket = id<DataTicket>(2), .offset = 0x0304, .length = 0x0506};
  BOOST_TEST(to_client(ticket) == "24" + times("01", 16) + times("02", 32) +
                                      "0000000000000304"
                                      "0000000000000506");
  control::BlobNeed need{.blob = id<BlobId>(1), .ticket = id<DataTicket>(2), .offset = 0x0304};
  BOOST_TEST(to_client(need) == "25" + times("01", 16) + times("02", 32) + "0000000000000304");
  control::BlobRefused blob_refused{.blob = id<BlobId>(1), .reason = control::BlobRefusal::unsupported};
  BOOST_TEST(to_client(blob_refused) == "26" + times("01", 16) + "03");
  control::Refused refused{.reason = control::Refusal::group_full, .text = "no"};
  BOOST_TEST(to_client(refused) ==
             "27"
             "04"
             "026e6f");
}

BOOST_AUTO_TEST_CASE(data_connections) {
  control::DataHello hello{.ticket = id<DataTicket>(1), .offset = 0x0203};
  BOOST_TEST(to_hex(control::encode_hello(hello)) == "43544431" + times("01", 32) + "0000000000000203");
  BOOST_TEST(to_hex(control::encode_done(0x0102)) ==
             "444f4e45"
             "0000000000000102");
}

BOOST_AUTO_TEST_CASE(the_header_of_a_content) {
  content::Content content;
  content.header = {.scope = content::Scope::direct, .sent_ms = 0x0203, .seq = 0x0405, .members = 0x0607};
  content.header.digest.fill(8);
  content.body = content::Leave{};
  BOOST_TEST(to_hex(content::encode_content(content)) ==
             "09"
             "01"
             "0000000000000203"
             "0000000000000405"
             "0607" +
                 times("08", 8));
}

BOOST_AUTO_TEST_CASE(the_kinds_of_content) {
  BOOST_TEST(body_of(content::Keep{.group_upto = 0x0102, .direct_upto = 0x0304, .asks = true}) ==
             "0000000000000102"
             "0000000000000304"
             "01");
  BOOST_TEST(body_of(content::Text{.text = "hi"}) ==
             "0002"
             "6869");
  content::Receipt receipt{
      .what = content::ReceiptKind::read, .stream = content::Scope::direct, .upto = 0x0102, .beyond = {}};
  receipt.beyond = std::vector<std::uint64_t>{0x0304};
  BOOST_TEST(body_of(receipt) ==
             "02"
             "01"
             "0000000000000102"
             "01"
             "0000000000000304");

  content::FileOffer offer;
  offer.file = id<FileId>(1);
  offer.attempt = id<BlobId>(2);
  offer.file_key = Key<content::FilePurpose>::from(Bytes(32, 3));
  offer.read_cap = id<ReadCap>(4);
  offer.size = 0x0506;
  offer.place = content::Scope::group;
  offer.message = id<MessageId>(7);
  offer.name = "n";
  offer.note = "ab";
  BOOST_TEST(body_of(std::move(offer)) == times("01", 16) + times("02", 16) + times("03", 32) + times("04", 16) +
                                              "0000000000000506"
                                              "00" +
                                              times("07", 16) +
                                              "016e"
                                              "026162");

  content::FileAnswer answer{.file = id<FileId>(1), .answer = content::Answer::saved, .first_missing = 0x02030405};
  BOOST_TEST(body_of(answer) == times("01", 16) +
                                    "02"
                                    "02030405");
  content::FileDone done{
      .file = id<FileId>(1), .attempt = id<BlobId>(2), .has_digest = true, .digest = id<Sha256Digest>(3)};
  BOOST_TEST(body_of(done) == times("01", 16) + times("02", 16) + "01" + times("03", 32));
  content::FileCancel cancel{.file = id<FileId>(1), .reason = content::CancelReason::source_gone};
  BOOST_TEST(body_of(cancel) == times("01", 16) + "02");
  BOOST_TEST(body_of(content::Leave{}).empty());

  BOOST_TEST(body_of(content::Typing{}) == "01");
  const content::Target target{.message = id<MessageId>(1), .author = id<PublicKey>(2)};
  content::Reaction reaction{.target = target, .emoji = {}};
  reaction.emoji->resize(2);
  reaction.emoji->at(0) = "ab";
  reaction.emoji->at(1) = "c";
  BOOST_TEST(body_of(reaction) == times("01", 16) + times("02", 32) +
                                      "02"
                                      "026162"
                                      "0163");
  BOOST_TEST(body_of(content::Edit{.message = id<MessageId>(1), .text = "hi"}) == times("01", 16) + "00026869");
  BOOST_TEST(body_of(content::Delete{.message = id<MessageId>(1)}) == times("01", 16));
  BOOST_TEST(body_of(content::Reply{.target = target, .text = "hi"}) == times("01", 16) + times("02", 32) + "00026869");
}

BOOST_AUTO_TEST_SUITE_END()
