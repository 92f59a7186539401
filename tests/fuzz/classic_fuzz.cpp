// SPDX-License-Identifier: MIT
// A stream of classic mode. The first byte says where the writes end; the rest is the stream. However it arrives, the same lines and
// bodies come out; a line that reads is written as one that reads the same.
#include <cassert>
#include <string>

#include "netcore/classic/line_codec.h"

using namespace coterie;
using namespace coterie::classic;

namespace {

constexpr std::size_t longest = 300;   // so that short inputs reach the limit

struct Story {
  std::string told;
  std::optional<Errc> error;
  bool operator==(const Story&) const = default;
};

struct Reader {
  [[nodiscard]] bool wants_more() const { return budget != 0; }
  Result<std::uint64_t> on_line(std::string_view text) {
    if (budget > 0) --budget;
    assert(text.size() <= longest && text.find('\n') == std::string_view::npos);
    told.append("<").append(text).append(">");
    const auto line = parse_line(text);
    if (!line) return tl::unexpected(line.error());
    if (!std::holds_alternative<Nothing>(*line)) {
      const auto written = format_line(*line);
      assert(written.ends_with('\n') && written.find('\n') == written.size() - 1);
      const auto again = parse_line(std::string_view(written).substr(0, written.size() - 1));
      assert(again && *again == *line);
    }
    if (const auto* message = std::get_if<Message>(&*line)) return message->size;
    if (const auto* file = std::get_if<File>(&*line)) return file->size;
    return 0;
  }
  void on_body(ByteView piece, std::uint64_t left) {
    if (budget > 0) --budget;
    assert(!piece.empty());
    told.append(as_text(piece));
    if (left == 0) told.append("|");
  }

  int budget = -1;
  std::string told;
};

Story read_whole(ByteView stream) {
  StreamCutter cutter(longest);
  Reader reader;
  const auto taken = cutter.cut(stream, reader);
  assert(!taken || *taken == stream.size());
  return {.told = reader.told, .error = taken ? std::nullopt : std::optional(taken.error().code)};
}

Story read_in_pieces(ByteView stream, std::uint32_t state) {
  const auto next = [&] { return (state = state * 1'664'525U + 1'013'904'223U) >> 24U; };
  StreamCutter cutter(longest);
  Reader reader;
  std::size_t begin = 0;
  std::size_t end = 0;
  while (begin < stream.size()) {
    end = std::min<std::size_t>(stream.size(), std::max(end, begin) + next() % 40);
    reader.budget = static_cast<int>(next() % 3);
    const auto taken = cutter.cut(stream.subspan(begin, end - begin), reader);
    if (!taken) return {.told = reader.told, .error = taken.error().code};
    assert(*taken <= end - begin && (reader.budget == 0 || *taken == end - begin));
    begin += *taken;
  }
  return {.told = reader.told, .error = std::nullopt};
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto stream = ByteView(data, size).subspan(1);
  assert(read_in_pieces(stream, data[0]) == read_whole(stream));
  return 0;
}
