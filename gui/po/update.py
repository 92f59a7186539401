#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Brings the catalogues in step with the texts of the sources; with --check only says whether they are."""

import pathlib
import subprocess
import sys
import tempfile

PO = pathlib.Path(__file__).resolve().parent
ROOT = PO.parent.parent


def run(*words):
    return subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)


def extract(to):
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "gui").rglob("*.cpp"))
    run("xgettext", "--from-code=UTF-8", "--c++", "--keyword=_", "--keyword=wxTRANSLATE", "--keyword=to_translate", "--keyword=wxPLURAL:1,2", "--no-location",
        "--sort-output", "--package-name=Coterie", f"--output={to}", *sources)


def main():
    checks = "--check" in sys.argv[1:]
    unfinished = False
    with tempfile.TemporaryDirectory() as folder:
        template = pathlib.Path(folder) / "coterie.pot"
        extract(template)
        for catalogue in sorted(PO.glob("*.po")):
            if not checks:
                run("msgmerge", "--quiet", "--update", "--backup=none", "--no-location", "--sort-output", "--no-fuzzy-matching", "--no-wrap",
                    str(catalogue), str(template))
            run("msgfmt", "--check", "-o", str(pathlib.Path(folder) / "compiled"), str(catalogue))
            compared = subprocess.run(["msgcmp", str(catalogue), str(template)], cwd=ROOT,
                                      capture_output=True, text=True)
            if compared.returncode != 0:
                unfinished = True
                print(f"{catalogue.relative_to(ROOT)} is not complete:\n{compared.stderr}")
            else:
                print(f"{catalogue.relative_to(ROOT)} is complete.")
    return 1 if unfinished else 0


if __name__ == "__main__":
    sys.exit(main())
