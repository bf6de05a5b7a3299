"""Secrets out of what goes to stderr (contract section 6; docs/masking.md); imported only when something does.

The daemon's rules, on UTF-8 as there; Tests/Fixtures/masking.jsonl holds both to the same answers.
"""

from __future__ import annotations

import json
from typing import Any

from .names import secret_name
from .search import ACCOUNT_WORD, MASK, Search


def mask(text: str, under_account: bool = False) -> str:
    """A text without its secrets."""
    data = text.encode("utf-8", "surrogatepass")
    found = Search(data, under_account).found
    for start, end in reversed(found):
        data = data[:start] + MASK.encode() + data[end:]
    return data.decode("utf-8", "surrogatepass") if found else text


def mask_value(value: Any, under_account: bool = False) -> Any:
    """A context without its secrets: by key at any depth, and inside its strings."""
    if isinstance(value, str):
        return mask(value, under_account)
    if isinstance(value, list):
        return [mask_value(item) for item in value]
    if not isinstance(value, dict):
        is_number = under_account and type(value) is int and len(str(value)) == 10
        return MASK if is_number and value > 0 else value
    result = {}
    for key, item in value.items():
        name = key.encode("utf-8", "surrogatepass")
        is_secret = item is not None and secret_name(name, len(name)) is not None
        is_account = any(word.end() == len(name) for word in ACCOUNT_WORD.finditer(name))
        result[key] = MASK if is_secret else mask_value(item, is_account and not isinstance(item, (list, dict)))
    return result


def mask_line(line: bytes, service: str) -> bytes:
    """A record's line, masked, and with the service that the connection would have named."""
    fields = {"service": service, **json.loads(line)}
    for name in ("message", "stack_trace", "context"):
        if name in fields:
            fields[name] = mask_value(fields[name])
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
