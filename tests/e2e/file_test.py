#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files: every size, every name, every way to be interrupted."""

import os
import re
import stat

import harness

CHUNK = 65536


class Files(harness.Scenario):
    def send_and_receive(self, path, **options):
        """One file from alice to bob; the outcomes of both, and where it was saved."""
        alice, bob = self.room.member("alice"), self.room.member("bob")
        receiving = bob.spawn("receive", "--accept", "all", "--dir", bob.received, **options)
        receiving.await_kind("link", state="online")
        sent = alice.run("send", path, "--to", "bob")
        self.assert_code(sent, 0)
        self.assertEqual(receiving.wait(), 0, receiving.snapshot()[-5:])
        saved = receiving.await_kind("file", outgoing=False)
        return sent, saved

    def test_files_of_every_size_arrive_whole(self):
        for size in (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 10 * 1024 * 1024):
            with self.subTest(size=size):
                path = self.room.file(f"file-{size}.bin", size)
                sent, saved = self.send_and_receive(path)
                digest = harness.sha256_of(path)
                self.assertEqual(saved["sha256"], digest)
                self.assertEqual(harness.sha256_of(saved["path"]), digest)
                finished = sent.of_kind("file")
                self.assertEqual((len(finished), finished[0]["sha256"], finished[0]["outgoing"]), (1, digest, True))

    def test_a_file_is_saved_under_the_naming_rule_and_nobody_else_can_read_it(self):
        path = self.room.file("report.final.pdf", 1000)
        _, saved = self.send_and_receive(path)
        name = os.path.basename(saved["path"])
        self.assertRegex(name, r"^\d{8}_\d{6}_alice_report\.final\.pdf$")
        self.assertEqual(stat.S_IMODE(os.stat(saved["path"]).st_mode), 0o600)
        self.assertEqual(os.listdir(self.room.folder / "received-bob"), [name])

    def test_F01_F08_F10_names_cannot_do_harm(self):
        bob = self.room.member("bob")
        names = [".bashrc", "~root", "-rf", "CON", "nul.txt", "COM¹", "aux.", "a b 'c\" $(id).txt", "line\nbreak.txt", "esc\x1b[2J.txt",
                 "photo_high_re\u202egnp.js", "a:b<c>|d?.txt", "back\\..\\slash.txt", "%2e%2e%2fup.txt", "\u2215slash.txt",
                 "x" * 251 + ".pdf", "😀" * 60, "desktop.ini", "a.desktop"]
        receiving = bob.spawn("receive", "--accept", "all", "--count", str(len(names)), "--dir", bob.received)
        receiving.await_kind("link", state="online")
        paths = []
        for number, name in enumerate(names):
            folder = self.room.folder / "sources" / str(number)
            folder.mkdir(parents=True)
            (folder / name).write_bytes(os.urandom(100 + number))
            paths.append(folder / name)
        sent = self.room.member("alice").run("send", *paths, "--to", "bob")
        self.assert_code(sent, 0)
        self.assertEqual(receiving.wait(), 0)
        files = [event for event in receiving.snapshot() if event.get("event") == "file" and not event["outgoing"]]
        self.assertEqual({event["sha256"] for event in files}, {harness.sha256_of(path) for path in paths})
        root = str(bob.received.resolve())
        for event in files:
            path = event["path"]
            self.assertEqual(os.path.dirname(os.path.realpath(path)), root)
            name = os.path.basename(path)
            self.assertLessEqual(len(name.encode()), 255)
            self.assertRegex(name, r"^\d{8}_\d{6}_alice_")
            self.assertIsNone(re.search(r'[\x00-\x1f\x7f<>:"|?*\\/\u202e]', name), name)
            self.assertFalse(os.stat(path).st_mode & 0o111)
        self.assertEqual(len(os.listdir(root)), len(names))

    def test_F05_the_same_name_twice_never_overwrites(self):
        path = self.room.file("same.txt", 100)
        _, first = self.send_and_receive(path)
        kept = harness.sha256_of(first["path"])
        path = self.room.file("same.txt", 200)
        _, second = self.send_and_receive(path)
        self.assertNotEqual(first["path"], second["path"])
        self.assertEqual(harness.sha256_of(first["path"]), kept)

    def test_F17_what_is_no_ordinary_file_is_refused(self):
        bob = self.room.member("bob").spawn("listen")
        bob.await_kind("link", state="online")
        alice = self.room.member("alice")
        fifo = self.room.folder / "fifo"
        os.mkfifo(fifo)
        for path in ("/dev/zero", fifo, self.room.folder):
            self.assert_error(alice.run("send", path), 1, "not_a_file")
        self.assert_error(alice.run("send", self.room.folder / "none"), 1, "not_found")
        self.assertEqual(bob.count(lambda event: event.get("event") == "offer"), 0)

    def test_a_file_for_everyone_is_shown_as_one_and_a_file_for_one_is_not(self):
        bob, alice = self.room.member("bob"), self.room.member("alice")
        listening = bob.spawn("receive", "--accept", "all", "--count", "2", "--dir", bob.received)
        listening.await_kind("link", state="online")
        for words, to in (((), "group"), (("--to", "bob"), "bob")):
            path = self.room.file(f"for-{to}.bin", 100)
            self.assert_code(alice.run("send", path, *words), 0)
            offer = listening.await_kind("offer", name=path.name)
            self.assertEqual((offer["to"], offer["direct"]), (to, to != "group"))
            message = listening.await_kind("message", text=path.name)
            self.assertEqual((message["to"], message["direct"]), (to, to != "group"))
        self.assertEqual(listening.wait(), 0)

    def test_a_declined_file_is_an_error_for_the_sender_and_nothing_for_the_receiver(self):
        bob = self.room.member("bob").chat()
        sending = self.room.member("alice").spawn("send", self.room.file("unwanted.bin", 5000), "--to", "bob")
        offer = bob.await_kind("offer")
        self.assertEqual((offer["from"], offer["name"], offer["size"], offer["verified"]), ("alice", "unwanted.bin", 5000, False))
        bob.type("/decline " + offer["id"])
        self.assertEqual(sending.wait(), 1)
        self.assertTrue(any("declined" in event.get("text", "") for event in sending.snapshot()))
        received = self.room.folder / "received-bob"
        self.assertEqual(list(received.iterdir()) if received.exists() else [], [])

    def test_without_a_terminal_offers_are_reported_and_left_open(self):
        bob = self.room.member("bob")
        asking = bob.spawn("receive", "--dir", bob.received)
        asking.await_kind("link", state="online")
        sending = self.room.member("alice").spawn("send", self.room.file("later.bin", 5000), "--to", "bob")
        asking.await_kind("offer")
        self.assertEqual(asking.stop(), 3)
        # The same offer, taken by the next run.
        taking = bob.run("receive", "--accept", "all", "--dir", bob.received)
        self.assert_code(taking, 0)
        self.assertEqual(sending.wait(), 0)

    def test_verified_takes_only_files_of_verified_members(self):
        alice, bob = self.room.member("alice"), self.room.member("bob")
        listener = bob.spawn("listen")
        listener.await_kind("link", state="online")
        self.assert_code(alice.run("say", "hello"), 0)
        listener.stop()
        sending = alice.spawn("send", self.room.file("careful.bin", 5000), "--to", "bob")
        refusing = bob.spawn("receive", "--accept", "verified", "--dir", bob.received)
        refusing.await_kind("offer")
        self.assertEqual(refusing.stop(), 3)
        self.assert_code(bob.run("verify", "alice", "--confirm"), 0)
        self.assert_code(bob.run("receive", "--accept", "verified", "--dir", bob.received), 0)
        self.assertEqual(sending.wait(), 0)

    def test_several_files_to_several_members(self):
        members = [self.room.member(name) for name in ("bob", "carol")]
        receiving = [member.spawn("receive", "--accept", "all", "--count", "3", "--dir", member.received) for member in members]
        for process in receiving:
            process.await_kind("settled")
        paths = [self.room.file(f"part-{number}", 300_000 + number) for number in range(3)]
        sent = self.room.member("alice").run("send", *paths)
        self.assert_code(sent, 0)
        self.assertEqual(len(sent.of_kind("file")), 6)
        digests = {harness.sha256_of(path) for path in paths}
        for process in receiving:
            self.assertEqual(process.wait(), 0)
            self.assertEqual({event["sha256"] for event in process.snapshot() if event.get("event") == "file"}, digests)


    def test_a_file_sent_in_a_chat_to_everyone_is_one_message_in_the_group(self):
        bob, carol = (self.room.member(name).chat() for name in ("bob", "carol"))
        alice = self.room.member("alice").chat()
        path = self.room.file("for-all.bin", 200_000)
        alice.type(f"/send {path}")
        card = alice.await_event(lambda event: event.get("event") == "message" and "file" in event, "her own message")
        self.assertFalse(card["direct"])
        for process in (bob, carol):
            offer = process.await_kind("offer")
            message = process.await_kind("message", file=offer["id"])
            self.assertEqual((message["id"], message["to"], message["direct"]), (card["id"], "group", False))
            process.type(f"/accept {offer['id']}")
            saved = process.await_kind("file", outgoing=False)
            self.assertEqual(saved["sha256"], harness.sha256_of(path))
            finished = alice.await_kind("file", id=offer["id"], outgoing=True)
            self.assertEqual(finished["batch"], card["file"])
        self.assertEqual(alice.count(lambda event: event.get("event") == "message"), 1)


class Interrupted(harness.Scenario):
    """A slow road, so that there is a middle; then one of the three is killed there."""

    size = 24 * 1024 * 1024

    def setUp(self):
        super().setUp()
        self.road = self.room.proxy(bytes_per_second=24e6)
        self.alice = self.room.member("alice", relay=self.road.address)
        self.bob = self.room.member("bob")
        self.path = self.room.file("large.bin", self.size)
        self.digest = harness.sha256_of(self.path)

    def receive(self):
        return self.bob.spawn("--keep-trying", "receive", "--accept", "all", "--dir", self.bob.received)

    def send(self):
        return self.alice.spawn("--keep-trying", "send", self.path, "--to", "bob")

    @staticmethod
    def done_at_least(share, size):
        return lambda event: (event.get("event") == "progress" and not event["outgoing"] and event["state"] == "running" and
                              event["done"] >= share * size)

    def finish(self, sending, receiving, passed_before):
        self.assertEqual(receiving.wait(), 0, receiving.snapshot()[-5:])
        saved = receiving.await_kind("file", outgoing=False)
        self.assertEqual(saved["sha256"], self.digest)
        self.assertEqual(harness.sha256_of(saved["path"]), self.digest)
        self.assertEqual(sending.wait(), 0, sending.snapshot()[-5:])
        self.assertEqual(os.listdir(self.bob.received), [os.path.basename(saved["path"])])   # no .part is left
        # What was there did not travel again: of the second half of the file, not the first.
        again = self.road.passed - passed_before
        self.assertLess(again, 0.95 * self.size, "the transfer began anew")

    def begin(self):
        receiving = self.receive()
        receiving.await_kind("link", state="online")
        sending = self.send()
        receiving.await_event(self.done_at_least(0.5, self.size), "half of the file")
        return sending, receiving

    def test_the_receiver_is_killed(self):
        sending, receiving = self.begin()
        receiving.kill()
        passed = self.road.passed
        self.finish(sending, self.receive(), passed)

    def test_the_sender_is_killed(self):
        sending, receiving = self.begin()
        sending.kill()
        passed = self.road.passed
        self.finish(self.send(), receiving, passed)

    def test_the_relay_is_killed(self):
        sending, receiving = self.begin()
        self.room.relay.kill()
        passed = self.road.passed
        self.room.relay.start()
        self.finish(sending, receiving, passed)

    def test_all_three_are_killed(self):
        sending, receiving = self.begin()
        for process in (sending, receiving, self.room.relay):
            process.kill()
        passed = self.road.passed
        self.room.relay.start()
        receiving = self.receive()
        self.finish(self.send(), receiving, passed)

    def test_either_side_can_pause_and_resume(self):
        for name in ("alice", "bob"):
            with self.subTest(paused_by=name):
                road = self.road.address
                alice = self.room.member("alice", relay=road).chat()
                bob = self.bob.chat()
                alice.await_kind("member", user="bob", state="ready")
                alice.type(f"/send {self.path} bob")
                offer = bob.await_kind("offer")
                bob.type("/accept")
                bob.await_event(self.done_at_least(0.3, self.size), "a third of the file")
                pausing, other = (alice, bob) if name == "alice" else (bob, alice)
                start = len(other.snapshot())
                pausing.type(f"/pause {offer['id']}")
                paused = pausing.await_kind("progress", id=offer["id"], state="paused")
                self.assertLess(paused["done"], self.size)
                other.await_kind("progress", start=start, id=offer["id"], state="waiting")
                pausing.type(f"/resume {offer['id']}")
                saved = bob.await_kind("file", outgoing=False)
                self.assertEqual(saved["sha256"], self.digest)
                alice.await_kind("file", outgoing=True)
                for process in (alice, bob):
                    process.type("/quit")
                    self.assertEqual(process.wait(), 0)

    def test_F14_a_source_changed_meanwhile_is_offered_anew(self):
        sending, receiving = self.begin()
        sending.kill()
        with open(self.path, "r+b") as file:
            file.write(b"changed at the start")
        self.digest = harness.sha256_of(self.path)
        sending = self.send()
        self.assertEqual(sending.wait(), 0, sending.snapshot()[-5:])
        saved = receiving.await_kind("file", outgoing=False)
        self.assertEqual(saved["sha256"], self.digest)
        self.assertEqual(harness.sha256_of(saved["path"]), self.digest)


if __name__ == "__main__":
    harness.main()
