#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the window's program says where there is no screen. Needs none."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness  # noqa: E402


class TerminalTest(unittest.TestCase):
    def run_without_screen(self, *arguments, language="en"):
        with tempfile.TemporaryDirectory() as home:
            settings = pathlib.Path(home) / ".config" / "coterie"
            settings.mkdir(parents=True)
            (settings / "coterie.conf").write_text(f"language={language}\n")
            hidden = ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "XDG_DATA_HOME", "XDG_CONFIG_HOME")
            environment = {name: value for name, value in os.environ.items() if name not in hidden}
            program = harness.build_path() / "gui" / "coterie"
            outcome = subprocess.run([str(program), *arguments], env={**environment, "HOME": home, "XDG_RUNTIME_DIR": home},
                                     stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
            self.assertFalse((pathlib.Path(home) / ".local").exists(), "nothing was begun")
            return outcome

    def test_help_and_version_are_printed(self):
        for asked in ("--version", "-V", "-mV"):
            outcome = self.run_without_screen(asked)
            self.assertEqual((outcome.returncode, outcome.stderr), (0, ""))
            self.assertRegex(outcome.stdout, r"^coterie \d+\.\d+\.\d+\n$")
        for asked in ("--help", "-h"):
            outcome = self.run_without_screen(asked)
            self.assertEqual((outcome.returncode, outcome.stderr), (0, ""))
            self.assertIn("--log-level", outcome.stdout)
            self.assertIn("an invite link, or files to send", outcome.stdout)

    def test_help_is_in_the_language_of_the_settings(self):
        self.assertIn("پیوند دعوت", self.run_without_screen("--help", language="fa").stdout)

    def test_a_window_that_cannot_be_opened_is_one_sentence(self):
        for arguments in ((), ("--minimised",), ("--", "--help")):
            outcome = self.run_without_screen(*arguments)
            self.assertEqual((outcome.returncode, outcome.stdout), (1, ""))
            self.assertEqual(outcome.stderr.count("\n"), 1, outcome.stderr)
            self.assertIn("use coterie-cli here", outcome.stderr)


if __name__ == "__main__":
    harness.main()
