#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files that are taken without a question, because the group's rule says so."""

import json

import scenario   # says where the harness is
import desk

RULES = {"Ask about each file": "ask", "Take every file": "always"}


class ReceivingTest(scenario.WindowScenario):
    def setUp(self):
        super().setUp()
        self.alice = self.joined()
        self.bob = self.room.member("bob").chat()
        self.alice.await_text("1 here")

    def send(self, name, size=20_000):
        self.bob.type(f"/send {self.room.file(name, size)} alice")

    def rule(self, name):
        self.alice.offers("Group")   # what is chosen is marked when the menu is opened
        self.alice.find("radio menu item", name, showing=False).queryAction().doAction(0)
        # The item is marked at once; that the rule holds is known when it is kept, and only then a file may come.
        kept = self.alice.home / ".local" / "share" / "coterie" / "connections.json"
        desk.await_that(lambda: [group["accept"] for group in json.loads(kept.read_text())] == [RULES[name]], said=f"{name} is the rule")

    def await_saved(self, name):
        received = self.alice.home / "client_received"
        desk.await_that(lambda: [*received.glob(f"*_{name}")], said=f"{name} has come")

    def asks_about(self, name):
        return any("offers you" in text and name in text for text in self.alice.texts())

    def test_every_file_is_taken_where_that_is_the_rule_but_for_programs(self):
        self.rule("Take every file")
        self.send("route.gpx")
        self.await_saved("route.gpx")
        self.alice.await_text("has been saved and verified")
        self.assertFalse(self.asks_about("route.gpx"))
        self.send("setup.sh")
        desk.await_that(lambda: self.asks_about("setup.sh"), said="a program is asked about")
        self.alice.press("Decline")
        # The rule is kept, and taken back.
        self.alice.close()
        self.alice = self.window("alice")
        self.alice.await_text("1 here")
        self.send("map.png")
        self.await_saved("map.png")
        self.rule("Ask about each file")
        self.send("photo.jpg")
        desk.await_that(lambda: self.asks_about("photo.jpg"), said="it is asked again")

    def test_verified_members_are_not_asked_about_up_to_a_size(self):
        self.alice.choose("Largest File Taken Without Asking…")
        box = self.alice.find("spin button")
        box.queryValue().currentValue = 2.0
        self.alice.press("OK")
        self.send("route.gpx")
        desk.await_that(lambda: self.asks_about("route.gpx"), said="bob is not verified yet")
        self.alice.press("Decline")
        self.alice.find("table cell", lambda text: text.startswith("bob")).queryComponent().grabFocus()
        self.alice.key("ctrl+shift+v")
        self.alice.press(lambda text: "Mark as Verified" in text)
        self.alice.find("table cell", lambda text: "verified" in text and text.startswith("bob"))
        self.send("map.png")
        self.await_saved("map.png")
        self.assertFalse(self.asks_about("map.png"))
        self.send("film.mp4", 2_500_000)
        desk.await_that(lambda: self.asks_about("film.mp4"), said="what is larger is asked about")


if __name__ == "__main__":
    scenario.main()
