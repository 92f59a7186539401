# SPDX-License-Identifier: MIT
"""Send with Coterie: an entry in the context menu of GNOME's file manager, where its Python extensions (python3-nautilus) are installed."""

import gi

try:
    gi.require_version("Nautilus", "4.0")
except ValueError:
    gi.require_version("Nautilus", "3.0")

from gi.repository import Gio, GObject, Nautilus  # noqa: E402


class SendWithCoterie(GObject.GObject, Nautilus.MenuProvider):
    def get_file_items(self, *arguments):
        # Up to GNOME 42 the window comes first.
        files = arguments[-1]
        paths = [file.get_location().get_path() for file in files]
        if not paths or None in paths or any(file.is_directory() for file in files):
            return []
        item = Nautilus.MenuItem(name="Coterie::send", label="Send with Coterie", tip="Send the selected files to members of a group")
        item.connect("activate", lambda _: Gio.Subprocess.new(["coterie", *paths], Gio.SubprocessFlags.NONE))
        return [item]

    def get_background_items(self, *_):
        return []
