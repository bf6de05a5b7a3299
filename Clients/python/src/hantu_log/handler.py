"""The `logging.Handler` and the `logging.Logger` of this package."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any, Callable, cast

from . import record as wire
from .transport import Transport

DEFAULT_SOCKET = "/run/hantu-logd/log.sock"


def service_name() -> str:
    """What a service is called that says nothing: `HANTU_LOG_SERVICE`, else its script's or package's name."""
    script = os.path.splitext(sys.argv[0] if sys.argv else "")[0]
    if os.path.basename(script) == "__main__":
        script = os.path.dirname(script)
    return os.environ.get("HANTU_LOG_SERVICE") or os.path.basename(script) or "python"


class HantuHandler(logging.Handler):
    """Sends records to hantu-logd; never waits for it, never raises.

    `socket` is a path: the argument, else `HANTU_LOG_SOCKET`, else /run/hantu-logd/log.sock.
    """

    def __init__(self, service: str | None = None, socket: str | None = None, level: int | str = logging.NOTSET):
        super().__init__(level)
        path = os.fspath(socket) if socket else os.environ.get("HANTU_LOG_SOCKET") or DEFAULT_SOCKET
        self.transport = Transport(service or service_name(), path)
        self._put = self.transport.put

    def createLock(self) -> None:
        """None: the buffer has its own, which no other thread can hold over a fork or a system call."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        if self.filters:
            kept = self.filter(record)
            if not kept:
                return False
            # A filter of Python 3.12 may give another record.
            record = kept if isinstance(kept, logging.LogRecord) else record
        self.emit(record)
        return True

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._put(wire.encode(record), record.levelno)
        except Exception:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Nothing that logging does may break what logs."""
        try:
            super().handleError(record)
        except Exception:
            pass

    def flush(self) -> None:
        """Hands over what waits, without waiting for it."""
        self.transport.push()

    def close(self) -> None:
        """Delivers within 2 s; what is left goes, masked, to stderr. `logging.shutdown` calls it at exit."""
        self.transport.close()
        super().close()


class HantuLogger(logging.Logger):
    """A logger that knows `success`, and that needs no configuration at all."""

    # Called when a logger's first record finds nothing configured.
    configure: Callable[[], object] | None = None
    # Of loggers for which nobody set a level; other packages' loggers keep the root's.
    default_level = logging.DEBUG

    def success(self, message: object, *arguments: object, **keywords: Any) -> None:
        """An INFO record with ✅: something was achieved."""
        if self.isEnabledFor(logging.INFO):
            keywords["extra"] = {**(keywords.get("extra") or {}), "outcome": "success"}
            if sys.version_info >= (3, 11):
                # From here on this frame counts as the caller's.
                keywords["stacklevel"] = keywords.get("stacklevel", 1) + 1
            self._log(logging.INFO, message, arguments, **keywords)

    def getEffectiveLevel(self) -> int:
        # Asked once a level and logger: `isEnabledFor` remembers the answer.
        configure = HantuLogger.configure
        if configure is not None and not self.hasHandlers():
            configure()
        logger: logging.Logger | None = self
        while logger is not None and logger.parent is not None:
            if logger.level:
                return logger.level
            logger = logger.parent
        return HantuLogger.default_level


def get_logger(name: str | None = None) -> HantuLogger:
    """The logger of a module: `logger = get_logger(__name__)`; the same object that `logging.getLogger` gives."""
    logger = logging.getLogger(name)
    if type(logger) is logging.Logger:
        logger.__class__ = HantuLogger
    elif not isinstance(logger, HantuLogger) and not hasattr(logger, "success"):
        # The root logger, or a class of somebody else's.
        setattr(logger, "success", HantuLogger.success.__get__(logger))
    return cast(HantuLogger, logger)
