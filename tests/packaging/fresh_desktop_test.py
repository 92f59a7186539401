#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The client's package in a fresh Debian: it brings all it needs, the desktop gets to know it, and a purge takes it away again."""

import os
import shutil
import unittest

import checks
from container import Container
from debs_test import make_packages


class FreshDesktop(unittest.TestCase):
    def test_the_client_is_installed_with_all_it_needs_and_removed_again(self):
        if os.geteuid() != 0:
            self.skipTest("not root: installing packages into a system of their own needs it (sudo ./dev package-test)")
        checks.need("mmdebstrap", "systemd-nspawn", "dpkg-deb")
        checks.program("coterie")
        container = Container()
        self.addCleanup(container.close)
        debs = make_packages(container.folder / "debs")
        (container.root / "debs").mkdir()
        shutil.copy(debs["coterie"], container.root / "debs" / "coterie.deb")
        container.prepare("apt-get", "-qq", "update")
        container.prepare("apt-get", "-qq", "install", "--yes", "--no-install-recommends", "/debs/coterie.deb", "desktop-file-utils", "xvfb",
                          "xauth", "xdg-utils")
        self.assertNotIn("not found", container.prepare("ldd", "/usr/bin/coterie"))
        # Links that begin with coterie:// are the client's.
        self.assertIn(f"{checks.APP_ID}.desktop", container.prepare("xdg-mime", "query", "default", "x-scheme-handler/coterie"))
        said = container.prepare("xvfb-run", "--auto-servernum", "/usr/bin/coterie", "--version")
        self.assertIn(checks.cache_value("CMAKE_PROJECT_VERSION"), said)
        container.prepare("apt-get", "-qq", "purge", "--yes", "coterie")
        left = {path for path in container.files() if "coterie" in path.lower() and not path.startswith(("/debs", "/var/log", "/var/cache"))}
        self.assertEqual(left, set())


if __name__ == "__main__":
    checks.main()
