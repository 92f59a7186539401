#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How the real window starts, with what it was left at and what it has learned before; and the tray it goes into."""

import os
import shutil
import subprocess
import unittest

import scenario   # says where the harness is
import desk
import harness


class StartTest(scenario.WindowScenario):
    def test_the_window_opens_where_it_was_left(self):
        alice = self.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("1 here")
        bob.type("/msg alice between us")
        alice.choose("Join or Create a Group…")
        alice.join(self.room.relay.address, "alice", "sailing", self.room.password, trust=False)
        alice.find("frame", lambda text: "sailing" in text)
        # To the conversation with bob, of the group opened first.
        alice.choose("Previous Conversation")
        alice.find("frame", lambda text: "bob · climbing" in text)
        alice.await_message("between us")
        alice.close()
        again = self.window("alice")
        again.find("frame", lambda text: "bob · climbing" in text)
        again.await_message("between us")
        again.choose("Next Conversation")
        again.find("frame", lambda text: "sailing" in text)
        again.close()
        third = self.window("alice")
        third.find("frame", lambda text: "sailing" in text)

    def test_a_relay_that_was_compared_for_one_group_is_known_to_the_next(self):
        alice = self.joined()
        alice.choose("Join or Create a Group…")
        alice.join(self.room.relay.address, "alice", "sailing", self.room.password, trust=False)
        alice.find("frame", lambda text: text.startswith("sailing"))
        # Another identity at the same address is no question of a new group, but a relay that has changed.
        alice.choose("Close Group")
        alice.find("frame", lambda text: "climbing" in text)
        alice.choose("Close Group")
        alice.find("push button", lambda text: "create a group" in text)
        self.room.relay.stop()
        (self.room.relay.state / "identity.pem").unlink()
        self.room.relay.start()
        alice.join(self.room.relay.address, "alice", "skiing", self.room.password, trust=False)
        alice.await_text("This is not the relay you know")

    def test_no_user_id_is_proposed_to_the_systems_own_accounts(self):
        alice = self.window("alice")
        alice.press(lambda text: "create a group" in text)
        proposed = alice.field("User id (what others see)").queryText().getText(0, -1)
        self.assertEqual(proposed == "", os.getuid() < 1000 or os.getuid() == 65534)


@unittest.skipIf(shutil.which("trayer") is None, "the tray is not tested here, for want of trayer; ./dev test installs it")
class TrayTest(scenario.WindowScenario):
    def setUp(self):
        super().setUp()
        screen = scenario.screen
        self.tray = screen.start(["trayer", "--edge", "bottom", "--align", "left", "--widthtype", "request", "--height", "32",
                                  "--SetDockType", "true"])
        self.addCleanup(lambda: (self.tray.terminate(), self.tray.wait(10)))
        self.panel = desk.await_that(self._panel, said="the tray is on the screen")

    def _x(self, *words):
        return subprocess.run(["xdotool", *words], env=scenario.screen.environment, capture_output=True, text=True, check=False).stdout.split()

    def _panel(self):
        return next((each for each in self._x("search", "--class", "trayer") if self._x("getwindowname", each) == ["panel"]), None)

    def place(self):
        """Where the tray's icons are: {X, Y, WIDTH, HEIGHT}."""
        return dict(line.split("=") for line in self._x("getwindowgeometry", "--shell", self.panel))

    def await_icon(self):
        desk.await_that(lambda: int(self.place()["WIDTH"]) > 15, said="the icon is in the tray")

    def click(self, button=1):
        self.await_icon()
        place = {name: int(value) for name, value in self.place().items()}
        self._x("mousemove", str(place["X"] + place["WIDTH"] // 2), str(place["Y"] + place["HEIGHT"] // 2), "click", str(button))

    def handle(self, window):
        """Its window, and not its icon: that one has the name of the program."""
        return desk.await_that(lambda: self._x("search", "--all", "--onlyvisible", "--pid", str(window.process.pid), "--name", "(^| )Coterie$"),
                               said="the window is on the screen")[-1]

    def close(self, window):
        self._x("windowactivate", self.handle(window))
        desk.await_that(window.is_active, said="the window has the keyboard")
        self._x("key", "alt+F4")

    def await_away(self, window):
        desk.await_that(lambda: not window.all("frame"), said="the window has left the screen")

    def is_marked(self):
        """Something red in the icon, which has nothing red of its own."""
        place = self.place()
        shape = f"{place['WIDTH']}x{place['HEIGHT']}+{place['X']}+{place['Y']}"
        colours = subprocess.run(["import", "-window", "root", "-crop", shape, "-depth", "8", "rgb:-"], env=scenario.screen.environment,
                                 capture_output=True, check=True).stdout
        return sum(red > 180 and green < 90 and blue < 90 for red, green, blue in zip(colours[::3], colours[1::3], colours[2::3])) > 3

    def settings(self, name, **values):
        file = self.room.folder / f"home-{name}" / ".config" / "coterie" / "coterie.conf"
        file.parent.mkdir(parents=True)
        file.write_text("".join(f"{key}={value}\n" for key, value in values.items()))

    def test_a_click_on_the_icon_puts_the_window_away_and_brings_it_back_where_it_was(self):
        alice = self.joined()
        self._x("windowactivate", "--sync", self.handle(alice))
        before = self._x("getwindowgeometry", self.handle(alice))[3]
        self.click()
        self.await_away(alice)
        self.click()
        alice.find("frame", lambda text: "climbing" in text)
        desk.await_that(lambda: self._x("getwindowgeometry", self.handle(alice))[3] == before, said="it is where it was")
        # And from its menu.
        desk.await_that(alice.is_active, said="it has the keyboard")
        self.click(3)
        alice.press("Hide Coterie", "menu item")
        self.await_away(alice)
        self.click(3)
        alice.press("Show Coterie", "menu item")
        alice.find("frame", lambda text: "climbing" in text)
        self.click(3)
        alice.press("Quit", "menu item")
        self.assertEqual(alice.process.wait(20), 0)

    def test_closing_leaves_it_in_the_tray_where_it_marks_what_is_unread_and_a_second_launch_brings_it_back(self):
        self.settings("alice", closes_to_tray=1)
        alice = self.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("1 here")
        self.await_icon()
        self.close(alice)
        self.await_away(alice)
        self.assertFalse(self.is_marked())
        bob.type("are you still there?")
        desk.await_that(self.is_marked, said="the icon says that something is unread")
        second = scenario.screen.start([str(harness.build_path() / "gui" / "coterie")], {**scenario.screen.environment, "HOME": str(alice.home)})
        self.assertEqual(second.wait(30), 0)
        alice.find("frame", lambda text: "climbing" in text)
        alice.await_message("are you still there?")
        desk.await_that(lambda: not self.is_marked(), said="it has been read")
        # Without a tray, closing is the end.
        self.tray.terminate()
        self.tray.wait(10)
        self.close(alice)
        self.assertEqual(alice.process.wait(20), 0)

    def test_it_starts_minimised_into_the_tray_and_the_preferences_take_the_icon_away(self):
        self.settings("alice", closes_to_tray=1, starts_minimised=1)
        alice = self.window("alice", is_away=True)
        self.click()
        alice.press(lambda text: "create a group" in text)
        alice.choose("Preferences…")
        alice.find("check box", "Show an icon in the tray").queryAction().doAction(0)
        desk.await_that(lambda: int(self.place()["WIDTH"]) < 15, said="the icon is gone")
        alice.find("check box", "Show an icon in the tray").queryAction().doAction(0)
        self.await_icon()

    def test_a_tray_that_comes_later_gets_the_icon(self):
        self.tray.terminate()
        self.tray.wait(10)
        alice = self.window("alice")
        alice.find("push button", lambda text: "create a group" in text)
        self.tray = scenario.screen.start(["trayer", "--edge", "bottom", "--align", "left", "--widthtype", "request", "--height", "32",
                                           "--SetDockType", "true"])
        self.panel = desk.await_that(self._panel, said="the tray is on the screen")
        self.click()
        self.await_away(alice)


if __name__ == "__main__":
    scenario.main()
