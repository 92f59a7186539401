# SPDX-License-Identifier: MIT
"""Real processes for the end-to-end scenarios: a relay, members, and a proxy between them.

Everything listens on 127.0.0.1 with ports the system chooses, lives in one temporary folder, and is ended by its own process id.
Nothing here sleeps for a fixed time: whoever waits, waits for an event, with a deadline that only a failure reaches.
"""

import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

# Deadlines are for failures; slow machines and sanitizers may ask for more.
PATIENCE = float(os.environ.get("COTERIE_TEST_PATIENCE", "1"))
DEADLINE = 60 * PATIENCE

_programs = pathlib.Path(os.environ.get("COTERIE_BUILD", "build/dev"))


def use_build(folder):
    """Where coterie-cli and coterie-relay were built."""
    global _programs
    _programs = pathlib.Path(folder)


def is_slow_wanted():
    """COTERIE_SLOW=1: what takes minutes is tried in full."""
    return os.environ.get("COTERIE_SLOW") == "1"


def build_path():
    return _programs


def cli_path():
    return str((_programs / "cli" / "coterie-cli").resolve())


def relay_path():
    return str((_programs / "relay" / "coterie-relay").resolve())


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


class Failure(AssertionError):
    """A scenario did not go as it must."""


def wait_until(condition, what, seconds=DEADLINE):
    """For what no event tells: files, processes. Looks often, gives up at the deadline."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Failure(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.01)


class Process:
    """A program with JSON lines on its standard output, read by a thread as they come."""

    def __init__(self, words, environment, folder, name, as_json=True):
        self.name = name
        self.as_json = as_json
        self.events = []      # JSON objects, or lines of text
        self._changed = threading.Condition()
        self._ended = False
        self._errors = open(folder / f"{name}.stderr", "ab")
        self.errors_path = folder / f"{name}.stderr"
        self.errors_start = self._errors.tell()
        # A session of its own: no controlling terminal, so nothing can ask a person.
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, env=environment,
                                        start_new_session=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self):
        return self.process.pid

    def _read(self):
        for line in self.process.stdout:
            text = line.decode("utf-8")   # output that is not UTF-8 is a failure of its own
            if self.as_json:
                try:
                    event = json.loads(text)
                except ValueError:
                    # Killed in the middle of a line.
                    if not text.endswith("\n"):
                        continue
                    event = {"event": "broken line", "text": text}
            else:
                event = text.rstrip("\n")
            with self._changed:
                self.events.append(event)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def type(self, line):
        """One line into standard input; False when the program is gone."""
        try:
            self.process.stdin.write((line + "\n").encode())
            self.process.stdin.flush()
            return True
        except (BrokenPipeError, ValueError, OSError):
            return False

    def end_input(self):
        with contextlib.suppress(OSError):
            self.process.stdin.close()

    def snapshot(self):
        with self._changed:
            return list(self.events)

    def await_event(self, matches, what, start=0, seconds=DEADLINE):
        """The first event from index `start` on for which `matches` holds."""
        end = time.monotonic() + seconds
        with self._changed:
            at = start
            while True:
                while at < len(self.events):
                    if matches(self.events[at]):
                        return self.events[at]
                    at += 1
                left = end - time.monotonic()
                if self._ended or left <= 0:
                    why = f"{self.name} has ended" if self._ended else f"not within {seconds:.0f} s"
                    raise Failure(f"{why}: {what}\nlast events of {self.name}: {self.events[-12:]}\nits stderr: {self.stderr()[-2000:]}")
                self._changed.wait(left)

    def await_kind(self, kind, start=0, seconds=DEADLINE, **fields):
        """The first event of a kind with these fields."""
        return self.await_event(lambda event: event.get("event") == kind and all(event.get(k) == v for k, v in fields.items()),
                                f"{kind} {fields}", start, seconds)

    def count(self, matches):
        return sum(1 for event in self.snapshot() if matches(event))

    def stderr(self):
        with open(self.errors_path, "rb") as file:
            file.seek(self.errors_start)
            return file.read().decode("utf-8", "replace")

    def wait(self, seconds=DEADLINE):
        """The exit code, with all output read."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure(f"{self.name} has not ended within {seconds:.0f} s; last events: {self.snapshot()[-8:]}; "
                          f"stderr: {self.stderr()[-2000:]}") from None
        self._reader.join(seconds)
        return code

    def kill(self):
        """SIGKILL: no word of farewell, nothing flushed."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        self._close()

    def stop(self, seconds=DEADLINE):
        """SIGTERM, and the exit code."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        code = self.wait(seconds)
        self._close()
        return code

    def is_running(self):
        return self.process.poll() is None

    def _close(self):
        self._reader.join(5)
        self.end_input()
        self.process.stdout.close()
        self._errors.close()


class Relay:
    def __init__(self, room, options=()):
        self.room = room
        self.state = room.folder / "relay"
        self.state.mkdir(exist_ok=True)
        self.options = list(options)
        self.port = None
        self.process = None
        self.pin = self.fingerprint()
        self.start()

    def fingerprint(self):
        done = subprocess.run([relay_path(), "--state-dir", str(self.state), "--fingerprint"], capture_output=True, check=True,
                              timeout=DEADLINE, env=self.room.environment("relay"))
        return done.stdout.decode().strip()

    def start(self):
        """Begins to listen; after the first time on the same port again."""
        port_file = self.room.folder / "relay.port"
        port_file.unlink(missing_ok=True)
        self.process = Process([relay_path(), "--listen", f"127.0.0.1:{self.port or 0}", "--state-dir", str(self.state), "--port-file",
                                str(port_file), "--log-level", "debug", *self.options], self.room.environment("relay"),
                               self.room.folder, "relay", as_json=False)
        self.room.processes.append(self.process)

        def is_listening():
            if not self.process.is_running():
                raise Failure(f"the relay did not start: {self.process.stderr()[-2000:]}")
            return port_file.exists() and port_file.read_text().strip()

        wait_until(is_listening, "the relay listens")
        self.port = int(port_file.read_text())

    def kill(self):
        self.process.kill()

    def stop(self):
        return self.process.stop()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"


class Member:
    """Somebody with a profile folder of their own; each call is one run of coterie-cli."""

    def __init__(self, room, user, group="climbing", password=None, pin=True, relay=None, profile=None):
        self.room = room
        self.user = user
        self.group = group
        self.password = room.password if password is None else password
        self.uses_pin = pin
        self.relay = relay
        self.profile = profile or room.folder / f"profile-{user}"
        self.received = room.folder / f"received-{user}"

    def words(self, *command, as_json=True, trust=False):
        words = [cli_path(), "--relay", self.relay or self.room.relay.address, "--user", self.user, "--group", self.group, "--profile",
                 str(self.profile)]
        if trust:
            words.append("--trust")
        elif self.uses_pin:
            words += ["--pin", self.room.relay.pin]
        if as_json:
            words.append("--json")
        return words + [str(word) for word in command]

    def environment(self):
        environment = self.room.environment(self.user)
        if self.password:
            environment["COTERIE_PASSWORD"] = self.password
        return environment

    def spawn(self, *command, as_json=True, trust=False):
        process = Process(self.words(*command, as_json=as_json, trust=trust), self.environment(), self.room.folder, self.user, as_json)
        self.room.processes.append(process)
        return process

    def run(self, *command, seconds=DEADLINE, input=None, as_json=True, trust=False):
        """To its end: exit code, events (or lines) and what it said on standard error."""
        process = self.spawn(*command, as_json=as_json, trust=trust)
        if input is not None:
            process.process.stdin.write(input)
        process.end_input()
        code = process.wait(seconds)
        return Outcome(code, process.snapshot(), process.stderr())

    def chat(self):
        """A conversation, once everyone present has been greeted."""
        process = self.spawn("chat", "--dir", self.received)
        process.await_kind("settled")
        return process


class Outcome:
    def __init__(self, code, events, stderr):
        self.code = code
        self.events = events
        self.stderr = stderr

    def of_kind(self, kind):
        return [event for event in self.events if event.get("event") == kind]

    @property
    def errors(self):
        return self.of_kind("error")

    def __repr__(self):
        return f"exit code {self.code}, events {self.events[-8:]}, stderr {self.stderr[-2000:]!r}"


class Proxy:
    """Passes TCP connections on; records what travels, counts it, and can slow it down."""

    def __init__(self, room, target, record=False, bytes_per_second=None):
        self.target = target
        self.bytes_per_second = bytes_per_second
        self.recorded = bytearray() if record else None
        self.passed = 0           # bytes, both directions
        self._lock = threading.Lock()
        self._stopping = False
        self._sockets = set()
        self._next_free = 0.0     # when the next byte may pass, for the brake
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        room.proxies.append(self)

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def _accept(self):
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            try:
                # Looked up for each connection: the relay may have been restarted.
                server = socket.create_connection(("127.0.0.1", self.target.port))
            except OSError:
                client.close()
                continue
            with self._lock:
                self._sockets |= {client, server}
            for source, sink in ((client, server), (server, client)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source, sink):
        try:
            while piece := source.recv(65536):
                self._account(piece)
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            # A killed end resets; the other end must see that too, not a clean end.
            for end in (source, sink):
                with contextlib.suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                with contextlib.suppress(OSError):
                    end.close()

    def _account(self, piece):
        with self._lock:
            self.passed += len(piece)
            if self.recorded is not None:
                self.recorded += piece
            pause = 0
            if self.bytes_per_second:
                now = time.monotonic()
                self._next_free = max(self._next_free, now) + len(piece) / self.bytes_per_second
                pause = self._next_free - now
        if pause > 0:
            time.sleep(pause)

    def close(self):
        self._server.close()
        with self._lock:
            sockets = list(self._sockets)
        for end in sockets:
            with contextlib.suppress(OSError):
                end.close()


class Room:
    """Everything one scenario needs, gone when it is over."""

    def __init__(self, relay=True, relay_options=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="coterie-e2e-"))
        self.processes = []
        self.proxies = []
        self.password = "quartz-lantern-mossy-" + os.urandom(6).hex()
        self.relay = None
        if relay:
            self.relay = Relay(self, relay_options)

    def environment(self, user):
        home = self.folder / f"home-{user}"
        home.mkdir(exist_ok=True)
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS",
                                                    "LSAN_OPTIONS") if name in os.environ}
        return {**kept, "HOME": str(home), "LANG": "C.UTF-8", "TZ": "UTC"}

    def member(self, user, **options):
        return Member(self, user, **options)

    def proxy(self, **options):
        return Proxy(self, self.relay, **options)

    def file(self, name, size, seed=0):
        """A file of pseudo-random bytes, the same for the same seed."""
        path = self.folder / "sources" / name
        path.parent.mkdir(exist_ok=True)
        import random
        source = random.Random(seed * 1_000_003 + size)
        with open(path, "wb") as out:
            left = size
            while left > 0:
                piece = source.randbytes(min(left, 1 << 20))
                out.write(piece)
                left -= len(piece)
        return path

    def close(self):
        for process in self.processes:
            if process.is_running():
                process.kill()
            else:
                process._close()
        for proxy in self.proxies:
            proxy.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Scenario(unittest.TestCase):
    """A test with a room of its own in self.room."""

    relay_options = ()
    longMessage = True

    def setUp(self):
        self.room = Room(relay_options=self.relay_options)
        self.addCleanup(self.room.close)

    def assert_code(self, outcome, code):
        self.assertEqual(outcome.code, code, outcome)

    def assert_error(self, outcome, code, *names):
        """Exit code, and an error event whose name is one of these, with a sentence."""
        self.assertEqual(outcome.code, code, outcome)
        errors = [event for event in outcome.errors if event["code"] in names]
        self.assertTrue(errors, outcome)
        for event in errors:
            self.assertGreater(len(event["text"]), 20, outcome)
            self.assertNotIn("\n", event["text"].strip())


def main():
    parser = argparse.ArgumentParser(description="End-to-end scenarios with real processes.")
    parser.add_argument("--build", help="folder the programs were built in (default: $COTERIE_BUILD, else build/dev)")
    options, rest = parser.parse_known_args()
    if options.build:
        use_build(options.build)
    for program in (cli_path(), relay_path()):
        if not os.access(program, os.X_OK):
            sys.exit(f"{program} is not there; build it first, or name the build folder with --build.")
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
