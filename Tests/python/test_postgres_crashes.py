"""Contract section 7, kill -9: at the end the table has each acknowledged event exactly once."""
import json
import random
import signal
import subprocess
import uuid

import psycopg
import pytest
from harness.admin import Admin
from harness.client import Client
from harness.daemon import wait_until
from postgres_fixtures import QUICK, database, server  # noqa: F401

# docs/fault-points.md, as far as records on their way to Postgres come by.
POINTS = [
    "spool.append.before-commit", "spool.append.after-commit", "spool.advance.before-commit",
    "spool.advance.after-commit", "drain.delivered.before-advance", "store.batch.sent", "store.part.written",
    "store.migrated",
]
REFUSED = "refused"


class Stream:
    """Sends records as a shim does: what wasn't acknowledged goes again, with the same id."""

    def __init__(self, generator):
        self.generator = generator
        self.unsafe, self.safe = [], []

    def add(self, count):
        for _ in range(count):
            message = REFUSED if self.generator.random() < 0.01 else "fine"
            event = str(uuid.UUID(int=self.generator.getrandbits(128), version=4))
            self.unsafe.append({"level": "ERROR", "message": message, "id": event, "trace_id": event})

    def send(self, daemon):
        """Until all is safe, or the daemon is gone."""
        try:
            with Client(daemon.socket, service="scheduler", acks=True, timeout=30) as client:
                batch = list(self.unsafe)
                acked = 0
                try:
                    client.send(*batch)
                    while acked < len(batch):
                        answer = client.answer()
                        if answer is None:
                            break
                        acked = answer["acked"]
                finally:
                    self.safe += batch[:acked]
                    self.unsafe = batch[acked:]
        except (OSError, json.JSONDecodeError):
            pass


def crash(daemon, stream, point):
    """One life of the daemon, ended by kill -9 at the latest; says whether it came to the point."""
    daemon.environment["HANTU_LOGD_FAULT"] = point
    daemon.launch()
    process = daemon.process

    def is_up_or_gone():
        return process.poll() is not None or daemon.listening()

    wait_until(is_up_or_gone, 20, lambda: daemon.stderr()[-2000:])
    rounds = 0
    while process.poll() is None and rounds < 8:
        stream.add(stream.generator.choice([1, 7, 60, 300]))
        stream.send(daemon)
        rounds += 1
    try:
        reached = process.wait(1) == -signal.SIGKILL
    except subprocess.TimeoutExpired:
        reached = False
    daemon.kill()
    return reached


@pytest.mark.parametrize("seed", range(5))
def test_ten_crashes_lose_and_double_nothing(daemon, database, seed):  # noqa: F811
    generator = random.Random(seed)
    stream = Stream(generator)
    crashing = daemon({"store": {"url": database.url, **QUICK}})
    with crashing:
        # The table, with something in it that refuses.
        stream.add(20)
        stream.send(crashing)
        wait_until(lambda: len(rows(database)) >= 15, 20, "no table")
    database.execute(f"ALTER TABLE error_logs ADD CONSTRAINT picky CHECK (message <> '{REFUSED}') NOT VALID")
    reached = []
    for number in range(10):
        point = POINTS[(seed * 10 + number) % len(POINTS)] if number % 2 else generator.choice(POINTS)
        if point == "store.migrated":
            database.execute("DROP INDEX IF EXISTS error_logs_trace_id")
        if crash(crashing, stream, point):
            reached.append(point)
    assert len(reached) >= 7, reached
    crashing.environment.pop("HANTU_LOGD_FAULT")
    with crashing:
        stream.send(crashing)
        assert stream.unsafe == []
        wanted = {record["id"] for record in stream.safe if record["message"] != REFUSED}
        wait_until(lambda: wanted <= set(rows(database)), 30,
                   lambda: f"{len(wanted - set(rows(database)))} of {len(wanted)} are missing")
    found = rows(database)
    assert len(found) == len(set(found)), "an event is there twice"
    assert set(found) - {record["id"] for record in stream.safe} == set()


@pytest.mark.parametrize("point", ["spool.replay.before-commit", "spool.replay.after-commit"])
def test_a_crash_while_parked_records_are_replayed_loses_and_doubles_nothing(daemon, database, point):  # noqa: F811
    stream = Stream(random.Random(1))
    replaying = daemon({"store": {"url": database.url, **QUICK}})
    replaying.environment["HANTU_LOGD_FAULT"] = point
    replaying.start()
    stream.add(3)
    stream.send(replaying)
    wait_until(lambda: len(rows(database)) == 3, 20, "no table")
    database.execute(f"ALTER TABLE error_logs ADD CONSTRAINT picky CHECK (message <> '{REFUSED}') NOT VALID")
    refused = [str(uuid.UUID(int=number)) for number in range(1, 21)]
    stream.unsafe = [
        {"level": "ERROR", "message": REFUSED, "id": event, "trace_id": event} for event in refused]
    stream.send(replaying)
    wait_until(lambda: parked(replaying) == len(refused), 30, lambda: f"{parked(replaying)} are parked")
    database.execute("ALTER TABLE error_logs DROP CONSTRAINT picky")
    assert replaying.hantu("logd", "parked", "--replay").returncode == 1
    assert replaying.process.wait(10) == -signal.SIGKILL

    replaying.environment.pop("HANTU_LOGD_FAULT")
    with replaying:
        assert parked(replaying) == (len(refused) if point.endswith("before-commit") else 0)
        replaying.hantu("logd", "parked", "--replay")
        wait_until(lambda: len(rows(database)) >= 3 + len(refused), 30, lambda: f"{len(rows(database))} rows")
        assert parked(replaying) == 0
    found = rows(database)
    assert len(found) == len(set(found)) and set(refused) <= set(found)


def parked(daemon):
    return Admin(daemon).get("/v1/parked").json["total"]


def rows(database):  # noqa: F811
    """The identities that the services gave, from a column without an index that would forbid a second."""
    try:
        return [row[0] for row in database.execute("SELECT trace_id FROM error_logs")]
    except psycopg.errors.UndefinedTable:
        return []
