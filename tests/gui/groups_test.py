#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Ways into a group and out of it, in the real window: classic mode, leaving, histories that are damaged or in use."""

import json
import os
import shutil
import socket
import unittest

import scenario   # says where the harness is
import desk
import harness

BADGE = "classic: not private"


@unittest.skipIf("COTERIE_WITHOUT_CLASSIC" in os.environ, "this build does not speak the prototype's wire")
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
        alice.await_message("photo.jpg")
        saved = list((alice.home / "client_received").iterdir())
        self.assertEqual([path.read_bytes() for path in saved], [photo.read_bytes()])
        route = self.room.file("route.gpx", 200_000)
        second = scenario.screen.start([str(harness.build_path() / "gui" / "coterie"), str(route)],
                                       {**scenario.screen.environment, "HOME": str(alice.home)})
        self.assertEqual(second.wait(30), 0)
        alice.press("Send 1 File")
        offer = bob.await_kind("offer")
        bob.type(f"/accept {offer['id']}")
        self.assertEqual(harness.sha256_of(bob.await_kind("file", outgoing=False)["path"]), harness.sha256_of(route))
        alice.await_text("nothing confirms that it arrived")
        alice.await_message("route.gpx")
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
        alice.await_text("This is the password of your group")
        self.assertNotIn("classic_login", self.room.relay.process.stderr())


class FormTest(scenario.WindowScenario):
    def test_what_is_typed_is_checked_next_to_its_field(self):
        alice = self.window("alice")
        alice.press(lambda text: "create a group" in text)
        user = alice.field("User id (what others see)")
        alice.write("User id (what others see)", "two  spaces")
        alice.await_text("Use one ordinary space between the words of a user id.")
        alice.write("User id (what others see)", "x" * 33)
        alice.await_text("use at most 32 characters")
        alice.write("User id (what others see)", "")
        user.queryComponent().grabFocus()
        alice.type("alice ")
        alice.key("Tab")
        alice.await_text("A space at the beginning or end is not part of a name")
        self.assertEqual(user.queryText().getText(0, -1), "alice")
        alice.write("Group name", "climbing")
        alice.password("short")
        alice.await_text("Too short yet: at least 8 characters")
        alice.press("Connect")
        alice.await_text("A password has at least 8 characters")

    def selected(self, window):
        """Of the fields that show a selection, what stands in them."""
        texts = [node.queryText() for role in ("text", "password text") for node in window.all(role)]
        return [text.getText(0, -1) for text in texts if text.getNSelections() > 0]

    def test_an_invite_asks_for_nothing_that_it_says_itself(self):
        alice = self.window("alice")
        alice.press(lambda text: "Join with an" in text)
        alice.field("Invite link")
        # Nothing is known of the relay yet, and the password is not chosen here.
        for name in ("Relay address", "Group name"):
            self.assertFalse(alice.has("label", name), name)
        for name in ("Suggest", "Copy"):
            self.assertFalse(alice.all("push button", lambda text: text.replace("_", "") == name), name)
        alice.password("abc")
        self.assertFalse(alice.all("progress bar"))
        self.assertFalse(any("Too short" in text for text in alice.texts()))
        alice.press("Connect")
        alice.await_text("Paste the invite link that somebody has sent you.")
        alice.write("Invite link", "coterie://" + self.room.relay.address + "/climbing")
        desk.await_that(lambda: alice.has("label", "Relay address"), said="the relay is shown")
        self.assertEqual(alice.field("Group name").queryText().getText(0, -1), "climbing")
        self.assertEqual(alice.field("Relay address").queryText().getText(0, -1), "127.0.0.1")
        alice.write("Invite link", "coterie://")
        desk.await_that(lambda: not alice.has("label", "Relay address"), said="there is none again")

    def test_only_the_field_that_is_typed_in_first_is_selected(self):
        alice = self.window("alice")
        alice.press(lambda text: "create a group" in text)
        desk.await_that(lambda: self.selected(alice) == ["127.0.0.1"], said="the relay's address")
        alice.write("User id (what others see)", "alice")
        alice.press("Back")
        alice.press(lambda text: "Host on this computer" in text)
        desk.await_that(lambda: self.selected(alice) == ["alice"], said="the user id, and nothing else")
        alice.press("Back")
        alice.press(lambda text: "Join with an" in text)
        alice.write("Invite link", "coterie://" + self.room.relay.address + "/climbing")
        desk.await_that(lambda: alice.has("label", "Relay address"), said="the relay is shown")
        self.assertEqual(self.selected(alice), [], "what the invite says is not to be typed over")

    def test_the_strength_of_a_password_is_measured_when_there_is_one(self):
        alice = self.window("alice")
        alice.press(lambda text: "create a group" in text)
        alice.find("push button", "Suggest")
        self.assertFalse(alice.all("progress bar"))
        alice.password("lantern-mossy-quartz-1")
        alice.find("progress bar")
        alice.password("")
        desk.await_that(lambda: not alice.all("progress bar"), said="the empty bar is gone")

    def test_the_window_explains_itself(self):
        alice = self.window("alice")
        alice.key("F1")
        alice.find("frame", "Coterie Help")
        alice.await_text("whoever knows both, and reaches the relay, is a member")
        alice.find("page tab", "Files").parent.querySelection().selectChild(2)
        alice.await_text(str(alice.home / "client_received"))
        alice.find("page tab", "Shortcuts").parent.querySelection().selectChild(3)
        # Those of the menus are read from the menus.
        alice.find("table cell", lambda text: text == "Ctrl+Shift+O")
        alice.find("table cell", lambda text: text.endswith("Send Folder"))
        alice.key("Escape")
        desk.await_that(lambda: not alice.has("frame", "Coterie Help"), said="the help is closed")


class ChangedRelayTest(scenario.WindowScenario):
    def test_the_red_page_belongs_to_its_own_group_and_goes_with_it(self):
        elsewhere = harness.Room()
        self.addCleanup(elsewhere.close)
        alice = self.joined()
        self.room.member("bob").chat()
        alice.await_text("1 here")
        alice.choose("Join or Create a Group…")
        alice.join(elsewhere.relay.address, "alice", "sailing", elsewhere.password)
        alice.find("frame", lambda text: "sailing" in text)
        elsewhere.member("carol", group="sailing").chat()
        alice.await_text("1 here")
        alice.choose("Next Conversation")
        alice.find("frame", lambda text: "climbing" in text)
        # Somebody else answers under the address of the other group: told, and nothing is taken away from this one.
        elsewhere.relay.stop()
        shutil.rmtree(elsewhere.relay.state)
        elsewhere.relay.state.mkdir()
        elsewhere.relay.start()
        alice.await_text("answered with another identity than before", seconds=120)
        self.assertNotIn("This is not the relay you know", alice.texts())
        alice.say("still here")
        alice.await_message("still here")
        alice.press("Look at It…")
        alice.await_text("This is not the relay you know")
        self.assertFalse(alice.all("push button", lambda text: "Match" in text or "Accept" in text))
        # The other group is one step away, and the page is there when one comes back.
        alice.choose("Next Conversation")
        alice.composer()
        self.assertNotIn("This is not the relay you know", alice.texts())
        alice.choose("Next Conversation")
        alice.await_text("This is not the relay you know")
        alice.press("Close This Connection")
        alice.press("Back")
        alice.composer()
        self.assertFalse({"This is not the relay you know"} & set(alice.texts()))
        self.assertFalse(any("another identity than before" in text for text in alice.texts()))


class HostingTest(scenario.WindowScenario):
    def test_a_taken_port_is_told_and_another_one_offered(self):
        alice = self.window("alice")
        with socket.socket() as other:
            other.bind(("0.0.0.0", 0))
            other.listen()
            taken = other.getsockname()[1]
            alice.press(lambda text: "Host on this computer" in text)
            alice.write("User id (what others see)", "alice")
            alice.write("Group name", "club")
            alice.password(self.room.password)
            alice.find("spin button").queryValue().currentValue = float(taken)
            alice.press("Host")
            alice.await_text(f"Port {taken} cannot be used")
        port = int(alice.find("spin button").queryValue().currentValue)
        self.assertNotEqual(port, taken)
        alice.press("Host")
        alice.await_text("coterie://")
        alice.await_text(f":{port}/club")

    def test_an_invite_to_a_relay_on_loopback_says_that_it_is_for_this_computer(self):
        alice = self.joined()
        alice.choose("Invite…")
        alice.await_text("This invite works only on this computer")
        alice.await_text("coterie://" + self.room.relay.address + "/climbing")
        alice.press("Close")


class StrangerTest(scenario.WindowScenario):
    def test_who_comes_with_another_password_is_told_quietly(self):
        alice = self.joined()
        carol = self.room.member("carol").chat()
        alice.await_text("1 here")
        carol.await_kind("settled")
        mallory = harness.Member(self.room, "mallory", password="a-guess-of-no-use-1").chat()
        alice.await_text("came without this group's password, and gets nothing.")
        alice.await_text("1 here")
        mallory.await_kind("error", code="wrong_password")


class SettingsTest(scenario.WindowScenario):
    def accept(self, window, name):
        window.find("radio menu item", lambda text: name in text, showing=False).queryAction().doAction(0)

    def test_the_largest_file_taken_without_asking_is_the_one_that_was_set(self):
        alice = self.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("1 here")
        alice.choose("Largest File Taken Without Asking…")
        number = alice.find("spin button")
        self.assertEqual(number.queryValue().currentValue, 100)
        number.queryValue().currentValue = 2.0
        alice.press("OK")
        connections = alice.home / ".local" / "share" / "coterie" / "connections.json"

        def kept():
            entry, = json.loads(connections.read_text())
            return entry["accept_limit"] == 2_000_000 and entry["accept"] == "verified"
        harness.wait_until(kept, "the limit is kept")
        # Not verified, so it is asked about all the same.
        bob.type(f"/send {self.room.file('photo.jpg', 1000)} alice")
        alice.find("push button", "Accept")

    def test_the_text_of_the_conversation_is_zoomed_and_stays_so(self):
        alice = self.joined()
        self.room.member("bob").chat()
        alice.await_text("1 here")
        alice.say("one line")
        small = alice.await_message("one line").queryComponent().getExtents(0).height
        field = alice.composer().queryComponent().getExtents(0).height
        for _ in range(8):
            alice.choose("Zoom In")
        desk.await_that(lambda: alice.await_message("one line").queryComponent().getExtents(0).height > small * 1.2, said="it is larger")
        desk.await_that(lambda: alice.composer().queryComponent().getExtents(0).height > field, said="what is being written is as well")
        alice.close()
        again = self.window("alice")
        desk.await_that(lambda: again.await_message("one line").queryComponent().getExtents(0).height > small * 1.2, said="it is larger")
        again.choose("Normal Size")
        desk.await_that(lambda: again.await_message("one line").queryComponent().getExtents(0).height == small, said="it is as before")


class KnowledgeTest(scenario.WindowScenario):
    def test_what_the_relay_knows_is_told_from_this_connection(self):
        alice = self.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("1 here")
        bob.type(f"/send {self.room.file('photo.jpg', 300_000)} alice")
        alice.press("Accept")
        alice.await_text("has been saved and verified")
        alice.choose("What the Relay Knows…")
        alice.await_text("It sees 1 other member online")
        alice.await_text("300.0 kB to you")
        alice.await_text(self.room.relay.address)
        alice.await_text(self.room.relay.pin[:4] + " " + self.room.relay.pin[4:8])
        alice.press("Close")

    def test_the_log_shows_what_happens_to_the_connection_and_nothing_that_was_said(self):
        alice = self.joined()
        alice.choose("Log")
        alice.await_text("state=online")
        alice.await_text("settled relay=" + self.room.relay.address)
        self.room.relay.kill()
        alice.await_text("why=connection_lost")
        text = "\n".join(text for text in alice.texts() if "state=" in text)
        self.assertNotIn("climbing", text)
        self.assertNotIn(self.room.password, text)


class MenuTest(scenario.WindowScenario):
    def letters(self, menu):
        """The keys that choose each item while its menu is open, or open it from the bar."""
        items = [item for item in menu if item is not None and item.getRoleName() != "separator"]
        return {item.name: item.queryAction().getKeyBinding(0).split(";")[0] for item in items}

    def test_every_item_of_a_menu_has_a_letter_of_its_own_in_both_languages(self):
        for language in ("en", "fa"):
            settings = self.room.folder / f"home-{language}" / ".config" / "coterie" / "coterie.conf"
            settings.parent.mkdir(parents=True)
            settings.write_text(f"language={language}\n")
            bar = self.window(language).find("menu bar", seconds=20)
            for menu in [bar, *bar]:
                letters = self.letters(menu)
                self.assertGreater(len(letters), 1, menu.name)
                self.assertNotIn("", letters.values(), menu.name)
                self.assertEqual(len(set(letters.values())), len(letters), letters)


class NoticesTest(scenario.WindowScenario):
    def test_a_notice_names_its_group_where_there_are_several_and_goes_with_its_cause(self):
        alice = self.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("1 here")
        path = self.room.file("route.gpx", 20_000)
        bob.type(f"/send {path} alice")
        alice.await_text("\u2068bob\u2069 offers you \u2068route.gpx\u2069")
        alice.choose("Join or Create a Group…")
        alice.join(self.room.relay.address, "alice", "sailing", self.room.password, trust=False)
        alice.find("frame", lambda text: "sailing" in text)
        alice.await_text("\u2068climbing\u2069: \u2068bob\u2069 offers you")
        offered = next(event["id"] for event in bob.snapshot() if event.get("event") == "progress" and event.get("name") == "route.gpx")
        bob.type(f"/cancel {offered}")
        desk.await_that(lambda: not any("offers you" in text for text in alice.texts()), said="what is not offered any more is not asked about")
        # Nobody is in the new group: said once, until somebody is.
        alice.say("Anybody here?")
        alice.await_text("\u2068sailing\u2069: ")
        carol = self.room.member("carol", group="sailing").chat()
        desk.await_that(lambda: not any(text.startswith("\u2068sailing\u2069: ") for text in alice.texts()), said="it is over when somebody comes")
        # And what a closed group had to say goes with it.
        carol.type(f"/send {path} alice")
        alice.await_text("\u2068sailing\u2069: \u2068carol\u2069 offers you")
        alice.choose("Close Group")
        desk.await_that(lambda: not any("offers you" in text for text in alice.texts()), said="the closed group asks nothing")


class EndOfHostingTest(scenario.WindowScenario):
    def test_a_host_is_asked_before_others_are_cut_off(self):
        alice = self.window("alice")
        alice.press(lambda text: "Host on this computer" in text)
        alice.await_text("this window has to stay open")
        with socket.socket() as probe:
            probe.bind(("0.0.0.0", 0))
            port = probe.getsockname()[1]
        alice.find("spin button").queryValue().currentValue = float(port)
        alice.write("User id (what others see)", "alice")
        alice.write("Group name", "club")
        alice.password(self.room.password)
        alice.press("Host")
        alice.await_text("coterie://")
        alice.key("Escape")
        alice.joined()
        member = self.room.member("bob", group="club", relay=f"127.0.0.1:{port}")
        bob = member.spawn("chat", "--dir", member.received, trust=True)
        bob.await_kind("settled")
        alice.await_text("Everyone: you and 1 other")
        alice.choose("Quit")
        alice.await_text("You host 1 group. 1 other is connected.")
        # What a key pressed in passing answers.
        alice.key("Return")
        desk.await_that(lambda: not any("1 other is connected" in text for text in alice.texts()), said="the question is answered")
        bob.type("Still there?")
        alice.await_message("Still there?")
        # A group that is closed here is still hosted.
        alice.choose("Close Group")
        alice.find("push button", lambda text: "create a group" in text)
        alice.choose("Quit")
        alice.await_text("1 other is connected.")
        alice.press("Quit")
        self.assertEqual(alice.process.wait(20), 0)
        bob.await_kind("link", state="offline")


class LeavingTest(scenario.WindowScenario):
    def test_a_closed_group_can_be_opened_again(self):
        alice = self.joined()
        alice.choose("Close Group")
        alice.press(lambda text: text.startswith("climbing"))
        alice.press("Back")
        alice.find("push button", lambda text: text.startswith("climbing"))

    def leave(self, window, deletes):
        window.choose("Leave Group…")
        window.await_text("for good?")
        if deletes:
            window.find("check box", lambda text: "Delete its conversations" in text).queryAction().doAction(0)
        window.press("Leave")
        window.find("push button", lambda text: "create a group" in text)
        self.assertFalse(window.has("push button", lambda text: "climbing" in text))

    def test_escape_answers_that_one_stays(self):
        alice = self.joined()
        alice.choose("Leave Group…")
        alice.await_text("for good?")
        alice.key("Escape")
        desk.await_that(lambda: not any("for good?" in text for text in alice.texts()), said="the question is gone")
        alice.find("frame", lambda text: text.startswith("climbing"))
        alice.composer()

    def test_who_leaves_is_gone_for_the_others_and_nothing_opens_by_itself(self):
        bob = self.room.member("bob").chat()
        for deletes in (False, True):
            alice = self.joined(trust=not deletes)   # the relay is known by the second time
            alice.await_text("1 here")
            if deletes:
                alice.await_message("said before leaving")   # of the time before
            else:
                alice.say("said before leaving")
                alice.await_message("said before leaving")
            start = len(bob.snapshot())
            self.leave(alice, deletes)
            bob.await_kind("member", start, user="alice", state="left")
            alice.close()
        again = self.joined(trust=False)
        again.await_text("1 here")
        again.say("said afterwards")
        again.await_message("said afterwards")
        self.assertFalse(again.has("list item", lambda text: "said before leaving" in text))


class ProfileTest(scenario.WindowScenario):
    def profile(self, window):
        return window.home / ".local" / "share" / "coterie" / "profiles" / "alice"

    def test_a_damaged_history_is_named_and_a_new_one_begins_beside_it(self):
        alice = self.joined()
        alice.say("before the damage")
        alice.close()
        database = self.profile(alice) / "coterie.db"
        damaged = b"no database" + database.read_bytes()[11:]
        database.write_bytes(damaged)
        again = self.window("alice")
        again.await_text("The database is damaged")
        again.await_text(str(database))
        again.press("Start a New History…")
        again.press("Start a New One")
        again.await_text("The damaged history is kept in")
        kept = list(self.profile(alice).glob("damaged-*/coterie.db"))
        self.assertEqual([path.read_bytes() for path in kept], [damaged])
        again.password(self.room.password)
        again.press("Connect")
        # The relay was compared once, and is not asked about again.
        again.joined()

    def test_a_profile_that_another_program_has_is_told_and_tried_again(self):
        alice = self.joined()
        alice.close()
        other = self.room.member("alice", profile=self.profile(alice)).chat()
        again = self.window("alice")
        again.await_text("in use by another program")
        other.stop()
        again.press("Connect Again")
        again.joined()
        again.await_text("end-to-end encrypted")


if __name__ == "__main__":
    scenario.main()
