"""Contract sections 5 and 8: what stands in the daily files, which day it stands in, how long it stays."""
import datetime
import gzip
import os

import pytest
from harness.client import Client
from harness.daemon import wait_until
from harness.rendering import text_line


def send(daemon, *records):
    with Client(daemon.socket, service="s") as client:
        client.send(*records)
        client.flush()


def at(daemon, days, hour=12):
    """Noon of a day counted from the zone's today."""
    day = datetime.datetime.now(daemon.zone).replace(hour=hour, minute=0, second=0, microsecond=0)
    return day + datetime.timedelta(days=days)


def named(moment):
    return moment.strftime("%Y%m%d")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    from harness.daemon import Daemon
    with Daemon(tmp_path_factory.mktemp("files"), {"store": {"enabled": False}}) as daemon:
        yield daemon


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"])
def test_a_text_line_is_the_one_worked_out_from_the_contract(running, level):
    record = {"timestamp": at(running, 0).isoformat(), "level": level, "logger": "core.trading.engine",
              "message": f"주문 \"{level}\" C:\\dir 완료", "trace_id": "abc12345"}
    send(running, record)
    assert running.text_lines()[-1] + "\n" == text_line(record, running.zone)


def test_without_a_trace_there_is_no_bracket_for_it(running):
    send(running, {"message": "bare", "logger": "l"})
    assert running.text_lines()[-1].endswith("[INFO] l: bare")


@pytest.mark.parametrize("field", ["message", "logger"])
def test_no_record_can_forge_a_line_or_drive_a_terminal(running, field):
    evil = "a\n2026-02-01 12:00:00 [INFO] x: forged\x1b[2J\x7f\u0085\u2028\u202e\t\\n"
    record = {"timestamp": at(running, 0).isoformat(), "level": "INFO", "logger": "l", "message": "m",
              "trace_id": "abc", field: evil}
    before = len(running.text_lines())
    send(running, record)
    lines = running.text_lines()
    assert len(lines) == before + 1
    assert lines[-1] + "\n" == text_line(record, running.zone)


def test_success_has_its_mark_below_warning(running):
    send(running, {"message": "m", "logger": "l", "outcome": "success"})
    assert "✅ [INFO]" in running.text_lines()[-1]
    send(running, {"message": "m", "logger": "l", "outcome": "success", "level": "WARNING"})
    assert "⭕ [WARNING]" in running.text_lines()[-1]


@pytest.mark.parametrize("days, file", [(0, 0), (-1, -1), (-2, -2), (-3, 0), (-300, 0), (1, 1), (2, 0), (300, 0)])
def test_a_record_stands_in_its_own_day_within_the_window(running, days, file):
    moment = at(running, days)
    message = f"of day {days}"
    send(running, {"timestamp": moment.isoformat(), "level": "ERROR", "logger": "l", "message": message})
    day = named(at(running, file))
    assert any(message in line for line in running.text_lines(day))
    assert any(record["message"] == message for record in running.errors(day))


def test_the_day_is_that_of_the_zone(running):
    moment = at(running, 0, hour=1)
    send(running, {"timestamp": moment.astimezone(datetime.timezone.utc).isoformat(), "message": "early bird"})
    assert any("early bird" in line and line[11:19] == "01:00:00" for line in running.text_lines(named(moment)))


def test_an_error_is_on_one_line_in_the_text_file_and_whole_in_the_error_file(running):
    send(running, {"level": "ERROR", "message": "two\nlines", "logger": "l", "stack_trace": "a\nb"})
    assert running.text_lines()[-1].split(" (trace_id=")[0].endswith("❌ [ERROR] l: two\\nlines")
    assert running.errors()[-1]["message"] == "two\nlines"
    assert running.errors()[-1]["stack_trace"] == "a\nb"


def test_levels_and_marks_follow_the_configuration(daemon):
    with daemon({"files": {"minimum_level": "WARNING", "errors_minimum_level": "CRITICAL", "emoji": False}}) as started:
        send(started, *[{"level": level, "message": level, "logger": "l"}
                        for level in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")])
        assert [line.split(" (trace")[0][20:] for line in started.text_lines()] == [
            "[WARNING] l: WARNING", "[ERROR] l: ERROR", "[CRITICAL] l: CRITICAL"]
        assert [record["message"] for record in started.errors()] == ["CRITICAL"]


@pytest.fixture
def old_files(daemon):
    """A daemon not yet started, with files of the last days; maps names to whether they stay."""
    prepared = daemon()
    info, errors = prepared.path("logs", "info"), prepared.path("logs", "errors")
    os.makedirs(info)
    os.makedirs(errors)
    stays = {}
    for days in range(0, 6):
        day = named(at(prepared, -days))
        stays[f"info/info_{day}.log"] = stays[f"errors/error_{day}.json"] = days < 3
    old = named(at(prepared, -9))
    for name in (f"info_{old}.log.backup", f"info_{old}_manual.log", f"backup_{old}.log", f"notes_{old}.log",
                 "info_20260230.log", f"info_{old}.txt", f"xinfo_{old}.log"):
        stays["info/" + name] = True
    for suffix in (".gz", ".zst"):
        stays[f"info/info_{old}.log{suffix}"] = False
    for name in stays:
        with open(prepared.path("logs", name), "w") as file:
            file.write("old\n")
    target = prepared.path("elsewhere")
    with open(target, "w") as file:
        file.write("precious\n")
    os.symlink(target, os.path.join(info, f"info_{named(at(prepared, -7))}.log"))
    os.mkdir(os.path.join(info, f"info_{named(at(prepared, -8))}.log"))
    stays[f"info/info_{named(at(prepared, -7))}.log"] = stays[f"info/info_{named(at(prepared, -8))}.log"] = True
    return prepared, stays


def test_files_past_retention_go_at_start_and_nothing_else_does(old_files):
    started, stays = old_files
    gone = [name for name, keeps in stays.items() if not keeps]
    with started:
        wait_until(lambda: not any(os.path.exists(started.path("logs", name)) for name in gone), 5,
                   lambda: f"still there: {[n for n in gone if os.path.exists(started.path('logs', n))]}")
    for name, keeps in stays.items():
        assert os.path.lexists(started.path("logs", name)) == keeps, name
    assert os.path.exists(started.path("elsewhere"))


def test_closed_days_are_compressed(daemon):
    prepared = daemon({"files": {"retention": {"compress": "gzip"}}})
    path = prepared.text_file(named(at(prepared, -1)))
    os.makedirs(os.path.dirname(path))
    with open(path, "w") as file:
        file.write("어제\n" * 1000)
    with prepared:
        wait_until(lambda: os.path.exists(path + ".gz") and not os.path.exists(path), 5, "not compressed")
    with gzip.open(path + ".gz", "rt") as file:
        assert file.read() == "어제\n" * 1000
