"""Contract section 2: what each field of a line becomes. Every record goes to the error file here."""
import datetime
import re

import pytest

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
KEYS = """timestamp trace_id level service module function message error_type stack_trace context
logger line id fingerprint host pid""".split()


def test_a_whole_record_is_kept_as_it_is(records):
    given = {
        "timestamp": "2026-02-01T12:34:58.120+09:00", "level": "ERROR", "service": "scheduler",
        "logger": "core.trading.engine", "module": "trading_engine", "function": "execute_order", "line": 123,
        "message": "주문 실행 실패: 잔고 부족", "trace_id": "abc12345", "error_type": "InsufficientBalance",
        "stack_trace": "Traceback:\n  File \"x.py\"\n", "context": {"stock_code": "005930", "quantity": 10},
        "id": "0198c0de-0000-7000-8000-000000000001", "pid": 4242,
    }
    found = records.one(given)
    assert list(found) == KEYS
    assert {key: found[key] for key in given} == given
    assert re.fullmatch("[0-9a-f]{16}", found["fingerprint"])
    assert found["host"]


def test_what_is_absent_is_filled_in(records):
    begin = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=2)
    found = records.one({"message": "hi"}, service="filler")
    assert list(found)[:10] == KEYS[:10]
    assert found["level"] == "INFO"
    assert (found["service"], found["logger"]) == ("filler", "filler")
    assert [found[key] for key in ("module", "function", "error_type", "stack_trace", "context")] == [None] * 5
    assert begin < datetime.datetime.fromisoformat(found["timestamp"]) < begin + datetime.timedelta(seconds=30)
    assert UUID7.fullmatch(found["id"])


def test_the_logger_is_the_module_before_it_is_the_service(records):
    assert records.one({"module": "jobs"})["logger"] == "jobs"


def test_an_error_without_a_trace_gets_one(records):
    assert re.fullmatch("[0-9a-f]{8}", records.one({"level": "ERROR"})["trace_id"])
    assert records.one({"level": "WARNING"})["trace_id"] is None


@pytest.mark.parametrize("given, written", [
    ("2026-02-01T03:34:56Z", "2026-02-01T12:34:56+09:00"),
    ("2026-02-01T03:34:56.1Z", "2026-02-01T12:34:56.1+09:00"),
    ("2026-02-01T12:34:56.123456789+09:00", "2026-02-01T12:34:56.123456789+09:00"),
    ("2026-01-31T22:34:56.120-05:00", "2026-02-01T12:34:56.120+09:00"),
    ("2026-02-01T12:34:56", "2026-02-01T12:34:56+09:00"),
    ("2026-02-01 12:34:56.5", "2026-02-01T12:34:56.5+09:00"),
])
def test_a_timestamp_is_written_in_the_files_zone(records, given, written):
    assert records.one({"timestamp": given})["timestamp"] == written


@pytest.mark.parametrize("number, fraction", [
    (1769916896, 0), (1769916896.25, 0.25), (1769916896123, 0.123), (1769916896123456, 0.123456),
    (1769916896123456789, 0.123456),
])
def test_a_number_is_seconds_up_to_nanoseconds(records, number, fraction):
    text = records.one({"timestamp": number})["timestamp"]
    # Python's datetime has microseconds.
    time = datetime.datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    assert abs(time.timestamp() - 1769916896 - fraction) < 1e-6


@pytest.mark.parametrize("field, value", [
    ("timestamp", "yesterday"), ("timestamp", "2026-02-30T00:00:00Z"), ("trace_id", "no spaces"),
    ("trace_id", "x" * 65), ("id", "not-a-uuid"),
])
def test_what_cant_be_taken_is_kept_in_the_context(records, field, value):
    found = records.one({"level": "ERROR", "message": "m", field: value})
    assert found["context"][field] == value
    assert found[field] != value and found[field]


@pytest.mark.parametrize("given, level", [
    ("debug", "DEBUG"), ("Info", "INFO"), ("WARN", "WARNING"), ("fatal", "CRITICAL"), ("trace", "DEBUG"),
    ("NOTICE", "INFO"), (10, "DEBUG"), (20, "INFO"), (30, "WARNING"), (40, "ERROR"), (50, "CRITICAL"),
])
def test_levels_by_any_usual_name(records, given, level):
    assert records.one({"level": given, "message": "m"})["level"] == level


@pytest.mark.parametrize("number, level", [(20, "DEBUG"), (30, "INFO"), (40, "WARNING"), (50, "ERROR"), (60, "CRITICAL")])
def test_numbers_are_pinos_where_the_line_is_pinos(records, number, level):
    found = records.one({"level": number, "time": 1769916896123, "pid": 7, "hostname": "h", "msg": "m"})
    assert (found["level"], found["message"], found["pid"]) == (level, "m", 7)
    assert found["context"] == {"hostname": "h"}


def test_an_unknown_level_is_info_and_flagged(records):
    found = records.one({"level": "LOUD", "message": "m"})
    assert found["level"] == "INFO"
    assert "unknown_level" in found["context"]


@pytest.mark.parametrize("alias, field, value", [
    ("severity", "level", "WARNING"), ("levelname", "level", "WARNING"), ("lvl", "level", "WARNING"),
    ("log.level", "level", "WARNING"), ("msg", "message", "m"), ("event", "message", "m"),
    ("name", "logger", "a.b"), ("logger_name", "logger", "a.b"), ("func", "function", "f"),
    ("funcName", "function", "f"), ("lineno", "line", 7), ("exception", "stack_trace", "s"),
    ("exc_info", "stack_trace", "s"), ("traceback", "stack_trace", "s"), ("stack", "stack_trace", "s"),
    ("exc_type", "error_type", "E"), ("extra", "context", {"a": 1}),
])
def test_an_alias_is_its_field(records, alias, field, value):
    assert records.one({alias: value})[field] == value


@pytest.mark.parametrize("alias", ["time", "ts", "@timestamp"])
def test_time_has_aliases(records, alias):
    assert records.one({alias: "2026-02-01T00:00:00Z"})["timestamp"] == "2026-02-01T09:00:00+09:00"


def test_a_field_wins_over_its_alias_which_goes_to_the_context(records):
    found = records.one({"msg": "alias", "message": "field"})
    assert (found["message"], found["context"]) == ("field", {"msg": "alias"})


def test_unknown_fields_are_folded_into_the_context(records):
    found = records.one({"message": "m", "user": "kim", "context": {"user": "lee", "a": 1}, "b": [1, {"c": None}]})
    assert found["context"] == {"user": "lee", "a": 1, "field.user": "kim", "b": [1, {"c": None}]}


@pytest.mark.parametrize("value", ["text", 7, [1, 2], True])
def test_a_context_that_is_no_object_becomes_one(records, value):
    assert records.one({"message": "m", "context": value})["context"] == {"context": value}


def test_a_scalar_of_the_wrong_type_is_turned_to_text(records):
    assert records.one({"message": 42})["message"] == "42"
    assert records.one({"message": True})["message"] == "true"


def test_of_duplicate_keys_the_last_wins(records):
    assert records.one('{"message":"first","message":"last"}')["message"] == "last"


def test_numbers_in_the_context_keep_their_digits(records):
    line = '{"message":"m","context":{"a":9007199254740993,"b":1e400,"c":-0.10,"d":123456789012345678901234567890}}'
    before = records.sizes()
    records.one(line)
    text = records.new_lines(before, "errors")[0]
    for digits in ("9007199254740993", "1e400", "-0.10", "123456789012345678901234567890"):
        assert digits in text


def test_the_peers_own_numbers_stand_for_an_absent_pid_and_not_in_the_line(records):
    import os
    found = records.one({"message": "m", "_pid": 1, "_uid": 0})
    assert found["pid"] == os.getpid()
    assert found["context"] == {"_pid": 1, "_uid": 0}


def test_success_is_info_with_an_outcome(records):
    line = records.text({"level": "SUCCESS", "message": "체결", "logger": "l", "timestamp": "2026-02-01T12:00:00"})
    assert line == ["2026-02-01 12:00:00 ✅ [INFO] l: 체결"]
