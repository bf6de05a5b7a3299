"""How long one ERROR takes from the send to its acknowledgement, in fsyncs of the same disk; fsyncs under load.

Samples alternate with one write of 4 KiB over a file's own bytes and fdatasync, the least that this disk takes to keep
anything, and one that makes a file larger, which costs the file system a commit of its own. All see the same minute,
are timed from here with the same overhead, and begin with the disk at rest: what it still does for one would be paid
by the next.
"""
import itertools
import os
import time

from figures import BENCHMARKS
from figures import contestants as who
from figures.part import Measured
from figures.row import Row
from figures.run import empty, load, started
from harness.client import Client, encode

BLOCK = 4096
REST = 0.002


def measure(options):
    rounds = [once(options.path("latency"), 100 if options.quick else 400) for _ in range(options.rounds)]
    loaded = under_load(options.path("latency"), options.records // 4)

    def row(name, value, unit=""):
        return Row(name, [value(each) for each in rounds], unit)

    return Measured([
        row("acknowledgement / fsync, p50", lambda r: quantile(r["record"], 0.5) / quantile(r["disk"], 0.5)),
        row("acknowledgement / fsync, p99", lambda r: quantile(r["record"], 0.99) / quantile(r["disk"], 0.99)),
        row("acknowledgement, p50", lambda r: quantile(r["record"], 0.5) * 1e6, "µs"),
        row("acknowledgement, p99", lambda r: quantile(r["record"], 0.99) * 1e6, "µs"),
        row("one fsync, p50", lambda r: quantile(r["disk"], 0.5) * 1e6, "µs"),
        row("one fsync of a growing file, p50", lambda r: quantile(r["growing"], 0.5) * 1e6, "µs"),
        Row("fsyncs under load, spool", [loaded["per_second"]], "/s"),
        Row("errors in one fsync under load", [loaded["errors_each"]]),
    ], {"rounds": rounds, "under_load": loaded})


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def once(directory, samples):
    empty(directory)
    # Its bytes are made beforehand, as those of a block are.
    record = encode({"level": "ERROR", "logger": "core.trading.engine", "message": "주문 실행 실패: 잔고 부족",
                     "stack_trace": "x" * 1000})
    block = os.urandom(BLOCK)
    found = {"record": [], "disk": [], "growing": []}
    with who.daemon(directory, "unreachable") as daemon, Client(daemon.socket, service="scheduler", acks=True) as client, \
            open(os.path.join(directory, "disk"), "wb", buffering=0) as disk, \
            open(os.path.join(directory, "growing"), "wb", buffering=0) as growing:
        acknowledged = itertools.count(1)

        def send():
            client.raw(record)
            client.wait_for(next(acknowledged))

        def overwrite():
            os.pwrite(disk.fileno(), block, 0)
            os.fdatasync(disk.fileno())

        def append():
            growing.write(block)
            os.fdatasync(growing.fileno())

        for number in range(samples + 10):
            for kind, action in (("record", send), ("disk", overwrite), ("growing", append)):
                time.sleep(REST)
                begin = time.perf_counter()
                action()
                # The first ones make files.
                if number >= 10:
                    found[kind].append(time.perf_counter() - begin)
    return found


def under_load(directory, records):
    """Counts the calls by a library put before libc's own (fsyncs.c)."""
    empty(directory)
    count = os.path.join(directory, "fsyncs")
    start = who.SPOOL.prepare(directory)
    preload = {"LD_PRELOAD": os.path.join(BENCHMARKS, "bin", "fsyncs.so"), "FSYNCS": count}
    with started(start, directory, preload) as process:
        before = counted(count)
        result = load(who.SPOOL, start, process, records)
        calls = counted(count) - before
    return {"calls": calls, "per_second": calls / result["wall_seconds"], "errors_each": result["errors"] / calls, **result}


def counted(path):
    with open(path, "rb") as file:
        return int.from_bytes(file.read(8), "little")
