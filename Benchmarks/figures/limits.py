"""What each figure must be, and what it should be: the promises, in one place.

A figure that isn't here is reported alone.
"""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Limit:
    # None where only the aim is a promise to ourselves.
    must: float | None
    aim: float
    # Whether larger is better.
    least: bool = True

    def held(self, value, bound):
        return bound is None or (value >= bound if self.least else value <= bound)


def at_least(must, aim):
    return Limit(must, aim)


def at_most(must, aim):
    return Limit(must, aim, least=False)


LIMITS = {
    "files / reference, 1 connection": at_least(0.75, 1.0),
    "files / reference, 4 connections": at_least(0.75, 1.0),
    "files / reference, 16 connections": at_least(0.75, 1.0),
    "files / reference, 1 connection, one write a record": at_least(0.8, 1.0),
    "files / reference, 4 connections, one write a record": at_least(0.8, 1.0),
    "files / reference, 16 connections, one write a record": at_least(0.8, 1.0),
    "files / rsyslog's best": at_least(10, 15),
    "spool / files": at_least(0.8, 0.9),
    "acknowledged / not, 100 connections": at_least(0.8, 0.95),
    "peak memory, spool": at_most(24, 16),
    "peak memory, all": at_most(24, 16),
    "memory, idle": at_most(12, 8),
    "memory, 1,000 idle connections": at_most(20, 12),
    "CPU, 100 idle connections": at_most(0.1, 0.1),
    "wake-ups, 100 idle connections": at_most(None, 1),
    "acknowledgement / fsync, p50": at_most(2, 2),
    "start, 1 GiB of spool": at_most(500, 100),
    "into Postgres / COPY": at_least(0.7, 0.7),
    "visible in Postgres, p99": at_most(50, 50),
    "logs trace / grep -F": at_most(1, 1),
    "logs info --grep, a text / grep -F": at_most(1, 1),
    "logs error --grep, a text / grep -F": at_most(1, 1),
    "hantu-logd, stripped": at_most(40, 25),
}
