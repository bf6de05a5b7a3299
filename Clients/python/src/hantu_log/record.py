"""A `logging.LogRecord` as the line that goes over the wire (contract section 2; Tests/Fixtures/wire.jsonl)."""

from __future__ import annotations

import json
import logging
import os
from json.encoder import encode_basestring as quoted
from typing import Any

from . import trace

# Longer texts are cut here, so that one record can't fill the buffer; the daemon cuts lines at 1 MiB anyway.
LONGEST_TEXT = 1 << 20
LARGEST_LINE = 4 << 20

_LEVELS = ((logging.CRITICAL, "CRITICAL"), (logging.ERROR, "ERROR"), (logging.WARNING, "WARNING"), (logging.INFO, "INFO"))
# What every LogRecord has, and what formatters and other handlers leave on it: all else came with `extra`.
_ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "exc_text"}
_ORDINARY_COUNT = len(vars(logging.makeLogRecord({})))
# Attributes that are fields of their own in the contract.
_FIELDS = frozenset({"trace_id", "service", "outcome", "notify", "error_type"})
_GATHERED = ("context_data", "data")

_formatter = logging.Formatter()
_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_sites: dict[tuple[str, str, int, str, str], str] = {}


def level_name(number: int) -> str:
    """The contract's name for a level of Python's: a number in between counts as the level below."""
    return next((name for least, name in _LEVELS if number >= least), "DEBUG")


def encode(record: logging.LogRecord) -> bytes:
    """The record's line. Raises nothing for whatever its values do, as long as they are values."""
    message = record.msg if type(record.msg) is str and not record.args else _message(record)
    if len(message) > LONGEST_TEXT:
        message = message[:LONGEST_TEXT]
    # Most of a line depends on nothing but the place of the call.
    key = (record.name, record.levelname, record.lineno, record.funcName, record.pathname)
    site = _sites.get(key) or _describe(key, record)
    trace_id = trace.current.get()
    if record.levelno < logging.ERROR and not (
        record.exc_info or record.stack_info or len(record.__dict__) > _ORDINARY_COUNT
    ):
        tail = f',"trace_id":{quoted(trace_id)}' if trace_id else ""
    else:
        tail = _tail(record, trace_id)
    # A lone surrogate, which UTF-8 can't carry, comes out as the escape that JSON has for it.
    line = f'{{"timestamp":{record.created:.6f}{site}{quoted(message)}{tail}}}\n'.encode("utf-8", "backslashreplace")
    if len(line) > LARGEST_LINE:
        start = line[: -len(tail.encode("utf-8", "backslashreplace")) - 2]
        context = f'"context":{{"truncated_bytes":{len(line)}}}'
        line = start + f',"id":"{new_id(record.created)}",{context}}}\n'.encode()
    return line


def _describe(key: tuple[str, str, int, str, str], record: logging.LogRecord) -> str:
    line = record.lineno if isinstance(record.lineno, int) else 0
    # Many services have added this level, between INFO and WARNING; the daemon knows it.
    level = "SUCCESS" if record.levelname == "SUCCESS" else level_name(record.levelno)
    site = (
        f',"level":"{level}","logger":{quoted(str(record.name))},'
        f'"module":{quoted(str(record.module))},"function":{quoted(str(record.funcName))},"line":{line},"message":'
    )
    if len(_sites) >= 8192:
        _sites.clear()
    _sites[key] = site
    return site


def _message(record: logging.LogRecord) -> str:
    try:
        return str(record.getMessage())
    except Exception:
        # Arguments that don't fit, or that can't be shown: say what there is.
        return f"{shown(record.msg)} % {shown(record.args)}" if record.args else shown(record.msg)


def _tail(record: logging.LogRecord, trace_id: str | None) -> str:
    fields: dict[str, Any] = {}
    context: dict[Any, Any] = {}
    for name, value in list(record.__dict__.items()):
        if name in _ORDINARY or value is None:
            continue
        if name in _FIELDS and isinstance(value, str):
            fields[name] = value
        elif name in _GATHERED and isinstance(value, dict):
            context.update(value)
        else:
            context[name] = value
    stack = ""
    if record.exc_info and isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
        fields.setdefault("error_type", record.exc_info[0].__name__)
        trace_id = trace_id or trace.of_exception(record.exc_info[1])
        stack = _stack_trace(record.exc_info)
    if record.stack_info:
        stack = f"{stack}\n{record.stack_info}" if stack else str(record.stack_info)
    if stack:
        # The end says more than the beginning.
        fields["stack_trace"] = stack[-LONGEST_TEXT:]
    if trace_id:
        fields.setdefault("trace_id", trace_id)
    if record.levelno >= logging.ERROR:
        fields["id"] = new_id(record.created)
    parts = [f',"{name}":{quoted(value)}' for name, value in fields.items()]
    if context:
        parts.append(f',"context":{_encoded(context)}')
    return "".join(parts)


def _stack_trace(exc_info: Any) -> str:
    try:
        return _formatter.formatException(exc_info)
    except Exception as problem:
        return f"{exc_info[0].__name__} (no traceback: {type(problem).__name__})"


def _encoded(context: dict[Any, Any]) -> str:
    try:
        return _json(context)
    except Exception:
        # Its own key wins, should it have one.
        return _json(_plain({"not_json": True, **context}, 0))


def _plain(value: Any, depth: int) -> Any:
    """A value of types that JSON has, however deep, circular or odd this one is; what JSON can't carry is shown."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if type(value) is int and abs(value) < 1 << 64 or type(value) is float and abs(value) < float("inf"):
        return value
    try:
        if depth < 32 and isinstance(value, dict):
            return {k if type(k) is str else shown(k): _plain(v, depth + 1) for k, v in list(value.items())}
        if depth < 32 and isinstance(value, (list, tuple)):
            return [_plain(item, depth + 1) for item in list(value)]
    except Exception:
        pass
    return shown(value)


def shown(value: object) -> str:
    """`repr`, also of what has none."""
    if type(value) is str:
        return value
    try:
        return str.__str__(repr(value))[:LONGEST_TEXT]
    except Exception:
        return f"<{type(value).__name__} whose repr fails>"


def new_id(seconds: float) -> str:
    """A UUIDv7 (RFC 9562) of that time."""
    time, chance = f"{int(seconds * 1000) & 0xFFFFFFFFFFFF:012x}", os.urandom(10).hex()
    return f"{time[:8]}-{time[8:]}-7{chance[:3]}-{'89ab'[ord(chance[3]) & 3]}{chance[4:7]}-{chance[7:19]}"
