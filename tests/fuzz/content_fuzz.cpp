// SPDX-License-Identifier: MIT
// What members say to each other, before sealing: any bytes. What is accepted keeps the rules of its header and encodes to the
// same bytes again, except that a kind of a later version is only taken note of.
#include <cassert>

#include "netcore/wire/content.h"

using namespace coterie;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  const auto content = content::decode_content(bytes);
  if (!content) return 0;
  if (const auto* unknown = std::get_if<content::Unknown>(&content->body)) {
    assert(unknown->kind == bytes[0]);
    return 0;
  }
  assert(content::encode_content(*content) == to_bytes(bytes));
  if (const auto* text = std::get_if<content::Text>(&content->body)) assert(text->text->size() <= content::max_text);
  if (const auto* offer = std::get_if<content::FileOffer>(&content->body)) {
    assert(content->header.scope == content::Scope::direct);
    assert(offer->size <= content::max_file_size && offer->name->size() <= content::max_file_name);
  }
  (void)content::is_counted(content->body);
  return 0;
}
