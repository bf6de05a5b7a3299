"""Contract section 7: files that can't be written, links put in their way, a spool that was damaged between two starts."""
import contextlib
import ctypes
import json
import os
import random
import shutil
import sqlite3
import subprocess

import pytest
from harness.admin import Admin
from harness.bot_api import BotAPI
from harness.client import Client
from harness.daemon import merge, wait_until

SOON = {"store": {"batch": {"interval": "50ms"}, "retry": {"delay": "200ms"}}}
# Nobody listens there.
STORE_AWAY = {"store": {"url": "postgres://nobody@127.0.0.1:1/none", "retry": {"delay": "200ms"}}}


def send(daemon, *records):
    """Until all are acknowledged."""
    with Client(daemon.socket, service="scheduler", acks=True, timeout=30) as client:
        client.send(*records)
        client.wait_for(len(records))


def errors(count, text):
    return [{"level": "ERROR", "message": f"{text} {number}", "stack_trace": "x" * 500} for number in range(count)]


def messages(daemon):
    return [record["message"] for record in daemon.errors()]


def rows(daemon):
    shown = daemon.hantu("logs", "db", "--json", "-n", "100000").stdout.splitlines()
    return [json.loads(row)["message"] for row in shown]


def wait_for_state(daemon, expected, seconds=40):
    wait_until(lambda: Admin(daemon).status()["state"] == expected, seconds,
               lambda: json.dumps(Admin(daemon).status()["conditions"], ensure_ascii=False))


def without_root_s_powers():
    """Modes hold for the daemon too, though the tests run as root."""
    pr_capbset_drop, dac_override, dac_read_search = 24, 1, 2
    libc = ctypes.CDLL(None)
    for capability in (dac_override, dac_read_search):
        libc.prctl(pr_capbset_drop, capability, 0, 0, 0)


@contextlib.contextmanager
def read_only(logs):
    """EROFS: a mount over the directory."""
    subprocess.run(["mount", "--bind", logs, logs], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", logs], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", logs], check=True)


@contextlib.contextmanager
def forbidden(logs):
    """EACCES."""
    for name in ("info", "errors"):
        os.chmod(os.path.join(logs, name), 0)
    yield
    for name in ("info", "errors"):
        os.chmod(os.path.join(logs, name), 0o750)


@contextlib.contextmanager
def a_file_instead(logs):
    """ENOTDIR."""
    for name in ("info", "errors"):
        os.rmdir(os.path.join(logs, name))
        open(os.path.join(logs, name), "w").close()
    yield
    for name in ("info", "errors"):
        os.remove(os.path.join(logs, name))


@pytest.mark.parametrize("fault", [read_only, forbidden, a_file_instead], ids=lambda fault: fault.__name__)
def test_lines_go_to_stderr_and_errors_come_back_when_the_directory_is_mended(daemon, fault):
    with BotAPI() as api:
        prepared = daemon(merge(api.config(), SOON))
        for name in ("info", "errors"):
            os.makedirs(prepared.path("logs", name))
        with fault(prepared.path("logs")):
            started = prepared.start(preexec_fn=without_root_s_powers)
            send(started, *errors(50, "meanwhile"), {"message": "a plain line"})
            wait_for_state(started, "CRITICAL")
            assert Admin(started).get("/readyz").status == 503 and Admin(started).get("/healthz").status == 200
            wait_until(lambda: "a plain line" in started.stderr(), 10, "the line is not on stderr")
            wait_until(lambda: any("파일" in text for text in api.texts()), 20, lambda: api.texts())
            # The store has nothing to do with it.
            wait_until(lambda: len(rows(started)) == 50, 10, "rows are missing")
            assert started.files("errors") == [] if fault is not forbidden else True
        wait_for_state(started, "READY")
        send(started, {"level": "ERROR", "message": "after"}, {"message": "a later line"})
        assert messages(started) == [*(f"meanwhile {number}" for number in range(50)), "after"]
        assert set(Admin(started).status()["drops"]) <= {"text"}


def test_a_directory_that_is_removed_while_it_runs_is_made_again(daemon):
    with daemon(SOON) as started:
        send(started, *errors(5, "before"), {"message": "a line before"})
        shutil.rmtree(started.path("logs"))
        # That a file is gone is looked for once a second; lines until then are in nobody's file, but in the store.
        sent = 5

        def is_back():
            nonlocal sent
            sent += 1
            send(started, {"level": "ERROR", "message": f"after {sent}"}, {"message": f"a line after {sent}"})
            return started.errors() and started.text_lines()

        wait_until(is_back, 10, "no new files")
        assert messages(started)[-1] == f"after {sent}"
        wait_until(lambda: len(rows(started)) == sent, 10, "rows are missing")
        wait_for_state(started, "READY")


@pytest.mark.parametrize("planted", ["before", "while it runs"])
def test_a_link_in_a_files_place_is_not_followed(daemon, tmp_path, planted):
    prepared = daemon(SOON)
    victims = {kind: tmp_path / f"victim of {kind}" for kind in ("text", "errors")}

    def plant():
        for kind, path in [("text", prepared.text_file()), ("errors", prepared.error_file())]:
            victims[kind].write_text("precious\n")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                os.remove(path)
            os.symlink(victims[kind], path)

    if planted == "before":
        plant()
    with prepared as started:
        if planted != "before":
            send(started, {"level": "ERROR", "message": "first"}, {"message": "a first line"})
            plant()

        def is_refused():
            send(started, {"level": "ERROR", "message": "refused"}, {"message": "a refused line"})
            return Admin(started).status()["state"] == "CRITICAL"

        wait_until(is_refused, 10, lambda: started.stderr())
        assert {path.read_text() for path in victims.values()} == {"precious\n"}
        assert "a refused line" in started.stderr()
        for path in (started.text_file(), started.error_file()):
            os.remove(path)
        wait_for_state(started, "READY")
        assert "refused" in messages(started)
        assert {path.read_text() for path in victims.values()} == {"precious\n"}


@pytest.fixture(scope="module")
def waiting(tmp_path_factory):
    """A spool in which 300 records wait for the store, left by a kill; and their messages."""
    from harness.daemon import Daemon
    made = Daemon(tmp_path_factory.mktemp("waiting"), STORE_AWAY).start()
    for start in range(0, 300, 30):
        send(made, *errors(30, f"from {start},"))
    made.kill()
    return made.path("spool"), {record["message"] for start in range(0, 300, 30) for record in errors(30, f"from {start},")}


@pytest.mark.parametrize("seed", range(9))
def test_a_spool_damaged_between_two_starts_costs_no_more_than_is_told(daemon, waiting, seed):
    spool, sent = waiting
    generator = random.Random(seed)
    with BotAPI(strict_pace=False) as api:
        prepared = daemon(merge(api.config(minimum_level="CRITICAL"), SOON))
        shutil.copytree(spool, prepared.path("spool"))
        # Without its log the file itself has everything.
        with contextlib.closing(sqlite3.connect(prepared.path("spool", "spool.db"))) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file = prepared.path("spool", "spool.db")
        with open(file, "r+b") as damaged:
            size = os.path.getsize(file)
            for _ in range(1 + seed):
                damaged.seek(generator.randrange(size - 64))
                damaged.write(generator.randbytes(64))
        with prepared as started:
            send(started, {"level": "ERROR", "message": "after the damage"})
            wait_until(lambda: "after the damage" in rows(started), 20, lambda: started.stderr()[-2000:])
            Admin(started).post("/v1/flush")
            found = rows(started)
            assert len(found) == len(set(found)) and set(found) <= sent | {"after the damage"}
            lost = len(sent - set(found))
            told = sum(count for output in Admin(started).status()["drops"].values()
                       for reason, count in output.items() if reason == "spool_damaged")
            aside = [name for name in os.listdir(started.path("spool")) if "damaged" in name]
            assert told >= lost or (aside and "an unknown number lost" in started.stderr()), (lost, told, aside)
            if aside:
                wait_until(lambda: any("스풀이 손상되어" in text for text in api.texts()), 15, lambda: api.texts())
