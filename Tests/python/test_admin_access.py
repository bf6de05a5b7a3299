"""Contract section 11: who may ask the admin interface, and who means harm."""
import os
import socket
import subprocess
import sys

import pytest
from harness.admin import ROUTES, Admin, port_of
from harness.client import Client
from harness.daemon import Daemon, wait_until


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
