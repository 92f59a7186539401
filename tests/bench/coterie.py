# SPDX-License-Identifier: MIT
"""Our side of the benchmark: a real relay, real members, and the load generators of coterie-bench."""

import hashlib
import json
import os
import subprocess
import tempfile
import time

from processes import Failure, Process, wait_until

GB = 1e9
# The load generators are one host behind one address, and faster than any person.
UNLIMITED = {
    "--limit-sends-per-second": 1e9,
    "--limit-sends-burst": 1e9,
    "--limit-joins-per-minute": 1e9,
    "--limit-joins-burst": 1e9,
    "--limit-connections-per-address": 100000,
    "--limit-newcomers": 256,
    "--mailbox-items": 1e9,
    "--mailbox-per-sender": 1e9,
}


class Relay(Process):
    def __init__(self, build, folder, unlimited=False, options=()):
        program = os.path.join(build, "relay", "coterie-relay")
        state = os.path.join(folder, "relay-state")
        port_file = os.path.join(folder, "relay-port")
        fingerprint = subprocess.run([program, "--state-dir", state, "--fingerprint"], capture_output=True, text=True, timeout=30)
        if fingerprint.returncode != 0:
            raise Failure(f"coterie-relay --fingerprint: {fingerprint.stderr.strip()}")
        self.pin = "".join(fingerprint.stdout.split()).lower()
        if os.path.exists(port_file):
            os.unlink(port_file)
        arguments = [program, "--listen", "127.0.0.1:0", "--state-dir", state, "--port-file", port_file, *options]
        if unlimited:
            arguments += [f"{name}={value:.0f}" for name, value in UNLIMITED.items()]
        super().__init__(arguments, os.path.join(folder, "relay.log"))
        wait_until(lambda: os.path.exists(port_file) or not self.is_running(), 10, "coterie-relay did not start")
        if not self.is_running():
            raise Failure(f"coterie-relay: {self.last_words()}")
        with open(port_file) as file:
            self.address = f"127.0.0.1:{int(file.read())}"


def member(build, folder, relay, user, *command, json_lines):
    password = os.path.join(folder, "password")
    with open(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("six words nobody would guess here\n")
    arguments = [os.path.join(build, "cli", "coterie-cli"), "--relay", relay.address, "--pin", relay.pin, "--user", user,
                 "--group", "bench", "--password-file", password, "--profile", os.path.join(folder, "profile-" + user)]
    return Process(arguments + ["--json"] * json_lines + list(command), os.path.join(folder, user + ".log"), lines=json_lines)


def next_event(process, deadline, *names, where=lambda event: True):
    """(when it came, event) of the next event of that name."""
    while True:
        when, line = process.next_line(deadline)
        if line is None:
            raise Failure(f"{process.name} ended early: {process.last_words()}")
        event = json.loads(line)
        if event.get("event") in names and where(event):
            return when, event


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def send_file(build, folder, source, source_digest, seconds):
    """One file from one member to another through a relay, all real programs; from the receiver's acceptance to the end of
    the sender, who ends when the receiver has confirmed that it is verified and saved."""
    size = os.path.getsize(source)
    received = os.path.join(folder, "received")
    deadline = time.monotonic() + seconds
    with Relay(build, folder) as relay, \
            member(build, folder, relay, "bob", "receive", "--from", "alice", "--dir", received, "--accept", "all",
                   json_lines=True) as bob:
        next_event(bob, deadline, "settled")
        # Without JSON: for that the sender would also compute a digest for its reader.
        with member(build, folder, relay, "alice", "send", source, "--to", "bob", "--wait", str(seconds), json_lines=False) as alice:
            begin, _ = next_event(bob, deadline, "offer")
            before = {"sender": alice.cpu(), "relay": relay.cpu(), "receiver": bob.cpu()}
            alice.finish(seconds)
            end = time.monotonic()
            after = {"sender": alice.cpu_total, "relay": relay.cpu(), "receiver": bob.cpu()}
            _, saved = next_event(bob, deadline, "file")
            bob.finish(30)
    if sha256_of(saved["path"]) != source_digest:
        raise Failure("the received file differs from the one sent")
    os.unlink(saved["path"])
    cpu = {role: (after[role] - before[role]) / size * GB for role in before}
    return {"mb_per_second": size / (end - begin) / 1e6, "cpu_s_per_gb": sum(cpu.values()), "cpu_s_per_gb_of": cpu}


def generator(build):
    return os.path.join(build, "tests", "bench", "coterie-bench")


def run_generator(build, seconds, *arguments):
    done = subprocess.run([generator(build), *map(str, arguments)], capture_output=True, text=True, timeout=seconds + 90)
    if done.returncode != 0:
        raise Failure(done.stderr.strip() or f"coterie-bench ended with {done.returncode}")
    return json.loads(done.stdout)


def fan_out(build, folder, seconds, payload):
    with Relay(build, folder, unlimited=True) as relay:
        return run_generator(build, seconds, "fanout", "--server", relay.address, "--pin", relay.pin, "--pid", relay.pid,
                             "--seconds", seconds, "--payload", payload)


def classic(build, folder, shape, seconds, payload, mebibytes):
    """The relay's classic side, with the load of that shape."""
    with Relay(build, folder, unlimited=True, options=["--classic"]) as relay:
        return classic_load(build, relay, shape, seconds, payload, mebibytes)


def classic_load(build, server, shape, seconds, payload, mebibytes):
    members, window = (100, 32) if shape in ("pairs", "held") else (50, 512)
    return run_generator(build, seconds, "classic", "--shape", shape, "--server", server.address, "--pid", server.pid, "--seconds",
                         seconds, "--payload", payload, "--members", members, "--window", window, "--mib", mebibytes)


def mailbox(build, seconds, payload):
    # What is called stored has been flushed: that counts on a disk only.
    with tempfile.TemporaryDirectory(prefix="coterie-bench-", dir="/var/tmp") as folder, Relay(build, folder, unlimited=True) as relay:
        return run_generator(build, seconds + 60, "mailbox", "--server", relay.address, "--pin", relay.pin, "--pid", relay.pid,
                             "--seconds", seconds, "--payload", payload, "--members", 100, "--window", 1000)


def latency(build, folder, seconds, payload):
    with Relay(build, folder, unlimited=True) as relay:
        return run_generator(build, seconds + 60, "latency", "--server", relay.address, "--pin", relay.pin, "--pid", relay.pid,
                             "--seconds", seconds, "--payload", payload, "--members", 200, "--pace", 20)


def handshakes(build, seconds):
    return run_generator(build, seconds, "handshakes", "--seconds", seconds)


def idle_memory(build, folder, clients):
    with Relay(build, folder, unlimited=True) as relay:
        before = relay.rss()
        arguments = [generator(build), "idle", "--server", relay.address, "--pin", relay.pin, "--clients", str(clients)]
        with Process(arguments, os.path.join(folder, "idle.log"), lines=True) as crowd:
            _, line = crowd.next_line(time.monotonic() + 120)
            if line is None:
                raise Failure(crowd.last_words())
            time.sleep(1)   # what the last joins left in buffers is released
            kib = (relay.rss() - before) / 1024 / clients
            cpu, begin = relay.cpu(), time.monotonic()
            time.sleep(5)
            return {"kib_per_client": kib, "clients": json.loads(line)["joined"],
                    "busy": (relay.cpu() - cpu) / (time.monotonic() - begin)}
