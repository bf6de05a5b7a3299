"""What was logged and isn't safe yet (contract section 12): bounded, and dropped by rank when it is full."""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from typing import Tuple

from . import record

MOST_RECORDS = 10_000
MOST_BYTES = 8 << 20
CHUNK = 64 << 10  # what is sent at once, about
EAGER = 128 << 10  # with so much, the caller sends: one call in 600, so that the 99th in a hundred stays quick
# Ranks: DEBUG and INFO, WARNING, and ERROR and above, which is sent again when it doesn't get there.
QUIET, WARNING, KEPT = range(3)
Entry = Tuple[int, bytes]  # rank, line


class Buffer:
    """Lines that wait to be sent, and those on their way that may have to be sent again."""

    def __init__(self) -> None:
        # Re-entrant, since a signal's handler or a finalizer may log while its thread is in here; never held
        # during a system call.
        self._lock = threading.RLock()
        self._waiting: deque[Entry] = deque()
        self._ranks = [0, 0, 0]  # how many of each wait
        self._bytes = 0  # of all that is held
        self._dropped: Counter[str] = Counter()
        # On this connection: records sent, those that the daemon has, and what isn't among these.
        self.sent = self.acknowledged = 0
        self._on_the_way: deque[tuple[int, Entry]] = deque()
        # What the thread was asked for: 1, to look within its time; 2, at once.
        self.wanted = 0

    def put(self, line: bytes, level: int) -> int:
        """Takes a line; returns what the caller is to see to: 1, that the thread wakes; 2, that it is sent.

        Without room, what ranks lower goes; without that, this one. Both are counted.
        """
        size, rank = len(line), QUIET if level < logging.WARNING else WARNING if level < logging.ERROR else KEPT
        with self._lock:
            is_full = self._bytes + size > MOST_BYTES or len(self._waiting) + len(self._on_the_way) >= MOST_RECORDS
            if is_full and not self._make_room(rank, size):
                self._drop(line)
                return 0
            self._waiting.append((rank, line))
            self._ranks[rank] += 1
            before, self._bytes = self._bytes, self._bytes + size
            # With each further chunk the caller tries again, so that one who only logs keeps pace with the daemon.
            if rank == KEPT or before // EAGER != (before + size) // EAGER:
                self.wanted = 2
            elif self.wanted:
                return 0
            else:
                self.wanted = 1
            return self.wanted

    def take(self) -> list[Entry]:
        """The next lines to send, about a chunk; they count as sent."""
        with self._lock:
            self._report_drops()
            batch, size = list[Entry](), 0
            if not self._on_the_way and not self._ranks[KEPT] and self._bytes < 2 * EAGER:
                batch = list(self._waiting)  # as below, in one step
                self._waiting.clear()
                self._ranks, self._bytes = [0, 0, 0], 0
            while self._waiting and size < CHUNK:
                rank, line = entry = self._waiting.popleft()
                batch.append(entry)
                size += len(line)
                self._ranks[rank] -= 1
                if rank == KEPT:
                    self._on_the_way.append((self.sent + len(batch), entry))
                else:
                    self._bytes -= len(line)
            self.sent += len(batch)
            if not self._waiting:
                self.wanted = 0
            return batch

    def acknowledge(self, number: int) -> None:
        """The first `number` lines of this connection are safe."""
        with self._lock:
            self.acknowledged = number
            while self._on_the_way and self._on_the_way[0][0] <= number:
                self._bytes -= len(self._on_the_way.popleft()[1][1])

    def put_back(self, unsent: list[Entry]) -> None:
        """Counting begins again: errors on their way wait once more, and behind them the last lines, unsent."""
        with self._lock:
            again = [entry for number, entry in self._on_the_way if number <= self.sent - len(unsent)] + unsent
            for rank, line in again:
                self._ranks[rank] += 1
                self._bytes += 0 if rank == KEPT else len(line)
            self._waiting.extendleft(reversed(again))
            self._on_the_way.clear()
            self.sent = self.acknowledged = 0
            self.wanted = 2 if self._waiting else 0

    def give_up(self) -> list[bytes]:
        """All that waits, which is then gone from here."""
        with self._lock:
            self._report_drops()
            left = [line for _, line in self._waiting]
            self._waiting.clear()
            self._ranks, self._bytes, self.wanted = [0, 0, 0], 0, 0
            return left

    def is_settled(self) -> bool:
        """Whether the daemon has everything."""
        return not self._waiting and self.sent <= self.acknowledged

    def _make_room(self, rank: int, size: int) -> bool:
        for lower in range(rank):
            number, kept = 0, []
            # A tenth at once, the oldest first: one walk for a thousand records.
            while self._ranks[lower] and (number < MOST_RECORDS // 10 or self._bytes + size > MOST_BYTES):
                entry = self._waiting.popleft()
                if entry[0] == lower:
                    number += 1
                    self._ranks[lower] -= 1
                    self._bytes -= len(entry[1])
                    self._drop(entry[1])
                else:
                    kept.append(entry)
            self._waiting.extendleft(reversed(kept))
            if number and self._bytes + size <= MOST_BYTES:
                return True
        return False

    def _drop(self, line: bytes) -> None:
        # {"timestamp":0.0,"level":"INFO", ...
        self._dropped[line.split(b'"', 6)[5].decode()] += 1

    def _report_drops(self) -> None:
        if self._dropped:
            dropped, self._dropped = self._dropped, Counter()
            number = sum(dropped.values())
            message = f"{number} log records were dropped: the buffer was full"
            report = logging.LogRecord("hantu_log", logging.WARNING, __file__, 0, message, None, None, "put")
            report.context_data = {"dropped": number, "dropped_by_level": dropped}
            # First, and kept until it is acknowledged.
            line = record.encode(report)
            self._waiting.appendleft((KEPT, line))
            self._ranks[KEPT] += 1
            self._bytes += len(line)
