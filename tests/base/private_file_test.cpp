// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "netcore/base/private_file.h"
#include "tests/support/temp_folder.h"

using namespace coterie;
using coterie::test::read_file;
using coterie::test::TempFolder;
using coterie::test::write_file;
namespace fs = std::filesystem;

namespace {

unsigned mode_of(const fs::path& path) {
  struct stat facts {};
  BOOST_REQUIRE(::lstat(path.c_str(), &facts) == 0);
  return facts.st_mode & 0777U;
}

void set_mode(const fs::path& path, unsigned mode) { fs::permissions(path, static_cast<fs::perms>(mode)); }

Errc code_of(const Status& status) { return status ? Errc{-1} : status.error().code; }
template <class T>
Errc code_of(const Result<T>& result) {
  return result ? Errc{-1} : result.error().code;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(private_file)

BOOST_AUTO_TEST_CASE(folders_are_made_for_their_owner_only_and_left_alone_when_there) {
  TempFolder folder;
  BOOST_TEST(make_private_folder(folder / "a/b/c").has_value());
  for (const char* made : {"a", "a/b", "a/b/c"}) BOOST_TEST(mode_of(folder / made) == 0700U, made);
  set_mode(folder / "a/b", 0755);
  BOOST_TEST(make_private_folder(folder / "a/b").has_value());
  BOOST_TEST(mode_of(folder / "a/b") == 0755U);
  write_file(folder / "file", {});
  BOOST_TEST((code_of(make_private_folder(folder / "file")) == Errc::not_found));
  BOOST_TEST((code_of(make_private_folder(folder / "file/below")) == Errc::not_found));
}

BOOST_AUTO_TEST_CASE(a_file_is_made_whole_for_its_owner_only) {
  TempFolder folder;
  const auto old_mask = ::umask(0);
  BOOST_TEST(create_private_file(folder / "key", as_bytes("content")).has_value());
  ::umask(old_mask);
  BOOST_TEST(mode_of(folder / "key") == 0600U);
  BOOST_TEST(as_text(read_file(folder / "key")) == "content");
  BOOST_TEST(!fs::exists(folder / "key.new"));
}

BOOST_AUTO_TEST_CASE(what_is_there_is_never_replaced) {
  TempFolder folder;
  write_file(folder / "key", as_bytes("old"));
  const auto made = create_private_file(folder / "key", as_bytes("new"));
  BOOST_TEST((code_of(made) == Errc::in_use));
  BOOST_TEST(made.error().detail.find((folder / "key").string()) != std::string::npos);
  BOOST_TEST(as_text(read_file(folder / "key")) == "old");
  BOOST_TEST(!fs::exists(folder / "key.new"));
  fs::create_symlink(folder / "elsewhere", folder / "link");
  BOOST_TEST((code_of(create_private_file(folder / "link", as_bytes("new"))) == Errc::in_use));
  BOOST_TEST(!fs::exists(folder / "elsewhere"), "nor is anything written through a link");
}

BOOST_AUTO_TEST_CASE(what_a_cut_off_start_left_is_no_obstacle) {
  TempFolder folder;
  write_file(folder / "key.new", as_bytes("half"));
  BOOST_TEST(create_private_file(folder / "key", as_bytes("whole")).has_value());
  BOOST_TEST(as_text(read_file(folder / "key")) == "whole");
  fs::create_symlink(folder / "target", folder / "other.new");
  BOOST_TEST(create_private_file(folder / "other", as_bytes("whole")).has_value());
  BOOST_TEST(!fs::exists(folder / "target"));
}

BOOST_AUTO_TEST_CASE(a_file_in_a_missing_folder_cannot_be_made) {
  TempFolder folder;
  BOOST_TEST((code_of(create_private_file(folder / "missing/key", {})) == Errc::not_found));
}

BOOST_AUTO_TEST_CASE(S07_only_what_nobody_else_may_use_is_read) {
  TempFolder folder;
  const auto file = folder / "key";
  BOOST_TEST((code_of(read_private_file(file, 32)) == Errc::not_found));
  write_file(file, Bytes(32, 7));
  for (const unsigned mode : {0644U, 0640U, 0604U, 0620U, 0602U, 0610U, 0777U}) {
    set_mode(file, mode);
    BOOST_TEST((code_of(read_private_file(file, 32)) == Errc::permission_denied), mode);
  }
  for (const unsigned mode : {0600U, 0400U, 0700U}) {
    set_mode(file, mode);
    const auto content = read_private_file(file, 32);
    BOOST_REQUIRE(content);
    BOOST_TEST((to_bytes(content->view()) == Bytes(32, 7)));
  }
}

BOOST_AUTO_TEST_CASE(a_file_is_read_up_to_the_limit_and_not_beyond) {
  TempFolder folder;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{31}, std::size_t{32}}) {
    write_file(folder / "key", Bytes(size, 7));
    set_mode(folder / "key", 0600);
    BOOST_TEST(read_private_file(folder / "key", 32).value().size() == size);
  }
  for (const std::size_t size : {std::size_t{33}, std::size_t{1'000'000}}) {
    write_file(folder / "key", Bytes(size, 7));
    BOOST_TEST((code_of(read_private_file(folder / "key", 32)) == Errc::too_large));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_not_read) {
  TempFolder folder;
  BOOST_TEST((code_of(read_private_file(folder.path(), 32)) == Errc::not_a_file));
  BOOST_REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  BOOST_TEST((code_of(read_private_file(folder / "pipe", 32)) == Errc::not_a_file));
}

BOOST_AUTO_TEST_CASE(a_lock_is_held_by_one_at_a_time) {
  TempFolder folder;
  const auto file = folder / "lock";
  auto first = FileLock::acquire(file);
  BOOST_REQUIRE(first);
  BOOST_TEST(mode_of(file) == 0600U);
  BOOST_TEST((code_of(FileLock::acquire(file)) == Errc::in_use));
  {
    const FileLock moved = std::move(*first);
    BOOST_TEST((code_of(FileLock::acquire(file)) == Errc::in_use));
  }
  BOOST_TEST(FileLock::acquire(file).has_value());
}

BOOST_AUTO_TEST_CASE(a_lock_ends_with_its_process) {
  TempFolder folder;
  const auto file = folder / "lock";
  int ends[2];
  BOOST_REQUIRE(::pipe(ends) == 0);
  const auto child = ::fork();
  if (child == 0) {
    const auto lock = FileLock::acquire(file);
    const char ready = lock ? 'y' : 'n';
    if (::write(ends[1], &ready, 1) != 1) ::_exit(1);
    ::pause();
    ::_exit(0);
  }
  char ready = 0;
  BOOST_REQUIRE(::read(ends[0], &ready, 1) == 1);
  BOOST_TEST(ready == 'y');
  BOOST_TEST((code_of(FileLock::acquire(file)) == Errc::in_use));
  ::kill(child, SIGKILL);
  BOOST_REQUIRE(::waitpid(child, nullptr, 0) == child);
  BOOST_TEST(FileLock::acquire(file).has_value());
  ::close(ends[0]);
  ::close(ends[1]);
}

BOOST_AUTO_TEST_CASE(the_systems_word_becomes_an_error_with_the_path) {
  const auto error_for = [](int number) {
    errno = number;
    return system_error("/some/file");
  };
  BOOST_TEST((error_for(ENOSPC).code == Errc::disk_full));
  BOOST_TEST((error_for(EDQUOT).code == Errc::disk_full));
  BOOST_TEST((error_for(EACCES).code == Errc::permission_denied));
  BOOST_TEST((error_for(EROFS).code == Errc::permission_denied));
  BOOST_TEST((error_for(ENOENT).code == Errc::not_found));
  BOOST_TEST((error_for(EIO).code == Errc::io_failure));
  BOOST_TEST(error_for(ENOSPC).detail == "/some/file (No space left on device)");
}

BOOST_AUTO_TEST_SUITE_END()
