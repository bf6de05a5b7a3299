#!/usr/bin/env python3
"""What a call costs, against the standard library's own text file and error file in the same run.

    bench.py [--records N] [--rounds N]      needs the built daemon (release, else debug)

Prints p50, p99 and CPU per record, the ratios, and p99 with the daemon stopped (SIGSTOP); exits 1 over a limit.
"""
import argparse
import logging
import logging.handlers
import os
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, os.path.join(ROOT, "Tests", "python"))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "src"))
sys.dont_write_bytecode = True
from harness.daemon import Daemon  # noqa: E402

import hantu_log  # noqa: E402
from hantu_log.buffer import MOST_RECORDS  # noqa: E402

LIMITS = {"p50": 0.8, "p99": 1.0, "cpu": 0.8}
IMPORT_LIMIT_MS, STOPPED_P99_LIMIT_US = 15.0, 1000.0


def measure(logger, records, paced=True):
    """Nanoseconds of each call, and of CPU for the whole process, per record.

    No service writes without a pause, and a loop that does outruns the buffer: so that every record arrives and
    counts, this one lets the daemon catch up whenever half of the buffer is taken. Sleeping costs no CPU.
    """
    clock, taken, mark = time.perf_counter_ns, [0] * records, time.process_time()
    buffers = [handler.transport.buffer for handler in logger.handlers if isinstance(handler, hantu_log.HantuHandler)]
    for number in range(records):
        # Looking costs as well, and is no part of a call.
        while paced and number % 1000 == 0 and any(len(buffer._waiting) > MOST_RECORDS // 2 for buffer in buffers):
            time.sleep(0.01)
        start = clock()
        logger.info("주문 체결 성공: %s @ %d원 (주문 %d)", "삼성전자", 75300, number)
        taken[number] = clock() - start
    # What the thread still has to send belongs to the bill.
    for handler in logger.handlers:
        if isinstance(handler, hantu_log.HantuHandler):
            handler.transport.flush(30)
    cpu = (time.process_time() - mark) * 1e9 / records
    taken.sort()
    return {"p50": taken[records // 2], "p99": taken[records * 99 // 100], "max": taken[-1], "cpu": cpu}


def only(name, *handlers):
    logger = logging.getLogger(name)
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    for handler in handlers:
        logger.addHandler(handler)
    return logger


def standard(directory):
    """What such services have: a text file that turns at midnight, and a JSON file for errors."""
    text = logging.handlers.TimedRotatingFileHandler(os.path.join(directory, "info.log"), when="midnight")
    text.setFormatter(logging.Formatter("%(asctime)s [%(levelname)s] %(name)s: %(message)s"))
    errors = logging.handlers.TimedRotatingFileHandler(os.path.join(directory, "error.json"), when="midnight")
    errors.setLevel(logging.ERROR)
    return only("core.trading.standard", text, errors)


def import_milliseconds():
    """The median of what importing takes beyond `logging`."""
    code = "import logging, time; t = time.perf_counter(); import hantu_log; print((time.perf_counter() - t) * 1000)"
    environment = {**os.environ, "PYTHONPATH": os.path.join(os.path.dirname(HERE), "src")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    runs = [float(subprocess.check_output([sys.executable, "-c", code], env=environment)) for _ in range(9)]
    return sorted(runs)[4]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--records", type=int, default=50_000)
    options.add_argument("--rounds", type=int, default=5)
    options = options.parse_args()
    release = os.path.join(ROOT, ".build", "release", "hantu-logd")
    with tempfile.TemporaryDirectory() as directory:
        with Daemon(directory, build="release" if os.path.exists(release) else "debug") as daemon:
            handler = hantu_log.HantuHandler("bench", daemon.socket)
            ours, theirs = only("core.trading.hantu", handler), standard(directory)
            hantu_log.set_trace_id("abcd1234")
            rounds = []
            for _ in range(options.rounds):
                rounds.append((measure(ours, options.records), measure(theirs, options.records)))
            dropped = sum(handler.transport.buffer._dropped.values())
            arrived = sum("core.trading.hantu" in line for line in daemon.all_text_lines())
            daemon.process.send_signal(signal.SIGSTOP)
            try:
                handler.transport.flush = lambda seconds: True
                paused = measure(ours, options.records, paced=False)
            finally:
                daemon.process.send_signal(signal.SIGCONT)
                del handler.transport.flush
                handler.close()
    failed = arrived != options.records * options.rounds or dropped > 0
    print(f"Python {sys.version.split()[0]}, {options.rounds} rounds of {options.records} records, "
          f"{arrived} arrived, {dropped} dropped")
    for name, limit in LIMITS.items():
        ratios = sorted(mine[name] / other[name] for mine, other in rounds)
        ratio = ratios[len(ratios) // 2]
        failed = failed or ratio > limit
        print(f"{name:4} hantu_log {min(m[name] for m, _ in rounds):8.0f} ns   standard library "
              f"{min(o[name] for _, o in rounds):8.0f} ns   median ratio {ratio:.2f} (limit {limit})")
    print(f"max  hantu_log {max(m['max'] for m, _ in rounds) / 1e6:8.2f} ms   standard library "
          f"{max(o['max'] for _, o in rounds) / 1e6:8.2f} ms")
    print(f"daemon stopped: p50 {paused['p50']} ns, p99 {paused['p99'] / 1000:.0f} us "
          f"(limit {STOPPED_P99_LIMIT_US:.0f} us), max {paused['max'] / 1e6:.2f} ms")
    milliseconds = import_milliseconds()
    print(f"import: {milliseconds:.1f} ms beyond logging (limit {IMPORT_LIMIT_MS:.0f} ms)")
    sys.exit(1 if failed or paused["p99"] / 1000 > STOPPED_P99_LIMIT_US or milliseconds > IMPORT_LIMIT_MS else 0)


if __name__ == "__main__":
    main()
