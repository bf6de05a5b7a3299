"""Descriptors that run out: who is inside goes on, who waits comes in later, and outputs find theirs again."""
import contextlib
import os
import time

from harness.client import Client
from harness.daemon import wait_until
from harness.faults import SOON, send, wait_for_rows, wait_for_state

LIMIT = 64


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
            for client in crowd(started, 2 * LIMIT):
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
        wait_until(lambda: [r["message"] for r in started.errors()].count("from the crowd") == 2 * LIMIT, 30,
                   lambda: str([r["message"] for r in started.errors()].count("from the crowd")))
        inside.close()
        send(started, {"level": "ERROR", "message": "after"})
        assert len(wait_for_rows(started, 1 + 50 + 2 * LIMIT + 1)) == 1 + 50 + 2 * LIMIT + 1
        wait_for_state(started, "READY")
