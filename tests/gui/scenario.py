# SPDX-License-Identifier: MIT
"""Scenarios with real windows: a room of the end-to-end tests, and windows on one screen that all of a run share."""

import sys

import desk
import harness

SKIPPED = 77
screen = None


class WindowScenario(harness.Scenario):
    def setUp(self):
        super().setUp()
        self.windows = []
        self.addCleanup(self.close_windows)

    def close_windows(self):
        """And what the toolkit complained about while they ran, which nobody would read otherwise."""
        for window in self.windows:
            window.close()
        complaints = [f"{window.home.name}: {line}" for window in self.windows for line in window.complaints()]
        if complaints:
            self.fail("the window has written to its standard error:\n" + "\n".join(complaints))

    def window(self, name, *arguments, **options):
        window = desk.Window(screen, self.room.folder / f"home-{name}", arguments, **options)
        self.windows.append(window)
        return window

    def joined(self, name="alice", group="climbing", trust=True):
        """`trust`: the relay is met for the first time, and asked about."""
        window = self.window(name)
        window.join(self.room.relay.address, name, group, self.room.password, trust)
        window.joined()
        return window


def main(**of_the_screen):
    global screen
    missing = desk.what_is_missing()
    if missing:
        print("SKIPPED: the window is not tested here, for want of " + ", ".join(missing) + ". ./dev test installs what is needed.")
        sys.exit(SKIPPED)
    screen = desk.Desk(**of_the_screen)
    try:
        harness.main()
    finally:
        screen.close()
