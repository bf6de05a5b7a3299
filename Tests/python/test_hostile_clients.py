"""Clients that mean harm, or that can't help it: the daemon stays small, and the others are served."""
import contextlib
import json
import os
import re
import resource
import socket
import threading
import time

import pytest
from harness.admin import Admin, metrics
from harness.client import Client
from harness.daemon import wait_until

MIB = 1 << 20
LIMIT = 1 << 20
STORE_OFF = {"store": {"enabled": False}}
# Nobody listens there.
STORE_AWAY = {"store": {"url": "postgres://nobody@127.0.0.1:1/none", "retry": {"delay": "200ms"}}}


def memory(daemon, what="VmHWM"):
    """Bytes of memory at the most; with VmRSS, now."""
    with open(f"/proc/{daemon.process.pid}/status") as file:
        return int(re.search(rf"{what}:\s+(\d+) kB", file.read())[1]) * 1024


def counted(daemon, name, **labels):
    return metrics(Admin(daemon).get("/metrics").text).get((name, tuple(sorted(labels.items()))), 0)


def serves_others(daemon, seconds=5):
    """Somebody else is answered, an error included, and in time."""
    begin = time.monotonic()
    with Client(daemon.socket, service="other", acks=True) as client:
        client.send({"message": "beside it"}, {"level": "ERROR", "message": "beside it"})
        assert client.flush()["acked"] == 2
    assert time.monotonic() - begin < seconds


def started_and_warm(daemon, config, **options):
    started = daemon(config).start(**options)
    serves_others(started)
    return started, memory(started)


def everybody_has_left(daemon):
    wait_until(lambda: counted(daemon, "hantu_logd_connections") == 0, 10, "connections are left")


def test_256_mebibytes_without_a_newline_are_one_record_and_little_memory(daemon):
    size = 256 * MIB
    started, before = started_and_warm(daemon, {"files": {"errors_minimum_level": "DEBUG"}, **STORE_OFF})
    with Client(started.socket, service="endless", acks=True, timeout=60) as client:
        for part in range(16):
            for _ in range(16):
                client.raw(b"x" * MIB)
            serves_others(started)
        client.raw(b"\n")
        client.send({"message": "whole"})
        client.wait_for(2)
    assert memory(started) - before < 16 * MIB
    cut, whole = [record for record in started.errors() if record["service"] == "endless"]
    assert (len(cut["message"]), cut["context"]["truncated_bytes"]) == (LIMIT, size - LIMIT)
    assert (whole["message"], whole["context"]) == ("whole", None)
    assert counted(started, "hantu_logd_damaged_total", reason="truncated") == 1


def test_writers_of_one_byte_at_a_time_lose_nothing_and_hold_up_nobody(daemon):
    started, before = started_and_warm(daemon, STORE_OFF)
    line = json.dumps({"level": "ERROR", "message": "한 바이트씩"}, ensure_ascii=False).encode() + b"\n"
    clients = [Client(started.socket, service=f"slow-{number}", acks=True) for number in range(50)]
    for position in range(len(line)):
        for client in clients:
            client.raw(line[position:position + 1])
    serves_others(started)
    for client in clients:
        client.wait_for(1)
        client.close()
    assert sorted(record["service"] for record in started.errors() if record["message"] == "한 바이트씩") \
        == sorted(f"slow-{number}" for number in range(50))
    assert memory(started) - before < 16 * MIB


def test_readers_that_never_read_are_not_read_from_and_lose_nothing(daemon):
    started, before = started_and_warm(daemon, STORE_OFF)
    # Each of these lines asks for an answer.
    block = b'{"level":"ERROR","message":"unread"}\n' + b'{"hantu":{"flush":true}}\n' * 500
    clients = [Client(started.socket, service=f"deaf-{number}", acks=True) for number in range(20)]
    rests, blocks = [b""] * len(clients), [0] * len(clients)

    def sends(number):
        """Sends as much as is taken at once; whether it was anything."""
        client, taken = clients[number], False
        client.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while sum(blocks) * len(block) < 64 * MIB:
                if not rests[number]:
                    rests[number] = block
                    blocks[number] += 1
                rests[number] = rests[number][client.socket.send(rests[number]):]
                taken = True
        return taken

    quiet = 0
    while quiet < 100:
        quiet = 0 if any([sends(number) for number in range(len(clients))]) else quiet + 1
        time.sleep(0.005)
    assert sum(blocks) * len(block) < 64 * MIB, "everything is read, though no answer was taken"
    serves_others(started)
    assert memory(started) - before < 32 * MIB
    # Whoever reads at last finds everything in order.
    client = clients[0]
    client.socket.settimeout(30)
    writing = threading.Thread(target=client.raw, args=(rests[0],))
    writing.start()
    numbers = client.wait_for(blocks[0])
    writing.join()
    assert numbers == sorted(numbers) and numbers[-1] == blocks[0]
    assert [record["service"] for record in started.errors()].count("deaf-0") == blocks[0]
    for client in clients:
        client.close()
    everybody_has_left(started)


def knock(path, number, told):
    """Connects `number` times, some at once, and notes what each was told; None for who may stay."""
    for start in range(0, number, 25):
        crowd = [Client(path, timeout=20) for _ in range(min(25, number - start))]
        for client in crowd:
            client.socket.settimeout(20)
            answer = client.answer()
            told.append(answer["error"])
            assert client.answer() is None
            client.close()


def test_2000_connections_beyond_the_limit_are_told_closed_and_counted(daemon):
    started, before = started_and_warm(daemon, {"intake": {"max_connections": 20}, **STORE_OFF})
    everybody_has_left(started)
    inside = [Client(started.socket, service="inside", acks=True) for _ in range(20)]
    refused = counted(started, "hantu_logd_connections_refused_total")
    told = [[] for _ in range(4)]
    threads = [threading.Thread(target=knock, args=(started.socket, 500, each)) for each in told]
    for thread in threads:
        thread.start()
    rounds = 0
    while any(thread.is_alive() for thread in threads):
        rounds += 1
        inside[0].send({"level": "ERROR", "message": "from inside"})
        inside[0].wait_for(rounds)
    assert [len(each) for each in told] == [500] * 4
    assert all("intake.max_connections" in text for each in told for text in each)
    assert counted(started, "hantu_logd_connections_refused_total") - refused == 2000
    assert memory(started) - before < 16 * MIB
    for client in inside:
        client.close()
    everybody_has_left(started)
    serves_others(started)


def test_descriptors_run_out_for_clients_only(daemon):
    """However few the process may have: files, store and the admin interface keep theirs."""
    few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))  # noqa: E731
    started, _ = started_and_warm(daemon, {"store": {"batch": {"interval": "50ms"}}}, preexec_fn=few)
    everybody_has_left(started)
    inside, told = [], 0
    for _ in range(2000):
        client = Client(started.socket, timeout=20)
        inside.append(client)
        # Who is sent away may be so already.
        with contextlib.suppress(BrokenPipeError):
            client.control({"protocol": 1, "service": "knocking", "acks": True})
        answer = client.answer()
        if "error" in answer:
            assert "descriptors" in answer["error"] or "max_connections" in answer["error"]
            told += 1
            inside.pop().close()
    assert len(inside) + told == 2000 and len(inside) >= 50
    assert counted(started, "hantu_logd_connections_refused_total") == told
    # A client inside, the embedded store, both files, and the admin interface work on.
    inside[0].send({"level": "ERROR", "message": "from inside"})
    inside[0].wait_for(1)
    wait_until(lambda: "from inside" in started.hantu("logs", "db", "--json").stdout, 10, "no row")
    assert started.errors()[-1]["message"] == "from inside"
    assert Admin(started).get("/readyz").status == 200
    assert "descriptors" in started.stderr()
    for client in inside:
        client.close()
    everybody_has_left(started)
    serves_others(started)


def test_a_backlog_with_the_store_away_is_on_disk_and_not_in_memory(daemon):
    started, _ = started_and_warm(daemon, STORE_AWAY)
    with Client(started.socket, service="busy", acks=True, timeout=30) as client:
        records = [{"level": "ERROR", "message": f"waits {number}", "stack_trace": "x" * 3000} for number in range(500)]
        before = None
        for part in range(30):
            client.send(*records)
            client.wait_for(500 * (part + 1))
            before = before or memory(started)
    assert counted(started, "hantu_logd_spool_bytes") > 40 * MIB
    assert counted(started, "hantu_logd_spool_records", output="store") == 15_001
    assert memory(started) - before < 16 * MIB
    assert memory(started, "VmRSS") < 60 * MIB


@pytest.mark.parametrize("ending", ["reset", "half-closed"])
def test_clients_that_vanish_amid_a_line_leave_nothing_behind(daemon, ending):
    started, _ = started_and_warm(daemon, STORE_OFF)
    everybody_has_left(started)
    descriptors = len(os.listdir(f"/proc/{started.process.pid}/fd"))
    for number in range(200):
        with Client(started.socket) as client:
            client.send({"level": "ERROR", "message": f"whole {number}"}, {"hantu": {"flush": True}})
            client.raw(b'{"level":"ERROR","message":"half')
            if ending == "half-closed":
                client.socket.shutdown(socket.SHUT_WR)
    everybody_has_left(started)
    whole = [record for record in started.errors() if record["message"].startswith("whole")]
    assert len(whole) == 200
    wait_until(lambda: len(os.listdir(f"/proc/{started.process.pid}/fd")) <= descriptors, 5, "descriptors are left")
