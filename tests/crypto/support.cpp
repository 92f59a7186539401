// SPDX-License-Identifier: MIT
#include "support.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "netcore/crypto/aead.h"

namespace coterie::test {
namespace {

struct PreparedLibrary {
  PreparedLibrary() { crypto::initialise(); }
};
BOOST_TEST_GLOBAL_FIXTURE(PreparedLibrary);

}   // namespace

Bytes unhex(std::string_view hex) {
  auto bytes = from_hex(hex);
  if (!bytes) throw std::runtime_error("not hexadecimal: " + std::string(hex));
  return std::move(*bytes);
}

Bytes unhex(const Json& object, const char* member) { return unhex(object.at(member).get<std::string>()); }

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

Json committed_vectors(std::string_view name) {
  const char* source = std::getenv("COTERIE_SOURCE");
  if (source == nullptr) throw std::runtime_error("COTERIE_SOURCE must name the root of the project");
  return Json::parse(read_whole(std::filesystem::path(source) / "tests" / "vectors" / name));
}

std::optional<std::filesystem::path> foreign_folder() {
  const char* folder = std::getenv("COTERIE_VECTORS");
  if (folder != nullptr && std::filesystem::is_directory(folder)) return folder;
  const std::string test_case = boost::unit_test::framework::current_test_case().full_name();
  std::cerr << "SKIPPED: " << test_case << ": no folder of foreign vectors (COTERIE_VECTORS)" << std::endl;
  BOOST_TEST_MESSAGE("SKIPPED: " << test_case);
  return std::nullopt;
}

std::optional<Json> foreign_vectors(std::string_view path) {
  const auto folder = foreign_folder();
  if (!folder) return std::nullopt;
  return Json::parse(read_whole(*folder / path));
}

void check_ran(std::string_view what, std::size_t ran, std::size_t expected) {
  std::cout << what << ": " << ran << " vectors" << std::endl;
  BOOST_TEST(ran >= expected, what << ": only " << ran << " of " << expected << " vectors ran");
}

Bytes pattern(std::size_t size, std::uint8_t seed) {
  Bytes bytes(size);
  std::uint32_t state = 0x9e3779b9U + seed;
  for (auto& byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<std::uint8_t>(state >> 24U);
  }
  return bytes;
}

}   // namespace coterie::test
