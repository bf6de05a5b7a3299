"""Starting, stopping, and what a crash leaves (contract sections 3, 7, 10)."""
import os
import shlex
import signal
import socket
import sqlite3
import subprocess
import uuid

import pytest
from harness.client import Client
from harness.daemon import Daemon, binary, clean_environment, wait_until


def test_sigterm_ends_with_zero_and_takes_the_socket_along(daemon):
    started = daemon().start()
    assert started.stop() == 0
    assert not os.path.exists(started.socket)


def test_sigint_ends_it_too(daemon):
    assert daemon().start().stop(signal.SIGINT) == 0


def test_sigterm_loses_nothing_that_was_sent(daemon):
    with daemon() as started:
        with Client(started.socket, service="s") as client:
            client.send(*[{"message": f"late {index}"} for index in range(20000)])
            client.send(*[{"level": "ERROR", "message": f"late error {index}"} for index in range(200)])
            assert started.stop() == 0
    assert sum(": late " in line for line in started.all_text_lines()) == 20200
    assert len(started.all_errors()) == 200


def test_a_second_daemon_on_the_same_socket_is_refused(daemon, tmp_path):
    with daemon() as first:
        second = Daemon(tmp_path / "second", {"intake": {"socket": first.socket}}).launch()
        assert second.process.wait(15) == 1
        assert first.socket in second.stderr()
        with Client(first.socket) as client:
            client.send({"message": "still served"})
            assert client.flush() == {"acked": 1}


def test_a_second_daemon_on_the_same_spool_is_refused(daemon, tmp_path):
    with daemon() as first:
        second = Daemon(tmp_path / "second", {"spool": {"directory": first.path("spool")}}).launch()
        assert second.process.wait(15) == 1


def test_a_dead_socket_is_replaced(daemon):
    prepared = daemon()
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(prepared.socket)
    with prepared as started, Client(started.socket) as client:
        assert client.flush() == {"acked": 0}


def test_a_path_that_is_no_socket_is_left_alone(daemon):
    prepared = daemon()
    with open(prepared.socket, "w") as file:
        file.write("precious")
    prepared.launch()
    assert prepared.process.wait(15) == 78
    with open(prepared.socket) as file:
        assert file.read() == "precious"


def test_a_socket_handed_over_by_systemd_is_used(daemon):
    prepared = daemon()
    prepared.write_config()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(prepared.socket)
        listener.listen(16)
        # A record that was sent before the daemon ran.
        early = socket.socket(socket.AF_UNIX)
        early.connect(prepared.socket)
        early.sendall(b'{"message":"before it ran"}\n')
        command = (f"exec 3<&{listener.fileno()}; export LISTEN_FDS=1 LISTEN_PID=$$; "
                   f"exec {shlex.join([binary(), '--config', prepared.config_file])}")
        with open(prepared.path("stderr"), "ab") as log:
            process = subprocess.Popen(["bash", "-c", command], pass_fds=[listener.fileno()],
                                       env=clean_environment(), stderr=log, stdin=subprocess.DEVNULL)
        try:
            with Client(prepared.socket) as client:
                client.send({"message": "after it ran"})
                assert client.flush() == {"acked": 1}
            early.close()
            wait_until(lambda: len(prepared.text_lines()) == 2, 5, "the early record isn't there")
        finally:
            process.terminate()
            assert process.wait(20) == 0
    # The socket is systemd's: it stays.
    assert os.path.exists(prepared.socket)


def rows(daemon):
    try:
        with sqlite3.connect(f"file:{daemon.path('spool', 'errors.db')}?mode=ro", uri=True) as connection:
            return connection.execute("SELECT event_id, message FROM error_logs ORDER BY id").fetchall()
    except sqlite3.OperationalError:
        # An acknowledgement doesn't wait for the store: it may not be there yet.
        return []


def test_nothing_acknowledged_is_lost_by_kill_nine(daemon):
    started = daemon({"store": {"batch": {"interval": "100ms"}}}).start()
    with Client(started.socket, service="s", acks=True) as client:
        client.send(*[{"level": "ERROR", "message": f"error {index}", "trace_id": "t"} for index in range(500)])
        client.send(*[{"message": f"quiet {index}"} for index in range(500)])
        client.wait_for(1000)
        started.kill()
    assert len(started.all_errors()) == 500
    assert sum(": quiet " in line for line in started.all_text_lines()) == 500
    with started:
        wait_until(lambda: os.path.exists(started.path("spool", "errors.db")) and len(rows(started)) == 500, 20,
                   "not all rows")
    found = rows(started)
    assert sorted(message for _, message in found) == sorted(f"error {index}" for index in range(500))
    assert {identity for identity, _ in found} == {record["id"] for record in started.all_errors()}


@pytest.mark.parametrize("attempt", range(3))
def test_what_is_sent_again_after_a_crash_is_in_the_store_once(daemon, attempt):
    identities = [str(uuid.uuid4()) for _ in range(2000)]
    lines = [{"level": "ERROR", "message": "again", "id": identity} for identity in identities]
    started = daemon({"store": {"batch": {"records": 5, "interval": "10ms"}}}).start()
    with Client(started.socket, service="s", acks=True) as client:
        client.send(*lines)
        client.wait_for(100 + 400 * attempt)
        started.kill()
    with started:
        with Client(started.socket, service="s", acks=True) as client:
            client.send(*lines)
            client.wait_for(len(lines))
        wait_until(lambda: len(rows(started)) >= len(lines), 30, "not all rows")
    assert sorted(identity for identity, _ in rows(started)) == sorted(identities)


def test_a_bad_configuration_on_reload_changes_nothing(daemon):
    with daemon() as started:
        with open(started.config_file, "w") as file:
            file.write("files: { directory: 7, colour: blue }\n")
        started.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "colour" in started.stderr(), 5, "the fault isn't told")
        with Client(started.socket) as client:
            client.send({"message": "goes on"})
            assert client.flush() == {"acked": 1}
        assert any("goes on" in line for line in started.text_lines())
