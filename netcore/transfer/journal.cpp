// SPDX-License-Identifier: MIT
#include "netcore/transfer/journal.h"

#include <system_error>

#include "netcore/base/digest.h"
#include "netcore/crypto/file_stream.h"
#include "netcore/transfer/safe_name.h"

namespace coterie::transfer {
namespace {

// header: "CTJ1" ‖ file id 16 ‖ u64 size ‖ check 8 = H(L("coterie journal v1") ‖ what stands before)[0..8)
// record: u8 length of the body ‖ u8 kind ‖ body ‖ check 8 = H(L("coterie journal record v1") ‖ H(header) ‖ what stands before)[0..8)
constexpr std::string_view magic = "CTJ1";
constexpr std::size_t check_size = 8;
constexpr std::size_t header_size = 4 + FileId::size + 8 + check_size;
constexpr std::size_t record_head = 2;
// A range is recorded at most once a second and every few MiB: this is beyond any file allowed.
constexpr std::size_t max_journal = 256_MiB;

enum Kind : std::uint8_t {
  range = 1,     // u64 first ‖ u64 end
  placing = 2,   // name
};

Bytes make_header(const FileId& file, std::uint64_t size) {
  Bytes header = to_bytes(as_bytes(magic));
  append(header, file.view());
  append_be(header, size);
  append(header, labelled_hash("coterie journal v1", {header}).view().first(check_size));
  return header;
}

Sha256Digest record_check(const Sha256Digest& binding, ByteView head_and_body) {
  return labelled_hash("coterie journal record v1", {binding.view(), head_and_body});
}

struct Parsed {
  Journal::Content content;
  std::size_t good = 0;   // bytes up to the end of the last good record; 0: not a journal of this file
};

Parsed parse(ByteView bytes, const FileId& file, std::uint64_t size) {
  Parsed parsed;
  const auto header = make_header(file, size);
  if (bytes.size() < header_size || !std::equal(header.begin(), header.end(), bytes.begin())) return parsed;
  const auto binding = sha256(header);
  const auto chunks = crypto::chunk_count(size);
  parsed.good = header_size;
  for (auto rest = bytes.subspan(header_size); rest.size() >= record_head;) {
    const std::size_t body_size = rest[0];
    const auto whole = record_head + body_size + check_size;
    if (rest.size() < whole) break;
    const auto check = record_check(binding, rest.first(record_head + body_size));
    if (!std::equal(check.bytes.begin(), check.bytes.begin() + check_size,
                    rest.begin() + static_cast<std::ptrdiff_t>(record_head + body_size)))
      break;
    const auto body = rest.subspan(record_head, body_size);
    if (rest[1] == range && body.size() == 16) {
      const ChunkRange synced{load_be<std::uint64_t>(body.data()), load_be<std::uint64_t>(body.data() + 8)};
      if (synced.first >= synced.end || synced.end > chunks) break;
      parsed.content.chunks.add(synced);
    } else if (rest[1] == placing && safe_name(as_text(body)) == as_text(body)) {
      parsed.content.placed_as = as_text(body);
    } else {
      break;
    }
    parsed.good += whole;
    rest = rest.subspan(whole);
  }
  return parsed;
}

}   // namespace

Journal::Content Journal::load(const std::filesystem::path& path, const FileId& file, std::uint64_t size) {
  const auto bytes = read_whole_file(path, max_journal);
  return bytes ? parse(*bytes, file, size).content : Content();
}

Result<Journal> Journal::open(const std::filesystem::path& path, const FileId& file, std::uint64_t size,
                              Content& content) {
  content = {};
  const auto bytes = read_whole_file(path, max_journal);
  auto parsed = bytes ? parse(*bytes, file, size) : Parsed();
  if (parsed.good == 0) return start(path, file, size);
  auto opened = AppendFile::open(path, parsed.good);
  if (!opened) return tl::unexpected(opened.error());
  content = std::move(parsed.content);
  return Journal(std::move(*opened), sha256(make_header(file, size)));
}

Result<Journal> Journal::start(const std::filesystem::path& path, const FileId& file, std::uint64_t size) {
  const auto header = make_header(file, size);
  if (auto written = write_whole_file(path, header); !written) return tl::unexpected(written.error());
  auto opened = AppendFile::open(path, header.size());
  if (!opened) return tl::unexpected(opened.error());
  return Journal(std::move(*opened), sha256(header));
}

Status Journal::append(ChunkRange synced) {
  Bytes body;
  append_be(body, synced.first);
  append_be(body, synced.end);
  return append_record(range, body);
}

Status Journal::append_placing(const std::string& name) {
  if (auto appended = append_record(placing, as_bytes(name)); !appended) return appended;
  return file_.sync();
}

Status Journal::append_record(std::uint8_t kind, ByteView body) {
  Bytes record{static_cast<std::uint8_t>(body.size()), kind};
  coterie::append(record, body);
  coterie::append(record, record_check(binding_, record).view().first(check_size));
  return file_.append(record);
}

void Journal::remove(const std::filesystem::path& path) {
  std::error_code ignored;   // one that stays behind is bound to its file and harms nobody
  std::filesystem::remove(path, ignored);
}

}   // namespace coterie::transfer
