"""Contract section 11: the admin interface."""
import os
import time

import pytest
from harness.admin import ROUTES, Admin, Live
from harness.client import Client
from harness.daemon import Daemon, wait_until

@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with Daemon(tmp_path_factory.mktemp("admin")) as started:
        yield started


@pytest.fixture
def admin(running):
    return Admin(running)


def send(daemon, *records, service="s"):
    with Client(daemon.socket, service=service) as client:
        client.send(*records)
        client.flush()


def test_the_socket_is_for_its_user_and_group(running):
    status = os.stat(running.path("admin.sock"))
    assert status.st_mode & 0o777 == 0o660
    assert (status.st_uid, status.st_gid) == (os.geteuid(), os.getegid())


def test_it_is_healthy_and_ready(admin):
    assert admin.get("/healthz").status == 200
    answer = admin.get("/readyz")
    assert (answer.status, answer.json) == (200, {"ready": True, "state": "READY"})


@pytest.mark.parametrize("path", ROUTES["POST"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_changing_calls_are_post_only(admin, method, path):
    answer = admin.call(method, path)
    assert answer.status == 405
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("path", ROUTES["GET"])
@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS"])
def test_reading_calls_are_get_and_head_only(admin, method, path):
    answer = admin.call(method, path)
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/nope", "/v1", "/v1/status/", "//v1/status", "/v1/../v1/status", "/", "/METRICS"])
def test_unknown_paths_are_not_there(admin, path):
    answer = admin.get(path)
    assert answer.status == 404
    assert set(answer.json) == {"error"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/v1/status", "/v1/parked"])
def test_head_has_the_head_of_get_and_no_body(admin, path):
    answer = admin.call("HEAD", path)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Type"] == admin.get(path).headers["Content-Type"]


def test_a_flush_brings_text_to_the_file_and_errors_to_the_store(daemon):
    with daemon({"store": {"batch": {"interval": "1h"}}}) as started:
        with Client(started.socket, service="s") as client:
            client.send({"message": "waits in the buffer"}, {"level": "ERROR", "message": "waits in the spool"})
            wait_until(lambda: sum(Admin(started).status()["intake"]["records"].values()) == 2, 10, "not taken")
            answer = Admin(started).post("/v1/flush")
            assert (answer.status, answer.json) == (
                200, {"complete": True, "files": "written", "spool": "committed", "store": "delivered"})
            assert any("waits in the buffer" in line for line in started.text_lines())
            assert started.hantu("logs", "db", "--json").stdout.count("waits in the spool") == 1


def test_a_flush_says_what_it_cannot_do(daemon):
    prepared = daemon({"store": {"retry": {"delay": "1s"}}})
    os.makedirs(prepared.path("spool", "errors.db"))
    with prepared as started:
        send(started, {"level": "ERROR", "message": "m"})
        answer = Admin(started).post("/v1/flush")
        assert answer.status == 503
        assert answer.json["files"] == "written" and answer.json["spool"] == "committed"
        assert answer.json["complete"] is False and answer.json["store"] != "delivered"


def test_a_reload_says_what_changed_and_what_needs_a_restart(daemon):
    with daemon() as started:
        assert Admin(started).post("/v1/reload").json == {"changed": [], "needs_restart": []}
        started.config["files"]["minimum_level"] = "WARNING"
        started.config["spool"]["reserve_bytes"] = 0
        started.write_config()
        answer = Admin(started).post("/v1/reload")
        assert answer.status == 200
        assert answer.json == {"changed": ["files.minimum_level"], "needs_restart": ["spool.reserve_bytes"]}
        send(started, {"message": "too low now"}, {"level": "WARNING", "message": "high enough"})
        assert [line for line in started.text_lines() if "too low" in line] == []
        assert any("high enough" in line for line in started.text_lines())


def test_a_reload_of_a_bad_configuration_tells_the_faults_and_changes_nothing(daemon):
    with daemon() as started:
        with open(started.config_file, "w") as file:
            file.write("files: { directory: 7, colour: blue }\n")
        answer = Admin(started).post("/v1/reload")
        assert answer.status == 422
        assert any("colour" in fault for fault in answer.json["faults"])
        send(started, {"message": "goes on"})
        assert any("goes on" in line for line in started.text_lines())


def test_alerts_that_are_not_configured_cannot_be_tested(admin):
    answer = admin.post("/v1/alerts/test")
    assert answer.status in (409, 503)
    assert answer.json == {"error": "alerts are not configured"}


def test_the_status_has_what_is_documented(daemon):
    with daemon() as started:
        send(started, {"message": "a"}, {"level": "ERROR", "message": "b"}, "broken", service="scheduler")
        status = Admin(started).status()
        assert set(status) == {
            "version", "pid", "started", "uptime", "state", "conditions", "intake", "outputs", "drops"}
        assert status["pid"] == started.process.pid
        assert (status["state"], status["conditions"], status["drops"]) == ("READY", [], {})
        assert status["started"].endswith("+09:00") and 0 < status["uptime"] < 600
        intake = status["intake"]
        assert intake["records"] == {"DEBUG": 0, "INFO": 1, "WARNING": 1, "ERROR": 1, "CRITICAL": 0}
        assert intake["damaged"]["decode"] == 1 and intake["bytes"] > 20
        assert set(status["outputs"]) == {"files", "spool", "store", "journal", "alerts"}
        assert status["outputs"]["spool"]["enabled"] and status["outputs"]["store"]["enabled"]


def test_readiness_follows_the_state(daemon):
    prepared = daemon()
    os.makedirs(prepared.path("logs"))
    # In the place of a directory: no text file can be written.
    with open(prepared.path("logs", "info"), "w"):
        pass
    with prepared as started:
        with Client(started.socket) as client:
            client.send({"message": "nowhere to go"})
            client.control({"flush": True})
            admin = Admin(started)
            wait_until(lambda: admin.get("/readyz").status == 503, 15, "it stays ready")
            assert admin.get("/readyz").json == {"ready": False, "state": "CRITICAL"}
            assert admin.get("/healthz").status == 200
            condition = admin.status()["conditions"][0]
            assert (condition["state"], condition["output"]) == ("CRITICAL", "text")
            assert condition["message"] and condition["since"]
            os.unlink(started.path("logs", "info"))
            wait_until(lambda: admin.get("/readyz").status == 200, 60, "it doesn't get ready again")


def test_it_is_not_ready_while_it_stops(daemon):
    started = daemon().start()
    # A client that doesn't end keeps the daemon at its stop for a while.
    admin = Admin(started)
    with Live(started):
        started.process.terminate()
        seen = set()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                seen.add(admin.get("/readyz").json["state"])
            except OSError:
                break
    assert started.stop() == 0
    assert seen <= {"READY", "STOPPING"}
