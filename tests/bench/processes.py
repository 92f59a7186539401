# SPDX-License-Identifier: MIT
"""Programs started for a measurement: ended by their own process id, their processor time and memory read while they run."""

import os
import queue
import resource
import shutil
import signal
import socket
import subprocess
import threading
import time


class Failure(Exception):
    """A measurement that could not be made; its text is shown in the table."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(f"{what} within {seconds} s")
        time.sleep(0.002)


def accepts(port):
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def raise_descriptor_limit():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Process:
    """One child. `with` ends it. `cpu()` counts all its threads; after stop() `cpu_total` also has the children it waited for."""

    def __init__(self, arguments, log, lines=False, env=None, cwd=None):
        self.name = os.path.basename(arguments[0])
        self.log_path = log
        self._log = open(log, "ab")
        self.lines = queue.Queue() if lines else None
        self.popen = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE if lines else self._log,
                                      stderr=self._log, env=env, cwd=cwd, preexec_fn=raise_descriptor_limit)
        self.pid = self.popen.pid
        self.cpu_total = None
        if lines:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.popen.stdout:
            self.lines.put((time.monotonic(), line.decode(errors="replace").rstrip("\n")))
        self.lines.put((time.monotonic(), None))

    def next_line(self, deadline):
        """(when it came, text); the text is None at the end of the output."""
        try:
            return self.lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise Failure(f"{self.name} was silent for too long: {self.last_words()}") from None

    def cpu(self):
        """Seconds of processor time so far, by the kernel's clock of that process."""
        return time.clock_gettime((~self.pid << 3) | 2)

    def rss(self):
        with open(f"/proc/{self.pid}/status") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
        raise Failure(f"{self.name} has ended: {self.last_words()}")

    def is_running(self):
        if self.popen.returncode is None:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self._ended(status, usage)
        return self.popen.returncode is None

    def wait(self, seconds):
        """The exit code."""
        wait_until(lambda: not self.is_running(), seconds, f"{self.name} did not end")
        return self.popen.returncode

    def finish(self, seconds):
        """wait(), and a Failure unless it ended well."""
        if self.wait(seconds) != 0:
            raise Failure(f"{self.name} ended with {self.popen.returncode}: {self.last_words()}")
        return self

    def _ended(self, status, usage):
        self.popen.returncode = os.waitstatus_to_exitcode(status)
        self.cpu_total = usage.ru_utime + usage.ru_stime

    def stop(self, seconds=5):
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not self.is_running():
                break
            os.kill(self.pid, number)
            try:
                self.wait(seconds)
            except Failure:
                continue
        self._log.close()

    def last_words(self):
        with open(self.log_path, errors="replace") as log:
            words = [line.strip() for line in log if line.strip()]
        return words[-1][:200] if words else "nothing was said"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def find(*names):
    """The first of these programs that is installed, also where only the administrator's path has it."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin"
    for name in names:
        found = shutil.which(name, path=path)
        if found:
            return found
    return None


def need(*names):
    found = find(*names)
    if not found:
        raise Failure(f"{names[0]} is not installed")
    return found
