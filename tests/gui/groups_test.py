#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Ways into a group and out of it, in the real window: classic mode, leaving, histories that are damaged or in use."""

import scenario   # says where the harness is
import harness

BADGE = "classic: not private"


class ClassicTest(scenario.WindowScenario):
    relay_options = ("--classic",)

    def peer(self, user, password):
        words = [harness.cli_path(), "--relay", self.room.relay.address, "--user", user, "--classic", "--profile",
                 str(self.room.folder / f"profile-{user}"), "--json", "chat", "--dir", str(self.room.folder / f"received-{user}")]
        process = harness.Process(words, {**self.room.environment(user), "COTERIE_PASSWORD": password}, self.room.folder, user)
        self.room.processes.append(process)
        process.await_kind("settled")
        return process

    def fill(self, window, user, password):
        window.press(lambda text: "create a group" in text)
        window.select("Kind of server", 1)
        window.await_text(BADGE)
        window.write("Relay address", "127.0.0.1")
        window.find("spin button").queryValue().currentValue = float(self.room.relay.port)
        window.write("User id (what others see)", user)
        window.password(password, "Password")
        window.press("Connect")

    def test_text_and_files_go_both_ways_under_the_badge(self):
        bob = self.peer("bob", "weak")
        alice = self.window("alice")
        self.fill(alice, "alice", "weak")
        alice.joined()
        # In the title, in the list, over the conversation; and no word of encryption.
        alice.find("frame", lambda text: BADGE in text)
        alice.find("table cell", lambda text: BADGE in text)
        alice.find("label", lambda text: text.startswith(BADGE))
        self.assertFalse(any("end-to-end" in text for text in alice.texts()))
        alice.await_text("1 here")
        alice.say("hello over the old wire")
        bob.await_kind("message", text="hello over the old wire", outgoing=False)
        bob.type("سلام!")
        alice.await_message("سلام!")
        photo = self.room.file("photo.jpg", 300_000)
        bob.type(f"/send {photo} alice")
        alice.await_text("photo.jpg")
        alice.await_text("[" + BADGE + "] ")
        alice.press("Accept")
        alice.await_text("nothing vouches for what is in it")
        saved = list((alice.home / "client_received").iterdir())
        self.assertEqual([path.read_bytes() for path in saved], [photo.read_bytes()])
        route = self.room.file("route.gpx", 200_000)
        second = scenario.screen.start([str(harness.build_path() / "gui" / "coterie"), str(route)],
                                       {**scenario.screen.environment, "HOME": str(alice.home)})
        self.assertEqual(second.wait(30), 0)
        offer = bob.await_kind("offer")
        bob.type(f"/accept {offer['id']}")
        self.assertEqual(harness.sha256_of(bob.await_kind("file", outgoing=False)["path"]), harness.sha256_of(route))
        alice.await_text("nothing confirms that it arrived")
        # Nothing that this wire has no words for is offered.
        offered = alice.offers("Group")
        self.assertIn("Close Group", offered)
        self.assertNotIn("Invite…", offered)
        # It is kept, without its password, and stays what it is.
        alice.close()
        again = self.window("alice")
        again.press(lambda text: "127.0.0.1" in text and BADGE in text)
        again.password("weak", "Password")
        again.press("Connect")
        again.joined()
        again.find("frame", lambda text: BADGE in text)

    def test_the_password_of_a_group_is_refused_at_its_field(self):
        alice = self.joined()
        alice.choose("Join or Create a Group…")
        self.fill(alice, "alice", self.room.password)
        alice.await_text("this is the password of your group climbing")
        self.assertNotIn("classic_login", self.room.relay.process.stderr())


if __name__ == "__main__":
    scenario.main()
