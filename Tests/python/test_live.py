"""Contract section 11: the live stream."""
import json
import time

import pytest
from harness.admin import Admin, Live, metrics
from harness.client import Client
from harness.daemon import wait_until


def send(daemon, *records, service="s"):
    with Client(daemon.socket, service=service) as client:
        client.send(*records)
        client.flush()


def test_records_of_every_level_come_as_they_are_taken(daemon):
    with daemon({"files": {"minimum_level": "ERROR"}}) as started, Live(started) as live:
        assert live.status == 200
        levels = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
        send(started, *[{"level": level, "message": f"m {level}", "password": "hunter2"} for level in levels])
        records = [live.line() for _ in levels]
        assert [record["level"] for record in records] == levels
        first = "timestamp trace_id level service module function message error_type stack_trace context".split()
        assert all(list(record)[:10] == first for record in records)
        assert all(record["context"] == {"password": "***MASKED***"} for record in records)
        assert records[3]["id"] == started.errors()[0]["id"]


def test_it_is_filtered_by_level_and_service(daemon):
    with daemon() as started, Live(started, "?level=warning&service=%EC%A3%BC%EB%AC%B8") as live:
        send(started, {"level": "ERROR", "message": "another's"}, service="other")
        send(started, {"message": "too low"}, {"level": "ERROR", "message": "wanted 1"}, service="주문")
        send(started, json.dumps({"level": "WARNING", "service": "주문", "message": "wanted 2"}), service="other")
        assert [live.line()["message"] for _ in range(2)] == ["wanted 1", "wanted 2"]


def test_a_level_that_is_none_is_refused(daemon):
    with daemon() as started:
        assert Admin(started).get("/v1/live?level=LOUD").status == 400


def test_it_goes_on_over_a_reload(daemon):
    with daemon() as started, Live(started) as live:
        send(started, {"message": "before"})
        assert Admin(started).post("/v1/reload").status == 200
        send(started, {"message": "after"})
        assert [live.line()["message"] for _ in range(2)] == ["before", "after"]


def test_there_is_an_end_to_how_many_listen_and_their_places_are_free_again(daemon):
    with daemon() as started:
        streams = [Live(started) for _ in range(8)]
        assert [stream.status for stream in streams] == [200] * 8
        assert Admin(started).get("/v1/live").status == 503
        streams.pop().connection.close()

        def has_a_place():
            with Live(started) as live:
                return live.status == 200

        wait_until(has_a_place, 15, "the place isn't free again")
        for stream in streams:
            stream.connection.close()


def test_a_listener_that_reads_nothing_holds_nobody_up(daemon):
    count = 100_000
    with daemon() as started, Live(started, receive_buffer=4096) as slow:
        with Client(started.socket, service="s", timeout=120) as client:
            lines = b"".join(json.dumps({"message": f"number {number} " + "x" * 100}).encode() + b"\n"
                             for number in range(count))
            begin = time.monotonic()
            client.raw(lines)
            assert client.flush() == {"acked": count}
            took = time.monotonic() - begin
        assert took < 60
        # It reads now, and learns how many it missed.
        records, dropped = 0, 0
        while records + dropped < count:
            line = slow.line()
            if "hantu" in line:
                dropped += line["hantu"]["dropped"]
            else:
                records += 1
        assert dropped > 0 and records > 0 and records + dropped == count
        found = metrics(Admin(started).get("/metrics").text)
        assert found["hantu_logd_dropped_total", (("output", "live"), ("reason", "slow_reader"))] == dropped
        assert Admin(started).status()["state"] == "READY"
        # From here on it has everything again.
        send(started, {"message": "the last"})
        assert slow.line()["message"] == "the last"
    assert len(started.all_text_lines()) == count + 1


@pytest.mark.parametrize("listeners", [1, 3])
def test_a_listener_that_reads_gets_everything(daemon, listeners):
    with daemon() as started:
        streams = [Live(started) for _ in range(listeners)]
        for turn in range(20):
            send(started, *[{"message": f"{turn} {number}"} for number in range(100)])
            for stream in streams:
                assert [stream.line()["message"] for _ in range(100)] == [f"{turn} {number}" for number in range(100)]
        for stream in streams:
            stream.connection.close()
