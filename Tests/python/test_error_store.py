"""Contract sections 5 and 7: the embedded error store, fed from the spool."""
import json
import os
import shutil
import sqlite3

from harness.client import Client
from harness.daemon import wait_until

QUICK = {"store": {"batch": {"interval": "100ms"}, "retry": {"delay": "200ms", "attempts": 3}}}
COLUMNS = """id event_id timestamp trace_id level service module function message error_type stack_trace context
logger line fingerprint host pid created_at resolved resolution_note""".split()


def rows(daemon):
    path = daemon.path("spool", "errors.db")
    if not os.path.isfile(path):
        return []
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute("SELECT * FROM error_logs ORDER BY id")]
    except sqlite3.OperationalError:
        return []
    finally:
        connection.close()


def send(daemon, *records):
    with Client(daemon.socket, service="scheduler", acks=True) as client:
        client.send(*records)
        client.wait_for(len(records))


def wait_for_rows(daemon, count, seconds=20):
    wait_until(lambda: len(rows(daemon)) >= count, seconds, lambda: f"{len(rows(daemon))} rows, not {count}")
    return rows(daemon)


def test_an_error_becomes_a_row_with_every_column(daemon):
    record = {
        "timestamp": "2026-02-01T12:34:58.123456+09:00", "level": "ERROR", "logger": "core.trading.engine",
        "module": "trading_engine", "function": "execute_order", "line": 123, "message": "주문 실행 실패: 잔고 부족",
        "trace_id": "abc12345", "error_type": "InsufficientBalance", "stack_trace": "Traceback\n  x",
        "context": {"stock_code": "005930", "password": "hunter2"}, "pid": 99,
        "id": "0198c0de-0000-7000-8000-000000000001",
    }
    with daemon(QUICK) as started:
        send(started, record)
        row = wait_for_rows(started, 1)[0]
        assert list(row) == COLUMNS
        for field in "trace_id level module function message error_type stack_trace logger line pid".split():
            assert row[field] == record[field], field
        assert row["event_id"] == record["id"]
        assert row["service"] == "scheduler"
        assert json.loads(row["context"]) == {"stock_code": "005930", "password": "***MASKED***"}
        assert row["fingerprint"] == started.all_errors()[0]["fingerprint"]
        assert row["created_at"] and row["resolved"] is None and row["resolution_note"] is None


def test_only_errors_and_above_are_stored(daemon):
    with daemon(QUICK) as started:
        send(started, *[{"level": level, "message": level}
                        for level in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "INFO")])
        assert [row["level"] for row in wait_for_rows(started, 2)] == ["ERROR", "CRITICAL"]


def test_the_same_id_is_stored_once(daemon):
    record = {"level": "ERROR", "message": "m", "id": "0198c0de-0000-7000-8000-000000000002"}
    with daemon(QUICK) as started:
        send(started, *[record] * 30)
        send(started, {"level": "ERROR", "message": "last"})
        wait_until(lambda: any(row["message"] == "last" for row in rows(started)), 10, "the last isn't there")
        assert len(rows(started)) == 2


def test_a_batch_doesnt_wait_for_the_interval_when_it_is_full(daemon):
    with daemon({"store": {"batch": {"records": 10, "interval": "1h"}}}) as started:
        send(started, *[{"level": "ERROR", "message": str(number)} for number in range(10)])
        wait_for_rows(started, 10, seconds=10)


def test_records_wait_in_the_spool_while_the_store_is_away(daemon):
    prepared = daemon(QUICK)
    in_its_place = prepared.path("spool", "errors.db")
    os.makedirs(in_its_place)
    with prepared as started:
        send(started, *[{"level": "ERROR", "message": f"waits {number}"} for number in range(300)])
        assert len(started.all_errors()) == 300
        # It fails more often than `attempts`, and everything is parked by then.
        wait_until(lambda: started.stderr().count("store") >= 1, 10, "nothing is told of it")
        shutil.rmtree(in_its_place)
        found = wait_for_rows(started, 300, seconds=40)
        assert [row["message"] for row in found] == [f"waits {number}" for number in range(300)]


def test_what_waited_survives_a_restart(daemon):
    prepared = daemon(QUICK)
    in_its_place = prepared.path("spool", "errors.db")
    os.makedirs(in_its_place)
    with prepared as started:
        send(started, *[{"level": "ERROR", "message": f"waits {number}"} for number in range(100)])
        assert started.stop() == 0
    shutil.rmtree(in_its_place)
    with prepared as started:
        assert len(wait_for_rows(started, 100)) == 100


def test_a_damaged_spool_is_set_aside(daemon):
    prepared = daemon(QUICK)
    os.makedirs(prepared.path("spool"))
    with open(prepared.path("spool", "spool.db"), "wb") as file:
        file.write(os.urandom(20000))
    with prepared as started:
        send(started, {"level": "ERROR", "message": "after the damage"})
        assert wait_for_rows(started, 1)[0]["message"] == "after the damage"
        aside = [name for name in os.listdir(started.path("spool")) if name.startswith("spool.db") and name not in
                 ("spool.db", "spool.db-wal", "spool.db-shm")]
        assert aside, os.listdir(started.path("spool"))


def test_hostile_text_is_stored_as_text(daemon):
    hostile = ["'); DROP TABLE error_logs; --", "a\u0000b", "\ud800 lone", "${jndi:ldap://x}", "%s%n"]
    with daemon(QUICK) as started:
        lines = [json.dumps({"level": "ERROR", "message": text, "error_type": "x" * 500}) for text in hostile]
        send(started, *lines)
        found = [row["message"] for row in wait_for_rows(started, len(hostile))]
        assert found[0] == hostile[0] and found[3:] == hostile[3:]
        assert found[1].startswith("a") and found[1].endswith("b")
        assert "lone" in found[2]


def test_an_error_that_comes_back_after_it_was_resolved_is_marked(daemon):
    with daemon({"store": {"batch": {"interval": "50ms"}}}) as started:
        def send(message):
            with Client(started.socket, service="scheduler", acks=True) as client:
                client.send({"level": "ERROR", "message": message})
                client.wait_for(1)
            assert started.hantu("logd", "flush").returncode == 0

        send("order 1 failed")
        send("another")
        assert "다시 발생" not in started.hantu("logs", "db").stdout
        assert started.hantu("logs", "resolve", "1").returncode == 0
        send("order 2 failed")
        shown = started.hantu("logs", "db").stdout
        assert shown.count("다시 발생") == 1 and "#3 UNRESOLVED 다시 발생" in shown
        rows = [json.loads(line) for line in started.hantu("logs", "db", "--json").stdout.splitlines()]
        assert [row.get("recurred") for row in rows] == [None, None, True]
        assert "다시 발생" in started.hantu("logs", "show", "3").stdout
        assert "다시 발생" not in started.hantu("logs", "show", "1").stdout
        assert "다시 발생 1종" in started.hantu("logs", "stats").stdout
        lines = started.hantu("logs", "stats", "--by", "fingerprint").stdout.splitlines()
        assert [("다시 발생" in line) for line in lines[1:3]] == [True, False], lines
        assert started.hantu("logs", "resolve", "3").returncode == 0
        assert "다시 발생" not in started.hantu("logs", "db").stdout
