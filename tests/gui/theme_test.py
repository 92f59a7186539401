#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The desktop changes between light and dark while the window runs: all of it follows, and stays readable."""

import desk
import harness
import scenario
import theme_service

READABLE = 4.5   # WCAG 2 AA, for text of ordinary size


class ThemeTest(scenario.WindowScenario):
    def setUp(self):
        super().setUp()
        self.desktop = theme_service.ThemeService(scenario.screen.environment["DISPLAY"], "Adwaita")
        self.addCleanup(self.desktop.close)

    def wrong(self, window, places, is_dark, below):
        """What is not as it has to be: the grounds by name, and every label and every line of a list."""
        picture = scenario.screen.picture()
        found = []
        for name, node in places.items():
            ground = desk.luminance(picture.ground(window.box(node)))
            if not (ground < 0.15 if is_dark else ground > 0.6):
                found.append(f"{name} stands on {ground:.2f}")
        for node in window.all("label", below=below) + window.all("table cell", below=below):
            if not node.name.strip():
                continue
            box = window.box(node)
            if box.width < 4 or box.height < 4:
                continue
            ground, clear = desk.luminance(picture.ground(box)), picture.contrast(box)
            is_selected = node.getState().contains(window.spi.STATE_SELECTED)
            if clear < READABLE or not (is_selected or (ground < 0.25 if is_dark else ground > 0.5)):
                found.append(f"{node.name[:40]!r}: {clear:.1f} on {ground:.2f}")
        return found

    def follows(self, window, places, below=None):
        """From light to dark and back."""
        for theme, is_dark in (("Adwaita", False), ("Adwaita-dark", True), ("Adwaita", False)):
            self.desktop.set(theme)
            try:
                desk.await_that(lambda: not self.wrong(window, places, is_dark, below), seconds=20, said=theme)
            except harness.Failure:
                self.fail(f"{theme}: {self.wrong(window, places, is_dark, below)}")

    def test_the_conversation_and_everything_around_it(self):
        alice = self.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("1 here")
        bob.type("Saturday at nine, at the station?")
        alice.await_message("Saturday at nine")
        alice.say("Nine it is. I bring the rope and something warm to drink.")
        alice.await_message("Nine it is")
        bob.type(f"/send {self.room.file('route.gpx', 20_000)} alice")
        alice.find("table cell", "route.gpx")
        alice.choose("Find in Conversation")
        alice.write("Find:", "nine")
        alice.await_text("1 of 2")
        messages = alice.messages()
        notice = alice.find("label", lambda text: "route.gpx" in text)
        self.follows(alice, {
            "the conversation": messages,
            "what others say": alice.find("list item", lambda text: "Saturday at nine" in text),
            "the composer": alice.composer(),
            "the conversations": alice.find("table", "Conversations"),
            "the members": alice.find("table", "Members"),
            "the transfers": alice.find("table", "Transfers"),
            "the notice": notice,
        })
        # What is chosen has the colour of the theme that is, and not of the one that was.
        chosen = alice.box(alice.find("table cell", lambda text: text.startswith("climbing")))
        light = scenario.screen.picture().ground(chosen)
        self.desktop.set("Adwaita-dark")
        desk.await_that(lambda: scenario.screen.picture().ground(chosen) != light, said="the dark theme's colour of what is chosen")

    def test_the_forms_of_the_first_run(self):
        alice = self.window("alice")
        alice.find("push button", lambda text: "create a group" in text)
        self.follows(alice, {"the window": alice.find("frame")})
        alice.join(self.room.relay.address, "alice", "climbing", "short", trust=False)
        alice.await_text("password")
        self.follows(alice, {"a field": alice.field("Group name")})
        alice.password(self.room.password)
        alice.press("Connect")
        alice.find("push button", lambda text: "Match" in text)
        self.follows(alice, {"the fingerprint": alice.field("Fingerprint")})

    def test_dialogs_and_windows_that_are_open(self):
        alice = self.joined()
        self.room.member("bob").chat()
        alice.await_text("1 here")
        # In that list who has the keyboard is chosen.
        alice.find("table cell", lambda text: text.startswith("bob")).queryComponent().grabFocus()
        alice.key("ctrl+shift+v")
        dialog = alice.find("frame", "Verify")
        code = alice.box(alice.all("icon", below=dialog)[0])
        self.follows(alice, {"the number": alice.field("Safety number")}, dialog)
        for theme in ("Adwaita-dark", "Adwaita"):
            self.desktop.set(theme)
            colours = [colour for colour, _ in scenario.screen.picture().colours(code)]
            self.assertEqual(set(colours[:2]), {bytes(3), bytes([255] * 3)}, "a code is read black on white")
        alice.press(lambda text: "Mark as Verified" in text)
        # The mark and the rest of the row are read where that is chosen, too.
        alice.find("table cell", lambda text: "verified" in text)
        self.follows(alice, {})
        alice.choose("Coterie Help")
        window = alice.find("frame", lambda text: "Help" in text)
        self.follows(alice, {"the page": alice.all("text", below=window)[0]}, window)
        alice.key("Escape")
        alice.choose("Preferences…")
        window = alice.find("frame", lambda text: "Preferences" in text)
        self.follows(alice, {"the window": window}, window)


if __name__ == "__main__":
    scenario.main(theme=None, size="1280x900")
