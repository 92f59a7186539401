#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A desktop's notification service that shows nothing: what programs ask of it goes to standard output, one JSON object a line.
Ends with its standard input."""

import json
import sys
import threading

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NAME = "org.freedesktop.Notifications"
INTERFACE = """<node><interface name="org.freedesktop.Notifications">
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/>
    <arg type="s" direction="out"/></method>
  <method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/>
    <arg type="i" direction="in"/><arg type="u" direction="out"/></method>
  <method name="CloseNotification"><arg type="u" direction="in"/></method>
  <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
  <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
</interface></node>"""

last = 0


def say(**words):
    print(json.dumps(words), flush=True)


def answer(bus, sender, path, interface, method, values, invocation):
    global last
    if method == "GetCapabilities":
        invocation.return_value(GLib.Variant("(as)", (["body", "body-markup", "actions"],)))
    elif method == "GetServerInformation":
        invocation.return_value(GLib.Variant("(ssss)", ("silent", "coterie tests", "1", "1.2")))
    elif method == "Notify":
        _, replaces, _, title, text, actions, _, _ = values.unpack()
        if not replaces:
            last += 1
        number = replaces or last
        say(event="shown", number=number, title=title, text=text, actions=actions)
        invocation.return_value(GLib.Variant("(u)", (number,)))
    elif method == "CloseNotification":
        number, = values.unpack()
        say(event="withdrawn", number=number)
        invocation.return_value(None)
        bus.emit_signal(None, path, interface, "NotificationClosed", GLib.Variant("(uu)", (number, 3)))


def main():
    loop = GLib.MainLoop()

    def offer(bus, _):
        bus.register_object("/org/freedesktop/Notifications", Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0], answer, None, None)

    Gio.bus_own_name(Gio.BusType.SESSION, NAME, Gio.BusNameOwnerFlags.NONE, offer, lambda *_: say(event="ready"), lambda *_: loop.quit())
    threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
    loop.run()


if __name__ == "__main__":
    main()
