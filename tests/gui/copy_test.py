#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A whole conversation goes to the clipboard, however long it is, and the window goes on meanwhile."""

import re
import subprocess
import sys

import scenario   # says where the harness is
import desk
import harness

COPYING = "Copying the whole conversation…"


class CopyTest(scenario.WindowScenario):
    def with_history(self, count):
        """Alice's window on a history of that many messages."""
        alice = self.joined()
        self.room.member("bob").chat()
        alice.await_text("1 here")
        alice.close()
        profile = alice.home / ".local" / "share" / "coterie" / "profiles" / "alice"
        subprocess.run([str(harness.build_path() / "tests" / "gui" / "make_history"), str(profile), str(count)], check=True, timeout=120)
        alice = self.window("alice")
        alice.await_message(f"line {count - 1} of {count}")
        alice.await_text("1 here")
        return alice

    def clipboard(self):
        """What another program gets when it pastes."""
        program = ("import gi; gi.require_version('Gtk', '3.0'); from gi.repository import Gtk, Gdk; "
                   "print(Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD).wait_for_text() or '', end='')")
        return subprocess.run([sys.executable, "-c", program], env=scenario.screen.environment, capture_output=True, check=True, text=True,
                              timeout=120).stdout

    def test_a_hundred_thousand_messages_are_copied_while_one_goes_on_writing(self):
        count = 100_000
        alice = self.with_history(count)
        alice.composer().queryEditableText().setTextContents("said while it is copied")
        send = alice.find("push button", "Send").queryAction()
        alice.choose("Copy Whole Conversation")
        # The window answers, and what is said meanwhile is copied too.
        send.doAction(0)
        alice.await_text(f"{count + 1} messages were copied.", seconds=300)
        self.assertNotIn(COPYING, " ".join(alice.texts()))
        lines = self.clipboard().splitlines()
        numbers = [int(found.group(1)) for found in (re.search(r"^\[.*: line (\d+) of", line) for line in lines) if found]
        self.assertEqual(numbers, list(range(count)), "each once, oldest first")
        self.assertTrue(lines[-1].endswith("alice: said while it is copied"))
        days = [line for line in lines if re.fullmatch(r"[A-Z][a-z]+day, \d{1,2} [A-Z][a-z]+ \d{4}", line)]
        self.assertEqual(lines[0], days[0])
        self.assertEqual(len(days), len(set(days)), "every day is named once")
        # The list is where it was.
        alice.await_message("said while it is copied")
        alice.await_message(f"line {count - 1} of {count}")

    def test_copying_ends_with_escape_and_the_clipboard_keeps_what_it_had(self):
        alice = self.with_history(400_000)   # so that there is time to end it
        alice.composer().queryEditableText().setTextContents("kept")
        alice.composer().queryComponent().grabFocus()
        alice.key("ctrl+a", "ctrl+x")
        desk.await_that(lambda: self.clipboard() == "kept", said="it is on the clipboard")
        for end in (lambda: alice.key("Escape"), lambda: alice.press("Cancel"), lambda: alice.press("Dismiss")):
            alice.choose("Copy Whole Conversation")
            alice.await_text(COPYING)
            end()
            desk.await_that(lambda: not any(COPYING in text for text in alice.texts()), said="it has ended")
        alice.say("and on it goes")
        alice.await_message("and on it goes")
        self.assertFalse(any("copied" in text for text in alice.texts()))
        self.assertEqual(self.clipboard(), "kept")

    def test_a_short_conversation_is_copied_at_once_and_an_empty_one_leaves_the_clipboard_alone(self):
        alice = self.joined()
        alice.choose("Copy Whole Conversation")
        alice.await_text("there is nothing to copy")
        self.room.member("bob").chat()
        alice.await_text("1 here")
        alice.say("first")
        alice.await_message("first")
        alice.choose("Copy Whole Conversation")
        alice.await_text("1 message was copied.")
        self.assertRegex(self.clipboard(), r"\A[A-Z][a-z]+day, .*\n\[\d\d:\d\d\] alice: first\n\Z")


if __name__ == "__main__":
    scenario.main()
