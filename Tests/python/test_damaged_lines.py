"""Contract section 2: nothing that arrives is dropped in silence, however damaged."""
import pytest

LIMIT = 1_048_576


@pytest.mark.parametrize("line", [
    b"plain text", b"[1,2]", b'"string"', b"42", b'{"message":"half', b'{"a":1}{"b":2}', b"{'single':1}",
    b'{"a":' + b"[" * 600 + b"]" * 600 + b"}",
])
def test_a_line_that_is_no_json_object_is_kept_as_a_warning(records, line):
    found = records.one(line)
    assert found["level"] == "WARNING"
    assert found["message"] == line.decode()
    assert "decode_error" in found["context"]


def test_nesting_to_512_is_json(records):
    found = records.one(b'{"message":"m","context":{"a":' + b"[" * 500 + b"]" * 500 + b"}}")
    assert (found["level"], found["message"]) == ("INFO", "m")


@pytest.mark.parametrize("data", [b"\n", b"\r\n", b"\n\n\n"])
def test_empty_lines_are_nothing(records, data):
    assert records.raw([data], 0) == []


def test_carriage_returns_and_a_byte_order_mark_go(records):
    found = records.raw([b'\xef\xbb\xbf{"message":"one"}\r\n{"message":"two"}\r\n'], 2)
    assert [(record["message"], record["context"]) for record in found] == [("one", None), ("two", None)]


def test_invalid_utf8_is_replaced_and_flagged(records):
    found = records.one(b'{"message":"a\xff\xfeb"}')
    assert found["message"].startswith("a\ufffd") and found["message"].endswith("b")
    assert "invalid_utf8" in found["context"]


def test_a_last_line_without_newline_is_a_record(records):
    found = records.raw([b'{"message":"torn off"}'], 1)
    assert [record["message"] for record in found] == ["torn off"]


@pytest.mark.parametrize("step", [1, 3, 7])
def test_lines_may_come_in_pieces_of_any_size(records, step):
    data = '{"message":"주문 하나"}\n{"message":"주문 둘"}\nkein JSON\n'.encode()
    found = records.raw([data[start:start + step] for start in range(0, len(data), step)], 3)
    assert [record["message"] for record in found] == ["주문 하나", "주문 둘", "kein JSON"]


def test_a_line_of_just_the_limit_is_whole(records):
    head, tail = b'{"message":"', b'"}'
    message = b"x" * (LIMIT - len(head) - len(tail))
    found = records.one(head + message + tail)
    assert found["message"] == message.decode()
    assert "truncated_bytes" not in (found["context"] or {})


def test_a_line_over_the_limit_is_cut_and_says_how_much(records):
    head = '{"level":"ERROR","trace_id":"abc","context":{"a":1},"message":"'
    body = "주" * 400_000
    line = (head + body + '"}').encode()
    found = records.one(line)
    assert (found["level"], found["trace_id"]) == ("ERROR", "abc")
    assert body.startswith(found["message"]) and len(found["message"]) > 340_000
    assert found["context"]["a"] == 1
    assert found["context"]["truncated_bytes"] > 0
    kept = len(head.encode()) + len(found["message"].encode())
    assert LIMIT - 3 <= kept <= LIMIT
    assert found["context"]["truncated_bytes"] == len(line) - kept


def test_raw_text_over_the_limit_is_cut_and_the_next_line_is_whole(records):
    found = records(b"z" * (3 * LIMIT), {"message": "next"})
    assert [len(record["message"]) for record in found] == [LIMIT, 4]
    assert found[0]["context"]["truncated_bytes"] == 2 * LIMIT


def test_damage_beside_good_lines_costs_only_itself(records):
    good = [{"message": f"good {number}"} for number in range(100)]
    lines = []
    for number, record in enumerate(good):
        lines += [record, b"bad \xff" + str(number).encode()]
    found = records(*lines)
    assert [record["message"] for record in found][::2] == [record["message"] for record in good]
    assert len(found) == 200
