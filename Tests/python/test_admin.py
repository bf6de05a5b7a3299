"""Contract section 11: the admin interface."""
import json
import os
import socket
import subprocess
import sys
import time

import pytest
from harness.admin import Admin, Live, port_of
from harness.client import Client
from harness.daemon import Daemon, wait_until

ROUTES = {
    "GET": ["/healthz", "/readyz", "/metrics", "/v1/status", "/v1/parked", "/v1/live"],
    "POST": ["/v1/flush", "/v1/reload", "/v1/parked/replay", "/v1/alerts/test"],
}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    directory = tmp_path_factory.mktemp("admin")
    (directory / "token").write_text("s3same\n")
    config = {"admin": {"http": "127.0.0.1:0", "token_file": str(directory / "token")}}
    with Daemon(directory, config) as started:
        yield started


@pytest.fixture
def admin(running):
    return Admin(running)


@pytest.fixture
def web(running):
    return Admin(running, ("127.0.0.1", port_of(running)))


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


# Who may do what.

AS_ANOTHER = """
import os, sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
from harness.admin import UnixConnection
os.setgroups([])
os.setgid(int(sys.argv[4]))
os.setuid(int(sys.argv[3]))
connection = UnixConnection(sys.argv[2])
connection.request(sys.argv[5], sys.argv[6])
print(connection.getresponse().status)
"""


def status_for(path, user, group, method, target):
    here = os.path.dirname(os.path.abspath(__file__))
    answer = subprocess.run([sys.executable, "-c", AS_ANOTHER, here, path, str(user), str(group), method, target],
                            capture_output=True, text=True, timeout=60)
    return int(answer.stdout) if answer.returncode == 0 else answer.stderr


@pytest.fixture
def open_socket(running):
    """The admin socket where everybody can connect to it, so that the daemon itself has to look."""
    path = running.path("admin.sock")
    directories = []
    directory = running.directory
    while directory != "/":
        directories.append((directory, os.stat(directory).st_mode & 0o7777))
        os.chmod(directory, directories[-1][1] | 0o011)
        directory = os.path.dirname(directory)
    os.chmod(path, 0o666)
    yield path
    os.chmod(path, 0o660)
    for directory, mode in directories:
        os.chmod(directory, mode)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
class TestOtherUsers:
    @pytest.mark.parametrize("path", ROUTES["POST"])
    def test_others_may_not_change_anything(self, open_socket, path):
        assert status_for(open_socket, 65534, 65534, "POST", path) == 403

    def test_others_may_read_where_the_socket_lets_them(self, open_socket):
        assert status_for(open_socket, 65534, 65534, "GET", "/v1/status") == 200

    def test_the_group_may_change(self, open_socket):
        assert status_for(open_socket, 65534, os.getegid(), "POST", "/v1/flush") == 200

    def test_the_socket_itself_keeps_others_away(self, running):
        assert "PermissionError" in status_for(running.path("admin.sock"), 65534, 65534, "GET", "/healthz")


def test_over_tcp_everybody_may_read(web):
    for path in ["/healthz", "/readyz", "/metrics", "/v1/status", "/v1/parked", "/"]:
        assert web.get(path).status == 200, path


@pytest.mark.parametrize("path", ROUTES["POST"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic s3same"},
                                     {"Authorization": "Bearer "}, {"Authorization": "Bearer s3same2"}])
def test_over_tcp_changing_needs_the_token(web, path, headers):
    assert web.call("POST", path, headers).status == 403


def test_over_tcp_the_token_opens(web):
    assert web.call("POST", "/v1/flush", {"Authorization": "Bearer s3same"}).status == 200


def test_without_a_token_file_no_token_opens(daemon):
    with daemon({"admin": {"http": "127.0.0.1:0"}}) as started:
        web = Admin(started, ("127.0.0.1", port_of(started)))
        assert web.call("POST", "/v1/flush", {"Authorization": "Bearer "}).status == 403
        assert web.call("POST", "/v1/flush", {"Authorization": "Bearer x"}).status == 403


def test_an_address_that_others_reach_needs_the_token_for_what_was_logged(daemon, tmp_path):
    (tmp_path / "token").write_text("s3same")
    config = {"admin": {"http": "0.0.0.0:0", "allow_remote": True, "token_file": str(tmp_path / "token")}}
    with daemon(config) as started:
        web = Admin(started, ("127.0.0.1", port_of(started)))
        assert web.get("/metrics").status == 200 and web.get("/healthz").status == 200
        assert web.get("/v1/status").status == 403 and web.get("/v1/live").status == 403
        assert web.get("/v1/status", Authorization="Bearer s3same").status == 200


@pytest.mark.parametrize("headers", [
    {"Host": "evil.example"}, {"Host": "evil.example:9514"}, {"Host": "127.0.0.1.evil.example"},
    {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
])
def test_no_browser_on_another_site_may_ask(web, headers):
    token = {"Authorization": "Bearer s3same"}
    assert web.call("GET", "/v1/status", headers).status == 403
    assert web.call("POST", "/v1/flush", {**headers, **token}).status == 403


def test_the_page_itself_may_ask(web):
    host = f"localhost:{web.address[1]}"
    headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    assert web.call("GET", "/v1/status", headers).status == 200


def test_the_page_stands_alone_and_escapes(running, web):
    send(running, {"message": "m", "service": "<script>alert(1)</script>"})
    page = web.get("/")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text and "<script" not in page.text
    for outside in ("http:", "https:", "src=", "<link", "@import"):
        assert outside not in page.text


# Clients that mean harm, and other daemons.


def raw(daemon, data, seconds=30):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(seconds)
        connection.connect(daemon.path("admin.sock"))
        try:
            connection.sendall(data)
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
        except (ConnectionResetError, BrokenPipeError):
            pass
        return answer


@pytest.mark.parametrize("data", [
    b"\x00\xff nonsense\r\n\r\n", b"GET /healthz HTTP/1.1\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
    b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
])
def test_what_is_no_sound_request_is_refused(running, admin, data):
    answer = raw(running, data)
    assert b" 400 " in answer.split(b"\r\n")[0] or answer == b""
    assert admin.get("/healthz").status == 200


def test_a_body_has_a_limit(admin):
    assert admin.call("POST", "/v1/flush", body=b"x" * 200_000).status == 413
    assert admin.call("POST", "/v1/flush", body=b"{}").status == 200


def test_a_request_at_the_end_of_input_is_answered(running):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(30)
        connection.connect(running.path("admin.sock"))
        connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    assert b" 200 " in answer.split(b"\r\n")[0]


def test_many_idle_connections_hold_up_nobody_for_long(daemon):
    with daemon() as started:
        idle = []
        for _ in range(200):
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(started.path("admin.sock"))
            idle.append(connection)

        def answers():
            try:
                return Admin(started).get("/healthz").status == 200
            except (OSError, Exception):
                return False

        # After the time that a request may take they are gone.
        wait_until(answers, 60, "nobody else gets an answer")
        with Client(started.socket) as client:
            client.send({"message": "intake goes on"})
            assert client.flush() == {"acked": 1}
        for connection in idle:
            connection.close()


def test_a_second_daemon_takes_no_admin_socket_away(daemon, tmp_path):
    with daemon() as first:
        second = Daemon(tmp_path / "second", {"admin": {"socket": first.path("admin.sock")}})
        with second as other:
            assert "DEGRADED" in other.stderr()
            with Client(other.socket) as client:
                client.send({"message": "works all the same"})
                assert client.flush() == {"acked": 1}
            assert Admin(first).status()["pid"] == first.process.pid
        assert Admin(first).status()["pid"] == first.process.pid


def test_a_dead_admin_socket_is_replaced(daemon):
    started = daemon().start()
    started.kill()
    assert os.path.exists(started.path("admin.sock"))
    with started:
        assert Admin(started).get("/healthz").status == 200


def test_a_file_in_its_place_is_left_alone(daemon):
    prepared = daemon()
    with open(prepared.path("admin.sock"), "w") as file:
        file.write("precious")
    with prepared as started:
        with Client(started.socket) as client:
            client.send({"message": "m"})
            assert client.flush() == {"acked": 1}
        assert "DEGRADED" in started.stderr()
    with open(prepared.path("admin.sock")) as file:
        assert file.read() == "precious"


def test_the_socket_goes_with_the_daemon(daemon):
    started = daemon().start()
    assert Admin(started).get("/healthz").status == 200
    assert started.stop() == 0
    assert not os.path.exists(started.path("admin.sock"))
