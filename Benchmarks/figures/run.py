"""One run of one contestant: from the first byte sent until every output is complete and the process is idle."""
import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time

from figures import expectation
from figures.expectation import LOADGEN, size
from figures.process import cpu_seconds, memory_mib, settle


class Incomplete(Exception):
    """Output is missing, or the process ended."""


def run(contestant, records, directory, verify=False):
    """What was measured; with `verify`, also what is wrong with the outputs, as `faults`."""
    empty(directory)
    start = contestant.prepare(directory)
    try:
        with started(start, directory) as process:
            result = load(contestant, start, process, records)
            result["peak_mib"] = memory_mib(process.pid, "VmHWM")
    except Incomplete as problem:
        raise Incomplete(f"{contestant.name} didn't finish: {problem}") from None
    if verify:
        result["faults"] = faults(contestant, start, records)
    shutil.rmtree(directory, ignore_errors=True)
    return result


def empty(directory):
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    os.sync()


@contextlib.contextmanager
def started(start, directory, environment=None):
    """The contestant's process, listening and at rest; it ends with the block."""
    with open(os.path.join(directory, "log"), "wb") as log:
        process = subprocess.Popen(start.argv, env={**start.environment, **(environment or {})}, cwd=directory,
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    process.log = log.name
    try:
        wait(lambda: os.path.exists(start.socket), 20, process, "it never listened")
        settle(process.pid)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def load(contestant, start, process, records, seconds=180):
    """Sends the records to a process at rest; its outputs may hold something already."""
    corpus = expectation.corpus(contestant.error_percent, contestant.record_bytes)
    times = corpus.times(records, contestant.connections)
    text_bytes = size(start.text) + corpus.text_bytes(contestant.output, times)
    counter = LineCounter(start.errors)
    errors = corpus.error_count(times) if start.errors else 0
    error_lines = counter.count() + errors
    rows = stored_rows(start.store) + errors if start.store else 0
    before = cpu_seconds(process.pid)
    with subprocess.Popen(generator(contestant, corpus, start, records), stdout=subprocess.PIPE) as sender:
        wait(lambda: size(start.text) >= text_bytes, seconds, process,
             lambda: f"{size(start.text)} of {text_bytes} bytes of text")
        text_done = time.monotonic()
        wait(lambda: counter.count() >= error_lines, seconds, process,
             lambda: f"{counter.lines} of {error_lines} error lines")
        done = time.monotonic()
        report = json.loads(sender.communicate(timeout=60)[0] or "{}")
        if sender.returncode or (contestant.answers and report["acked"] != records):
            raise Incomplete(f"the load generator failed: {report}")
    begin, done = report["begin"], max(done, report["end"])
    result = {"records": records, "errors": errors, "text_seconds": text_done - begin, "wall_seconds": done - begin,
              "records_per_second": records / (done - begin), "generator_cpu_seconds": report["cpu_seconds"]}
    if start.store:
        wait(lambda: stored_rows(start.store) >= rows, seconds, process,
             lambda: f"{stored_rows(start.store)} of {rows} rows", every=0.1)
        result["rows_per_second"] = errors / (time.monotonic() - begin)
    # What it does behind the files is part of its price.
    cpu = settle(process.pid, pause=0.3) - before
    result.update(cpu_seconds=cpu, records_per_cpu_second=records / cpu)
    return result


def generator(contestant, corpus, start, records):
    argv = [LOADGEN, "--socket", start.socket, "--records", str(records),
            "--connections", str(contestant.connections), *corpus.arguments]
    return (argv + ["--per-record"] * contestant.per_record + ["--acks"] * contestant.acks
            + ["--flush"] * contestant.answers)


def faults(contestant, start, records):
    """What is wrong with the outputs of a run on an empty directory, line by line."""
    corpus = expectation.corpus(contestant.error_percent, contestant.record_bytes)
    times = corpus.times(records, contestant.connections)
    found = corpus.compare(start, contestant.output, times)
    if start.store:
        with contextlib.closing(sqlite3.connect(start.store)) as connection:
            rows, identities = connection.execute(
                "SELECT count(*), count(DISTINCT event_id) FROM error_logs").fetchone()
        errors = corpus.error_count(times)
        if not rows == identities == errors:
            found.append(f"store: {rows} rows, {identities} identities, not {errors}")
    return found


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
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as connection:
            # Ids count up from 1 and no row goes, so the last is the number; COUNT(*) would read them all.
            return connection.execute("SELECT max(id) FROM error_logs").fetchone()[0] or 0
    except sqlite3.OperationalError:
        return 0


def wait(condition, seconds, process, what, every=0.005):
    deadline = time.monotonic() + seconds
    while not condition():
        ended = process.poll() is not None
        if ended or time.monotonic() > deadline:
            with open(process.log, errors="replace") as file:
                raise Incomplete(f"{what() if callable(what) else what}"
                                 f"{' (it ended)' if ended else ''}\n{file.read()[-2000:]}")
        time.sleep(every)
