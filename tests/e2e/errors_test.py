#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What goes wrong is said in one sentence, with the right exit code, and loses nothing."""

import contextlib
import http.server
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import threading

import harness


class Errors(harness.Scenario):
    def test_a_command_line_that_cannot_be_used_is_code_2(self):
        alice = self.room.member("alice")
        for words in (["dance"], ["say"], ["listen", "--frobnicate"], ["--pin", "abc", "listen"], ["receive", "--accept", "some"]):
            outcome = alice.run(*words)
            self.assertEqual(outcome.code, 2, outcome)
            self.assertRegex(outcome.stderr, r"\Acoterie-cli: [^\n]+\.\n\Z")
            self.assertEqual(outcome.events, [])
        for text in ("", "x" * 20_000):
            outcome = alice.run("say", text)
            self.assertEqual(outcome.code, 2, outcome)
        for field, value in (("user", "x" * 33), ("user", "a\u202eb"), ("group", ""), ("password", "short")):
            member = self.room.member("alice")
            setattr(member, field, value)
            self.assert_error(member.run("members"), 2, "invalid_argument")

    def test_a_group_is_not_founded_on_a_password_that_is_easy_to_guess(self):
        # Only the relay knows that nobody else is there: no fault of the command line.
        self.assert_error(self.room.member("alice", password="password1").run("members"), 1, "invalid_argument")

    def test_no_password_is_code_2_and_says_where_to_put_it(self):
        alice = self.room.member("alice", password="")
        outcome = alice.run("listen")
        self.assert_error(outcome, 2, "invalid_argument")
        self.assertIn("--password-file", outcome.errors[-1]["text"])

    def test_a_password_comes_from_a_file_the_environment_or_the_profile(self):
        path = self.room.folder / "password"
        path.write_text(self.room.password + "\n")
        path.chmod(0o600)
        alice = self.room.member("alice", password="")
        self.assert_code(alice.run("--password-file", path, "members"), 0)
        path.chmod(0o644)
        outcome = alice.run("--password-file", path, "--remember", "members")
        self.assert_code(outcome, 0)
        self.assertIn("chmod 600", outcome.stderr)
        self.assert_code(alice.run("members"), 0)   # remembered
        outcome = alice.run("--password-file", self.room.folder / "none", "members")
        self.assert_error(outcome, 1, "not_found")

    def test_another_password_is_code_4(self):
        bob = self.room.member("bob").spawn("listen")
        bob.await_kind("link", state="online")
        mallory = self.room.member("mallory", password="another-password-entirely-77")
        for command in (["say", "hello"], ["say", "--to", "bob", "hello"], ["members"], ["send", self.room.file("x", 10)],
                        ["receive", "--timeout", "30"], ["verify", "bob"]):
            outcome = mallory.run(*command)
            self.assert_error(outcome, 4, "wrong_password")
            self.assertEqual(len(outcome.errors), 1, outcome)
        rejected = outcome.errors[0]
        self.assertEqual((rejected["rejected"], rejected["of"]), (1, 1))
        self.assertEqual(bob.count(lambda event: event.get("event") == "message"), 0)
        people = self.room.member("mallory", password="another-password-entirely-77").run("say", "hello", as_json=False)
        self.assert_code(people, 4)
        self.assertEqual(people.events, [])
        self.assertEqual(people.stderr.count("\n"), 1, people)
        # The right one still works, for the same people.
        self.assert_code(self.room.member("alice").run("say", "hello"), 0)

    def test_who_is_here_is_told_of_another_password_and_a_chat_under_it_loses_nothing_in_silence(self):
        bob = self.room.member("bob").spawn("listen")
        bob.await_kind("link", state="online")
        mallory = self.room.member("mallory", password="another-password-entirely-77").spawn("chat")
        mallory.type("hello")
        mallory.end_input()
        self.assertEqual(mallory.wait(), 4)
        errors = [event for event in mallory.snapshot() if event.get("event") == "error"]
        self.assertEqual(errors[0]["code"], "wrong_password")
        self.assertIn("1 message was not kept", errors[-1]["text"])
        told = bob.await_kind("other_password")
        self.assertEqual((told["rejected"], told["of"], told["attempts_left"]), (1, 1, 9))
        self.assertEqual(bob.count(lambda event: event.get("event") == "error"), 0)

    def test_C01_guesses_of_strangers_keep_newcomers_out_with_a_true_sentence_and_members_not(self):
        alice, bob = self.room.member("alice"), self.room.member("bob").spawn("listen")
        bob.await_kind("link", state="online")
        self.assert_code(alice.run("say", "hello"), 0)
        for number in range(10):
            stranger = self.room.member(f"stranger{number}", password="another-password-entirely-77")
            self.assert_error(stranger.run("members"), 4, "wrong_password")
        carol = self.room.member("carol")
        for command, code in ((["members"], 1), (["verify", "bob"], 1), (["say", "--wait", "1", "hi"], 3), (["listen", "--timeout", "1"], 3),
                              (["send", "--wait", "1", self.room.file("x", 10)], 3), (["receive", "--timeout", "1"], 3)):
            outcome = carol.run(*command)
            self.assert_error(outcome, code, "guess_budget_empty")
            self.assertEqual(len(outcome.errors), 1, outcome)
            self.assertRegex(outcome.errors[0]["text"], r"because of wrong passwords: the next one is possible in (\d+ minutes|a minute)\. Try again then\.$")
        piped = carol.run("chat", input=b"hello\n")
        self.assert_error(piped, 3, "guess_budget_empty")
        people = carol.run("members", as_json=False)
        self.assert_code(people, 1)
        self.assertEqual((people.events, people.stderr.count("\n")), ([], 1), people)
        # Who has a session does not notice.
        self.assert_code(alice.run("say", "still here"), 0)
        bob.await_kind("message", text="still here")

    def test_a_piped_line_that_is_refused_is_code_1_whatever_was_wrong_with_it(self):
        bob = self.room.member("bob").spawn("listen")
        bob.await_kind("link", state="online")
        for number, line in enumerate((b"/send missing", b"/msg nobody hi", b"/nonsense", b"not \xff text", b"/accept")):
            outcome = self.room.member("alice").run("chat", input=line + b"\nline %d\n" % number)
            self.assert_code(outcome, 1)
            self.assertEqual(len(outcome.errors), 1, outcome)
            bob.await_kind("message", text=f"line {number}")

    def test_an_address_of_the_web_is_refused_with_what_is_wanted(self):
        for relay in ("http://x", "https://relay.example.org/"):
            outcome = self.room.member("alice", relay=relay).run("members")
            self.assertEqual(len(outcome.errors), 1, outcome)
            self.assertIn("HOST or HOST:PORT, without a scheme", outcome.errors[0]["text"])

    def test_what_is_said_while_the_relay_is_down_is_kept_and_arrives_later(self):
        alice, bob = self.room.member("alice"), self.room.member("bob")
        listening = bob.spawn("listen")
        listening.await_kind("link", state="online")
        self.assert_code(alice.run("say", "hello"), 0)
        self.assertEqual(listening.stop(), 0)
        self.room.relay.stop()
        for words in (["--keep-trying", "say", "--to", "bob", "--wait", "1", "one"], ["say", "two"]):
            outcome = alice.run(*words)
            self.assert_code(outcome, 3)
            self.assertIn("kept in the outbox", outcome.errors[-1]["text"])
        outcome = alice.run("--keep-trying", "say", "--to", "dave", "--wait", "1", "three")
        self.assert_error(outcome, 1, "timed_out")
        self.assertIn("the text was not kept", outcome.errors[0]["text"])
        self.room.relay.start()
        again = alice.spawn("listen")
        listening = bob.spawn("listen")
        listening.await_kind("message", text="one")
        listening.await_kind("message", text="two")
        self.assertEqual(again.stop(), 0)

    def test_what_is_piped_in_while_a_relay_is_waited_for_arrives_later(self):
        alice, bob = self.room.member("alice"), self.room.member("bob")
        listening = bob.spawn("listen")
        listening.await_kind("link", state="online")
        self.assert_code(alice.run("say", "hello"), 0)
        self.assertEqual(listening.stop(), 0)
        self.room.relay.stop()
        waiting = alice.spawn("--keep-trying", "chat")
        waiting.type("for later")
        waiting.await_kind("message", text="for later")
        waiting.end_input()
        self.assertEqual(waiting.stop(), 3)
        self.assertIn("1 message is kept in the outbox", waiting.stderr())
        self.room.relay.start()
        again = alice.spawn("listen")
        bob.spawn("listen").await_kind("message", text="for later")
        self.assertEqual(again.stop(), 0)

    def test_a_user_id_that_is_taken_is_code_1(self):
        bob = self.room.member("bob").spawn("listen")
        bob.await_kind("link", state="online")
        other = self.room.member("BOB", profile=self.room.folder / "profile-other")
        self.assert_error(other.run("listen"), 1, "user_id_taken")
        self.assertTrue(bob.is_running())

    def test_one_profile_is_for_one_program_at_a_time(self):
        alice = self.room.member("alice")
        first = alice.spawn("listen")
        first.await_kind("link", state="online")
        self.assert_error(alice.run("listen"), 1, "in_use")
        self.assertEqual(first.stop(), 0)

    def test_an_unknown_relay_is_not_trusted_without_being_told(self):
        alice = self.room.member("alice", pin=False)
        outcome = alice.run("members")
        self.assert_error(outcome, 1, "relay_unknown")
        self.assertEqual(outcome.errors[0]["fingerprint"], self.room.relay.pin)
        for_people = alice.run("members", as_json=False)
        self.assertEqual(for_people.code, 1)
        for part in (self.room.relay.pin, "--pin", "--trust"):
            self.assertEqual(for_people.stderr.count(part), 1, for_people)
        self.assertEqual(for_people.stderr.count("\n"), 1, for_people)
        self.assert_code(alice.run("members", trust=True), 0)
        self.assert_code(alice.run("members"), 0)   # known from now on

    def test_a_changed_relay_is_code_5_even_with_trust(self):
        alice = self.room.member("alice", pin=False)
        self.assert_code(alice.run("members", trust=True), 0)
        self.room.relay.stop()
        shutil.rmtree(self.room.relay.state)
        self.room.relay.state.mkdir()
        old_pin = self.room.relay.pin
        self.room.relay.pin = self.room.relay.fingerprint()
        self.room.relay.start()
        for trust in (False, True):
            outcome = alice.run("say", "hello", trust=trust)
            self.assert_error(outcome, 5, "relay_identity_changed")
            self.assertEqual((outcome.errors[0]["expected"], outcome.errors[0]["seen"]), (old_pin, self.room.relay.pin))
        bob = self.room.member("bob", pin=False)
        outcome = bob.run("--pin", old_pin, "members")
        self.assert_error(outcome, 5, "relay_identity_changed")

    def test_an_unreachable_relay_is_code_1_at_once(self):
        with socket.create_server(("127.0.0.1", 0)) as unused:
            port = unused.getsockname()[1]
        alice = self.room.member("alice", relay=f"127.0.0.1:{port}")
        for command in (["say", "hello"], ["listen"], ["chat"], ["receive"], ["members"]):
            self.assert_error(alice.run(*command), 1, "unreachable")
        people = alice.run("say", "hello", as_json=False)
        self.assertEqual(people.code, 1)
        self.assertIn("coterie-relay", people.stderr)
        self.assertEqual(people.events, [])

    def test_keep_trying_waits_for_the_relay(self):
        self.room.relay.stop()
        alice = self.room.member("alice").spawn("--keep-trying", "listen")
        alice.await_kind("link", state="offline", code="unreachable")
        self.room.relay.start()
        alice.await_kind("link", state="online")

    def test_a_wrong_port_is_code_1_whoever_listens_there(self):
        class Quiet(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

        web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        self.addCleanup(web.server_close)
        self.addCleanup(web.shutdown)
        alice = self.room.member("alice", relay=f"127.0.0.1:{web.server_address[1]}")
        outcome = alice.run("members", as_json=False)
        self.assertEqual(outcome.code, 1, outcome)
        self.assertIn("no coterie-relay", outcome.stderr)
        self.assertEqual(outcome.events, [])
        for address in ("127.0.0.1:0", "127.0.0.1:65536"):
            alice.relay = address
            self.assert_error(alice.run("members"), 2, "invalid_argument")

    def test_somebody_who_closes_at_once_is_code_1(self):
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)

        def close_everything():
            while True:
                try:
                    server.accept()[0].close()
                except OSError:
                    return

        threading.Thread(target=close_everything, daemon=True).start()
        alice = self.room.member("alice", relay=f"127.0.0.1:{server.getsockname()[1]}")
        self.assert_error(alice.run("members"), 1, "tls_failure", "connection_lost")

    def test_unknown_names_and_an_empty_group_have_their_codes(self):
        alice = self.room.member("alice")
        outcome = alice.run("say", "--wait", "8", "anybody here?")
        self.assert_error(outcome, 3, "no_such_member")
        bob = self.room.member("bob").spawn("listen")
        bob.await_kind("link", state="online")
        outcome = alice.run("say", "--wait", "8", "--to", "dave", "hello")
        self.assert_error(outcome, 3, "no_such_member")
        self.assertIn("bob", outcome.errors[0]["text"])
        self.assert_error(alice.run("verify", "dave"), 1, "no_such_member")

    def test_a_first_connection_that_fails_leaves_nothing_behind(self):
        with socket.create_server(("127.0.0.1", 0)) as unused:
            port = unused.getsockname()[1]
        above = self.room.folder / "not" / "there"
        unreachable = self.room.member("alice", relay=f"127.0.0.1:{port}", profile=above / "yet")
        self.assert_error(unreachable.run("say", "hello"), 1, "unreachable")
        unknown = self.room.member("alice", pin=False, profile=above / "yet")
        self.assert_error(unknown.run("members"), 1, "relay_unknown")
        self.assert_code(self.room.member("alice", profile=above / "yet").run("members", "--offline"), 0)
        self.assertFalse(above.parent.exists())
        # Once let in, there is an identity to keep.
        alice = self.room.member("alice", profile=above / "yet")
        self.assert_code(alice.run("members"), 0)
        alice.relay = f"127.0.0.1:{port}"
        self.assert_error(alice.run("members"), 1, "unreachable")
        self.assertTrue((above / "yet" / "key").exists())

    def test_a_profile_that_cannot_be_made_is_code_1(self):
        blocked = self.room.folder / "a-file"
        blocked.write_text("in the way")
        alice = self.room.member("alice", profile=blocked / "profile")
        outcome = alice.run("members")
        self.assertEqual(outcome.code, 1, outcome)
        self.assertTrue(outcome.errors, outcome)

    def test_a_damaged_profile_is_refused_and_left_as_it_is(self):
        alice = self.room.member("alice")
        self.assert_code(alice.run("members"), 0)
        for database in alice.profile.glob("*.db"):
            damaged = b"this is not a database at all, " * 100
            database.write_bytes(damaged)
            for side in alice.profile.glob(database.name + "-*"):
                side.unlink()
            outcome = alice.run("members")
            self.assert_error(outcome, 1, "database_corrupt")
            self.assertEqual(database.read_bytes(), damaged)

    def test_output_that_nobody_reads_any_more_ends_the_program(self):
        bob = self.room.member("bob").chat()
        reader, writer = os.pipe()
        alice = self.room.member("alice")
        process = subprocess.Popen(alice.words("listen"), env=alice.environment(), stdin=subprocess.DEVNULL, stdout=writer,
                                   stderr=subprocess.DEVNULL, start_new_session=True)
        self.addCleanup(process.kill)
        os.close(writer)
        bob.await_kind("member", user="alice", state="ready")
        os.close(reader)
        bob.type("into the void")
        self.assertEqual(process.wait(harness.DEADLINE), 1)

    def test_output_that_does_not_fit_anywhere_is_code_1_and_one_sentence(self):
        bob = self.room.member("bob").chat()
        alice = self.room.member("alice")
        self.assert_code(alice.run("say", "hello"), 0)
        for words in (["--help"], ["--version"], ["say", "--help"], *([*alice.words(*command, as_json=as_json)][1:]
                      for command in (["members"], ["members", "--offline"], ["history"], ["search", "hello"], ["say", "hello again"],
                                      ["verify", "bob"])
                      for as_json in (True, False))):
            with self.subTest(words=words), open("/dev/full", "wb") as full:
                done = subprocess.run([harness.cli_path(), *words], env=alice.environment(), stdin=subprocess.DEVNULL, stdout=full,
                                      stderr=subprocess.PIPE, timeout=harness.DEADLINE, start_new_session=True)
                self.assertEqual(done.returncode, 1, done)
                self.assertRegex(done.stderr.decode(), r"\Acoterie-cli: Standard output cannot be written [^\n]+\.\n\Z")
        self.assertTrue(bob.is_running())

    def test_a_password_file_that_never_answers_can_be_interrupted(self):
        pipe = self.room.folder / "pipe"
        os.mkfifo(pipe)
        silent = os.open(pipe, os.O_RDWR)   # somebody holds it open, and writes nothing
        self.addCleanup(os.close, silent)
        alice = self.room.member("alice")
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            for where in (["--password-file", pipe, "members"], ["--access-key-file", pipe, "members"], ["say", "-"]):
                process = alice.spawn(*where)
                # It reads, so it has set up what answers to signals.
                harness.wait_until(lambda: self.handles_signals(process.pid), "the program waits")
                process.process.send_signal(number)
                self.assertEqual(process.wait(), 1, process.stderr())
                self.assertRegex(process.stderr(), r"\Acoterie-cli: Interrupted[^\n]*\.\n\Z")
        os.write(silent, self.room.password.encode() + b"\n")
        self.assert_code(alice.run("--password-file", pipe, "members"), 0)

    def handles_signals(self, pid):
        with contextlib.suppress(OSError):
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            catches = int(status.split("SigCgt:")[1].split()[0], 16)
            return bool(catches & 1 << (signal.SIGHUP - 1))
        return False

    def test_a_folder_or_a_device_holds_no_password(self):
        alice = self.room.member("alice", password="")
        for path, kind in ((self.room.folder, "folder"), ("/dev/zero", "device"), ("/dev/null", "device")):
            for option in ("--password-file", "--access-key-file"):
                outcome = alice.run(option, path, "members")
                self.assert_error(outcome, 2, "invalid_argument")
                self.assertIn(f"is a {kind}", outcome.errors[0]["text"])

    def test_a_second_interrupt_is_not_needed(self):
        alice = self.room.member("alice").spawn("listen")
        alice.await_kind("link", state="online")
        self.assertEqual(alice.stop(), 0)
        for number in (signal.SIGINT, signal.SIGTERM):
            for command, code in ((["chat"], 0), (["listen"], 0), (["receive"], 1), (["say", "--wait", "0", "hello?"], 1),
                                  (["send", "--wait", "0", self.room.file("a", 10)], 1)):
                process = self.room.member("carol").spawn(*command)
                process.await_kind("link", state="online")
                process.process.send_signal(number)
                self.assertEqual(process.wait(), code, (number, command, process.stderr()))
        waiting = self.room.member("bob").spawn("say", "--wait", "0", "hello?")
        waiting.await_kind("link", state="online")
        self.assertEqual(waiting.stop(), 1)   # nobody is known: it is not kept
        self.assertIn("the text was not kept", waiting.stderr())


if __name__ == "__main__":
    harness.main()
