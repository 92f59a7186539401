# SPDX-License-Identifier: MIT
"""What the checks of packages share: where things are, how a tool is asked, and how a check that cannot be made is skipped aloud."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
PACKAGING = SOURCE / "packaging"
BUILD = pathlib.Path(os.environ.get("COTERIE_BUILD", SOURCE / "build" / "dev")).resolve()
APP_ID = "org.coterie.Coterie"
SKIPPED = 77


def need(*tools):
    """Skips what comes next unless all these programs are here."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        raise unittest.SkipTest(f"missing: {', '.join(missing)} (./dev test installs what the checks need)")


def run(*words, **options):
    """Output and errors of a program together, and its exit code."""
    done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, **options)
    return done.returncode, done.stdout


def program(name):
    """A program of this build; skips where it was not built."""
    folders = {"coterie-cli": "cli", "coterie-relay": "relay", "coterie": "gui"}
    path = BUILD / folders[name] / name
    if not path.exists():
        raise unittest.SkipTest(f"{path} is not built")
    return path


def cache_value(name):
    """A variable of this build's CMake cache."""
    for line in (BUILD / "CMakeCache.txt").read_text().split("\n"):
        if match := re.match(rf"{re.escape(name)}:[A-Z]+=(.*)", line):
            return match.group(1)
    return None


def filled(template, **values):
    """A file of packaging/ with its @NAMES@ replaced, as the build does it."""
    text = (PACKAGING / template).read_text(encoding="utf-8")
    values = {"PROJECT_VERSION": cache_value("CMAKE_PROJECT_VERSION"), "COTERIE_RELEASE_DATE": "2026-01-01", **values}
    return re.sub(r"@(\w+)@", lambda match: values[match.group(1)], text)


def main():
    """Runs the file's tests. When nothing could be checked for want of tools, ctest is told that the test was skipped."""
    result = unittest.main(exit=False, verbosity=2).result
    for test, reason in result.skipped:
        print(f"\nSKIPPED {test}: {reason}", flush=True)
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(SKIPPED if result.skipped and len(result.skipped) == result.testsRun else 0)
