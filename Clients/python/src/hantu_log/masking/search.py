"""Where in a text the secrets are."""

from __future__ import annotations

import re
from typing import NamedTuple

from .names import secret_name, starts_word

MASK = "***MASKED***"
_PROSE = b"""token tokens auth scheme header headers only bonds bond share shares authentication authorization
credential credentials challenge required instrument instruments certificate certificates security securities""".split()

_ANCHOR = re.compile(rb"[=:]|[0-9]-[0-9]|eyJ|[bB][eE][aA]|[cC][cC][oOtT]|\xec\xa2\x8c")
_SEPARATOR = re.compile(rb"[=:]=*(?:(?<==)>)?")
_BLANKS = re.compile(rb"[ \t]*")
_WORD = re.compile(rb"""[^\s,;&)}\]"']*""")
_LINE = re.compile(rb"[^\r\n]*")
_QUOTE = re.compile(rb"""(\\*)(["'])""")
_PREFIXED_QUOTE = re.compile(rb"""[bfruBFRU]{0,2}(\\*)(["'])""")
_SCHEME = re.compile(rb"basic|token|bearer|digest", re.IGNORECASE)
_BEARER = re.compile(rb"bearer[ \t]+([A-Za-z0-9._~+/=-]*)", re.IGNORECASE)
_TOKEN_PART = re.compile(rb"[A-Za-z0-9_-]*")
_AUTHORITY = re.compile(rb"""[^\s/?#"']*""")
_BOT_SECRET = re.compile(rb"[A-Za-z0-9_-]{35,}")
ACCOUNT_WORD = re.compile(
    rb"\xea\xb3\x84\xec\xa2\x8c|(?i:account|acct)(?:(?<=[A-Z])|(?![a-z])|(?i:s|no|num|number|id)(?![a-z]))"
)
_BEFORE_NUMBER = re.compile(rb"(?:(?!\*\*\*)[^0-9\r\n]){0,24}")
_ACCOUNT = re.compile(rb"([0-9]{8})-[0-9]{2}(?![A-Za-z0-9])")
_UNITS = "|".join("원 주 개 건 달러 만 억 초 회".split()).encode()
_TEN_DIGITS = re.compile(rb"[0-9]{10}(?![A-Za-z0-9]|[-.,][0-9*]|" + _UNITS + rb")")
_RESIDENT = re.compile(rb"[0-9]{6}-[0-9]{7}(?![0-9])")
_DIGITS_BEFORE = re.compile(rb"[0-9]+\Z")


class _Quote(NamedTuple):
    start: int
    end: int  # of the content
    after: int  # behind the closing quote


class Search:
    """One pass over a text from left to right. Nothing before `floor` is looked at again."""

    def __init__(self, text: bytes, under_account: bool) -> None:
        self.text, self.floor, self.found = text, 0, list[tuple[int, int]]()
        self.number = self.announced(0) if under_account else None
        token_floor = position = 0
        while True:
            anchor = _ANCHOR.search(text, position)
            if anchor is None:
                break
            at = anchor.start()
            position = at + 1
            if self.number and at >= self.number[0]:
                self.mask(*self.number)
            first = text[at]
            if at < self.floor:
                continue
            if first in b"=:":
                self.separator(at)
            elif first == 0x65 and text[at + 1] == 0x79:  # ey
                if at >= token_floor:
                    token_floor = self.web_token(at)
            elif first in b"bB":
                self.bearer(at)
            elif first in b"0123456789":
                self.hyphenated(at + 1)
            else:
                word = ACCOUNT_WORD.match(text, max(0, at - (1 if first < 0x80 else 3)))
                if word:
                    self.number = self.announced(word.end())
        if self.number:
            self.mask(*self.number)

    def mask(self, start: int, end: int) -> None:
        self.found.append((start, end))
        self.floor, self.number = end, None

    def blanks(self, start: int) -> int:
        return _end(_BLANKS, self.text, start)

    # ---- fields ----

    def separator(self, at: int) -> None:
        text = self.text
        if text.startswith(b"://", at):
            authority = _end(_AUTHORITY, text, at + 3)
            colon, last = text.find(b":", at + 3, authority), text.rfind(b"@", at + 3, authority)
            if at > self.floor and text[at - 1 : at].isalnum() and 0 <= colon < last - 1:
                self.mask(colon + 1, last)
            return
        if text.startswith(b"::", at):
            return
        token = self.bot_token(at, self.floor) if text[at] == 0x3A else None
        if token:
            return self.mask(*token)
        to_line_end = self.field(at, self.floor)
        if to_line_end is None:
            return
        start = self.blanks(_end(_SEPARATOR, text, at))
        while True:
            value = self.value(start, to_line_end)
            if value is None:
                return
            self.mask(*value)
            # What stood there was a type when a value follows: `password: str = "..."`.
            after = self.blanks(value[1])
            if after == value[1] or text[after : after + 1] != b"=" or text[after + 1 : after + 2] == b"=":
                return
            start = self.blanks(after + 1)

    def field(self, separator: int, floor: int) -> bool | None:
        """Whether a secret name ends before the separator, and if so, whether its value is the whole line."""
        text, end = self.text, separator
        while end > floor and text[end - 1] in b" \t":
            end -= 1
        if end > floor and text[end - 1] == 0x5D:
            end -= 1
        if end > floor and text[end - 1] in b"\"'":
            end -= 1
            while end > floor and text[end - 1] == 0x5C:
                end -= 1
        return secret_name(text, end, floor)

    def value(self, start: int, to_line_end: bool) -> tuple[int, int] | None:
        text = self.text
        if start >= len(text):
            return None
        quote = self.quote(_PREFIXED_QUOTE, start)
        if quote:
            return None if quote.start == len(text) else quote[:2]
        if text[start] in b"{[(":
            return start, self.word_end(self.balanced_end(start))
        if text.startswith(MASK.encode(), start):
            return start, self.word_end(start + len(MASK))
        end = self.word_end(start)
        if end == start or text[start:end] in (b"nil", b"null", b"None", b"NULL"):
            return None
        return start, _end(_LINE, text, end) if to_line_end else self.value_end(start, end)

    def value_end(self, start: int, end: int) -> int:
        text = self.text
        if text[end - 1] == 0x28:  # SecretStr('...')
            argument = self.quote(_QUOTE, end)
            if argument:
                return self.word_end(argument.after + (text[argument.after : argument.after + 1] == b")"))
        credential = self.blanks(end)
        if credential == end or not _SCHEME.fullmatch(text, start, end):
            return end
        quote = self.quote(_QUOTE, credential)
        if quote:
            return self.word_end(quote.after)
        credential_end = self.word_end(credential)
        if credential_end == credential:
            return end
        is_parameter = text[credential_end - 1] == 0x3D and text[credential_end : credential_end + 1] in (b'"', b"'")
        return _end(_LINE, text, credential_end) if is_parameter else credential_end

    def word_end(self, start: int) -> int:
        end = _end(_WORD, self.text, start)
        if self.text[end : end + 1] in (b'"', b"'"):
            while end > start and self.text[end - 1] == 0x5C:
                end -= 1
        return end

    def quote(self, pattern: re.Pattern[bytes], at: int) -> _Quote | None:
        """What is quoted at a place. A quote is closed by one behind as many backslashes."""
        opening = pattern.match(self.text, at)
        if opening is None:
            return None
        depth, start = len(opening[1]), opening.end()
        i = self.text.find(opening[2], start)
        while i >= 0:
            before = i
            while before > start and self.text[before - 1] == 0x5C:
                before -= 1
            if i - before < depth:
                return _Quote(start, before, before)
            if (i - before - depth) // (depth + 1) % 2 == 0:
                return _Quote(start, i - depth, i + 1)
            i = self.text.find(opening[2], i + 1)
        return _Quote(start, len(self.text), len(self.text))

    def balanced_end(self, start: int) -> int:
        depth, i, text = 0, start, self.text
        while i < len(text):
            if text[i] in b"{[(":
                depth += 1
            elif text[i] in b"}])":
                depth -= 1
                if depth == 0:
                    return i + 1
            elif text[i] in b"\\\"'":
                quote = self.quote(_QUOTE, i)
                if quote:
                    i = max(quote.after, quote.start)
                    continue
            i += 1
        return len(text)

    # ---- secrets that show by their form ----

    def bot_token(self, colon: int, floor: int) -> tuple[int, int] | None:
        digits = _DIGITS_BEFORE.search(self.text, max(floor, colon - 11), colon)
        secret = _BOT_SECRET.match(self.text, colon + 1)
        if digits and secret and 8 <= colon - digits.start() <= 10:
            return digits.start(), secret.end()
        return None

    def web_token(self, start: int) -> int:
        """Masks a JWT; returns before what no other is to be looked for."""
        text = self.text
        if not starts_word(text, start, self.floor):
            return start
        ends = [_end(_TOKEN_PART, text, start)]
        while len(ends) < 5 and text[ends[-1] : ends[-1] + 1] == b".":
            ends.append(_end(_TOKEN_PART, text, ends[-1] + 1))
            if ends[-1] == ends[-2] + 1:
                if len(ends) > 3:
                    ends.pop()
                break
        if ends[0] == start + 3 or len(ends) < 2 or ends[1] == ends[0] + 1:
            return ends[0]
        if len(ends) == 2 and text[ends[0] + 1 : ends[0] + 4].lower() != b"eyj":
            return ends[0]
        self.mask(start, ends[-1])
        return ends[-1]

    def bearer(self, start: int) -> None:
        text, match = self.text, _BEARER.match(self.text, start)
        if match is None or not starts_word(text, start, self.floor):
            return
        first, after = match.span(1)
        credential = match[1].rstrip(b".")
        if not credential or credential[:1] == b"=":
            return
        name = credential.split(b"=")[0]
        if not any(byte in b"0123456789" for byte in name):
            if match[1][-1:] == b"=" and text[after : after + 1] in (b'"', b"'") and _WORD.match(text, after + 1)[0]:  # type: ignore[index]
                return
            separator = self.blanks(first + len(name))
            if text[separator : separator + 1] in (b":", b"=") and self.field(separator, first) is not None:
                return
        is_header = text[start] == 0x42 and text[after : after + 1] not in (b" ", b"\t")
        has_digit = any(byte in b"0123456789" for byte in credential)
        if has_digit or (len(credential) >= 8 or is_header) and credential.lower() not in _PROSE:
            self.mask(first, first + len(credential))

    def hyphenated(self, hyphen: int) -> None:
        digits = _DIGITS_BEFORE.search(self.text, max(self.floor, hyphen - 9), hyphen)
        start = digits.start() if digits else hyphen
        if hyphen - start == 8 and self.is_account(start, announced=False):
            self.mask(start, hyphen + 3)
        elif hyphen - start == 6 and _RESIDENT.match(self.text, start) and _is_date(b"20" + self.text[start:hyphen]):
            self.mask(start, hyphen + 8)

    def announced(self, start: int) -> tuple[int, int] | None:
        """The number that follows an account word."""
        number = _end(_BEFORE_NUMBER, self.text, start)
        if number > start and self.text[number - 1 : number].isalpha():
            return None
        if self.is_account(number, announced=True):
            return number, number + 11
        if _TEN_DIGITS.match(self.text, number) and not (
            self.text[number + 10 : number + 11] == b":" and self.bot_token(number + 10, number)
        ):
            return number, number + 10
        return None

    def is_account(self, start: int, announced: bool) -> bool:
        match = _ACCOUNT.match(self.text, start)
        if match is None or not announced and start > 0 and self.text[start - 1 : start].isalnum():
            return False
        return announced or not (b"1990" <= match[1][:4] <= b"2099" and _is_date(match[1]))


def _end(pattern: re.Pattern[bytes], text: bytes, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _is_date(digits: bytes) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    lengths = (31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= day <= lengths[month - 1]
