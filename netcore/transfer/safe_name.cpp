// SPDX-License-Identifier: MIT
#include "netcore/transfer/safe_name.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdio>

#include "netcore/base/unicode.h"

namespace coterie::transfer {
namespace {

constexpr std::size_t max_extension = 32;   // longer ones are no extension but text after a dot
constexpr std::size_t max_user = 64;

constexpr std::string_view forbidden_on_windows = "<>:\"|?*";

// Characters that look like a path separator, or become one in a careless conversion.
bool is_disguised_separator(char32_t c) {
  constexpr std::array<char32_t, 9> list = {0x2044, 0x2215, 0x2216, 0x29F5, 0x29F8, 0x29F9, 0xFE68, 0xFF0F, 0xFF3C};
  return std::find(list.begin(), list.end(), c) != list.end();
}

bool is_dropped(char32_t c) {
  // Noncharacters, and the plane of invisible tags and variation selectors, assigned or not.
  if ((c & 0xFFFEU) == 0xFFFEU || (c >= 0xFDD0 && c <= 0xFDEF) || (c >= 0xE0000 && c <= 0xE0FFF)) return true;
  switch (classify(c)) {
    case CharClass::control:
    case CharClass::format:
    case CharClass::separator:
    case CharClass::surrogate:
    case CharClass::private_use: return true;
    case CharClass::ordinary:
    case CharClass::unassigned: return false;
  }
  return true;
}

// Everything that concerns single characters.
std::string cleaned(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for_each_code_point(text, [&](char32_t c, std::string_view bytes) {
    if (is_dropped(c)) return;
    const bool replaced = (c < 0x80 && forbidden_on_windows.find(static_cast<char>(c)) != std::string_view::npos) ||
                          is_disguised_separator(c);
    clean.append(replaced ? "_" : bytes);
  });
  return clean;
}

void strip_trailing(std::string& name) {
  while (!name.empty() && (name.back() == ' ' || name.back() == '.')) name.pop_back();
}

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (auto& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

// Names that mean a device on Windows, whatever follows the first '.' and whatever spaces stand before it.
bool is_device_name(std::string_view name) {
  auto stem = name.substr(0, name.find('.'));
  while (!stem.empty() && stem.back() == ' ') stem.remove_suffix(1);
  const auto lower = ascii_lower(stem);
  constexpr std::array<std::string_view, 6> plain = {"con", "prn", "aux", "nul", "conin$", "conout$"};
  if (std::find(plain.begin(), plain.end(), lower) != plain.end()) return true;
  if (!lower.starts_with("com") && !lower.starts_with("lpt")) return false;
  const auto digit = std::string_view(lower).substr(3);
  constexpr std::array<std::string_view, 3> superscripts = {"\xC2\xB9", "\xC2\xB2",
                                                            "\xC2\xB3"};   // U+00B9, U+00B2, U+00B3
  return (digit.size() == 1 && digit[0] >= '0' && digit[0] <= '9') ||
         std::find(superscripts.begin(), superscripts.end(), digit) != superscripts.end();
}

// The longest front of valid UTF-8 with at most `limit` bytes that ends on a character border.
std::string_view front_of(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) --limit;
  return text.substr(0, limit);
}

std::string cut(std::string_view name, std::size_t limit) {
  if (name.size() <= limit) return std::string(name);
  const auto extension = extension_of(name);
  const auto stem = name.substr(0, name.size() - extension.size());
  if (extension.size() > max_extension || extension.size() >= limit || stem.empty())
    return std::string(front_of(name, limit));
  return std::string(front_of(stem, limit - extension.size())).append(extension);
}

// The rules about the name as a whole, each of which can bring another one back into play: applied until nothing changes.
std::string settled(std::string name, std::size_t limit) {
  for (;;) {
    auto next = name;
    strip_trailing(next);
    if (next.empty()) return "file";
    if (next.front() == '.' || next.front() == '-' || next.front() == '~') next.front() = '_';
    if (is_device_name(next)) next.insert(0, 1, '_');
    next = cut(next, limit);
    if (next == name) return name;
    name = std::move(next);
  }
}

}   // namespace

std::string safe_name(std::string_view offered) {
  if (const auto separator = offered.find_last_of("/\\"); separator != std::string_view::npos)
    offered.remove_prefix(separator + 1);
  return settled(cleaned(offered), max_name);
}

std::string received_name(const std::tm& local_time, std::string_view from_user, std::string_view name) {
  std::string user(from_user);
  std::replace_if(
      user.begin(), user.end(), [](char c) { return c == '/' || c == '\\'; }, '_');
  user = settled(cleaned(user), max_user);

  std::array<char, 96> stamp{};
  std::snprintf(stamp.data(), stamp.size(), "%04d%02d%02d_%02d%02d%02d_", local_time.tm_year + 1900,
                local_time.tm_mon + 1, local_time.tm_mday, local_time.tm_hour, local_time.tm_min, local_time.tm_sec);
  auto whole = std::string(stamp.data()).append(user).append("_");
  assert(whole.size() + max_extension < max_name);
  whole.append(settled(safe_name(name), max_name - whole.size()));
  return whole;
}

std::string shortened_name(std::string_view name, std::size_t limit) {
  auto valid = replace_invalid_utf8(name);
  return cut(valid, limit);
}

std::string numbered_name(const std::string& name, unsigned number) {
  const auto suffix = " (" + std::to_string(number) + ")";
  const auto extension = extension_of(name);
  const auto short_extension = extension.size() > max_extension ? std::string_view() : extension;
  const auto stem = std::string_view(name).substr(0, name.size() - short_extension.size());
  const auto room = max_name - suffix.size() - short_extension.size();
  return std::string(front_of(stem, room)).append(suffix).append(short_extension);
}

std::string_view extension_of(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : name.substr(dot);
}

bool is_executable_type(std::string_view name) {
  // In alphabetical order. Programs, scripts, documents with macros, installers, shortcuts, and what a desktop acts upon when it is
  // opened; not what merely may hold a program (.bin, .iso, .zip).
  static constexpr auto list = std::to_array<std::string_view>(
      {"action",      "air",       "apk",        "app",        "appimage", "appinstaller",
       "application", "appref-ms", "appx",       "appxbundle", "bash",     "bat",
       "chm",         "cmd",       "com",        "command",    "cpl",      "csh",
       "deb",         "desktop",   "dll",        "dmg",        "docm",     "dotm",
       "dylib",       "elf",       "exe",        "fish",       "flatpak",  "flatpakref",
       "gadget",      "hta",       "inf",        "ins",        "inx",      "ipa",
       "isp",         "jar",       "jnlp",       "job",        "js",       "jse",
       "kext",        "ksh",       "library-ms", "lnk",        "mpkg",     "msc",
       "msi",         "msix",      "msp",        "mst",        "osx",      "pif",
       "pkg",         "pl",        "potm",       "ppam",       "ppsm",     "pptm",
       "ps1",         "psc1",      "psm1",       "py",         "pyc",      "pyw",
       "pyz",         "rb",        "reg",        "rgs",        "rpm",      "run",
       "scf",         "scpt",      "scr",        "sct",        "service",  "settingcontent-ms",
       "sh",          "shb",       "shs",        "sldm",       "snap",     "so",
       "sys",         "terminal",  "tool",       "url",        "vb",       "vba",
       "vbe",         "vbs",       "workflow",   "ws",         "wsf",      "wsh",
       "xlam",        "xll",       "xlsm",       "xltm",       "zsh"});
  auto extension = extension_of(name);
  if (extension.empty()) return false;
  extension.remove_prefix(1);
  const auto lower = ascii_lower(extension);
  return std::binary_search(list.begin(), list.end(), lower);
}

}   // namespace coterie::transfer
