#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the window says to the desktop while nobody looks at it, and takes back again."""

import json
import pathlib
import subprocess
import sys
import threading

import desk
import harness
import scenario

SERVICE = pathlib.Path(__file__).resolve().parent / "notification_service.py"


class Notifications:
    """All that programs on this screen ask the desktop to show."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, str(SERVICE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=scenario.screen.environment, text=True)
        self.said = []
        self.reader = threading.Thread(target=lambda: self.said.extend(map(json.loads, iter(self.process.stdout.readline, ""))), daemon=True)
        self.reader.start()
        self.await_that(lambda one: one["event"] == "ready", "the service is there")

    def await_that(self, fits, said):
        return desk.await_that(lambda: [one for one in self.said if fits(one)], said=f"{said}: {self.said[-5:]}")[-1]

    def await_shown(self, title, text):
        return self.await_that(lambda one: one["event"] == "shown" and one["title"] == title and one["text"] == text, f"{title}: {text}")["number"]

    def await_withdrawn(self, number):
        self.await_that(lambda one: one["event"] == "withdrawn" and one["number"] == number, f"notification {number} is withdrawn")

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)


class DesktopTest(scenario.WindowScenario):
    def setUp(self):
        super().setUp()
        self.shown = Notifications()
        self.addCleanup(self.shown.close)

    def alice_behind_another_window_and_bob(self):
        alice = self.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("1 here")
        self.window("zoe").front()
        desk.await_that(lambda: not alice.is_active(), said="alice's window is behind")
        return alice, bob

    def test_a_notification_says_what_its_author_says_and_goes_when_it_is_taken_back_or_read(self):
        alice, bob = self.alice_behind_another_window_and_bob()

        bob.type("meet at <six> & bring rope")
        number = self.shown.await_shown("bob · climbing", "meet at &lt;six> &amp; bring rope")
        said = bob.await_kind("message", text="meet at <six> & bring rope")["id"]
        bob.type(f"/edit {said} meet at seven")
        self.assertEqual(self.shown.await_shown("bob · climbing", "meet at seven"), number)
        bob.type(f"/delete {said}")
        self.shown.await_withdrawn(number)

        bob.type("/msg alice between us")
        number = self.shown.await_shown("bob (privately), climbing", "between us")
        alice.front()
        desk.await_that(alice.is_active, said="alice's window is in front")
        alice.choose("Next Conversation")
        self.shown.await_withdrawn(number)

    def test_many_files_are_one_notification_when_they_are_offered_and_one_when_they_are_here(self):
        alice, bob = self.alice_behind_another_window_and_bob()

        photos = [self.room.file(f"photo-{number}.jpg", 20_000, number) for number in range(3)]
        for photo in photos:
            bob.type(f"/send {photo} alice")
            alice.find("table cell", photo.name)
        offered = self.shown.await_shown("bob · climbing", "offers 3 files")
        self.assertEqual(self.shown.await_shown("bob · climbing", "offers a file: photo-0.jpg"), offered)
        self.assertEqual(self.shown.await_shown("bob · climbing", "offers 2 files"), offered)
        alice.press("Accept All")
        self.shown.await_withdrawn(offered)

        saved = self.shown.await_shown("bob · climbing", "3 files have arrived")
        self.assertEqual(self.shown.await_shown("bob · climbing", "2 files have arrived"), saved)
        first = self.shown.await_that(lambda one: one["event"] == "shown" and "has arrived" in one["text"], "the first file")["number"]
        self.shown.await_withdrawn(first)
        alice.front()
        self.shown.await_withdrawn(saved)
        # The desktop's library complains of a notification without a title.
        self.assertNotIn("notify_", alice.log.read_text())

    def test_a_window_that_starts_minimised_comes_up_where_it_was(self):
        alice = self.joined()
        place = lambda window: window.messages().queryComponent().getExtents(window.spi.DESKTOP_COORDS)
        corner = place(alice)
        subprocess.run(["xdotool", "windowmove", "--sync", alice.handle(), "150", "120"], env=scenario.screen.environment, check=True)
        desk.await_that(lambda: place(alice).x != corner.x and place(alice).y != corner.y, said="it was moved")
        before = place(alice)
        alice.close()
        alice = self.window("alice", "--minimised")
        desk.await_that(lambda: alice.messages() and not alice.is_active(), said="it waits")
        second = scenario.screen.start([str(harness.build_path() / "gui" / "coterie")],
                                       {**scenario.screen.environment, "HOME": str(alice.home)})
        self.assertEqual(second.wait(30), 0)
        desk.await_that(lambda: (place(alice).x, place(alice).y) == (before.x, before.y), said="it is where it was")


if __name__ == "__main__":
    scenario.main()
