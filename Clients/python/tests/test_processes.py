"""Services as processes of their own: they fork, end, are interrupted, and know nothing of this package."""
import json
import signal
import time

import pytest
from conftest import stored, text
from harness.daemon import wait_until


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
import signal
from hantu_log import get_logger, setup
setup(service="batch")
logger = get_logger(__name__)
count = [0]
def beat(number, frame):
    count[0] += 1
    logger.error("beat %d", count[0])
    signal.setitimer(signal.ITIMER_REAL, 0.0003)
signal.signal(signal.SIGALRM, beat)
signal.setitimer(signal.ITIMER_REAL, 0.0003)
number = 0
while count[0] < 200:
    logger.info("record %d", number)
    number += 1
signal.signal(signal.SIGALRM, signal.SIG_IGN)
"""
    with daemon:
        run(script, daemon.socket)
        wait_until(lambda: len(stored(daemon)) >= 200, 15, lambda: f"{len(stored(daemon))} of 200")
        assert set(stored(daemon)) >= {f"beat {number}" for number in range(1, 201)}


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
