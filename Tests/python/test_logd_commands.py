"""Contract section 10: the commands that operate the daemon, and those that look at what it did."""
import json
import os
import select
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from harness.admin import Admin
from harness.client import Client
from harness.daemon import binary, wait_until

QUICK = {"store": {"batch": {"interval": "100ms"}}}


def send(daemon, *records, service="scheduler"):
    with Client(daemon.socket, service=service) as client:
        client.send(*records)
        client.flush()


def flushed(daemon):
    assert Admin(daemon).post("/v1/flush").status == 200


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("command", ["status", "flush", "reload", "parked", "alert-test"])
def test_without_a_daemon_each_says_so(daemon, command):
    prepared = daemon()
    prepared.write_config()
    answer = prepared.hantu("logd", command)
    assert answer.returncode == 1 and answer.stdout == ""
    assert answer.stderr.startswith("❌ hantu-logd가 실행 중이 아닙니다") and prepared.path("admin.sock") in answer.stderr


def test_status_for_people_and_for_programs(daemon):
    with daemon(QUICK) as started:
        send(started, {"level": "ERROR", "message": "m"}, {"message": "m"})
        answer = started.hantu("logd", "status")
        assert answer.returncode == 0 and answer.stderr == ""
        assert answer.stdout.startswith("✅ hantu-logd ") and "READY" in answer.stdout.splitlines()[0]
        assert "INFO 1 · ERROR 1" in answer.stdout
        answer = started.hantu("logd", "status", "--json")
        assert len(answer.stdout.splitlines()) == 1
        assert json.loads(answer.stdout)["intake"]["records"]["ERROR"] == 1


def test_flush_and_reload(daemon):
    with daemon(QUICK) as started:
        assert started.hantu("logd", "flush").returncode == 0
        assert json.loads(started.hantu("logd", "flush", "--json").stdout)["complete"] is True
        started.config["files"]["emoji"] = False
        started.write_config()
        assert json.loads(started.hantu("logd", "reload", "--json").stdout) == {
            "changed": ["files.emoji"], "needs_restart": []}
        with open(started.config_file, "a") as file:
            file.write("\nnonsense")
        answer = started.hantu("logd", "status")
        # The command reads the same file, and says what is wrong with it.
        assert answer.returncode == 1 and "설정 오류" in answer.stderr


def test_alert_test_without_telegram(daemon):
    with daemon() as started:
        answer = started.hantu("logd", "alert-test")
        assert answer.returncode == 1 and "alerts are not configured" in answer.stderr


AS_NOBODY = """
import os, sys
os.setgroups([]); os.setgid(65534); os.setuid(65534)
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_who_may_not_use_the_socket_is_told_why_and_what_to_do(daemon, tmp_path_factory):
    with daemon() as started:
        directory = started.directory
        while directory != "/":
            os.chmod(directory, os.stat(directory).st_mode | 0o055)
            directory = os.path.dirname(directory)
        os.chmod(started.config_file, 0o644)
        program = str(tmp_path_factory.mktemp("program") / "hantu")
        with open(binary("hantu"), "rb") as source, open(program, "wb") as target:
            target.write(source.read())
        os.chmod(program, 0o755)
        os.chmod(os.path.dirname(program), 0o755)
        command = [sys.executable, "-c", AS_NOBODY, program, "logd", "flush", "--config", started.config_file]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert answer.returncode == 1
        assert "접근할 권한이 없습니다" in answer.stderr and "sudo" in answer.stderr
        os.chmod(started.path("admin.sock"), 0o666)
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert answer.returncode == 1 and "sudo" in answer.stderr


# Parked records.


@pytest.fixture
def parked(daemon):
    """A daemon whose store refuses one of three records for good."""
    with daemon(QUICK) as started:
        send(started, {"level": "ERROR", "message": "the first"})
        flushed(started)
        with sqlite3.connect(started.path("spool", "errors.db"), timeout=30) as database:
            database.execute("""CREATE TRIGGER picky BEFORE INSERT ON error_logs WHEN NEW.message = 'refused'
                                BEGIN SELECT RAISE(ABORT, 'the store does not like this'); END""")
        send(started, {"level": "ERROR", "message": "refused"}, {"level": "ERROR", "message": "the last"})
        wait_until(lambda: Admin(started).get("/v1/parked").json["total"] == 1, 30, "nothing is parked")
        yield started


def test_parked_records_are_listed_with_their_reason(parked):
    item, = Admin(parked).get("/v1/parked").json["parked"]
    assert set(item) == {"id", "output", "time", "level", "reason", "attempts", "record"}
    assert item["output"] == "store" and "does not like" in item["reason"]
    assert item["record"]["message"] == "refused"
    answer = parked.hantu("logd", "parked")
    assert answer.returncode == 0 and "does not like" in answer.stdout and "refused" in answer.stdout
    assert lines(parked.hantu("logd", "parked", "--json").stdout) == [item]
    assert [condition["state"] for condition in Admin(parked).status()["conditions"]] == ["WARNING"]


def test_parked_records_are_exported_to_a_new_file(parked, tmp_path):
    path = tmp_path / "parked.jsonl"
    assert parked.hantu("logd", "parked", "--export", str(path)).returncode == 0
    item, = lines(path.read_text())
    assert item["record"]["message"] == "refused" and "does not like" in item["reason"]
    assert path.stat().st_mode & 0o777 == 0o600
    # What is there stays.
    assert parked.hantu("logd", "parked", "--export", str(path)).returncode == 1
    assert len(lines(path.read_text())) == 1


def test_parked_records_are_sent_again_once_the_store_takes_them(parked):
    with sqlite3.connect(parked.path("spool", "errors.db"), timeout=30) as database:
        database.execute("DROP TRIGGER picky")
    answer = parked.hantu("logd", "parked", "--replay", "--json")
    assert (answer.returncode, json.loads(answer.stdout)) == (0, {"replayed": 1})
    flushed(parked)
    stored = [row["message"] for row in lines(parked.hantu("logs", "db", "--json").stdout)]
    assert sorted(stored) == ["refused", "the first", "the last"]
    assert Admin(parked).status()["state"] == "READY"
    assert parked.hantu("logd", "parked").returncode == 1


def test_what_is_parked_is_still_a_warning_after_a_restart(parked):
    assert parked.stop() == 0
    parked.start()
    wait_until(lambda: Admin(parked).status()["state"] == "WARNING", 10, "nothing warns")


# What the daemon did.


def test_a_trace_is_one_timeline_of_files_and_store(daemon):
    with daemon(QUICK) as started:
        base = time.time()

        def record(milliseconds, **fields):
            return {"timestamp": base + milliseconds / 1000, "trace_id": "abc12345", "logger": "core.engine", **fields}

        send(started, record(0, message="begin"), {"message": "another's", "trace_id": "other"},
             {"message": "says (trace_id=abc12345) but is none"},
             record(400, level="ERROR", message="실패:\n이유", error_type="E", stack_trace="Traceback\n  a line"),
             record(500, message="twice"), record(500, message="twice"), record(900, message="end", outcome="success"))
        flushed(started)
        found = lines(started.hantu("logs", "trace", "abc12345", "--json").stdout)
        assert [entry["message"] for entry in found] == ["begin", "실패:\n이유", "twice", "twice", "end"]
        assert [entry["sources"] for entry in found] == [
            ["text"], ["text", "error", "store"], ["text"], ["text"], ["text"]]
        offsets = [entry["offset_ms"] for entry in found]
        assert offsets[0] == 0 and offsets == sorted(offsets) and offsets[-1] < 2500
        assert found[1]["stack_trace"] == "Traceback\n  a line"
        shown = started.hantu("logs", "trace", "abc12345").stdout
        assert shown.count("실패") == 1 and "     Traceback\n       a line\n" in shown
        assert started.hantu("logs", "trace", "nothing").returncode == 1
        assert started.hantu("logs", "trace", "no(id").returncode == 64


def test_a_trace_is_found_in_large_files_whole_and_fast(daemon):
    prepared = daemon({"store": {"enabled": False}})
    os.makedirs(prepared.path("logs", "info"))
    filler = "2026-02-01 12:00:00 [INFO] core: " + "x" * 150 + " (trace_id=somebody)\n"
    wanted = "2026-02-01 12:00:{:02} [INFO] core: {} (trace_id=needle)\n"
    with open(prepared.path("logs", "info", "info_20260201.log"), "w") as file:
        for number in range(20):
            file.write(filler * 20_000)
            # Some of them lie across the blocks in which the file is read.
            file.write(wanted.format(number, "y" * (number * 9973)))
    prepared.write_config()
    begin = time.monotonic()
    found = lines(prepared.hantu("logs", "trace", "needle", "--json").stdout)
    took = time.monotonic() - begin
    assert [len(entry["message"]) for entry in found] == [number * 9973 for number in range(20)]
    assert [entry["offset_ms"] for entry in found] == [number * 1000 for number in range(20)]
    assert took < 20


@pytest.mark.parametrize("enabled", [True, False])
def test_statistics_come_from_the_store_else_from_the_files(daemon, enabled):
    with daemon({"store": {"enabled": enabled, "batch": {"interval": "100ms"}}}) as started:
        send(started, *[{"level": "ERROR", "message": "m", "error_type": "A"}] * 3, service="api")
        send(started, {"level": "CRITICAL", "message": "m"}, {"message": "no error"})
        flushed(started)
        if enabled:
            assert started.hantu("logs", "resolve", "1").returncode == 0
        answer = json.loads(started.hantu("logs", "stats", "--json").stdout)
        assert list(answer) == ["since", "total", "groups"] and answer["total"] == 4
        assert [(group["key"], group["count"], group["unresolved"]) for group in answer["groups"]] == [
            ("api", 3, 2 if enabled else None), ("scheduler", 1, 1 if enabled else None)]
        assert set(answer["groups"][0]) == {"key", "count", "first_seen", "last_seen", "unresolved"}
        keys = {by: [group["key"] for group in json.loads(
            started.hantu("logs", "stats", "--by", by, "--json").stdout)["groups"]]
            for by in ("type", "level", "hour", "fingerprint")}
        assert keys["type"] == ["A", None] and keys["level"] == ["ERROR", "CRITICAL"]
        assert len(keys["fingerprint"]) == 2 and all(len(hour) == 16 for hour in keys["hour"])
        shown = started.hantu("logs", "stats").stdout
        assert "api" in shown and "█" in shown and "추이" in shown


def test_resolve_and_reopen(daemon):
    with daemon(QUICK) as started:
        send(started, *[{"level": "ERROR", "message": str(number)} for number in range(3)])
        flushed(started)
        uuid = lines(started.hantu("logs", "db", "--json").stdout)[2]["event_id"]
        answer = started.hantu("logs", "resolve", "1", uuid, "--note", "재시도로 해결", "--json")
        assert (answer.returncode, json.loads(answer.stdout)) == (
            0, {"changed": [1, 3], "unchanged": [], "missing": []})
        rows = lines(started.hantu("logs", "db", "--json").stdout)
        assert [row["resolution_note"] for row in rows] == ["재시도로 해결", None, "재시도로 해결"]
        answer = started.hantu("logs", "resolve", "1", "2", "999", "--json")
        assert (answer.returncode, json.loads(answer.stdout)) == (
            1, {"changed": [2], "unchanged": [1], "missing": ["999"]})
        assert started.hantu("logs", "reopen", "1", "2", "3").returncode == 0
        assert all(row["resolved"] is None for row in lines(started.hantu("logs", "db", "--json").stdout))
        assert started.hantu("logs", "resolve").returncode == 64


def test_live_shows_records_until_it_is_interrupted(daemon):
    with daemon() as started:
        command = [binary("hantu"), "logs", "live", "--json", "--level", "WARNING", "--config", started.config_file]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=started.environment) as live:
            # Until it listens what it could have shown is lost.
            def sees():
                send(started, {"message": "too low"}, {"level": "WARNING", "message": "hello"})
                return select.select([live.stdout], [], [], 0.1)[0]

            try:
                wait_until(sees, 30, "nothing is shown")
                assert json.loads(live.stdout.readline())["message"] == "hello"
                live.send_signal(signal.SIGINT)
                assert live.wait(15) == 0
            finally:
                live.kill()


def test_live_ends_with_the_daemon(daemon):
    started = daemon().start()
    command = [binary("hantu"), "logs", "live", "--config", started.config_file]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=started.environment) as live:
        wait_until(lambda: send(started, {"message": "m"}) or Admin(started).status()["intake"]["records"]["INFO"] > 20,
                   30, "nothing is counted")
        assert started.stop() == 0
        shown, errors = live.communicate(timeout=30)
        assert live.returncode == 0 and "m" in shown and "ℹ️" in errors
