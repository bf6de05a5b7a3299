"""The way from a call to the daemon: a bounded buffer, one connection, one thread (contract sections 3 and 12).

A call appends its line to the buffer. When 64 KiB are together, and for ERROR and above, it also hands them to the
kernel: that never waits, since the socket is non-blocking and whoever finds it in use leaves it. So an error has
left the process when `logger.error` returns, whatever happens to the process then. All else is the thread's: quiet
lines after `LINGER` seconds, acknowledgements, connecting again.
"""

from __future__ import annotations

import json
import logging
import os
import select
import socket
import sys
import threading
import time
import weakref

from . import record
from .buffer import Buffer

LINGER = 0.05
PATIENCE_AT_EXIT = 2.0
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0


class Transport:
    """One service's connection and what waits for it."""

    def __init__(self, service: str, path: str) -> None:
        self.service, self.path = service, path
        self._reset()
        _all.add(self)

    def _reset(self) -> None:
        self.buffer = Buffer()
        self._closed = False
        # Who has the turn may use the connection, which is all that follows.
        self._turn = threading.Lock()
        self._socket: socket.socket | None = None
        self._out = memoryview(b"")  # what is still to be sent of the last batch
        self._batch: list[bytes] = []
        self._received = b""
        self._pause, self._next_attempt = FIRST_PAUSE, 0.0
        self._thread: threading.Thread | None = None
        self._starting = threading.RLock()
        self._pipe: tuple[socket.socket, socket.socket] | None = None

    def put(self, line: bytes, level: int) -> None:
        """Takes a record's line and sees to it that it is sent."""
        wanted = self.buffer.put(line, level)
        if not wanted:
            return
        if self._closed:
            return self._give_up()
        # The thread has its turn for microseconds only, so an error waits for the end of it.
        is_sent = wanted == 2 and self.push(0.0005 if level >= logging.ERROR else 0.0)
        if self._thread is None:
            self._start()
        elif not is_sent:
            self._wake()

    def push(self, patience: float = 0.0) -> bool:
        """Sends what waits, as far as the kernel takes it at once; False when something is left."""
        if not self._turn.acquire(timeout=patience):
            return False
        try:
            return self._send()
        finally:
            self._turn.release()

    def flush(self, timeout: float) -> bool:
        """Waits until the daemon has made safe what was logged; False when it didn't, or isn't there."""
        deadline = time.monotonic() + timeout
        if not self._turn.acquire(timeout=timeout):
            return False
        try:
            self._next_attempt = 0.0
            asked = -1
            while not self.buffer.is_settled() and self._connected():
                is_sent = self._send()
                if is_sent and 0 <= asked <= self.buffer.acknowledged:
                    break
                if is_sent and not 0 <= asked <= self.buffer.sent:
                    asked = self.buffer.sent
                    self._out = memoryview(b'{"hantu":{"flush":true}}\n')
                    continue
                left = deadline - time.monotonic()
                if left <= 0 or self._socket is None:
                    break
                self._poll(left, out=not is_sent)
                self._receive()
            return self.buffer.is_settled() or 0 <= asked <= self.buffer.acknowledged
        finally:
            self._turn.release()
            self._wake()

    def close(self, timeout: float = PATIENCE_AT_EXIT) -> None:
        """Flushes. What can't be delivered goes to stderr, and so does what is logged from here on."""
        if self._closed:
            return
        deadline = time.monotonic() + timeout
        self._closed = True
        self._wake()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        self.flush(max(0.0, deadline - time.monotonic()))
        if self._turn.acquire(timeout=0.1):
            self._disconnect()
            self._turn.release()
        for end in self._pipe or ():
            end.close()
        _all.discard(self)
        self._give_up()

    def _give_up(self) -> None:
        to_stderr(self.buffer.give_up(), self.service)

    # ---- the connection; with the turn ----

    def _send(self) -> bool:
        if self._socket is None and self.buffer.is_settled():
            return True  # nothing to connect for
        while self._connected():
            if not self._out:
                self._batch = self.buffer.take()
                if not self._batch:
                    return True
                self._out = memoryview(b"".join(self._batch))
            try:
                self._out = self._out[self._socket.send(self._out, socket.MSG_NOSIGNAL) :]  # type: ignore[union-attr]
            except BlockingIOError:
                return False
            except OSError:
                self._disconnect()
        return False

    def _connected(self) -> bool:
        if self._socket is not None:
            return True
        if time.monotonic() < self._next_attempt:
            return False
        attempt = socket.socket(socket.AF_UNIX)
        attempt.setblocking(False)
        try:
            attempt.connect(self.path)
        except OSError:
            attempt.close()
            self._put_off()
            return False
        self._socket = attempt
        hello = {"protocol": 1, "service": self.service, "acks": True}
        self._out = memoryview(record.encoded({"hantu": hello}).encode("utf-8", "backslashreplace") + b"\n")
        return True

    def _put_off(self) -> None:
        self._next_attempt = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def _disconnect(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
            self._rewind(is_whole=False)
            self._received = b""
            self._put_off()

    def _rewind(self, is_whole: bool) -> None:
        """Lets what must be sent (again) wait once more; of a line that left in part, all of it or only the rest."""
        left = len(self._out)
        unsent: list[bytes] = []
        while self._batch and left >= (len(self._batch[-1]) if is_whole else 1):
            unsent.append(self._batch.pop())
            left -= len(unsent[-1])
        # The rest of the line, and the newline from which the daemon counts.
        self._out = memoryview(bytes(self._out[:left]) + b"\n" if is_whole else b"")
        unsent.reverse()
        self._batch = []
        self.buffer.put_back(unsent)

    def _receive(self) -> None:
        while self._socket is not None:
            try:
                data = self._socket.recv(65536)
            except BlockingIOError:
                break
            except OSError:
                data = b""
            if not data:
                return self._disconnect()
            *lines, self._received = (self._received + data).split(b"\n")
            for line in lines:
                try:
                    self._answer(json.loads(line)["hantu"])
                except (ValueError, TypeError, KeyError):
                    pass

    def _answer(self, answer: dict[str, object]) -> None:
        acked = answer.get("acked")
        if answer.get("resumed") is True:
            self._rewind(is_whole=True)
        elif isinstance(acked, int):
            self.buffer.acknowledge(acked)
        if "error" not in answer:
            self._pause = FIRST_PAUSE

    # ---- the thread ----

    def _start(self) -> None:
        with self._starting:
            if self._thread is not None or self._closed:
                return
            self._thread = threading.Thread(target=self._run, name="hantu-log", daemon=True)
        self._pipe = socket.socketpair()
        for end in self._pipe:
            end.setblocking(False)
        processes = sys.modules.get("multiprocessing.util")
        if processes is not None and sys.modules["multiprocessing"].parent_process() is not None:
            # Such a process ends without `logging.shutdown`.
            processes.Finalize(None, self.close, exitpriority=0)
        try:
            self._thread.start()
        except RuntimeError:
            # Too late in the interpreter's life: `close` delivers.
            self._thread = None

    def _wake(self) -> None:
        if self._pipe is not None:
            try:
                self._pipe[1].send(b"x", socket.MSG_NOSIGNAL)
            except OSError:
                # Full, so it will wake; or closed.
                pass

    def _poll(self, seconds: float | None, out: bool, also_socket: bool = True) -> None:
        waiter = select.poll()
        connection = self._socket
        if also_socket and connection is not None:
            try:
                waiter.register(connection, select.POLLIN | (select.POLLOUT if out else 0))
            except ValueError:
                return  # closed meanwhile
        if self._pipe is not None:
            waiter.register(self._pipe[0], select.POLLIN)
        waiter.poll(None if seconds is None else max(0.0, seconds) * 1000)
        if self._pipe is not None:
            try:
                self._pipe[0].recv(4096)
            except OSError:
                pass

    def _run(self) -> None:
        while not self._closed:
            seconds: float | None = LINGER
            out = False
            if self.buffer.wanted == 1:
                # More will come: collect it.
                self._poll(LINGER, out=False, also_socket=False)
            if self._turn.acquire(blocking=False):
                try:
                    self._receive()
                    is_sent = self._send()
                    out = not is_sent and self._socket is not None
                    seconds = None if is_sent or out else self._next_attempt - time.monotonic()
                    if not is_sent:
                        # Known here: no call needs to say so again.
                        self.buffer.wanted = 2
                finally:
                    self._turn.release()
            if not self._closed and self.buffer.wanted != 1:
                self._poll(seconds, out)


def to_stderr(lines: list[bytes], service: str) -> None:
    """What can't be delivered, masked, for journald or whoever reads stderr; still in wire form."""
    from . import masking

    for line in lines:
        try:
            rest = memoryview(masking.mask_line(line, service))
            while rest:
                rest = rest[os.write(2, rest) :]
        except OSError:
            return


def _after_fork() -> None:
    """The parent goes on with connection and buffer; the child begins anew."""
    for transport in list(_all):
        inherited = [transport._socket, *(transport._pipe or ())]
        transport._reset()
        for each in inherited:
            if each is not None:
                each.close()


_all: weakref.WeakSet[Transport] = weakref.WeakSet()
os.register_at_fork(after_in_child=_after_fork)
