// SPDX-License-Identifier: MIT
// What the tests of this rung share: vectors from files, hexadecimal, and short words for failures.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string>

#include "netcore/base/bytes.h"
#include "netcore/base/result.h"

namespace coterie::test {

using Json = nlohmann::json;

// Throws on anything that is not hexadecimal, which fails the test.
Bytes unhex(std::string_view hex);
Bytes unhex(const Json& object, const char* member);

template <class IdType>
IdType id_of(const Json& object, const char* member) {
  return IdType::from(unhex(object, member));
}

std::string read_whole(const std::filesystem::path& path);

// A file of tests/vectors; it must be there.
Json committed_vectors(std::string_view name);

// The folder of other projects' vectors (COTERIE_VECTORS). Where there is none it says so loudly and gives nothing; a
// file missing inside a folder that exists fails the test.
std::optional<std::filesystem::path> foreign_folder();
std::optional<Json> foreign_vectors(std::string_view path);

// Reports how many vectors ran; fewer than expected fails the test.
void check_ran(std::string_view what, std::size_t ran, std::size_t expected);

template <class T>
bool fails_with(const Result<T>& result, Errc code) {
  return !result && result.error().code == code;
}

// `size` bytes that differ from place to place and from seed to seed.
Bytes pattern(std::size_t size, std::uint8_t seed = 0);

}   // namespace coterie::test
