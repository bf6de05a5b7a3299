"""Contract section 7: the store is away in every way that a database can be; nothing is lost, nothing twice."""
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import pytest
from harness.admin import Admin
from harness.daemon import wait_until
from harness.faults import condition, sample, wait_for_condition, wait_for_state
from harness.postgres import NOBODY, Database
from postgres_fixtures import QUICK, database, errors, numbers, send, server, stored, wait_for, wait_for_log  # noqa: F401


def test_an_error_becomes_a_row(stored, database):  # noqa: F811
    with stored as daemon:
        send(daemon, *errors(0, 25, context={"stock": "005930", "password": "x"}, trace_id="abc12345"))
        wait_for(database, numbers(0, 25))
    rows = database.execute("SELECT service, trace_id, context, host, resolved FROM error_logs")
    assert rows[0][0:3] == ("scheduler", "abc12345", {"stock": "005930", "password": "***MASKED***"})
    assert rows[0][4] is None


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_server_that_stops_and_comes_back(stored, database, server, how):  # noqa: F811
    with stored as daemon:
        send(daemon, *errors(0, 20))
        wait_for(database, numbers(0, 20))
        server.stop(how)
        send(daemon, *errors(20, 500))
        # Three failures, and one alert.
        wait_for_log(daemon, "records are parked until it is back")
        wait_for_state(daemon, "PARTIAL")
        assert Admin(daemon).get("/readyz").status == 200
        assert len(daemon.all_errors()) == 520
        server.start()
        wait_for(database, numbers(0, 520))
        wait_for_log(daemon, "store is back")
        # <2> is critical.
        assert daemon.stderr().count("<2>") == 1
        wait_for_state(daemon, "READY")


def test_the_server_isnt_there_when_the_daemon_starts(stored, database, server):  # noqa: F811
    server.stop()
    with stored as daemon:
        send(daemon, *errors(0, 30))
        wait_for_log(daemon, "store")
        server.start()
        wait_for(database, numbers(0, 30))


def test_a_server_that_hangs_holds_up_nothing_but_the_store(stored, database, server):  # noqa: F811
    with stored as daemon:
        send(daemon, *errors(0, 10))
        wait_for(database, numbers(0, 10))
        server.signal_all(signal.SIGSTOP)
        try:
            begin = time.monotonic()
            send(daemon, *errors(10, 100))
            assert time.monotonic() - begin < 10
            wait_for_log(daemon, "state: PARTIAL", 40)
            assert "no answer for" in daemon.stderr()
            send(daemon, *errors(110, 10))
        finally:
            server.signal_all(signal.SIGCONT)
        wait_for(database, numbers(0, 120))


def test_a_daemon_that_is_stopped_while_the_server_hangs_ends_in_time(stored, database, server):  # noqa: F811
    with stored as daemon:
        send(daemon, *errors(0, 10))
        wait_for(database, numbers(0, 10))
        server.signal_all(signal.SIGSTOP)
        try:
            send(daemon, *errors(10, 10))
            assert daemon.stop(seconds=45) == 0
        finally:
            server.signal_all(signal.SIGCONT)
    with stored:
        wait_for(database, numbers(0, 20))


def test_restarts_amid_a_stream_lose_and_double_nothing(stored, database, server):  # noqa: F811
    with stored as daemon:
        done = threading.Event()

        def stream():
            for start in range(0, 6000, 200):
                send(daemon, *errors(start, 200))
                time.sleep(0.05)
            done.set()

        writer = threading.Thread(target=stream)
        writer.start()
        while not done.is_set():
            time.sleep(0.3)
            server.stop(signal.SIGQUIT)
            time.sleep(0.1)
            server.start()
        writer.join()
        wait_for(database, numbers(0, 6000))


def test_a_lock_on_the_table_delays_only(stored, database):  # noqa: F811
    with stored as daemon:
        send(daemon, *errors(0, 10))
        wait_for(database, numbers(0, 10))
        with database.connect() as other, other.transaction():
            other.execute("LOCK TABLE error_logs IN ACCESS EXCLUSIVE MODE")
            send(daemon, *errors(10, 50))
            wait_for_log(daemon, "57014", 40)
            wait_for_state(daemon, "PARTIAL")
        wait_for(database, numbers(0, 60))


def test_no_free_connection(stored, database, server):  # noqa: F811
    database.execute(f"ALTER DATABASE {database.name} CONNECTION LIMIT 0")
    with stored as daemon:
        send(daemon, *errors(0, 10))
        wait_for_log(daemon, "53300")
        wait_for_state(daemon, "PARTIAL")
        database.execute(f"ALTER DATABASE {database.name} CONNECTION LIMIT 5")
        wait_for(database, numbers(0, 10))


def test_a_database_that_is_read_only(stored, database, server):  # noqa: F811
    database.execute(f"ALTER DATABASE {database.name} SET default_transaction_read_only = on")
    with stored as daemon:
        send(daemon, *errors(0, 10))
        wait_for_log(daemon, "25006")
        wait_for_state(daemon, "PARTIAL")
        # As after a failover: what is connected anew may write.
        server.execute(f"ALTER DATABASE {database.name} RESET default_transaction_read_only")
        wait_for(database, numbers(0, 10))


def test_a_wrong_password_that_is_put_right(stored, database, server):  # noqa: F811
    server.access("scram-sha-256")
    try:
        database.execute("ALTER ROLE trader PASSWORD 'another'")
        with stored as daemon:
            send(daemon, *errors(0, 10))
            wait_for_log(daemon, "28P01")
            wait_for_log(daemon, "parked until it is back")
            assert "hunter2-db" not in daemon.stderr()
            database.execute("ALTER ROLE trader PASSWORD 'hunter2-db'")
            wait_for(database, numbers(0, 10))
            send(daemon, *errors(10, 10))
            wait_for(database, numbers(0, 20))
    finally:
        server.access("trust")


def test_a_bad_row_among_a_thousand_is_parked_alone(stored, database):  # noqa: F811
    with stored as daemon:
        send(daemon, *errors(0, 10))
        wait_for(database, numbers(0, 10))
        database.execute("ALTER TABLE error_logs ADD CONSTRAINT no_five CHECK (message <> 'record 510')")
        send(daemon, *errors(10, 1000))
        expected = numbers(0, 1010)
        expected.remove("record 510")
        wait_for(database, expected)
        wait_for_log(daemon, 'violates check constraint "no_five"')
        assert daemon.stderr().count("is parked:") == 1
        wait_for_state(daemon, "WARNING")
        [parked] = Admin(daemon).get("/v1/parked").json["parked"]
        assert parked["record"]["message"] == "record 510" and "no_five" in parked["reason"]


def test_a_table_that_was_dropped_is_made_again(stored, database):  # noqa: F811
    with stored as daemon:
        send(daemon, *errors(0, 10))
        wait_for(database, numbers(0, 10))
        database.execute("DROP TABLE error_logs")
        send(daemon, *errors(10, 10))
        wait_for(database, numbers(10, 10))


def test_old_rows_go_by_retention(daemon, database):  # noqa: F811
    config = {"store": {"url": database.url, **QUICK}}
    with daemon(config) as started:
        send(started, *errors(0, 10))
        wait_for(database, numbers(0, 10))
        started.stop()
    database.execute("UPDATE error_logs SET timestamp = now() - interval '40 days', created_at = now() - "
                     "interval '40 days', resolved = CASE WHEN id % 2 = 0 THEN now() END WHERE id <= 6")
    config["store"]["retention"] = "30d"
    with daemon(config):
        wait_until(lambda: database.messages() == numbers(6, 4), 20, lambda: str(database.messages()))


@pytest.fixture
def small_disk(server):  # noqa: F811
    """A database on a disk of 24 MiB of its own."""
    if os.getuid() != 0:
        pytest.skip("only root can mount a small disk")
    directory = tempfile.mkdtemp(prefix="hantu-disk-", dir="/tmp")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=24m,uid={NOBODY},gid={NOBODY},mode=700",
                              "tmpfs", directory], capture_output=True, text=True)
    assert mounted.returncode == 0, mounted.stderr
    try:
        server.execute(f"CREATE TABLESPACE small LOCATION '{directory}'")
        made = Database(server, "TABLESPACE small")
        yield made, directory
        made.drop()
        server.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "-l", directory], check=True)
        shutil.rmtree(directory, ignore_errors=True)


def test_a_full_disk_of_the_database(daemon, small_disk):
    database, directory = small_disk  # noqa: F811
    with daemon({"store": {"url": database.url, **QUICK}}) as started:
        send(started, *errors(0, 10))
        wait_for(database, numbers(0, 10))
        ballast = os.path.join(directory, "ballast")
        with open(ballast, "wb") as file:
            try:
                while True:
                    file.write(b"x" * 65536)
                    file.flush()
            except OSError:
                pass
        send(started, *errors(10, 400, stack_trace="x" * 3000))
        wait_for_log(started, "53100")
        wait_for_state(started, "PARTIAL")
        os.remove(ballast)
        wait_for(database, numbers(0, 410))


def test_what_a_full_spool_drops_is_told(daemon, database, server):  # noqa: F811
    config = {"store": {"url": database.url, **QUICK}, "spool": {"maximum_bytes": 1 << 20, "reserve_bytes": 0}}
    server.stop()
    with daemon(config) as started:
        for start in range(0, 4000, 500):
            send(started, *errors(start, 500, stack_trace="x" * 500))
        send(started, {"level": "CRITICAL", "message": "kept"}, *errors(4000, 500, stack_trace="x" * 500))
        wait_for_log(started, "the spool is full")
        wait_for_condition(started, "WARNING", "store")
        assert "dropped" in condition(started, "WARNING", "store")["message"]
        server.start()
        wait_until(lambda: "record 4499" in database.messages(), 40, "the newest isn't there")
        found = database.messages()
        # The oldest of the lowest level went, and what is there is there once and in order.
        assert "kept" in found and "record 0" not in found
        kept = [int(message.split()[1]) for message in found if message != "kept"]
        assert kept == list(range(kept[0], 4500))
        told = sum(int(line.split("full; ")[1].split()[0]) for line in started.stderr().splitlines()
                   if "the spool is full; " in line)
        assert told == kept[0] == sample(started, "hantu_logd_dropped_total", output="store", reason="spool_overflow")
