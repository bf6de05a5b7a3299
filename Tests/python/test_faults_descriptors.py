"""Descriptors that run out: who is inside goes on, who waits comes in later, and outputs find theirs again."""
import contextlib
import os
import time

from harness.admin import Admin
from harness.client import Client
from harness.daemon import wait_until
from harness.faults import SOON, sample, send, wait_for_rows, wait_for_state

# Fewer than the daemon reserves for itself: clients that it would let in find no descriptor.
LIMIT = 40
CROWD = 14


def crowd(daemon, count):
    """Connections that the kernel holds, whether the daemon has room for them or not."""
    return [Client(daemon.socket) for _ in range(count)]


def processor_time(daemon):
    with open(f"/proc/{daemon.process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_who_is_inside_goes_on_while_descriptors_run_out_and_the_others_come_in_later(daemon):
    with daemon(SOON, wrapper=["prlimit", f"--nofile={LIMIT}:{LIMIT}"]) as started:
        inside = Client(started.socket, service="scheduler", acks=True)
        inside.send({"level": "ERROR", "message": "before"}, {"message": "text before"})
        inside.flush()
        wait_for_rows(started, 1)
        with contextlib.ExitStack() as waiting:
            for client in crowd(started, CROWD):
                waiting.enter_context(client)
                client.send({"level": "ERROR", "message": "from the crowd"})
            waiting.enter_context(Client(started.config["admin"]["socket"]))
            # As full as it gets: its files, its store and its chat are open already.
            time.sleep(0.3)
            before, begin = processor_time(started), time.monotonic()
            for number in range(50):
                inside.send({"level": "ERROR", "message": f"meanwhile {number}"}, {"message": "text meanwhile"})
                inside.wait_for(2 * number + 4) if number % 10 == 9 else None
                time.sleep(0.02)
            # No spinning over a door that can't be opened.
            assert processor_time(started) - before < 0.6 * (time.monotonic() - begin)
            assert "state: DEGRADED; no client can be let in" in started.stderr()
            messages = [record["message"] for record in started.errors()]
            assert {f"meanwhile {number}" for number in range(50)} <= set(messages)
        # They left; what they had written is taken from the kernel as they are let in.
        wait_until(lambda: [r["message"] for r in started.errors()].count("from the crowd") == CROWD, 30,
                   lambda: str([r["message"] for r in started.errors()].count("from the crowd")))
        inside.close()
        send(started, {"level": "ERROR", "message": "after"})
        assert len(wait_for_rows(started, 1 + 50 + CROWD + 1)) == 1 + 50 + CROWD + 1
        wait_for_state(started, "READY")


def test_descriptors_run_out_for_clients_only(daemon):
    """However few the process may have: files, store and the admin interface keep theirs."""
    started = daemon(SOON, wrapper=["prlimit", "--nofile=200:200"]).start()
    send(started, {"level": "ERROR", "message": "warm"})
    wait_until(lambda: sample(started, "hantu_logd_connections") == 0, 10, "connections are left")
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
    assert sample(started, "hantu_logd_connections_refused_total") == told
    # A client inside, the embedded store, both files, and the admin interface work on.
    inside[0].send({"level": "ERROR", "message": "from inside"})
    inside[0].wait_for(1)
    wait_until(lambda: "from inside" in started.hantu("logs", "db", "--json").stdout, 10, "no row")
    assert started.errors()[-1]["message"] == "from inside"
    assert Admin(started).get("/readyz").status == 200
    assert "descriptors" in started.stderr()
    for client in inside:
        client.close()
    wait_until(lambda: sample(started, "hantu_logd_connections") == 0, 10, "connections are left")
    send(started, {"level": "ERROR", "message": "served again"})
