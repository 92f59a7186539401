#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes coterie.ico (Windows) and coterie.icns (macOS) from the drawing in assets/icons. Both are containers of PNG pictures; the result
is committed, because the systems that need it have no renderer at hand."""

import pathlib
import struct
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
DRAWING = HERE.parent.parent / "assets" / "icons" / "org.coterie.Coterie.svg"
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
# Apple's names of pictures: pixels for a plain or a doubled ("@2x") size.
ICNS_KINDS = {b"icp4": 16, b"ic11": 32, b"icp5": 32, b"ic12": 64, b"ic07": 128, b"ic13": 256, b"ic08": 256, b"ic14": 512, b"ic09": 512}


def picture(size):
    return subprocess.run(["rsvg-convert", "--width", str(size), "--height", str(size), str(DRAWING)], check=True, capture_output=True).stdout


def ico(pictures):
    head = struct.pack("<HHH", 0, 1, len(pictures))
    offset = len(head) + 16 * len(pictures)
    entries = b""
    for size, content in pictures.items():
        # 256 is written as 0.
        entries += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(content), offset)
        offset += len(content)
    return head + entries + b"".join(pictures.values())


def icns(pictures):
    body = b"".join(kind + struct.pack(">I", 8 + len(pictures[size])) + pictures[size] for kind, size in ICNS_KINDS.items())
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def main():
    (HERE / "coterie.ico").write_bytes(ico({size: picture(size) for size in ICO_SIZES}))
    (HERE / "coterie.icns").write_bytes(icns({size: picture(size) for size in set(ICNS_KINDS.values())}))


if __name__ == "__main__":
    sys.exit(main())
