#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Joins what senders and receivers wrote down, and says what was lost, duplicated, reordered or altered.

A journal is a list of entries, in the order things happened to their owner:

  {"what": "sent", "by": USER, "id": ID, "text": TEXT, "to": [USER...]}   kept by the sender's client: from here on it may not vanish
  {"what": "confirmed", "id": ID, "by": USER}                             the sender was shown that this addressee has it
  {"what": "failed", "id": ID, "by": USER}                                the sender was shown that it was given up
  {"what": "waiting", "id": ID, "by": USER}                               at the end: still in the sender's outbox, as it says itself
  {"what": "history", "of": USER, "messages": [{"from": USER, "id": ID, "text": TEXT}...]}   at the end, in the order shown; with
                                                                          "edited", "deleted" and "reactions" where there are any

The order in which a member wrote is that of its own history: a client killed between keeping a message and saying so tells it only
after it was started again, behind later ones.

The invariants (I1 and I3): every message confirmed by an addressee is in that addressee's history exactly once, unchanged, and in
the order its sender wrote them; no message that was not confirmed is lost silently. A message its author changed reads everywhere
as it does with the author, and everybody sees the same reactions to it.
"""

import json
import sys
from collections import Counter


class Findings:
    def __init__(self):
        self.sent = 0
        self.confirmed = 0
        self.changed = 0       # in the end edited, deleted or reacted to
        self.lost = []         # confirmed, but not in the history
        self.silent = []       # neither confirmed nor waiting nor shown as failed
        self.duplicated = []
        self.reordered = []
        self.altered = []
        self.diverged = []     # changed messages, or reactions, that do not read as they do with the author
        self.invented = []     # in a history, but never sent to its owner

    @property
    def is_clean(self):
        return not (self.lost or self.silent or self.duplicated or self.reordered or self.altered or self.diverged or self.invented)

    def summary(self):
        return (f"{self.sent} sent, {self.confirmed} confirmations, {self.changed} changed, {len(self.lost)} lost, {len(self.silent)} silently lost, "
                f"{len(self.duplicated)} duplicated, {len(self.reordered)} reordered, {len(self.altered)} altered, {len(self.diverged)} diverged, "
                f"{len(self.invented)} invented")

    def details(self, most=10):
        lines = []
        for name in ("lost", "silent", "duplicated", "reordered", "altered", "diverged", "invented"):
            for item in getattr(self, name)[:most]:
                lines.append(f"{name}: {item}")
        return "\n".join(lines)


def as_shown(message):
    """What its author, or those who react, can change about a message; equal everywhere in the end."""
    reactions = sorted((reaction["emoji"], sorted(reaction["users"])) for reaction in message.get("reactions", []))
    return message["text"], bool(message.get("edited")), bool(message.get("deleted")), reactions


def check(journal):
    findings = Findings()
    sent = {}            # id -> entry
    confirmed, told = set(), set()
    histories = {}
    for entry in journal:
        what = entry["what"]
        if what == "sent":
            # A sender that was restarted tells what it kept again.
            if entry["id"] not in sent:
                sent[entry["id"]] = entry
        elif what == "confirmed":
            confirmed.add((entry["id"], entry["by"]))
        elif what in ("waiting", "failed"):
            told.add((entry["id"], entry["by"]))
        elif what == "history":
            histories[entry["of"]] = entry["messages"]
        else:
            raise ValueError(f"an entry of an unknown kind: {entry}")
    findings.sent = len(sent)
    # Offers and answers of files are confirmed as well; they have no entry of their own here.
    findings.confirmed = sum(1 for id, _ in confirmed if id in sent)

    with_author = {message["id"]: message for owner, messages in histories.items() for message in messages if message["from"] == owner}
    findings.changed = sum(1 for message in with_author.values() if any(as_shown(message)[1:]))
    order = {sender: [message["id"] for message in messages if message["from"] == sender] for sender, messages in histories.items()}
    for id, entry in sent.items():
        if entry["by"] in histories and id not in order[entry["by"]]:
            findings.lost.append((entry["by"], id, entry["text"]))

    for owner, messages in histories.items():
        counted = Counter(message["id"] for message in messages)
        findings.duplicated += [(owner, id) for id, count in counted.items() if count > 1]
        for message in messages:
            if message["from"] == owner:
                continue
            original = sent.get(message["id"])
            if original is None or original["by"] != message["from"] or owner not in original["to"]:
                findings.invented.append((owner, message["id"], message["text"]))
                continue
            authors = with_author.get(message["id"], original)
            if authors.get("edited") or authors.get("deleted"):
                if as_shown(authors) != as_shown(message):
                    findings.diverged.append((owner, message["id"], as_shown(authors), as_shown(message)))
            elif original["text"] != message["text"]:
                findings.altered.append((owner, message["id"], original["text"], message["text"]))
            elif as_shown(authors) != as_shown(message):
                findings.diverged.append((owner, message["id"], as_shown(authors), as_shown(message)))
        for sender, ids in order.items():
            place = {id: number for number, id in enumerate(ids)}
            last = -1
            for message in messages:
                if message["from"] != sender or message["id"] not in place or sender == owner:
                    continue
                if place[message["id"]] < last:
                    findings.reordered.append((owner, message["id"], message["text"]))
                last = max(last, place[message["id"]])

    for id, entry in sent.items():
        for addressee in entry["to"]:
            if addressee not in histories:
                continue
            has_it = any(message["id"] == id for message in histories[addressee])
            if (id, addressee) in confirmed:
                if not has_it:
                    findings.lost.append((addressee, id, entry["text"]))
            elif not has_it and (id, addressee) not in told:
                findings.silent.append((addressee, id, entry["text"]))
    return findings


def main():
    journal = []
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            journal += [json.loads(line) for line in file if line.strip()]
    findings = check(journal)
    print(findings.summary())
    if not findings.is_clean:
        print(findings.details())
        sys.exit(1)


if __name__ == "__main__":
    main()
