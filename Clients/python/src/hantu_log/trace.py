"""The trace that the running code belongs to (contract section 12; 1 to 64 of A-Z a-z 0-9 _ -)."""

from __future__ import annotations

import os
import re
from contextvars import ContextVar, Token
from functools import wraps
from types import TracebackType
from typing import Any, Awaitable, Callable, Iterable, MutableMapping, Optional, TypeVar, cast

current: ContextVar[Optional[str]] = ContextVar("hantu_log_trace_id", default=None)
_VALID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")
_EXCEPTION_ATTRIBUTE = "_hantu_trace_id"


def get_trace_id() -> str | None:
    """The current trace, None outside of any."""
    return current.get()


def set_trace_id(trace_id: str) -> None:
    """Makes what runs from here on, in this task or thread, part of a trace."""
    current.set(trace_id)


def clear_trace_id() -> None:
    """Leaves the trace."""
    current.set(None)


def new_trace_id() -> str:
    """Eight hex digits."""
    return os.urandom(4).hex()


class TraceIdContext:
    """A block that is one trace: `with TraceIdContext():`; nested ones hide the outer trace until they end."""

    def __init__(self, trace_id: str | None = None) -> None:
        self.trace_id = trace_id or new_trace_id()
        self._tokens: list[Token[str | None]] = []

    def __enter__(self) -> str:
        self._tokens.append(current.set(self.trace_id))
        return self.trace_id

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            remember(error, self.trace_id)
        try:
            current.reset(self._tokens.pop())
        except (ValueError, IndexError):
            # Ended in another context than it began in, as an abandoned generator does.
            current.set(None)


def remember(error: BaseException, trace_id: str) -> None:
    """Notes on an exception where it was raised: who reports it stands outside of the trace (uvicorn, a scheduler)."""
    try:
        error.__dict__.setdefault(_EXCEPTION_ATTRIBUTE, trace_id)
    except AttributeError:
        pass


def of_exception(error: object) -> str | None:
    """The innermost trace that an exception left."""
    return getattr(error, _EXCEPTION_ATTRIBUTE, None)


_Function = TypeVar("_Function", bound=Callable[..., Any])


def traced(function: _Function) -> _Function:
    """Makes each call of a function, or of a coroutine function, a trace of its own: for jobs and commands."""

    @wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        with TraceIdContext():
            return function(*arguments, **keywords)

    @wraps(function)
    async def coroutine(*arguments: Any, **keywords: Any) -> Any:
        with TraceIdContext():
            return await function(*arguments, **keywords)

    # Its own check, since importing asyncio or inspect costs more than all of this package.
    is_coroutine = hasattr(function, "__code__") and function.__code__.co_flags & 0x80
    return cast(_Function, coroutine if is_coroutine else call)


def from_headers(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The caller's trace: `X-Trace-Id`, else the trace of a W3C `traceparent`; None without a valid one."""
    found = {name.lower(): value.decode("latin-1").strip() for name, value in headers}
    given = found.get(b"x-trace-id", "")
    if _VALID.fullmatch(given):
        return given
    parent = _TRACEPARENT.fullmatch(found.get(b"traceparent", ""))
    return parent[1] if parent else None


_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class TraceIdMiddleware:
    """ASGI: each request and each WebSocket is a trace, the caller's if its headers name one."""

    def __init__(self, app: Callable[[_Scope, _Receive, _Send], Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        with TraceIdContext(from_headers(scope.get("headers") or ())):
            await self.app(scope, receive, send)
