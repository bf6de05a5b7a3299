"""What the kernel says of a running process."""
import contextlib
import os
import time

from harness.daemon import wait_until


def cpu_seconds(pid):
    """User and system time of all threads, also of those that ended, in nanoseconds' precision.

    It is the process's CPU clock (clock_getcpuclockid(3)); /proc/PID/stat has the same in hundredths of a second.
    """
    return time.clock_gettime((~pid << 3) | 2)


def memory_mib(pid, field):
    """`VmRSS` now, `VmHWM` the most so far."""
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
    raise ValueError(field)


def context_switches(pid):
    """{thread: how often it was given a processor and gave it back}"""
    found = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        # One may end meanwhile.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{pid}/task/{thread}/status") as file:
            found[thread] = sum(int(line.split()[1]) for line in file if "ctxt_switches" in line)
    return found


def settle(pid, seconds=30, pause=0.2):
    """Waits until it does nothing, and returns the CPU seconds that it used by then."""
    last = [cpu_seconds(pid)]

    def is_idle():
        time.sleep(pause)
        now = cpu_seconds(pid)
        idle = now - last[0] < 0.002
        last[0] = now
        return idle

    wait_until(is_idle, seconds, "it never rests")
    return last[0]
