// SPDX-License-Identifier: MIT
#include "netcore/transfer/file_io.h"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>

#include "netcore/transfer/origin_mark.h"
#include "support.h"

using namespace coterie;
using namespace coterie::transfer;
namespace fs = std::filesystem;

namespace {

std::unique_ptr<FileSink> part_in(const fs::path& folder, const std::string& name) {
  return std::move(ReceiveFolder::open(folder).value().create_part(name).value());
}

// Runs `work` in a process of its own where the system calls in `refused` fail with ENOSYS. True if `work` returned true.
bool without_calls(std::initializer_list<long> refused, const std::function<bool()>& work) {
  const auto child = ::fork();
  if (child == 0) {
    std::vector<sock_filter> program = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
    for (const auto call : refused) {
      program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1));
      program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS));
    }
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const sock_fprog whole{static_cast<unsigned short>(program.size()), program.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole) != 0)
      ::_exit(2);
    ::_exit(work() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

struct Fixture {
  test::TempFolder folder;
  fs::path in = folder / "in";
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(file_io, Fixture)

// ── source ──

BOOST_AUTO_TEST_CASE(a_regular_file_is_read_where_asked) {
  test::write_file(folder / "a", as_bytes("0123456789"));
  const auto source = FileSource::open(folder / "a");
  BOOST_TEST_REQUIRE(source.has_value());
  BOOST_TEST(source->size() == 10U);
  Bytes one(3);
  Bytes two(4);
  const std::array<MutableByteView, 2> parts = {MutableByteView(one), MutableByteView(two)};
  BOOST_TEST(source->read(2, parts).has_value());
  BOOST_TEST(as_text(one) == "234");
  BOOST_TEST(as_text(two) == "5678");
}

BOOST_AUTO_TEST_CASE(F17_only_regular_files_are_sources) {
  fs::create_directory(folder / "dir");
  ::mkfifo((folder / "fifo").c_str(), 0600);
  test::write_file(folder / "a", as_bytes("x"));
  fs::create_symlink(folder / "a", folder / "link");
  const auto socket_path = (folder / "socket").string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(socket_path.begin(), socket_path.end(), address.sun_path);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  for (const auto& path : {folder / "dir", folder / "fifo", folder / "link", folder / "socket", fs::path("/dev/zero"),
                           fs::path("/dev/null"), fs::path("/proc/self/mem"), fs::path("/proc/self/status"),
                           fs::path("/sys/kernel/uevent_seqnum")}) {
    const auto source = FileSource::open(path);
    BOOST_TEST_REQUIRE(!source.has_value(), path);
    BOOST_TEST((source.error().code == Errc::not_a_file), path << ": " << explain(source.error()));
  }
  ::close(socket);
}

BOOST_AUTO_TEST_CASE(a_source_that_is_missing_or_forbidden_says_so) {
  BOOST_TEST((FileSource::open(folder / "none").error().code == Errc::not_found));
  if (::geteuid() == 0) return;   // root may read everything
  test::write_file(folder / "secret", as_bytes("x"));
  fs::permissions(folder / "secret", fs::perms::none);
  BOOST_TEST((FileSource::open(folder / "secret").error().code == Errc::permission_denied));
}

BOOST_AUTO_TEST_CASE(F17_a_file_that_grows_or_shrinks_is_noticed) {
  test::write_file(folder / "a", as_bytes("0123456789"));
  const auto source = FileSource::open(folder / "a").value();
  BOOST_TEST(source.check_unchanged().has_value());
  test::write_file(folder / "a", as_bytes("0123456789more"));
  BOOST_TEST((source.check_unchanged().error().code == Errc::source_changed));
  Bytes all(10);
  BOOST_TEST(source.read(0, all).has_value());
  test::write_file(folder / "a", as_bytes("0"));
  BOOST_TEST((source.read(0, all).error().code == Errc::source_changed));
}

BOOST_AUTO_TEST_CASE(a_change_of_the_same_length_is_noticed_by_its_time) {
  test::write_file(folder / "a", as_bytes("0123456789"));
  const auto source = FileSource::open(folder / "a").value();
  const std::array<timespec, 2> later = {timespec{0, UTIME_OMIT}, timespec{source.mtime_ns() / 1'000'000'000 + 1, 0}};
  ::utimensat(AT_FDCWD, (folder / "a").c_str(), later.data(), 0);
  BOOST_TEST((source.check_unchanged().error().code == Errc::source_changed));
}

BOOST_AUTO_TEST_CASE(a_name_given_to_another_file_does_not_matter_once_open) {
  test::write_file(folder / "a", as_bytes("old"));
  const auto source = FileSource::open(folder / "a").value();
  test::write_file(folder / "b", as_bytes("new"));
  fs::rename(folder / "b", folder / "a");
  Bytes all(3);
  BOOST_TEST(source.read(0, all).has_value());
  BOOST_TEST(as_text(all) == "old");
}

// ── sink ──

BOOST_AUTO_TEST_CASE(a_received_file_appears_complete_under_its_name) {
  auto sink = part_in(in, "a.txt");
  BOOST_TEST((test::names_in(in) == std::vector<std::string>{"a.txt.part"}));
  BOOST_TEST(sink->write(3, as_bytes("def")).has_value());
  BOOST_TEST(sink->write(0, as_bytes("abc")).has_value());
  BOOST_TEST(sink->sync().has_value());
  BOOST_TEST(sink->finish("a.txt").value() == "a.txt");
  BOOST_TEST((test::names_in(in) == std::vector<std::string>{"a.txt"}));
  BOOST_TEST(as_text(test::read_file(in / "a.txt")) == "abcdef");
}

BOOST_AUTO_TEST_CASE(F04_received_files_are_private_marked_and_cannot_be_run) {
  auto sink = part_in(in, "x.sh");
  BOOST_TEST(sink->finish("x.sh").has_value());
  struct stat facts {};
  BOOST_TEST(::stat((in / "x.sh").c_str(), &facts) == 0);
  BOOST_TEST((facts.st_mode & 07777U) == 0600U);
  BOOST_TEST(::stat(in.c_str(), &facts) == 0);
  BOOST_TEST((facts.st_mode & 07777U) == 0700U);
  std::array<char, 100> mark{};
  const auto length = ::getxattr((in / "x.sh").c_str(), "user.xdg.origin.url", mark.data(), mark.size());
  if (length < 0 && errno == EOPNOTSUPP)
    BOOST_TEST_MESSAGE("SKIPPED: this file system keeps no marks of origin");
  else
    BOOST_TEST(std::string_view(mark.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))) == origin);
}

BOOST_AUTO_TEST_CASE(F05_a_taken_name_is_never_overwritten) {
  fs::create_directory(in);
  test::write_file(in / "a.txt", as_bytes("mine"));
  auto one = part_in(in, "a.txt");
  auto two = part_in(in, "a.txt");
  BOOST_TEST(one->part_name() != two->part_name());
  BOOST_TEST(one->write(0, as_bytes("one")).has_value());
  BOOST_TEST(two->write(0, as_bytes("two")).has_value());
  BOOST_TEST(two->finish("a.txt").value() == "a (2).txt");
  BOOST_TEST(one->finish("a.txt").value() == "a (3).txt");
  BOOST_TEST(as_text(test::read_file(in / "a.txt")) == "mine");
  BOOST_TEST(as_text(test::read_file(in / "a (2).txt")) == "two");
  BOOST_TEST(as_text(test::read_file(in / "a (3).txt")) == "one");
}

BOOST_AUTO_TEST_CASE(F05_neither_without_rename_that_refuses_nor_without_links) {
  fs::create_directory(in);
  test::write_file(in / "a.txt", as_bytes("mine"));
  const auto receive = [&] {
    auto sink = part_in(in, "a.txt");
    return sink->write(0, as_bytes("new")).has_value() && sink->finish("a.txt").has_value();
  };
  BOOST_TEST(without_calls({SYS_renameat2}, receive));
  BOOST_TEST(without_calls({SYS_renameat2, SYS_linkat}, receive));
  BOOST_TEST((test::names_in(in) == std::vector<std::string>{"a (2).txt", "a (3).txt", "a.txt"}));
  BOOST_TEST(as_text(test::read_file(in / "a.txt")) == "mine");
  BOOST_TEST(as_text(test::read_file(in / "a (2).txt")) == "new");
  BOOST_TEST(as_text(test::read_file(in / "a (3).txt")) == "new");
}

BOOST_AUTO_TEST_CASE(F06_planted_links_are_neither_followed_nor_replaced) {
  fs::create_directory(in);
  test::write_file(folder / "precious", as_bytes("precious"));
  fs::create_symlink(folder / "precious", in / "a.txt");
  fs::create_symlink(folder / "precious", in / "a.txt.part");
  fs::create_symlink(folder / "nowhere", in / "b.txt");   // dangling
  fs::create_symlink(folder / "nowhere", in / "b.txt.part");
  fs::create_hard_link(folder / "precious", in / "c.txt.part");
  for (const auto* name : {"a.txt", "b.txt", "c.txt"}) {
    auto sink = part_in(in, name);
    BOOST_TEST(sink->write(0, as_bytes("foreign")).has_value());
    BOOST_TEST(sink->finish(name).has_value());
  }
  BOOST_TEST(as_text(test::read_file(folder / "precious")) == "precious");
  BOOST_TEST(!fs::exists(folder / "nowhere"));
  BOOST_TEST(fs::is_symlink(in / "a.txt"));
  BOOST_TEST(as_text(test::read_file(in / "a (2).txt")) == "foreign");
  BOOST_TEST(as_text(test::read_file(in / "b (2).txt")) == "foreign");
  BOOST_TEST(as_text(test::read_file(in / "c.txt")) == "foreign");
}

BOOST_AUTO_TEST_CASE(F06_only_our_own_part_is_gone_on_with) {
  const auto opened = ReceiveFolder::open(in).value();
  test::write_file(folder / "precious", as_bytes("precious"));
  fs::create_symlink(folder / "precious", in / "link.part");
  fs::create_hard_link(folder / "precious", in / "hard.part");
  fs::create_directory(in / "dir.part");
  ::mkfifo((in / "fifo.part").c_str(), 0600);
  BOOST_TEST((opened.reopen_part("link.part").error().code == Errc::not_a_file));
  BOOST_TEST((opened.reopen_part("hard.part").error().code == Errc::not_a_file));
  BOOST_TEST((opened.reopen_part("dir.part").error().code == Errc::not_a_file));
  BOOST_TEST((opened.reopen_part("fifo.part").error().code == Errc::not_a_file));
  BOOST_TEST((opened.reopen_part("none.part").error().code == Errc::not_found));
  BOOST_TEST((opened.reopen_part("../precious").error().code == Errc::invalid_argument));
  const auto name = opened.create_part("mine").value()->part_name();
  BOOST_TEST(opened.reopen_part(name).has_value());
}

BOOST_AUTO_TEST_CASE(F06_a_part_replaced_meanwhile_is_not_put_in_place) {
  auto sink = part_in(in, "a.txt");
  test::write_file(folder / "precious", as_bytes("precious"));
  fs::remove(in / "a.txt.part");
  fs::create_symlink(folder / "precious", in / "a.txt.part");
  BOOST_TEST(sink->write(0, as_bytes("foreign")).has_value());
  BOOST_TEST(!sink->finish("a.txt").has_value());
  sink->discard();
  BOOST_TEST((test::names_in(in) == std::vector<std::string>{"a.txt.part"}));
  BOOST_TEST(as_text(test::read_file(folder / "precious")) == "precious");
}

BOOST_AUTO_TEST_CASE(F06_a_folder_swapped_for_a_link_changes_nothing) {
  auto sink = part_in(in, "a.txt");
  fs::create_directory(folder / "elsewhere");
  fs::rename(in, folder / "moved");
  fs::create_directory_symlink(folder / "elsewhere", in);
  BOOST_TEST(sink->write(0, as_bytes("abc")).has_value());
  BOOST_TEST(sink->finish("a.txt").has_value());
  BOOST_TEST(test::names_in(folder / "elsewhere").empty());
  BOOST_TEST(as_text(test::read_file(folder / "moved" / "a.txt")) == "abc");
}

BOOST_AUTO_TEST_CASE(what_was_written_is_there_after_reopening) {
  const auto opened = ReceiveFolder::open(in).value();
  std::string name;
  {
    auto sink = std::move(opened.create_part("a").value());
    BOOST_TEST(sink->write(0, as_bytes("abc")).has_value());
    name = sink->part_name();
  }
  auto sink = std::move(opened.reopen_part(name).value());
  BOOST_TEST(sink->size().value() == 3U);
  BOOST_TEST(sink->write(3, as_bytes("def")).has_value());
  Bytes all(6);
  BOOST_TEST(sink->read(0, all).has_value());
  BOOST_TEST(as_text(all) == "abcdef");
  BOOST_TEST(!sink->read(1, all).has_value());
}

BOOST_AUTO_TEST_CASE(discarding_removes_the_part) {
  part_in(in, "a.txt")->discard();
  BOOST_TEST(test::names_in(in).empty());
}

BOOST_AUTO_TEST_CASE(each_name_is_announced_before_it_is_tried) {
  fs::create_directory(in);
  test::write_file(in / "a.txt", as_bytes("mine"));
  auto sink = part_in(in, "a.txt");
  std::vector<std::string> announced;
  const auto placed = sink->finish("a.txt", [&](const std::string& name) -> Status {
    announced.push_back(name);
    BOOST_TEST(fs::exists(in / "a.txt.part"));
    return {};
  });
  BOOST_TEST((announced == std::vector<std::string>{"a.txt", "a (2).txt"}));
  BOOST_TEST(placed.value() == "a (2).txt");
}

BOOST_AUTO_TEST_CASE(S04_a_full_disk_is_told_apart) {
  if (::geteuid() != 0) {
    BOOST_TEST_MESSAGE("SKIPPED: a full file system can only be made by root");
    return;
  }
  const auto mount = folder / "tiny";
  fs::create_directory(mount);
  if (::system(("mount -t tmpfs -o size=256k none " + mount.string() + " 2>/dev/null").c_str()) != 0) {
    BOOST_TEST_MESSAGE("SKIPPED: no file system can be mounted here");
    return;
  }
  {
    auto tiny = part_in(mount, "a");
    const Bytes block(64_KiB, 1);
    Status status;
    std::uint64_t at = 0;
    while (status && at < 1_MiB) {
      status = tiny->write(at, block);
      if (status) at += block.size();
    }
    BOOST_TEST_REQUIRE(!status.has_value());
    BOOST_TEST((status.error().code == Errc::disk_full));
    BOOST_TEST(at >= 128_KiB);
    BOOST_TEST(ReceiveFolder::open(mount)->free_bytes().value() < 64_KiB);
  }
  ::system(("umount " + mount.string()).c_str());
}

// ── folder ──

BOOST_AUTO_TEST_CASE(a_missing_folder_is_made_with_those_above_it) {
  BOOST_TEST(ReceiveFolder::open(folder / "a/b/c").has_value());
  BOOST_TEST(fs::is_directory(folder / "a/b/c"));
}

BOOST_AUTO_TEST_CASE(a_file_where_the_folder_should_be_is_an_error) {
  test::write_file(folder / "a", as_bytes("x"));
  BOOST_TEST((ReceiveFolder::open(folder / "a").error().code == Errc::not_found));
  BOOST_TEST((ReceiveFolder::open(folder / "a/b").error().code == Errc::not_found));
}

BOOST_AUTO_TEST_CASE(sizes_are_those_of_regular_files_only) {
  const auto opened = ReceiveFolder::open(in).value();
  test::write_file(in / "a", as_bytes("abc"));
  fs::create_symlink(in / "a", in / "link");
  BOOST_TEST(opened.size_of("a").value() == 3U);
  BOOST_TEST((opened.size_of("link").error().code == Errc::not_a_file));
  BOOST_TEST((opened.size_of("none").error().code == Errc::not_found));
  BOOST_TEST(opened.free_bytes().value() > 0U);
}

// ── small files ──

BOOST_AUTO_TEST_CASE(small_files_are_replaced_whole) {
  BOOST_TEST(write_whole_file(folder / "a", as_bytes("one")).has_value());
  BOOST_TEST(write_whole_file(folder / "a", as_bytes("two!")).has_value());
  BOOST_TEST(as_text(read_whole_file(folder / "a", 100).value()) == "two!");
  BOOST_TEST((read_whole_file(folder / "a", 3).error().code == Errc::too_large));
  BOOST_TEST((test::names_in(folder.path()) == std::vector<std::string>{"a"}));
}

BOOST_AUTO_TEST_CASE(a_record_that_does_not_fit_leaves_no_part_of_itself) {
  BOOST_TEST(write_whole_file(folder / "a", as_bytes("head")).has_value());
  const auto path = folder / "a";
  const auto child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{6, 6};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    auto file = AppendFile::open(path, 4).value();
    ::_exit(file.append(as_bytes("record")) ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  BOOST_TEST(status == 0);
  BOOST_TEST(as_text(test::read_file(path)) == "head");
}

BOOST_AUTO_TEST_SUITE_END()
