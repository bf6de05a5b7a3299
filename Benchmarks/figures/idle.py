"""What a daemon takes while nothing happens: memory, CPU, wake-ups; alone and with connections that said hello."""
import contextlib
import time

from figures import contestants as who
from figures.part import Measured
from figures.process import context_switches, cpu_seconds, memory_mib, settle
from figures.row import Row
from figures.run import empty
from harness.client import Client

FEW, MANY = 100, 1000


def measure(options):
    rounds = min(options.rounds, 3)
    found = [once(options.path("idle"), seconds=3 if options.quick else 10) for _ in range(rounds)]

    def row(name, field, unit, worst=False):
        return Row(name, [each[field] for each in found], unit, worst)

    return Measured([
        row("memory, idle", "alone_mib", "MiB", worst=True),
        row(f"memory, {MANY:,} idle connections", "many_mib", "MiB", worst=True),
        row(f"CPU, {FEW} idle connections", "cpu_percent", "%"),
        row(f"wake-ups, {FEW} idle connections", "wakeups_per_second", "/s")])


def once(directory, seconds):
    empty(directory)
    with who.daemon(directory, "on") as daemon, contextlib.ExitStack() as clients:
        pid = daemon.process.pid

        def connect(count):
            for number in range(count):
                clients.enter_context(Client(daemon.socket, service=f"service-{number}", acks=True))
            settle(pid)

        settle(pid)
        result = {"alone_mib": memory_mib(pid, "VmRSS")}
        connect(FEW)
        result.update(rest(pid, seconds))
        connect(MANY - FEW)
        result["many_mib"] = memory_mib(pid, "VmRSS")
        return result


def rest(pid, seconds):
    """What it does while it is left alone."""
    cpu, before, begin = cpu_seconds(pid), context_switches(pid), time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - begin
    switches = sum(count - before.get(thread, 0) for thread, count in context_switches(pid).items())
    return {"cpu_percent": 100 * (cpu_seconds(pid) - cpu) / took, "wakeups_per_second": switches / took}
