"""Nothing lost on the way: the real daemon, killed, stopped, absent and late; forks, threads, exits."""
import collections
import logging
import os
import signal
import threading
import time

import pytest
from conftest import Collector, stored, text
from hantu_log.transport import LINGER
from harness.daemon import wait_until


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
    assert handler.transport.buffer._bytes <= 8 << 20
    assert len(handler.transport.buffer._waiting) > 70
    assert sum(handler.transport.buffer._dropped.values()) == 200 - len(handler.transport.buffer._waiting)


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
        wait_until(lambda: not handler.transport.buffer._on_the_way, 10, "the count didn't begin again")
        assert len(collector.connections) == 1
    finally:
        collector.close()


def test_the_thread_does_not_spin_while_somebody_else_has_the_turn(collector, handlers):
    logger, handler = handlers(collector.path)
    logger.error("connected")
    assert handler.transport.flush(10)
    transport, moments = handler.transport, []
    wait = transport._wait
    transport._wait = lambda *arguments: (moments.append(time.monotonic()), wait(*arguments))
    with transport._turn:
        # Something to read, which only who has the turn may do.
        collector.answer({"acked": 1})
        transport._wake()
        wait_until(lambda: len(moments) >= 6, 10, "the thread waits for nothing at all")
    assert moments[5] - moments[1] >= LINGER


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
