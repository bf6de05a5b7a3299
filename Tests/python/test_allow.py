"""Which user may use which service names (contract section 9, `intake.allow`)."""
import json
import os
import socket

import pytest
from harness.admin import Admin
from harness.daemon import wait_until

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can be another user as well")
NOBODY = 65534


def send_as(uid, path, *lines):
    """Sends these lines as another user, and returns what was answered."""
    read, write = os.pipe()
    if os.fork() == 0:
        try:
            os.setgid(uid)
            os.setuid(uid)
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(10)
                client.connect(path)
                client.sendall(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
                client.shutdown(socket.SHUT_WR)
                while data := client.recv(65536):
                    os.write(write, data)
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as answers:
        return [json.loads(line)["hantu"] for line in answers.read().splitlines()]


@pytest.fixture
def restricted(daemon, request):
    running = daemon({"intake": {"socket_mode": "0666", "allow": [{"uid": "nobody", "services": ["batch"]}]}},
                     wrapper=getattr(request, "param", ()))
    running.start()
    for directory in (running.directory, os.path.dirname(running.directory), os.path.dirname(os.path.dirname(running.directory))):
        os.chmod(directory, 0o755)
    return running


def record(running, message):
    wait_until(lambda: any(r["message"] == message for r in running.errors()), 10, f"{message} isn't there")
    return next(r for r in running.errors() if r["message"] == message)


def test_a_name_that_is_allowed_is_taken(restricted):
    send_as(NOBODY, restricted.socket, {"level": "ERROR", "service": "batch", "message": "mine"})
    assert record(restricted, "mine")["service"] == "batch"


def test_another_name_is_kept_in_the_context_and_names_no_record(restricted):
    send_as(NOBODY, restricted.socket, {"level": "ERROR", "service": "scheduler", "message": "not mine"})
    found = record(restricted, "not mine")
    assert found["service"] == f"uid:{NOBODY}"
    assert found["context"] == {"service": "scheduler"}


def test_a_hello_with_another_name_is_refused_and_the_connection_goes_on(restricted):
    answers = send_as(NOBODY, restricted.socket, {"hantu": {"protocol": 1, "service": "scheduler"}},
                      {"level": "ERROR", "message": "after the refusal"})
    assert "may not use" in answers[0]["error"]
    assert record(restricted, "after the refusal")["service"] == f"uid:{NOBODY}"


def test_root_may_use_any_name(restricted):
    send_as(0, restricted.socket, {"level": "ERROR", "service": "scheduler", "message": "root's"})
    assert record(restricted, "root's")["service"] == "scheduler"


@pytest.mark.parametrize("restricted", [["unshare", "--pid", "--fork", "--kill-child"]], indirect=True)
def test_a_client_that_the_daemon_cannot_see_is_held_to_its_user_too(restricted):
    # The daemon is in a process namespace of its own: the kernel gives it no number for a process out here.
    answers = send_as(NOBODY, restricted.socket, {"hantu": {"protocol": 1, "service": "scheduler"}},
                      {"level": "ERROR", "service": "scheduler", "message": "in disguise"})
    assert "error" in answers[0]
    assert record(restricted, "in disguise")["service"] != "scheduler"
    assert record(restricted, "in disguise")["context"]["service"] == "scheduler"
    # Its owner operates it from there, too.
    assert Admin(restricted).post("/v1/flush").status == 200
