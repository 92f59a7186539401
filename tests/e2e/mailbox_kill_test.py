#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Members write to somebody who is away while the relay is killed again and again, between any two of its system calls, with and
without a power cut that takes back what was not flushed. What the relay had called stored must come out: once, whole, in order.

Half of the kills fall at the n-th write, flush, send or receive after the start, the others at random moments. Every member keeps a
journal, and journal_checker.py joins them. Repeat a run's choices with --seed.
"""

import argparse
import collections
import hashlib
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import disk_shim
import harness
import journal_checker
from raw_member import DELIVERED, FULL, OUTCOME, RECEIVE, STORED, Identity, Lost, RawMember

DEADLINE = harness.DEADLINE
WINDOW = 40             # envelopes under way
WAITING = 350           # not fetched yet, of one sender: the relay takes 500, and what it refuses would come out of order
CALLS = ("write", "flush", "send", "receive")


class Relay:
    """Started anew after every kill, on the same folder."""

    def __init__(self, folder, options=()):
        self.folder = folder
        self.state = folder / "state"
        self.log = folder / "writes"
        self.full = folder / "full"
        self.clock = folder / "clock"
        self.options = list(options)
        self.log_level = "warning"
        self.port = None
        self.process = None
        self.errors = open(folder / "relay.stderr", "ab")

    def start(self, kill_at=None):
        """True once it listens; False when it was killed before."""
        self.log.unlink(missing_ok=True)
        port_file = self.folder / "port"
        port_file.unlink(missing_ok=True)
        environment = {**os.environ, "LD_PRELOAD": disk_shim.library(), "COTERIE_SHIM_FOLDER": str(self.state),
                       "COTERIE_SHIM_LOG": str(self.log), "COTERIE_SHIM_FULL": str(self.full), "COTERIE_SHIM_CLOCK": str(self.clock)}
        # A sanitizer's runtime would have to come before the shim, and objects to that where nothing depends on it.
        environment["ASAN_OPTIONS"] = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]))
        if kill_at:
            environment["COTERIE_SHIM_KILL"] = kill_at
        self.process = subprocess.Popen([harness.relay_path(), "--listen", "127.0.0.1:0", "--state-dir", str(self.state), "--port-file",
                                         str(port_file), "--log-level", self.log_level, "--limit-joins-per-minute", "100000",
                                         "--limit-joins-burst", "100000", "--limit-sends-per-second", "100000", "--limit-sends-burst",
                                         "100000", *self.options], env=environment, stderr=self.errors, stdin=subprocess.DEVNULL)
        end = time.monotonic() + DEADLINE
        while not (port_file.exists() and port_file.read_text().strip()):
            code = self.process.poll()
            if code == -9:
                return False
            if code is not None:
                raise harness.Failure(f"the relay ended with {code}: {self.said()}")
            if time.monotonic() > end:
                raise harness.Failure("the relay does not listen")
            time.sleep(0.005)
        self.port = int(port_file.read_text())
        return True

    def said(self):
        return (self.folder / "relay.stderr").read_text()[-2000:]

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        return self.process.wait(DEADLINE)


class Sender:
    """Numbers its messages, keeps those it was not told to be stored, and sends them again in order."""

    def __init__(self, name, journal):
        self.who = Identity("club", name)
        self.journal = journal
        self.written = 0
        self.history = []
        self.unconfirmed = collections.OrderedDict()   # message -> text
        self.under_way = set()
        self.link = None

    def write(self, to):
        self.written += 1
        text = f"{self.who.name} {self.written} " + "x" * (self.written * 37 % 900)
        message = hashlib.sha256(text.encode()).digest()[:16]
        self.unconfirmed[message] = text
        self.history.append({"from": self.who.name, "id": message.hex(), "text": text})
        self.journal.append({"what": "sent", "by": self.who.name, "id": message.hex(), "text": text, "to": [to.name]})

    def connect(self, port):
        self.link = RawMember(port, self.who, DEADLINE)
        self.under_way.clear()

    def push(self, to):
        for message, text in self.unconfirmed.items():
            if len(self.under_way) >= WINDOW:
                return
            if message not in self.under_way:
                self.under_way.add(message)
                self.link.send(message, [to], text.encode())

    def listen(self, to, wait):
        for kind, body in self.link.frames(wait):
            if kind != OUTCOME:
                continue
            for message, member, delivery in RawMember.outcomes(body):
                if delivery in (STORED, DELIVERED) and member == to.id:
                    self.unconfirmed.pop(message, None)
                    self.under_way.discard(message)
                    self.journal.append({"what": "confirmed", "id": message.hex(), "by": to.name})
                elif delivery == FULL:
                    raise harness.Failure("the relay took no more, though there is room")

    def lose(self):
        if self.link:
            self.link.close()
        self.link = None
        self.under_way.clear()


class Receiver:
    """Comes now and then. Acknowledges what is in its history, as a client does after its commit."""

    def __init__(self, name):
        self.who = Identity("club", name)
        self.history = []
        self.known = set()
        self.counted = collections.Counter()   # by sender

    def collect(self, port, senders, most=None, acknowledge=True):
        """Takes up to `most` envelopes; without, until nothing has come for a moment."""
        link = RawMember(port, self.who, DEADLINE)
        try:
            taken = 0
            while most is None or taken < most:
                frames = link.frames(wait=0.5)
                if not frames and most is None:
                    return
                if not frames:
                    break
                numbers = []
                for kind, body in frames:
                    if kind != RECEIVE:
                        continue
                    number, sender, message, text = RawMember.received(body)
                    taken += 1
                    if message not in self.known:
                        self.known.add(message)
                        self.counted[senders[sender].who.name] += 1
                        self.history.append({"from": senders[sender].who.name, "id": message.hex(), "text": text.decode()})
                    numbers.append(number)
                if acknowledge and numbers:
                    link.acknowledge(numbers)
        finally:
            link.close()


class Run:
    def __init__(self, folder, seed):
        self.random = random.Random(seed)
        self.relay = Relay(folder)
        self.journal = []
        self.senders = [Sender("alice", self.journal), Sender("carol", self.journal)]
        self.by_id = {sender.who.id: sender for sender in self.senders}
        self.bob = Receiver("bob")
        self.kills = collections.Counter()
        self.lost_writes = 0

    def acquaint(self):
        """Everybody is remembered, and that is on the disk."""
        self.relay.start()
        links = [RawMember(self.relay.port, who, DEADLINE) for who in (self.senders[0].who, self.bob.who, self.senders[1].who)]
        for to in (self.bob.who, self.senders[1].who):
            links[0].send(bytes(16), [to], b"hello", keep=False)
        for link in links[1:]:
            link.until(RECEIVE)
            link.close()
        links[0].close()
        if self.relay.stop() != 0:
            raise harness.Failure("the relay did not end well: " + self.relay.said())

    def one_life(self):
        """From a start to a kill."""
        by_call = self.random.random() < 0.5
        kill_at = None
        if by_call:
            call = self.random.choice(CALLS)
            kill_at = f"{call}:{self.random.randrange(1, 60)}"
            self.kills[call] += 1
        else:
            self.kills["any moment"] += 1
        end = time.monotonic() + (3 if by_call else self.random.uniform(0.02, 0.4))
        bob_comes = self.random.random() < 0.4
        if self.relay.start(kill_at):
            try:
                self.live(end, bob_comes)
            except Lost:
                pass   # it has been killed
        self.relay.kill()
        for sender in self.senders:
            sender.lose()
        if self.random.random() < 0.5:
            self.kills["power cut"] += 1
            self.lost_writes += disk_shim.cut_power(self.relay.log, self.random)

    def live(self, end, bob_comes):
        for sender in self.senders:
            sender.connect(self.relay.port)
        while time.monotonic() < end and self.relay.process.poll() is None:
            for sender in self.senders:
                for _ in range(self.random.randrange(1, 6)):
                    if len(sender.unconfirmed) < 3 * WINDOW and sender.written - self.bob.counted[sender.who.name] < WAITING:
                        sender.write(self.bob.who)
                sender.push(self.bob.who)
                sender.listen(self.bob.who, wait=0.02)
            if bob_comes and self.random.random() < 0.3:
                self.bob.collect(self.relay.port, self.by_id, most=self.random.randrange(1, 200), acknowledge=self.random.random() < 0.8)

    def settle(self):
        """No more kills: everything is sent and fetched."""
        self.relay.start()
        for sender in self.senders:
            sender.connect(self.relay.port)
        end = time.monotonic() + DEADLINE
        while any(sender.unconfirmed for sender in self.senders):
            if time.monotonic() > end:
                raise harness.Failure(f"{sum(len(sender.unconfirmed) for sender in self.senders)} messages are not taken by the relay")
            for sender in self.senders:
                sender.push(self.bob.who)
                sender.listen(self.bob.who, wait=0.05)
            self.bob.collect(self.relay.port, self.by_id)
        self.bob.collect(self.relay.port, self.by_id)
        for sender in self.senders:
            sender.lose()
        if self.relay.stop() != 0:
            raise harness.Failure("the relay did not end well: " + self.relay.said())
        for sender in self.senders:
            self.journal.append({"what": "history", "of": sender.who.name, "messages": sender.history})
        self.journal.append({"what": "history", "of": "bob", "messages": self.bob.history})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.environ.get("COTERIE_BUILD", "build/dev"), help="folder the programs were built in")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    os.environ["COTERIE_BUILD"] = options.build
    harness.use_build(options.build)
    if disk_shim.library() is None:
        sys.exit("libdisk_shim.so is not built; build the target disk_shim first.")
    seed = options.seed if options.seed is not None else random.randrange(1_000_000)
    print(f"{options.kills} kills, seed {seed}", flush=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="coterie-mailbox-"))
    run = Run(folder, seed)
    try:
        run.acquaint()
        for _ in range(options.kills):
            run.one_life()
        run.settle()
        findings = journal_checker.check(run.journal)
        kinds = ", ".join(f"{name} {count}" for name, count in sorted(run.kills.items()))
        print(f"{options.kills} kills ({kinds}; {run.lost_writes} unflushed writes lost); {findings.summary()}")
        if not findings.is_clean:
            sys.exit(findings.details())
    except harness.Failure as failure:
        sys.exit(f"failed: {failure}")
    finally:
        if run.relay.process and run.relay.process.poll() is None:
            run.relay.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
