"""The way from a call to the daemon: a bounded buffer, one connection, one thread (contract sections 3 and 12).

A call appends its line to the buffer. When 128 KiB are together, and for ERROR and above, it also hands them to the
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

from .buffer import Buffer, Entry

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
        self._thread: threading.Thread | None = None
        self._is_stuck = False  # the thread waits for room or for the daemon: no call needs to tell it
        self._not_started = threading.Lock()  # taken by who starts the thread
        self._ears, self._bell = socket.socketpair()  # of the thread, and what wakes it
        self._ears.setblocking(False)
        self._bell.setblocking(False)
        # Who has the turn may use the connection, which is all that follows.
        self._turn = threading.Lock()
        self._socket: socket.socket | None = None
        self._batch: list[Entry] = []
        self._out = memoryview(b"")  # what is still to be sent of the batch
        self._received = b""
        self._pause, self._next_attempt = FIRST_PAUSE, 0.0

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
        elif not is_sent and not self._is_stuck:
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
            asked = -1  # for so many to be made safe
            while not self.buffer.is_settled() and self._connected():
                is_sent = self._send()
                if is_sent and 0 <= asked <= self.buffer.acknowledged:
                    return True
                if is_sent and not 0 <= asked <= self.buffer.sent:
                    asked = self.buffer.sent
                    self._out = memoryview(b'{"hantu":{"flush":true}}\n')
                    continue
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                self._wait(left, select.POLLIN if is_sent else select.POLLIN | select.POLLOUT)
                self._receive()
            return self.buffer.is_settled()
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
        self._ears.close()
        self._bell.close()
        _all.discard(self)
        self._give_up()

    def _give_up(self) -> None:
        """Writes what can't be delivered to stderr, masked, for journald or whoever reads it; still in wire form."""
        from . import masking

        for line in self.buffer.give_up():
            try:
                rest = masking.mask_line(line, self.service)
                while rest:
                    rest = rest[os.write(2, rest) :]
            except OSError:
                return

    # ---- the connection; with the turn ----

    def _send(self) -> bool:
        if self._socket is None and self.buffer.is_settled():
            return True  # nothing to connect for
        while self._connected():
            if not self._out:
                self._batch = self.buffer.take()
                if not self._batch:
                    return True
                self._out = memoryview(b"".join([line for _, line in self._batch]))
            try:
                self._out = self._out[self._socket.send(self._out, socket.MSG_NOSIGNAL) :]  # type: ignore[union-attr]
            except BlockingIOError:
                return False
            except OSError:
                self._disconnect()
        return False

    def _connected(self) -> bool:
        if self._socket is not None or time.monotonic() < self._next_attempt:
            return self._socket is not None
        attempt = socket.socket(socket.AF_UNIX)
        attempt.setblocking(False)
        try:
            attempt.connect(self.path)
        except OSError:
            attempt.close()
            self._put_off()
            return False
        self._socket = attempt
        hello = {"hantu": {"protocol": 1, "service": self.service, "acks": True}}
        self._out = memoryview(json.dumps(hello).encode() + b"\n")
        return True

    def _put_off(self) -> None:
        self._next_attempt = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def _disconnect(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket, self._received = None, b""
            self._rewind(is_whole=False)
            self._put_off()

    def _rewind(self, is_whole: bool) -> None:
        """Lets what must be sent (again) wait once more; of a line that left in part, all of it or only the rest."""
        left = len(self._out)
        unsent: list[Entry] = []
        while self._batch and left >= (len(self._batch[-1][1]) if is_whole else 1):
            unsent.insert(0, self._batch.pop())
            left -= len(unsent[0][1])
        # The rest of the line, and the newline from which the daemon counts.
        self._out = memoryview(bytes(self._out[:left]) + b"\n" if is_whole else b"")
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
        if self._closed or not self._not_started.acquire(blocking=False):
            return
        processes = sys.modules.get("multiprocessing.util")
        if processes is not None and sys.modules["multiprocessing"].parent_process() is not None:
            # Such a process ends without `logging.shutdown`.
            processes.Finalize(None, self.close, exitpriority=0)
        thread = threading.Thread(target=self._run, name="hantu-log", daemon=True)
        try:
            thread.start()
            self._thread = thread
        except RuntimeError:
            # Too many, or too late in the interpreter's life: then `close` delivers.
            self._not_started.release()

    def _run(self) -> None:
        while not self._closed:
            if self.buffer.wanted == 1:
                # More will come: collect it.
                self._wait(LINGER, 0)
            # Without the turn it can't read: waiting for answers would only keep it spinning.
            seconds: float | None = LINGER
            events = 0
            if self._turn.acquire(blocking=False):
                try:
                    self._receive()
                    if self._send():
                        seconds, events = None, select.POLLIN
                    else:
                        self._is_stuck, self.buffer.wanted = True, 2
                        if self._socket is None:
                            seconds = max(0.0, self._next_attempt - time.monotonic())
                        else:
                            seconds, events = None, select.POLLIN | select.POLLOUT
                finally:
                    self._turn.release()
            if not self._closed and self.buffer.wanted != 1:
                self._wait(seconds, events)
            self._is_stuck = False

    def _wake(self) -> None:
        try:
            self._bell.send(b"x", socket.MSG_NOSIGNAL)
        except OSError:
            pass  # full, so it will wake; or closed

    def _wait(self, seconds: float | None, events: int) -> None:
        """Waits to be woken, or for these events of the connection."""
        waiter, connection = select.poll(), self._socket
        try:
            waiter.register(self._ears, select.POLLIN)
            if events and connection is not None:
                waiter.register(connection, events)
            waiter.poll(None if seconds is None else seconds * 1000)
            self._ears.recv(4096)
        except (OSError, ValueError):
            pass  # nobody woke it; or closed meanwhile


def _after_fork() -> None:
    """The parent goes on with connection and buffer; the child begins anew."""
    for transport in list(_all):
        inherited = transport._socket, transport._ears, transport._bell
        transport._reset()
        for each in inherited:
            if each is not None:
                each.close()


_all: weakref.WeakSet[Transport] = weakref.WeakSet()
os.register_at_fork(after_in_child=_after_fork)
