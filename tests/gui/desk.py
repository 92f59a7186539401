# SPDX-License-Identifier: MIT
"""A screen of its own for the real window: Xvfb, a window manager, a session bus with the accessibility services, and the window
driven through them, as a screen reader or a person would. Uses pyatspi, so it runs under the system's Python."""

import collections
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness  # noqa: E402

NEEDED = ("Xvfb", "dbus-daemon", "openbox", "xdotool", "import")
SPI_LAUNCHER = "/usr/libexec/at-spi-bus-launcher"

# What GLib's libraries say of a fault: "(coterie:123): Gtk-CRITICAL **: 12:00:00.000: …".
COMPLAINT = re.compile(r"-(CRITICAL|WARNING) \*\*:|: Assert|assert ")
# Of these nothing is in our hands; each with its reason.
NOT_OURS = (
    # A menu item is chosen over the accessibility bus while its menu is closed: GTK takes the keyboard for a menu without a window,
    # and then asks the program itself which widget it is.
    "gdk_window_get_window_type: assertion 'GDK_IS_WINDOW (window)' failed",
    "invalid cast from 'GtkToplevelAccessible' to 'GtkAccessible'",
    "gtk_accessible_get_widget: assertion 'GTK_IS_ACCESSIBLE (accessible)' failed",
    # A menu is opened over that bus: there is no click it could stand at.
    "no trigger event for menu popup",
    # The field of a choice is laid out once before the page of preferences that it stands on has a size.
    "while allocating gadget (node button, owner GtkToggleButton)",
    # While GTK takes a notebook down it tells the bus about pages that have gone already.
    "gtk_notebook_get_tab_label: assertion 'list != NULL' failed",
)
# wxWidgets shows a window only when it knows the frame around it, and until then lays out one that starts minimised in no room at all.
NOT_OURS_MINIMISED = (
    "gtk_distribute_natural_allocation: assertion 'extra_space >= 0' failed",
    "gtk_widget_get_preferred_width_for_height: assertion 'height >= 0' failed",
    "attempt to allocate widget with width 15 and height -",
    "gtk_box_gadget_distribute: assertion 'size >= 0' failed in GtkScrollbar",
)


def what_is_missing():
    """Names what keeps these tests from running here; empty when nothing does."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if not os.access(SPI_LAUNCHER, os.X_OK):
        missing.append("at-spi2-core")
    try:
        import pyatspi  # noqa: F401
    except ImportError:
        missing.append("python3-pyatspi (and the system's python3)")
    return missing


class Picture:
    """The pixels of a screen: a colour is three bytes."""

    def __init__(self, ppm):
        head = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", ppm)
        self.width, self.height = int(head.group(1)), int(head.group(2))
        self.pixels = ppm[head.end():]

    def pixel(self, x, y):
        at = 3 * (y * self.width + x)
        return self.pixels[at:at + 3]

    def colours(self, box):
        """How often each is there in a box of the screen, the commonest first."""
        counts = collections.Counter()
        left, right = max(0, box.x), min(self.width, box.x + box.width)
        for y in range(max(0, box.y), min(self.height, box.y + box.height)):
            row = self.pixels[3 * (y * self.width + left):3 * (y * self.width + right)]
            counts.update(row[at:at + 3] for at in range(0, len(row), 3))
        return counts.most_common()

    def ground(self, box):
        return self.colours(box)[0][0]

    def contrast(self, box):
        """Of the letters in a box with what they stand on: as much as the clearest pixel of them has."""
        colours = [colour for colour, _ in self.colours(box)]
        return max(contrast(colours[0], colour) for colour in colours)


def luminance(colour):
    """0 is black, 1 is white: the relative luminance of WCAG 2."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (byte / 255 for byte in colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


class Desk:
    """One screen with one session bus, for all windows of a test run."""

    def __init__(self, size="1280x860", theme="Adwaita"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="coterie-desk-"))
        self.processes = []
        try:
            self._open(size, theme)
        except BaseException:
            self.close()
            raise

    def _open(self, size, theme):
        read, write = os.pipe()
        # A server that loses its last client starts anew: it turns away whoever comes meanwhile, and forgets what is on its root window.
        self.xvfb = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", size + "x24", "-nolisten", "tcp", "-noreset"],
                                     pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.processes.append(self.xvfb)
        os.close(write)
        with os.fdopen(read) as port:
            number = port.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        kept = ("PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS")
        self.environment = {**{name: os.environ[name] for name in kept if name in os.environ},
                            "DISPLAY": ":" + number, "HOME": str(self.folder), "XDG_RUNTIME_DIR": str(self.folder), "LANG": "C.UTF-8",
                            "TZ": "UTC", "GSETTINGS_BACKEND": "memory", "GTK_MODULES": "gail:atk-bridge"}
        # Without one the windows follow what the desktop says, while they run.
        if theme:
            self.environment["GTK_THEME"] = theme
        bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address=1"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, env=self.environment)
        self.processes.append(bus)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()
        self.environment["AT_SPI_BUS_ADDRESS"] = self._accessibility_bus()
        self.start(["openbox"])
        # This process talks to the same bus.
        shared = ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS", "XDG_RUNTIME_DIR", "HOME")
        os.environ.update({name: self.environment[name] for name in shared})

    def _accessibility_bus(self):
        """Its address. A program that asks for it before the launcher has its name makes the session bus start another launcher, and the
        one that comes too late takes away the socket of the other: so nothing else is started until there is one."""
        from gi.repository import Gio, GLib
        session = Gio.DBusConnection.new_for_address_sync(
            self.environment["DBUS_SESSION_BUS_ADDRESS"],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)

        def ask(name, path, method, *words):
            what = GLib.Variant(f"({'s' * len(words)})", words)
            milliseconds = int(1000 * harness.DEADLINE)
            return session.call_sync(name, path, name, method, what, None, Gio.DBusCallFlags.NONE, milliseconds, None).unpack()[0]

        self.start([SPI_LAUNCHER, "--launch-immediately"])
        await_that(lambda: ask("org.freedesktop.DBus", "/org/freedesktop/DBus", "NameHasOwner", "org.a11y.Bus"),
                   said="the accessibility bus has started")
        address = ask("org.a11y.Bus", "/org/a11y/bus", "GetAddress")
        session.close_sync(None)
        return address

    def start(self, words, environment=None, log=None):
        with open(log or os.devnull, "ab") as out:
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment or self.environment)
        self.processes.append(process)
        return process

    def screenshot(self, path):
        subprocess.run(["import", "-window", "root", str(path)], env=self.environment, check=True)

    def picture(self):
        """What is on the screen."""
        return Picture(subprocess.run(["import", "-window", "root", "-depth", "8", "ppm:-"], env=self.environment, check=True,
                                      capture_output=True).stdout)

    def close(self):
        for process in reversed(self.processes):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Ended(harness.Failure):
    """A window that is waited for will not come any more."""


def await_that(what, seconds=harness.DEADLINE, said="it happens"):
    """The first true value of `what()`."""
    end = time.monotonic() + seconds
    while True:
        try:
            value = what()
        except Ended:
            raise
        except Exception:   # a control that went away while it was looked at
            value = None
        if value:
            return value
        if time.monotonic() > end:
            raise harness.Failure(f"not within {seconds:.0f} s: {said}")
        time.sleep(0.05)


class Window:
    """The real program of one user, found on the accessibility bus by its process id."""

    def __init__(self, desk, home, arguments=(), environment=None, is_away=False):
        """`is_away`: it starts without anything on the screen."""
        import pyatspi
        self.is_away = is_away
        self.spi = pyatspi
        self.desk = desk
        self.home = pathlib.Path(home)
        self.home.mkdir(exist_ok=True, parents=True)
        program = harness.build_path() / "gui" / "coterie"
        self.log = self.home / "window.log"
        kept = self.home / ".config" / "coterie" / "coterie.conf"
        self.is_minimised = "--minimised" in arguments or (kept.exists() and "starts_minimised=1" in kept.read_text())
        settings = {**desk.environment, "HOME": str(self.home), **(environment or {})}
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            settings.pop(name, None)
        self.process = desk.start([str(program), *arguments], settings, self.log)
        self.app = await_that(self._find, said="the window is on the accessibility bus")

    def _find(self):
        if self.process.poll() is not None:
            raise Ended(f"the window has ended: {self.log.read_text()[-2000:]}")
        for app in self.spi.Registry.getDesktop(0):
            if app is not None and app.get_process_id() == self.process.pid and (self.is_away or app.childCount > 0):
                return app
        return None

    # ── looking ──

    def all(self, role=None, name=None, showing=True, below=None):
        found = []

        def walk(node, depth):
            if node is None or depth > 40:
                return
            try:
                children = node.childCount
                fits = (role is None or node.getRoleName() == role) and (name is None or name(node.name or ""))
                if fits and (not showing or node.getState().contains(self.spi.STATE_SHOWING)):
                    found.append(node)
                for index in range(min(children, 2000)):
                    walk(node.getChildAtIndex(index), depth + 1)
            except Exception:
                return

        walk(below or self.app, 0)
        return found

    def find(self, role, name=None, seconds=harness.DEADLINE, showing=True):
        matches = (lambda text: True) if name is None else name if callable(name) else (lambda text: text.replace("_", "") == name)
        return await_that(lambda: (self.all(role, matches, showing) or [None])[0], seconds, f"{role} {name!r} in {self.home.name}'s window")

    def has(self, role, name):
        return bool(self.all(role, name if callable(name) else lambda text: text == name))

    def texts(self):
        """Every label and text that is showing."""
        words = []
        for node in self.all():
            if node.name:
                words.append(node.name)
            with contextlib.suppress(Exception):
                words.append(node.queryText().getText(0, -1))
        return words

    def await_text(self, part, seconds=harness.DEADLINE):
        return await_that(lambda: any(part in text for text in self.texts()), seconds, f"{part!r} is shown in {self.home.name}'s window")

    def await_message(self, part, seconds=harness.DEADLINE):
        return self.find("list item", lambda text: part in text, seconds)

    def messages(self):
        return self.find("list", lambda text: text == "Messages")

    def first_line(self):
        """The number in the uppermost message on the screen that says "line N of"."""
        for row in self.all("list item", below=self.messages()):
            if found := re.search(r"line (\d+) of", row.name):
                return int(found.group(1))
        raise harness.Failure("no line is on the screen")

    # ── doing ──

    def press(self, name, role="push button"):
        """The first button of that name that can be pressed: the pane of transfers has some that mostly cannot."""
        fits = name if callable(name) else (lambda text: text.replace("_", "") == name)

        def look():
            for button in self.all(role, fits):
                if button.getState().contains(self.spi.STATE_SENSITIVE):
                    return button
            return None
        await_that(look, said=f"{name} can be pressed in {self.home.name}'s window").queryAction().doAction(0)

    def field(self, label):
        """The text field after its label, as a screen reader announces it."""
        def look():
            for node in self.all("label", lambda text: text.replace("_", "") == label):
                for relation in node.getRelationSet():
                    if relation.getRelationType() == self.spi.RELATION_LABEL_FOR:
                        return relation.getTarget(0)
            return None
        return await_that(look, said=f"the field {label}")

    def write(self, label, text):
        self.field(label).queryEditableText().setTextContents(text)

    def choose(self, name):
        """A menu item, without opening its menu."""
        self.find("menu item", name, showing=False).queryAction().doAction(0)

    def offers(self, menu):
        """What can be chosen in a menu; it is only known while that is open."""
        self.find("menu", menu).queryAction().doAction(0)
        shown = await_that(lambda: self.all("menu item", below=self.find("menu", menu)), said=f"the menu {menu} is open")
        names = [item.name for item in shown if item.getState().contains(self.spi.STATE_SENSITIVE)]
        self.key("Escape", "Escape")
        await_that(lambda: not self.all("menu item", below=self.find("menu", menu)), said=f"the menu {menu} is closed")
        return names

    def select(self, label, index):
        """One of the choices behind a label."""
        self.field(label).querySelection().selectChild(index)

    def key(self, *names):
        self.front()
        subprocess.run(["xdotool", "key", *names], env=self.desk.environment, check=True)

    def type(self, text):
        """Letter by letter, to whatever has the keyboard."""
        self.front()
        subprocess.run(["xdotool", "type", "--delay", "20", text], env=self.desk.environment, check=True)

    def is_active(self):
        """It has the keyboard."""
        return any(frame.getState().contains(self.spi.STATE_ACTIVE) for frame in self.all("frame", showing=False))

    def box(self, node):
        """Where it is on the screen."""
        return node.queryComponent().getExtents(self.spi.DESKTOP_COORDS)

    def handle(self):
        """The main window, as the screen knows it."""
        def look():
            return subprocess.run(["xdotool", "search", "--all", "--onlyvisible", "--pid", str(self.process.pid), "--name", "Coterie"],
                                  env=self.desk.environment, capture_output=True, text=True).stdout.split()
        return await_that(look, said=f"{self.home.name}'s window is on the screen")[-1]

    def resize(self, width, height):
        subprocess.run(["xdotool", "windowsize", self.handle(), str(width), str(height)], env=self.desk.environment, check=True)

    def front(self):
        """In front of the other windows, with the keyboard."""
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)], env=self.desk.environment,
                               capture_output=True, text=True).stdout.split()
        if found:
            subprocess.run(["xdotool", "windowactivate", "--sync", found[-1]], env=self.desk.environment, check=False, timeout=10,
                           stderr=subprocess.DEVNULL)

    def join(self, relay, user, group, password, trust=True):
        self.press(lambda text: "create a group" in text)
        self.write("Relay address", relay.split(":")[0])
        port = self.find("spin button")
        port.queryValue().currentValue = float(relay.split(":")[1])
        self.write("User id (what others see)", user)
        self.write("Group name", group)
        self.password(password)
        self.press("Connect")
        if trust:
            self.press(lambda text: "Match" in text)

    def password(self, password, label="Group password"):
        """Into the field, whether it shows what is written or not."""
        field = await_that(lambda: self.all("password text") or self._texts_after(label), said="the password's field")[0]
        field.queryEditableText().setTextContents(password)

    def _texts_after(self, label):
        nodes = self.all()
        at = next((i for i, node in enumerate(nodes) if node.getRoleName() == "label" and node.name == label), len(nodes))
        return [node for node in nodes[at:] if node.getRoleName() == "text"]

    def joined(self, seconds=harness.DEADLINE):
        self.composer(seconds)

    def composer(self, seconds=harness.DEADLINE):
        def look():
            for node in self.all("text"):
                state = node.getState()
                if state.contains(self.spi.STATE_MULTI_LINE) and state.contains(self.spi.STATE_EDITABLE):
                    return node
            return None
        return await_that(look, seconds, "there is a place to write")

    def say(self, text):
        self.composer().queryEditableText().setTextContents(text)
        self.press("Send")

    def complaints(self):
        """Lines of the toolkit's libraries on its standard error that speak of a fault."""
        # Windows that one user opens one after the other write to one file.
        lines = [line for line in self.log.read_text(errors="replace").splitlines() if f":{self.process.pid})" in line]
        known = NOT_OURS + (NOT_OURS_MINIMISED if self.is_minimised else ())
        return [line for line in lines if COMPLAINT.search(line) and not any(part in line for part in known)]

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(15)
