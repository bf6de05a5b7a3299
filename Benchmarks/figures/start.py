"""From the start of the process to READY=1, with an empty spool and with one of a gibibyte, well ended and killed."""
import contextlib
import os
import signal
import socket
import time

from figures import contestants as who
from figures.part import Measured
from figures.process import settle
from figures.row import Row
from figures.run import Incomplete, empty
from figures.spooling import SPOOL_SETTINGS, send_errors, waiting

GIB = 1 << 30


def measure(options):
    wanted = GIB // 16 if options.quick else GIB
    name = "start, 1 GiB of spool" if wanted == GIB else "start, 64 MiB of spool"
    directory = options.path("start")
    empty(directory)
    with who.daemon(directory, "unreachable", SPOOL_SETTINGS) as daemon:
        while spool_bytes(daemon) < wanted:
            send_errors(daemon, 50_000)
        records = waiting(daemon)
    size = spool_bytes(daemon)
    found = {"full": [], "killed": [], "empty": []}
    for _ in range(options.rounds):
        found["full"].append(start(daemon, signal.SIGKILL))
        found["killed"].append(start(daemon, signal.SIGTERM))
        empty(options.path("start-empty"))
        found["empty"].append(start(who.daemon(options.path("start-empty"), "unreachable"), signal.SIGTERM))
    rows = [Row(name, found["full"], "ms", note=f"{records} records"),
            Row(f"{name}, killed before", found["killed"], "ms"),
            Row("start, empty spool", found["empty"], "ms")]
    return Measured(rows, {"spool_bytes": size, "spool_records": records, "milliseconds": found})


def spool_bytes(daemon):
    """What the spool has on the disk, without what it only keeps free for itself."""
    with os.scandir(daemon.path("spool")) as entries:
        return sum(entry.stat().st_size for entry in entries if entry.is_file() and "reserve" not in entry.name)


def start(daemon, end_with):
    """Milliseconds until it says that it is ready; then it is ended."""
    path = os.path.join(daemon.directory, "notify")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(path)
        notify.settimeout(60)
        daemon.environment["NOTIFY_SOCKET"] = path
        begin = time.monotonic()
        daemon.launch()
        try:
            while b"READY=1" not in notify.recv(4096).split(b"\n"):
                pass
            took = (time.monotonic() - begin) * 1000
            settle(daemon.process.pid, 60)
        except TimeoutError:
            raise Incomplete(f"not ready: {daemon.stderr()[-2000:]}") from None
        finally:
            daemon.stop(end_with)
    return took
