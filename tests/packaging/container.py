# SPDX-License-Identifier: MIT
"""A fresh Debian that boots: a root folder made from the distribution's own packages, started with systemd-nspawn, with a network of its
own that leads nowhere. Everything happens below one temporary folder, and is gone afterwards."""

import atexit
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import checks

SUITE = "bookworm"
BASE = "systemd,systemd-sysv,dbus,udev,init-system-helpers,ca-certificates"
# The service manager of the machine that tests may be another one, or none.
NSPAWN = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit"]
PATIENCE = float(os.environ.get("COTERIE_TEST_PATIENCE", "1"))


def apt_sources():
    """Where this machine takes its packages from: the nearest mirror there is."""
    for name in ("/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"):
        with contextlib.suppress(OSError):
            if SUITE in pathlib.Path(name).read_text():
                return name
    return "deb http://deb.debian.org/debian bookworm main"


def base_system():
    """An archive of a minimal system; made once, and kept in the build folder for a week."""
    archive = checks.BUILD / "packaging-roots" / f"{SUITE}.tar"
    if archive.exists() and time.time() - archive.stat().st_mtime < 7 * 86400:
        return archive
    archive.parent.mkdir(exist_ok=True)
    fresh = archive.with_suffix(".new.tar")
    code, text = checks.run("mmdebstrap", "--variant=minbase", f"--include={BASE}", SUITE, fresh, apt_sources())
    if code != 0:
        raise AssertionError(f"no base system could be made:\n{text[-3000:]}")
    fresh.rename(archive)
    return archive


class Container:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="coterie-system-", dir="/var/tmp"))
        # Also when the test is ended from outside.
        atexit.register(self.close)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        # In memory: what is thrown away anyway need not go to a disk.
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3g,mode=0700", "coterie-system", self.folder], check=True)
        self.root = self.folder / "root"
        self.root.mkdir()
        self.boot_log = open(self.folder / "boot.log", "wb")
        self.process = None
        self.leader = None
        # Packages are downloaded once, as the base system is.
        archives = checks.BUILD / "packaging-roots" / "archives"
        archives.mkdir(parents=True, exist_ok=True)
        self.nspawn = [*NSPAWN, "--directory", self.root, f"--bind={archives}:/var/cache/apt/archives"]
        subprocess.run(["tar", "-C", self.root, "-xpf", base_system()], check=True, timeout=600)

    # ── before it runs ──
    def prepare(self, *words):
        """One command in the folder, with this machine's network."""
        shutil.copy("/etc/resolv.conf", self.root / "etc" / "resolv.conf")
        code, text = checks.run(*self.nspawn, "--as-pid2", "--pipe", "--setenv=DEBIAN_FRONTEND=noninteractive", *words,
                                stdin=subprocess.DEVNULL)
        if code != 0:
            raise AssertionError(f"{' '.join(map(str, words))} failed:\n{text[-3000:]}")
        return text

    # ── while it runs ──
    def boot(self):
        self.process = subprocess.Popen([*self.nspawn, "--boot", "--private-network", "--console=pipe"], stdin=subprocess.DEVNULL, stdout=self.boot_log,
                                        stderr=self.boot_log, env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"})
        self.await_true(self._find_leader, "the container starts")
        self.await_true(lambda: self.run("systemctl", "is-system-running")[1].strip() in ("running", "degraded"), "the system has booted")

    def _find_leader(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the container did not start:\n{(self.folder / 'boot.log').read_text(errors='replace')[-3000:]}")
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children:
            with contextlib.suppress(OSError):
                own = os.readlink("/proc/self/ns/pid")
                if pathlib.Path(f"/proc/{child}/comm").read_text() == "systemd\n" and os.readlink(f"/proc/{child}/ns/pid") != own:
                    self.leader = child
                    return True
        return False

    def words(self, *words):
        """What runs a command inside, beside its own processes."""
        return ["nsenter", "--target", self.leader, "--all", "--wdns=/root", *map(str, words)]

    def environment(self, **more):
        return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8",
                "DEBIAN_FRONTEND": "noninteractive", **more}

    def run(self, *words):
        """Exit code, and output with errors."""
        return checks.run(*self.words(*words), env=self.environment(), stdin=subprocess.DEVNULL)

    def must(self, *words):
        """Output of a command that has to succeed."""
        code, text = self.run(*words)
        if code != 0:
            raise AssertionError(f"{' '.join(map(str, words))} ended with {code}:\n{text[-3000:]}")
        return text

    def await_true(self, condition, what, seconds=60):
        end = time.monotonic() + seconds * PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds} s: {what}")
            time.sleep(0.05)

    def files(self):
        """Every path of the system's own disk."""
        found = set()
        for folder, folders, files in os.walk(self.root):
            relative = "/" + os.path.relpath(folder, self.root).removeprefix(".").lstrip("/")
            if relative in ("/proc", "/sys", "/dev", "/run", "/tmp"):
                folders.clear()
                continue
            found |= {os.path.join(relative, name) for name in folders + files}
        return found

    def close(self):
        if self.process is not None and self.process.poll() is None:
            if self.leader is not None:
                with contextlib.suppress(Exception):
                    self.run("systemctl", "--force", "--force", "poweroff")
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.boot_log.close()
        if self.folder.exists():
            subprocess.run(["umount", "--lazy", self.folder], check=True)
            self.folder.rmdir()
