#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The relay's unit: systemd understands every line of it, and it is closed as far as a network service can be."""

import pathlib
import shutil
import tempfile
import unittest

import checks

# systemd's scale, times ten: what remains is the network, the system's own files, and the clock device that ProtectClock= brings.
WORST_EXPOSURE = 13


class Service(unittest.TestCase):
    def setUp(self):
        folder = tempfile.mkdtemp(prefix="coterie-unit-")
        self.addCleanup(shutil.rmtree, folder)
        self.unit = pathlib.Path(folder) / "coterie-relay.service"
        # The program is where this build has it: systemd wants to see it.
        text = checks.filled("linux/coterie-relay.service.in", COTERIE_SBINDIR=str(checks.program("coterie-relay").parent),
                             COTERIE_CONFDIR="/etc/coterie")
        self.unit.write_text(text)
        dropins = self.unit.with_suffix(".service.d")
        dropins.mkdir()
        shutil.copy(checks.PACKAGING / "linux" / "coterie-relay-port.conf", dropins / "10-port.conf")

    def test_systemd_finds_nothing_to_complain_about(self):
        checks.need("systemd-analyze")
        self.assertEqual(checks.run("systemd-analyze", "verify", "--man=no", self.unit), (0, ""))

    def test_an_unknown_setting_would_be_found(self):
        checks.need("systemd-analyze")
        self.unit.write_text(self.unit.read_text().replace("[Service]", "[Service]\nProtectSytem=strict"))
        self.assertIn("ProtectSytem", checks.run("systemd-analyze", "verify", "--man=no", self.unit)[1])

    def test_its_exposure_is_within_the_bound(self):
        checks.need("systemd-analyze")
        code, text = checks.run("systemd-analyze", "security", "--offline=yes", f"--threshold={WORST_EXPOSURE}", "--no-pager", self.unit)
        self.assertEqual(code, 0, text)

    def test_it_binds_the_port_that_the_configuration_names(self):
        configuration = (checks.PACKAGING / "linux" / "relay.conf").read_text()
        ports = (checks.PACKAGING / "linux" / "coterie-relay-port.conf").read_text()
        self.assertIn("12345", configuration)
        self.assertIn("\nSocketBindAllow=tcp:12345\n", ports)

    def test_the_user_it_runs_as_is_the_one_that_is_made(self):
        checks.need("systemd-sysusers")
        made = checks.PACKAGING / "linux" / "coterie-relay.sysusers"
        code, text = checks.run("systemd-sysusers", "--dry-run", made)
        self.assertEqual(code, 0, text)
        self.assertTrue(made.read_text().startswith("u coterie-relay "))
        self.assertIn("\nUser=coterie-relay\n", self.unit.read_text())


if __name__ == "__main__":
    checks.main()
