# SPDX-License-Identifier: MIT
"""A desktop's settings daemon that knows one setting: the theme. Programs on the screen follow it while they run, as they follow
the switch between light and dark in a desktop's settings (XSETTINGS of freedesktop.org)."""

import ctypes
import struct

OWN, SETTINGS, MANAGER = b"_XSETTINGS_S0", b"_XSETTINGS_SETTINGS", b"MANAGER"
CLIENT_MESSAGE, REPLACE, STRUCTURE_NOTIFY, CURRENT_TIME = 33, 0, 1 << 17, 0


class ClientMessage(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int), ("display", ctypes.c_void_p),
                ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong), ("format", ctypes.c_int), ("data", ctypes.c_long * 5),
                ("room", ctypes.c_long * 24)]   # Xlib copies a whole XEvent


def padded(data):
    return data + bytes(-len(data) % 4)


def setting(name, value, serial):
    return struct.pack("<BxH", 1, len(name)) + padded(name) + struct.pack("<II", serial, len(value)) + padded(value)


class ThemeService:
    def __init__(self, display, theme):
        self.x = ctypes.CDLL("libX11.so.6")
        for name, result, arguments in (
                ("XOpenDisplay", ctypes.c_void_p, [ctypes.c_char_p]),
                ("XDefaultRootWindow", ctypes.c_ulong, [ctypes.c_void_p]),
                ("XInternAtom", ctypes.c_ulong, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]),
                ("XCreateSimpleWindow", ctypes.c_ulong, [ctypes.c_void_p, ctypes.c_ulong] + [ctypes.c_int] * 2 + [ctypes.c_uint] * 3 +
                 [ctypes.c_ulong] * 2),
                ("XSetSelectionOwner", ctypes.c_int, [ctypes.c_void_p] + [ctypes.c_ulong] * 3),
                ("XChangeProperty", ctypes.c_int, [ctypes.c_void_p] + [ctypes.c_ulong] * 3 + [ctypes.c_int] * 2 +
                 [ctypes.c_char_p, ctypes.c_int]),
                ("XSendEvent", ctypes.c_int, [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p]),
                ("XSync", ctypes.c_int, [ctypes.c_void_p, ctypes.c_int]),
                ("XCloseDisplay", ctypes.c_int, [ctypes.c_void_p])):
            function = getattr(self.x, name)
            function.restype, function.argtypes = result, arguments
        self.display = self.x.XOpenDisplay(display.encode())
        if not self.display:
            raise RuntimeError(f"no screen at {display}")
        atom = lambda name: self.x.XInternAtom(self.display, name, 0)
        root = self.x.XDefaultRootWindow(self.display)
        self.window = self.x.XCreateSimpleWindow(self.display, root, -10, -10, 1, 1, 0, 0, 0)
        self.settings = atom(SETTINGS)
        self.serial = 0
        self.set(theme)
        self.x.XSetSelectionOwner(self.display, atom(OWN), self.window, CURRENT_TIME)
        came = ClientMessage(kind=CLIENT_MESSAGE, window=root, message_type=atom(MANAGER), format=32)
        came.data[1], came.data[2] = atom(OWN), self.window
        self.x.XSendEvent(self.display, root, 0, STRUCTURE_NOTIFY, ctypes.byref(came))
        self.x.XSync(self.display, 0)

    def set(self, theme):
        self.serial += 1
        data = struct.pack("<BxxxII", 0, self.serial, 1) + setting(b"Net/ThemeName", theme.encode(), self.serial)
        self.x.XChangeProperty(self.display, self.window, self.settings, self.settings, 8, REPLACE, data, len(data))
        self.x.XSync(self.display, 0)

    def close(self):
        self.x.XCloseDisplay(self.display)
