#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The manual pages: well formed, and about exactly the options that the programs have."""

import re
import tempfile
import unittest

import checks

CONFIGURATION = checks.PACKAGING / "linux" / "relay.conf"
PAGES = ["coterie-cli.1", "coterie-relay.8", "relay.conf.5", "coterie.1"]


def options_of_help(*words):
    """Every long option that --help shows, and the commands."""
    code, text = checks.run(*words, "--help")
    assert code == 0, text
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]+", text.split("\nExit codes:")[0]))
    commands = set()
    inside = False
    for line in text.split("\n"):
        if re.match(r"^[A-Z]\w*s?:$", line) or line in ("Subcommands:", "Commands:"):
            inside = line in ("Subcommands:", "Commands:")
        elif inside and (match := re.match(r"^  ([a-z][a-z-]*)\b", line)):
            commands.add(match.group(1))
    return options, commands


def options_of_page(page):
    """Every long option in a page."""
    text = checks.filled(f"linux/{page}.in").replace(r"\-", "-")
    return set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]+", text))


def keys_of_configuration():
    return set(re.findall(r"^#?([a-z][a-z0-9-]+) =", CONFIGURATION.read_text(encoding="utf-8"), re.MULTILINE))


class Manuals(unittest.TestCase):
    def test_every_page_is_formatted_without_a_warning(self):
        checks.need("man")
        for page in PAGES:
            with self.subTest(page=page), tempfile.NamedTemporaryFile("w", suffix="." + page[-1]) as file:
                file.write(checks.filled(f"linux/{page}.in"))
                file.flush()
                code, text = checks.run("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", file.name)
                complaints = [line for line in text.split("\n") if re.match(r"^(troff|grotty|<standard input>|an\.tmac|man:)", line)]
                self.assertEqual((code, complaints), (0, []))

    def test_the_page_of_coterie_cli_names_exactly_its_options(self):
        cli = checks.program("coterie-cli")
        options, commands = options_of_help(cli)
        self.assertGreater(len(commands), 5)
        for command in commands:
            options |= options_of_help(cli, command)[0]
        self.assertGreater(len(options), 15)
        # Named in the text about the relay, or refused on purpose.
        foreign = {"--fingerprint", "--password"}
        self.assertEqual(options_of_page("coterie-cli.1") - foreign, options - foreign)
        page = checks.filled("linux/coterie-cli.1.in")
        for command in commands:
            self.assertRegex(page, rf"\n\.BR? ?I?\S* ?{command}\b|\n\.BI {command}\b", f"{command} is not explained")

    def test_the_page_of_coterie_relay_names_exactly_its_options(self):
        relay = checks.program("coterie-relay")
        options, commands = options_of_help(relay)
        for command in commands:
            options |= options_of_help(relay, command)[0]
        self.assertGreater(len(options), 8)
        page = options_of_page("coterie-relay.8")
        # Settings are explained in relay.conf(5).
        settings = {f"--{key}" for key in keys_of_configuration()}
        self.assertEqual(settings - options, set())
        self.assertEqual(options - page - settings, set())
        self.assertEqual(page - options, set())

    def test_the_configuration_file_is_the_one_the_relay_prints(self):
        code, text = checks.run(checks.program("coterie-relay"), "--print-config")
        self.assertEqual((code, text), (0, CONFIGURATION.read_text(encoding="utf-8")))

    def test_the_page_of_the_configuration_names_exactly_the_keys_of_the_file(self):
        keys = keys_of_configuration()
        self.assertGreater(len(keys), 8)
        page = checks.filled("linux/relay.conf.5.in").replace(r"\-", "-")
        self.assertEqual(set(re.findall(r"^\.BI ([a-z][a-z0-9-]+)\\~=", page, re.MULTILINE)), keys)


if __name__ == "__main__":
    checks.main()
