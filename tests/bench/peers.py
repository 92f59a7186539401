# SPDX-License-Identifier: MIT
"""Other programs doing comparable work in the same run, where they are installed."""

import getpass
import json
import os
import pathlib
import subprocess
import sys
import time

from coterie import GB, classic_load, run_generator
from processes import Failure, Process, accepts, find, free_port, need, wait_until


def rates(size, seconds, cpu):
    return {"mb_per_second": size / seconds / 1e6, "cpu_s_per_gb": cpu / size * GB}


def check_copy(source, copy):
    if os.path.getsize(copy) != os.path.getsize(source):
        raise Failure("the copy is not complete")
    os.unlink(copy)


def iperf3(folder, seconds):
    """The network itself: one plain stream, nothing read from or written to a disk."""
    program = need("iperf3")
    port = free_port()
    with Process([program, "-s", "-1", "-B", "127.0.0.1", "-p", str(port)], os.path.join(folder, "iperf3.log")) as server:
        time.sleep(0.3)   # a probe of ours would be taken for the one client it serves
        client = subprocess.run([program, "-c", "127.0.0.1", "-p", str(port), "-t", str(seconds), "-l", "1M", "-J"],
                                capture_output=True, text=True, timeout=seconds + 30)
        result = json.loads(client.stdout)
        if "end" not in result or not result["end"]:
            raise Failure(f"iperf3: {result.get('error', 'no result')}")
        server.wait(10)
        return {"mb_per_second": result["end"]["sum_received"]["bits_per_second"] / 8e6}


class SshServer(Process):
    """An sshd of our own: own host key, own port on loopback, lets in one key made for it."""

    def __init__(self, folder):
        program, keygen = need("sshd"), need("ssh-keygen")
        self.folder = os.path.join(folder, "sshd")
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        for name in ("host_key", "user_key"):
            path = os.path.join(self.folder, name)
            if not os.path.exists(path):
                subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", path], check=True, timeout=30)
        self.port = free_port()
        config = os.path.join(self.folder, "config")
        with open(config, "w") as file:
            file.write(f"ListenAddress 127.0.0.1:{self.port}\nHostKey {self.folder}/host_key\n"
                       f"AuthorizedKeysFile {self.folder}/user_key.pub\nPidFile none\nStrictModes no\nUsePAM no\n"
                       "PasswordAuthentication no\nPermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n")
        # Run by the administrator, sshd wants this folder; the system's own service makes it at its start.
        self.made_privilege_folder = os.geteuid() == 0 and not os.path.exists("/run/sshd")
        if self.made_privilege_folder:
            os.makedirs("/run/sshd", mode=0o755)
        super().__init__([program, "-D", "-e", "-f", config], os.path.join(self.folder, "log"))
        wait_until(lambda: accepts(self.port) or not self.is_running(), 10, "sshd did not start")
        if not self.is_running():
            raise Failure(f"sshd: {self.last_words()}")

    def copy(self, source, target, cipher, seconds):
        arguments = [need("scp"), "-q", "-F", "none", "-c", cipher, "-P", str(self.port), "-i", f"{self.folder}/user_key",
                     "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={self.folder}/known",
                     "-o", "Compression=no", source, f"{getpass.getuser()}@127.0.0.1:{target}"]
        with Process(arguments, os.path.join(self.folder, "scp.log")) as scp:
            return scp.finish(seconds)

    def has_sessions(self):
        with open(f"/proc/{self.pid}/task/{self.pid}/children") as children:
            return bool(children.read().split())

    def __exit__(self, *_):
        super().__exit__()
        if self.made_privilege_folder:
            os.rmdir("/run/sshd")


def scp(folder, source, seconds, cipher="aes128-gcm@openssh.com"):
    target = os.path.join(folder, "scp-copy")
    tiny = os.path.join(folder, "tiny")
    with open(tiny, "w") as file:
        file.write("x")

    def timed(what):
        server = SshServer(folder)
        with server:
            begin = time.monotonic()
            client = server.copy(what, target, cipher, seconds)
            spent = time.monotonic() - begin
            # The session is a child of sshd: counted when sshd has waited for it.
            wait_until(lambda: not server.has_sessions(), 10, "the session of sshd did not end")
        check_copy(what, target)
        return spent, client.cpu_total + server.cpu_total

    # Setting up is not copying: it is measured with one byte and taken away.
    setup, setup_cpu = timed(tiny)
    spent, cpu = timed(source)
    return rates(os.path.getsize(source), max(spent - setup, 1e-3), max(cpu - setup_cpu, 0))


def socat_chain(folder, source, seconds):
    """Disk → socat → socat as relay → socat → disk, all plain."""
    program = need("socat")
    target = os.path.join(folder, "socat-copy")
    first, second = free_port(), free_port()
    log = os.path.join(folder, "socat.log")
    block = ["-b", "262144"]
    with Process([program, "-u", *block, f"TCP-LISTEN:{second},bind=127.0.0.1", f"OPEN:{target},creat,trunc"], log) as receiver, \
            Process([program, "-u", *block, f"TCP-LISTEN:{first},bind=127.0.0.1", f"TCP:127.0.0.1:{second},retry=50,interval=0.02"],
                    log) as relay:
        time.sleep(0.3)   # a probe of ours would be taken for the one connection each serves
        begin = time.monotonic()
        with Process([program, "-u", *block, f"OPEN:{source}", f"TCP:127.0.0.1:{first}"], log) as sender:
            receiver.finish(seconds)
            spent = time.monotonic() - begin
            sender.finish(10)
            relay.finish(10)
            cpu = sender.cpu_total + relay.cpu_total + receiver.cpu_total
    size = os.path.getsize(source)
    check_copy(source, target)
    result = rates(size, spent, cpu)
    result["relay_cpu_s_per_gb"] = relay.cpu_total / size * GB
    return result


def wormhole(folder, source, seconds):
    """magic-wormhole with mailbox and transit relay of our own on loopback; all bytes through the relay."""
    program, twist = need("wormhole"), need("twist3", "twist")
    plugins = subprocess.run([twist, "--help"], capture_output=True, text=True, timeout=60).stdout
    for plugin in ("wormhole-mailbox", "transitrelay"):
        if plugin not in plugins:
            raise Failure(f"magic-wormhole's {plugin} server is not installed")
    home = os.path.join(folder, "wormhole")
    os.makedirs(home, exist_ok=True)
    target = os.path.join(home, "copy")
    mailbox_port, transit_port = free_port(), free_port()
    with Process([twist, "wormhole-mailbox", f"--port=tcp:{mailbox_port}:interface=127.0.0.1", "--channel-db=:memory:"],
                 os.path.join(home, "mailbox.log"), cwd=home) as mailbox, \
            Process([twist, "transitrelay", f"--port=tcp:{transit_port}:interface=127.0.0.1"],
                    os.path.join(home, "transit.log"), cwd=home) as transit:
        for server, port in ((mailbox, mailbox_port), (transit, transit_port)):
            wait_until(lambda: accepts(port) or not server.is_running(), 20, f"{server.name} did not start")
            if not server.is_running():
                raise Failure(f"{server.name}: {server.last_words()}")
        common = [program, "--relay-url", f"ws://127.0.0.1:{mailbox_port}/v1", "--transit-helper", f"tcp:127.0.0.1:{transit_port}"]

        def timed(what):
            before = transit.cpu()
            begin = time.monotonic()
            with Process([*common, "send", "--no-listen", "--hide-progress", "--code", "7-bench-run", what],
                         os.path.join(home, "send.log")) as sender, \
                    Process([*common, "receive", "--no-listen", "--hide-progress", "--accept-file", "-o", target, "7-bench-run"],
                            os.path.join(home, "receive.log")) as receiver:
                sender.finish(seconds)
                receiver.finish(seconds)
                spent = time.monotonic() - begin
                cpu = sender.cpu_total + receiver.cpu_total + transit.cpu() - before
            check_copy(what, target)
            return spent, cpu

        tiny = os.path.join(home, "tiny")
        with open(tiny, "w") as file:
            file.write("x")
        setup, setup_cpu = timed(tiny)
        spent, cpu = timed(source)
        return rates(os.path.getsize(source), max(spent - setup, 1e-3), max(cpu - setup_cpu, 0))


def nats_fan_out(build, folder, seconds, payload):
    port = free_port()
    program = need("nats-server")
    with Process([program, "-a", "127.0.0.1", "-p", str(port)], os.path.join(folder, "nats.log"), cwd=folder) as server:
        wait_until(lambda: accepts(port) or not server.is_running(), 10, "nats-server did not start")
        return run_generator(build, seconds, "nats", "--server", f"127.0.0.1:{port}", "--pid", server.pid, "--seconds", seconds,
                             "--payload", payload)


def mosquitto_fan_out(build, folder, seconds, payload):
    program = need("mosquitto")
    port = free_port()
    configuration = os.path.join(folder, "mosquitto.conf")
    with open(configuration, "w", encoding="utf-8") as file:
        # No bound on what waits for a receiver: a message that is dropped would hold the publisher for ever.
        file.write(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\nmax_queued_bytes 0\n"
                   "set_tcp_nodelay true\nlog_type error\n")
    with Process([program, "-c", configuration], os.path.join(folder, "mosquitto.log"), cwd=folder) as server:
        wait_until(lambda: accepts(port) or not server.is_running(), 10, "mosquitto did not start")
        if not server.is_running():
            raise Failure(f"mosquitto: {server.last_words()}")
        return run_generator(build, seconds, "mqtt", "--server", f"127.0.0.1:{port}", "--pid", server.pid, "--seconds", seconds,
                             "--payload", payload)


def versions():
    """What was measured beside us."""
    asked = {"iperf3": ["iperf3", "--version"], "scp": ["ssh", "-V"], "socat": ["socat", "-V"], "nats-server": ["nats-server", "--version"],
             "mosquitto": ["mosquitto", "-h"], "wormhole": ["wormhole", "--version"]}
    found = {}
    for name, (program, option) in asked.items():
        path = find(program)
        if not path:
            found[name] = None
            continue
        said = subprocess.run([path, option], capture_output=True, text=True, timeout=30)
        lines = [line.strip() for line in (said.stdout + said.stderr).splitlines() if any(c.isdigit() for c in line)]
        found[name] = lines[0][:60] if lines else "?"
    return found


class PrototypeServer(Process):
    """The server of the educational prototype, from a copy of its source that names a free port instead of its own."""

    def __init__(self, folder):
        checkout = os.environ.get("COTERIE_PROTOTYPE")
        if not checkout:
            raise Failure("COTERIE_PROTOTYPE names no checkout of the prototype")
        source = (pathlib.Path(checkout) / "ServerCode.py").read_text(encoding="utf-8")
        if "12345" not in source:
            raise Failure("ServerCode.py does not name the port 12345")
        port = free_port()
        script = os.path.join(folder, "ServerCode.py")
        with open(script, "w", encoding="utf-8") as file:
            file.write(source.replace("12345", str(port)))
        super().__init__([sys.executable, script], os.path.join(folder, "prototype.log"), cwd=folder)
        wait_until(lambda: accepts(port) or not self.is_running(), 10, "the prototype's server did not start")
        self.address = f"127.0.0.1:{port}"


def prototype(build, folder, shape, seconds, payload, mebibytes):
    with PrototypeServer(folder) as server:
        return classic_load(build, server, shape, seconds, payload, mebibytes)


class PeerServer(Process):
    """The server of tests/support/classic_peer.py, which speaks the prototype's wire but is not the prototype."""

    def __init__(self, folder):
        script = pathlib.Path(__file__).resolve().parent.parent / "support" / "classic_peer.py"
        super().__init__([sys.executable, "-B", str(script), "serve"], os.path.join(folder, "peer.log"), lines=True)
        _, line = self.next_line(time.monotonic() + 10)
        if line is None:
            raise Failure(self.last_words() or "the Python peer did not start")
        self.address = f"127.0.0.1:{int(line)}"


def python_peer(build, folder, shape, seconds, payload, mebibytes):
    with PeerServer(folder) as server:
        return classic_load(build, server, shape, seconds, payload, mebibytes)
