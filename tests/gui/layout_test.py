#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How much room everything takes in the window, and that nothing jumps when something else comes and goes."""

import subprocess

import scenario   # says where the harness is
import desk


class LayoutTest(scenario.WindowScenario):
    def height(self, window, node):
        return window.box(node).height

    def test_who_writes_is_said_and_the_messages_stay_where_they_are(self):
        alice = self.joined()
        dora = self.joined("dora")
        alice.await_text("1 here")
        alice.say("shall we?")
        alice.find("list item", lambda text: "shall we?, delivered" in text or "shall we?, read" in text)
        before = alice.box(alice.messages())
        dora.composer().queryComponent().grabFocus()
        dora.type("we")
        alice.await_text("\u2068dora\u2069 is writing…")
        now = alice.box(alice.messages())
        self.assertEqual((now.y, now.height), (before.y, before.height))
        dora.key("Return")
        alice.await_message("dora, ")
        desk.await_that(lambda: not any("is writing" in text for text in alice.texts()), said="she has written it")

    def test_the_composer_is_as_high_as_what_is_written_there(self):
        alice = self.joined()
        composer = alice.composer()
        send = alice.find("push button", "Send")
        desk.await_that(lambda: abs(self.height(alice, composer) - self.height(alice, send)) <= 4, said="one line is as high as the button")
        one = self.height(alice, composer)
        composer.queryEditableText().setTextContents("a line that is broken because it is long " * 6)
        desk.await_that(lambda: self.height(alice, composer) > one + 10, said="broken lines make it higher")
        composer.queryEditableText().setTextContents("line\n" * 40)
        desk.await_that(lambda: self.height(alice, composer) > 2 * one, said="so do lines")
        self.assertLess(self.height(alice, composer), self.height(alice, alice.messages()), "but not without end")
        composer.queryEditableText().setTextContents("")
        desk.await_that(lambda: self.height(alice, composer) == one, said="it is one line again")

    def test_the_transfers_take_what_their_rows_need_until_somebody_draws_the_line(self):
        alice = self.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("1 here")
        self.assertFalse(alice.all("push button", lambda text: text == "Clear Finished"), "nothing is finished")
        heights = []
        for number in range(3):
            bob.type(f"/send {self.room.file(f'photo-{number}.jpg', 20_000, number)} alice")
            alice.find("table cell", f"photo-{number}.jpg")
            table = alice.find("table", "Transfers")
            desk.await_that(lambda: not heights or self.height(alice, table) > heights[-1], said="another row has its room")
            heights.append(self.height(alice, table))
        # By hand: to somewhere in the middle of the window.
        box = alice.box(alice.find("label", "Transfers"))
        before = self.height(alice, table)
        subprocess.run(["xdotool", "mousemove", str(box.x + 300), str(self.sash_above(alice, box)), "mousedown", "1", "mousemove_relative",
                        "--", "0", "-60", "mousemove_relative", "--", "0", "-40", "mouseup", "1"], env=scenario.screen.environment, check=True)
        desk.await_that(lambda: self.height(alice, table) > before + 60, said="it is as it was drawn")
        drawn = self.height(alice, table)
        bob.type(f"/send {self.room.file('photo-4.jpg', 20_000, 4)} alice")
        alice.find("table cell", "photo-4.jpg")
        self.assertEqual(self.height(alice, table), drawn)
        alice.press("Decline All")
        alice.press("Clear Finished")
        desk.await_that(lambda: not alice.all("table", lambda text: text == "Transfers"), said="the list is empty and takes no room")

    def lines(self, box):
        """Of the words in a box of the screen, from where to where each line goes."""
        picture = scenario.screen.picture()
        ground = picture.ground(box)
        lines, is_within = [], False
        for y in range(box.y, box.y + box.height):
            inked = [x for x in range(box.x, box.x + box.width) if picture.pixel(x, y) != ground]
            if inked and is_within:
                lines[-1] = (min(lines[-1][0], inked[0]), max(lines[-1][1], inked[-1]))
            elif inked:
                lines.append((inked[0], inked[-1]))
            is_within = bool(inked)
        return lines

    def test_the_words_of_an_empty_conversation_stand_in_the_middle_line_by_line(self):
        alice = self.joined()
        alice.await_text("end-to-end encrypted")
        alice.front()
        box = alice.box(alice.messages())
        box.x, box.width = box.x + 10, box.width - 20   # without the edges of the panes
        desk.await_that(lambda: len(self.lines(box)) >= 2, said="its words are on the screen")
        lines = self.lines(box)
        self.assertGreater(len({right - left for left, right in lines}), 1, "they are not all of one length")
        for left, right in lines:
            self.assertAlmostEqual((left + right) / 2, box.x + box.width / 2, delta=4)

    def sash_above(self, window, title):
        """The line between the composer and the title of the transfers: the grey one in the picture."""
        picture = scenario.screen.picture()
        for y in range(title.y, title.y - 30, -1):
            if desk.luminance(picture.pixel(title.x + 300, y)) < 0.8:
                return y
        self.fail("there is no line above the transfers")


if __name__ == "__main__":
    scenario.main()
