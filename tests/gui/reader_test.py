#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What somebody who cannot see the window is told, and what happens when a screen reader presses a button."""

import scenario   # says where the harness is
import desk


class PressingTest(scenario.WindowScenario):
    def test_a_button_that_asks_something_answers_before_the_question_does(self):
        alice = self.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("1 here")
        bob.type(f"/send {self.room.file('setup.sh', 1000)} alice")
        alice.press("Accept")
        alice.await_text("has been saved and verified")
        pane = alice.find("table", "Transfers")
        alice.find("table cell", lambda text: text == "setup.sh").queryComponent().grabFocus()
        pane.querySelection().selectChild(0)
        # The notice has an Open of its own: that of the pane is meant.
        alice.press("Dismiss")
        alice.press("Open")
        alice.find("push button", "Do Not Open")
        # It is still heard, and answered by the same way.
        alice.await_text("may read and change everything that you can")
        alice.press("Do Not Open")
        desk.await_that(lambda: not alice.has("push button", lambda text: "Do Not Open" in text), said="the question is answered")
        alice.press("Send files")
        alice.press("Cancel")
        alice.say("still here")
        alice.await_message("still here")


class TellingTest(scenario.WindowScenario):
    def test_a_member_who_can_be_taken_for_another_is_marked_where_members_are_listed(self):
        alice = self.joined()
        self.room.member("bob").chat()
        alice.await_text("1 here")
        self.room.member("b\u043eb").chat()   # with a Cyrillic letter
        alice.await_text("2 here")
        row = alice.find("table cell", lambda text: text.startswith("b\u043eb"))
        self.assertIn("\u26a0", row.name)
        self.assertIn("looks like \u2068bob\u2069", row.name)
        self.assertNotIn("\u26a0", alice.find("table cell", lambda text: text.startswith("bob")).name)

    def test_what_is_unread_is_heard_in_the_list(self):
        alice = self.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("1 here")
        bob.type("/msg alice one")
        bob.type("/msg alice two")
        alice.find("table cell", lambda text: text.startswith("bob") and "2 unread messages" in text)

    def test_one_mistake_is_one_sentence_and_what_was_copied_says_so(self):
        alice = self.window("alice")
        alice.press(lambda text: "create a group" in text)
        alice.write("User id (what others see)", "alice")
        alice.write("Group name", "climbing")
        alice.password("short")
        alice.await_text("Too short yet: at least 8 characters")
        alice.press("Connect")
        alice.await_text("A password has at least 8 characters")
        self.assertFalse(any("Too short yet" in text for text in alice.texts()))
        alice.password("longer-by-far-1")
        desk.await_that(lambda: not any("A password has at least" in text for text in alice.texts()), said="it is mended")
        alice.press("Copy")
        alice.find("push button", "\u2713 Copied")
        alice.password("another-one-22")
        alice.find("push button", "Copy")


if __name__ == "__main__":
    scenario.main()
