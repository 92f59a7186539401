// SPDX-License-Identifier: MIT
#include "netcore/wire/content.h"

#include <cassert>

#include "netcore/base/overloaded.h"

namespace coterie::content {
namespace {

bool fits_scope(Scope scope, const Body& body) {
  return std::visit(overloaded{[](const Text&) { return true; }, [](const Leave&) { return true; },
                               [](const Typing&) { return true; }, [](const Reaction&) { return true; },
                               [](const Edit&) { return true; }, [](const Delete&) { return true; },
                               [](const Reply&) { return true; }, [](const Unknown&) { return true; },
                               [&](const Keep&) { return scope == Scope::direct; },
                               [&](const Receipt&) { return scope == Scope::direct; },
                               [&](const FileOffer& o) { return scope == Scope::direct && o.size <= max_file_size; },
                               [&](const FileAnswer&) { return scope == Scope::direct; },
                               [&](const FileDone&) { return scope == Scope::direct; },
                               [&](const FileCancel&) { return scope == Scope::direct; }},
                    body);
}

}   // namespace

Bytes encode_content(const Content& content) {
  Bytes bytes;
  Writer writer(bytes);
  std::visit(
      [&](const auto& body) {
        using T = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<T, Unknown>) {
          assert(false && "an unknown kind is never sent");
        } else {
          writer.put(T::tag);
          write(writer, content.header);
          write(writer, body);
        }
      },
      content.body);
  return bytes;
}

Result<Content> decode_content(ByteView bytes) {
  Reader reader(bytes);
  const auto kind = reader.take<std::uint8_t>();
  Content content;
  read(reader, content.header);
  if (reader.failed()) return fail(Errc::malformed, "a content without its header");
  auto known = decode_tagged<Known>(kind, reader.rest());
  if (!known) return fail(Errc::malformed, "a content of kind " + std::to_string(kind));
  if (*known)
    std::visit([&](auto&& body) { content.body = std::move(body); }, std::move(**known));
  else
    content.body = Unknown{kind};
  if (!fits_scope(content.header.scope, content.body)) return fail(Errc::malformed, "a content in the wrong scope");
  return content;
}

bool is_counted(const Body& body) {
  return std::visit(overloaded{[](const Keep&) { return false; }, [](const Receipt&) { return false; },
                               [](const Text&) { return true; }, [](const FileOffer&) { return true; },
                               [](const FileAnswer&) { return true; }, [](const FileDone&) { return true; },
                               [](const FileCancel&) { return true; }, [](const Leave&) { return true; },
                               [](const Typing&) { return false; }, [](const Reaction&) { return true; },
                               [](const Edit&) { return true; }, [](const Delete&) { return true; },
                               [](const Reply&) { return true; }, [](const Unknown&) { return true; }},
                    body);
}

}   // namespace coterie::content
