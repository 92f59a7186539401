#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures Coterie beside other programs and prints one table. On loopback only; every process it starts it ends.

Absolute figures move by tens of percent between runs and machines, so what counts are the ratios, taken within a round and
then the median of the rounds.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import coterie  # noqa: E402
import desktop  # noqa: E402
import peers  # noqa: E402
from processes import Failure, raise_descriptor_limit  # noqa: E402

MIB = 1 << 20
MEASUREMENTS = ("file", "scp", "socat", "iperf3", "wormhole", "fanout", "nats", "nats_equal", "mosquitto", "handshakes", "mailbox", "latency",
                "idle", "window",
                *(f"{whose}_{shape}" for shape in ("broadcast", "pairs", "file") for whose in ("classic", "prototype", "python")),
                "classic_held")
# Beside whom classic mode is measured: the prototype itself where it is given, else a server of our own in Python that speaks its wire.
# The bars are about the prototype and stay unmeasured without it.
IS_PROTOTYPE_HERE = bool(os.environ.get("COTERIE_PROTOTYPE"))
OTHER, OTHER_NAME = ("prototype", "the prototype") if IS_PROTOTYPE_HERE else ("python", "our own Python server")


class Settings:
    def __init__(self, quick, rounds):
        self.rounds = 1 if quick else rounds
        self.file_mib = 128 if quick else 1024
        self.seconds = 1 if quick else 4          # of a generator's measured time
        self.iperf_seconds = 1 if quick else 3
        self.idle_clients = 500 if quick else 10_000
        self.latency_seconds = 2 if quick else 10
        self.payload = 256
        self.history = 10_000 if quick else 100_000
        self.incoming = 1000
        self.classic_mib = 64 if quick else 256
        self.wormhole_rounds = 1                  # it takes as long as everything else together


class Bench:
    def __init__(self, build, folder, settings, deadline, progress, only=None):
        self.build, self.folder, self.settings = build, folder, settings
        self.deadline, self.progress, self.only = deadline, progress, only
        self.results = {}   # name → one result a round
        self.failures = {}  # name → why there is none

    def measure(self, name, function, estimate):
        """One round of one measurement. What fails once is not tried again; what no longer fits the time is left out."""
        if name in self.failures or (self.only and name not in self.only):
            return
        if time.monotonic() + estimate > self.deadline:
            if not self.results.get(name):
                self.failures[name] = "no time left"
            return
        self.progress(name)
        try:
            self.results.setdefault(name, []).append(function())
        except (Failure, OSError, ValueError, KeyError) as failure:
            self.failures[name] = str(failure) or type(failure).__name__
        except coterie.subprocess.TimeoutExpired:
            self.failures[name] = "took too long"

    def run(self):
        s = self.settings
        source = os.path.join(self.folder, "source")
        block = os.urandom(MIB)
        with open(source, "wb") as file:
            for _ in range(s.file_mib):
                file.write(block)
        digest = coterie.sha256_of(source)
        nats_payload = coterie.run_generator(self.build, 10, "size", "--payload", s.payload)["bytes"]
        limit = 30 + s.file_mib / 8   # seconds for one file; slower than 8 MB/s nobody is

        for number in range(s.rounds):
            self.measure("file", lambda: coterie.send_file(self.build, self.folder, source, digest, limit), 15)
            self.measure("scp", lambda: peers.scp(self.folder, source, limit), 15)
            self.measure("socat", lambda: peers.socat_chain(self.folder, source, limit), 10)
            self.measure("iperf3", lambda: peers.iperf3(self.folder, s.iperf_seconds), s.iperf_seconds + 5)
            if number < s.wormhole_rounds:
                self.measure("wormhole", lambda: peers.wormhole(self.folder, source, 4 * limit), 60)
            self.measure("fanout", lambda: coterie.fan_out(self.build, self.folder, s.seconds, s.payload), s.seconds + 10)
            self.measure("nats", lambda: peers.nats_fan_out(self.build, self.folder, s.seconds, s.payload), s.seconds + 10)
            self.measure("nats_equal", lambda: peers.nats_fan_out(self.build, self.folder, s.seconds, nats_payload), s.seconds + 10)
            self.measure("mosquitto", lambda: peers.mosquitto_fan_out(self.build, self.folder, s.seconds, s.payload), s.seconds + 10)
            self.measure("handshakes", lambda: coterie.handshakes(self.build, s.seconds / 2), s.seconds + 2)
            for shape in ("broadcast", "pairs", "file"):
                load = (shape, s.seconds, s.payload, s.classic_mib)
                self.measure("classic_" + shape, lambda load=load: coterie.classic(self.build, self.folder, *load), s.seconds + 10)
                other = peers.prototype if IS_PROTOTYPE_HERE else peers.python_peer
                self.measure(f"{OTHER}_{shape}", lambda load=load: other(self.build, self.folder, *load), s.seconds + 20)
            self.measure("classic_held", lambda: coterie.classic(self.build, self.folder, "held", s.seconds, s.payload, s.classic_mib), 30)
            self.measure("mailbox", lambda: coterie.mailbox(self.build, s.seconds, s.payload), s.seconds + 30)
            self.measure("latency", lambda: coterie.latency(self.build, self.folder, s.latency_seconds, s.payload),
                         s.latency_seconds + 20)
            self.measure("idle", lambda: coterie.idle_memory(self.build, self.folder, s.idle_clients), 30)
            self.measure("window", lambda: desktop.window(self.build, self.folder, source, s.history, s.incoming), 15 + limit / 4)

    def median(self, name, *keys):
        values = self.each(name, *keys)
        return statistics.median(values) if values else None

    def each(self, name, *keys):
        values = []
        for result in self.results.get(name, []):
            for key in keys:
                result = result[key]
            values.append(result)
        return values

    def ratio(self, ours, theirs, key):
        """The median of the rounds' ratios, as far as both were measured."""
        pairs = list(zip(self.each(ours, key), self.each(theirs, key)))
        return statistics.median(a / b for a, b in pairs) if pairs else None


def bars(bench):
    """(what, value, comparison, bound) of everything that has one. The value is None where it could not be measured."""
    per_gb = "cpu_s_per_gb"
    return [
        ("file: rate / scp aes128-gcm", bench.ratio("file", "scp", "mb_per_second"), ">=", 2.0),
        ("file: rate / socat chain", bench.ratio("file", "socat", "mb_per_second"), ">=", 0.8),
        ("file: rate / magic-wormhole by relay", bench.ratio("file", "wormhole", "mb_per_second"), ">=", 3.5),
        ("file: CPU s/GB, all three", bench.median("file", per_gb), "<=", 2.4),
        ("file: CPU s/GB, relay", bench.median("file", "cpu_s_per_gb_of", "relay"), "<=", 0.45),
        ("fan-out over TLS / nats plain", bench.ratio("fanout", "nats", "delivered_per_second"), ">=", 1.0),
        ("the same, nats with as many bytes", bench.ratio("fanout", "nats_equal", "delivered_per_second"), ">=", 1.0),
        ("the same / mosquitto plain", bench.ratio("fanout", "mosquitto", "delivered_per_second"), ">=", 1.0),
        ("classic, 1 to 50 / the prototype", bench.ratio("classic_broadcast", "prototype_broadcast", "delivered_per_second"), ">=", 8.0),
        ("classic, 100 pairs / the prototype", bench.ratio("classic_pairs", "prototype_pairs", "messages_per_second"), ">=", 50.0),
        ("classic, a file / the prototype", bench.ratio("classic_file", "prototype_file", "mb_per_second"), ">=", 2.5),
        ("classic, a file: first byte, s", bench.median("classic_file", "first_byte_seconds"), "<=", 0.05),
        ("classic, MiB for each connection that is held up", bench.median("classic_held", "mib_per_connection"), "<=", 4.0),
        ("idle TLS member, KiB", bench.median("idle", "kib_per_client"), "<=", 20.0),
        ("mailbox: letters stored a second", bench.median("mailbox", "stored_per_second"), ">=", 2000.0),
        ("window: start to usable, s", bench.median("window", "start_seconds"), "<=", 1.0),
        ("window: resident MiB", bench.median("window", "resident_mib"), "<=", 120.0),
        ("window: opening the conversation, ms", bench.median("window", "opening_ms"), "<=", 200.0),
        ("window: longest stall, much arriving, ms", bench.median("window", "stall_ms"), "<=", 100.0),
        ("window: share of a core while a file comes", bench.median("window", "transfer_window_busy"), "<=", 0.05),
        ("200 members, 20 messages a second: p99 ms", bench.median("latency", "p99_ms"), "<=", 250.0),
    ]


def holds(value, comparison, bound):
    return value >= bound if comparison == ">=" else value <= bound


def number(value, digits=0):
    return "–" if value is None else f"{value:,.{digits}f}"


def print_table(bench, settings, place, seconds):
    out = []
    line = out.append

    def missing(name, shown):
        if name in bench.failures:
            line(f"  {shown:<44} not measured: {bench.failures[name]}")
        return not bench.results.get(name)

    def file_row(name, shown):
        if missing(name, shown):
            return
        detail = ""
        if name == "file":
            parts = [bench.median("file", "cpu_s_per_gb_of", role) for role in ("sender", "relay", "receiver")]
            detail = "   sender {} · relay {} · receiver {}".format(*(number(part, 2) for part in parts))
        if name == "socat":
            detail = f"   relay {number(bench.median('socat', 'relay_cpu_s_per_gb'), 2)}"
        cpu = bench.median(name, "cpu_s_per_gb") if name != "iperf3" else None
        line(f"  {shown:<44} {number(bench.median(name, 'mb_per_second')):>8}   {number(cpu, 2):>8}{detail}")

    def fan_row(name, shown):
        if missing(name, shown):
            return
        line(f"  {shown:<44} {number(bench.median(name, 'delivered_per_second')):>12} "
             f"{number(bench.median(name, 'server_us_per_delivery'), 2):>10} {number(bench.median(name, 'delivered_bytes')):>8}"
             f"   server {bench.median(name, 'server_busy') * 100:.0f} %, load {bench.median(name, 'generator_busy') * 100:.0f} % of a core")

    size = settings.file_mib
    line(f"A file of {size:,} MiB, {place}".ljust(46) + "     MB/s   CPU s/GB")
    file_row("file", "Coterie, sealed, through its relay")
    file_row("scp", "scp, direct, aes128-gcm")
    file_row("socat", "socat → socat → socat, plain")
    file_row("wormhole", "magic-wormhole through its relay")
    file_row("iperf3", "iperf3, direct, no file")
    line("")
    line(f"One member to 50, {settings.payload} bytes of text".ljust(46) + "  delivered/s  server µs    bytes")
    fan_row("fanout", "Coterie: sealed, TLS, each acknowledged")
    fan_row("nats", "nats-server: plain, no acknowledgement")
    fan_row("nats_equal", "nats-server, as many bytes as Coterie")
    fan_row("mosquitto", "mosquitto: plain, no acknowledgement")
    lost = sum(bench.each("fanout", "lost"))
    if bench.results.get("fanout"):
        line(f"  {'lost by Coterie':<44} {lost:>12,}")
    line("")
    def classic_row(name, shown, *columns):
        if not missing(name, shown):
            line(f"  {shown:<44} " + "   ".join(f"{number(bench.median(name, key) * factor, digits)} {unit}"
                                               for key, factor, digits, unit in columns))

    line(f"Classic mode, {settings.payload} bytes of text, a file of {settings.classic_mib} MiB")
    for whose, shown in (("classic", "Coterie"), (OTHER, OTHER_NAME)):
        classic_row(whose + "_broadcast", shown + ", one to 50", ("delivered_per_second", 1, 0, "delivered/s"),
                    ("server_us_per_delivery", 1, 2, "µs each"))
        classic_row(whose + "_pairs", shown + ", 100 pairs at once", ("messages_per_second", 1, 0, "messages/s"),
                    ("p99_seconds", 1000, 1, "ms p99"))
        classic_row(whose + "_file", shown + ", a file", ("mb_per_second", 1, 0, "MB/s"), ("first_byte_seconds", 1000, 1, "ms to the first byte"),
                    ("server_peak_mib", 1, 0, "MiB of memory"))
    ratios = [bench.ratio(f"classic_{shape}", f"{OTHER}_{shape}", key) for shape, key in
              (("broadcast", "delivered_per_second"), ("pairs", "messages_per_second"), ("file", "mb_per_second"))]
    if None not in ratios:
        line("  " + f"Coterie / {OTHER_NAME}".ljust(44) + " " + ", ".join(f"{number(ratio, 1)} ×" for ratio in ratios))
    classic_row("classic_held", "Coterie, 100 files that nobody takes", ("mib_per_connection", 1, 2, "MiB of memory for each of"),
                ("connections", 1, 0, "connections"))
    line("")
    line("Others")
    if not missing("handshakes", "pair handshakes per second, one core"):
        line(f"  {'pair handshakes per second, one core':<44} {number(bench.median('handshakes', 'pairs_per_second')):>12}"
             f"   {number(bench.median('handshakes', 'us_per_side'))} µs a side")
    if not missing("idle", "relay memory per idle TLS member"):
        line(f"  {'relay memory per idle TLS member, KiB':<44} {number(bench.median('idle', 'kib_per_client'), 1):>12}"
             f"   with {number(bench.median('idle', 'clients'))} of them, at {bench.median('idle', 'busy') * 100:.1f} % of a core")
    if not missing("mailbox", "mailbox: letters stored per second"):
        line(f"  {'mailbox: letters stored per second':<44} {number(bench.median('mailbox', 'stored_per_second')):>12}"
             f"   {number(bench.median('mailbox', 'server_us_per_letter'))} µs each; fetched "
             f"{number(bench.median('mailbox', 'fetched_per_second'))}; lost {sum(bench.each('mailbox', 'lost'))}, "
             f"duplicated {sum(bench.each('mailbox', 'duplicated'))}")
    if not missing("latency", "200 members, 20 messages a second"):
        line(f"  {'200 members, 20 messages a second: p99 ms':<44} {number(bench.median('latency', 'p99_ms'), 1):>12}"
             f"   median {number(bench.median('latency', 'p50_ms'), 1)}, worst {number(bench.median('latency', 'worst_ms'), 1)}; lost "
             f"{sum(bench.each('latency', 'lost'))}, duplicated {sum(bench.each('latency', 'duplicated'))}")
    if not missing("window", "window with a long history"):
        one = bench.results["window"][0]
        line("")
        line(f"The window, with a history of {one['messages']:,} messages")
        line(f"  {'start to usable, s':<44} {number(bench.median('window', 'start_seconds'), 2):>12}"
             f"   the first time {number(bench.median('window', 'first_start_seconds'), 2)}")
        line(f"  {'resident memory, MiB':<44} {number(bench.median('window', 'resident_mib')):>12}"
             f"   {number(bench.median('window', 'resident_after_mib'))} after all of this")
        line(f"  {'opening that conversation, ms':<44} {number(bench.median('window', 'opening_ms')):>12}")
        line(f"  {'longest stall while messages arrive, ms':<44} {number(bench.median('window', 'stall_ms')):>12}"
             f"   {one['incoming']:,} in {number(bench.median('window', 'incoming_seconds'), 2)} s")
        line(f"  {'share of a core while a file comes, %':<44} {number((bench.median('window', 'transfer_window_busy') or 0) * 100, 1):>12}"
             f"   at {number(bench.median('window', 'transfer_mb_per_second'))} MB/s, longest stall "
             f"{number(bench.median('window', 'transfer_stall_ms'))} ms")
    line("")
    line("Bars".ljust(46) + "        value      bound")
    for what, value, comparison, bound in bars(bench):
        verdict = "not measured" if value is None else "ok" if holds(value, comparison, bound) else "below"
        sign = "≥" if comparison == ">=" else "≤"
        line(f"  {what:<44} {number(value, 2):>12}   {sign + ' ' + f'{bound:g}':>8}   {verdict}")
    line("")
    absent = [name for name, version in peers.versions().items() if version is None]
    if absent:
        line(f"Not installed, so not compared: {', '.join(absent)}.")
    line(f"Median of {settings.rounds} round{'s' if settings.rounds > 1 else ''}, {seconds:.0f} s, "
         f"{os.cpu_count()} processors ({processor()}), {platform.system()} {platform.release()}.")
    print("\n".join(out))


def processor():
    try:
        with open("/proc/cpuinfo") as info:
            return next(line.split(":", 1)[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def working_folder(file_mib):
    """Memory where there is room for source, copy and a little more, so that no disk is measured; else the usual place."""
    try:
        if shutil.disk_usage("/dev/shm").free > (3 * file_mib + 64) * MIB and os.access("/dev/shm", os.W_OK):
            return tempfile.mkdtemp(prefix="coterie-bench-", dir="/dev/shm"), "from memory to memory"
    except OSError:
        pass
    return tempfile.mkdtemp(prefix="coterie-bench-"), "from disk to disk"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, metavar="DIR", help="build directory with coterie-relay, coterie-cli, coterie-bench")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds to take the median of (default 3)")
    parser.add_argument("--quick", action="store_true", help="one small round, to see that everything works")
    parser.add_argument("--minutes", type=float, default=10, metavar="M", help="no measurement begins that would go beyond (default 10)")
    parser.add_argument("--only", metavar="NAMES", type=lambda text: text.split(","),
                        help="some measurements only, by commas: " + ", ".join(MEASUREMENTS))
    parser.add_argument("--json", metavar="FILE", help="write all results there as well")
    arguments = parser.parse_args()

    unknown = set(arguments.only or ()) - set(MEASUREMENTS)
    if unknown:
        parser.error(f"there is no measurement called {', '.join(sorted(unknown))}")
    for program in ("relay/coterie-relay", "cli/coterie-cli", "tests/bench/coterie-bench"):
        if not os.access(os.path.join(arguments.build, program), os.X_OK):
            parser.error(f"{program} is missing in {arguments.build}: build it first (cmake --build {arguments.build})")

    raise_descriptor_limit()
    settings = Settings(arguments.quick, max(1, arguments.rounds))
    folder, place = working_folder(settings.file_mib)
    begin = time.monotonic()

    def progress(name):
        if sys.stderr.isatty():
            print(f"\r\033[K{time.monotonic() - begin:4.0f} s  {name} …", end="", file=sys.stderr, flush=True)

    bench = Bench(os.path.abspath(arguments.build), folder, settings, begin + arguments.minutes * 60, progress, arguments.only)
    try:
        bench.run()
    finally:
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
    seconds = time.monotonic() - begin
    print_table(bench, settings, place, seconds)
    if arguments.json:
        report = {
            "rounds": settings.rounds,
            "seconds": seconds,
            "file_bytes": settings.file_mib * MIB,
            "peers": peers.versions(),
            "results": bench.results,
            "not_measured": bench.failures,
            "bars": [{"what": what, "value": value, "bound": f"{comparison} {bound:g}",
                      "ok": None if value is None else holds(value, comparison, bound)}
                     for what, value, comparison, bound in bars(bench)],
        }
        with open(arguments.json, "w") as file:
            json.dump(report, file, indent=1)
    ours = ("file", "fanout", "handshakes", "idle")
    return 1 if any(name in bench.failures for name in ours) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"bench: {failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
