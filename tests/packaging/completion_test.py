#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Completion in bash: what TAB offers is what the programs understand."""

import shlex
import subprocess
import unittest

import checks
from manuals_test import options_of_help

LIBRARY = "/usr/share/bash-completion/bash_completion"


def offered(name, *words):
    """What TAB offers after these words, the last of which may be unfinished."""
    function = "_" + name.replace("-", "_")
    line = " ".join([name, *words])
    script = f"""
        source {LIBRARY}
        source {shlex.quote(str(checks.PACKAGING / "linux" / (name + ".bash-completion")))}
        COMP_WORDS=({" ".join(shlex.quote(word) for word in [name, *words])})
        COMP_CWORD={len(words)} COMP_LINE={shlex.quote(line)} COMP_POINT={len(line)}
        {function}
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stderr == "", done.stderr
    return set(done.stdout.split("\n")) - {""}


class Completion(unittest.TestCase):
    def setUp(self):
        checks.need("bash")
        try:
            open(LIBRARY).close()
        except OSError:
            self.skipTest(f"missing: {LIBRARY} (package bash-completion)")

    def test_every_option_of_coterie_cli_is_offered_and_no_other(self):
        cli = checks.program("coterie-cli")
        options, commands = options_of_help(cli)
        # In the text about the fingerprint, which is the relay's.
        foreign = {"--fingerprint"}
        self.assertEqual(offered("coterie-cli", ""), commands)
        self.assertEqual(offered("coterie-cli", "--"), options - foreign)
        for command in commands:
            with self.subTest(command=command):
                own, _ = options_of_help(cli, command)
                self.assertEqual(offered("coterie-cli", command, "--") - options, own - options)

    def test_every_option_of_coterie_relay_is_offered_and_no_other(self):
        relay = checks.program("coterie-relay")
        options, commands = options_of_help(relay)
        self.assertEqual(offered("coterie-relay", "--"), options)
        self.assertEqual(offered("coterie-relay", ""), commands)

    def test_the_value_of_an_option_is_no_command(self):
        self.assertEqual(offered("coterie-cli", "--user", "chat", "li"), {"listen"})

    def test_choices_are_offered(self):
        self.assertEqual(offered("coterie-cli", "receive", "--accept", ""), {"ask", "verified", "all"})
        self.assertEqual(offered("coterie-cli", "--log-level", "w"), {"warning"})
        self.assertEqual(offered("coterie-relay", "--log-level", "w"), {"warning"})


if __name__ == "__main__":
    checks.main()
