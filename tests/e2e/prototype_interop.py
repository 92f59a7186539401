#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Classic mode against a peer that is not ours, in all four combinations of client and server: text, broadcast, file, taken name, leave.

The peer is tests/support/classic_peer.py, written from the description alone. Where COTERIE_PROTOTYPE names a checkout of the
prototype (with ServerCode.py and ClientCode.py), its real server takes the place of the peer's server, and the helper functions of its
real client (key, XOR, base64) are held against the peer's.
"""

import ast
import base64
import contextlib
import hashlib
import os
import pathlib
import socket
import struct
import subprocess
import sys
import threading
import unittest

import harness

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import classic_peer  # noqa: E402

PASSWORD = "an old password"
PERSIAN = "سلام، خوبی؟ می‌خواهم فایل بفرستم"
PROTOTYPE = os.environ.get("COTERIE_PROTOTYPE")
BADGE = "classic: not private"


class PrototypeServer:
    """The real one. It listens on a port its own source names, so it is started from a copy that names another."""

    def __init__(self, room):
        source = (pathlib.Path(PROTOTYPE) / "ServerCode.py").read_text(encoding="utf-8")
        if "12345" not in source:
            raise unittest.SkipTest("ServerCode.py does not name the port 12345, so none can be put in its place")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        script = room.folder / "ServerCode.py"
        script.write_text(source.replace("12345", str(self.port)), encoding="utf-8")
        self.log = open(room.folder / "prototype.log", "wb")
        self.process = subprocess.Popen([sys.executable, "-u", str(script)], stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=self.log, cwd=room.folder, env=room.environment("prototype"))
        harness.wait_until(self._accepts, "the prototype's server listens")

    def _accepts(self):
        if self.process.poll() is not None:
            raise harness.Failure(f"the prototype's server ended: {pathlib.Path(self.log.name).read_text(errors='replace')[-1000:]}")
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


class OurClient:
    """coterie-cli --classic in a chat, driven line by line."""

    def __init__(self, room, port, user):
        self.room, self.user = room, user
        self.received = room.folder / f"received-{user}"
        self.process = spawn(room, port, user, "chat", "--dir", str(self.received))
        self.process.await_kind("settled")

    def await_online(self, user):
        self.process.await_kind("member", user=user, online=True)

    def await_gone(self, user):
        self.process.await_event(lambda e: e.get("event") == "member" and e["user"] == user and not e["online"], f"{user} has left")

    def say(self, text):
        self.process.type(text)

    def tell(self, user, text):
        self.process.type(f"/msg {user} {text}")

    def await_text(self, sender, text):
        event = self.process.await_kind("message", **{"from": sender, "text": text, "outgoing": False})
        assert event["badge"] == BADGE, event

    def send_file(self, user, path):
        self.process.type(f'/send "{path}" {user}')
        self.process.await_kind("file", outgoing=True, peer=user, name=path.name)

    def await_file(self, sender, name, data):
        offer = self.process.await_event(lambda e: e.get("event") == "offer" and e["name"] == name, f"the offer of {name}")
        self.process.type(f"/accept {offer['id']}")
        saved = self.process.await_kind("file", outgoing=False, id=offer["id"])
        path = pathlib.Path(saved["path"])
        assert path.parent == self.received and path.name[15:] == f"_{sender}_{name}", path
        assert path.read_bytes() == data

    def leave(self):
        self.process.type("/quit")
        assert self.process.wait() == 0, self.process.stderr()


class PeerClient:
    """A client of the prototype's kind behind the same few words."""

    def __init__(self, room, port, user):
        self.room, self.user = room, user
        self.client = classic_peer.Client(port, user, PASSWORD)
        room.proxies.append(self.client)   # closed with the room

    def await_online(self, user):
        self.client.await_(lambda c: user in c.online and user in c.members, f"{user} and its beacon")

    def await_gone(self, user):
        self.client.await_(lambda c: user not in c.online, f"{user} to leave")

    def say(self, text):
        self.client.say(text)

    def tell(self, user, text):
        self.client.say(text, user)

    def await_text(self, sender, text):
        self.client.await_(lambda c: (sender, text) in c.texts, text)

    def send_file(self, user, path):
        self.client.send_file(user, path.name, path.read_bytes())

    def await_file(self, sender, name, data):
        self.client.await_(lambda c: (sender, name, data) in c.files, f"the file {name}")

    def leave(self):
        self.client.close()


def spawn(room, port, user, *command, password=PASSWORD, as_json=True):
    words = [harness.cli_path(), "--relay", f"127.0.0.1:{port}", "--user", user, "--classic", "--profile", str(room.folder / f"profile-{user}")]
    words += ["--json"] * as_json + list(command)
    process = harness.Process(words, {**room.environment(user), "COTERIE_PASSWORD": password}, room.folder, user, as_json)
    room.processes.append(process)
    return process


class Interop(unittest.TestCase):
    longMessage = True

    def setUp(self):
        self.room = harness.Room(relay=False)
        self.addCleanup(self.room.close)

    def our_relay(self):
        self.room.relay = harness.Relay(self.room, ["--classic"])
        return self.room.relay.port

    def their_server(self):
        server = PrototypeServer(self.room) if PROTOTYPE else classic_peer.Server()
        self.addCleanup(server.close)
        return server.port

    def converse(self, port, first, second):
        alice = first(self.room, port, "alice")
        bob = second(self.room, port, "bob")
        carol = PeerClient(self.room, port, "carol")
        for one, others in ((alice, ("bob", "carol")), (bob, ("alice", "carol")), (carol, ("alice", "bob"))):
            for other in others:
                one.await_online(other)
        # To everyone, to one, both ways.
        alice.say(PERSIAN)
        for one in (bob, carol):
            one.await_text("alice", PERSIAN)
        bob.tell("alice", "just between us")
        alice.await_text("bob", "just between us")
        # Files of every size, both ways, and a text behind each.
        for number, size in enumerate((0, 1, 31, 32, 33, 100_000, 3_000_000)):
            for sender, receiver in ((alice, bob), (bob, alice)):
                path = self.room.file(f"{sender.user}-گزارش {number}.bin", size, seed=number)
                sender.send_file(receiver.user, path)
                sender.tell(receiver.user, f"that was {size}")
                receiver.await_file(sender.user, path.name, path.read_bytes())
                receiver.await_text(sender.user, f"that was {size}")
        # A name that is taken.
        with self.assertRaises(PermissionError):
            classic_peer.Client(port, "alice", PASSWORD)
        refused = spawn(self.room, port, "carol", "members")
        self.assertEqual(refused.wait(), 1)
        self.assertTrue(refused.count(lambda e: e.get("code") == "user_id_taken"), refused.snapshot())
        # Leaving is noticed, and leaves the others as they are.
        bob.leave()
        for one in (alice, carol):
            one.await_gone("bob")
        carol.say("still here")
        alice.await_text("carol", "still here")
        alice.leave()
        carol.await_gone("alice")

    def test_our_relay_with_our_clients(self):
        self.converse(self.our_relay(), OurClient, OurClient)

    def test_our_relay_with_their_clients(self):
        self.converse(self.our_relay(), PeerClient, PeerClient)

    def test_our_relay_with_one_of_each(self):
        self.converse(self.our_relay(), OurClient, PeerClient)

    def test_their_server_with_our_clients(self):
        self.converse(self.their_server(), OurClient, OurClient)

    def test_their_server_with_one_of_each(self):
        self.converse(self.their_server(), OurClient, PeerClient)

    def test_their_server_with_their_clients(self):
        # That the two halves of the peer understand each other is what the other combinations rest on.
        self.converse(self.their_server(), PeerClient, PeerClient)


class Client(unittest.TestCase):
    """What coterie-cli --classic does besides talking."""

    longMessage = True

    def setUp(self):
        self.room = harness.Room(relay_options=["--classic"])
        self.addCleanup(self.room.close)
        self.port = self.room.relay.port

    def peer(self, user, password=PASSWORD):
        client = classic_peer.Client(self.port, user, password)
        self.room.proxies.append(client)
        return client

    def run_to_end(self, user, *command, **options):
        process = spawn(self.room, self.port, user, *command, **options)
        process.end_input()
        return process.wait(), process

    def test_say_send_receive_listen_and_members(self):
        bob = self.peer("bob")
        code, members = self.run_to_end("alice", "members")
        self.assertEqual((code, [e["user"] for e in members.snapshot() if e["event"] == "member"]), (0, ["bob"]))
        code, _ = self.run_to_end("alice", "say", PERSIAN)
        self.assertEqual(code, 0)
        bob.await_(lambda c: ("alice", PERSIAN) in c.texts, PERSIAN)
        path = self.room.file("notes.txt", 50_000)
        code, _ = self.run_to_end("alice", "send", str(path), "--to", "bob")
        self.assertEqual(code, 0)
        bob.await_(lambda c: ("alice", "notes.txt", path.read_bytes()) in c.files, "the file")
        taking = spawn(self.room, self.port, "alice", "receive", "--accept", "all", "--from", "bob")
        taking.await_kind("settled")
        bob.send_file("alice", "../../.bashrc", b"harmless")
        self.assertEqual(taking.wait(), 0)
        saved = pathlib.Path(next(e for e in taking.snapshot() if e["event"] == "file")["path"])
        self.assertEqual(saved.parent, self.room.folder / "home-alice" / "client_received")
        self.assertEqual((saved.name[15:], saved.read_bytes()), ("_bob__bashrc", b"harmless"))
        listening = spawn(self.room, self.port, "alice", "listen")
        listening.await_kind("settled")
        bob.say("hello")
        listening.await_kind("message", text="hello")
        self.assertEqual(listening.stop(), 0)

    def test_the_badge_is_always_there(self):
        bob = self.peer("bob")
        chat = spawn(self.room, self.port, "alice", "chat", as_json=False)
        bob.await_(lambda c: "alice" in c.online, "alice")
        bob.say("hello")
        chat.await_event(lambda line: "hello" in line and BADGE in line, "the text with its badge")
        self.assertIn(BADGE, chat.stderr())
        chat.type("hello too")
        bob.await_(lambda c: ("alice", "hello too") in c.texts, "the answer")

        def is_told_as_given():
            chat.type("/history")
            return any("(given to the server for bob)" in line for line in chat.snapshot())
        harness.wait_until(is_told_as_given, "what has become of the answer")
        chat.type("/who")
        chat.await_event(lambda line: "bob" in line and " here" in line and BADGE in line, "the member with the badge")
        bob.send_file("alice", "notes.txt", b"harmless")
        chat.await_event(lambda line: "offers notes.txt" in line and BADGE in line, "the offer with its badge")
        chat.type("/accept")
        chat.await_event(lambda line: "was saved as" in line and BADGE in line, "the file with its badge")
        chat.type("/verify bob")
        harness.wait_until(lambda: "Classic mode has no /verify" in chat.stderr(), "the refusal")
        chat.type("/quit")
        self.assertEqual(chat.wait(), 1)   # a line of a pipe was refused
        _, members = self.run_to_end("carol", "members")
        for event in members.snapshot():
            self.assertEqual(event["badge"], BADGE)

    def test_another_password_is_another_world_and_what_comes_from_it_is_said_to_be_unreadable(self):
        bob = self.peer("bob")
        mallory = classic_peer.Client(self.port, "mallory", "another password")
        self.room.proxies.append(mallory)
        alice = spawn(self.room, self.port, "alice", "listen")
        alice.await_kind("settled", ready=1)
        mallory.say("nobody hears this")
        bob.key = classic_peer.key_of("another password")   # in our group by its name, with another key
        bob.say("Hello, how are you today, my friend?")
        alice.await_kind("message", **{"from": "bob", "text": "cannot be read: different password?", "unreadable": True})
        self.assertEqual(alice.count(lambda e: e.get("from") == "mallory" or e.get("user") == "mallory"), 0)
        alice.stop()

    def test_the_password_of_a_group_is_never_given_to_classic(self):
        secure = {name: self.room.member(name) for name in ("alice", "bob")}
        talking = secure["bob"].spawn("listen")
        talking.await_kind("settled")
        self.assertEqual(secure["alice"].run("say", "hello").code, 0)
        talking.stop()
        with contextlib.suppress(FileNotFoundError):
            self.assertNotIn(hashlib.sha256(self.room.password.encode()).hexdigest(), self.room.relay.process.stderr())
        before = self.room.relay.process.stderr().count("classic_login")
        code, refused = self.run_to_end("alice", "members", password=self.room.password)
        self.assertEqual(code, 1, refused.snapshot())
        text = next(e for e in refused.snapshot() if e["event"] == "error")["text"]
        self.assertIn(secure["alice"].group, text)
        self.assertEqual(self.room.relay.process.stderr().count("classic_login"), before)
        code, _ = self.run_to_end("alice", "members")
        self.assertEqual(code, 0)

    def test_a_client_never_falls_back_to_classic(self):
        server = classic_peer.Server()
        self.addCleanup(server.close)
        recorded = harness.Proxy(self.room, server, record=True)
        member = self.room.member("alice", relay=recorded.address)
        outcome = member.run("members")
        self.assertEqual(outcome.code, 1, outcome)
        self.assertTrue(any(e["code"] in ("tls_failure", "connection_lost", "timed_out") for e in outcome.errors), outcome)
        self.assertNotIn(b"LOGIN", bytes(recorded.recorded))

    def test_what_has_no_meaning_there_is_code_2(self):
        for words in (["history"], ["search", "x"], ["verify", "bob"], ["members", "--offline"], ["--trust", "members"],
                      ["--remember", "members"], ["--group", "climbing", "members"], ["--pin", "00" * 32, "members"]):
            code, process = self.run_to_end("alice", *words)
            self.assertEqual((code, process.snapshot()), (2, []), words)
            self.assertRegex(process.stderr(), r"\Acoterie-cli: .+\.\n\Z")

    def test_a_relay_without_classic_mode_closes_at_once(self):
        self.room.relay.stop()
        self.room.relay.options = []
        self.room.relay.start()
        code, process = self.run_to_end("alice", "members")
        self.assertEqual(code, 1)
        refused = [e for e in process.snapshot() if e.get("code") == "not_classic"]
        self.assertTrue(refused, process.snapshot())
        self.assertIn("--classic", refused[-1]["text"])

    def test_a_file_whose_sender_vanishes_is_said_to_be_lost(self):
        bob = self.peer("bob")
        taking = spawn(self.room, self.port, "alice", "receive", "--accept", "all")
        taking.await_kind("settled")
        size = 3_000_000
        bob.stream.write(b"SEND alice " + classic_peer.seal("large.bin", bob.key) + b" %d\n" % size, bytes(size // 2))
        taking.await_kind("progress", state="running")
        bob.close()
        failed = taking.await_kind("progress", state="failed", code="cut_off")
        self.assertNotRegex(failed["error"], "tried again|nothing is lost|is kept")
        lost = taking.await_kind("link", code="server_lost")
        self.assertNotIn("nothing is lost", lost["text"])
        self.assertEqual(taking.stop(), 3)
        self.assertEqual([*(self.room.folder / "home-alice").rglob("*large*")], [])

    def odd_server(self, behave):
        """A server that lets one client in, beside whom there is bob, and then behaves."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        release = threading.Event()
        self.addCleanup(release.set)

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        stream = connection.makefile("rb")
                        stream.readline()
                        connection.sendall(b"OK\n")
                        stream.readline()
                        connection.sendall(b"ONLINE_LIST bob\n")
                        behave(connection, stream, release)
                        stream.close()
        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1]

    def test_what_a_server_did_not_take_is_not_said_to_be_given_to_it(self):
        def resets(connection, stream, _):
            while not (line := stream.readline()).startswith((b"SEND bob", b"SEND_MSG bob")):
                if not line:
                    return
                if line.startswith(b"SEND_MSG"):   # the beacon
                    stream.read(int(line.split()[-1]))
            stream.read(4)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        def stops_reading(connection, stream, release):
            release.wait(60)

        path = self.room.file("plan.txt", 50_000)
        for behave, wait in ((resets, "60"), (stops_reading, "2")):
            for words in (("say", "hello", "--to", "bob", "--wait", wait), ("send", str(path), "--to", "bob", "--wait", wait)):
                port = self.odd_server(behave)
                process = spawn(self.room, port, "alice", *words)
                process.end_input()
                self.assertEqual(process.wait(), 3, (words, process.snapshot()))
                self.assertEqual(process.count(lambda e: e["event"] == "file"), 0)
                self.assertEqual(process.count(lambda e: e["event"] == "error"), 1, process.snapshot())
            port = self.odd_server(behave)
            chat = spawn(self.room, port, "alice", "chat", as_json=False)
            chat.type("/msg bob hello")
            chat.end_input()
            self.assertEqual(chat.wait(), 3, chat.snapshot())
            self.assertIn("1 message was not taken", chat.stderr())

    def test_a_receiver_who_leaves_before_a_file_is_through_is_named(self):
        bob = classic_peer.Stream(socket.create_connection(("127.0.0.1", self.port), timeout=60))   # who reads nothing
        self.addCleanup(bob.close)
        bob.write("LOGIN bob\n", f"GROUP {classic_peer.key_of(PASSWORD).hex()}\n")
        path = self.room.file("plan.bin", 30_000_000)
        sending = spawn(self.room, self.port, "alice", "send", str(path), "--to", "bob")
        sending.await_kind("progress", state="running")
        bob.close()
        self.assertEqual(sending.wait(), 3, sending.snapshot())
        self.assertEqual(sending.count(lambda e: e["event"] == "file"), 0)
        self.assertTrue(sending.count(lambda e: e["event"] == "error" and "bob left before plan.bin had gone out" in e["text"]),
                        sending.snapshot())

    def test_what_was_waiting_behind_a_file_that_broke_off_is_counted_in_the_log(self):
        bob, mallory, carol = self.peer("bob"), self.peer("mallory"), self.peer("carol")
        # Until the last beacon has come.
        bob.await_(lambda c: c.members == {"mallory", "carol"}, "both")
        carol.await_(lambda c: c.members == {"mallory", "bob"}, "both")
        size = 3_000_000
        mallory.stream.write(b"SEND bob " + classic_peer.seal("large.bin", bob.key) + b" %d\n" % size, bytes(size // 2))
        harness.wait_until(lambda: bob.stream.begun, "the file has begun at bob")
        for text in ("one", "two"):
            carol.say(text, "bob")
        asked = len(carol.lists)
        carol.ask_online()
        carol.await_(lambda c: len(c.lists) > asked, "the relay has taken the texts")
        mallory.close()
        bob.await_(lambda c: c.ended, "the end")
        harness.wait_until(lambda: "classic_lost" in self.room.relay.process.stderr(), "the loss in the log")
        self.assertRegex(self.room.relay.process.stderr(), r"classic_lost user=[0-9a-f]{8} waiting=[23]")   # what the peer says to every list may be among it

    def test_a_pipe_of_many_texts_arrives_whole(self):
        bob = self.peer("bob")
        chat = spawn(self.room, self.port, "alice", "chat")
        for number in range(2000):
            chat.type(f"line {number}")
        chat.end_input()
        self.assertEqual(chat.wait(), 0, chat.stderr())
        bob.await_(lambda c: len(c.texts) == 2000, "all of them")
        self.assertEqual([text for _, text in bob.texts], [f"line {number}" for number in range(2000)])

    def test_listen_declines_files(self):
        bob = self.peer("bob")
        listening = spawn(self.room, self.port, "alice", "listen")
        listening.await_kind("settled")
        bob.send_file("alice", "notes.txt", b"harmless")
        listening.await_kind("progress", state="declined", name="notes.txt")
        self.assertEqual(listening.stop(), 0)
        self.assertIn("Run receive", listening.stderr())

    def test_the_log_of_the_relay_names_nobody(self):
        self.assertEqual(self.run_to_end("alice", "members")[0], 0)
        harness.wait_until(lambda: "classic_login" in self.room.relay.process.stderr(), "the login in the log")
        self.assertNotIn("alice", self.room.relay.process.stderr().replace(str(self.room.folder), ""))


@unittest.skipUnless(PROTOTYPE, "COTERIE_PROTOTYPE names no checkout of the prototype")
class RealClientFunctions(unittest.TestCase):
    """The functions of the real ClientCode.py that need no window, taken out of its source, against those of the peer."""

    def functions(self):
        tree = ast.parse((pathlib.Path(PROTOTYPE) / "ClientCode.py").read_text(encoding="utf-8"))
        found = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and not any(argument.arg == "self" for argument in node.args.args):
                scope = {"base64": base64, "hashlib": hashlib, "os": os, **found}
                with contextlib.suppress(Exception):
                    exec(compile(ast.Module([node], []), "ClientCode.py", "exec"), scope)
                    found[node.name] = scope[node.name]
        return found

    def test_some_function_of_two_arguments_is_the_cipher(self):
        key = classic_peer.key_of(PASSWORD)
        data = bytes(range(256))
        agreeing = []
        for name, function in self.functions().items():
            for second in (key, PASSWORD):
                with contextlib.suppress(Exception):
                    if function(data, second) == classic_peer.xor(data, key):
                        agreeing.append(name)
        self.assertTrue(agreeing, f"none of {sorted(self.functions())} is XOR with SHA-256 of the password")


if __name__ == "__main__":
    harness.main()
