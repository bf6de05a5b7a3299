"""What was logged and isn't safe yet (contract section 12): bounded, and dropped by rank when it is full."""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque

from . import record

MOST_RECORDS = 10_000
MOST_BYTES = 8 << 20
CHUNK = 64 << 10


class Ranked(bytes):
    """A line that outranks those of DEBUG and INFO, which are plain bytes: 1 for WARNING, 2 for what must arrive."""

    rank = 1


class Kept(Ranked):
    rank = 2


def rank_of(line: bytes) -> int:
    return line.rank if isinstance(line, Ranked) else 0


class Buffer:
    """Lines that wait to be sent, and those on their way that are sent again when they don't get there."""

    def __init__(self) -> None:
        # Re-entrant, since a signal's handler or a finalizer may log while its thread is in here; never held
        # during a system call.
        self._lock = threading.RLock()
        self._waiting: deque[bytes] = deque()
        self._warnings = self._errors = 0  # how many of them wait
        self._bytes = 0  # of all that is held
        self._dropped: Counter[str] = Counter()
        # On this connection: records sent, those that the daemon has, and what isn't among these.
        self.sent = self.acknowledged = 0
        self._on_the_way: deque[tuple[int, bytes]] = deque()
        # What the thread was asked for: 1, to look within its time; 2, at once.
        self.wanted = 0

    def put(self, line: bytes, level: int) -> int:
        """Takes a line; returns what the caller is to see to: 1, that the thread wakes; 2, that it is sent.

        Without room, what ranks lower goes; without that, this one. Both are counted.
        """
        size = len(line)
        if level >= logging.WARNING:
            line = Kept(line) if level >= logging.ERROR else Ranked(line)
        with self._lock:
            if self._bytes + size > MOST_BYTES or len(self._waiting) + len(self._on_the_way) >= MOST_RECORDS:
                if not self._make_room(rank_of(line), size):
                    self._dropped[record.level_name(level)] += 1
                    return 0
            self._waiting.append(line)
            self._bytes += size
            if level >= logging.WARNING:
                self._count(line, 1)
            # With each further chunk the caller tries again, so that one who only logs keeps pace with the daemon.
            if level < logging.ERROR and self._bytes // CHUNK == (self._bytes - size) // CHUNK:
                if self.wanted:
                    return 0
                self.wanted = 1
                return 1
            self.wanted = 2
            return 2

    def take(self) -> list[bytes]:
        """The next lines to send, about a chunk; they count as sent."""
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
                        self._on_the_way.append((self.sent + len(batch), line))
                    else:
                        quiet += len(line)
            self.sent += len(batch)
            self._bytes -= quiet
            if not waiting:
                self.wanted = 0
            return batch

    def acknowledge(self, number: int) -> None:
        """The first `number` lines of this connection are safe."""
        with self._lock:
            self.acknowledged = number
            while self._on_the_way and self._on_the_way[0][0] <= number:
                self._bytes -= len(self._on_the_way.popleft()[1])

    def put_back(self, unsent: list[bytes]) -> None:
        """Counting begins again: errors on their way wait once more, and behind them the last lines, unsent."""
        with self._lock:
            again = [line for number, line in self._on_the_way if number <= self.sent - len(unsent)]
            for line in again + unsent:
                self._count(line, 1)
                self._bytes += 0 if isinstance(line, Kept) else len(line)
            self._waiting.extendleft(reversed(again + unsent))
            self._on_the_way.clear()
            self.sent = self.acknowledged = 0
            self.wanted = 2 if self._waiting else 0

    def give_up(self) -> list[bytes]:
        """All that waits, which is then gone from here."""
        with self._lock:
            self._report_drops()
            left = list(self._waiting)
            self._waiting.clear()
            self._warnings = self._errors = self._bytes = self.wanted = 0
            return left

    def is_settled(self) -> bool:
        """Whether the daemon has everything."""
        return not self._waiting and self.sent <= self.acknowledged

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
