#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The checker itself, tried with faults planted into a good journal: each must be found, and nothing else."""

import copy
import unittest

import journal_checker


def good_journal():
    journal = []
    for number in range(5):
        id = f"id{number}"
        journal.append({"what": "sent", "by": "alice", "id": id, "text": f"text {number}", "to": ["bob", "carol"]})
        journal.append({"what": "confirmed", "id": id, "by": "bob"})
    journal.append({"what": "waiting", "id": "id4", "by": "carol"})
    messages = [{"from": "alice", "id": f"id{number}", "text": f"text {number}"} for number in range(5)]
    journal.append({"what": "history", "of": "alice", "messages": copy.deepcopy(messages)})
    journal.append({"what": "history", "of": "bob", "messages": copy.deepcopy(messages)})
    journal.append({"what": "history", "of": "carol", "messages": copy.deepcopy(messages[:4])})
    return journal


class Checker(unittest.TestCase):
    kinds = ("lost", "silent", "duplicated", "reordered", "altered", "diverged", "invented")

    def setUp(self):
        self.journal = good_journal()
        self.alice = next(entry["messages"] for entry in self.journal if entry["what"] == "history" and entry["of"] == "alice")
        self.bob = next(entry["messages"] for entry in self.journal if entry["what"] == "history" and entry["of"] == "bob")
        self.carol = next(entry["messages"] for entry in self.journal if entry["what"] == "history" and entry["of"] == "carol")

    def assert_found(self, **expected):
        findings = journal_checker.check(self.journal)
        for kind in self.kinds:
            self.assertEqual(len(getattr(findings, kind)), expected.get(kind, 0), f"{kind}: {findings.details()}")
        self.assertEqual(findings.is_clean, not expected)

    def test_a_good_journal_is_clean(self):
        self.assert_found()
        self.assertEqual(journal_checker.check(self.journal).sent, 5)

    def test_a_confirmed_message_that_is_missing_is_lost(self):
        del self.bob[2]
        self.assert_found(lost=1)

    def test_an_unconfirmed_message_that_is_missing_and_not_waiting_is_silently_lost(self):
        del self.carol[1]
        self.assert_found(silent=1)

    def test_an_unconfirmed_message_shown_as_failed_is_not_silent(self):
        del self.carol[1]
        self.journal.append({"what": "failed", "id": "id1", "by": "carol"})
        self.assert_found()

    def test_a_message_shown_twice_is_duplicated(self):
        self.bob.insert(3, dict(self.bob[2]))
        self.assert_found(duplicated=1)

    def test_what_the_sender_itself_no_longer_has_is_lost(self):
        del self.alice[3]
        self.assert_found(lost=1)

    def test_the_order_is_that_of_the_senders_history_and_not_of_its_words(self):
        self.journal.insert(0, self.journal.pop(6))   # id3 was told first
        self.assert_found()

    def test_neighbours_that_changed_places_are_reordered(self):
        self.bob[1], self.bob[2] = self.bob[2], self.bob[1]
        self.assert_found(reordered=1)

    def test_another_text_is_altered(self):
        self.bob[0]["text"] = "something else"
        self.assert_found(altered=1)

    def change(self, number, **fields):
        for messages in (self.alice, self.bob, self.carol):
            messages[number].update(copy.deepcopy(fields))

    def test_a_message_that_reads_everywhere_as_with_its_author_may_differ_from_what_was_sent(self):
        self.change(0, text="edited", edited=True)
        self.change(1, text="", deleted=True)
        self.change(2, reactions=[{"emoji": "+", "users": ["bob", "carol"]}])
        self.carol[2]["reactions"][0]["users"].reverse()
        self.assert_found()

    def test_an_edit_somebody_lacks_is_diverged(self):
        self.change(0, text="edited", edited=True)
        self.bob[0].update(text="text 0", edited=False)
        self.assert_found(diverged=1)

    def test_a_change_only_a_receiver_has_is_diverged_or_altered(self):
        self.bob[0].update(edited=True)
        self.carol[1].update(text="edited", edited=True)
        self.assert_found(diverged=1, altered=1)

    def test_reactions_that_differ_are_diverged(self):
        self.change(2, reactions=[{"emoji": "+", "users": ["bob"]}])
        self.bob[2]["reactions"][0]["users"].append("carol")
        self.carol[2].pop("reactions")
        self.assert_found(diverged=2)

    def test_a_message_nobody_sent_is_invented(self):
        self.bob.append({"from": "alice", "id": "id99", "text": "never said"})
        self.assert_found(invented=1)

    def test_a_message_under_another_name_is_invented(self):
        self.bob[0]["from"] = "mallory"
        self.assert_found(invented=1)

    def test_a_message_meant_for_somebody_else_is_invented(self):
        self.journal.insert(0, {"what": "sent", "by": "alice", "id": "direct", "text": "for carol", "to": ["carol"]})
        self.alice.insert(0, {"from": "alice", "id": "direct", "text": "for carol"})
        self.carol.insert(0, {"from": "alice", "id": "direct", "text": "for carol"})
        self.assert_found()
        self.bob.insert(0, {"from": "alice", "id": "direct", "text": "for carol"})
        self.assert_found(invented=1)

    def test_a_sender_that_tells_twice_is_counted_once(self):
        self.journal.insert(2, dict(self.journal[0]))
        self.assert_found()
        self.assertEqual(journal_checker.check(self.journal).sent, 5)

    def test_several_faults_are_all_found(self):
        del self.bob[4]
        self.bob[0]["text"] = "altered"
        self.bob.append(dict(self.bob[1]))
        self.assert_found(lost=1, altered=1, duplicated=1, reordered=1)

    def test_an_entry_of_an_unknown_kind_is_refused(self):
        self.journal.append({"what": "dreamt"})
        with self.assertRaises(ValueError):
            journal_checker.check(self.journal)


if __name__ == "__main__":
    unittest.main(verbosity=2)
