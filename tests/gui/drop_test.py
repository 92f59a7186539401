#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files come into the window as people bring them: dragged with a real mouse out of another program's window, or pasted from the
clipboard that another program owns."""

import pathlib
import subprocess
import sys
import threading

import desk
import harness
import scenario
from screenshots import landscape

SOURCE = pathlib.Path(__file__).resolve().parent / "file_source.py"


def mouse(*words):
    subprocess.run(["xdotool", *map(str, words)], env=scenario.screen.environment, check=True)


class FileSource:
    """Another program that has files."""

    def __init__(self, verb, *paths):
        environment = {**scenario.screen.environment, "NO_AT_BRIDGE": "1"}
        self.process = subprocess.Popen([sys.executable, str(SOURCE), verb, *map(str, paths)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env=environment, text=True)
        self.said = []
        self.reader = threading.Thread(target=lambda: self.said.extend(iter(self.process.stdout.readline, "")), daemon=True)
        self.reader.start()
        self.await_word("shown" if verb.startswith("drag") else "owned")

    def await_word(self, word, start=0, meanwhile=lambda: None):
        def look():
            meanwhile()
            return any(line.strip() == word for line in self.said[start:])
        desk.await_that(look, said=f"the other program says {word}: {self.said[-5:]}")

    def drag_to(self, x, y):
        self.hold_over(x, y)
        mouse("mouseup", 1)
        self.await_word("ended")

    def hold_over(self, x, y):
        found = subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--name", "Files to drag"], env=scenario.screen.environment,
                               capture_output=True, text=True, check=True).stdout.split()[-1]
        mouse("windowmove", "--sync", found, 1060, 40)
        mouse("windowactivate", "--sync", found)
        mouse("mousemove", "--window", found, 70, 70)
        mouse("mousedown", 1)
        step = iter(range(1, 10_000))
        self.await_word("begun", meanwhile=lambda: mouse("mousemove_relative", "--", -3, 3 if next(step) % 2 else -3))
        seen = len(self.said)
        # A hand does not hold still either.
        self.await_word("accepted", seen, lambda: mouse("mousemove", x + next(step) % 7, y))
        seen = len(self.said)
        self.await_word("accepted", seen)

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)
        self.reader.join(20)
        self.process.stdout.close()


class DropTest(scenario.WindowScenario):
    def setUp(self):
        super().setUp()
        self.alice = self.joined()
        self.bob_member = self.room.member("bob")
        self.bob = self.bob_member.chat()
        self.alice.await_text("1 here")
        self.alice.resize(1000, 720)
        mouse("windowmove", "--sync", self.alice.handle(), 0, 0)

    def source(self, verb, *paths):
        source = FileSource(verb, *paths)
        self.addCleanup(source.close)
        return source

    def middle_of(self, node):
        box = node.queryComponent().getExtents(self.alice.spi.DESKTOP_COORDS)
        return box.x + box.width // 2, box.y + box.height // 2

    def drag(self, onto, *paths):
        self.source("drag", *paths).drag_to(*self.middle_of(onto))

    def paste(self):
        self.alice.composer().queryComponent().grabFocus()
        self.alice.key("ctrl+v")

    def offers(self):
        return [event for event in self.bob.snapshot() if event.get("event") == "offer"]

    def arrives(self, *files):
        """All of these at the other member, whole; whatever their names became there."""
        desk.await_that(lambda: len(self.offers()) == len(files), said=f"{len(files)} files are offered")
        for offer in self.offers():
            self.bob.type(f"/accept {offer['id']}")
        wanted = sorted(map(harness.sha256_of, files))
        folder = self.bob_member.received
        desk.await_that(lambda: sorted(map(harness.sha256_of, folder.glob("[!.]*"))) == wanted, said=f"all of {files} have arrived")

    def test_photographs_dragged_onto_the_conversation_are_sent_after_one_question(self):
        photos = [self.room.file(f"photo {number}.jpg", 300_000, number) for number in range(3)]
        self.drag(self.alice.messages(), *photos)
        self.alice.await_text("3 files, 900.0 kB in all")
        self.alice.press("Send 3 Files")
        self.arrives(*photos)

    def test_while_a_file_is_held_over_the_window_it_says_to_whom_it_would_go(self):
        box = self.alice.messages().queryComponent().getExtents(self.alice.spi.DESKTOP_COORDS)

        def seen():
            # The upper edge: in the middle there is what hangs on the mouse.
            return subprocess.run(["import", "-window", "root", "-crop", f"{box.width}x60+{box.x}+{box.y}", "rgb:-"],
                                  env=scenario.screen.environment, capture_output=True, check=True).stdout

        before = seen()
        source = self.source("drag", self.room.file("route.gpx", 20_000))
        source.hold_over(*self.middle_of(self.alice.messages()))
        desk.await_that(lambda: seen() != before, said="the conversation is lit up")
        mouse("mousemove", 1240, 820)   # onto nothing
        desk.await_that(lambda: seen() == before, said="it is as before")
        mouse("mouseup", 1)
        source.await_word("ended")
        self.assertEqual(self.offers(), [])

    def test_a_folder_dragged_onto_the_place_to_write_is_no_text(self):
        album = self.room.folder / "Summer"
        (album / "day 2").mkdir(parents=True)
        photos = [album / "view.png", album / "day 2" / "view.png"]
        landscape(photos[0], 90, 60)
        landscape(photos[1], 60, 90)
        self.drag(self.alice.composer(), album)
        self.alice.await_text("Folder \u2068Summer\u2069: 2 files")
        self.alice.press("Send 2 Files")
        self.arrives(*photos)
        self.assertEqual(sorted(offer["name"] for offer in self.offers()), ["Summer - day 2 - view.png", "Summer - view.png"])
        self.assertEqual(self.alice.composer().queryText().getText(0, -1), "")

    def test_words_dragged_onto_the_place_to_write_are_written_there(self):
        self.source("drag-text", "see you at six").drag_to(*self.middle_of(self.alice.composer()))
        desk.await_that(lambda: self.alice.composer().queryText().getText(0, -1) == "see you at six", said="the words stand there once")
        self.alice.press("Send")
        self.bob.await_kind("message", text="see you at six")

    def test_a_large_file_dragged_onto_the_list_of_transfers_is_sent(self):
        size = 1 << 30 if harness.is_slow_wanted() else 96 << 20
        film = self.room.file("film.mp4", size)
        self.drag(self.alice.find("label", "Transfers"), film)
        self.bob.await_kind("offer", size=size)
        self.arrives(film)
        self.alice.await_text("Delivered and verified")

    def test_files_copied_in_another_program_are_pasted(self):
        photos = [self.room.file(f"copied {number}.jpg", 200_000, number) for number in range(2)]
        self.source("copy", *photos)
        self.paste()
        self.alice.press("Send 2 Files")
        self.arrives(*photos)
        self.assertEqual(self.alice.composer().queryText().getText(0, -1), "")

    def test_a_picture_copied_in_another_program_is_pasted_as_a_file(self):
        picture = self.room.folder / "cut out.png"
        landscape(picture, 120, 80)
        self.source("copy-picture", picture)
        self.paste()
        offer = self.bob.await_kind("offer")
        self.assertRegex(offer["name"], r"picture_\d{8}_\d{6}\.png$")
        self.bob.type(f"/accept {offer['id']}")
        arrived = pathlib.Path(self.bob.await_kind("file", outgoing=False)["path"])
        same = subprocess.run(["compare", "-metric", "AE", str(picture), str(arrived), "null:"], capture_output=True, text=True)
        self.assertEqual((same.returncode, same.stderr.strip()), (0, "0"), "pixel by pixel the picture that was copied")


def main():
    try:
        import gi
        gi.require_version("Gtk", "3.0")
    except (ImportError, ValueError):
        print("SKIPPED: dragging and pasting are not tested here, for want of python3-gi and gir1.2-gtk-3.0. ./dev test installs what "
              "is needed.")
        sys.exit(scenario.SKIPPED)
    scenario.main()


if __name__ == "__main__":
    main()
