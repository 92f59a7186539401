#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How the real window starts: with what it was left at, and with what it has learned before."""

import os

import scenario   # says where the harness is


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
        self.room.relay.stop()
        (self.room.relay.state / "identity.pem").unlink()
        self.room.relay.start()
        alice.choose("Join or Create a Group…")
        alice.join(self.room.relay.address, "alice", "skiing", self.room.password, trust=False)
        alice.await_text("This is not the relay you know")

    def test_no_user_id_is_proposed_to_the_systems_own_accounts(self):
        alice = self.window("alice")
        alice.press(lambda text: "create a group" in text)
        proposed = alice.field("User id (what others see)").queryText().getText(0, -1)
        self.assertEqual(proposed == "", os.getuid() < 1000 or os.getuid() == 65534)


if __name__ == "__main__":
    scenario.main()
