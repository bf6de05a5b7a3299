"""Python's `logging`, delivered by hantu-logd (docs/clients.md).

    from hantu_log import TraceIdContext, get_logger, setup

    setup(service="scheduler")
    logger = get_logger(__name__)
    with TraceIdContext():
        logger.info("주문 실행 시작: %s", stock)
"""

from __future__ import annotations

import logging
import sys
import threading
from typing import Any

from .handler import HantuHandler, HantuLogger, get_logger
from .trace import TraceIdContext, TraceIdMiddleware, clear_trace_id, get_trace_id, set_trace_id, traced

__all__ = [
    "HantuHandler", "HantuLogger", "TraceIdContext", "TraceIdMiddleware", "capture_uncaught", "clear_trace_id",
    "flush", "get_logger", "get_trace_id", "set_trace_id", "setup", "traced",
]  # fmt: skip

_handler: HantuHandler | None = None


def setup(
    service: str | None = None,
    socket: str | None = None,
    *,
    level: int | str = logging.DEBUG,
    others: int | str = logging.INFO,
    uncaught: bool = False,
) -> HantuHandler:
    """Sends everything that reaches the root logger to hantu-logd; called again, it replaces what it did before.

    `level` is the least that loggers from `get_logger` record, `others` the least of all other loggers, such as
    those of libraries; both only where nobody set a level. `uncaught` is `capture_uncaught`.
    """
    global _handler
    HantuLogger.configure = None
    HantuLogger.default_level = getattr(logging, level) if isinstance(level, str) else level
    root = logging.getLogger()
    # Also when nothing changes: loggers remember what they are to record, and this makes them ask again.
    root.setLevel(others if root.level in (logging.NOTSET, logging.WARNING) else root.level)
    if _handler is not None:
        root.removeHandler(_handler)
        _handler.close()
    _handler = HantuHandler(service, socket)
    root.addHandler(_handler)
    if uncaught:
        capture_uncaught()
    return _handler


def flush(timeout: float = 2.0) -> bool:
    """Waits until what was logged so far is safe with the daemon; False when that took too long."""
    return _handler is None or _handler.transport.flush(timeout)


def capture_uncaught() -> None:
    """Records as CRITICAL what nobody caught: in the main thread, in other threads, in asyncio's tasks."""
    logger = get_logger("uncaught")
    show, show_in_thread = sys.excepthook, threading.excepthook

    def record(kind: type[BaseException], error: BaseException | None, traceback: Any, where: str) -> None:
        if error is not None and not issubclass(kind, (KeyboardInterrupt, SystemExit)):
            logger.critical("uncaught exception in %s: %s", where, kind.__name__, exc_info=(kind, error, traceback))

    def main_hook(kind: type[BaseException], error: BaseException, traceback: Any) -> None:
        record(kind, error, traceback, "the main thread")
        show(kind, error, traceback)

    def thread_hook(arguments: threading.ExceptHookArgs) -> None:
        name = f"thread {arguments.thread.name}" if arguments.thread else "a thread"
        record(arguments.exc_type, arguments.exc_value, arguments.exc_traceback, name)
        show_in_thread(arguments)

    def asyncio_filter(entry: logging.LogRecord) -> bool:
        # asyncio's own handler reports with its logger, whatever the loop.
        if entry.levelno == logging.ERROR and entry.exc_info:
            entry.levelno, entry.levelname = logging.CRITICAL, "CRITICAL"
        return True

    sys.excepthook, threading.excepthook = main_hook, thread_hook
    logging.getLogger("asyncio").addFilter(asyncio_filter)


HantuLogger.configure = setup
