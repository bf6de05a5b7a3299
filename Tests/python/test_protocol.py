"""Contract section 3: the socket, its control lines, acknowledgements."""
import json
import os
import re
import socket
import stat
import subprocess
import threading
import time

import pytest
from harness.client import Client
from harness.daemon import wait_until

ERROR = {"level": "ERROR", "message": "주문 실패", "trace_id": "abc12345"}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    from harness.daemon import Daemon
    with Daemon(tmp_path_factory.mktemp("protocol")) as daemon:
        yield daemon


def test_hello_is_answered_with_protocol_and_server(running):
    with Client(running.socket, service="scheduler", acks=True) as client:
        assert client.greeting["protocol"] == 1
        assert re.fullmatch(r"hantu-logd/\S+", client.greeting["server"])


def test_the_greetings_service_names_the_records(running):
    with Client(running.socket, service="greeter", acks=True) as client:
        client.send(ERROR)
        client.wait_for(1)
    assert running.errors()[-1]["service"] == "greeter"


def test_without_hello_the_service_is_the_peers_command(running):
    data = b'{"level":"ERROR","message":"from nc"}\n'
    subprocess.run(["nc", "-N", "-U", running.socket], input=data, check=True, timeout=20)
    found = lambda: [r for r in running.errors() if r["message"] == "from nc"]  # noqa: E731
    wait_until(found, 5, "nc's record isn't there")
    assert found()[0]["service"] == "nc"


def test_an_acknowledged_error_stands_in_the_error_file(running):
    with Client(running.socket, service="s", acks=True) as client:
        for number in range(20):
            client.send({**ERROR, "message": f"acknowledged {number}"})
            client.wait_for(number + 1)
            assert running.errors()[-1]["message"] == f"acknowledged {number}"


def test_an_error_is_acknowledged_at_once(running):
    with Client(running.socket, service="s", acks=True) as client:
        begin = time.monotonic()
        for number in range(10):
            client.send(ERROR)
            client.wait_for(number + 1)
        assert time.monotonic() - begin < 5


def test_an_acknowledged_text_line_stands_in_the_text_file(running):
    with Client(running.socket, service="s", acks=True) as client:
        client.send({"message": "quiet one"})
        client.wait_for(1)
        assert any("quiet one" in line for line in running.text_lines())


def test_acknowledgements_rise_to_the_number_of_records(running):
    with Client(running.socket, service="s", acks=True) as client:
        client.send(*[{"message": f"record {number}"} if number % 7 else ERROR for number in range(5000)])
        numbers = client.wait_for(5000)
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 5000


def test_broken_lines_count_and_control_and_empty_lines_dont(running):
    with Client(running.socket, service="s", acks=True) as client:
        client.send("not JSON", "", {"message": "m"}, "\r")
        answer = client.flush()
        while answer != {"acked": 2}:
            assert answer["acked"] < 2
            answer = client.answer()


def test_flush_is_answered_without_acks_too(running):
    with Client(running.socket) as client:
        client.send({"message": "one"}, {"message": "two"}, ERROR)
        assert client.flush() == {"acked": 3}
        assert client.flush() == {"acked": 3}


def test_without_acks_nothing_else_is_answered(running):
    with Client(running.socket, service="quiet") as client:
        client.send(ERROR, {"message": "m"})
        client.socket.shutdown(socket.SHUT_WR)
        assert client.answer() is None


@pytest.mark.parametrize("control", [
    {"protocol": 2, "service": "s"}, {"dance": True}, {}, 7, "flush", {"protocol": "1"},
])
def test_a_control_line_it_doesnt_know_is_answered_and_the_connection_goes_on(running, control):
    with Client(running.socket) as client:
        client.control(control)
        assert isinstance(client.answer()["error"], str)
        client.send({"message": "still here"})
        assert client.flush() == {"acked": 1}


def test_a_client_that_is_gone_before_its_answer_ends_only_its_own_connection(running):
    record = json.dumps({**ERROR, "message": "last words"}).encode()
    before = sum(record["message"] == "last words" for record in running.errors())
    for _ in range(50):
        with socket.socket(socket.AF_UNIX) as gone:
            gone.connect(running.socket)
            gone.sendall(b'{"hantu":{"protocol":1,"service":"gone","acks":true}}\n' + record)
    found = lambda: sum(record["message"] == "last words" for record in running.errors()) - before  # noqa: E731
    wait_until(lambda: found() == 50, 10, lambda: f"{found()} of 50", running.process)


def test_a_second_hello_is_an_error(running):
    with Client(running.socket, service="first", acks=True) as client:
        client.control({"protocol": 1, "service": "second"})
        assert "error" in client.answer()
        client.send(ERROR)
        client.wait_for(1)
    assert running.errors()[-1]["service"] == "first"


def test_an_object_with_more_than_the_key_hantu_is_a_record(running):
    with Client(running.socket, service="s", acks=True) as client:
        client.send({"hantu": {"flush": True}, "level": "ERROR", "message": "a record"})
        client.wait_for(1)
    assert running.errors()[-1]["context"] == {"hantu": {"flush": True}}


def test_many_connections_at_once_lose_nothing(running):
    def send(number):
        with Client(running.socket, service=f"c{number}", acks=True) as client:
            client.send(*[{"message": f"crowd {number}.{index}"} for index in range(50)])
            client.wait_for(50)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    found = [line.rsplit(": ", 1)[1] for line in running.text_lines() if ": crowd " in line]
    assert sorted(found) == sorted(f"crowd {number}.{index}" for number in range(200) for index in range(50))


def test_one_connections_records_keep_their_order(running):
    with Client(running.socket, service="ordered", acks=True) as client:
        client.send(*[{"message": f"number {index}"} for index in range(20000)])
        client.wait_for(20000)
    found = [line.rsplit(" ", 1)[1] for line in running.text_lines() if " ordered: number " in line]
    assert found == [str(index) for index in range(20000)]


def test_a_connection_beyond_the_limit_is_told_and_closed(daemon):
    with daemon({"intake": {"max_connections": 2}}) as limited:
        # The probe that waited for the socket may not be gone yet.
        wait_until(lambda: has_room(limited), 5, "no room for two")
        with Client(limited.socket, service="a"), Client(limited.socket, service="b") as second:
            with Client(limited.socket) as third:
                assert isinstance(third.answer()["error"], str)
                assert third.answer() is None
            second.send({"message": "unharmed"})
            assert second.flush() == {"acked": 1}
        wait_until(lambda: has_room(limited), 5, "the place isn't free again")


def has_room(daemon):
    try:
        with Client(daemon.socket, service="a") as first, Client(daemon.socket, service="b") as second:
            return "protocol" in (first.greeting or {}) and "protocol" in (second.greeting or {})
    except OSError:
        return False


def test_the_socket_is_for_its_owner_and_group(running):
    assert stat.S_IMODE(os.stat(running.socket).st_mode) == 0o660


def test_a_text_line_is_written_within_about_a_second_unasked(running):
    with Client(running.socket) as client:
        client.send({"message": "nobody flushes"})
        wait_until(lambda: any("nobody flushes" in line for line in running.text_lines()), 4, "not written")


def test_one_connection_is_answered_as_often_as_it_asks(running):
    with Client(running.socket, service="a", acks=True) as client:
        for number in range(1, 20_001):
            client.send({"message": "again"})
            client.control({"flush": True})
            client.wait_for(number)
