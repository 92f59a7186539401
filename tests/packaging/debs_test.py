#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The Debian packages of this build: what is in them, what lintian says, and that the same build gives the same bytes."""

import hashlib
import os
import pathlib
import re
import shutil
import tempfile
import unittest

import checks

VERSION = checks.cache_value("CMAKE_PROJECT_VERSION")
INSTALLED = {
    "coterie-relay": {
        "/etc/coterie/relay.conf", "/usr/sbin/coterie-relay", "/usr/lib/systemd/system/coterie-relay.service",
        "/usr/lib/systemd/system/coterie-relay.socket",
        "/usr/lib/systemd/system/coterie-relay.service.d/10-port.conf", "/usr/lib/sysusers.d/coterie-relay.conf",
        "/usr/share/man/man8/coterie-relay.8.gz", "/usr/share/man/man5/relay.conf.5.gz",
        "/usr/share/bash-completion/completions/coterie-relay"},
    "coterie-cli": {
        "/usr/bin/coterie-cli", "/usr/share/man/man1/coterie-cli.1.gz", "/usr/share/bash-completion/completions/coterie-cli"},
    "coterie": {
        "/usr/bin/coterie", "/usr/share/man/man1/coterie.1.gz", f"/usr/share/applications/{checks.APP_ID}.desktop",
        f"/usr/share/metainfo/{checks.APP_ID}.metainfo.xml", f"/usr/share/icons/hicolor/scalable/apps/{checks.APP_ID}.svg",
        f"/usr/share/icons/hicolor/48x48/apps/{checks.APP_ID}.png", f"/usr/share/Thunar/sendto/{checks.APP_ID}.desktop",
        f"/usr/share/kio/servicemenus/{checks.APP_ID}.desktop", "/usr/share/nemo/actions/coterie.nemo_action",
        "/usr/share/nautilus-python/extensions/coterie.py"},
}


def make_packages(folder, version=None, **environment):
    """Packages this build into `folder`, and says it were of another version if one is given."""
    cpack = os.environ.get("COTERIE_CPACK") or "cpack"
    code, text = checks.run(cpack, "--config", checks.BUILD / "CPackConfig.cmake", "-B", folder, *(["-R", version] if version else []),
                            cwd=checks.BUILD, env={**os.environ, **environment})
    if code != 0:
        raise AssertionError(f"cpack failed:\n{text}")
    return {path.name.split("_")[0]: path for path in sorted(pathlib.Path(folder).glob("*.deb"))}


class Debs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        checks.need("dpkg-deb", "dpkg-shlibdeps", "strip")
        checks.program("coterie-relay")
        checks.program("coterie-cli")
        # Not below the build folder: debugging leftovers of one run must not get into the next.
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="coterie-debs-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.packages = make_packages(cls.folder / "first")

    def field(self, package, name):
        return checks.run("dpkg-deb", "--field", self.packages[package], name)[1].strip()

    def contents(self, package):
        """Path, mode and owner of everything in a package."""
        code, text = checks.run("dpkg-deb", "--contents", self.packages[package])
        self.assertEqual(code, 0, text)
        found = {}
        for line in text.strip().split("\n"):
            mode, owner, _, _, _, path = line.split(None, 5)
            found[path.removeprefix(".")] = (mode, owner)
        return found

    def test_relay_and_command_line_have_a_package_each_and_the_client_where_it_is_built(self):
        expected = {"coterie-cli", "coterie-relay"}
        if (checks.BUILD / "gui" / "coterie").exists():
            expected.add("coterie")
        self.assertEqual(set(self.packages), expected)
        for package in expected:
            self.assertEqual(self.field(package, "Version"), VERSION)

    def test_everything_is_where_the_system_looks_for_it(self):
        for package in self.packages:
            with self.subTest(package=package):
                wanted = INSTALLED[package] | {f"/usr/share/doc/{package}/copyright", f"/usr/share/doc/{package}/changelog.gz"}
                self.assertEqual(wanted - set(self.contents(package)), set())

    def test_everything_belongs_to_root_and_only_root_may_change_it(self):
        for package in self.packages:
            for path, (mode, owner) in self.contents(package).items():
                with self.subTest(package=package, path=path):
                    self.assertEqual(owner, "root/root")
                    is_program = path.startswith(("/usr/bin/", "/usr/sbin/")) and not path.endswith("/")
                    expected = "drwxr-xr-x" if path.endswith("/") else "-rwxr-xr-x" if is_program else "-rw-r--r--"
                    self.assertEqual(mode, expected)

    def test_the_configuration_is_kept_when_somebody_changed_it(self):
        code, text = checks.run("dpkg-deb", "--info", self.packages["coterie-relay"], "conffiles")
        self.assertEqual((code, text), (0, "/etc/coterie/relay.conf\n"))

    def test_the_installed_unit_starts_what_the_package_installs(self):
        tree = self.folder / "relay"
        self.assertEqual(checks.run("dpkg-deb", "--extract", self.packages["coterie-relay"], tree)[0], 0)
        unit = (tree / "usr/lib/systemd/system/coterie-relay.service").read_text()
        self.assertIn("\nExecStart=/usr/sbin/coterie-relay --config /etc/coterie/relay.conf\n", unit)
        self.assertNotRegex(unit, r"@\w+@")

    def test_no_path_of_the_building_machine_is_in_a_package(self):
        for package, path in self.packages.items():
            tree = self.folder / f"tree-{package}"
            self.assertEqual(checks.run("dpkg-deb", "--raw-extract", path, tree)[0], 0)
            for file in tree.rglob("*"):
                if file.is_file():
                    with self.subTest(package=package, file=file.name):
                        content = file.read_bytes()
                        self.assertNotIn(str(checks.SOURCE).encode() + b"/", content)
                        self.assertNotIn(str(checks.BUILD).encode() + b"/", content)

    def test_packaging_again_gives_the_same_bytes(self):
        again = make_packages(self.folder / "second", TZ="Pacific/Auckland", LC_ALL="C", SOURCE_DATE_EPOCH="")
        self.assertEqual(set(again), set(self.packages))
        # An empty SOURCE_DATE_EPOCH is none: the release's own time is taken, as in the first run.
        for package, path in again.items():
            with self.subTest(package=package):
                digests = [hashlib.sha256(one.read_bytes()).hexdigest() for one in (path, self.packages[package])]
                self.assertEqual(digests[0], digests[1])

    def test_lintian_finds_nothing_beyond_the_overrides(self):
        checks.need("lintian")
        if os.environ.get("COTERIE_HARDENED") == "OFF":
            self.skipTest("this build is not hardened (COTERIE_HARDEN), which lintian would complain about")
        code, text = checks.run("lintian", "--display-info", "--display-experimental", "--pedantic", "--no-tag-display-limit",
                                *self.packages.values())
        found = [line for line in text.split("\n") if re.match(r"[EWIPXC]: ", line)]
        self.assertEqual(found, [])
        self.assertEqual(code, 0, text)

    def test_every_override_is_needed(self):
        checks.need("lintian")
        text = checks.run("lintian", "--display-info", "--pedantic", "--show-overrides", *self.packages.values())[1]
        for package in self.packages:
            overrides = checks.PACKAGING / "debian" / f"{package}.lintian-overrides"
            for line in overrides.read_text().split("\n"):
                if line and not line.startswith("#"):
                    with self.subTest(override=line):
                        self.assertIn(f"O: {package}: {line.split()[1]}", text)


if __name__ == "__main__":
    checks.main()
