// SPDX-License-Identifier: MIT
#include "netcore/classic/outbound.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/loopback.h"
#include "tests/support/temp_folder.h"

using namespace coterie;
using namespace coterie::classic;

namespace {

const std::string question = "GET_ONLINE_USERS ALL\n";

// A connection that takes everything at once and lets go of it when the test says so.
struct Line final : Outbound::Host {
  void write(ByteView bytes) override {
    written += as_text(bytes);
    held += bytes.size();
  }
  [[nodiscard]] std::size_t unwritten() const override { return held; }
  void ask_pump() override { ++asked; }
  void on_text_taken(const MessageId& id) override { texts.push_back(id); }
  void on_text_lost(const MessageId& id) override { lost_texts.push_back(id); }
  void on_file_moved(const FileId&, std::uint64_t done) override { moved = done; }
  void on_file_taken(const FileId& id) override { files.push_back(id); }
  void on_file_lost(const FileId& id) override { lost_files.push_back(id); }
  void on_file_failed(const FileId&, const Error& error, bool in_the_middle) override {
    failed = error.code;
    failed_in_the_middle = in_the_middle;
  }

  std::string written;
  std::size_t held = 0;
  int asked = 0;
  std::vector<MessageId> texts;
  std::vector<FileId> files;
  std::vector<MessageId> lost_texts;
  std::vector<FileId> lost_files;
  std::uint64_t moved = 0;
  std::optional<Errc> failed;
  bool failed_in_the_middle = false;
};

struct Fixture {
  Line line;
  Cipher cipher{as_bytes("pw")};
  Outbound outbound{line, cipher};
  test::TempFolder folder;

  static MessageId text_id(std::uint8_t number) {
    MessageId id;
    id.bytes[0] = number;
    return id;
  }
  static FileId file_id(std::uint8_t number) {
    FileId id;
    id.bytes[0] = number;
    return id;
  }
  std::filesystem::path add_file(std::uint8_t number, std::size_t size) {
    const auto path = folder / ("file-" + std::to_string(number));
    test::write_file(path, test::pattern(size, number));
    outbound.add_file(file_id(number), "F" + std::to_string(number) + "\n", transfer::FileSource::open(path).value());
    return path;
  }
  [[nodiscard]] std::size_t questions() const {
    std::size_t count = 0;
    for (auto at = line.written.find(question); at != std::string::npos; at = line.written.find(question, at + 1))
      ++count;
    return count;
  }
  // Until nothing is left to write.
  void flush() {
    do {
      line.held = 0;
      outbound.pump();
    } while (line.held > 0);
  }
  [[nodiscard]] std::string sealed(std::uint8_t number, std::size_t size) const {
    auto bytes = test::pattern(size, number);
    cipher.apply(bytes, 0);
    return std::string(as_text(bytes));
  }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(outbound, Fixture)

BOOST_AUTO_TEST_CASE(texts_go_out_in_order_and_are_taken_when_the_question_behind_them_is_answered) {
  outbound.add_text(text_id(1), "one\n");
  outbound.add_text(std::nullopt, "nobody asks\n");
  outbound.add_text(text_id(2), "two\n");
  flush();
  BOOST_TEST(line.written == "one\nnobody asks\ntwo\n" + question);
  BOOST_TEST(line.texts.empty());   // the system has them, and the server perhaps nothing
  BOOST_TEST(!outbound.is_idle());
  BOOST_TEST(outbound.on_answer());
  BOOST_TEST((line.texts == std::vector{text_id(1), text_id(2)}));
  BOOST_TEST(outbound.is_idle());
  BOOST_TEST(!outbound.on_answer());   // a list nobody asked for confirms nothing
}

BOOST_AUTO_TEST_CASE(one_question_is_under_way_for_many_texts) {
  for (std::uint8_t i = 1; i <= 100; ++i) {
    outbound.add_text(text_id(i), "text\n");
    flush();
  }
  BOOST_TEST(questions() == 1U);
  BOOST_TEST(outbound.on_answer());
  BOOST_TEST(line.texts.size() == 1U);   // it was asked behind the first
  flush();
  BOOST_TEST(questions() == 2U);
  BOOST_TEST(outbound.on_answer());
  BOOST_TEST(line.texts.size() == 100U);
}

BOOST_AUTO_TEST_CASE(what_nobody_asks_about_is_not_asked_about) {
  outbound.add_text(std::nullopt, "beacon\n");
  flush();
  BOOST_TEST(questions() == 0U);
  BOOST_TEST(outbound.is_idle());
}

BOOST_AUTO_TEST_CASE(what_was_given_and_not_answered_for_is_lost_with_the_line) {
  outbound.add_text(text_id(1), "one\n");
  flush();
  outbound.add_text(text_id(2), "two\n");
  flush();
  add_file(1, 10);
  flush();
  outbound.on_offline();
  BOOST_TEST((line.lost_texts == std::vector{text_id(1), text_id(2)}));
  BOOST_TEST((line.lost_files == std::vector{file_id(1)}));
  BOOST_TEST(line.texts.empty());
  BOOST_TEST(line.files.empty());
  BOOST_TEST(outbound.is_idle());
}

BOOST_AUTO_TEST_CASE(a_file_is_read_no_faster_than_it_is_taken) {
  add_file(1, 3'000'000);
  outbound.pump();
  BOOST_TEST(line.written.size() < 400'000U);
  const auto before = line.written.size();
  outbound.pump();
  BOOST_TEST(line.written.size() == before);
  flush();
  BOOST_TEST((line.written == "F1\n" + sealed(1, 3'000'000) + question));
  BOOST_TEST(line.files.empty());
  BOOST_TEST(outbound.on_answer());
  BOOST_TEST((line.files == std::vector{file_id(1)}));
  BOOST_TEST(line.moved == 3'000'000U);
}

BOOST_AUTO_TEST_CASE(a_text_waits_for_the_file_under_way_and_goes_before_the_next) {
  add_file(1, 1'000'000);
  add_file(2, 10);
  outbound.pump();
  outbound.add_text(text_id(1), "text\n");
  flush();
  BOOST_TEST((line.written ==
              "F1\n" + sealed(1, 1'000'000) + question + "text\n" + question + "F2\n" + sealed(2, 10) + question));
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_a_line_and_nothing_else) {
  add_file(1, 0);
  flush();
  BOOST_TEST(line.written == "F1\n" + question);
  BOOST_TEST(outbound.on_answer());
  BOOST_TEST(line.files.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_had_not_begun_waits_for_the_next_line) {
  add_file(1, 1'000'000);
  add_file(2, 10);
  outbound.pump();
  outbound.add_text(text_id(1), "text\n");
  outbound.on_offline();
  BOOST_TEST((line.lost_files == std::vector{file_id(1)}));
  BOOST_TEST(line.lost_texts.empty());
  line.written.clear();
  flush();
  BOOST_TEST((line.written == "text\n" + question + "F2\n" + sealed(2, 10) + question));
}

BOOST_AUTO_TEST_CASE(a_file_that_became_shorter_cannot_be_completed) {
  const auto path = add_file(1, 1'000'000);
  outbound.pump();
  std::filesystem::resize_file(path, 500'000);
  flush();
  BOOST_TEST((line.failed == Errc::source_changed));
  BOOST_TEST(line.failed_in_the_middle);
  BOOST_TEST(outbound.is_idle());
}

BOOST_AUTO_TEST_CASE(a_file_that_was_changed_meanwhile_is_told_as_such) {
  const auto path = add_file(1, 1'000'000);
  outbound.pump();
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  flush();
  BOOST_TEST((line.failed == Errc::source_changed));
  BOOST_TEST(!line.failed_in_the_middle);
  BOOST_TEST(line.files.empty());
}

BOOST_AUTO_TEST_CASE(a_file_can_be_taken_back_before_it_has_begun) {
  add_file(1, 1'000'000);
  add_file(2, 10);
  outbound.pump();
  BOOST_TEST((outbound.cancel(file_id(2)) == Outbound::Cancelled::unbegun));
  BOOST_TEST((outbound.cancel(file_id(1)) == Outbound::Cancelled::in_the_middle));
  BOOST_TEST((outbound.cancel(file_id(1)) == Outbound::Cancelled::no));
  BOOST_TEST(outbound.is_idle());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_taken_back_while_it_is_asked_about_is_not_told_of_again) {
  add_file(1, 10);
  flush();
  BOOST_TEST((outbound.cancel(file_id(1)) == Outbound::Cancelled::in_the_middle));
  outbound.on_offline();
  BOOST_TEST((outbound.cancel(file_id(1)) == Outbound::Cancelled::no));
  BOOST_TEST(std::count(line.lost_files.begin(), line.lost_files.end(), file_id(1)) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
