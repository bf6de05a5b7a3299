"""The expectation itself: it must say what the contract's own examples say."""
import zoneinfo

import pytest
from harness.rendering import escape, mask, mask_value, text_line

SEOUL = zoneinfo.ZoneInfo("Asia/Seoul")


@pytest.mark.parametrize("record, line", [
    (dict(timestamp="2026-02-01T12:34:56+09:00", level="INFO", message="주문 실행 시작"),
     "2026-02-01 12:34:56 [INFO] core.trading.engine: 주문 실행 시작 (trace_id=abc12345)\n"),
    (dict(timestamp="2026-02-01T03:34:56Z", level="INFO", message="주문 체결 성공", outcome="success"),
     "2026-02-01 12:34:56 ✅ [INFO] core.trading.engine: 주문 체결 성공 (trace_id=abc12345)\n"),
    (dict(timestamp="2026-02-01T12:34:57+09:00", level="WARNING", message="API 재시도"),
     "2026-02-01 12:34:57 ⭕ [WARNING] core.trading.engine: API 재시도 (trace_id=abc12345)\n"),
    (dict(timestamp="2026-02-01T12:34:58+09:00", level="ERROR", message="주문 실행 실패", outcome="success"),
     "2026-02-01 12:34:58 ❌ [ERROR] core.trading.engine: 주문 실행 실패 (trace_id=abc12345)\n"),
])
def test_a_text_line_reads_as_in_the_contract(record, line):
    assert text_line({"logger": "core.trading.engine", "trace_id": "abc12345", **record}, SEOUL) == line


def test_control_characters_are_escaped_and_a_backslash_stays():
    assert escape("a\nb\x1b[31m\u2028\u202e\\n\x85") == "a\\nb\\u001b[31m\\u2028\\u202e\\n\\u0085"


@pytest.mark.parametrize("text, masked", [
    ("expires_in=60, access_token=eyJ0eXAi", "expires_in=60, access_token=***MASKED***"),
    ('{"app_key": "PSx", "a": 1}', '{"app_key": "***MASKED***", "a": 1}'),
    ("x_api_key: abc, kisAppSecret=def;", "x_api_key: ***MASKED***, kisAppSecret=***MASKED***;"),
    ("monkey=1 keyboard: x", "monkey=1 keyboard: x"),
    ('Cache miss for key "quote:000123", refreshing', 'Cache miss for key "quote:000123", refreshing'),
    ("계좌 50123456-01 확인", "계좌 ***MASKED*** 확인"),
    ("Authorization: Bearer abc, def\nCookie=a; b", "Authorization: ***MASKED***\nCookie=***MASKED***"),
    ("curl -H Bearer abc.def", "curl -H Bearer ***MASKED***"),
    ("20260201-01", "20260201-01"),
    ("postgres://hantu:s3cret@db/x", "postgres://hantu:***MASKED***@db/x"),
    ("비밀번호=1234", "비밀번호=***MASKED***"),
])
def test_secrets_are_masked(text, masked):
    assert mask(text) == masked


def test_a_context_is_masked_by_key_and_inside_its_strings():
    given = {"password": 1, "deep": [{"token": {"a": 1}}], "note": "cano=1", "secret": None}
    assert mask_value(given) == {
        "password": "***MASKED***", "deep": [{"token": "***MASKED***"}], "note": "cano=***MASKED***",
        "secret": None,
    }
