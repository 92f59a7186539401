#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The real window on a screen of its own, with real engines and a real relay, driven as a screen reader drives it. Its partner is
the command line client. Skipped, with a word why, where no such screen can be had."""

import re
import socket
import subprocess
import sys

import scenario   # says where the harness is
import desk
import harness

PERSIAN = "سلام! فردا ساعت نه می‌آیم 🙂 با route.gpx"
HEBREW = "שלום, הקובץ route.gpx מוכן"


class WindowTest(scenario.WindowScenario):
    def with_history(self, name, count):
        """That many messages more in the profile of somebody whose window is closed."""
        profile = self.room.folder / f"home-{name}" / ".local" / "share" / "coterie" / "profiles" / name
        subprocess.run([str(harness.build_path() / "tests" / "gui" / "make_history"), str(profile), str(count)], check=True, timeout=120)

    def test_two_people_chat_both_ways_in_any_script(self):
        alice = self.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("1 here")
        alice.say("Hello Bob! Saturday at nine?")
        bob.await_kind("message", text="Hello Bob! Saturday at nine?")
        alice.await_message("Saturday at nine?, delivered")
        for text in (PERSIAN, HEBREW, "<b>plain</b> & simple"):
            bob.type(text)
            alice.await_message(text)
        alice.say(PERSIAN)
        bob.await_kind("message", text=PERSIAN, outgoing=False)

    def test_a_wrong_password_keeps_the_form_and_asks_for_another(self):
        bob = self.room.member("bob").chat()
        alice = self.window("alice")
        alice.join(self.room.relay.address, "alice", "climbing", "lantern-mossy-quartz-1")
        alice.await_text("No common password with the members of this group")
        alice.password(self.room.password)
        alice.press("Connect")
        alice.joined()
        bob.await_kind("member", user="alice", state="ready")

    def test_a_hundred_thousand_messages_are_paged_through_and_searched(self):
        count = 100_000
        alice = self.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("1 here")
        alice.say("before the winter")
        bob.await_kind("message", text="before the winter")
        alice.process.terminate()
        self.assertEqual(alice.process.wait(20), 0)
        self.with_history("alice", count)
        alice = self.window("alice")
        alice.await_message(f"line {count - 1} of {count}")
        alice.await_text("1 here")
        # Up beyond the first page, and on as far as it goes.
        alice.messages().queryComponent().grabFocus()
        desk.await_that(lambda: alice.key(*["Page_Up"] * 10) or alice.first_line() < count - 500, said="older pages come in")
        alice.key("Home")
        alice.await_message("before the winter")
        alice.await_message(f"line 0 of {count}")
        desk.await_that(lambda: alice.key(*["Page_Down"] * 10) or alice.first_line() > 250, said="newer pages come in")
        # Find jumps far, next and previous from hit to hit.
        alice.choose("Find in Conversation")
        alice.write("Find:", "line 5432")
        alice.await_text("1 of 11")   # this one, and the ten whose numbers begin with it
        alice.await_message(f"line 54329 of {count}")
        alice.choose("Find Next")
        alice.await_text("2 of 11")
        alice.await_message(f"line 54328 of {count}")
        alice.choose("Find Previous")
        alice.await_text("1 of 11")
        alice.choose("Find Previous")
        alice.await_text("11 of 11")
        alice.await_message(f"line 5432 of {count}")
        alice.choose("Find Next")
        desk.await_that(lambda: "1 of 11" in alice.texts(), said="on from the last is the first")
        # Of many the newest comes first, and behind those that are counted there are more.
        alice.write("Find:", "line")
        alice.await_text("1 of 500+")
        alice.await_message(f"line {count - 1} of {count}")
        alice.choose("Find Previous")
        alice.await_text("500 of 500+")
        alice.choose("Find Next")
        alice.await_text("501 of 1000+")
        alice.await_message(f"line {count - 501} of {count}")
        alice.write("Find:", "line 5432")
        alice.await_text("1 of 11")
        # One letter is not looked for by itself, and what was found before it is not shown for it.
        alice.write("Find:", "l")
        alice.await_text("Enter searches for one letter")
        desk.await_that(lambda: not any(text.endswith(" of 11") for text in alice.texts()), said="nothing is counted")
        alice.write("Find:", "line 5432")
        alice.await_text("1 of 11")
        # Found as it is typed, over with Escape from wherever the keyboard is; then one writes again.
        alice.messages().queryComponent().grabFocus()
        alice.key("F3", "Escape")
        desk.await_that(lambda: not any(text.endswith(" of 11") for text in alice.texts()), said="finding is over")
        self.assertTrue(alice.composer().getState().contains(alice.spi.STATE_FOCUSED))
        alice.key("ctrl+f")
        alice.type("line 77777")
        alice.await_text("1 of 1")
        alice.key("Escape")
        bob.type("while you were reading")
        alice.press("Jump to the newest message")
        alice.await_message("while you were reading")

    def test_what_cannot_be_used_is_said_next_to_its_field(self):
        alice = self.window("alice")
        alice.join(self.room.relay.address, "alice", "climbing", "short", trust=False)
        alice.await_text("password")
        self.assertFalse(alice.has("push button", lambda text: "Match" in text))
        self.room.relay.stop()
        alice.password(self.room.password)
        alice.press("Connect")
        alice.await_text("The relay cannot be reached")
        self.assertTrue(alice.has("push button", "Connect"))

    def test_an_invite_that_is_missing_is_asked_for(self):
        alice = self.window("alice")
        alice.press(lambda text: "Join with an invite" in text)
        alice.write("User id (what others see)", "alice")
        alice.press("Connect")
        alice.await_text("Paste the invite link")
        self.assertTrue(alice.has("push button", "Connect"))

    def test_the_keys_of_the_menu_come_before_those_of_what_has_the_keyboard(self):
        alice = self.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("1 here")
        self.assertFalse({"Accept", "Decline", "Pause", "Resume", "Cancel", "Open", "Show in Folder"} & set(alice.offers("Transfer")))
        bob.type("/msg alice For you only")
        alice.find("frame", lambda text: text.startswith("(1) "))
        alice.composer().queryComponent().grabFocus()
        alice.key("ctrl+Next")
        alice.find("frame", lambda text: text.startswith("bob – "))
        alice.key("ctrl+Prior")
        alice.find("frame", lambda text: text.startswith("climbing – "))
        for name, key, over in (("one.gpx", "ctrl+shift+d", "Declined"), ("two.gpx", "ctrl+shift+a", "Saved and verified")):
            bob.type(f"/send {self.room.file(name, 20_000)} alice")
            row = alice.find("table cell", name)
            row.queryComponent().grabFocus()
            alice.key("ctrl+space")
            alice.key(key)
            alice.find("table cell", over)
        self.assertTrue({"Open", "Show in Folder"} <= set(alice.offers("Transfer")))
        self.assertFalse({"Accept", "Decline", "Pause", "Resume", "Cancel"} & set(alice.offers("Transfer")))

    def test_files_travel_both_ways(self):
        alice = self.joined()
        bob_member = self.room.member("bob")
        bob = bob_member.chat()
        alice.await_text("1 here")
        photo = self.room.file("photo.jpg", 3_000_000)
        bob.type(f"/send {photo} alice")
        alice.await_text("photo.jpg")
        alice.press("Accept")
        alice.await_text("has been saved and verified")
        # Screen readers are told what the rows show, and not what they showed when they were new.
        desk.await_that(lambda: {"100 %", "Saved and verified"} <= {cell.name for cell in alice.all("table cell")},
                        said="the row of the file says that it is saved")
        saved = list((alice.home / "client_received").glob("*_frombob_photo.jpg")) or list((alice.home / "client_received").glob("*.jpg"))
        self.assertEqual(len(saved), 1, list((alice.home / "client_received").iterdir()))
        self.assertEqual(saved[0].read_bytes(), photo.read_bytes())
        # The other way: a second launch hands the file to the window that runs.
        route = self.room.file("route.gpx", 200_000)
        self.hand_over(alice, route)
        alice.press("Send 1 File")
        offer = bob.await_kind("offer")
        bob.type(f"/accept {offer['id']}")
        bob.await_kind("file", outgoing=False)
        alice.await_text("Delivered and verified")

    def hand_over(self, window, *paths):
        """As a file manager does it, or a drop on the program's icon."""
        second = scenario.screen.start([str(harness.build_path() / "gui" / "coterie"), *map(str, paths)],
                                       {**scenario.screen.environment, "HOME": str(window.home)})
        self.assertEqual(second.wait(30), 0)

    def test_a_folder_is_one_question_on_both_sides(self):
        alice = self.joined()
        dora = self.window("dora")
        dora.join(self.room.relay.address, "dora", "climbing", self.room.password)
        dora.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("2 here")
        photos = [self.room.file(f"photo {number}.jpg", 100_000, number) for number in range(6)]
        (photos[0].parent / "elsewhere").symlink_to("/etc")
        self.hand_over(alice, photos[0].parent)
        alice.await_text("Folder \u2068sources\u2069: 6 files, 600.0 kB")
        alice.await_text("1 more is left out")
        alice.find("radio button", "Only to:").queryAction().doAction(0)
        # Nobody is chosen yet, so there is nothing to press.
        button = alice.find("push button", "Send 6 Files")
        desk.await_that(lambda: not button.getState().contains(alice.spi.STATE_SENSITIVE), said="nothing can be sent to nobody")
        alice.press("dora", role="check box")
        alice.press("Send 6 Files")
        dora.await_text("offers you 6 files (600.0 kB).")
        dora.press("Accept All")
        received = dora.home / "client_received"
        desk.await_that(lambda: len([*received.glob("*.jpg")]) == 6, said="all photographs have arrived")
        self.assertEqual(sorted(harness.sha256_of(path) for path in received.glob("*.jpg")), sorted(map(harness.sha256_of, photos)))
        self.assertEqual(bob.count(lambda event: event.get("event") == "offer"), 0)

    def test_what_can_run_is_never_taken_with_the_rest_and_warned_about_again_when_it_is_opened(self):
        alice = self.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("1 here")
        for name in ("photo.jpg", "route.gpx", "setup.sh", "game.desktop"):
            bob.type(f"/send {self.room.file(name, 20_000)}")
            alice.find("table cell", name)
        alice.await_text("Caution: 2 of them can run programs on your computer.")
        # The notice has grown since the first file: nothing in it lies over anything else.
        box = lambda node: node.queryComponent().getExtents(alice.spi.DESKTOP_COORDS)
        words = box(alice.find("label", lambda text: "Caution: 2 of them" in text))
        accept = box(alice.find("push button", "Accept All but Programs"))
        decline = box(alice.find("push button", "Decline All"))
        self.assertLessEqual(words.x + words.width, accept.x)
        self.assertLessEqual(accept.x + accept.width, decline.x)
        self.assertGreater(accept.width, decline.width, "the longer label has the wider button")
        alice.press("Accept All but Programs")
        received = alice.home / "client_received"
        desk.await_that(lambda: len([*received.glob("*")]) == 2, said="the two harmless files have arrived")
        # Each of the others is a question of its own.
        alice.await_text("Caution: a file of this type can run a program on your computer.")
        self.assertFalse(alice.has("push button", lambda text: text.startswith("Accept All")))
        first = "setup.sh" if any("setup.sh" in text and "offers you" in text for text in alice.texts()) else "game.desktop"
        alice.press("Accept")
        saved = desk.await_that(lambda: [*received.glob(f"*{first}")], said=f"{first} has arrived")[0]
        alice.press("Decline")
        alice.await_text(f"\u2068{first}\u2069 from \u2068bob\u2069 has been saved and verified")
        # Nothing of it runs without another word, from the notice as from the card.
        alice.press("Open")
        alice.await_text(f"Open \u2068{saved.name}\u2069?")
        alice.press("Do Not Open")
        alice.messages().queryComponent().grabFocus()
        alice.key(*["Up"] * (1 if first == "game.desktop" else 2), "Return")
        alice.await_text(f"Open \u2068{saved.name}\u2069?")
        alice.press("Do Not Open")

    def test_a_file_goes_on_after_the_receivers_window_was_killed(self):
        alice = self.joined()
        slow = self.room.proxy(bytes_per_second=25_000_000)
        bob = harness.Member(self.room, "bob", relay=slow.address).chat()
        alice.await_text("1 here")
        film = self.room.file("film.mp4", 60_000_000)
        bob.type(f"/send {film} alice")
        alice.press("Accept")
        bob.await_event(lambda event: event.get("event") == "progress" and event.get("done", 0) > 30_000_000, "half has travelled")
        alice.process.kill()
        alice.process.wait()
        bob.await_event(lambda event: event.get("event") == "progress" and event.get("state") == "waiting", "the sender notices")
        before = slow.passed
        alice = self.window("alice")
        alice.await_text("has been saved and verified")
        bob.await_kind("file", outgoing=True)
        saved = list((alice.home / "client_received").glob("*film.mp4"))
        self.assertEqual([harness.sha256_of(path) for path in saved], [harness.sha256_of(film)])
        self.assertLess(slow.passed - before, 50_000_000, "what had arrived was not sent again")

    def test_the_conversation_is_used_without_a_mouse_and_in_a_small_window(self):
        alice = self.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("1 here")
        bob.type("timetable: https://example.org/times?from=here#six")
        alice.await_message("timetable")
        alice.messages().queryComponent().grabFocus()
        alice.key("Up")
        alice.key("Return")
        alice.await_text("https://example.org/times?from=here#six")
        alice.press("Do Not Open")
        alice.say("seen")
        alice.await_message("seen")
        # The conversation keeps the room there is; what had to go comes back.
        alice.resize(560, 420)
        desk.await_that(lambda: not any("members (" in text for text in alice.texts()), said="the members have gone")
        desk.await_that(lambda: alice.messages().queryComponent().getExtents(0).width > 560 * 2 / 3, said="the conversation has most of it")
        alice.resize(500, 420)
        desk.await_that(lambda: not any("members (" in text or text in ("Conversations", "Transfers") for text in alice.texts()),
                        said="only the conversation is left")
        alice.composer()
        alice.resize(1080, 720)
        for pane in ("Other members (1 here)", "Conversations", "Transfers"):
            alice.find("label", pane)
        # The system ends the program while a question is open.
        alice.messages().queryComponent().grabFocus()
        alice.key("Up")
        alice.key("Up")
        alice.key("Return")
        alice.find("push button", "Do Not Open")
        alice.process.terminate()
        self.assertEqual(alice.process.wait(20), 0)

    def test_a_conversation_opens_at_the_first_message_that_is_new(self):
        alice = self.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("1 here")
        count = 40
        for number in range(count):
            bob.type(f"/msg alice line {number} of {count}")
        alice.await_text(f"({count})")
        alice.choose("Next Conversation")
        alice.await_message("line 0 of")
        self.assertEqual(alice.first_line(), 0)
        alice.press("Jump to the newest message")
        alice.await_message(f"line {count - 1} of")
        desk.await_that(lambda: not alice.has("frame", lambda text: text.startswith("(")), said="all of it has been read")

    def test_a_name_is_completed_and_a_message_that_names_me_is_marked(self):
        alice = self.joined()
        bob = self.room.member("bob").chat()
        anna = self.room.member("Anna Maria").chat()
        alice.await_text("2 here")
        bob.type("shall we ask @Alice and @Anna Maria?")
        alice.await_message("for you: shall we ask @Alice")
        bob.type("or nobody: mail@alice")
        alice.await_message("bob, ")
        self.assertFalse(alice.has("list item", lambda text: "for you: or nobody" in text))
        alice.composer().queryComponent().grabFocus()
        alice.type("yes, @ann")
        alice.find("table cell", "Anna Maria")
        alice.key("Return")
        alice.type("too")
        alice.key("Return")
        anna.await_kind("message", text="yes, @Anna Maria too")

    def test_the_window_comes_back_when_the_relay_does(self):
        alice = self.joined()
        bob = self.room.member("bob").chat()
        alice.await_text("1 here")
        self.room.relay.kill()
        alice.await_text("is not connected")
        alice.say("written while the relay was away")
        alice.await_message("written while the relay was away")
        self.room.relay.start()
        bob.await_kind("message", text="written while the relay was away", seconds=120)
        alice.await_text("1 here")
        self.assertFalse(any("ot connected" in text for text in alice.texts()))

    def test_what_is_written_to_somebody_away_waits_for_them(self):
        alice = self.joined()
        bob = self.room.member("bob").chat()
        bob.type("/msg alice only you")
        alice.find("table cell", lambda text: text.startswith("bob"))
        alice.choose("Next Conversation")
        alice.await_text("Here · not verified yet")
        bob.type("/quit")
        alice.await_text("Away: messages wait until they are back · not verified yet")
        alice.say("until tomorrow")
        alice.await_message("until tomorrow, at the relay")
        alice.choose("Disconnect")
        # Nobody is seen from there, and nothing is said of who is away.
        alice.await_text("Not connected · not verified yet")

    def test_what_was_said_is_there_after_a_restart(self):
        alice = self.joined()
        self.room.member("bob").chat()
        alice.await_text("1 here")
        alice.say("kept over the night")
        alice.await_message("kept over the night")
        alice.process.terminate()
        self.assertEqual(alice.process.wait(20), 0)
        again = self.window("alice")
        again.await_message("kept over the night")
        again.await_text("1 here")

    def test_what_nobody_can_get_is_given_back(self):
        alice = self.joined()
        alice.say("hello, anybody?")
        alice.await_text("nobody else in this group yet")
        self.assertIn("hello, anybody?", alice.composer().queryText().getText(0, -1))

    def test_a_changed_relay_is_a_red_page_without_a_way_to_accept(self):
        alice = self.joined()
        alice.process.terminate()
        alice.process.wait(20)
        self.room.relay.stop()
        import shutil
        shutil.rmtree(self.room.relay.state)
        self.room.relay.state.mkdir()
        self.room.relay.start()
        again = self.window("alice")
        again.await_text("This is not the relay you know")
        self.assertFalse(again.has("push button", lambda text: "Match" in text or "Accept" in text))

    def copied(self, window):
        """What is on the clipboard of the screen, as another program reads it."""
        program = ("import gi; gi.require_version('Gtk', '3.0'); from gi.repository import Gtk, Gdk; "
                   "print(Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD).wait_for_text() or '', end='')")
        return subprocess.run([sys.executable, "-c", program], env=window.desk.environment, capture_output=True, text=True,
                              timeout=20).stdout

    def test_a_copied_conversation_says_which_day_everything_was_said(self):
        alice = self.joined()
        self.room.member("bob").chat()
        alice.await_text("1 here")
        alice.close()
        self.with_history("alice", 30)   # one every ten days
        alice = self.window("alice")
        alice.await_message("line 29 of")
        alice.choose("Copy Whole Conversation")
        lines = desk.await_that(lambda: self.copied(alice), said="it is on the clipboard").splitlines()
        days = [line for line in lines if re.fullmatch(r"[A-Z][a-z]+day, \d{1,2} [A-Z][a-z]+ \d{4}", line)]
        self.assertEqual(lines[0], days[0])
        self.assertEqual(len(days), 30)
        self.assertEqual(len(set(days)), 30)
        self.assertTrue(lines[lines.index(days[-1]) + 1].startswith("["), "what was said follows its day")

    def test_a_cleared_conversation_is_gone_here_for_good_and_nowhere_else(self):
        alice = self.joined()
        bob = self.room.member("bob")
        talk = bob.chat()
        alice.await_text("1 here")
        talk.type("the key is under the third stone")
        alice.await_message("third stone")
        talk.type("/msg alice and this between us")
        alice.await_text("(1)")
        talk.type(f"/send {self.room.file('map.png', 20_000)} alice")
        alice.press("Accept")
        alice.await_text("has been saved and verified")
        clear = lambda: alice.choose("Clear Conversation…")
        clear()
        alice.press("Keep")
        self.assertTrue(alice.has("list item", lambda text: "third stone" in text))
        clear()
        alice.press("Clear")
        desk.await_that(lambda: not alice.has("list item", lambda text: "third stone" in text), said="the conversation is empty")
        self.assertEqual(len([*(alice.home / "client_received").glob("*map.png")]), 1, "files that were saved stay")
        # Not after a restart either, nor found; what is said in private is another conversation.
        alice.close()
        alice = self.window("alice")
        alice.await_text("1 here")
        alice.choose("Find in Conversation")
        alice.write("Find:", "stone")
        alice.await_text("Nothing found")
        alice.choose("Next Conversation")
        alice.await_message("between us")
        talk.end_input()
        talk.wait()
        self.assertIn("third stone", str(bob.run("history").events))

    def test_hosting_takes_a_password_and_shows_an_invite(self):
        alice = self.window("alice")
        alice.press(lambda text: "Host on this computer" in text)
        alice.write("User id (what others see)", "alice")
        alice.write("Group name", "club")
        alice.press("Suggest")
        alice.await_text("Strong")
        alice.press("Copy")
        phrase = self.copied(alice)
        self.assertEqual(len(phrase.split(" ")), 6)
        with socket.socket() as probe:
            probe.bind(("0.0.0.0", 0))
            alice.find("spin button").queryValue().currentValue = float(probe.getsockname()[1])
        alice.press("Host")
        alice.find("text", lambda text: True)
        alice.await_text("coterie://")
        alice.await_text("it is not in the link")
        alice.press("Copy Link")
        self.assertTrue(self.copied(alice).startswith("coterie://"))
        alice.press("Copy Password")
        self.assertEqual(self.copied(alice), phrase)
        # The system ends the program while the invite is still shown.
        alice.process.terminate()
        self.assertEqual(alice.process.wait(20), 0)


if __name__ == "__main__":
    scenario.main()
