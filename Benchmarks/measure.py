"""One run of one contestant: from the first byte sent until every output is complete and the process is idle."""
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time

from expectation import size

HERE = os.path.dirname(os.path.abspath(__file__))
LOADGEN = os.path.join(HERE, "bin", "loadgen")
TICKS = os.sysconf("SC_CLK_TCK")


class Incomplete(Exception):
    """Output is missing, or the process ended."""


def cpu_seconds(pid):
    """User and system time of all threads."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mib(pid, field):
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
    return 0.0


class LineCounter:
    """Counts the lines of a growing file, reading only what is new."""

    def __init__(self, path):
        self.path, self.offset, self.lines = path, 0, 0

    def count(self):
        if self.path and size(self.path) > self.offset:
            with open(self.path, "rb") as file:
                file.seek(self.offset)
                while data := file.read(1 << 20):
                    self.offset += len(data)
                    self.lines += data.count(b"\n")
        return self.lines


def stored_rows(path):
    """Rows of the embedded store; 0 while there is none."""
    if not os.path.exists(path):
        return 0
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)
        try:
            # Ids count up from 1 and no row goes, so the last is the number; COUNT(*) would read them all.
            return connection.execute("SELECT max(id) FROM error_logs").fetchone()[0] or 0
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return 0


def run(contestant, corpus, records, directory, verify, seconds=180):
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    os.sync()
    start = contestant.prepare(directory)
    with open(os.path.join(directory, "log"), "wb") as log:
        process = subprocess.Popen(start.argv, env=start.environment, stdin=subprocess.DEVNULL,
                                   stdout=log, stderr=log, cwd=directory)
    try:
        wait(lambda: os.path.exists(start.socket), 20, process, "it never listened", log.name)
        time.sleep(1)
        result = load(contestant, corpus, start, process, records, seconds, log.name)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if verify:
        times = corpus.times(records, contestant.connections)
        result["faults"] = corpus.compare(start, contestant.output, times)
        if start.store:
            result["faults"] += store_faults(start.store, corpus.error_count(times))
    shutil.rmtree(directory, ignore_errors=True)
    return result


def load(contestant, corpus, start, process, records, seconds, log):
    times = corpus.times(records, contestant.connections)
    text_bytes = corpus.text_bytes(contestant.output, times)
    errors = corpus.error_count(times) if start.errors else 0
    idle_mib = memory_mib(process.pid, "VmRSS")
    before = cpu_seconds(process.pid)
    argv = [LOADGEN, "--socket", start.socket, "--records", str(records),
            "--connections", str(contestant.connections)]
    if contestant.per_record:
        argv.append("--per-record")
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as generator:
        counter = LineCounter(start.errors)
        wait(lambda: size(start.text) >= text_bytes, seconds, process,
             lambda: f"{size(start.text)} of {text_bytes} bytes of text", log)
        wait(lambda: counter.count() >= errors, seconds, process,
             lambda: f"{counter.lines} of {errors} error lines", log)
        files_done = time.monotonic()
        sent = json.loads(generator.communicate(timeout=60)[0])
    result = {"records": records, "wall_seconds": files_done - sent["begin"],
              "generator_cpu_seconds": sent["cpu_seconds"]}
    if start.store:
        wait(lambda: stored_rows(start.store) >= errors, seconds, process,
             lambda: f"{stored_rows(start.store)} of {errors} rows", log, every=0.1)
        result["rows"] = errors
        result["rows_per_second"] = errors / (time.monotonic() - sent["begin"])
    cpu = cpu_when_idle(process.pid) - before
    result.update(cpu_seconds=cpu, records_per_cpu_second=records / max(cpu, 1 / TICKS),
                  records_per_second=records / result["wall_seconds"],
                  idle_mib=idle_mib, peak_mib=memory_mib(process.pid, "VmHWM"))
    return result


def cpu_when_idle(pid):
    """Waits until the process did nothing for 0.3 s: what it does behind the files is part of its price."""
    last = cpu_seconds(pid)
    while True:
        time.sleep(0.3)
        now = cpu_seconds(pid)
        if now - last <= 1 / TICKS:
            return now
        last = now


def store_faults(path, errors):
    with sqlite3.connect(path) as connection:
        rows, identities = connection.execute(
            "SELECT count(*), count(DISTINCT event_id) FROM error_logs").fetchone()
    return [] if rows == identities == errors else [f"store: {rows} rows, {identities} identities, not {errors}"]


def wait(condition, seconds, process, what, log, every=0.005):
    deadline = time.monotonic() + seconds
    while not condition():
        ended = process.poll() is not None
        if ended or time.monotonic() > deadline:
            with open(log, errors="replace") as file:
                raise Incomplete(f"{what() if callable(what) else what}"
                                 f"{' (it ended)' if ended else ''}\n{file.read()[-2000:]}")
        time.sleep(every)
