"""Contract section 11: the metrics."""
import json
import os
import time

import pytest
from harness.admin import Admin, metrics
from harness.client import Client
from harness.daemon import wait_until


def send(daemon, *records, service="s"):
    with Client(daemon.socket, service=service) as client:
        client.send(*records)
        client.flush()


def read(daemon):
    answer = Admin(daemon).get("/metrics")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return metrics(answer.text)


def labels(**pairs):
    return tuple(sorted(pairs.items()))


def records(found):
    return {(dict(key)["level"], dict(key)["service"]): count
            for (name, key), count in found.items() if name == "hantu_logd_records_total"}


def test_every_promised_family_is_there(daemon):
    with daemon() as started:
        send(started, {"level": "ERROR", "message": "m"})
        names = {name for name, _ in read(started)}
        for name in ("records_total bytes_total damaged_total dropped_total alerts_total spool_records spool_bytes "
                     "parked_records state build_info connections start_time_seconds file_write_seconds_bucket "
                     "spool_commit_seconds_bucket delivery_seconds_bucket").split():
            assert f"hantu_logd_{name}" in names, name
        assert "process_start_time_seconds" in names


def test_records_are_counted_by_level_and_service(daemon):
    with daemon() as started:
        send(started, {"message": "a"}, {"level": "WARNING", "message": "b"}, service="scheduler")
        send(started, {"message": "a", "service": "its own"}, {"message": "a"}, service="api-server")
        # The same name in two spellings is one service.
        send(started, '{"service":"\\uc8fc\\ubb38","message":"a"}', '{"service":"주문","message":"a"}')
        send(started, *[{"message": "m", "service": "a-service-with-a-long-name"}] * 3)
        send(started, *[{"message": "m", "service": "a-service-with-a-l0ng-name"}] * 4)
        assert records(read(started)) == {
            ("INFO", "scheduler"): 1, ("WARNING", "scheduler"): 1, ("INFO", "its own"): 1,
            ("INFO", "api-server"): 1, ("INFO", "주문"): 2, ("INFO", "a-service-with-a-long-name"): 3,
            ("INFO", "a-service-with-a-l0ng-name"): 4}


def test_services_beyond_a_bound_are_counted_together(daemon):
    with daemon() as started:
        send(started, *[{"message": "m", "service": f"service {number}"} for number in range(1000)],
             {"message": "m", "service": "x" * 5000}, {"message": "m", "service": ""})
        found = records(read(started))
        assert len(found) == 257
        assert sum(found.values()) == 1002
        assert found["INFO", "other"] == 1002 - 256


def test_hostile_names_forge_no_sample(daemon):
    hostile = 'a"} 1\nhantu_logd_state{state="X\\'
    with daemon() as started:
        send(started, {"message": "m", "service": hostile})
        assert ("INFO", hostile) in records(read(started))


def test_counts_survive_a_reload(daemon):
    with daemon() as started:
        send(started, *[{"message": "m"}] * 5)
        assert Admin(started).post("/v1/reload").status == 200
        send(started, *[{"message": "m"}] * 5)
        assert records(read(started)) == {("INFO", "s"): 10}


@pytest.mark.parametrize("line, reason", [
    ("no json", "decode"), (b'{"message":"\xff"}', "utf8"), ('{"level":"LOUD","message":"m"}', "level"),
    ('{"timestamp":"yesterday","message":"m"}', "timestamp"),
    (json.dumps({"message": "x" * 5000}), "truncated"),
])
def test_damage_is_counted_by_its_reason(daemon, line, reason):
    with daemon({"intake": {"max_line_bytes": 4096}}) as started:
        send(started, line)
        found = read(started)
        for each in ("decode", "truncated", "utf8", "level", "timestamp", "torn"):
            assert found["hantu_logd_damaged_total", labels(reason=each)] == (1 if each == reason else 0), each


def test_the_state_has_one_series_each(daemon):
    with daemon() as started:
        states = {dict(key)["state"]: value for (name, key), value in read(started).items()
                  if name == "hantu_logd_state"}
        assert states == {"READY": 1, **dict.fromkeys(
            "STARTING STOPPING EMERGENCY CRITICAL PARTIAL DEGRADED WARNING".split(), 0)}


def test_what_waits_in_the_spool_is_seen(daemon):
    prepared = daemon({"store": {"retry": {"delay": "1h"}}})
    os.makedirs(prepared.path("spool", "errors.db"))
    with prepared as started:
        send(started, *[{"level": "ERROR", "message": "waits"}] * 7)

        def failing():
            return read(started).get(("hantu_logd_output_failures", labels(output="store"))) == 1

        wait_until(failing, 20, "no failure is seen")
        found = read(started)
        assert found["hantu_logd_spool_records", labels(output="store")] == 7
        assert found["hantu_logd_spool_bytes", ()] > 7 * 100
        assert found["hantu_logd_spool_oldest_seconds", labels(output="store")] > 0
        assert found["hantu_logd_state", labels(state="PARTIAL")] == 1


def test_histograms_add_up(daemon):
    with daemon() as started:
        send(started, *[{"level": "ERROR", "message": "m"}] * 20)
        Admin(started).post("/v1/flush")
        found = read(started)
        for name, key in [("file_write", ()), ("spool_commit", ()), ("delivery", labels(output="store"))]:
            name = f"hantu_logd_{name}_seconds"
            buckets = [(float(dict(each)["le"].replace("+Inf", "inf")), count) for (each_name, each), count
                       in found.items() if each_name == f"{name}_bucket" and set(key) <= set(each)]
            assert buckets == sorted(buckets), "buckets rise"
            assert [count for _, count in buckets] == sorted(count for _, count in buckets)
            assert buckets[-1] == (float("inf"), found[f"{name}_count", key]) and buckets[-1][1] > 0
            assert found[f"{name}_sum", key] > 0


def test_refused_connections_and_the_start_are_told(daemon):
    with daemon({"intake": {"max_connections": 1}}) as started:
        # The connection that saw that it listens has gone.
        wait_until(lambda: read(started)["hantu_logd_connections", ()] == 0, 10, "somebody is connected")
        with Client(started.socket) as first:
            first.send({"message": "m"})
            first.flush()
            with Client(started.socket) as second:
                assert "error" in second.answer()
            found = read(started)
            assert found["hantu_logd_connections", ()] == 1
            assert found["hantu_logd_connections_refused_total", ()] == 1
            assert abs(found["hantu_logd_start_time_seconds", ()] - time.time()) < 600
