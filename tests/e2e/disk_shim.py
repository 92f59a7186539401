# SPDX-License-Identifier: MIT
"""What disk_shim.cpp wrote down, and how a power cut would have left the files."""

import os
import pathlib
import struct


def library():
    """Where it was built; None where it was not."""
    path = pathlib.Path(os.environ.get("COTERIE_BUILD", "build/dev")) / "tests" / "e2e" / "libdisk_shim.so"
    return str(path.resolve()) if path.exists() else None


def records(log):
    data = pathlib.Path(log).read_bytes()
    at = 0

    def number():
        nonlocal at
        value = struct.unpack_from("=Q", data, at)[0]
        at += 8
        return value

    def text():
        nonlocal at
        size = number()
        value = data[at:at + size]
        if len(value) != size:
            raise struct.error("cut off")
        at += size
        return value

    while at < len(data):
        kind = data[at:at + 1]
        at += 1
        try:
            path = text().decode()
            if kind == b"W":
                yield kind, path, (number(), number(), text(), text())
            elif kind == b"T":
                yield kind, path, (number(), number(), text())
            else:
                yield kind, path, ()
        except struct.error:
            return   # the program was killed while it wrote this; what it is about had not happened yet


def cut_power(log, random):
    """Takes back what was written and never flushed; of that, each write is on the disk all the same or not, in any order, as
    happens to pages in a cache. Returns how many writes were lost."""
    unflushed = {}
    for kind, path, what in records(log):
        if kind == b"F":
            unflushed.pop(path, None)
        else:
            unflushed.setdefault(path, []).append((kind, what))
    lost = 0
    for path, changes in unflushed.items():
        # Under the name it has now: what was made under another name was flushed before it got this one.
        if not os.path.exists(path) or path.endswith("-shm"):
            continue
        with open(path, "r+b") as file:
            for kind, what in reversed(changes):
                if kind == b"W":
                    offset, size, old, _ = what
                    file.seek(offset)
                    file.write(old)
                    file.truncate(size)
                else:
                    before, after, cut = what
                    file.truncate(before)
                    file.seek(after)
                    file.write(cut)
            for kind, what in changes:
                if random.random() < 0.5:
                    lost += 1
                elif kind == b"W":
                    file.seek(what[0])
                    file.write(what[3])
                else:
                    file.truncate(what[1])
    return lost
