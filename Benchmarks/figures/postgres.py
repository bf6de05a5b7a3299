"""The way into Postgres: rows per second out of a full spool against COPY, and the time to a visible row.

A cluster of its own with Postgres's own settings, fsync on. Each round fills the spool while the database lets
nobody in, opens it, and takes the time until the last row is there; then the same rows are copied by COPY into the
same kind of table (the same indexes) in one transaction.
"""
import io
import os
import time
import uuid

from figures.part import Measured
from figures.row import Row
from figures.run import empty
from harness.client import Client
from harness.daemon import Daemon, wait_until
from harness.postgres import Database, Postgres

STACK = "\n".join(f'  File "/opt/hantu/core/trading/engine.py", line {line}, in execute_order' for line in range(14))
RETRY = {"delay": "50ms", "attempts": 3}


def record(number):
    """An error of about 1,500 bytes as the spool has it."""
    return {"level": "ERROR", "logger": "core.trading.engine", "module": "engine", "function": "execute_order",
            "line": 123, "message": f"주문 실행 실패: 잔고 부족 (주문 {number})", "trace_id": f"{number:08x}",
            "error_type": "InsufficientBalance", "stack_trace": f"Traceback\n{STACK}\nInsufficientBalance: {number}",
            "context": {"stock": "005930", "price": 71900 + number % 100, "order": number, "retry": False},
            "id": str(uuid.uuid4())}


def fill(daemon, records):
    with Client(daemon.socket, service="scheduler", acks=True, timeout=120) as client:
        for start in range(0, records, 5000):
            client.send(*[record(number) for number in range(start, min(start + 5000, records))])
            client.wait_for(min(start + 5000, records))


def drained(server, directory, records):
    """Seconds from the database's opening to the last row, and the database with the rows."""
    database = Database(server)
    # The table as the daemon makes it, then nobody is let in.
    config = {"store": {"url": database.url, "retry": RETRY, "batch": {"interval": "0s"}}}
    with Daemon(directory, config, build="release") as daemon:
        with Client(daemon.socket, service="s", acks=True) as client:
            client.send(record(0))
        wait_until(lambda: len(database.messages()) == 1, 30, "no table")
    database.execute("TRUNCATE error_logs")
    server.execute(f"ALTER DATABASE {database.name} CONNECTION LIMIT 0")
    with Daemon(directory, config, build="release") as daemon:
        fill(daemon, records)
        server.execute("CHECKPOINT")
        with database.connect() as watcher:
            begin = time.monotonic()
            server.execute(f"ALTER DATABASE {database.name} CONNECTION LIMIT -1")
            first = "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM error_logs"

            def is_complete():
                low, high = watcher.execute(first).fetchone()
                return low and high - low + 1 >= records
            wait_until(is_complete, 300, "not all rows arrived")
            seconds = time.monotonic() - begin
    rows, events = database.execute("SELECT count(*), count(DISTINCT event_id) FROM error_logs")[0]
    assert rows == events == records, f"{rows} rows, {events} events, not {records}"
    return seconds, database


def copied(server, database):
    """Seconds that COPY takes for the same rows into the same kind of table."""
    database.execute("CREATE TABLE copied (LIKE error_logs INCLUDING ALL)")
    with database.connect() as connection:
        data = io.BytesIO()
        with connection.cursor().copy("COPY error_logs TO STDOUT") as copy:
            for block in copy:
                data.write(block)
        view = data.getbuffer()
        server.execute("CHECKPOINT")
        begin = time.monotonic()
        with connection.cursor().copy("COPY copied FROM STDIN") as copy:
            for start in range(0, len(view), 262144):
                copy.write(view[start:start + 262144])
        return time.monotonic() - begin


def latencies(server, directory, count):
    """Milliseconds from sending an error to its row's being visible, with an idle daemon."""
    database = Database(server)
    found = []
    config = {"store": {"url": database.url, "batch": {"interval": "0s"}, "retry": RETRY}}
    with Daemon(directory, config, build="release") as daemon, Client(daemon.socket, service="s") as client:
        client.send(record(0))
        wait_until(lambda: len(database.messages()) == 1, 30, "no table")
        with database.connect() as watcher:
            for number in range(1, count + 1):
                time.sleep(0.01)
                begin = time.monotonic()
                client.send(record(number))
                while not watcher.execute("SELECT 1 FROM error_logs WHERE trace_id = %s", (f"{number:08x}",)).fetchone():
                    assert time.monotonic() < begin + 10, "the row doesn't come"
                found.append((time.monotonic() - begin) * 1000)
    database.drop()
    return sorted(found)


def measure(options):
    rounds, records, samples = (1, 30_000, 100) if options.quick else (min(options.rounds, 3), 100_000, 500)
    directory = options.path("postgres")
    empty(directory)
    server = Postgres(durable=True).start()
    found = []
    try:
        for number in range(rounds):
            ours, database = drained(server, os.path.join(directory, str(number)), records)
            found.append((ours, copied(server, database)))
            database.drop()
        times = latencies(server, os.path.join(directory, "latency"), samples)
    finally:
        server.remove()
    return Measured([
        Row("into Postgres / COPY", [theirs / ours for ours, theirs in found]),
        Row("into Postgres", [records / ours for ours, _ in found], "rows/s"),
        Row("visible in Postgres, p50", [times[len(times) // 2]], "ms"),
        Row("visible in Postgres, p99", [times[min(len(times) - 1, len(times) * 99 // 100)]], "ms"),
    ], {"records": records, "seconds": found, "visible_ms": times})
