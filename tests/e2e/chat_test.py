#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Chatting: groups, direct messages, going and coming back, restarts."""

import harness


def said(text, **fields):
    """Matches a message event."""
    return lambda event: (event.get("event") == "message" and event["text"] == text and
                          all(event.get(name) == value for name, value in fields.items()))


class Chat(harness.Scenario):
    def test_three_members_talk_to_all_and_to_one(self):
        alice, bob, carol = (self.room.member(name).chat() for name in ("alice", "bob", "carol"))
        for process, others in ((alice, ("bob", "carol")), (bob, ("alice", "carol")), (carol, ("alice", "bob"))):
            for other in others:
                process.await_kind("member", user=other, state="ready")

        alice.type("good morning")
        for process in (bob, carol):
            message = process.await_event(said("good morning"), "alice's message")
            self.assertEqual((message["from"], message["to"], message["direct"]), ("alice", "group", False))
        sent = alice.await_event(said("good morning", outgoing=True), "her own message")
        self.assertEqual(sorted(delivery["user"] for delivery in sent["deliveries"]), ["bob", "carol"])
        for other in ("bob", "carol"):
            alice.await_kind("receipt", id=sent["id"], user=other, state="delivered")

        bob.type("/msg carol a secret")
        message = carol.await_event(said("a secret"), "bob's direct message")
        self.assertEqual((message["from"], message["to"], message["direct"]), ("bob", "carol", True))
        bob.type("after the secret")
        alice.await_event(said("after the secret"), "bob's next message")
        self.assertEqual(alice.count(said("a secret")), 0)

        carol.type("/read")
        carol.type("/read bob")
        alice.await_kind("receipt", id=sent["id"], user="carol", state="read")
        for process in (alice, bob, carol):
            process.type("/quit")
            self.assertEqual(process.wait(), 0)

    def test_messages_are_answered_changed_and_taken_back(self):
        alice, bob, carol = (self.room.member(name).chat() for name in ("alice", "bob", "carol"))
        for process, others in ((alice, ("bob", "carol")), (bob, ("alice", "carol")), (carol, ("alice", "bob"))):
            for other in others:
                process.await_kind("member", user=other, state="ready")

        def changed(message, **fields):
            return lambda event: (event.get("event") == "changed" and event["id"] == message and
                                  all(event.get(name) == value for name, value in fields.items()))

        alice.type("/typing")
        self.assertFalse(bob.await_kind("typing", user="alice")["direct"])
        alice.type("we meet at nine")
        first = bob.await_event(said("we meet at nine"), "alice's message")["id"]
        bob.type(f"/reply {first[:8]} make it ten")
        for process in (alice, carol):
            answer = process.await_event(said("make it ten"), "bob's answer")
            self.assertEqual(answer["reply_to"], first)
            self.assertEqual(answer["quote"], {"from": "alice", "text": "we meet at nine"})
        alice.type(f"/edit {first} we meet at ten")
        for process in (alice, bob, carol):
            process.await_event(changed(first, text="we meet at ten", edited=True), "the new text")
        for process in (carol, bob):
            process.type(f"/react {first} 👍")
        everyone = lambda event: changed(first)(event) and sorted(event.get("reactions", [{"users": []}])[0]["users"]) == ["bob", "carol"]
        for process in (alice, bob, carol):
            process.await_event(everyone, "both thumbs")

        # Nobody's words but one's own.
        bob.type(f"/edit {first} bob meets nobody")
        bob.await_kind("error", code="invalid_argument")

        # Carol is killed, misses what happens, and has it afterwards.
        carol_member = self.room.member("carol")
        carol.kill()
        alice.await_kind("member", user="carol", online=False)
        alice.type(f"/delete {first}")
        alice.await_event(changed(first, deleted=True, text=""), "her own deletion")
        alice.kill()
        bob.await_event(changed(first, deleted=True), "the deletion")
        carol = carol_member.chat()
        alice = self.room.member("alice").chat()
        carol.await_event(changed(first, deleted=True, text=""), "the deletion, later")
        carol.type("/conversations")
        group = carol.await_kind("conversation", direct=False)
        self.assertEqual((group["unread"], group["last"]["text"]), (2, "make it ten"))
        carol.type("/read")
        carol.type("/history")
        carol.type("/forget")
        carol.await_kind("history_deleted")
        carol.type("/quit")
        self.assertEqual(carol.wait(), 0)
        self.assertEqual(carol_member.run("history").events, [])

    def test_say_ends_well_when_everyone_has_it(self):
        bob = self.room.member("bob").spawn("listen")
        bob.await_kind("link", state="online")
        alice = self.room.member("alice")
        outcome = alice.run("say", "hello bob")
        self.assert_code(outcome, 0)
        self.assertEqual(bob.await_event(said("hello bob"), "the message")["from"], "alice")
        outcome = alice.run("say", "--to", "BOB", "-", input="two\nlines\n".encode())
        self.assert_code(outcome, 0)
        self.assertTrue(bob.await_event(said("two\nlines"), "the direct message")["direct"])
        outcome = alice.run("say", "for people", as_json=False)
        self.assert_code(outcome, 0)
        self.assertEqual(outcome.events, ["Delivered to bob."])

    def test_a_message_to_somebody_away_waits_in_the_outbox(self):
        alice, bob = self.room.member("alice"), self.room.member("bob")
        greeting = bob.spawn("listen")
        greeting.await_kind("link", state="online")
        self.assert_code(alice.run("say", "hello"), 0)
        self.assertEqual(greeting.stop(), 0)

        outcome = alice.run("say", "--to", "bob", "--wait", "5", "for later")
        self.assert_error(outcome, 3, "timed_out")
        self.assertIn("The relay keeps it for bob", outcome.errors[0]["text"])
        self.assertEqual([(event["user"], event["state"]) for event in outcome.of_kind("receipt")], [("bob", "at_relay")])
        self.assertIn("at the relay for bob", "\n".join(alice.run("history", as_json=False).events))

        bob_again = bob.spawn("listen")
        bob_again.await_event(said("for later", direct=True), "what waited")
        self.assertEqual(bob_again.stop(), 0)
        # Bob has left word that he has it.
        sender = alice.spawn("listen")
        sender.await_kind("receipt", user="bob", state="delivered")
        self.assertEqual(sum(1 for event in bob.run("history").events if event["text"] == "for later"), 1)

    def test_a_message_to_somebody_away_survives_the_relay_and_needs_no_sender(self):
        alice, bob = self.room.member("alice"), self.room.member("bob")
        greeting = bob.spawn("listen")
        greeting.await_kind("link", state="online")
        self.assert_code(alice.run("say", "hello"), 0)
        self.assertEqual(greeting.stop(), 0)
        texts = [f"line {number}" for number in range(20)]
        chat = alice.chat()
        for text in texts:
            chat.type(text)
        for text in texts:
            sent = chat.await_event(said(text, outgoing=True), "her own message")
            chat.await_kind("receipt", id=sent["id"], user="bob", state="at_relay")
        chat.kill()
        self.room.relay.kill()
        self.room.relay.start()
        bob_again = bob.spawn("listen")
        bob_again.await_event(said(texts[-1]), "the last line")
        got = [event["text"] for event in bob_again.snapshot() if event.get("event") == "message" and event["text"] in texts]
        self.assertEqual(got, texts)

    def test_conversations_survive_restarts_of_everyone(self):
        members = [self.room.member(name) for name in ("alice", "bob", "carol")]
        for round_number in range(3):
            processes = [member.chat() for member in members]
            for process, member in zip(processes, members):
                for other in members:
                    if other is not member:
                        process.await_kind("member", user=other.user, state="ready")
            for process, member in zip(processes, members):
                process.type(f"{member.user} {round_number}")
            for process in processes:
                for member in members:
                    process.await_event(said(f"{member.user} {round_number}"), "everyone's message")
            for process in processes:
                self.assertEqual(process.stop(), 0)
            self.room.relay.stop()
            self.room.relay.start()
        for member in members:
            texts = [event["text"] for event in member.run("history", "0").of_kind("message")]
            expected = {f"{other.user} {number}" for other in members for number in range(3)}
            self.assertEqual(len(texts), 9)
            self.assertEqual(set(texts), expected)

    def test_members_come_back_by_themselves_after_the_relay_was_killed(self):
        alice, bob = self.room.member("alice").chat(), self.room.member("bob").chat()
        alice.await_kind("member", user="bob", state="ready")
        bob.await_kind("member", user="alice", state="ready")
        self.room.relay.kill()
        lost = alice.await_kind("link", state="offline")
        self.assertGreater(lost["retry_in_ms"], 0)
        alice.type("written while away")
        alice.await_event(said("written while away", outgoing=True), "her own message")
        self.room.relay.start()
        bob.await_event(said("written while away"), "what was written meanwhile")
        self.assertEqual(bob.count(said("written while away")), 1)

    def test_history_and_search_need_neither_relay_nor_password(self):
        alice, bob = self.room.member("alice"), self.room.member("bob")
        listener = bob.spawn("listen")
        listener.await_kind("link", state="online")
        for text in ("the rope is blue", "the rope is new", "bring water"):
            self.assert_code(alice.run("say", text), 0)
        self.assert_code(alice.run("say", "--to", "bob", "only you: rope"), 0)
        listener.stop()
        self.room.relay.stop()

        bob.password = None
        history = bob.run("history")
        self.assert_code(history, 0)
        texts = [event["text"] for event in history.of_kind("message")]
        self.assertEqual(texts, ["the rope is blue", "the rope is new", "bring water", "only you: rope"])
        self.assertEqual([event["text"] for event in bob.run("history", "2").events], texts[2:])
        self.assertEqual([event["text"] for event in bob.run("history", "--with", "alice").events], texts[3:])
        self.assertEqual({event["text"] for event in bob.run("search", "rope").events}, {texts[0], texts[1], texts[3]})
        self.assertEqual([event["text"] for event in bob.run("search", "rope", "blue").events], [texts[0]])
        self.assertEqual(bob.run("search", "'; DROP TABLE messages; --").code, 0)
        self.assertEqual([event["user"] for event in bob.run("members", "--offline").events], ["alice"])
        self.assert_error(bob.run("history", "--with", "dave"), 1, "no_such_member")

    def test_safety_numbers_are_the_same_on_both_sides_and_can_be_confirmed(self):
        alice, bob = self.room.member("alice"), self.room.member("bob")
        listener = bob.spawn("listen")
        listener.await_kind("link", state="online")
        seen_by_alice = alice.run("verify", "bob")
        self.assert_code(seen_by_alice, 0)
        number = seen_by_alice.of_kind("member")[0]["safety_number"]
        self.assertRegex(number, r"^(\d{5} ?){12}$")
        self.assertEqual(listener.await_kind("member", user="alice")["safety_number"], number)

        self.assert_code(alice.run("verify", "bob", "--confirm"), 0)
        self.assertTrue(alice.run("members").of_kind("member")[0]["verified"])
        self.assertIn("verified", alice.run("members", as_json=False).events[0])

    def test_a_changed_identity_is_held_until_it_is_accepted(self):
        alice, bob = self.room.member("alice"), self.room.member("bob")
        listener = bob.spawn("listen")
        listener.await_kind("link", state="online")
        self.assert_code(alice.run("say", "hello"), 0)
        self.assert_code(alice.run("verify", "bob", "--confirm"), 0)
        listener.stop()

        # The same name with a new profile: a new device, or somebody else.
        new_bob = self.room.member("bob", profile=self.room.folder / "profile-new-bob")
        listener = new_bob.spawn("listen")
        listener.await_kind("link", state="online")
        # It may wait for the key that is known, and for no other.
        outcome = alice.run("say", "--to", "bob", "--wait", "4", "for the old bob")
        self.assert_code(outcome, 3)
        self.assertEqual([event["state"] for event in outcome.of_kind("receipt")], ["at_relay"])
        self.assertEqual(outcome.of_kind("identity")[0]["user"], "bob")
        self.assertEqual(listener.count(said("for the old bob")), 0)

        # Two keys are known under that name, and nobody has said which of them was compared.
        outcome = alice.run("verify", "bob", "--confirm")
        self.assert_code(outcome, 1)
        self.assertEqual(outcome.of_kind("error")[0]["code"], "identity_changed")
        numbers = [event["safety_number"] for event in outcome.of_kind("member") if event["state"] == "held"]
        self.assert_code(alice.run("verify", "bob", "--number", numbers[0]), 0)
        outcome = alice.run("say", "--to", "bob", "for the new bob")
        self.assert_code(outcome, 0)
        listener.await_event(said("for the new bob"), "the message to the accepted key")
        self.assertEqual(listener.count(said("for the old bob")), 0)   # never to another key

    def test_odd_texts_arrive_unchanged_or_cleaned_and_never_steer_a_terminal(self):
        reader = self.room.member("reader").spawn("listen", as_json=False)
        reader.await_event(lambda line: "connected" in line, "connected")
        bob = self.room.member("bob").chat()
        alice = self.room.member("alice")
        for text in ("سلام، می\u200cروم", "👩\u200d🚀 🇮🇷", "<b>bold</b> &lt; %n%s", "a" * 16000):
            self.assert_code(alice.run("say", "-", input=text.encode()), 0)
            bob.await_event(said(text), "the same text")
        self.assert_code(alice.run("say", "-", input=b"clear \x1b[2J and \x1b]52;c;aGk=\x07 end"), 0)
        cleaned = bob.await_event(lambda event: event.get("event") == "message" and event["text"].startswith("clear "), "cleaned")
        self.assertNotIn("\x1b", cleaned["text"])
        reader.await_event(lambda line: line.endswith(" end"), "the last message")
        self.assertNotIn("\x1b", "".join(reader.snapshot()))
        self.assert_error(alice.run("say", "-", input=("x" * 16385).encode()), 1, "too_large")
        self.assert_error(alice.run("say", "-", input=b"\xff\xfe"), 1, "invalid_argument")

    def test_a_group_is_the_same_under_every_address_of_its_relay(self):
        bob = self.room.member("bob").chat()
        alice = self.room.member("alice")
        self.assert_code(alice.run("say", "first"), 0)
        key = bob.await_kind("member", user="alice", state="ready")["key"]
        for number, (uses_pin, trust) in enumerate(((True, False), (False, True))):
            # Another spelling is another way to the same relay.
            alice.relay = self.room.proxy().address
            alice.uses_pin = uses_pin
            text = f"by another way {number}"
            self.assert_code(alice.run("say", text, trust=trust), 0)
            self.assertEqual(bob.await_kind("message", text=text)["from"], "alice")
            for words in (["history"], ["search", "first"]):
                texts = [event["text"] for event in alice.run(*words).of_kind("message")]
                self.assertIn("first", texts)
            outcome = alice.run("members", trust=trust)
            self.assertEqual([event["user"] for event in outcome.of_kind("member")], ["bob"])
        # The same member all the time, to the relay as well.
        self.assertEqual({event["key"] for event in bob.snapshot() if event.get("event") == "member"}, {key})
        self.assertEqual({event["id"] for event in bob.snapshot() if event.get("event") == "member"},
                         {bob.await_kind("member", user="alice")["id"]})
        self.assertEqual(bob.count(lambda event: event.get("event") == "identity"), 0)

    def test_a_profile_is_one_persons(self):
        bob = self.room.member("bob").chat()
        alice = self.room.member("alice")
        self.assert_code(alice.run("members"), 0)
        mallory = self.room.member("mallory", profile=alice.profile)
        outcome = mallory.run("members")
        self.assert_error(outcome, 2, "invalid_argument")
        self.assertIn("alice", outcome.errors[0]["text"])
        self.assertEqual(bob.count(lambda event: event.get("user") == "mallory"), 0)

    def test_what_is_piped_in_while_no_relay_answers_is_kept(self):
        bob = self.room.member("bob")
        alice = self.room.member("alice")
        listening = bob.chat()
        self.assert_code(alice.run("say", "hello"), 0)
        listening.await_kind("message", text="hello")
        self.room.relay.stop()
        outcome = alice.run("chat", input=b"first line\nsecond line\n")
        self.assert_error(outcome, 3, "unreachable")
        self.assertIn("2 messages are kept", outcome.errors[-1]["text"])
        self.room.relay.start()
        self.assert_code(alice.run("members"), 0)
        talking = alice.chat()
        for text in ("first line", "second line"):
            listening.await_kind("message", text=text)
        self.assertEqual(talking.stop(), 0)

    def test_a_piped_conversation_ends_with_its_input(self):
        bob = self.room.member("bob").spawn("listen")
        bob.await_kind("link", state="online")
        outcome = self.room.member("alice").run("chat", input="one\ntwo\n/who\n".encode())
        self.assert_code(outcome, 0)
        for text in ("one", "two"):
            bob.await_event(said(text), "what was piped")


if __name__ == "__main__":
    harness.main()
