"""What the tests share: the real daemon, a collector that shows what was sent, and scripts as services."""
import contextlib
import json
import logging
import os
import pathlib
import re
import socket
import sqlite3
import subprocess
import sys
import threading
import uuid

import hantu_log
import pytest

ROOT = pathlib.Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "Tests" / "python"))
from harness.daemon import Daemon, wait_until  # noqa: E402

sys.path.insert(0, os.path.dirname(__file__))


@pytest.fixture
def daemon(tmp_path):
    """A daemon in the test's directory, not yet started; it ends with the test."""
    daemon = Daemon(tmp_path / "d", {"store": {"batch": {"interval": "200ms"}}})
    yield daemon
    if daemon.process is not None:
        daemon.kill()


@pytest.fixture
def handlers():
    """Makes loggers of their own with a handler for a socket; all handlers end with the test."""
    made = []

    def make(path, service="test"):
        handler = hantu_log.HantuHandler(service, path)
        logger = hantu_log.get_logger(f"test.{uuid.uuid4().hex}")
        logger.propagate = False
        logger.addHandler(handler)
        made.append((logger, handler))
        return logger, handler

    yield make
    for logger, handler in made:
        logger.removeHandler(handler)
        handler.transport.close(0.2)


class Collector:
    """Stands in for the daemon where a test must see the bytes, or answer as it likes."""

    def __init__(self, path, acknowledges=True):
        self.path, self.acknowledges = str(path), acknowledges
        self.connections, self.lines = [], []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection = self.listener.accept()[0]
                self.connections.append(connection)
                threading.Thread(target=self._read, args=(connection,), daemon=True).start()

    def _read(self, connection):
        number = 0
        with contextlib.suppress(OSError), connection.makefile("rb") as lines:
            for line in lines:
                self.lines.append(line)
                value = json.loads(line) if line.strip() else {}
                if "hantu" not in value and line.strip():
                    number += 1
                elif "protocol" in value.get("hantu", {}):
                    self.answer({"protocol": 1, "server": "collector"}, connection)
                if self.acknowledges:
                    self.answer({"acked": number}, connection)

    def answer(self, value, connection=None):
        # A client that is gone still left what it said.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            (connection or self.connections[-1]).sendall(json.dumps({"hantu": value}).encode() + b"\n")

    def records(self):
        values = [json.loads(line) for line in list(self.lines) if line.strip()]
        return [value for value in values if "hantu" not in value]

    def wait(self, count):
        wait_until(lambda: len(self.records()) >= count, 10, lambda: f"{len(self.records())} records, not {count}")
        return self.records()

    def close(self):
        self.listener.close()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


@pytest.fixture
def collector(tmp_path):
    made = Collector(tmp_path / "c.sock")
    yield made
    made.close()


@pytest.fixture
def collected(collector, handlers):
    """A logger, and what is sent for what it does."""
    logger, handler = handlers(collector.path)

    def sent(act):
        before = len(collector.records())
        act(logger)
        handler.transport.push()
        return collector.wait(before + 1)[before]

    return sent


@pytest.fixture
def run(tmp_path):
    """Runs a script as a service does: an interpreter of its own, which is to end by itself."""

    def start(script, path, *arguments, expected=0, timeout=60, **environment):
        file = tmp_path / "service.py"
        file.write_text(script, "utf-8")
        variables = {**os.environ, "HANTU_LOG_SOCKET": str(path), "PYTHONPATH": os.pathsep.join(sys.path), **environment}
        done = subprocess.run(
            [sys.executable, "-X", "dev", str(file), *arguments], env=variables, capture_output=True, text=True, timeout=timeout)
        assert done.returncode == expected, done.stderr
        return done

    return start


def stored(daemon):
    """The messages in the error store."""
    path = daemon.path("spool", "errors.db")
    if not os.path.exists(path):
        return []
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        try:
            return [row[0] for row in connection.execute("SELECT message FROM error_logs ORDER BY id")]
        except sqlite3.OperationalError:
            return []


def text(daemon):
    """The messages of the text file, without the trace ids that the daemon makes for errors."""
    return [re.sub(r" \(trace_id=[0-9a-f]{8}\)$", "", line.split(": ", 1)[1]) for line in daemon.all_text_lines()]


@pytest.fixture(autouse=True)
def nothing_left_behind():
    """The root logger and the current trace are as they were."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    hantu_log.clear_trace_id()
