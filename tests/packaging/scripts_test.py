#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The scripts that run on other people's machines when a package comes or goes, and those that build."""

import unittest

import checks


def scripts():
    """Maintainer scripts, and every shell script of the tree."""
    found = [path for path in sorted((checks.PACKAGING / "debian").iterdir()) if path.suffix in (".postinst", ".prerm", ".postrm", ".preinst")]
    return found + [checks.SOURCE / "dev", checks.SOURCE / ".ci" / "run"]


class Scripts(unittest.TestCase):
    def test_shellcheck_finds_nothing(self):
        checks.need("shellcheck")
        code, text = checks.run("shellcheck", "--severity=style", *scripts(), cwd=checks.SOURCE)
        self.assertEqual(code, 0, text)

    def test_completions_pass_shellcheck(self):
        checks.need("shellcheck")
        completions = sorted((checks.PACKAGING / "linux").glob("*.bash-completion"))
        self.assertEqual(len(completions), 2)
        code, text = checks.run("shellcheck", "--shell=bash", *completions)
        self.assertEqual(code, 0, text)

    def test_maintainer_scripts_stop_at_the_first_error_and_may_be_run(self):
        for path in scripts():
            with self.subTest(path=path.name):
                self.assertTrue(path.stat().st_mode & 0o111, "not executable")
                self.assertRegex(path.read_text(), r"\nset -e")


if __name__ == "__main__":
    checks.main()
