"""The field names whose values are secret, whole or as the last part of a longer name."""

from __future__ import annotations

import re
from typing import Any

_NAMES = """app_key app_secret access_token refresh_token account_number account_no cano acnt_no password passwd
passphrase token auth key api_key secret secret_key private_key approval_key user_id hts_id 계좌번호 비밀번호 주민등록번호
사용자ID authorization cookie"""
_WORD_START = re.compile(rb"(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=\\u[0-9A-Fa-f]{4})")
_CAMEL_START = re.compile(rb"(?<![A-Z])[A-Z]|[A-Z](?=[a-z])")


def _tree() -> dict[int, Any]:
    """The names from the last byte to the first; 0 marks a beginning, and whether the value is the whole line."""
    root: dict[int, Any] = {}
    for name in _NAMES.replace("_", "").lower().split():
        node = root
        for byte in reversed(name.encode()):
            node = node.setdefault(byte, {})
        node[0] = name in ("authorization", "cookie")
    return root


_TREE = _tree()


def starts_word(text: bytes, start: int, floor: int) -> bool:
    return start <= floor or _WORD_START.match(text, start) is not None


def secret_name(text: bytes, end: int, floor: int = 0) -> bool | None:
    """Whether a secret name ends at `end`, and if so, whether its value is the whole line."""
    node: dict[int, Any] | None = _TREE
    lowered = text[max(floor, end - 64) : end].lower()
    for back, byte in enumerate(reversed(lowered), 1):
        if byte in b"_-":
            continue
        node = node.get(byte) if node else None
        if node is None:
            return None
        start = end - back
        # A Korean name may end any longer word.
        if 0 in node and (byte >= 0x80 or starts_word(text, start, floor) or _CAMEL_START.match(text, start)):
            return bool(node[0])
    return None
