#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The relay as a service: configuration and reload, what it tells the service manager, metrics, the doctor, disks that fill up or
are damaged, clocks that jump."""

import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import unittest
import urllib.error
import urllib.request

import disk_shim
import harness
from mailbox_kill_test import Relay
from raw_member import FULL, JOINED, OUTCOME, RECEIVE, STORED, Identity, Lost, RawMember

DEADLINE = harness.DEADLINE


def page(port, path):
    """Status and text of a page of the relay."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=DEADLINE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def figure(text, name):
    found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
    return float(found.group(1))


class Operation(unittest.TestCase):
    longMessage = True

    def setUp(self):
        self.folder = pathlib.Path(harness.tempfile.mkdtemp(prefix="coterie-operation-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.config = self.folder / "relay.conf"
        self.config.write_text("")
        self.relay = Relay(self.folder, ["--config", str(self.config)])
        self.relay.log_level = "info"
        self.addCleanup(self.end)
        self.alice, self.bob, self.carol = (Identity("club", name) for name in ("alice", "bob", "carol"))

    def end(self):
        if self.relay.process and self.relay.process.poll() is None:
            self.relay.kill()
        if not self.relay.errors.closed:
            self.relay.errors.close()

    def said(self):
        return (self.folder / "relay.stderr").read_text()

    def await_said(self, text):
        harness.wait_until(lambda: text in self.said(), f"the relay says {text!r}; it said: {self.said()[-2000:]}")

    def run_relay(self, *words):
        """To its end: exit code, standard output, standard error."""
        done = subprocess.run([harness.relay_path(), *words], capture_output=True, timeout=DEADLINE, text=True)
        return done.returncode, done.stdout, done.stderr

    def assert_refused(self, words, *needles):
        code, out, error = self.run_relay(*words)
        self.assertEqual((code, out), (1, ""), error)
        self.assertEqual(error.count("\n"), 1, error)
        self.assertTrue(error.startswith("coterie-relay: "), error)
        for needle in needles:
            self.assertIn(needle, error)

    def member(self, who):
        member = RawMember(self.relay.port, who, DEADLINE)
        self.addCleanup(member.close)
        return member

    def acquaint(self):
        """All three are remembered; only alice is here."""
        alice, bob, carol = self.member(self.alice), self.member(self.bob), self.member(self.carol)
        for member in (self.bob, self.carol):
            alice.send(b"h" * 16, [member], b"hello", keep=False)
        bob.until(RECEIVE)
        carol.until(RECEIVE)
        bob.close()
        carol.close()
        return alice

    def fate(self, sender, number, to, size=300):
        message = number.to_bytes(16, "big")
        sender.send(message, [to], bytes([number % 256]) * size)
        while True:
            for told, _, delivery in RawMember.outcomes(sender.until(OUTCOME)):
                if told == message:
                    return delivery

    def numbers(self, who, count):
        member = self.member(who)
        found = []
        while len(found) < count:
            number, _, message, _ = RawMember.received(member.until(RECEIVE))
            found.append(int.from_bytes(message, "big"))
            member.acknowledge([number])
        member.close()
        return found

    # ── configuration ──

    def test_a_configuration_with_a_mistake_is_refused_with_its_line(self):
        self.config.write_text("# x\nlimit-members = many\n")
        for words in ([], ["--check-config"]):
            self.assert_refused(["--config", str(self.config), *words], f"{self.config} line 2", "limit-members", "256")
        self.assert_refused(["--config", str(self.folder / "nowhere.conf")], "nowhere.conf", "does not exist")
        self.assert_refused(["--config", str(self.folder)], str(self.folder), "no ordinary file")
        code, out, _ = self.run_relay("--print-config")
        self.assertEqual(code, 0)
        self.config.write_text(out)
        self.assertEqual(self.run_relay("--config", str(self.config), "--check-config")[0], 0)

    def test_a_reload_changes_limits_and_access_and_drops_nobody(self):
        self.relay.start()
        alice = self.member(self.alice)
        self.config.write_text("deny = 127.0.0.0/8\nlog-addresses = no\n")
        self.relay.process.send_signal(1)
        self.await_said(" reloaded")
        with self.assertRaises(Lost):
            RawMember(self.relay.port, self.bob, DEADLINE)
        alice.send(bytes(16), [self.bob], b"x")
        alice.until(OUTCOME)
        self.config.write_text("limit-members = 1\n")
        self.relay.process.send_signal(1)
        harness.wait_until(lambda: self.said().count(" reloaded") == 2, "the second reload")
        with self.assertRaisesRegex(Lost, "no place"):
            RawMember(self.relay.port, self.bob, DEADLINE)

    def test_a_reload_with_a_mistake_keeps_the_old_values_and_says_why(self):
        key = self.folder / "key"
        key.write_text("sesame\n")
        key.chmod(0o600)
        self.config.write_text(f"access-key-file = {key}\n")
        self.relay.start()
        self.config.write_text("limit-members = 5\nfrobnicate = yes\n")
        self.relay.process.send_signal(1)
        self.await_said("reload_refused")
        self.assertIn("line 2", self.said())
        self.assertIn("frobnicate", self.said())
        with self.assertRaisesRegex(Lost, "access key"):
            RawMember(self.relay.port, self.alice, DEADLINE)
        self.config.write_text("mailbox = no\n")
        self.relay.process.send_signal(1)
        self.await_said(" reloaded")
        self.assertIn("needs_restart setting=mailbox", self.said())
        self.member(self.alice)

    def test_addresses_stay_out_of_the_log_when_asked(self):
        self.config.write_text("log-addresses = no\n")
        self.relay.start()
        self.member(self.alice)
        self.await_said("join group=")
        self.assertIn("address=hidden", self.said())
        self.assertNotIn("address=127", self.said())

    # ── the service manager ──

    def test_the_service_manager_is_told_how_it_goes(self):
        path = self.folder / "notify"
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.bind(str(path))
        manager.settimeout(DEADLINE)

        def await_word(word):
            while True:
                words = manager.recv(4096).decode().split("\n")
                if word in words:
                    return words

        os.environ.update(NOTIFY_SOCKET=str(path), WATCHDOG_USEC="200000")
        try:
            self.relay.start()
        finally:
            del os.environ["NOTIFY_SOCKET"], os.environ["WATCHDOG_USEC"]
        await_word("READY=1")
        for _ in range(3):
            await_word("WATCHDOG=1")
        self.relay.process.send_signal(1)
        self.assertTrue(any(word.startswith("MONOTONIC_USEC=") for word in await_word("RELOADING=1")))
        await_word("READY=1")
        self.relay.process.terminate()
        await_word("STOPPING=1")
        self.assertEqual(self.relay.process.wait(DEADLINE), 0)

    def test_what_is_asked_as_soon_as_it_listens_is_done(self):
        # A manager that does not listen holds the relay at the moment in which it says that it is ready.
        path = self.folder / "notify"
        manager, others = (socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2))
        self.addCleanup(manager.close)
        self.addCleanup(others.close)
        manager.bind(str(path))
        others.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                others.sendto(b"of others", str(path))
        os.environ["NOTIFY_SOCKET"] = str(path)
        try:
            self.relay.start()
        finally:
            del os.environ["NOTIFY_SOCKET"]
        self.relay.process.send_signal(1)
        manager.settimeout(0)

        def is_reloaded():
            with contextlib.suppress(BlockingIOError):
                while True:
                    manager.recv(4096)
            return self.relay.process.poll() is not None or " info reloaded" in self.said()

        harness.wait_until(is_reloaded, "the relay reloads")
        self.assertIsNone(self.relay.process.poll(), "a relay that was asked to reload has ended")

    def test_the_journal_is_told_how_grave_each_line_is(self):
        def written(environment, *words):
            with open(self.folder / "journal", "wb") as stream:
                status = os.fstat(stream.fileno())
                subprocess.run([harness.relay_path(), *words], stderr=stream, stdout=subprocess.DEVNULL, timeout=DEADLINE,
                               env={**os.environ, **environment(f"{status.st_dev}:{status.st_ino}")})
            return (self.folder / "journal").read_text()

        self.config.write_text("limit-members = many\n")
        words = ["--config", str(self.config), "--check-config"]
        self.assertRegex(written(lambda stream: {"JOURNAL_STREAM": stream}, *words), r"^<3>coterie-relay: .*limit-members")
        # Somebody has turned standard error elsewhere since.
        self.assertRegex(written(lambda stream: {"JOURNAL_STREAM": "1" + stream}, *words), r"^coterie-relay: ")

        self.config.write_text("")
        status = os.fstat(self.relay.errors.fileno())
        os.environ["JOURNAL_STREAM"] = f"{status.st_dev}:{status.st_ino}"
        try:
            self.relay.start()
        finally:
            del os.environ["JOURNAL_STREAM"]
        self.config.write_text("mailbox = no\n")
        self.relay.process.send_signal(1)
        self.await_said(" info reloaded")
        self.config.write_text("limit-members = many\n")
        self.relay.process.send_signal(1)
        self.await_said("reload_refused")
        for line in self.said().splitlines():
            self.assertRegex(line, r"^(<3>\S+ error|<4>\S+ warning|<6>\S+ info) ")
        for level in ("error", "warning", "info"):
            self.assertIn(f" {level} ", self.said())

    def test_sockets_that_the_service_manager_listens_on_are_used(self):
        listening = socket.socket()
        self.addCleanup(listening.close)
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]

        def handed(descriptor, *words):
            # The number of the process is known only inside it.
            return subprocess.Popen(["sh", "-c", 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"', "sh", harness.relay_path(), "--state-dir",
                                     str(self.folder / "state"), *words], preexec_fn=lambda: os.dup2(descriptor, 3), pass_fds=(3,),
                                    stderr=subprocess.PIPE, text=True)

        waiting = socket.create_connection(("127.0.0.1", port), DEADLINE)   # before anybody is there to accept it
        self.addCleanup(waiting.close)
        # The port of the command line is in use: it is not asked for.
        relay = handed(listening.fileno(), "--listen", f"127.0.0.1:{port}", "--log-level", "info")
        self.addCleanup(relay.stderr.close)
        self.addCleanup(lambda: relay.poll() is None and relay.kill())
        self.assertIn(f" ready listen=127.0.0.1:{port} ", relay.stderr.readline())
        member = RawMember(port, self.alice, DEADLINE)
        member.close()
        relay.terminate()
        self.assertEqual(relay.wait(DEADLINE), 0)
        other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(other.close)
        useless = handed(other.fileno())
        said = useless.communicate(timeout=DEADLINE)[1]
        self.assertEqual(useless.returncode, 1)
        self.assertRegex(said, r"^coterie-relay: .*handed over does not listen.*\n$")

    def test_a_stop_tells_everybody_and_keeps_what_was_not_acknowledged(self):
        self.relay.start()
        alice = self.acquaint()
        bob = self.member(self.bob)
        alice.send((7).to_bytes(16, "big"), [self.bob], b"seven")
        bob.until(RECEIVE)
        self.relay.process.terminate()
        with self.assertRaisesRegex(Lost, "shutting down"):
            while True:
                alice.frames(wait=DEADLINE)
        self.assertEqual(self.relay.process.wait(DEADLINE), 0)
        self.relay.start()
        self.assertEqual(self.numbers(self.bob, 1), [7])

    # ── metrics ──

    def test_metrics_and_health_tell_what_goes_on_and_name_nobody(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.relay.options += ["--metrics", f"127.0.0.1:{port}"]
        self.relay.start()
        alice = self.acquaint()
        for number in range(3):
            self.assertEqual(self.fate(alice, number, self.bob), STORED)
        status, text = page(port, "/metrics")
        self.assertEqual(status, 200)
        self.assertEqual(figure(text, "coterie_relay_members_online"), 1)
        self.assertEqual(figure(text, "coterie_relay_mailbox_letters"), 3)
        self.assertEqual(figure(text, "coterie_relay_mailbox_stored_total"), 3)
        self.assertEqual(figure(text, "coterie_relay_joins_total"), 3)
        self.assertGreaterEqual(figure(text, "coterie_relay_loop_lag_seconds"), 0)
        for line in text.splitlines():
            self.assertRegex(line, r"^(# (HELP|TYPE) coterie_relay_\w+ .+|coterie_relay_\w+(\{\w+=\"\w+\"\})? [0-9.]+)$")
        for secret in (self.alice.id.hex(), self.alice.tag.hex(), self.alice.tag.hex()[:8], "127.0.0.1"):
            self.assertNotIn(secret, text)
        self.assertEqual(page(port, "/health"), (200, "ok\n"))
        self.assertEqual(page(port, "/elsewhere")[0], 404)
        self.assert_refused(["--state-dir", str(self.folder / "other"), "--listen", "127.0.0.1:0", "--metrics", f"127.0.0.1:{port}"],
                            str(port))

    def test_the_board_shows_only_what_there_is(self):
        board = pathlib.Path(__file__).resolve().parents[2] / "packaging" / "grafana" / "coterie-relay.json"
        shown = set(re.findall(r"coterie_relay_\w+", board.read_text()))
        json.loads(board.read_text())
        source = (pathlib.Path(__file__).resolve().parents[2] / "relay" / "metrics.cpp").read_text()
        known = {"coterie_relay_" + name for name in re.findall(r'text\.(?:gauge|counter|head)\("(\w+)"', source)}
        self.assertGreater(len(shown), 10)
        self.assertEqual(shown - known, set())

    # ── the doctor ──

    def test_classic_mode_that_goes_past_the_access_key_is_warned_about(self):
        key = self.folder / "key"
        key.touch(0o600)
        key.write_text("open sesame\n")
        sentence = "classic mode is open to everybody"
        for settings, warned in (("classic = yes\n", False), (f"access-key-file = {key}\n", False),
                                 (f"classic = yes\naccess-key-file = {key}\n", True)):
            self.config.write_text(settings)
            code, out, _ = self.run_relay("--config", str(self.config), "--check-config")
            self.assertEqual((code, sentence in out), (0, warned), out)
            code, out, _ = self.run_relay("doctor", "--config", str(self.config), "--state-dir", str(self.folder / "state"),
                                          "--listen", "127.0.0.1:0")
            self.assertEqual((code, sentence in out), (0, warned), out)
        self.relay.start()
        self.await_said("warning classic_without_key")
        self.relay.stop()
        # A key that a reload brings is gone past as well; also where the file has become silent about what still runs.
        for settings in ("classic = yes\n", ""):
            self.config.write_text("classic = yes\n")
            (self.folder / "relay.stderr").write_text("")
            self.relay.start()
            self.await_said("warning classic_mode")
            self.assertNotIn("classic_without_key", self.said())
            self.config.write_text(f"{settings}access-key-file = {key}\n")
            self.relay.process.send_signal(1)
            self.await_said(" reloaded")
            self.assertIn("warning classic_without_key", self.said())
            self.relay.stop()

    def test_the_doctor_finds_what_is_in_the_way(self):
        state = self.folder / "state"
        words = ["doctor", "--state-dir", str(state), "--listen", "127.0.0.1:0"]
        code, out, _ = self.run_relay(*words)
        self.assertEqual(code, 0, out)
        self.assertFalse(state.exists())
        self.relay.start()
        code, out, _ = self.run_relay(*words[:-1], f"127.0.0.1:{self.relay.port}")
        self.assertEqual(code, 0, out)
        self.assertIn("is in use, by the relay that is running", out)
        self.relay.stop()
        state.chmod(0o755)
        code, out, _ = self.run_relay(*words)
        self.assertEqual(code, 1, out)
        self.assertIn(f"chmod 700 {state}", out)
        state.chmod(0o700)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            code, out, _ = self.run_relay(*words[:-1], f"127.0.0.1:{taken.getsockname()[1]}")
        self.assertEqual(code, 1, out)
        self.assertRegex(out, r"WRONG .* is in use, and no relay is running on .*--state-dir")
        with open(state / "mailbox.db", "r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * 4096)
        code, out, _ = self.run_relay(*words)
        self.assertEqual(code, 1, out)
        self.assertIn("mailbox.db", out)

    # ── what goes wrong ──

    def test_what_prevents_a_start_is_one_sentence_and_overwrites_nothing(self):
        self.relay.start()
        state = str(self.relay.state)
        self.assert_refused(["--state-dir", state, "--listen", "127.0.0.1:0"], state)
        self.assert_refused(["--state-dir", str(self.folder / "b"), "--listen", f"127.0.0.1:{self.relay.port}"], str(self.relay.port))
        alice = self.acquaint()
        self.assertEqual(self.fate(alice, 1, self.bob), STORED)
        self.relay.stop()
        for mode in (0o770, 0o702):
            self.relay.state.chmod(mode)
            self.assert_refused(["--state-dir", state, "--listen", "127.0.0.1:0"], state, "chmod 700")
        self.relay.state.chmod(0o700)
        identity = self.relay.state / "identity.pem"
        key = identity.read_bytes()
        identity.chmod(0o640)
        self.assert_refused(["--state-dir", state, "--listen", "127.0.0.1:0"], str(identity), "chmod 600")
        identity.chmod(0o600)
        for damaged in (b"", b"not a key"):
            identity.write_bytes(damaged)
            self.assert_refused(["--state-dir", state, "--listen", "127.0.0.1:0"], str(identity), "The relay's key is damaged", "backup")
            self.assertEqual(identity.read_bytes(), damaged)
        identity.write_bytes(key)
        for name in ("mailbox.db", "relay.db"):
            whole = (self.relay.state / name).read_bytes()
            for damaged in (b"", b"not a database at all " * 500, whole[:100] + b"\xff" * (len(whole) - 100)):
                (self.relay.state / name).write_bytes(damaged)
                self.assert_refused(["--state-dir", state, "--listen", "127.0.0.1:0"], name)
                self.assertEqual((self.relay.state / name).read_bytes(), damaged)
            (self.relay.state / name).write_bytes(whole)
        self.relay.start()
        self.assertEqual(self.numbers(self.bob, 1), [1])

    def test_a_full_disk_refuses_letters_and_nothing_else_and_recovers(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.relay.options += ["--metrics", f"127.0.0.1:{port}"]
        self.relay.start()
        alice = self.acquaint()
        self.assertEqual(self.fate(alice, 1, self.bob), STORED)
        self.relay.full.touch()
        # The journal may still hold some within its present length.
        number = 2
        while self.fate(alice, number, self.bob, size=20_000) == STORED:
            number += 1
            self.assertLess(number, 300)
        self.assertEqual(page(port, "/health")[0], 503)
        carol = self.member(self.carol)
        alice.send((900).to_bytes(16, "big"), [self.carol], b"live")
        self.assertEqual(RawMember.received(carol.until(RECEIVE))[3], b"live")
        self.relay.full.unlink()
        harness.wait_until(lambda: self.fate(alice, number, self.bob, size=20_000) == STORED, "it recovers", 5 * harness.PATIENCE)
        self.assertEqual(page(port, "/health")[0], 200)
        self.assertEqual(self.numbers(self.bob, number), list(range(1, number + 1)))

    def on_a_small_file_system(self):
        """Alice, on a relay whose state lies on 8 MiB of its own; the folder where these are mounted."""
        mount = self.folder / "small"
        mount.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "none", str(mount)], capture_output=True)
        if done.returncode != 0:
            self.skipTest("NOT TRIED: a small file system cannot be mounted here (it takes root): " + done.stderr.decode().strip())
        self.addCleanup(subprocess.run, ["umount", str(mount)], check=True)
        self.addCleanup(self.end)   # before that
        self.relay.state = mount / "state"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.metrics = free.getsockname()[1]
        self.relay.options += ["--metrics", f"127.0.0.1:{self.metrics}"]
        self.relay.start()
        return self.acquaint(), mount

    def assert_whole(self):
        self.assertEqual(self.relay.stop(), 0)
        checked = subprocess.run([harness.relay_path(), "doctor", "--state-dir", str(self.relay.state), "--listen", "127.0.0.1:0"],
                                 capture_output=True, text=True, timeout=DEADLINE)
        self.assertIn("mailbox.db is whole", checked.stdout)

    def fill(self, alice, number, size=60_000):
        """Letters to Bob from that number on until one is refused; its number."""
        first = number
        while self.fate(alice, number, self.bob, size=size) == STORED:
            number += 1
            self.assertLess(number, first + 200)
        return number

    def test_a_start_on_a_full_disk_is_one_sentence(self):
        alice, mount = self.on_a_small_file_system()
        alice.close()
        self.assertEqual(self.relay.stop(), 0)
        with open(mount / "ballast", "wb", buffering=0) as ballast, self.assertRaises(OSError):
            while True:
                ballast.write(bytes(4096))
        for state in (self.relay.state, mount / "another"):
            before = {path: path.read_bytes() for path in state.glob("*")}
            self.assert_refused(["--state-dir", str(state), "--listen", "127.0.0.1:0"], str(state), "The disk is full", "start the relay again")
            for path, content in before.items():
                self.assertEqual(path.read_bytes(), content)
        (mount / "ballast").unlink()
        self.relay.start()
        self.member(self.alice)

    def test_a_full_file_system_takes_as_much_again_once_letters_were_fetched(self):
        alice, _ = self.on_a_small_file_system()
        end = self.fill(alice, 1)
        self.assertGreater(end, 20)
        self.assertEqual(self.numbers(self.bob, end - 1), list(range(1, end)))
        # What was acknowledged last is deleted a moment later.
        for number in range(1, end - end // 8):
            harness.wait_until(lambda: self.fate(alice, number, self.bob, size=60_000) == STORED, f"there is room for letter {number} again")
        again = self.fill(alice, end - end // 8)
        self.assertEqual(self.numbers(self.bob, again - 1), list(range(1, again)))
        self.assert_whole()

    def test_a_file_system_that_others_fill_to_the_last_byte_is_survived(self):
        alice, mount = self.on_a_small_file_system()
        for number in range(1, 21):
            self.assertEqual(self.fate(alice, number, self.bob, size=60_000), STORED)
        with open(mount / "ballast", "wb", buffering=0) as ballast, self.assertRaises(OSError):
            while True:
                ballast.write(bytes(4096))
        refused = self.fill(alice, 21)
        # What acknowledges, and what is too small to be refused, makes it no better.
        for size in (60_000, 300, 60_000, 300, 60_000):
            self.fate(alice, refused, self.carol, size=size)
            refused_still = self.fate(alice, refused + 1, self.bob, size=60_000)
            self.assertEqual((refused_still, page(self.metrics, "/health")[0]), (FULL, 503))
        self.assertEqual(self.said().count(" mailbox_not_written "), 1)
        self.assertNotIn("mailbox_written_again", self.said())
        # Delivered all the same, though nothing can be deleted.
        self.assertEqual(self.numbers(self.bob, refused - 1), list(range(1, refused)))
        (mount / "ballast").unlink()
        harness.wait_until(lambda: self.fate(alice, 500, self.bob, size=60_000) == STORED, "there is room again")
        self.await_said(" mailbox_written_again")
        self.assertEqual(page(self.metrics, "/health")[0], 200)
        self.assertEqual(self.numbers(self.bob, 1), [500])
        self.assert_whole()

    def test_a_mailbox_that_is_damaged_while_the_relay_runs_is_noticed_and_live_delivery_goes_on(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.relay.options += ["--metrics", f"127.0.0.1:{port}"]
        self.relay.start()
        alice = self.acquaint()
        # More than the database keeps in memory, and carried over from its journal.
        for number in range(1, 101):
            self.assertEqual(self.fate(alice, number, self.bob, size=60_000), STORED)
        file = self.relay.state / "mailbox.db"
        harness.wait_until(lambda: file.stat().st_size > 5_000_000, "the journal is carried over")
        with open(file, "r+b") as damaged:
            damaged.seek(4096)
            damaged.write(random.Random(1).randbytes(4_000_000))
        bob = self.member(self.bob)   # the relay reads what it has for him
        self.await_said(" mailbox_damaged ")
        self.assertEqual(page(port, "/health")[0], 503)
        self.assertIn("damaged", page(port, "/health")[1])
        self.assertEqual(self.fate(alice, 200, self.carol), FULL)
        carol = self.member(self.carol)
        for number, (who, link) in enumerate(((self.bob, bob), (self.carol, carol))):
            alice.send((300 + number).to_bytes(16, "big"), [who], b"live")
            while RawMember.received(link.until(RECEIVE))[3] != b"live":
                pass
        before = file.read_bytes()
        self.relay.kill()
        self.assertEqual(file.read_bytes(), before)
        checked = subprocess.run([harness.relay_path(), "doctor", "--state-dir", str(self.relay.state), "--listen", "127.0.0.1:0"],
                                 capture_output=True, text=True, timeout=DEADLINE)
        self.assertEqual(checked.returncode, 1)
        self.assertIn("mailbox.db", checked.stdout)

    def test_S06_clocks_that_jump_take_nothing_away(self):
        # Kept and remembered for a minute only: whoever went by the clock on the wall would forget everything at the first jump.
        self.relay.options += ["--mailbox-keep", "60", "--remember", "60"]
        self.relay.clock.write_text("0")
        self.relay.start()
        alice = self.acquaint()
        carol = self.member(self.carol)
        jumps = (3600, -3600, 86_400, -86_400, 315_360_000, -315_360_000)
        for number, wrong_by in enumerate(jumps):
            self.relay.clock.write_text(str(wrong_by))
            self.assertEqual(self.fate(alice, number, self.bob), STORED)
            # Those who are here notice nothing.
            alice.send((100 + number).to_bytes(16, "big"), [self.carol], b"live")
            told, _, message, _ = RawMember.received(carol.until(RECEIVE))
            self.assertEqual(int.from_bytes(message, "big"), 100 + number)
            carol.acknowledge([told])
        self.relay.stop()
        for wrong_by in (315_360_000, -315_360_000):
            self.relay.clock.write_text(str(wrong_by))
            self.relay.start()
            member = self.member(self.alice)
            self.assertEqual(self.fate(member, 0, self.bob), STORED)   # is known, and there already
            member.close()
            self.relay.stop()
        self.relay.start()
        self.assertEqual(self.numbers(self.bob, len(jumps)), list(range(len(jumps))))


if __name__ == "__main__":
    harness.main()
