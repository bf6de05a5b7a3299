"""Both clients under the same faults: a daemon that is absent, late, killed, stopped, or that kept the connection."""
import contextlib
import json
import os
import re
import signal
import sqlite3
import time

import pytest
from harness.daemon import wait_until
from harness.scripted import ScriptedServer
from harness.services import Service

SOON = {"store": {"batch": {"interval": "200ms"}}}


@pytest.fixture(params=["python", "swift"])
def language(request):
    return request.param


def stored(daemon):
    """The messages in the error store."""
    path = daemon.path("spool", "errors.db")
    if not os.path.exists(path):
        return []
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        with contextlib.suppress(sqlite3.OperationalError):
            return [row[0] for row in connection.execute("SELECT message FROM error_logs ORDER BY id")]
    return []


def text(daemon):
    """The messages of the text file, without trace ids."""
    return [re.sub(r" \(trace_id=\w+\)$", "", line.split(": ", 1)[1]) for line in daemon.all_text_lines()]


def wait_for_store(daemon, messages):
    wait_until(lambda: len(stored(daemon)) >= len(messages), 30, lambda: f"{len(stored(daemon))} of {len(messages)}")
    assert sorted(stored(daemon)) == sorted(messages)


def test_sixteen_threads_keep_their_order_and_an_exit_right_after_loses_nothing(daemon, language):
    with daemon(SOON) as running, Service(language, running.socket) as service:
        service.tell("threads 16 200")
        assert service.end() == ""
        wait_until(lambda: len(text(running)) >= 16 * 201, 10, lambda: f"{len(text(running))} lines")
        found = text(running)
        for number in range(16):
            mine = [message for message in found if message.startswith(f"thread {number} ")]
            assert mine == [f"thread {number} record {record}" for record in range(200)] + [f"thread {number} error"]
        wait_for_store(running, [f"thread {number} error" for number in range(16)])


def test_a_daemon_that_comes_later_gets_what_waited(daemon, language):
    running = daemon(SOON)
    with Service(language, running.socket) as service:
        service.do(*(f"info early {number}" for number in range(50)), "error early")
        running.start()
        wait_until(lambda: len(text(running)) >= 51, 20, lambda: f"only {text(running)}")
        assert text(running) == [f"early {number}" for number in range(50)] + ["early"]
        assert service.end() == ""


def test_a_socket_that_was_removed_and_made_again(daemon, language):
    running = daemon(SOON).start()
    with Service(language, running.socket) as service:
        service.do("error before")
        wait_for_store(running, ["before"])
        os.unlink(running.socket)
        running.kill()
        service.do("error between")
        running.start()
        service.do("error after")
        wait_for_store(running, ["before", "between", "after"])
        assert service.end() == ""


def test_a_daemon_killed_twenty_times_under_load_stores_every_error_once(daemon, language):
    running = daemon(SOON)
    with Service(language, running.socket) as service:
        service.tell("load 6000")
        for round in range(20):
            running.start()
            # At another moment of its life each time.
            time.sleep(0.05 + 0.005 * round)
            running.kill()
        running.start()
        result = json.loads(service.answer())
        assert service.end() == ""
        assert result["errors"] >= 100
        wait_for_store(running, [f"error {number}" for number in range(result["errors"])])


@pytest.mark.parametrize("seconds", [30])
def test_a_daemon_stopped_for_half_a_minute_makes_nobody_wait(daemon, seconds):
    with daemon(SOON) as running, Service("python", running.socket) as python, Service("swift", running.socket) as swift:
        services = (python, swift)
        for service in services:
            service.do("info connected")
        wait_until(lambda: len(text(running)) == 2, 10, "they don't connect")
        running.process.send_signal(signal.SIGSTOP)
        try:
            for service in services:
                service.tell(f"load {1000 * seconds}")
            results = [json.loads(service.answer()) for service in services]
        finally:
            running.process.send_signal(signal.SIGCONT)
        for service, result in zip(services, results):
            assert service.end() == ""
            # Many times what the buffer and the kernel hold; and no call waited for the daemon.
            assert result["quiet"] > 20_000 and result["slowest_ms"] < 1000
        wanted = sorted(f"error {number}" for result in results for number in range(result["errors"]))
        wait_for_store(running, wanted)
        # Nothing is missing that wasn't told.
        lines = text(running)
        arrived = sum(line.startswith("quiet") for line in lines)
        told = sum(int(line.split()[0]) for line in lines if "were dropped" in line)
        assert told > 0 and arrived + told == sum(result["quiet"] for result in results)


def test_a_daemon_that_kept_the_connection_counts_from_the_next_empty_line(tmp_path, language):
    with ScriptedServer(tmp_path / "s.sock") as server, Service(language, server.path) as service:
        service.do("error one", "error two")
        first = server.wait(2)
        server.answer({"acked": 1})
        server.answer({"protocol": 1, "server": "scripted", "resumed": True})
        found = server.wait(4)
        # What wasn't acknowledged, with the same id, behind the newline.
        assert found == [first[0], first[1], None, first[1]]
        server.answer({"acked": 1})
        service.do("error three")
        assert server.wait(5)[4]["message"] == "three"
        server.answer({"acked": 2})
        assert service.end() == "" and len(server.connections) == 1


def test_each_hello_of_several_daemons_gets_an_empty_line_of_its_own(tmp_path, language):
    with ScriptedServer(tmp_path / "s.sock") as server, Service(language, server.path) as service:
        service.do("error one")
        [first] = server.wait(1)
        hello = json.dumps({"hantu": {"protocol": 1, "server": "scripted", "resumed": True}}).encode() + b"\n"
        # Both are there before the client reads one of them.
        server.connections[-1].sendall(hello * 2)
        assert server.wait(4) == [first, None, None, first]
        server.answer({"acked": 1})
        assert service.end() == "" and len(server.connections) == 1
