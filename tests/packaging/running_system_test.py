#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The packages in a fresh Debian that runs: installed, used, killed, reloaded, upgraded, removed. One system lives through it all, so
the steps are in the order of their names; the first that fails ends the story."""

import hashlib
import os
import pathlib
import re
import shutil
import sys
import unittest

import checks

sys.path.insert(0, str(checks.SOURCE / "tests" / "e2e"))

import harness  # noqa: E402
from container import Container  # noqa: E402
from debs_test import make_packages  # noqa: E402

SERVICE = "coterie-relay.service"
PACKAGES = ["coterie-relay", "coterie-cli"]
STATE = "/var/lib/coterie-relay"
CONFIGURATION = "/etc/coterie/relay.conf"
# What any system writes while it runs and packages come and go.
OF_THE_SYSTEM = re.compile(r"^/(var/(log|cache|tmp|lib/(dpkg|apt|systemd|dbus|ucf))|root|etc/(passwd|shadow|group|gshadow)-|"
                           r"etc/(machine-id|ld\.so\.cache|\.pwd\.lock|\.updated)|var/\.updated|var/lib/private)(/|$)")
COMPARED = ("etc/passwd", "etc/group")


class Member(harness.Member):
    """A member whose programs run inside the container."""

    def __init__(self, system, user):
        self.system = system
        super().__init__(system, user, relay="127.0.0.1:12345", profile=pathlib.PurePosixPath(f"/root/profile-{user}"))
        self.received = pathlib.PurePosixPath(f"/root/received-{user}")

    def words(self, *command, **options):
        return self.system.container.words("/usr/bin/coterie-cli", *super().words(*command, **options)[1:])

    def environment(self):
        return self.system.container.environment(COTERIE_PASSWORD=self.password)


class System:
    """What harness.Member asks of the room it is in."""

    def __init__(self, container):
        self.container = container
        self.folder = container.folder
        self.password = "quartz-lantern-mossy-" + os.urandom(6).hex()
        self.processes = []
        self.relay = self
        self.address = "127.0.0.1:12345"
        self.pin = None


class RunningSystem(unittest.TestCase):
    failed = False

    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise unittest.SkipTest("not root: installing packages into a system of their own needs it (sudo ./dev package-test)")
        checks.need("mmdebstrap", "systemd-nspawn", "nsenter", "dpkg-deb")
        checks.program("coterie-relay")
        checks.program("coterie-cli")
        cls.container = Container()
        cls.addClassCleanup(cls.container.close)
        cls.system = System(cls.container)
        cls.addClassCleanup(cls.end_processes)
        cls.debs = make_packages(cls.container.folder / "debs")
        newer = cls.container.folder / "newer"
        cls.newer = make_packages(newer, version=cls.next_version())
        inside = cls.container.root / "debs"
        inside.mkdir()
        for deb in [*cls.debs.values(), *cls.newer.values()]:
            shutil.copy(deb, inside)
        # What the packages depend on is fetched now: the running system has no way out.
        cls.container.prepare("apt-get", "-qq", "update")
        cls.container.prepare("apt-get", "-qq", "install", "--yes", "--no-install-recommends", "--download-only",
                              *[f"/debs/{cls.debs[package].name}" for package in PACKAGES])
        cls.container.boot()
        cls.members = {}

    @classmethod
    def end_processes(cls):
        for process in cls.system.processes:
            if process.is_running():
                process.kill()

    @staticmethod
    def next_version():
        return checks.cache_value("CMAKE_PROJECT_VERSION") + "+next"

    def setUp(self):
        if RunningSystem.failed:
            self.skipTest("an earlier step has failed")

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            RunningSystem.failed = True
            print(self.container.run("journalctl", "--no-pager", "--unit", SERVICE, "--lines", "40")[1], flush=True)

    # ── what the steps ask ──
    def install(self, debs):
        self.container.must("apt-get", "-qq", "install", "--yes", "--no-install-recommends",
                            *[f"/debs/{debs[package].name}" for package in PACKAGES])

    def state_of(self, name):
        return self.container.must("systemctl", "show", "--value", "--property", name, SERVICE).strip()

    def await_active(self):
        self.container.await_true(lambda: self.state_of("ActiveState") == "active", "the service is active")

    def signal(self, name):
        self.container.must("systemctl", "kill", f"--signal={name}", "--kill-whom=main", SERVICE)

    def kill_and_await_the_next(self):
        restarts = int(self.state_of("NRestarts"))
        self.signal("KILL")
        self.container.await_true(lambda: int(self.state_of("NRestarts")) == restarts + 1, "systemd has started it again")
        self.await_active()

    def fingerprint(self):
        return self.container.must("coterie-relay", "--fingerprint").strip()

    def journal(self):
        return self.container.must("journalctl", "--no-pager", "--output", "cat", "--unit", SERVICE)

    def start_chats(self):
        for user in ("alice", "bob"):
            member = self.members.setdefault(user, Member(self.system, user))
            member.process = member.chat()
        self.await_each_other()

    def await_each_other(self):
        for user, other in (("alice", "bob"), ("bob", "alice")):
            self.members[user].process.await_kind("member", user=other, online=True, state="ready")

    def end_chats(self):
        for member in self.members.values():
            member.process.end_input()
            self.assertEqual(member.process.wait(), 0)

    def await_both_online(self, start):
        for user, other in (("alice", "bob"), ("bob", "alice")):
            process = self.members[user].process
            process.await_kind("link", start=start[user], state="online")
            process.await_kind("member", start=start[user], user=other, online=True, state="ready")

    def marks(self):
        return {user: len(member.process.snapshot()) for user, member in self.members.items()}

    def talk(self, text):
        """Both ways."""
        for user, other in (("alice", "bob"), ("bob", "alice")):
            self.assertTrue(self.members[user].process.type(f"{text}, says {user}"))
            self.members[other].process.await_kind("message", text=f"{text}, says {user}", **{"from": user})

    # ── the story ──
    def test_01_installing_starts_the_service(self):
        type(self).before = self.container.files()
        type(self).compared = {name: (self.container.root / name).read_text() for name in COMPARED}
        self.install(self.debs)
        self.await_active()
        self.assertEqual(self.container.must("systemctl", "is-enabled", SERVICE).strip(), "enabled")
        type(self).pin = self.system.pin = self.fingerprint()
        self.assertRegex(self.pin, r"^[0-9a-f]{64}$")
        self.assertIn(self.pin, self.journal())

    def test_02_it_runs_in_its_sandbox(self):
        pid = self.state_of("MainPID")
        status = self.container.must("cat", f"/proc/{pid}/status")
        user = self.container.must("id", "--user", "coterie-relay").strip()
        self.assertRegex(status, rf"\nUid:\t{user}\t{user}\t{user}\t{user}\n")
        self.assertRegex(status, r"\nCapBnd:\t0+\n")
        self.assertRegex(status, r"\nNoNewPrivs:\t1\n")
        self.assertRegex(status, r"\nSeccomp:\t2\n")
        self.assertEqual(self.container.must("stat", "--format", "%a %U", STATE).strip(), "700 coterie-relay")
        self.container.must("systemd-analyze", "verify", "--man=no", f"/usr/lib/systemd/system/{SERVICE}")
        exposure = self.container.must("systemd-analyze", "security", "--no-pager", SERVICE)
        score = float(re.search(r"exposure level for \S+: ([0-9.]+)", exposure).group(1))
        self.assertLessEqual(score, 1.3)

        # As coterie-relay(8) says it.
        said = self.container.must("runuser", "-u", "coterie-relay", "--", "coterie-relay", "doctor", "--config", CONFIGURATION,
                                   "--state-dir", STATE)
        self.assertNotIn("WRONG", said)
        self.assertIn("in use, by the relay that is running", said)

    def test_03_members_talk_through_it(self):
        self.start_chats()
        self.talk("good morning")

    def test_04_a_file_goes_through_it(self):
        content = os.urandom(5_000_000)
        (self.container.root / "root" / "route.gpx").write_bytes(content)
        alice, bob = self.members["alice"].process, self.members["bob"].process
        self.assertTrue(alice.type("/send /root/route.gpx bob"))
        bob.await_kind("offer", name="route.gpx")
        self.assertTrue(bob.type("/accept"))
        saved = bob.await_kind("file", peer="alice", outgoing=False)
        self.assertEqual(saved["sha256"], hashlib.sha256(content).hexdigest())
        arrived = self.container.root / saved["path"].lstrip("/")
        self.assertEqual(arrived.read_bytes(), content)

    def test_05_killed_it_comes_back_and_so_do_the_members(self):
        start = self.marks()
        self.kill_and_await_the_next()
        self.assertEqual(self.fingerprint(), self.pin)
        self.await_both_online(start)
        self.talk("still here")

    def test_06_what_is_for_somebody_away_is_kept_over_a_kill(self):
        alice, bob = self.members["alice"], self.members["bob"]
        bob.process.end_input()
        self.assertEqual(bob.process.wait(), 0)
        start = len(alice.process.snapshot())
        self.assertTrue(alice.process.type("for when you are back"))
        alice.process.await_kind("receipt", start=start, user="bob", state="at_relay")
        alice.process.end_input()
        self.assertEqual(alice.process.wait(), 0)
        self.kill_and_await_the_next()
        # alice is not there any more: it can only come from the relay.
        bob.process = bob.chat()
        bob.process.await_kind("message", text="for when you are back", **{"from": "alice"})
        alice.process = alice.chat()
        self.await_each_other()

    def test_07_a_reload_takes_the_new_configuration_and_disconnects_nobody(self):
        pid, start = self.state_of("MainPID"), self.marks()
        file = self.container.root / CONFIGURATION.lstrip("/")
        file.write_text(file.read_text() + "\nlimit-sends-burst = 50\n")
        self.container.must("systemctl", "reload", SERVICE)
        self.talk("after the reload")
        self.assertEqual(self.state_of("MainPID"), pid)
        for user, member in self.members.items():
            self.assertEqual([event for event in member.process.snapshot()[start[user]:] if event.get("event") == "link"], [])

    def test_08_a_bad_configuration_is_reported_and_the_old_one_stays(self):
        pid = self.state_of("MainPID")
        file = self.container.root / CONFIGURATION.lstrip("/")
        good = file.read_text()
        line = good.count("\n") + 1
        file.write_text(good + "limit-sends-bursts = 50\n")
        self.assertNotEqual(self.container.run("systemctl", "reload", SERVICE)[0], 0)
        self.container.await_true(lambda: re.search(rf"line {line}\b.*limit-sends-bursts", self.journal()), "the journal says what is wrong")
        code, text = self.container.run("coterie-relay", "--config", CONFIGURATION, "--check-config")
        self.assertEqual(code, 1)
        self.assertIn(f"line {line}", text)
        self.assertEqual((self.state_of("ActiveState"), self.state_of("MainPID")), ("active", pid))
        self.talk("none the worse")
        file.write_text(good)
        self.container.must("coterie-relay", "--config", CONFIGURATION, "--check-config")

    def test_09_an_access_key_keeps_strangers_out(self):
        # As README.md says it.
        self.container.must("install", "-m", "600", "-o", "coterie-relay", "/dev/null", "/etc/coterie/access-key")
        (self.container.root / "etc/coterie/access-key").write_text("gravel-ombre-tulip\n")
        file = self.container.root / CONFIGURATION.lstrip("/")
        before = file.read_text()
        file.write_text(before + "access-key-file = /etc/coterie/access-key\n")
        self.container.must("systemctl", "reload", SERVICE)
        carol = Member(self.system, "carol")
        refused = carol.run("members")
        self.assertEqual(refused.code, 1)
        self.assertIn("access key", refused.errors[0]["text"])
        key = self.container.root / "root/key"
        key.write_text("gravel-ombre-tulip\n")
        key.chmod(0o600)
        self.assertEqual(carol.run("--access-key-file", "/root/key", "members").code, 0)
        # The key stays where it is: it has to be gone after the purge.
        file.write_text(before)
        self.container.must("systemctl", "reload", SERVICE)

    def test_10_a_relay_that_hangs_is_restarted_by_the_watchdog(self):
        start, restarts = self.marks(), int(self.state_of("NRestarts"))
        self.signal("STOP")
        self.container.await_true(lambda: int(self.state_of("NRestarts")) == restarts + 1, "the watchdog has bitten", seconds=120)
        self.await_active()
        self.await_both_online(start)
        self.talk("awake again")

    def test_11_no_forbidden_system_call_is_in_use(self):
        # In the service they fail with EPERM; here they kill, so that one would show.
        dropin = self.container.root / "etc/systemd/system/coterie-relay.service.d/test.conf"
        dropin.parent.mkdir()
        dropin.write_text("[Service]\nSystemCallErrorNumber=kill\n")
        self.container.must("systemctl", "daemon-reload")
        start = self.marks()
        self.container.must("systemctl", "restart", SERVICE)
        self.await_both_online(start)
        self.talk("by the rules")
        self.container.must("systemctl", "reload", SERVICE)
        self.test_04_a_file_goes_through_it()
        self.assertEqual(self.state_of("NRestarts"), "0")
        shutil.rmtree(dropin.parent)
        self.container.must("systemctl", "daemon-reload")
        start = self.marks()
        self.container.must("systemctl", "restart", SERVICE)
        self.await_both_online(start)

    def test_12_an_upgrade_restarts_it_and_keeps_what_was_configured(self):
        start, pid = self.marks(), self.state_of("MainPID")
        self.install(self.newer)
        self.await_active()
        self.assertEqual(self.container.must("dpkg-query", "--show", "--showformat", "${Version}", "coterie-relay"), self.next_version())
        self.assertNotEqual(self.state_of("MainPID"), pid)
        self.assertEqual(self.fingerprint(), self.pin)
        self.assertIn("limit-sends-burst = 50", (self.container.root / CONFIGURATION.lstrip("/")).read_text())
        self.await_both_online(start)
        self.talk("upgraded")
        self.end_chats()

    def test_13_a_stop_is_orderly(self):
        self.container.must("systemctl", "stop", SERVICE)
        self.assertEqual(self.state_of("Result"), "success")
        self.assertEqual(self.state_of("ExecMainStatus"), "0")
        # As coterie-relay(8) says it; enabled, it has to be gone after the purge too.
        self.container.must("systemctl", "enable", "coterie-relay.socket")
        self.container.must("systemctl", "start", "coterie-relay.socket", SERVICE)
        self.await_active()
        self.assertIn("::", self.state_of("StatusText"))
        self.start_chats()
        start = self.marks()
        self.container.must("systemctl", "restart", SERVICE)
        self.await_both_online(start)
        self.talk("through the socket that was handed over")
        self.end_chats()

    def test_14_removed_and_installed_again_it_is_the_same_relay(self):
        self.back_up_as_the_readme_says()
        self.container.must("apt-get", "-qq", "remove", "--yes", "coterie-relay")
        self.assertNotEqual(self.container.run("systemctl", "is-active", SERVICE)[0], 0)
        self.assertEqual(self.container.run("pidof", "coterie-relay")[0], 1)
        self.install(self.newer)
        self.await_active()
        self.assertEqual(self.fingerprint(), self.pin)
        self.start_chats()
        self.talk("we meet again")
        self.end_chats()

    def back_up_as_the_readme_says(self):
        command = re.search(r"^\| back up \| `([^`]+)`", (checks.SOURCE / "README.md").read_text(), re.MULTILINE).group(1)
        self.container.must("sh", "-c", "cd /root && " + command.replace("sudo ", ""))
        self.await_active()
        # The relay's key is in it.
        self.assertEqual(self.container.must("stat", "--format", "%a", "/root/coterie-relay.tar").strip(), "600")
        self.assertIn("coterie-relay/identity.pem", self.container.must("tar", "-tf", "/root/coterie-relay.tar"))

    def test_15_purging_leaves_nothing(self):
        self.container.must("apt-get", "-qq", "purge", "--yes", *PACKAGES)
        self.assertEqual(self.container.run("pidof", "coterie-relay")[0], 1)
        self.container.must("apt-get", "-qq", "autoremove", "--purge", "--yes")
        left = {path for path in self.container.files() - self.before if not OF_THE_SYSTEM.match(path)}
        self.assertEqual(left, set())
        kept = {path for path in self.container.files() if "coterie" in path and not path.startswith(("/debs", "/root", "/var/log"))}
        self.assertEqual(kept, set())
        for name, content in self.compared.items():
            self.assertEqual((self.container.root / name).read_text(), content)


if __name__ == "__main__":
    checks.main()
