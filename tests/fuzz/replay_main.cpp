// SPDX-License-Identifier: MIT
// Runs a fuzz target without a fuzzer: every file of a corpus, then mutations of them, always the same ones for a given number.
//   fuzz_<target> FOLDER [MUTATIONS]
// An input that ends the process is written to "crash-<target>.bin" in the working directory first, so that it can be kept.
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <random>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

const Input* running = nullptr;

void keep_and_die(int signal) {
  const int file = open(FUZZ_CRASH_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file >= 0 && running != nullptr && write(file, running->data(), running->size()) < 0) std::abort();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const Input& input) {
  running = &input;
  // A copy of its own length, so that a read behind the end is seen by the sanitizers.
  const auto exact = std::make_unique<std::uint8_t[]>(std::max<std::size_t>(input.size(), 1));
  std::copy(input.begin(), input.end(), exact.get());
  LLVMFuzzerTestOneInput(exact.get(), input.size());
  running = nullptr;
}

std::vector<Input> read_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Input> corpus;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return corpus;
}

class Mutator {
 public:
  Input mutate(const std::vector<Input>& corpus) {
    auto input = corpus[below(corpus.size())];
    for (auto steps = 1 + below(4); steps > 0; --steps) step(input, corpus);
    if (input.size() > longest) input.resize(longest);
    return input;
  }

 private:
  static constexpr std::size_t longest = 8192;
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }
  std::uint8_t byte() {
    static constexpr std::uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xff};
    return below(2) == 0 ? telling[below(std::size(telling))] : static_cast<std::uint8_t>(random_());
  }

  void step(Input& input, const std::vector<Input>& corpus) {
    const auto at = static_cast<std::ptrdiff_t>(below(input.size() + 1));
    switch (below(7)) {
      case 0:   // one bit
        if (!input.empty()) input[below(input.size())] ^= static_cast<std::uint8_t>(1U << below(8));
        break;
      case 1:   // one byte
        if (!input.empty()) input[below(input.size())] = byte();
        break;
      case 2:   // a number at a border
        for (auto i = static_cast<std::size_t>(at), end = std::min(input.size(), i + (1U << below(4))); i < end; ++i)
          input[i] = below(2) == 0 ? 0xff : 0;
        break;
      case 3: input.insert(input.begin() + at, 1 + below(16), byte()); break;
      case 4:
        input.erase(
            input.begin() + at,
            input.begin() + at + static_cast<std::ptrdiff_t>(below(input.size() - static_cast<std::size_t>(at) + 1)));
        break;
      case 5: {   // a part of another input
        const auto& other = corpus[below(corpus.size())];
        const auto from = below(other.size());
        const auto length = below(other.size() - from + 1);
        const auto begin = other.begin() + static_cast<std::ptrdiff_t>(from);
        input.insert(input.begin() + at, begin, begin + static_cast<std::ptrdiff_t>(length));
        break;
      }
      default:   // a part of itself again
        if (!input.empty()) {
          const auto from = below(input.size());
          const Input part(input.begin() + static_cast<std::ptrdiff_t>(from),
                           input.begin() + static_cast<std::ptrdiff_t>(from + 1 + below(input.size() - from)));
          input.insert(input.begin() + at, part.begin(), part.end());
        }
        break;
    }
  }

  std::mt19937_64 random_{20'260'101};
};

}   // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::cerr << "usage: " << argv[0] << " FOLDER [MUTATIONS]\n";
    return 2;
  }
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS}) std::signal(signal, keep_and_die);
  const auto corpus = read_corpus(argv[1]);
  if (corpus.empty()) {
    std::cerr << argv[1] << " holds no inputs\n";
    return 1;
  }
  const auto mutations = argc == 3 ? std::strtoul(argv[2], nullptr, 10) : 0;
  run({});
  for (const auto& input : corpus) run(input);
  Mutator mutator;
  for (unsigned long i = 0; i < mutations; ++i) run(mutator.mutate(corpus));
  std::cout << corpus.size() << " inputs and " << mutations << " mutations of them\n";
  return 0;
}
