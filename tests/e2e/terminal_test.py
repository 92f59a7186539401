#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a person sees and types: a real terminal on the other side of a pseudo-terminal."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

import harness


class Terminal:
    """A program on a terminal of its own, which is also its controlling terminal."""

    def __init__(self, words, environment, columns=80):
        self.shown = ""
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            os.execve(words[0], words, environment)
        fcntl.ioctl(self.screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.code = None

    def type(self, text):
        os.write(self.screen, text.encode())

    def await_text(self, text, start=0, seconds=harness.DEADLINE):
        """Until this stands on the screen; the place behind it."""
        end = time.monotonic() + seconds
        while True:
            at = self.shown.find(text, start)
            if at >= 0:
                return at + len(text)
            ready, _, _ = select.select([self.screen], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise harness.Failure(f"not within {seconds:.0f} s on the screen: {text!r}; it shows {self.shown[-2000:]!r}")
            try:
                piece = os.read(self.screen, 65536)
            except OSError:
                piece = b""
            if not piece:
                raise harness.Failure(f"ended before the screen showed {text!r}; it shows {self.shown[-2000:]!r}")
            self.shown += piece.decode("utf-8", "replace")

    def wait(self):
        end = time.monotonic() + harness.DEADLINE
        while self.code is None:
            with contextlib.suppress(OSError):
                ready, _, _ = select.select([self.screen], [], [], 0.05)
                if ready:
                    self.shown += os.read(self.screen, 65536).decode("utf-8", "replace")
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                raise harness.Failure(f"has not ended; the screen shows {self.shown[-2000:]!r}")
        return self.code

    def echo_is_on(self):
        return bool(termios.tcgetattr(self.screen)[3] & termios.ECHO)

    def close(self):
        if self.code is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.screen)


class AtATerminal(harness.Scenario):
    def terminal(self, member, *command, columns=80, **options):
        environment = {**member.environment(), "TERM": "xterm"}
        terminal = Terminal(member.words(*command, as_json=False, **options), environment, columns)
        self.addCleanup(terminal.close)
        return terminal

    def test_an_unknown_relay_is_shown_and_asked_about(self):
        alice = self.room.member("alice", pin=False)
        terminal = self.terminal(alice, "members")
        terminal.await_text(self.room.relay.pin[:4] + " " + self.room.relay.pin[4:8])
        terminal.await_text("[y/N]")
        terminal.type("n\r")
        self.assertEqual(terminal.wait(), 1)
        terminal = self.terminal(alice, "members")
        terminal.await_text("[y/N]")
        terminal.type("y\r")
        self.assertEqual(terminal.wait(), 0)
        self.assertEqual(self.terminal(alice, "members").wait(), 0)   # known from now on

    def test_the_password_is_asked_for_without_showing_it(self):
        alice = self.room.member("alice", password="")
        terminal = self.terminal(alice, "members")
        terminal.await_text("Password of the group climbing: ")
        harness.wait_until(lambda: not terminal.echo_is_on(), "the terminal stops echoing")
        terminal.type("wrong\x15" + self.room.password + "x\x7f\r")
        self.assertEqual(terminal.wait(), 0)
        self.assertNotIn(self.room.password[:10], terminal.shown)
        # The same password: another member finds this one.
        bob = self.room.member("bob").spawn("listen")
        bob.await_kind("link", state="online")
        terminal = self.terminal(alice, "say", "hello")
        terminal.await_text("Password")
        harness.wait_until(lambda: not terminal.echo_is_on(), "the terminal stops echoing")
        terminal.type(self.room.password + "\r")
        self.assertEqual(terminal.wait(), 0)
        bob.await_kind("message", text="hello")

    def test_a_password_typed_before_a_chat_is_no_message(self):
        bob = self.room.member("bob").spawn("listen")
        bob.await_kind("link", state="online")
        terminal = self.terminal(self.room.member("alice", password=""), "chat")
        terminal.await_text("Password of the group climbing: ")
        self.assertNotIn("alice>", terminal.shown)
        harness.wait_until(lambda: not terminal.echo_is_on(), "the terminal stops echoing")
        for key in self.room.password:
            terminal.type(key)
        terminal.type("\r")
        terminal.await_text("bob is here")
        terminal.type("good morning\r")
        self.assertEqual(bob.await_kind("message")["text"], "good morning")
        self.assertNotIn(self.room.password[:4], terminal.shown)
        terminal.type("/quit\r")
        self.assertEqual(terminal.wait(), 0)

    def test_giving_up_at_the_password_leaves_the_terminal_as_it_was(self):
        terminal = self.terminal(self.room.member("alice", password=""), "members")
        terminal.await_text("Password")
        harness.wait_until(lambda: not terminal.echo_is_on(), "the terminal stops echoing")
        terminal.type("\x03")
        terminal.await_text("Interrupted; nothing was sent.")
        self.assertTrue(terminal.echo_is_on())
        self.assertEqual(terminal.wait(), 1)

    def test_a_signal_at_the_password_leaves_the_terminal_as_it_was(self):
        terminal = self.terminal(self.room.member("alice", password=""), "members")
        terminal.await_text("Password")
        harness.wait_until(lambda: not terminal.echo_is_on(), "the terminal stops echoing")
        os.kill(terminal.pid, signal.SIGTERM)
        terminal.await_text("Interrupted; nothing was sent.")
        self.assertTrue(terminal.echo_is_on())
        self.assertEqual(terminal.wait(), 1)

    def test_a_conversation_keeps_the_typed_line_whole(self):
        bob = self.room.member("bob").chat()
        terminal = self.terminal(self.room.member("alice"), "chat")
        terminal.await_text("bob is here")
        bob.await_kind("member", user="alice", state="ready")
        terminal.type("half a li")
        place = terminal.await_text("half a li")
        bob.type("interrupting")
        place = terminal.await_text("interrupting", place)
        terminal.await_text("alice> half a li", place)      # drawn again below it
        terminal.type("ne\r")
        bob.await_kind("message", text="half a line")
        # What was shown to a person is reported as read.
        sent = bob.await_kind("message", text="interrupting")
        bob.await_kind("receipt", id=sent["id"], state="read")
        terminal.type("/who\r")
        terminal.await_text("bob  here")
        terminal.type("\x04")
        self.assertEqual(terminal.wait(), 0)

    def test_quitting_while_the_relay_is_away_says_what_is_still_to_be_delivered(self):
        bob = self.room.member("bob").chat()
        terminal = self.terminal(self.room.member("alice"), "chat", columns=200)
        terminal.await_text("bob is here")
        self.room.relay.kill()
        terminal.await_text("connection")
        terminal.type("for later\r")
        place = terminal.await_text(": for later")
        terminal.type("/search nowhere\r")
        terminal.await_text("Nothing found.", place)
        terminal.type("/quit\r")
        terminal.await_text("1 message is kept in the outbox of this profile and goes out the next time any command connects.")
        self.assertEqual(terminal.wait(), 0)
        self.room.relay.start()
        again = self.room.member("alice").chat()
        bob.await_kind("message", text="for later")
        again.stop()

    def test_a_file_is_asked_about_and_progress_is_shown(self):
        bob = self.room.member("bob")
        receiving = self.terminal(bob, "receive", "--dir", str(bob.received))
        alice = self.room.member("alice")
        # Slow enough that there is something to show.
        alice.relay = self.room.proxy(bytes_per_second=8e6).address
        sending = self.terminal(alice, "send", str(self.room.file("photos.tar", 30_000_000)))
        receiving.await_text("Take it?")
        self.assertIn("photos.tar (30.0 MB)", receiving.shown)
        receiving.type("y\r")
        sending.await_text("MB/s")
        sending.await_text("left")
        self.assertEqual(receiving.wait(), 0)
        self.assertEqual(sending.wait(), 0)
        self.assertIn("complete and verified at bob", sending.shown)

    def test_an_interrupt_ends_in_good_order(self):
        for command, sign, code in (("chat", "connected", 0), ("listen", "connected", 0), ("receive", "waiting for files", 1)):
            with self.subTest(command=command):
                terminal = self.terminal(self.room.member("alice"), command)
                terminal.await_text(sign)
                terminal.type("\x03")
                self.assertEqual(terminal.wait(), code, terminal.shown)


if __name__ == "__main__":
    harness.main()
