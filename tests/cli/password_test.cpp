// SPDX-License-Identifier: MIT
#include "cli/password.h"

#include "tests/support/temp_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <cstring>
#include <fstream>

namespace coterie::cli {
namespace {

using test::TempFolder;

std::string text_of(const SecretBytes& secret) { return std::string(as_text(secret.view())); }

std::filesystem::path write(const std::filesystem::path& file, const std::string& text, mode_t mode = 0600) {
  std::ofstream(file, std::ios::binary) << text;
  BOOST_REQUIRE(::chmod(file.c_str(), mode) == 0);
  return file;
}

const auto silent = [](std::string_view sentence) { BOOST_FAIL(std::string(sentence)); };
const AwaitInput at_once = [](int) { return true; };

}   // namespace

BOOST_AUTO_TEST_SUITE(password)

BOOST_AUTO_TEST_CASE(L02_the_environment_is_wiped_in_place) {
  // putenv takes this very memory into the environment, so what becomes of it can be seen.
  static char variable[] = "COTERIE_PASSWORD=canary-4711";
  BOOST_REQUIRE(::putenv(variable) == 0);
  const auto password = take_environment_password();
  BOOST_REQUIRE(password);
  BOOST_TEST(text_of(*password) == "canary-4711");
  BOOST_TEST(std::memcmp(variable, "COTERIE_PASSWORD=\0\0\0\0\0\0\0\0\0\0\0", sizeof variable) == 0);
  BOOST_TEST(std::getenv("COTERIE_PASSWORD") == nullptr);
  BOOST_TEST(!take_environment_password());
}

BOOST_AUTO_TEST_CASE(an_empty_variable_is_no_password) {
  BOOST_REQUIRE(::setenv("COTERIE_PASSWORD", "", 1) == 0);
  BOOST_TEST(!take_environment_password());
  BOOST_TEST(std::getenv("COTERIE_PASSWORD") == nullptr);
}

BOOST_AUTO_TEST_CASE(the_first_line_of_a_file_is_the_password) {
  const TempFolder folder;
  const auto file = folder.path() / "password";
  for (const auto* text : {"correct horse", "correct horse\n", "correct horse\r\n", "correct horse\nsecond line\n"})
    BOOST_TEST(text_of(*read_secret_file(write(file, text), "the password", silent, at_once)) == "correct horse");
  BOOST_TEST(text_of(*read_secret_file(write(file, " spaces count \n"), "the password", silent, at_once)) ==
             " spaces count ");
}

BOOST_AUTO_TEST_CASE(a_file_that_holds_no_password_is_refused) {
  const TempFolder folder;
  const auto file = folder.path() / "password";
  BOOST_TEST(
      (read_secret_file(write(file, ""), "the password", silent, at_once).error().code == Errc::invalid_argument));
  BOOST_TEST(
      (read_secret_file(write(file, "\nx"), "the password", silent, at_once).error().code == Errc::invalid_argument));
  BOOST_TEST((read_secret_file(write(file, std::string(2000, 'x')), "the password", silent, at_once).error().code ==
              Errc::invalid_argument));
  BOOST_TEST(
      (read_secret_file(folder.path() / "none", "the password", silent, at_once).error().code == Errc::not_found));
}

BOOST_AUTO_TEST_CASE(a_folder_or_a_device_is_named_as_what_it_is_and_not_read) {
  const TempFolder folder;
  for (const auto& [file, kind] :
       {std::pair(folder.path(), "folder"), {"/dev/null", "device"}, {"/dev/zero", "device"}}) {
    const auto password = read_secret_file(file, "the password", silent, at_once);
    BOOST_REQUIRE(!password);
    BOOST_TEST((password.error().code == Errc::invalid_argument));
    BOOST_TEST(password.error().detail.find(kind) != std::string::npos);
    BOOST_TEST(password.error().detail.find("the password") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_named_pipe_that_nobody_writes_to_is_waited_for_only_as_long_as_wanted) {
  const TempFolder folder;
  const auto pipe = folder.path() / "pipe";
  BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  int asked = 0;
  const auto password = read_secret_file(pipe, "the password", silent, [&](int) { return ++asked < 3; });
  BOOST_REQUIRE(!password);
  // A pipe nobody has opened for writing reads as ended.
  BOOST_TEST(asked >= 1);
}

BOOST_AUTO_TEST_CASE(a_file_that_others_can_read_is_warned_about) {
  const TempFolder folder;
  int warnings = 0;
  const auto count = [&](std::string_view sentence) {
    ++warnings;
    BOOST_TEST(sentence.find("chmod") != std::string_view::npos);
  };
  for (const mode_t mode : {0640U, 0604U, 0660U, 0644U})
    (void)read_secret_file(write(folder.path() / "password", "x", mode), "the password", count, at_once);
  BOOST_TEST(warnings == 4);
}

BOOST_AUTO_TEST_CASE(a_pipe_gives_its_first_line_and_keeps_the_rest) {
  int ends[2];
  BOOST_REQUIRE(::pipe(ends) == 0);
  BOOST_REQUIRE(::write(ends[1], "secret\nrest", 11) == 11);
  const auto password = read_secret_file("/dev/fd/" + std::to_string(ends[0]), "the password", silent, at_once);
  BOOST_REQUIRE(password);
  BOOST_TEST(text_of(*password) == "secret");
  char rest[8] = {};
  BOOST_TEST(::read(ends[0], rest, sizeof rest) == 4);
  BOOST_TEST(std::string(rest) == "rest");
  ::close(ends[0]);
  ::close(ends[1]);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::cli
