#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What can be checked by reading: who includes whom, the first line of each file, marks of unfinished work, lengths."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# What the files of a folder may include of ours (HACKING.md, "The ladder"). The longest matching folder decides.
SESSION = ("netcore/session/engine.h", "netcore/session/command.h", "netcore/session/event.h")
LADDER = {
    "netcore/base": ("netcore/base/",),
    "netcore/wire": ("netcore/base/", "netcore/wire/"),
    "netcore/crypto": ("netcore/base/", "netcore/crypto/"),
    "netcore/io": ("netcore/base/", "netcore/io/"),
    "netcore/store": ("netcore/base/", "netcore/store/"),
    "netcore/transfer": ("netcore/base/", "netcore/wire/content.h", "netcore/crypto/", "netcore/transfer/"),
    "netcore/session": ("netcore/",),
    "netcore/classic": ("netcore/base/", "netcore/io/", "netcore/transfer/file_io.h", "netcore/transfer/safe_name.h", *SESSION,
                        "netcore/classic/"),
    "netcore": ("netcore/",),
    "relay": ("netcore/base/", "netcore/wire/frame.h", "netcore/wire/control.h", "netcore/io/", "netcore/store/database.h", "netcore/store/statements.h", "relay/"),
    "relay/classic": ("netcore/base/", "netcore/io/", "netcore/classic/line_codec.h", "relay/"),
    "cli": ("netcore/base/", *SESSION, "netcore/client.h", "netcore/io/event_loop.h", "cli/"),
    "gui": ("netcore/base/", *SESSION, "netcore/client.h", "netcore/io/event_loop.h", "gui/"),
    "gui/hosted_relay": ("netcore/base/", "relay/server.h", "gui/"),
}
# C libraries and where they are at home.
AT_HOME = {
    r"event2/": ("netcore/io/",),
    r"openssl/ssl": ("netcore/io/",),
    r"openssl/evp": ("netcore/crypto/", "netcore/io/"),
    r"sodium": ("netcore/crypto/",),
    r"sqlite3|SQLiteCpp/": ("netcore/store/", "relay/registry"),
    r"cryptopp/|crypto\+\+/": ("netcore/base/",),
}
MARKS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
LONGEST = 700


def sources():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True,
                            check=True).stdout.split("\n")
    for name in listed:
        path = ROOT / name
        if name and path.is_file() and (path.suffix in (".cpp", ".h", ".py", ".cmake") or path.name in ("CMakeLists.txt", "dev", "run")):
            yield name, path.read_text(encoding="utf-8")


def rung_of(name):
    folders = [folder for folder in LADDER if name.startswith((folder + "/", folder + "."))]
    return max(folders, key=len) if folders else None


def findings():
    for name, text in sources():
        lines = text.split("\n")
        is_cpp = name.endswith((".cpp", ".h"))
        if is_cpp and lines[0] != "// SPDX-License-Identifier: MIT":
            yield name, 1, "the first line is not the licence identifier"
        if name.endswith(".h") and "#pragma once" not in text:
            yield name, 1, "a header without #pragma once"
        if name.endswith((".cpp", ".h")) and len(lines) > LONGEST:
            yield name, LONGEST, f"longer than {LONGEST} lines: one idea may have become two"
        rung = rung_of(name)
        for number, line in enumerate(lines, 1):
            if name != "tests/lint.py" and MARKS.search(line):
                yield name, number, "a mark of unfinished work"
            if line != line.rstrip():
                yield name, number, "spaces at the end of the line"
            found = re.match(r'\s*#\s*include\s+["<]([^">]+)[">]', line)
            if not found:
                continue
            included = found.group(1)
            if rung and re.match(r"(netcore|relay|cli|gui)/", included) and not included.startswith(LADDER[rung]):
                yield name, number, f"{rung} does not include {included}"
            for library, homes in AT_HOME.items():
                if re.match(library, included) and not name.startswith((*homes, "tests/")):
                    yield name, number, f"{included} is at home in {', '.join(homes)}"


def catalogue():
    """The attacks of docs/security.md and the suites that try them: what is listed exists, and what exists is listed."""
    name = "docs/security.md"
    listed = {}
    for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").split("\n"), 1):
        row = re.match(r"\| ([A-Z]\d\d) \| .* \| ([^|]+) \|$", line)
        if not row:
            continue
        listed[row.group(1)] = set(re.findall(r"`([^`]+)`", row.group(2)))
        for suite in listed[row.group(1)]:
            folder, _, case = suite.partition(".")
            if not list((ROOT / "tests" / folder).glob(f"{case}_test.*")):
                yield name, number, f"there is no suite {suite}"
    for path in sorted((ROOT / "tests").glob("*/*_test.*")):
        suite = f"{path.parent.name}.{path.stem.removesuffix('_test')}"
        for case in re.findall(r"(?:TEST_CASE\(|def test_)((?:[A-Z]\d\d_)+)", path.read_text(encoding="utf-8")):
            for attack in case.strip("_").split("_"):
                if suite not in listed.get(attack, ()):
                    yield name, 1, f"{attack} is tried by {suite} and does not say so"


def main():
    found = [*findings(), *catalogue()]
    for name, number, what in found:
        print(f"{name}:{number}: {what}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
