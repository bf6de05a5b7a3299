"""Clients that mean no good, or can't help it: the daemon stays small, answers, and serves the others."""
import json
import os
import socket
import subprocess
import sys
import threading
import time

from harness.admin import Admin
from harness.client import Client
from harness.daemon import wait_until
from harness.faults import STORE_OFF, memory, sample, send, wait_for_state

MIB = 1 << 20
LIMIT = 1 << 20


def test_a_gibibyte_without_a_newline_is_one_record_and_little_memory(daemon):
    size = 1024 * MIB
    with daemon({"files": {"errors_minimum_level": "DEBUG"}, **STORE_OFF}) as started:
        send(started, {"message": "warm"})
        before = memory(started)
        with Client(started.socket, service="endless", acks=True, timeout=60) as client:
            block = b"x" * MIB
            for _ in range(size // MIB):
                client.raw(block)
            client.raw(b"\n")
            client.send({"message": "the next line is whole"})
            client.wait_for(2)
        assert memory(started) - before < 24 * MIB
        cut, whole = [record for record in started.errors() if record["service"] == "endless"]
        assert len(cut["message"]) + cut["context"]["truncated_bytes"] == size
        assert len(cut["message"]) == LIMIT and cut["level"] == "WARNING"
        assert whole["message"] == "the next line is whole" and whole["context"] is None
        assert sample(started, "hantu_logd_damaged_total", reason="truncated") == 1
        assert Admin(started).status()["state"] == "READY"


def test_three_hundred_endless_lines_at_once_hold_no_more_than_their_limit(daemon):
    count, limit = 300, 64 * 1024
    with daemon({"intake": {"max_line_bytes": limit}, **STORE_OFF}) as started:
        send(started, {"message": "warm"})
        before = memory(started)
        clients = [Client(started.socket) for _ in range(count)]
        for client in clients:
            client.raw(b"x" * (4 * limit))
        # Their half lines are held, and somebody else is served beside them.
        send(started, {"message": "beside them"})
        assert memory(started) - before < 2 * count * limit + 16 * MIB
        for client in clients:
            client.finish()
            client.close()
        wait_until(lambda: sample(started, "hantu_logd_damaged_total", reason="truncated") == count, 20,
                   lambda: str(sample(started, "hantu_logd_damaged_total", reason="truncated")))


def test_ten_thousand_connections_knock_at_once_and_those_inside_notice_nothing(daemon):
    inside, crowds, each = 40, 10, 1000
    with daemon({"intake": {"max_connections": inside}, **STORE_OFF}) as started:
        wait_until(lambda: sample(started, "hantu_logd_connections") == 0, 10, "somebody is connected")
        clients = [Client(started.socket, service=f"inside-{number}", acks=True) for number in range(inside)]
        before, refused = memory(started), sample(started, "hantu_logd_connections_refused_total")
        knocking = [subprocess.Popen([sys.executable, "-m", "harness.crowd", started.socket, str(each)],
                                     cwd=os.path.dirname(__file__), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                    for _ in range(crowds)]
        ready = []
        waiting = threading.Thread(target=lambda: ready.extend(process.stdout.readline() for process in knocking))
        waiting.start()
        number = 0
        while waiting.is_alive() or number < 100:
            number += 1
            for client in clients[:4]:
                client.send({"level": "ERROR", "message": f"number {number}"})
                client.wait_for(number)
        assert ready == [b"open\n"] * crowds
        assert [int(process.communicate(b"\n", 60)[0]) for process in knocking] == [each] * crowds
        assert sample(started, "hantu_logd_connections_refused_total") - refused == crowds * each
        assert memory(started) - before < 16 * MIB
        assert Admin(started).status()["state"] == "READY"
        for client in clients:
            client.close()
        wait_until(lambda: sample(started, "hantu_logd_connections") == 0, 10, "their places aren't free again")
        send(started, {"message": "room again"})


def test_who_reads_no_answers_is_not_read_from_and_holds_up_nobody(daemon):
    with daemon(STORE_OFF) as started:
        send(started, {"message": "warm"})
        before = memory(started)
        with Client(started.socket, service="deaf", acks=True) as deaf:
            deaf.socket.setblocking(False)
            # Each line asks for an answer that nobody will read.
            block = (b'{"hantu":{"flush":true}}\n' * 2000) + b'{"level":"ERROR","message":"heard"}\n'
            sent, quiet = 0, 0
            pending = memoryview(b"")
            while quiet < 200 and sent < 64 * MIB:
                pending = pending or memoryview(block)
                try:
                    taken = deaf.socket.send(pending)
                    sent, quiet, pending = sent + taken, 0, pending[taken:]
                except BlockingIOError:
                    quiet += 1
                    time.sleep(0.005)
                    if quiet % 50 == 1:
                        begin = time.monotonic()
                        send(started, {"level": "ERROR", "message": "beside it"})
                        assert time.monotonic() - begin < 5
            assert sent < 64 * MIB, "everything was taken, though no answer was read"
            assert memory(started) - before < 24 * MIB
            # It is served again as soon as it reads.
            deaf.socket.settimeout(30)
            reader = threading.Thread(target=read_to_the_end, args=(deaf.socket,))
            reader.start()
            deaf.raw(pending)
            deaf.send({"level": "ERROR", "message": "the last"})
            deaf.socket.shutdown(socket.SHUT_WR)
            reader.join(30)
            assert not reader.is_alive()
        assert [record["message"] for record in started.errors() if record["service"] == "deaf"][-1] == "the last"


def read_to_the_end(connection):
    while connection.recv(1 << 20):
        pass


def test_writers_of_one_byte_get_their_records_whole_and_hold_up_nobody(daemon):
    with daemon(STORE_OFF) as started:
        line = json.dumps({"level": "ERROR", "message": "한 바이트씩"}, ensure_ascii=False).encode() + b"\n"
        slow = [Client(started.socket, service=f"slow-{number}", acks=True) for number in range(20)]
        for index in range(len(line)):
            for client in slow:
                client.raw(line[index:index + 1])
            if index % 10 == 0:
                send(started, {"level": "ERROR", "message": f"quick {index}"})
        for client in slow:
            client.wait_for(1)
            client.close()
        assert [record["message"] for record in started.errors()].count("한 바이트씩") == 20


def test_a_client_that_vanishes_amid_everything_costs_only_its_own_half_line(daemon):
    with daemon(STORE_OFF) as started:
        for number in range(200):
            client = Client(started.socket)
            client.send({"level": "ERROR", "message": f"whole {number}"})
            client.raw(b'{"level":"ERROR","message":"half')
            client.control({"flush": True}) if number % 2 else None
            client.close()
        wait_until(lambda: len([r for r in started.errors() if r["message"].startswith("whole")]) == 200, 10,
                   "records are missing")
        wait_until(lambda: sample(started, "hantu_logd_connections") == 0, 10, "connections are left")
        wait_for_state(started, "READY")


def test_descriptors_are_not_lost(daemon):
    with daemon(STORE_OFF) as started:
        send(started, {"level": "ERROR", "message": "warm"})
        wait_until(lambda: sample(started, "hantu_logd_connections") == 0, 10, "somebody is connected")

        def opened():
            return len(os.listdir(f"/proc/{started.process.pid}/fd"))

        before = opened()
        for _ in range(300):
            with Client(started.socket, service="passing", acks=True) as client:
                client.send({"message": "in passing"})
        wait_until(lambda: sample(started, "hantu_logd_connections") == 0, 10, "connections are left")
        wait_until(lambda: opened() <= before, 10, lambda: f"{opened()} descriptors, {before} before")
