"""What goes over the wire, by the vectors that all shims share, and what Python alone can do to a record."""
import json
import logging
import pathlib
import re

import pytest
from hantu_log import record as wire
from hantu_log import trace

VECTORS = [
    json.loads(line)
    for line in (pathlib.Path(__file__).parents[3] / "Tests/Fixtures/wire.jsonl").read_text("utf-8").splitlines()
]
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def entry(message="x", *arguments, level=logging.INFO, exc_info=None, **attributes):
    made = logging.LogRecord("a", level, "/src/m.py", 1, message, arguments, exc_info, "f")
    made.__dict__.update(attributes)
    return made


def sent(made):
    line = wire.encode(made)
    assert line.endswith(b"\n") and line.count(b"\n") == 1
    return json.loads(line.decode("utf-8"))


def raised(error):
    try:
        raise error
    except BaseException as caught:
        return type(caught), caught, caught.__traceback__


def matches(expected, found):
    assert set(expected) == set(found)
    for name, value in expected.items():
        if value == "<time>":
            assert isinstance(found[name], float) and found[name] > 1.7e9
        elif value == "<uuid>":
            assert UUID.fullmatch(found[name])
        elif value == "<text>":
            assert isinstance(found[name], str) and found[name]
        else:
            assert found[name] == value


def test_there_are_vectors():
    assert len(VECTORS) >= 12


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_vector(vector):
    call = vector["call"]
    exc_info = raised(type(call["error"], (Exception,), {})("failed")) if "error" in call else None
    made = logging.LogRecord(
        call["logger"], getattr(logging, call["level"]), f"/src/{call['module']}.py", call["line"], call["message"],
        (), exc_info, call["function"])
    made.__dict__.update({name: call[name] for name in ("outcome", "notify") if name in call})
    made.__dict__.update(call.get("context", {}))
    with trace.TraceIdContext(call["trace_id"]) if "trace_id" in call else trace.TraceIdContext():
        if "trace_id" not in call:
            trace.clear_trace_id()
        matches(vector["sent"], sent(made))


def test_arguments_are_formatted():
    assert sent(entry("%s bought %d @ %.1f", "kim", 3, 1.5))["message"] == "kim bought 3 @ 1.5"


def test_arguments_of_a_dictionary_are_formatted():
    made = logging.LogRecord("a", 20, "/src/m.py", 1, "%(stock)s", ({"stock": "005930"},), None, "f")
    assert sent(made)["message"] == "005930"


def test_arguments_that_do_not_fit_are_shown():
    assert sent(entry("%d %d", "one"))["message"] == "%d %d % ('one',)"


class Broken:
    def __repr__(self):
        raise RuntimeError("no")


def test_a_broken_repr_costs_nothing_but_itself():
    found = sent(entry("%r", Broken(), broken=Broken(), whole=1))
    assert found["message"] == "%r % <tuple whose repr fails>"
    assert found["context"] == {"not_json": True, "broken": "<Broken whose repr fails>", "whole": 1}


def test_a_message_may_be_any_object():
    assert sent(entry(ValueError("no")))["message"] == "no"
    assert sent(entry(Broken()))["message"] == "<Broken whose repr fails>"


def test_values_that_json_cannot_carry_become_their_repr():
    circular = {}
    circular["self"] = circular
    found = sent(entry(
        number=float("nan"), things={1, }, data=b"x", pair=(1, object), huge=10 ** 30, circular=circular,
        keys={(1, 2): 3, None: 4}, deep=[[[1.5]]]))["context"]
    assert found["number"] == "nan"
    assert found["things"] == "{1}"
    assert found["data"] == "b'x'"
    assert found["pair"] == [1, "<class 'object'>"]
    assert found["deep"] == [[[1.5]]]
    assert found["keys"] == {"(1, 2)": 3, "None": 4}
    assert "circular" in found and found["huge"] == repr(10 ** 30)
    assert found["not_json"] is True


def test_only_values_that_json_cannot_carry_are_flagged():
    assert sent(entry(whole=[1, {"a": None}], huge=10 ** 30))["context"] == {"whole": [1, {"a": None}], "huge": 10 ** 30}
    assert sent(entry(odd={1}, not_json="mine"))["context"] == {"odd": "{1}", "not_json": "mine"}


def test_a_lone_surrogate_is_escaped():
    assert b"a\\udc80b" in wire.encode(entry("a\udc80b"))
    assert b"\\ud800" in wire.encode(entry(k="\ud800"))


def test_extra_context_data_and_data_are_one_context():
    found = sent(entry(stock="005930", context_data={"a": 1}, data={"b": [2]}))
    assert found["context"] == {"stock": "005930", "a": 1, "b": [2]}


def test_what_other_handlers_leave_is_no_context():
    made = entry(message="formatted", asctime="now", exc_text="...", taskName="Task-1")
    assert "context" not in sent(made)


def test_a_trace_given_with_extra_wins():
    with trace.TraceIdContext("outer"):
        assert sent(entry(trace_id="mine"))["trace_id"] == "mine"


def test_an_exception_gives_type_and_stack():
    found = sent(entry(level=logging.ERROR, exc_info=raised(KeyError("잔고"))))
    assert found["error_type"] == "KeyError"
    assert found["stack_trace"].startswith("Traceback (most recent call last)")
    assert found["stack_trace"].endswith("KeyError: '잔고'")


def test_exc_info_without_an_exception_is_nothing():
    found = sent(entry(level=logging.ERROR, exc_info=(None, None, None)))
    assert "stack_trace" not in found and "error_type" not in found


def test_stack_info_is_a_stack_trace():
    assert sent(entry(stack_info="Stack (most recent call last): ..."))["stack_trace"].startswith("Stack")


def test_levels_in_between_count_as_the_one_below():
    levels = [5, 10, 19, 20, 25, 30, 35, 40, 45, 50, 60]
    names = "DEBUG DEBUG DEBUG INFO INFO WARNING WARNING ERROR ERROR CRITICAL CRITICAL".split()
    assert [sent(entry(level=level))["level"] for level in levels] == names


def test_a_success_level_that_a_service_added_is_kept():
    assert sent(entry(level=25, levelname="SUCCESS"))["level"] == "SUCCESS"


def test_a_monstrous_record_fits_the_buffer():
    line = wire.encode(entry("x" * (20 << 20), level=logging.ERROR, big="y" * (20 << 20)))
    assert len(line) < 4 << 20
    assert json.loads(line)["context"]["truncated_bytes"] > 20 << 20


def test_ids_differ():
    assert len({wire.new_id(1.0) for _ in range(1000)}) == 1000
