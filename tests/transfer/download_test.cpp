// SPDX-License-Identifier: MIT
#include "netcore/transfer/download.h"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <sys/resource.h>
#include <unistd.h>

#include "netcore/base/random.h"
#include "netcore/transfer/file_digest.h"
#include "support.h"

using namespace coterie;
using namespace coterie::transfer;

namespace {

constexpr auto chunk = crypto::chunk_size;
constexpr auto sealed_chunk = crypto::sealed_chunk_size;

// A file being received, with its folder, journal and worker.
struct Bench {
  test::TempFolder folder;
  test::ManualWorker worker;
  FileId file = random_id<FileId>();
  std::filesystem::path journal_path = folder / "journal";
  std::shared_ptr<FileSink> sink;
  std::optional<Error> failure;
  int synced = 0;
  std::unique_ptr<Download> download;

  explicit Bench(std::uint64_t size) : size_(size) {
    sink = std::move(ReceiveFolder::open(folder / "in").value().create_part("file").value());
    reopen();
  }
  // As after a restart: only what the journal says is known.
  void reopen() {
    download.reset();
    Journal::Content content;
    auto journal = std::make_shared<Journal>(Journal::open(journal_path, file, size_, content).value());
    download = std::make_unique<Download>(
        worker.worker(), sink, journal, size_, content.chunks,
        Download::Hooks{[this] { ++synced; }, [this](const Error& error) { failure = error; }});
  }
  Status settle() {
    std::optional<Status> answer;
    download->settle([&](Status status) { answer = std::move(status); });
    worker.until([&] { return answer.has_value(); });
    return *answer;
  }
  [[nodiscard]] Bytes content() const { return test::read_file(folder / "in" / sink->part_name()); }

 private:
  std::uint64_t size_;
};

Status feed_in_pieces(Download& download, Bytes sealed, const std::function<std::size_t()>& piece) {
  for (MutableByteView rest(sealed); !rest.empty();) {
    const auto next = rest.first(std::min(rest.size(), piece()));
    if (auto fed = download.feed(next); !fed) return fed;
    rest = rest.subspan(next.size());
  }
  return {};
}

Status feed(Download& download, Bytes sealed) { return download.feed(sealed); }

// While it lives, no file can grow beyond a few bytes.
class SmallFilesOnly {
 public:
  SmallFilesOnly() : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{10, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  SmallFilesOnly(const SmallFilesOnly&) = delete;
  SmallFilesOnly& operator=(const SmallFilesOnly&) = delete;
  ~SmallFilesOnly() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }

 private:
  void (*signal_)(int);
  rlimit before_{};
};

struct Fixture {
  test::Random random{5};
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(download, Fixture)

BOOST_AUTO_TEST_CASE(opens_what_was_sealed_whatever_its_size) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, chunk - 1, chunk, chunk + 1, 3 * chunk, 20 * chunk + 3}) {
    Bench bench(size);
    const auto plain = test::random_bytes(random, size);
    bench.download->begin(test::key_number(1));
    BOOST_TEST(!bench.download->is_complete());
    BOOST_TEST(feed(*bench.download, test::sealed(test::key_number(1), plain)).has_value());
    BOOST_TEST(bench.download->is_complete());
    BOOST_TEST(bench.settle().has_value());
    BOOST_TEST((bench.content() == plain), "size " << size);
    BOOST_TEST(Journal::load(bench.journal_path, bench.file, size).chunks.is_complete(crypto::chunk_count(size)));
  }
}

BOOST_AUTO_TEST_CASE(it_does_not_matter_how_the_bytes_are_split) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, chunk, chunk + 1, 3 * chunk, 5 * chunk + 77}) {
    const auto plain = test::random_bytes(random, size);
    const auto sealed = test::sealed(test::key_number(1), plain);
    for (int round = 0; round < 12; ++round) {
      Bench bench(size);
      bench.download->begin(test::key_number(1));
      const auto largest = std::size_t{1} << test::below(random, 19);
      BOOST_TEST_REQUIRE(
          feed_in_pieces(*bench.download, sealed, [&] { return 1 + test::below(random, largest); }).has_value());
      BOOST_TEST_REQUIRE(bench.download->is_complete());
      BOOST_TEST_REQUIRE((bench.content() == plain), "size " << size << ", pieces up to " << largest);
    }
  }
}

BOOST_AUTO_TEST_CASE(split_once_around_every_border) {
  const auto plain = test::random_bytes(random, 2 * chunk + 100);
  const auto sealed = test::sealed(test::key_number(1), plain);
  for (const auto border : {std::size_t{0}, sealed_chunk, 2 * sealed_chunk, sealed.size()})
    for (std::size_t at = border < 20 ? 0 : border - 20; at <= std::min(border + 20, sealed.size()); ++at) {
      Bench bench(plain.size());
      bench.download->begin(test::key_number(1));
      BOOST_TEST_REQUIRE(feed(*bench.download, to_bytes(ByteView(sealed).first(at))).has_value());
      BOOST_TEST_REQUIRE(feed(*bench.download, to_bytes(ByteView(sealed).subspan(at))).has_value());
      BOOST_TEST_REQUIRE((bench.content() == plain), "split at " << at);
    }
}

BOOST_AUTO_TEST_CASE(F12_stops_at_the_exact_size) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{10}, chunk, 2 * chunk}) {
    Bench bench(size);
    const auto plain = test::random_bytes(random, size);
    auto sealed = test::sealed(test::key_number(1), plain);
    sealed.push_back(0);
    bench.download->begin(test::key_number(1));
    BOOST_TEST((feed(*bench.download, sealed).error().code == Errc::crypto_failure));
    BOOST_TEST((bench.content() == plain));
  }
}

BOOST_AUTO_TEST_CASE(F12_a_file_of_another_size_does_not_open) {
  const auto small = test::random_bytes(random, 10);
  const auto large = test::random_bytes(random, 3 * chunk);
  {   // 10 announced, more sent
    Bench bench(10);
    bench.download->begin(test::key_number(1));
    BOOST_TEST((feed(*bench.download, test::sealed(test::key_number(1), large)).error().code == Errc::crypto_failure));
    BOOST_TEST(bench.content().empty());
  }
  {   // more announced, 10 sent: never complete
    Bench bench(3 * chunk);
    bench.download->begin(test::key_number(1));
    BOOST_TEST(feed(*bench.download, test::sealed(test::key_number(1), small)).has_value());
    BOOST_TEST(!bench.download->is_complete());
    BOOST_TEST(bench.content().empty());
  }
  {   // nothing announced, something sent
    Bench bench(0);
    bench.download->begin(test::key_number(1));
    BOOST_TEST((feed(*bench.download, test::sealed(test::key_number(1), small)).error().code == Errc::crypto_failure));
    BOOST_TEST(bench.content().empty());
  }
}

BOOST_AUTO_TEST_CASE(F13_chunks_cut_swapped_repeated_or_without_their_mark_are_refused) {
  const auto key = test::key_number(1);
  const auto plain = test::random_bytes(random, 3 * chunk);
  const auto sealed = test::sealed(key, plain);
  const auto part = [&](std::size_t j) { return ByteView(sealed).subspan(j * sealed_chunk, sealed_chunk); };
  const auto refused = [&](const Bytes& stream, std::size_t good_chunks) {
    Bench bench(plain.size());
    bench.download->begin(key);
    const auto fed = feed(*bench.download, stream);
    BOOST_TEST(!fed.has_value());
    BOOST_TEST(bench.download->there().first_missing() == good_chunks);
    BOOST_TEST(bench.content().size() == good_chunks * chunk);
    return !fed && fed.error().code == Errc::crypto_failure;
  };
  BOOST_TEST(refused(concat({part(1), part(0), part(2)}), 0));   // swapped
  BOOST_TEST(refused(concat({part(0), part(0), part(2)}), 1));   // repeated
  BOOST_TEST(refused(concat({part(0), part(2), part(1)}), 1));   // left out
  // The same bytes as a file of four chunks: chunk 2 lacks the mark of the last.
  const auto longer = test::sealed(key, concat({plain, test::random_bytes(random, chunk)}));
  BOOST_TEST(refused(concat({part(0), part(1), ByteView(longer).subspan(2 * sealed_chunk, sealed_chunk)}), 2));
  // A chunk marked as last in the middle.
  const auto shorter = test::sealed(key, ByteView(plain).first(2 * chunk));
  BOOST_TEST(refused(concat({part(0), ByteView(shorter).subspan(sealed_chunk), part(2)}), 1));
  // Cut at a border: not complete, and nothing to complain about yet.
  Bench bench(plain.size());
  bench.download->begin(key);
  BOOST_TEST(feed(*bench.download, concat({part(0), part(1)})).has_value());
  BOOST_TEST(!bench.download->is_complete());
}

BOOST_AUTO_TEST_CASE(a_changed_bit_anywhere_is_refused_and_the_chunks_before_it_stay) {
  const auto plain = test::random_bytes(random, 2 * chunk + 50);
  const auto sealed = test::sealed(test::key_number(1), plain);
  for (int round = 0; round < 60; ++round) {
    auto damaged = sealed;
    const auto at = round == 0 ? sealed.size() - 1 : test::below(random, sealed.size());
    damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (1U << test::below(random, 8)));
    Bench bench(plain.size());
    bench.download->begin(test::key_number(1));
    const auto piece = 1 + test::below(random, 200'000);
    const auto fed = feed_in_pieces(*bench.download, damaged, [&] { return piece; });
    BOOST_TEST_REQUIRE(!fed.has_value());
    BOOST_TEST_REQUIRE((fed.error().code == Errc::crypto_failure));
    BOOST_TEST_REQUIRE(bench.download->there().first_missing() == at / sealed_chunk);
    const auto kept = bench.content();
    BOOST_TEST_REQUIRE(kept.size() == at / sealed_chunk * chunk);
    BOOST_TEST_REQUIRE(std::equal(kept.begin(), kept.end(), plain.begin()));
  }
}

BOOST_AUTO_TEST_CASE(another_key_opens_nothing) {
  const auto plain = test::random_bytes(random, chunk);
  Bench bench(plain.size());
  bench.download->begin(test::key_number(2));
  BOOST_TEST((feed(*bench.download, test::sealed(test::key_number(1), plain)).error().code == Errc::crypto_failure));
}

BOOST_AUTO_TEST_CASE(F14_broken_at_any_byte_a_new_attempt_goes_on_with_the_first_missing_chunk) {
  const auto plain = test::random_bytes(random, 6 * chunk + 321);
  Bench bench(plain.size());
  std::uint8_t attempt = 0;
  std::uint64_t fed_bytes = 0;
  while (!bench.download->is_complete()) {
    const auto key = test::key_number(++attempt);
    bench.download->begin(key);
    const auto sealed = test::sealed(key, plain);
    const auto from = static_cast<std::size_t>(bench.download->there().first_missing() * sealed_chunk);
    const auto length =
        attempt > 20 ? sealed.size() - from : std::min(sealed.size() - from, test::below(random, 2 * sealed_chunk));
    BOOST_TEST_REQUIRE(feed(*bench.download, to_bytes(ByteView(sealed).subspan(from, length))).has_value());
    fed_bytes += length;
  }
  BOOST_TEST((bench.content() == plain));
  // Each break costs at most the chunk under way.
  BOOST_TEST(fed_bytes <= crypto::sealed_length(plain.size()) + attempt * sealed_chunk);
}

BOOST_AUTO_TEST_CASE(after_a_crash_only_what_was_synced_counts) {
  const auto plain = test::random_bytes(random, 5 * chunk);
  const auto sealed = test::sealed(test::key_number(1), plain);
  Bench bench(plain.size());
  bench.download->begin(test::key_number(1));
  BOOST_TEST(feed(*bench.download, to_bytes(ByteView(sealed).first(2 * sealed_chunk))).has_value());
  BOOST_TEST(bench.settle().has_value());
  BOOST_TEST(feed(*bench.download, to_bytes(ByteView(sealed).subspan(2 * sealed_chunk, 2 * sealed_chunk))).has_value());
  BOOST_TEST(bench.download->there().first_missing() == 4U);
  BOOST_TEST(bench.download->synced().first_missing() == 2U);
  bench.reopen();
  BOOST_TEST(bench.download->there().first_missing() == 2U);
  bench.download->begin(test::key_number(2));
  const auto again = test::sealed(test::key_number(2), plain);
  BOOST_TEST(feed(*bench.download, to_bytes(ByteView(again).subspan(2 * sealed_chunk))).has_value());
  BOOST_TEST((bench.content() == plain));
}

BOOST_AUTO_TEST_CASE(syncs_by_itself_and_asks_for_a_pause_when_the_disk_cannot_follow) {
  const std::size_t chunks = 2 * Download::unsynced_limit / chunk;
  const auto plain = Bytes(chunks * chunk, 7);
  const auto sealed = test::sealed(test::key_number(1), plain);
  Bench bench(plain.size());
  // The worker is busy until the test lets it go on.
  std::mutex busy;
  std::unique_lock hold(busy);
  bench.worker.worker().run([&busy] { const std::lock_guard wait(busy); }, [] {});
  bench.download->begin(test::key_number(1));
  std::size_t fed = 0;
  while (!bench.download->must_pause()) {
    BOOST_TEST_REQUIRE(
        feed(*bench.download, to_bytes(ByteView(sealed).subspan(fed * sealed_chunk, sealed_chunk))).has_value());
    ++fed;
  }
  BOOST_TEST(fed * chunk == Download::unsynced_limit);
  BOOST_TEST(bench.synced == 0);
  hold.unlock();
  bench.worker.until([&] { return !bench.download->must_pause(); });
  BOOST_TEST(bench.synced >= 1);
  BOOST_TEST(feed(*bench.download, to_bytes(ByteView(sealed).subspan(fed * sealed_chunk))).has_value());
  BOOST_TEST(bench.settle().has_value());
  BOOST_TEST(bench.download->synced().is_complete(chunks));
}

BOOST_AUTO_TEST_CASE(S03_a_full_disk_ends_the_attempt_and_keeps_what_is_there) {
  if (::geteuid() != 0) {
    BOOST_TEST_MESSAGE("SKIPPED: a full file system can only be made by root");
    return;
  }
  Bench bench(20 * chunk);
  const auto mount = bench.folder / "tiny";
  std::filesystem::create_directory(mount);
  if (::system(("mount -t tmpfs -o size=320k none " + mount.string() + " 2>/dev/null").c_str()) != 0) {
    BOOST_TEST_MESSAGE("SKIPPED: no file system can be mounted here");
    return;
  }
  const auto plain = test::random_bytes(random, 20 * chunk);
  {
    bench.sink = std::move(ReceiveFolder::open(mount).value().create_part("file").value());
    bench.reopen();
    bench.download->begin(test::key_number(1));
    const auto fed = feed(*bench.download, test::sealed(test::key_number(1), plain));
    BOOST_TEST_REQUIRE(!fed.has_value());
    BOOST_TEST((fed.error().code == Errc::disk_full));
    // All chunks of one write are lost together, so go on one by one until the disk is really full.
    Status status;
    const auto again = test::sealed(test::key_number(2), plain);
    bench.download->begin(test::key_number(2));
    while (status) {
      const auto at = static_cast<std::size_t>(bench.download->there().first_missing() * sealed_chunk);
      status = feed(*bench.download, to_bytes(ByteView(again).subspan(at, sealed_chunk)));
    }
    const auto there = bench.download->there().first_missing();
    BOOST_TEST(there >= 3U);
    BOOST_TEST(there < 20U);
    BOOST_TEST(::system(("mount -o remount,size=4m " + mount.string()).c_str()) == 0);
    bench.download->begin(test::key_number(3));
    const auto rest = test::sealed(test::key_number(3), plain);
    BOOST_TEST(feed(*bench.download, to_bytes(ByteView(rest).subspan(static_cast<std::size_t>(there * sealed_chunk))))
                   .has_value());
    BOOST_TEST(bench.download->is_complete());
    BOOST_TEST(bench.settle().has_value());
    BOOST_TEST((test::read_file(mount / "file.part") == plain));
    bench.download.reset();
    bench.sink.reset();
  }
  ::system(("umount " + mount.string()).c_str());
}

BOOST_AUTO_TEST_CASE(S04_when_the_journal_cannot_be_written_only_what_it_holds_counts) {
  const auto plain = test::random_bytes(random, 4 * chunk);
  const auto sealed = test::sealed(test::key_number(1), plain);
  Bench bench(plain.size());
  bench.download->begin(test::key_number(1));
  BOOST_TEST(feed(*bench.download, to_bytes(ByteView(sealed).first(sealed_chunk))).has_value());
  BOOST_TEST(bench.settle().has_value());
  BOOST_TEST(feed(*bench.download, to_bytes(ByteView(sealed).subspan(sealed_chunk, sealed_chunk))).has_value());
  {
    const SmallFilesOnly limit;   // the journal is larger already
    BOOST_TEST(!bench.settle().has_value());
  }
  bench.worker.until([&] { return bench.failure.has_value(); });
  BOOST_TEST(bench.download->there().first_missing() == 1U);
  BOOST_TEST(!feed(*bench.download, to_bytes(ByteView(sealed).subspan(2 * sealed_chunk, sealed_chunk))).has_value());
  bench.reopen();
  BOOST_TEST(bench.download->there().first_missing() == 1U);
}

BOOST_AUTO_TEST_CASE(it_may_go_away_while_a_sync_is_under_way) {
  const auto plain = test::random_bytes(random, 2 * chunk);
  Bench bench(plain.size());
  bench.download->begin(test::key_number(1));
  BOOST_TEST(feed(*bench.download, test::sealed(test::key_number(1), plain)).has_value());
  bool called = false;
  bench.download->settle([&](const Status&) { called = true; });
  bench.download.reset();
  bool answered = false;
  bench.worker.worker().run([] {}, [&] { answered = true; });
  bench.worker.until([&] { return answered; });
  BOOST_TEST(!called);
}

BOOST_AUTO_TEST_CASE(the_digest_of_a_file_is_computed_slice_by_slice) {
  test::ManualWorker worker;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1_MiB}, std::size_t{33_MiB} + 5}) {
    const auto plain = test::random_bytes(random, size);
    const auto wanted = std::make_shared<int>(0);
    std::optional<Result<Sha256Digest>> digest;
    compute_digest(
        worker.worker(), size,
        [&](std::uint64_t offset, MutableByteView into) -> Status {
          std::copy_n(plain.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
          return {};
        },
        wanted, [&](Result<Sha256Digest> result) { digest = std::move(result); });
    worker.until([&] { return digest.has_value(); });
    BOOST_TEST((digest->value() == sha256(plain)), "size " << size);
  }
}

BOOST_AUTO_TEST_CASE(a_digest_that_cannot_be_read_is_an_error) {
  test::ManualWorker worker;
  const auto wanted = std::make_shared<int>(0);
  std::optional<Result<Sha256Digest>> digest;
  compute_digest(
      worker.worker(), 100, [](std::uint64_t, MutableByteView) -> Status { return fail(Errc::io_failure, "x"); },
      wanted, [&](Result<Sha256Digest> result) { digest = std::move(result); });
  worker.until([&] { return digest.has_value(); });
  BOOST_TEST((digest->error().code == Errc::io_failure));
}

BOOST_AUTO_TEST_SUITE_END()
