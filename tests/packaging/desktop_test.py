#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What desktops and software centres read about the client."""

import configparser
import os
import pathlib
import shutil
import sys
import tempfile
import unittest
import xml.etree.ElementTree

import checks

sys.path.insert(0, str(checks.SOURCE / "tests" / "e2e"))

import harness  # noqa: E402

LINUX = checks.PACKAGING / "linux"


def entry(text):
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str
    parser.read_string(text)
    return parser


class Desktop(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="coterie-desktop-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, name):
        path = self.folder / name
        path.write_text(checks.filled(f"linux/{name}.in"), encoding="utf-8")
        return path

    def test_the_menu_entries_are_valid(self):
        checks.need("desktop-file-validate")
        entries = [self.write(f"{checks.APP_ID}.desktop"), LINUX / "send-to" / "thunar.desktop"]
        self.assertEqual(checks.run("desktop-file-validate", *entries), (0, ""))

    def test_the_description_for_software_centres_is_valid(self):
        checks.need("appstreamcli")
        code, text = checks.run("appstreamcli", "validate", "--no-net", self.write(f"{checks.APP_ID}.metainfo.xml"))
        self.assertEqual(code, 0, text)

    def test_entry_description_and_icon_carry_one_name(self):
        menu = entry(checks.filled(f"linux/{checks.APP_ID}.desktop.in"))["Desktop Entry"]
        about = xml.etree.ElementTree.fromstring(checks.filled(f"linux/{checks.APP_ID}.metainfo.xml.in"))
        self.assertEqual((menu["Icon"], menu["StartupWMClass"]), (checks.APP_ID, checks.APP_ID))
        self.assertEqual(about.findtext("id"), checks.APP_ID)
        self.assertEqual(about.findtext("launchable"), f"{checks.APP_ID}.desktop")

    def test_the_icon_is_drawn_under_the_same_name(self):
        icons = checks.SOURCE / "assets" / "icons"
        if not icons.is_dir():
            self.skipTest("the client is not part of this tree")
        self.assertTrue((icons / f"{checks.APP_ID}.svg").is_file())

    def test_invite_links_open_the_client_with_the_link(self):
        menu = entry(checks.filled(f"linux/{checks.APP_ID}.desktop.in"))["Desktop Entry"]
        self.assertIn("x-scheme-handler/coterie", menu["MimeType"].split(";"))
        self.assertEqual(menu["Exec"], "coterie %u")

    def test_every_file_manager_hands_its_files_to_the_same_command(self):
        thunar = entry((LINUX / "send-to" / "thunar.desktop").read_text(encoding="utf-8"))["Desktop Entry"]
        kde = entry((LINUX / "send-to" / "kde.desktop").read_text(encoding="utf-8"))["Desktop Action send"]
        nemo = entry((LINUX / "send-to" / "coterie.nemo_action").read_text(encoding="utf-8"))["Nemo Action"]
        self.assertEqual({thunar["Exec"], kde["Exec"], nemo["Exec"]}, {"coterie %F"})

    def test_gnome_hands_ordinary_local_files_to_the_client(self):
        python = shutil.which("python3", path="/usr/bin")
        probe = "import gi; gi.require_version('Nautilus', '4.0'); from gi.repository import Nautilus"
        if python is None or checks.run(python, "-c", probe)[0] != 0:
            self.skipTest("missing: gir1.2-nautilus-4.0 and python3-gi")
        client = self.folder / "coterie"
        client.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >"{self.folder}/words.new"\nmv "{self.folder}/words.new" "{self.folder}/words"\n')
        client.chmod(0o755)
        script = f"""
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, {str(LINUX / "send-to")!r})
from coterie_nautilus import Gio, SendWithCoterie

class File:
    def __init__(self, uri, folder=False):
        self.uri, self.folder = uri, folder
    def get_location(self):
        return Gio.File.new_for_uri(self.uri)
    def is_directory(self):
        return self.folder

menu = SendWithCoterie()
assert menu.get_file_items([File("file:///etc", True)]) == []
assert menu.get_file_items([File("sftp://example.org/a")]) == []
[item] = menu.get_file_items([File("file:///tmp/a%20b"), File("file:///tmp/-c")])
item.emit("activate")
"""
        code, text = checks.run(python, "-c", script, env={**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"})
        self.assertEqual((code, text), (0, ""))
        words = self.folder / "words"
        harness.wait_until(words.exists, "the client was started")
        self.assertEqual(words.read_text().split("\n"), ["/tmp/a b", "/tmp/-c", ""])


if __name__ == "__main__":
    checks.main()
