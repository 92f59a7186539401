// SPDX-License-Identifier: MIT
#include "netcore/base/unicode.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

#include "netcore/base/bytes.h"

namespace coterie {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";   // U+FFFD

// Decodes one code point at `at`; returns its length in bytes, or 0 if the bytes there are not UTF-8.
std::size_t decode_one(std::string_view text, std::size_t at, char32_t& code_point) {
  utf8proc_int32_t value = -1;
  const auto* from = reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at;
  const auto length = utf8proc_iterate(from, static_cast<utf8proc_ssize_t>(text.size() - at), &value);
  if (length <= 0 || value < 0) return 0;
  code_point = static_cast<char32_t>(value);
  return static_cast<std::size_t>(length);
}

Result<std::string> map(std::string_view text, int options) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &mapped, static_cast<utf8proc_option_t>(options));
  if (length < 0) return fail(Errc::invalid_argument, "the text is not valid UTF-8");
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  return std::string(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length));
}

// ZWNJ, ZWJ, LRM, RLM; and the signs of Arabic, Syriac and Kaithi that are format characters by name only: they are seen.
bool is_wanted_format(char32_t c) {
  return (c >= 0x200C && c <= 0x200F) || (c >= 0x0600 && c <= 0x0605) || c == 0x06DD || c == 0x070F || c == 0x0890 ||
         c == 0x0891 || c == 0x08E2 || c == 0x110BD || c == 0x110CD;
}

}   // namespace

bool is_valid_utf8(std::string_view text) {
  char32_t code_point = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto length = decode_one(text, at, code_point);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::size_t count_code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  char32_t code_point = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto length = decode_one(text, at, code_point);
    if (length == 0) {
      clean.append(replacement);
      ++at;
    } else {
      clean.append(text.substr(at, length));
      at += length;
    }
  }
  return clean;
}

Result<std::string> to_nfc(std::string_view text) { return map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE); }

Result<std::string> casefold(std::string_view text) {
  return map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
}

CharClass classify(char32_t code_point) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
    case UTF8PROC_CATEGORY_CC: return CharClass::control;
    case UTF8PROC_CATEGORY_CF: return CharClass::format;
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return CharClass::separator;
    case UTF8PROC_CATEGORY_CS: return CharClass::surrogate;
    case UTF8PROC_CATEGORY_CO: return CharClass::private_use;
    case UTF8PROC_CATEGORY_CN: return CharClass::unassigned;
    default: return CharClass::ordinary;
  }
}

void for_each_code_point(std::string_view text, const std::function<void(char32_t, std::string_view)>& visit) {
  char32_t code_point = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto length = decode_one(text, at, code_point);
    if (length == 0) {
      ++at;
      continue;
    }
    visit(code_point, text.substr(at, length));
    at += length;
  }
}

std::string encode_utf8(char32_t code_point) {
  utf8proc_uint8_t buffer[4];
  const auto length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), buffer);
  return {reinterpret_cast<const char*>(buffer), static_cast<std::size_t>(length)};
}

namespace {

constexpr char32_t zwnj = 0x200C;

bool is_arabic_letter(char32_t c) {
  const bool in_block = (c >= 0x0620 && c <= 0x064A) || (c >= 0x066E && c <= 0x06D5) || (c >= 0x06EE && c <= 0x06FF);
  return in_block && utf8proc_category(static_cast<utf8proc_int32_t>(c)) == UTF8PROC_CATEGORY_LO && c != 0x0621 &&
         c != 0x0674;
}

// Unicode's Joining_Type R: joined to what stands before them, never to what follows.
bool joins_backwards_only(char32_t c) {
  return (c >= 0x0622 && c <= 0x0625) || c == 0x0627 || c == 0x0629 || (c >= 0x062F && c <= 0x0632) || c == 0x0648 ||
         (c >= 0x0671 && c <= 0x0673) || (c >= 0x0675 && c <= 0x0677) || (c >= 0x0688 && c <= 0x0699) || c == 0x06C0 ||
         (c >= 0x06C3 && c <= 0x06CB) || c == 0x06CD || c == 0x06CF || (c >= 0x06D2 && c <= 0x06D5) || c == 0x06EE ||
         c == 0x06EF;
}

// RFC 5892, appendix A.1, for the Arabic script: between two letters that would be joined the sign can be seen, and is part of how
// Persian is spelt. Anywhere else it would hide.
bool parts_letters(char32_t before, char32_t after) {
  return is_arabic_letter(before) && !joins_backwards_only(before) && is_arabic_letter(after);
}

}   // namespace

bool is_plain_name(std::string_view text) {
  if (!is_valid_utf8(text)) return false;
  bool plain = true;
  char32_t before = 0;
  char32_t last = 0;
  for_each_code_point(text, [&](char32_t c, std::string_view) {
    if (last == zwnj) plain = plain && parts_letters(before, c);
    plain = plain && (c == zwnj || classify(c) == CharClass::ordinary);
    before = std::exchange(last, c);
  });
  return plain && last != zwnj;
}

std::string clean_message_text(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  bool after_cr = false;
  for_each_code_point(replace_invalid_utf8(text), [&](char32_t c, std::string_view bytes) {
    const bool was_after_cr = std::exchange(after_cr, false);
    if (c == '\r') {
      clean.push_back('\n');
      after_cr = true;
    } else if (c == '\n') {
      if (!was_after_cr) clean.push_back('\n');
    } else if (c == '\t') {
      clean.push_back('\t');
    } else {
      const auto kind = classify(c);
      const bool bad = kind == CharClass::control || kind == CharClass::separator || kind == CharClass::surrogate ||
                       (kind == CharClass::format && !is_wanted_format(c)) || (c & 0xFFFEU) == 0xFFFEU;
      clean.append(bad ? replacement : bytes);
    }
  });
  return clean;
}

std::string escape_unprintable(std::string_view text, std::size_t limit) {
  static constexpr std::string_view mark = "...";
  std::string safe;
  std::size_t fits = 0;   // how much of `safe` leaves room for the mark
  char32_t code_point = 0;
  char32_t before = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto length = decode_one(text, at, code_point);
    const auto bytes = text.substr(at, std::max<std::size_t>(length, 1));
    const auto kind = length > 0 ? classify(code_point) : CharClass::control;
    bool printable = kind == CharClass::ordinary || kind == CharClass::private_use;
    if (code_point == zwnj && length > 0) {
      char32_t next = 0;
      printable = decode_one(text, at + length, next) > 0 && parts_letters(before, next);
    }
    before = length > 0 ? code_point : 0;
    if (printable)
      safe.append(bytes);
    else
      for (const char byte : bytes) safe.append("\\x").append(to_hex(as_bytes({&byte, 1})));
    if (safe.size() > limit) {
      safe.resize(fits);
      return safe.append(mark.substr(0, limit - fits));
    }
    if (safe.size() + mark.size() <= limit) fits = safe.size();
    at += bytes.size();
  }
  return safe;
}

namespace {}   // namespace

Result<std::string> parse_name(std::string_view what, std::string_view text, std::size_t max_bytes) {
  auto name = to_nfc(text);
  const std::string subject(what);
  if (!name) return fail(Errc::invalid_argument, subject + " is not valid UTF-8");
  if (name->empty()) return fail(Errc::invalid_argument, subject + " is empty");
  if (name->size() > max_bytes)
    return fail(Errc::invalid_argument, subject + " is longer than " + std::to_string(max_bytes) + " bytes");
  if (!is_plain_name(*name)) return fail(Errc::invalid_argument, subject + " holds an invisible or control character");
  if (name->front() == ' ' || name->back() == ' ')
    return fail(Errc::invalid_argument, subject + " begins or ends with a space");
  // Of the spaces only U+0020 is allowed: the others look like it.
  bool odd_space = name->find("  ") != std::string::npos;
  for_each_code_point(*name, [&](char32_t c, std::string_view) {
    odd_space = odd_space || (c != ' ' && utf8proc_category(static_cast<utf8proc_int32_t>(c)) == UTF8PROC_CATEGORY_ZS);
  });
  if (odd_space) return fail(Errc::invalid_argument, subject + " holds unusual or doubled spaces");
  return name;
}

Result<std::string> parse_group_name(std::string_view text) { return parse_name("the group name", text, 64); }

Result<std::string> parse_user_id(std::string_view text) {
  auto name = parse_name("the user id", text, 64);
  if (name && count_code_points(*name) > 32)
    return fail(Errc::invalid_argument, "the user id is longer than 32 characters");
  return name;
}

Result<std::string> parse_password(std::string_view text) {
  auto password = to_nfc(text);
  if (!password) return fail(Errc::invalid_argument, "the password is not valid UTF-8");
  if (password->size() < 8) return fail(Errc::invalid_argument, "the password is shorter than 8 characters");
  if (password->size() > 128) return fail(Errc::invalid_argument, "the password is longer than 128 bytes");
  return password;
}

}   // namespace coterie
