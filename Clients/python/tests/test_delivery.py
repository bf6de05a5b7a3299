"""Nothing lost on the way: the real daemon, killed, stopped, absent and late; forks, threads, exits."""
import collections
import json
import logging
import os
import re
import signal
import threading
import time

import pytest
from conftest import Collector, stored
from harness.daemon import wait_until


def text(daemon):
    """The messages of the text file, without the trace ids that the daemon makes for errors."""
    return [re.sub(r" \(trace_id=[0-9a-f]{8}\)$", "", line.split(": ", 1)[1]) for line in daemon.all_text_lines()]


def test_everything_arrives_in_order(daemon, handlers):
    with daemon:
        logger, handler = handlers(daemon.socket)
        for number in range(5000):
            logger.info("record %d", number)
        assert handler.transport.flush(20)
        assert text(daemon) == [f"record {number}" for number in range(5000)]


@pytest.mark.once
def test_every_error_is_stored_once_though_the_daemon_is_killed_twenty_times(daemon, handlers):
    logger, handler = handlers(daemon.socket)
    written, stop = [], threading.Event()

    def load():
        while not stop.is_set():
            logger.error("error %d", len(written))
            written.append(f"error {len(written)}")
            for number in range(5):
                logger.info("quiet %d", number)
            time.sleep(0.002)

    thread = threading.Thread(target=load)
    thread.start()
    try:
        for round in range(20):
            daemon.start()
            wanted = len(written) + 20
            wait_until(lambda: len(written) >= wanted, 20, "no load")
            # At another moment each time.
            time.sleep(0.003 * round)
            daemon.kill()
        daemon.start()
    finally:
        stop.set()
        thread.join()
    assert handler.transport.flush(20)
    wait_until(lambda: len(stored(daemon)) >= len(written), 30, lambda: f"{len(stored(daemon))} of {len(written)}")
    assert sorted(stored(daemon)) == sorted(written)


def test_a_daemon_that_comes_later_gets_what_waited(daemon, handlers):
    logger, handler = handlers(daemon.socket)
    for number in range(100):
        logger.info("early %d", number)
    logger.error("early error")
    with daemon:
        wait_until(lambda: len(text(daemon)) >= 101, 20, "what waited doesn't come")
        assert text(daemon) == [f"early {number}" for number in range(100)] + ["early error"]


def test_a_socket_that_was_removed_and_made_again(daemon, handlers):
    with daemon:
        logger, handler = handlers(daemon.socket)
        logger.error("before")
        assert handler.transport.flush(10)
        os.unlink(daemon.socket)
        daemon.kill()
        logger.error("between")
        daemon.start()
        logger.error("after")
        wait_until(lambda: len(stored(daemon)) >= 3, 20, lambda: f"only {stored(daemon)}")
        assert sorted(stored(daemon)) == ["after", "before", "between"]


@pytest.mark.once
def test_a_stopped_daemon_makes_nobody_wait_and_loses_no_error(daemon, handlers):
    with daemon:
        logger, handler = handlers(daemon.socket)
        logger.info("connected")
        assert handler.transport.flush(10)
        daemon.process.send_signal(signal.SIGSTOP)
        try:
            slowest, end, number = 0.0, time.monotonic() + 3, 0
            while time.monotonic() < end:
                start = time.perf_counter()
                logger.info("quiet %d %s", number, "x" * 200)
                if number % 100 == 0:
                    logger.error("error %d", number // 100)
                slowest = max(slowest, time.perf_counter() - start)
                number += 1
                if number % 500 == 0:
                    time.sleep(0.01)
        finally:
            daemon.process.send_signal(signal.SIGCONT)
        errors = (number + 99) // 100
        assert number > 20_000
        # One call in a hundred thousand may meet the scheduler of a loaded machine; none waited for the daemon.
        assert slowest < 1.0
        assert handler.transport.flush(20)
        wait_until(lambda: len(stored(daemon)) >= errors, 20, lambda: f"{len(stored(daemon))} of {errors} errors")
        lines = text(daemon)
        reports = [line for line in lines if "were dropped" in line]
        quiet = sum(line.startswith("quiet") for line in lines)
        dropped = sum(int(line.split()[0]) for line in reports)
        assert reports and quiet + dropped == number


def test_the_number_dropped_is_told_after_reconnecting(tmp_path, handlers):
    path = tmp_path / "late.sock"
    logger, handler = handlers(str(path))
    for number in range(12_000):
        logger.debug("debug %d", number)
    for number in range(300):
        logger.warning("warning %d", number)
    logger.error("error")
    collector = Collector(path)
    try:
        wait_until(lambda: any("error" == r["message"] for r in collector.records()), 20, "nothing came")
        found = collections.Counter(record["level"] for record in collector.records())
        report = collector.records()[0]
        assert (report["level"], report["logger"]) == ("WARNING", "hantu_log")
        assert report["context"]["dropped"] == 12_000 - found["DEBUG"]
        assert report["context"]["dropped_by_level"] == {"DEBUG": 12_000 - found["DEBUG"]}
        assert found["WARNING"] == 301 and found["ERROR"] == 1 and found["DEBUG"] >= 8000
    finally:
        collector.close()


def test_the_buffer_is_bounded_in_bytes(tmp_path, handlers):
    logger, handler = handlers(str(tmp_path / "nobody.sock"))
    for number in range(200):
        logger.error("%s", "x" * 100_000)
    assert handler.transport._bytes <= 8 << 20
    assert len(handler.transport._waiting) > 70
    assert sum(handler.transport._dropped.values()) == 200 - len(handler.transport._waiting)


def test_errors_are_sent_again_with_the_same_id(tmp_path, handlers):
    path = tmp_path / "c.sock"
    deaf = Collector(path, acknowledges=False)
    logger, handler = handlers(str(path))
    logger.info("quiet")
    logger.error("loud")
    first = deaf.wait(2)[1]
    path.unlink()
    deaf.close()
    second = Collector(path)
    try:
        assert second.wait(1)[0] == first
        assert handler.transport.flush(10)
        assert [record["message"] for record in second.records()] == ["loud"]
    finally:
        second.close()


def test_a_daemon_that_kept_the_connection_counts_from_the_next_empty_line(tmp_path, handlers):
    collector = Collector(tmp_path / "c.sock", acknowledges=False)
    try:
        logger, handler = handlers(collector.path)
        logger.error("one")
        logger.error("two")
        collector.wait(2)
        collector.answer({"acked": 1})
        collector.answer({"protocol": 1, "server": "hantu-logd/next", "resumed": True})
        found = collector.wait(3)
        assert [record["message"] for record in found] == ["one", "two", "two"]
        assert found[1] == found[2]
        # Control lines apart: hello, one, two, the newline, two again.
        assert [line == b"\n" for line in collector.lines] == [False, False, False, True, False]
        collector.answer({"acked": 1})
        wait_until(lambda: not handler.transport._unacknowledged, 10, "the count didn't begin again")
        assert len(collector.connections) == 1
    finally:
        collector.close()


def test_an_error_has_left_the_process_when_the_call_returns(run, collector):
    script = """
import os
from hantu_log import get_logger, setup
setup(service="batch")
logger = get_logger(__name__)
logger.info("before it")
logger.critical("last words")
os._exit(3)
"""
    run(script, collector.path, expected=3)
    assert [record["message"] for record in collector.wait(2)] == ["before it", "last words"]


def test_an_interpreter_that_ends_at_once_has_said_everything(run, daemon):
    script = """
import atexit
from hantu_log import get_logger, setup
logger = get_logger(__name__)
atexit.register(lambda: logger.error("at exit"))
setup(service="batch")
for number in range(1000):
    logger.info("record %d", number)
"""
    with daemon:
        run(script, daemon.socket)
        wait_until(lambda: len(text(daemon)) >= 1001, 10, "records are missing")
        assert text(daemon) == [f"record {number}" for number in range(1000)] + ["at exit"]


def test_without_a_daemon_everything_goes_masked_to_stderr_and_at_once(run, tmp_path):
    script = """
from hantu_log import TraceIdContext, get_logger, setup
setup(service="batch")
logger = get_logger(__name__)
with TraceIdContext("abc12345"):
    logger.info("login password=hunter2", extra={"api_key": "k-123", "n": 1})
    logger.error("실패")
"""
    start = time.monotonic()
    done = run(script, tmp_path / "nobody.sock")
    assert time.monotonic() - start < 10
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["message"] for line in lines] == ["login password=***MASKED***", "실패"]
    assert lines[0]["context"] == {"api_key": "***MASKED***", "n": 1}
    assert {(line["service"], line["trace_id"]) for line in lines} == {("batch", "abc12345")}


@pytest.mark.once
def test_a_daemon_that_hangs_holds_nobody_up_at_exit(run, daemon):
    script = "from hantu_log import get_logger, setup\nsetup(service='batch')\nget_logger('a').error('stuck')\n"
    with daemon:
        daemon.process.send_signal(signal.SIGSTOP)
        try:
            start = time.monotonic()
            done = run(script, daemon.socket)
            assert 1.5 < time.monotonic() - start < 15
        finally:
            daemon.process.send_signal(signal.SIGCONT)
        assert json.loads(done.stderr)["message"] == "stuck"


FORKED = """
import os, sys
from hantu_log import get_logger, setup
setup(service="api-server")
logger = get_logger(__name__)
logger.info("parent")
for worker in range(8):
    if os.fork() == 0:
        for number in range(200):
            logger.info("worker %d record %d", worker, number)
        logger.error("worker %d error", worker)
        sys.exit(0)
for _ in range(8):
    os.wait()
logger.info("parent again")
"""


def test_forked_workers_each_say_what_they_say_once(run, daemon):
    with daemon:
        run(FORKED, daemon.socket)
        wanted = ["parent", "parent again"] + [f"worker {worker} error" for worker in range(8)]
        wanted += [f"worker {worker} record {number}" for worker in range(8) for number in range(200)]
        wait_until(lambda: len(text(daemon)) >= len(wanted), 10, lambda: f"{len(text(daemon))} of {len(wanted)}")
        assert sorted(text(daemon)) == sorted(wanted)
        wait_until(lambda: len(stored(daemon)) >= 8, 10, "errors are missing")
        assert len({record["pid"] for record in daemon.all_errors()}) == 8


MULTIPROCESSING = """
import multiprocessing, sys
from hantu_log import TraceIdContext, get_logger, setup
logger = get_logger("jobs")

def job(number):
    with TraceIdContext(f"job-{number}"):
        logger.info("job %d", number)

if __name__ == "__main__":
    setup(service="batch")
    logger.info("parent")
    context = multiprocessing.get_context(sys.argv[1])
    workers = [context.Process(target=job, args=(number,)) for number in range(4)]
    for worker in workers: worker.start()
    for worker in workers: worker.join()
    with context.Pool(2) as pool:
        pool.map(job, range(4, 8))
        pool.close()
        pool.join()
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_multiprocessing(run, daemon, method):
    with daemon:
        run(MULTIPROCESSING, daemon.socket, method)
        wait_until(lambda: len(text(daemon)) >= 9, 10, lambda: f"only {text(daemon)}")
        wanted = ["parent"] + [f"job {number} (trace_id=job-{number})" for number in range(8)]
        assert sorted(text(daemon)) == sorted(wanted)


@pytest.mark.once
def test_a_fork_amid_the_load_of_other_threads(run, daemon):
    script = """
import os, sys, threading, time
from hantu_log import get_logger, setup
setup(service="api-server")
logger = get_logger(__name__)
stop = threading.Event()
def load():
    while not stop.is_set():
        logger.info("load")
threads = [threading.Thread(target=load) for _ in range(4)]
for thread in threads: thread.start()
for number in range(30):
    if os.fork() == 0:
        logger.error("child %d", number)
        sys.exit(0)
    os.wait()
stop.set()
for thread in threads: thread.join()
"""
    with daemon:
        run(script, daemon.socket)
        wait_until(lambda: len(stored(daemon)) >= 30, 15, lambda: f"{len(stored(daemon))} of 30")
        assert sorted(stored(daemon)) == sorted(f"child {number}" for number in range(30))


def test_a_signal_handler_may_log_amid_a_call(run, daemon):
    script = """
import itertools, signal
from hantu_log import get_logger, setup
setup(service="batch")
logger = get_logger(__name__)
beats, count = itertools.count(), [0]
def beat(number, frame):
    # May be interrupted by itself.
    count[0] = next(beats)
    logger.error("beat %d", count[0])
signal.signal(signal.SIGALRM, beat)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
number = 0
while count[0] < 200:
    logger.info("record %d", number)
    number += 1
signal.setitimer(signal.ITIMER_REAL, 0)
"""
    with daemon:
        run(script, daemon.socket)
        wait_until(lambda: len(stored(daemon)) >= 200, 15, lambda: f"{len(stored(daemon))} of 200")
        assert len(set(stored(daemon))) == len(stored(daemon))


STOCK = """
import json, logging, logging.config, sys
logging.config.dictConfig(json.load(open(sys.argv[1])))
log = logging.getLogger("core.trading.engine")
log.info("start")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("계산 실패", extra={"order": 7})
"""


def test_a_service_that_knows_only_the_standard_library(run, daemon, tmp_path):
    config = {"version": 1, "root": {"level": "INFO", "handlers": ["hantu"]},
              "handlers": {"hantu": {"class": "hantu_log.HantuHandler", "service": "scheduler"}}}
    file = tmp_path / "logging.json"
    file.write_text(json.dumps(config))
    with daemon:
        run(STOCK, daemon.socket, str(file))
        wait_until(lambda: len(daemon.all_errors()) >= 1, 10, "no error")
        error = daemon.all_errors()[0]
        assert (error["service"], error["logger"], error["message"]) == ("scheduler", "core.trading.engine", "계산 실패")
        assert (error["error_type"], error["module"]) == ("ZeroDivisionError", "service")
        assert error["context"] == {"order": 7} and "1 / 0" in error["stack_trace"]
        wait_until(lambda: len(text(daemon)) >= 2, 10, "no text")


def test_a_closed_descriptor_breaks_nothing(daemon, handlers):
    with daemon:
        logger, handler = handlers(daemon.socket)
        logger.error("one")
        assert handler.transport.flush(10)
        handler.transport._socket.close()
        logger.error("two")
        logger.error("three")
        wait_until(lambda: len(stored(daemon)) >= 3, 20, lambda: f"only {stored(daemon)}")
        assert sorted(stored(daemon)) == ["one", "three", "two"]


def test_logging_never_raises(handlers, monkeypatch):
    logger, handler = handlers("/nonexistent/log.sock")
    monkeypatch.setattr(logging, "raiseExceptions", False)
    monkeypatch.setattr(handler, "_put", lambda line, level: 1 / 0)
    logger.error("goes nowhere")
