// SPDX-License-Identifier: MIT
// Text as people type it: validity, normalisation, and the characters that have no business in a name (utf8proc).
#pragma once

#include <functional>

#include "netcore/base/result.h"

namespace coterie {

// Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text);

// Number of code points of valid UTF-8.
std::size_t count_code_points(std::string_view text);

// Every byte that is not part of valid UTF-8 becomes U+FFFD.
std::string replace_invalid_utf8(std::string_view text);

// Normalisation form C. Fails on invalid UTF-8.
Result<std::string> to_nfc(std::string_view text);

// Full case folding followed by NFC: two user ids that differ only in case fold to the same bytes.
Result<std::string> casefold(std::string_view text);

enum class CharClass { ordinary, control, format, separator, surrogate, private_use, unassigned };
CharClass classify(char32_t code_point);

// Calls `visit` for every code point of valid UTF-8 text with the bytes it occupies.
void for_each_code_point(std::string_view text, const std::function<void(char32_t, std::string_view)>& visit);

std::string encode_utf8(char32_t code_point);

// Valid, and no control (Cc), format (Cf), line or paragraph separator (Zl, Zp), private or unassigned character; but ZWNJ is allowed
// between two Arabic letters that would be joined without it, as Persian spelling wants it.
bool is_plain_name(std::string_view text);

// For message text: keeps newlines and tabs, format characters that scripts and emoji need (ZWNJ, ZWJ, LRM, RLM, the visible
// signs of some scripts) and everything printable; other control characters, noncharacters and invalid bytes become U+FFFD, CR
// and CR LF become LF. Idempotent.
std::string clean_message_text(std::string_view text);

// For terminals and logs: control, format (but ZWNJ as above), separator, unassigned characters and invalid bytes as \xNN; the rest as it is. At
// most `limit` bytes, with "..." in place of what does not fit.
std::string escape_unprintable(std::string_view text, std::size_t limit = std::string_view::npos);

// The names and passwords of protocol.md S3 and S4, normalised, or what is wrong with them in one clause.
Result<std::string> parse_name(std::string_view what, std::string_view text,
                               std::size_t max_bytes);         // `what` begins the clause
Result<std::string> parse_group_name(std::string_view text);   // 1..64 bytes NFC
Result<std::string> parse_user_id(std::string_view text);      // 1..32 characters, <= 64 bytes NFC
Result<std::string> parse_password(std::string_view text);     // 8..128 bytes NFC

}   // namespace coterie
