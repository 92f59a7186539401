#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every reason that the engine or the relay in the window can give for an error is one the window has words for in its languages.

The reasons are read out of the sources: the text behind `Errc::…` where an error is made, with %s for what is not a literal."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Whose errors come before the user of the window. What `wire` and `crypto` say of bytes that are not what they should be is for the log.
SOURCES = ("netcore/session", "netcore/store", "netcore/transfer", "netcore/classic", "netcore/io", "netcore/base/unicode.cpp",
           "netcore/base/private_file_posix.cpp", "netcore/client.cpp", "netcore/client_without_classic.cpp", "relay/server.cpp",
           "gui/model/connections.cpp", "gui/model/invite.cpp")
# Of these nothing but the code is shown, or nobody sees them in a window.
NOT_SHOWN = {
    "netcore/io/http_server.cpp": "metrics of a relay that is started by itself",
    "netcore/classic/line_codec.cpp": "a line of the old wire that is none; the link says what cannot be used",
    "netcore/classic/cipher.cpp": "a text under another password is shown as unreadable",
}
STARTS = re.compile(r"\b(?:fail\(\s*Errc::(\w+)\s*,|Error\s*\{+\s*Errc::(\w+)\s*,|\{+Errc::(\w+)\s*,)")
FOR_THE_LOG = {"malformed", "crypto_failure", "digest_mismatch"}
NOT_IN_A_WINDOW = {"a socket that was handed over does not listen for TCP (%s)"}   # by whoever starts services
TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|\S')


def argument(text, start):
    """What stands from `start` to the end of the call or the braces."""
    depth = 0
    in_text = False
    at = start
    while at < len(text):
        letter = text[at]
        if in_text:
            if letter == "\\":
                at += 1
            elif letter == '"':
                in_text = False
        elif letter == '"':
            in_text = True
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            if depth == 0:
                break
            depth -= 1
        elif letter == "," and depth == 0:
            break
        at += 1
    return text[start:at]


def alternatives(expression):
    """Of `a ? b : c` both."""
    found = re.match(r'^(?:[^"?]|"[^"]*")*\?\s*(.*?)\s:\s(.*)$', expression, re.DOTALL)
    return [found.group(1), found.group(2)] if found else [expression]


def pattern(expression):
    """Its literals, with %s between them where something else is put in; None where it has none."""
    expression = expression.replace(".append(", "+(")
    parts, pending = [], False
    for token in TOKEN.finditer(expression):
        if token.group(1) is None:
            pending = pending or token.group(0) not in "+()"
            continue
        if pending:
            parts.append("%s")
        pending = False
        parts.append(token.group(1).replace('\\"', '"'))
    if pending:
        parts.append("%s")
    return "".join(parts) if any(part != "%s" for part in parts) else None


def reasons(path):
    text = re.sub(r"(?<!:)//[^\n]*", "", path.read_text())
    for found in STARTS.finditer(text):
        code = next(group for group in found.groups() if group)
        if code in FOR_THE_LOG:
            continue
        for each in alternatives(argument(text, found.end())):
            words = pattern(each)
            # A name, and the system's reason in brackets, need no words.
            if words is not None and words not in NOT_IN_A_WINDOW and words.replace("%s", "").strip(" ():") != "":
                yield code, words


def table(path, form):
    """The literals that stand first in the rows of a table, adjacent ones joined."""
    text = path.read_text()
    return ["".join(re.findall(r'"((?:[^"\\]|\\.)*)"', row)).replace('\\"', '"') for row in re.findall(form, text)]


class SentencesTest(unittest.TestCase):
    def test_every_reason_has_words_in_the_window(self):
        literal = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
        inputs = table(ROOT / "gui/model/input_trouble.cpp", r"Known\{\s*" + literal)
        details = table(ROOT / "gui/model/error_detail.cpp", r"to_translate\(\s*" + literal)
        self.assertGreater(len(inputs), 20)
        self.assertGreater(len(details), 20)

        def fits(words, form):
            return re.fullmatch(re.escape(form).replace("%s", ".+"), words) is not None

        # Also a reason that is put together: the table may have all that comes of it.
        def is_known(words, rows):
            return any(fits(words, row) or fits(row, words) for row in rows)
        missing, seen = [], 0
        for source in SOURCES:
            place = ROOT / source
            for path in sorted(place.rglob("*.cpp")) if place.is_dir() else [place]:
                name = str(path.relative_to(ROOT))
                if name in NOT_SHOWN:
                    continue
                for code, words in reasons(path):
                    seen += 1
                    if not is_known(words, inputs if code == "invalid_argument" else details):
                        missing.append(f"{name}: {code}: {words}")
        self.assertGreater(seen, 60)
        self.assertEqual([], missing, "no words for:\n" + "\n".join(missing))


if __name__ == "__main__":
    unittest.main()
