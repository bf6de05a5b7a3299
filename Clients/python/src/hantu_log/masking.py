"""Secrets out of what goes to stderr (contract section 6; docs/masking.md): the daemon's rules, on UTF-8 as there.

Tests/Fixtures/masking.jsonl holds both to the same answers. Imported only when something goes to stderr.
"""

from __future__ import annotations

import json
import re
from calendar import monthrange
from typing import Any, Iterator

MASK = "***MASKED***"

_LATIN = """app_key app_secret access_token refresh_token account_number account_no cano acnt_no password passwd passphrase
token auth key api_key secret secret_key private_key approval_key user_id hts_id authorization cookie"""
_KOREAN = "계좌번호 비밀번호 주민등록번호 사용자ID"
_PROSE = b"""token tokens auth scheme header headers only bonds bond share shares authentication authorization
credential credentials challenge required instrument instruments certificate certificates security securities""".split()


def _spelled(names: str) -> bytes:
    """Names in any case, with `_` and `-` wherever they like."""
    return b"(?i:" + "|".join("[_-]*".join(name.replace("_", "")) for name in names.split()).encode() + b")[_-]*"


_ENDINGS = tuple((_LATIN + " " + _KOREAN).replace("_", "").lower().encode().split())
_WORD_START = rb"(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=\\u[0-9A-Fa-f]{4}))"
_CAMEL_START = rb"(?:(?<![A-Z])(?=[A-Z])|(?=[A-Z][a-z]))"
_NAME = re.compile(rb"(?:(?:%s|%s)%s|%s)\Z" % (_WORD_START, _CAMEL_START, _spelled(_LATIN), _spelled(_KOREAN)))
_LINE_NAME = re.compile(rb"%s\Z" % _spelled("authorization cookie"))

_ACCOUNT_WORD = "계좌".encode() + rb"|(?i:account|acct)(?:(?<=[A-Z])|(?![a-z])|(?i:s|no|num|number|id)(?![a-z]))"
_ANNOUNCED = re.compile(rb"(?:%s)(?:(?:(?!\*\*\*)[^0-9\r\n]){0,24}(?<![A-Za-z]))?\Z" % _ACCOUNT_WORD)
_ACCOUNT_KEY = re.compile(b"(?:%s)\\Z" % _ACCOUNT_WORD)
_UNITS = "원|주|개|건|달러|만|억|초|회".encode()
_JWT = rb"eyJ[\w-]{1,4096}\.(?:[\w-]+\.(?:[\w-]+(?:\.[\w-]+){0,2})?|[eE][yY][jJ][\w-]*)"

# Where a secret begins, or its name ends. What an expression alone can't decide has a function below.
_PLACE = re.compile(
    rb"""(?<=[A-Za-z0-9])://[^\s/?#"':]*: (?P<password>[^\s/?#"']+)(?=@)
    | (?P<separator>(?!::|://)[=:]=*(?:(?<==)>)?[ \t]*)
    | %(start)s(?P<jwt>%(jwt)s)
    | %(start)s(?i:bearer)[ \t]+(?P<bearer>(?!=)[\w.~+/=-]*[\w~+/=-])\.*
    | (?<![0-9])(?: (?P<bot>[0-9]{8,10}:[\w-]{35,})
                  | (?P<resident>[0-9]{6}-[0-9]{7})(?![0-9])
                  | (?<![A-Za-z])(?P<account>[0-9]{8}-[0-9]{2})(?![A-Za-z0-9])
                  | (?P<announced>[0-9]{8}-[0-9]{2}(?![A-Za-z0-9])|[0-9]{10}(?![A-Za-z0-9]|[-.,][0-9*]|%(units)s)) )"""
    % {b"start": _WORD_START, b"jwt": _JWT, b"units": _UNITS},
    re.VERBOSE,
)
_WORD = re.compile(rb"""[^\s,;&)}\]"']*""")
_LINE = re.compile(rb"[^\r\n]*")
_BLANKS = re.compile(rb"[ \t]*")
_ASSIGNMENT = re.compile(rb"[ \t]+=(?!=)[ \t]*")
_SCHEME = re.compile(rb"(?i:basic|token|bearer|digest)[ \t]+")
_OPENING = re.compile(rb"""[bfruBFRU]{0,2}(\\*)(["'])""")
_CLOSING = {quote: re.compile(rb"(?<!\\)(\\*)" + quote) for quote in (b'"', b"'")}
_DIGIT = re.compile(b"[0-9]")
_PARAMETER = re.compile(rb"""["'][^\s,;&)}\]"']""")
_BRACKET_OR_QUOTE = re.compile(rb"""([\[({])|([\])}])|(?<!\\)\\*["']""")


def mask(text: str) -> str:
    """A text without its secrets."""
    data, parts = text.encode("utf-8", "surrogatepass"), list[bytes]()
    done = position = 0
    while place := _PLACE.search(data, position):
        position = place.start() + 1
        for start, end in _secrets(data, place, done):
            parts += data[done:start], MASK.encode()
            done = position = end
    return b"".join([*parts, data[done:]]).decode("utf-8", "surrogatepass") if parts else text


def mask_value(value: Any) -> Any:
    """A context without its secrets: by key at any depth, and inside its strings."""
    if isinstance(value, dict):
        return {key: _member(key, item) for key, item in value.items()}
    if isinstance(value, list):
        return [mask_value(item) for item in value]
    return mask(value) if isinstance(value, str) else value


def _member(key: str, value: Any) -> Any:
    name = key.encode("utf-8", "surrogatepass")
    if value is not None and _NAME.search(name):
        return MASK
    if not _ACCOUNT_KEY.search(name):
        return mask_value(value)
    if isinstance(value, str):
        return mask("계좌" + value)[2:]
    return MASK if type(value) is int and 10**9 <= value < 10**10 else mask_value(value)


def mask_line(line: bytes, service: str) -> bytes:
    """A record's line, masked, and with the service that the connection would have named."""
    fields = {"service": service, **json.loads(line)}
    for name in {"message", "stack_trace", "context"} & fields.keys():
        fields[name] = mask_value(fields[name])
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _secrets(text: bytes, place: re.Match[bytes], floor: int) -> Iterator[tuple[int, int]]:
    """The secrets at a place; nothing before `floor` counts, since it was masked."""
    kind = str(place.lastgroup)
    start, end = place.span(kind)
    if kind == "separator":
        name = _name_before(text, start, floor)
        while name and (value := _value(text, end, to_line_end=_LINE_NAME.search(name) is not None)):
            yield value
            # What stood there was a type when a value follows: `password: str = "..."`.
            following = _ASSIGNMENT.match(text, value[1])
            if not following:
                return
            end = following.end()
    elif (
        kind in ("password", "jwt", "bot")
        or kind == "bearer" and _is_credential(text, place)
        or kind == "resident" and _is_date(b"20" + text[start : start + 6])
        or kind == "account" and not (b"1990" <= text[start : start + 4] <= b"2099" and _is_date(text[start : start + 8]))
        or kind in ("account", "announced") and _ANNOUNCED.search(text[max(floor, start - 40) : start])
    ):
        yield start, end


def _name_before(text: bytes, end: int, floor: int) -> bytes | None:
    """The secret name before a separator."""
    while end > floor and text[end - 1] in b" \t":
        end -= 1
    name = text[max(floor, end - 100) : end].removesuffix(b"]")
    if name.endswith((b'"', b"'")):
        name = name[:-1].rstrip(b"\\")
    # The expression is slow, and few need it.
    return name if name.translate(None, b"_-").lower().endswith(_ENDINGS) and _NAME.search(name) else None


def _value(text: bytes, start: int, to_line_end: bool) -> tuple[int, int] | None:
    """The value that begins here."""
    if quoted := _quoted(text, start):
        return quoted[:2] if quoted[0] < len(text) else None
    if text[start : start + 1] in (b"{", b"[", b"("):
        return start, _word_end(text, _balanced_end(text, start))
    if text.startswith(MASK.encode(), start):
        return start, _word_end(text, start + len(MASK))
    end = _word_end(text, start)
    if text[start:end] in (b"", b"nil", b"null", b"None", b"NULL"):
        return None
    if to_line_end:
        return start, _end(_LINE, text, end)
    if text[end - 1 : end] == b"(" and (quoted := _quoted(text, end)):  # SecretStr('...')
        return start, _word_end(text, quoted[2] + text.startswith(b")", quoted[2]))
    if scheme := _SCHEME.match(text, start):
        if quoted := _quoted(text, scheme.end()):
            return start, _word_end(text, quoted[2])
        credential_end = _word_end(text, scheme.end())
        if credential_end > scheme.end():
            end = credential_end
            if text[end - 1 : end] == b"=" and text[end : end + 1] in (b'"', b"'"):  # Digest username="..."
                end = _end(_LINE, text, end)
    return start, end


def _word_end(text: bytes, start: int) -> int:
    end = _end(_WORD, text, start)
    # Backslashes before a quote are the quote's.
    return start + len(text[start:end].rstrip(b"\\")) if text[end : end + 1] in (b'"', b"'") else end


def _end(pattern: re.Pattern[bytes], text: bytes, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _quoted(text: bytes, at: int) -> tuple[int, int, int] | None:
    """Where what is quoted here begins and ends, and what follows; as many backslashes close as opened."""
    opening = _OPENING.match(text, at)
    if opening is None:
        return None
    depth, start = len(opening[1]), opening.end()
    for closing in _CLOSING[opening[2]].finditer(text, start):
        backslashes = len(closing[1])
        if backslashes < depth:
            return start, closing.start(), closing.start()
        if (backslashes - depth) // (depth + 1) % 2 == 0:
            return start, closing.end() - 1 - depth, closing.end()
    return start, len(text), len(text)


def _balanced_end(text: bytes, start: int) -> int:
    depth, at = 0, start
    while token := _BRACKET_OR_QUOTE.search(text, at):
        at = token.end()
        depth += 1 if token[1] else -1 if token[2] else 0
        if depth == 0:
            return at
        if token.lastindex is None and (quoted := _quoted(text, token.start())):
            at = quoted[2]
    return len(text)


def _is_credential(text: bytes, place: re.Match[bytes]) -> bool:
    """Whether what follows `Bearer` is one, rather than prose, a parameter or a field."""
    credential, after = place["bearer"], place.end()
    name = credential.partition(b"=")[0]
    if not _DIGIT.search(name):
        if text[after - 1 : after] == b"=" and _PARAMETER.match(text, after):
            return False
        separator = _end(_BLANKS, text, place.start("bearer") + len(name))
        if text[separator : separator + 1] in (b":", b"=") and _name_before(text, separator, place.start("bearer")):
            return False
    is_header = text[place.start()] == 0x42 and text[after : after + 1] not in (b" ", b"\t")
    is_word = len(credential) < 8 and not is_header or credential.lower() in _PROSE
    return _DIGIT.search(credential) is not None or not is_word


def _is_date(digits: bytes) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
