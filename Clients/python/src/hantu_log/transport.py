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
from collections import Counter, deque

from . import record

MOST_RECORDS = 10_000
MOST_BYTES = 8 << 20
CHUNK = 64 << 10
LINGER = 0.05
PATIENCE_AT_EXIT = 2.0
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0


class Ranked(bytes):
    """A line that outranks those of DEBUG and INFO, which are plain bytes: 1 for WARNING, 2 for what must arrive."""

    rank = 1


class Kept(Ranked):
    rank = 2


class Transport:
    """One service's connection and what waits for it."""

    def __init__(self, service: str, path: str) -> None:
        self.service, self.path = service, path
        self._reset()
        _all.add(self)

    def _reset(self) -> None:
        # Re-entrant, since a signal's handler or a finalizer may log while its thread is in here; never held
        # during a system call. It guards what waits and its counts.
        self._lock = threading.RLock()
        self._waiting: deque[bytes] = deque()
        self._warnings = self._errors = 0  # how many of them wait
        self._bytes = 0  # of what waits, and of errors on their way
        self._dropped: Counter[str] = Counter()
        self._wanted = 0  # 1: a look at what waits within LINGER, 2: at once
        self._closed = False
        # Who has the turn may use the connection, which is all that follows.
        self._turn = threading.Lock()
        self._socket: socket.socket | None = None
        self._out = memoryview(b"")  # what is still to be sent of the last batch
        self._batch: list[bytes] = []
        self._sent = self._acknowledged = 0
        self._unacknowledged: deque[tuple[int, bytes]] = deque()
        self._received = b""
        self._pause, self._next_attempt = FIRST_PAUSE, 0.0
        self._thread: threading.Thread | None = None
        self._pipe: tuple[socket.socket, socket.socket] | None = None

    def put(self, line: bytes, level: int) -> None:
        """Takes a record. Without room, what ranks lower goes; without that, this one. Both are counted."""
        size = len(line)
        if level >= logging.WARNING:
            line = Kept(line) if level >= logging.ERROR else Ranked(line)
        with self._lock:
            if self._bytes + size > MOST_BYTES or len(self._waiting) + len(self._unacknowledged) >= MOST_RECORDS:
                if not self._make_room(rank_of(line), size):
                    self._dropped[record.level_name(level)] += 1
                    return
            self._waiting.append(line)
            self._bytes += size
            if level >= logging.WARNING:
                self._count(line, 1)
            wanted = 2 if level >= logging.ERROR or self._bytes >= CHUNK else 1
            if wanted <= self._wanted:
                return
            self._wanted = wanted
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
            while (self._waiting or self._sent > self._acknowledged) and self._connected():
                is_sent = self._send()
                if is_sent and 0 <= asked <= self._acknowledged:
                    break
                if is_sent and not 0 <= asked <= self._sent:
                    asked = self._sent
                    self._out = memoryview(b'{"hantu":{"flush":true}}\n')
                    continue
                left = deadline - time.monotonic()
                if left <= 0 or self._socket is None:
                    break
                self._poll(left, out=not is_sent)
                self._receive()
            return not self._waiting and self._sent == self._acknowledged or 0 <= asked <= self._acknowledged
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
        with self._lock:
            self._report_drops()
            left = list(self._waiting)
            self._waiting.clear()
            self._warnings = self._errors = self._bytes = self._wanted = 0
        to_stderr(left, self.service)

    # ---- the buffer; with the lock ----

    def _count(self, line: bytes, number: int) -> None:
        if isinstance(line, Kept):
            self._errors += number
        elif isinstance(line, Ranked):
            self._warnings += number

    def _make_room(self, rank: int, size: int) -> bool:
        for lower in range(rank):
            number, kept = 0, []
            # A tenth at once, the oldest first: one walk for a thousand records.
            while (self._warnings if lower else len(self._waiting) - self._warnings - self._errors) and (
                number < MOST_RECORDS // 10 or self._bytes + size > MOST_BYTES
            ):
                line = self._waiting.popleft()
                if rank_of(line) == lower:
                    number += 1
                    self._dropped["WARNING" if lower else "DEBUG" if b'"level":"DEBUG"' in line[:64] else "INFO"] += 1
                    self._count(line, -1)
                    self._bytes -= len(line)
                else:
                    kept.append(line)
            self._waiting.extendleft(reversed(kept))
            if number and self._bytes + size <= MOST_BYTES:
                return True
        return False

    def _report_drops(self) -> None:
        if not self._dropped:
            return
        dropped, self._dropped = self._dropped, Counter()
        number = sum(dropped.values())
        message = f"{number} log records were dropped: the buffer was full"
        report = logging.LogRecord("hantu_log", logging.WARNING, __file__, 0, message, None, None, "put")
        report.context_data = {"dropped": number, "dropped_by_level": dropped}
        # Kept until it is acknowledged.
        self._waiting.appendleft(Kept(record.encode(report)))
        self._errors += 1
        self._bytes += len(self._waiting[0])

    def _take(self) -> bool:
        """The next chunk becomes the batch to send."""
        with self._lock:
            self._report_drops()
            waiting, batch, size, quiet = self._waiting, list[bytes](), 0, 0
            while waiting and size < CHUNK:
                line = waiting.popleft()
                batch.append(line)
                size += len(line)
                if type(line) is bytes:
                    quiet += len(line)
                else:
                    self._count(line, -1)
                    if isinstance(line, Kept):
                        self._unacknowledged.append((self._sent + len(batch), line))
                    else:
                        quiet += len(line)
            self._batch = batch
            self._sent += len(batch)
            self._bytes -= quiet
            if not waiting:
                self._wanted = 0
        self._out = memoryview(b"".join(batch))
        return bool(batch)

    # ---- the connection; with the turn ----

    def _send(self) -> bool:
        while self._connected():
            if not self._out and not self._take():
                return True
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
        with self._lock:
            again = [line for number, line in self._unacknowledged if number <= self._sent - len(unsent)]
            for line in again + unsent:
                self._count(line, 1)
                self._bytes += 0 if isinstance(line, Kept) else len(line)
            self._waiting.extendleft(unsent)
            self._waiting.extendleft(reversed(again))
            self._unacknowledged.clear()
            self._batch = []
            self._sent = self._acknowledged = 0
            self._wanted = 2 if self._waiting else 0

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
            self._acknowledged = acked
            with self._lock:
                while self._unacknowledged and self._unacknowledged[0][0] <= acked:
                    self._bytes -= len(self._unacknowledged.popleft()[1])
        if "error" not in answer:
            self._pause = FIRST_PAUSE

    # ---- the thread ----

    def _start(self) -> None:
        with self._lock:
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
            if self._wanted == 1:
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
                        self._wanted = 2
                finally:
                    self._turn.release()
            if not self._closed and self._wanted != 1:
                self._poll(seconds, out)


def rank_of(line: bytes) -> int:
    return line.rank if isinstance(line, Ranked) else 0


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
