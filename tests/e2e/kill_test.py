#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Three members chat, change what they said, react and pass files while they and the relay are killed (SIGKILL) at random moments.

Afterwards the journals are joined (journal_checker.py): whatever a sender was shown as confirmed is there exactly once, in order and
unchanged; whatever was not confirmed is not lost silently; every file shown as complete is the one that was sent; and every message
reads the same everywhere, whoever edited, deleted or reacted.
"""

import argparse
import collections
import os
import pathlib
import random
import sys
import time

import harness
import journal_checker

USERS = ("alice", "bob", "carol")
QUIET = 180 * harness.PATIENCE   # for everything to be delivered once nobody is killed any more


class Actor:
    """A member whose program is started again whenever it was killed."""

    def __init__(self, room, user, journal, files):
        self.member = room.member(user)
        self.user = user
        self.journal = journal
        self.files = files       # name -> SHA-256 of what was offered
        self.arrived = {}        # name -> SHA-256 of what was saved
        self.offered = set()     # names this member's client has taken over
        self.written = 0
        self.own = []            # ids of messages that may be changed
        self.known = []          # ids of messages of anybody
        self.start()

    def start(self):
        self.process = self.member.spawn("--keep-trying", "chat", "--dir", self.member.received)
        self.read = 0

    def kill(self):
        self.process.kill()
        self.note_events()       # what it still had said
        self.start()

    def write(self):
        self.written += 1
        self.process.type(f"{self.user} {self.written}")

    def say_about_a_message(self, choice):
        """An edit, a deletion, a reaction or taking one back."""
        what = choice.random()
        if self.own and what < 0.4:
            self.written += 1
            self.process.type(f"/edit {choice.choice(self.own)} {self.user} {self.written}, edited")
        elif self.own and what < 0.5:
            self.process.type(f"/delete {self.own.pop(choice.randrange(len(self.own)))}")
        elif self.known:
            sign = choice.choice("+-!")
            self.process.type(f"/{choice.choice(('react', 'react', 'unreact'))} {choice.choice(self.known)} {sign}")

    def note_events(self):
        events = self.process.snapshot()
        for event in events[self.read:]:
            kind = event.get("event")
            if kind == "message" and "file" not in event:
                self.known = [*self.known[-20:], event["id"]]
                if event["outgoing"]:
                    self.own = [*self.own[-10:], event["id"]]
            if kind == "message" and event["outgoing"] and "file" not in event:
                self.note_sent(event)
            elif kind == "receipt" and event["state"] in ("delivered", "read"):
                self.journal.append({"what": "confirmed", "id": event["id"], "by": event["user"]})
            elif kind == "receipt" and event["state"] == "failed":
                self.journal.append({"what": "failed", "id": event["id"], "by": event["user"]})
            elif kind == "offer":
                self.process.type("/accept " + event["id"])
            elif kind == "progress" and event["outgoing"]:
                self.offered.add(event["name"])
            elif kind == "file" and not event["outgoing"]:
                self.note_file(event)
            elif kind == "broken line":
                raise harness.Failure(f"{self.user} printed something that is no JSON: {event['text']!r}")
        self.read = len(events)

    def note_sent(self, event):
        self.journal.append({"what": "sent", "by": self.user, "id": event["id"], "text": event["text"],
                             "to": [delivery["user"] for delivery in event["deliveries"]]})
        for delivery in event["deliveries"]:
            if delivery["state"] in ("delivered", "read"):
                self.journal.append({"what": "confirmed", "id": event["id"], "by": delivery["user"]})

    def note_file(self, event):
        digest = harness.sha256_of(event["path"])
        if digest != self.files[event["name"]]:
            raise harness.Failure(f"{event['name']} was shown as complete, but is another file")
        self.arrived[event["name"]] = digest

    def look_into_folder(self):
        """A program killed between saving a file and saying so does not say it again: the file is there all the same."""
        for path in pathlib.Path(self.member.received).glob("*"):
            name = next((name for name in self.files if path.name.endswith("_" + name)), None)
            if name and name not in self.arrived and path.is_file():
                self.note_file({"path": path, "name": name})

    def history(self):
        """What the profile holds in the end; what it says about its own messages goes into the journal."""
        outcome = self.member.run("history", "0")
        if outcome.code != 0:
            raise harness.Failure(f"the history of {self.user} cannot be read: {outcome}")
        messages = [event for event in outcome.of_kind("message") if "file" not in event]
        waiting = 0
        for event in messages:
            if not event["outgoing"]:
                continue
            self.note_sent(event)
            waiting += sum(1 for delivery in event["deliveries"] if delivery["state"] in ("waiting", "at_relay"))
        return messages, waiting


class Run:
    def __init__(self, room, kills, seed, large_mib=None):
        self.room = room
        self.large_mib = large_mib    # instead of small files now and then, one this large at the beginning
        self.kills = kills
        self.random = random.Random(seed)
        self.journal = []
        self.files = {}
        self.killed = collections.Counter()
        self.actors = [Actor(room, user, self.journal, self.files) for user in USERS]
        for actor in self.actors:
            for user in USERS:
                if user != actor.user:
                    actor.process.await_kind("member", user=user, state="ready")

    def note_events(self):
        for actor in self.actors:
            actor.note_events()

    def offer_file(self, number):
        size = self.large_mib << 20 if self.large_mib else self.random.randrange(1, 4_000_000)
        path = self.room.file(f"file-{number}.bin", size, seed=number)
        self.files[path.name] = harness.sha256_of(path)
        self.actors[0].process.type(f"/send {path} bob")

    def kill_one(self):
        victim = self.random.choice(("relay", *USERS))
        self.killed[victim] += 1
        if victim == "relay":
            self.room.relay.kill()
            self.room.relay.start()
        else:
            next(actor for actor in self.actors if actor.user == victim).kill()

    def chat_and_kill(self):
        next_kill = time.monotonic() + self.random.uniform(0.2, 2)
        while sum(self.killed.values()) < self.kills:
            actor = self.random.choice(self.actors)
            if self.random.random() < 0.3:
                actor.say_about_a_message(self.random)
            else:
                actor.write()
            done = sum(self.killed.values())
            if done % 4 == 0 and len(self.files) <= (0 if self.large_mib else done // 4):
                self.offer_file(len(self.files))
            # A few messages a second, at no fixed rhythm.
            time.sleep(self.random.uniform(0.05, 0.3))
            self.note_events()
            if time.monotonic() >= next_kill:
                self.kill_one()
                next_kill = time.monotonic() + self.random.uniform(0.1, 3)

    def settle(self):
        """Until nothing is waiting any more, as the clients themselves say."""
        end = time.monotonic() + QUIET
        while True:
            for number, actor in enumerate(self.actors):
                text = f"last words {actor.user} {time.monotonic_ns()}"
                start = len(actor.process.snapshot())
                actor.process.type(text)
                sent = actor.process.await_event(lambda event: event.get("event") == "message" and event["text"] == text, "the last words",
                                                 start)
                for delivery in sent["deliveries"]:
                    actor.process.await_event(lambda event: event.get("event") == "receipt" and event["id"] == sent["id"] and
                                              event["user"] == delivery["user"] and event["state"] == "delivered",
                                              f"{delivery['user']} has the last words of {actor.user}", start,
                                              max(1, end - time.monotonic()))
            try:
                harness.wait_until(self.files_are_there, "the files are there", max(1, end - time.monotonic()))
            except harness.Failure as failure:
                raise harness.Failure(f"{failure}\n{self.last_words_on_files()}") from None
            self.note_events()
            for actor in self.actors:
                if actor.process.stop() != 0:
                    raise harness.Failure(f"{actor.user} did not end well: {actor.process.stderr()[-2000:]}")
                actor.note_events()
            histories = {actor.user: actor.history() for actor in self.actors}
            waiting = sum(count for _, count in histories.values())
            # What is said about messages is confirmed as they are, but no event of a client tells of it: here the histories must agree.
            if waiting == 0 and (self.all_read_the_same(histories) or time.monotonic() > end):
                break
            if time.monotonic() > end:
                raise harness.Failure(f"{waiting} deliveries are still waiting though everyone is here")
            for actor in self.actors:
                actor.start()
                actor.process.await_kind("settled")
        for user, (messages, _) in histories.items():
            self.journal.append({"what": "history", "of": user,
                                 "messages": [{name: event[name] for name in ("from", "id", "text", "edited", "deleted", "reactions")
                                               if name in event} for event in messages]})

    @staticmethod
    def all_read_the_same(histories):
        versions = collections.defaultdict(set)
        for messages, _ in histories.values():
            for event in messages:
                versions[event["id"]].add(repr(journal_checker.as_shown(event)))
        return all(len(seen) == 1 for seen in versions.values())

    def files_missing(self):
        # What never reached the sender's client (it was killed before it read the line) was never offered.
        return self.actors[0].offered - set(self.actors[1].arrived)

    def files_are_there(self):
        self.note_events()
        if self.files_missing():
            self.actors[1].look_into_folder()
        return not self.files_missing()

    def last_words_on_files(self):
        lines = [f"missing: {sorted(self.files_missing())}"]
        for actor in self.actors[:2]:
            events = [event for event in actor.process.snapshot() if event.get("event") in ("offer", "progress", "file", "error", "member")]
            lines += [f"{actor.user}: {event}" for event in events[-12:]]
            lines.append(f"{actor.user}, on stderr: {actor.process.stderr()[-2000:]}")
        return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.environ.get("COTERIE_BUILD", "build/dev"), help="folder the programs were built in")
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--large-mib", type=int, default=None, help="one file of this size instead of several small ones")
    parser.add_argument("--seed", type=int, default=None, help="repeats the same choices, not the same moments")
    options = parser.parse_args()
    harness.use_build(options.build)
    seed = options.seed if options.seed is not None else random.randrange(1_000_000)
    print(f"{options.kills} kills, seed {seed}", flush=True)
    room = harness.Room(relay_options=("--limit-joins-per-minute", "10000", "--limit-joins-burst", "10000"))
    try:
        run = Run(room, options.kills, seed, options.large_mib)
        run.chat_and_kill()
        run.settle()
        findings = journal_checker.check(run.journal)
        victims = ", ".join(f"{name} {count}" for name, count in sorted(run.killed.items()))
        print(f"{sum(run.killed.values())} kills ({victims}); {findings.summary()}; {len(run.actors[1].arrived)} of {len(run.files)} files "
              "written down arrived whole")
        if not findings.is_clean:
            sys.exit(findings.details())
    except harness.Failure as failure:
        sys.exit(f"failed: {failure}")
    finally:
        room.close()


if __name__ == "__main__":
    main()
