#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The relay's package, built from the same sources in two places that have nothing in common but the tools: the same bytes."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import checks


class Rebuild(unittest.TestCase):
    def package_from(self, folder, build_folder, **environment):
        """Sources copied to `folder`, built there from nothing, packaged; the digest of the package."""
        listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=checks.SOURCE,
                                capture_output=True, text=True, check=True).stdout
        for name in listed.split("\0"):
            if name and (checks.SOURCE / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(checks.SOURCE / name, folder / name)
        environment = {**os.environ, **environment}
        environment.pop("SOURCE_DATE_EPOCH", None)
        for words in (["cmake", "--preset", "package", "-B", build_folder, "-DWITH_GUI=OFF", "-DWITH_CCACHE=OFF"],
                      ["cmake", "--build", build_folder, "--target", "coterie-relay", "gzip_changelog.gz", "gzip_coterie-relay.8.gz",
                       "gzip_relay.conf.5.gz"],
                      ["cpack", "--config", f"{build_folder}/CPackConfig.cmake", "-D", "CPACK_COMPONENTS_ALL=coterie-relay"]):
            done = subprocess.run(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
            self.assertEqual(done.returncode, 0, done.stdout[-3000:])
        packages = list(pathlib.Path(build_folder).glob("packages/*.deb"))
        self.assertEqual([package.name.split("_")[0] for package in packages], ["coterie-relay"])
        return hashlib.sha256(packages[0].read_bytes()).hexdigest()

    def test_two_places_give_the_same_package(self):
        checks.need("cmake", "ninja", "cpack", "git", "dpkg-shlibdeps")
        top = pathlib.Path(tempfile.mkdtemp(prefix="coterie-rebuild-"))
        self.addCleanup(shutil.rmtree, top)
        one, other = top / "here", top / "somewhere" / "else" / "altogether"
        first = self.package_from(one, str(one / "build"))
        second = self.package_from(other, str(top / "built-apart"), TZ="Asia/Tehran", LC_ALL="C", HOME=str(top))
        self.assertEqual(first, second)


if __name__ == "__main__":
    checks.main()
