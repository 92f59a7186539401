#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a file manager or a picture viewer is to the window: a small window of its own to drag files out of, and an owner of the
clipboard. Says on standard output, a line each, how far a drag has come; ends when its standard input does."""

import pathlib
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, GdkPixbuf, GLib, Gtk  # noqa: E402

TITLE = "Files to drag"
URIS, COPIED, TEXT = range(3)


def tell(word):
    print(word, flush=True)


def fill(selection, kind, paths):
    """As file managers do: addresses, what is copied with its verb, and the names as plain text for whoever knows no files."""
    uris = [path.as_uri() for path in paths]
    if kind == URIS:
        selection.set_uris(uris)
    elif kind == COPIED:
        selection.set(selection.get_target(), 8, "\n".join(["copy", *uris]).encode())
    else:
        selection.set_text("\n".join(map(str, paths)), -1)


def targets(*kinds):
    """An entry for each kind, plain text under all the names it goes by."""
    known = Gtk.TargetList.new([])
    if URIS in kinds:
        known.add_uri_targets(URIS)
    if COPIED in kinds:
        known.add(Gdk.Atom.intern("x-special/gnome-copied-files", False), 0, COPIED)
    known.add_text_targets(TEXT)
    return known


def drag(paths, words=None):
    """Files, or `words` and nothing else."""
    window = Gtk.Window(title=TITLE)
    window.set_default_size(160, 160)
    handle = Gtk.EventBox()
    handle.add(Gtk.Label(label=f"{len(paths)} to drag"))
    window.add(handle)
    handle.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
    handle.drag_source_set_target_list(targets(URIS, TEXT) if words is None else targets(TEXT))
    said = set()

    def accepted(context):
        # Asked for, because not every version tells the source about each change.
        if context in said:
            if context.get_selected_action() & Gdk.DragAction.COPY and context.get_dest_window():
                tell("accepted")
            return True
        return False

    def begin(_, context):
        said.add(context)
        tell("begun")
        GLib.timeout_add(50, accepted, context)

    def end(_, context):
        said.discard(context)
        tell("ended")

    handle.connect("drag-begin", begin)
    handle.connect("drag-data-get", lambda _, __, selection, kind, ___: (
        selection.set_text(words, -1) if words is not None else fill(selection, kind, paths), tell("taken")))
    handle.connect("drag-end", end)
    window.connect("map-event", lambda *_: tell("shown"))
    window.show_all()


class Clipboard(Gtk.Window):
    """Files on the clipboard. A window, because only one of those can own a selection."""

    def __init__(self, paths):
        super().__init__(title=TITLE)
        self.realize()
        Gtk.selection_owner_set(self, Gdk.SELECTION_CLIPBOARD, 0)
        for entry in (("text/uri-list", URIS), ("x-special/gnome-copied-files", COPIED), ("UTF8_STRING", TEXT), ("TEXT", TEXT)):
            Gtk.selection_add_target(self, Gdk.SELECTION_CLIPBOARD, Gdk.Atom.intern(entry[0], False), entry[1])
        self.connect("selection-get", lambda _, selection, kind, __: fill(selection, kind, paths))
        tell("owned")


def main():
    verb, *names = sys.argv[1:]
    paths = [pathlib.Path(name).resolve() for name in names]
    if verb == "drag":
        drag(paths)
    elif verb == "drag-text":
        drag([], names[0])
    elif verb == "copy":
        main.clipboard = Clipboard(paths)
    elif verb == "copy-picture":
        board = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD)
        board.set_image(GdkPixbuf.Pixbuf.new_from_file(str(paths[0])))
        tell("owned")
    GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP,
                      lambda *_: Gtk.main_quit())
    Gtk.main()


if __name__ == "__main__":
    main()
