# SPDX-License-Identifier: MIT
"""The window with a long history, on a screen of its own: how soon it can be used, what it takes, and how long it does not answer
while much arrives. Everything is read from outside, or from the lines that `coterie --log-level debug` writes for anybody."""

import json
import os
import re
import subprocess
import tempfile
import time

import coterie
from processes import Failure, Process, need, wait_until

MIB = 1 << 20
GROUP = "bench"


class Screen:
    """Xvfb with a display number of its own choice, and a window manager where there is one."""

    def __init__(self, folder):
        self.server = None
        need("Xvfb")
        read, write = os.pipe()
        self.server = subprocess.Popen([need("Xvfb"), "-displayfd", str(write), "-screen", "0", "1280x860x24", "-nolisten", "tcp"],
                                       pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        if not number:
            raise Failure("Xvfb did not start")
        self.environment = {"PATH": os.environ["PATH"], "DISPLAY": ":" + number, "LANG": "C.UTF-8", "TZ": "UTC", "HOME": folder,
                            "GSETTINGS_BACKEND": "memory", "NO_AT_BRIDGE": "1"}
        self.manager = subprocess.Popen([need("openbox")], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def close(self):
        for process in (self.manager, self.server):
            process.terminate()
            process.wait(10)


class Desktop(Process):
    """The window; its log comes line by line, each with the time it came."""

    def __init__(self, build, screen, folder):
        self.begin = time.monotonic()
        program = os.path.join(build, "gui", "coterie")
        super().__init__(["/bin/sh", "-c", f'exec "{program}" --log-level debug 2>&1'], os.path.join(folder, "window.log"), lines=True,
                         env=screen.environment)

    def await_line(self, event, seconds):
        """(when it came, its fields) of the next line of that kind."""
        deadline = time.monotonic() + seconds
        while True:
            when, line = self.next_line(deadline)
            if line is None:
                raise Failure("the window ended early")
            words = line.split()
            if len(words) > 2 and words[2] == event:
                return when, {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)\b", line)}

    def longest_turn(self):
        """In milliseconds, of all that is reported up to a second from now."""
        end = time.monotonic() + 1.2
        longest = 0
        while True:
            try:
                when, fields = self.await_line("window.turns", end - time.monotonic())
            except Failure:
                if not self.is_running():
                    raise
                return longest
            longest = max(longest, fields["longest_ms"])

    def forget_lines(self):
        while not self.lines.empty():
            self.lines.get()

    def window_cpu(self):
        """Seconds of the thread that draws: a process and its first thread have one number."""
        with open(f"/proc/{self.pid}/task/{self.pid}/schedstat") as status:
            return int(status.read().split()[0]) / 1e9


class Partner:
    """coterie-cli in a chat, written to through its standard input."""

    def __init__(self, build, folder, relay, user):
        self.errors = open(os.path.join(folder, user + ".log"), "ab")
        arguments = [*words_of(build, folder, relay, user), "--json", "chat", "--dir", os.path.join(folder, "received-" + user)]
        self.popen = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True)

    def type(self, *lines):
        self.popen.stdin.write("".join(line + "\n" for line in lines))
        self.popen.stdin.flush()

    def next(self, name, where=lambda event: True):
        for line in self.popen.stdout:
            event = json.loads(line)
            if event.get("event") == name and where(event):
                return event
        raise Failure("the partner ended early")

    def close(self):
        self.popen.stdin.close()
        self.popen.terminate()
        self.popen.stdout.close()
        self.popen.wait(20)
        self.errors.close()


def words_of(build, folder, relay, user, *options):
    password = os.path.join(folder, "password")
    if not os.path.exists(password):
        with open(os.open(password, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write("six words nobody would guess here\n")
    return [os.path.join(build, "cli", "coterie-cli"), "--relay", relay.address, "--pin", relay.pin, "--user", user, "--group", GROUP,
            "--password-file", password, "--profile", profile_of(folder, user), *options]


def profile_of(folder, user):
    return os.path.join(folder, ".local", "share", "coterie", "profiles", user)


def prepare(build, folder, relay, partner, messages):
    """A profile that has met its partner, remembers the group, and has a long history; and a window that opens it by itself."""
    done = subprocess.run(words_of(build, folder, relay, "alice", "--remember") + ["members"], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise Failure(f"coterie-cli members: {done.stderr.strip()}")
    partner.next("member", lambda event: event["user"] == "alice" and event["state"] != "pairing")
    subprocess.run([os.path.join(build, "tests", "gui", "make_history"), profile_of(folder, "alice"), str(messages)], check=True, timeout=300)
    with open(os.path.join(folder, ".local", "share", "coterie", "connections.json"), "w") as file:
        json.dump([{"relay": relay.address, "user": "alice", "group": GROUP, "profile": profile_of(folder, "alice"), "remember": True,
                    "pin": relay.pin, "accept": "always"}], file)


def shown(build, screen, folder):
    """Started, until the newest messages have been painted: (seconds since the start, ms since the conversation was asked for)."""
    window = Desktop(build, screen, folder)
    when, fields = window.await_line("conversation.shown", 60)
    return window, when - window.begin, fields["ms"]


def window(build, where, source, messages, incoming):
    """All figures of the window in one run."""
    if not os.access(os.path.join(build, "tests", "gui", "make_history"), os.X_OK):
        raise Failure("the window was not built")
    with tempfile.TemporaryDirectory(dir=where) as folder, coterie.Relay(build, folder, unlimited=True) as relay:
        screen = Screen(folder)
        partner = None
        desktop = None
        try:
            partner = Partner(build, folder, relay, "bob")
            partner.next("settled")
            prepare(build, folder, relay, partner, messages)
            # The first start reads programs and fonts from the disk; the second is the usual one.
            desktop, cold, _ = shown(build, screen, folder)
            desktop.stop(15)
            desktop, start, opening = shown(build, screen, folder)
            partner.next("member", lambda event: event["user"] == "alice" and event["online"])
            time.sleep(2)   # what the start has left to do is done, so that memory is what it stays
            resident = desktop.rss()

            desktop.forget_lines()
            begin = time.monotonic()
            partner.type(*(f"incoming {number}, and as long as people write" for number in range(incoming)))
            own = partner.next("message", lambda event: event["outgoing"] and event["text"].startswith(f"incoming {incoming - 1},"))
            partner.next("receipt", lambda event: event["id"] == own["id"] and event["state"] in ("delivered", "read"))
            arrival = time.monotonic() - begin
            stall = desktop.longest_turn()

            desktop.forget_lines()
            partner.type(f"/send {source} alice")
            partner.next("progress", lambda event: event["state"] == "running")
            begin, before = time.monotonic(), desktop.window_cpu()
            partner.next("file", lambda event: event["outgoing"])
            seconds = time.monotonic() - begin
            busy = (desktop.window_cpu() - before) / seconds
            transfer_stall = desktop.longest_turn()
            return {"messages": messages, "first_start_seconds": cold, "start_seconds": start, "opening_ms": opening,
                    "resident_mib": resident / MIB, "resident_after_mib": desktop.rss() / MIB, "incoming": incoming,
                    "incoming_seconds": arrival, "stall_ms": stall, "transfer_mb_per_second": os.path.getsize(source) / seconds / 1e6,
                    "transfer_window_busy": busy, "transfer_stall_ms": transfer_stall}
        finally:
            if desktop is not None:
                desktop.stop(15)
            if partner is not None:
                partner.close()
            screen.close()
