"""The Swift client, as a service uses it: the example service against the real daemon."""
import json
import os
import re
import subprocess
import sqlite3
import time

from harness.daemon import binary, clean_environment, wait_until

SOON = {"store": {"batch": {"interval": "200ms"}}}


def start(socket, *arguments):
    return subprocess.Popen(
        [binary("example-service"), *map(str, arguments)], env=clean_environment({"HANTU_LOG_SOCKET": socket}),
        stdin=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(service, seconds=60):
    """Ends its input, and so the service, once it has said everything."""
    _, stderr = service.communicate(timeout=seconds)
    assert service.returncode == 0, stderr
    return stderr.decode()


def stored(daemon):
    path = daemon.path("spool", "errors.db")
    if not os.path.exists(path):
        return []
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return [row[0] for row in connection.execute("SELECT message FROM error_logs")]
    except sqlite3.OperationalError:
        return []
    finally:
        connection.close()


def test_everything_a_service_says_arrives_in_order(daemon):
    with daemon(SOON) as running:
        assert finish(start(running.socket, 500)) == ""
        lines = running.text_lines()
        assert len(lines) == 1000
        assert [line for line in lines if "주문 체결 1 " in line][0].count("✅") == 1
        numbers = [int(re.search(r"주문 전송 (\d+)", line)[1]) for line in lines if "주문 전송" in line]
        assert numbers == list(range(1, 501))
        # What belongs to one order has one trace, and each order another.
        traces = [re.search(r"trace_id=([0-9a-f]{8})", line)[1] for line in lines]
        assert traces[0::2] == traces[1::2] and len(set(traces)) == 500
        error = running.errors()[0]
        assert error["service"] == "order-router" and error["error_type"] == "InsufficientBalance"
        assert error["message"] == "주문 실패 10: token=***MASKED***" and error["line"] > 0


def test_every_error_is_stored_once_though_the_daemon_is_killed(daemon):
    running = daemon(SOON)
    service = start(running.socket, 4000, 800)
    for round in range(20):
        running.start()
        time.sleep(0.05 + 0.003 * round)
        running.kill()
    running.start()
    finish(service)
    wait_until(lambda: len(stored(running)) >= 400, 30, lambda: f"{len(stored(running))} of 400")
    assert sorted(stored(running)) == sorted(f"주문 실패 {n}: token=***MASKED***" for n in range(10, 4001, 10))


def test_without_a_daemon_everything_goes_masked_to_stderr(tmp_path):
    lines = [json.loads(line) for line in finish(start(str(tmp_path / "nobody.sock"), 20)).splitlines()]
    assert len(lines) == 40
    assert {line["service"] for line in lines} == {"order-router"}
    assert [line["message"] for line in lines if line["level"] == "ERROR"] == [
        "주문 실패 10: token=***MASKED***", "주문 실패 20: token=***MASKED***"]
