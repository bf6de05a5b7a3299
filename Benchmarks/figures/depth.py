"""What a record costs while more and more of them wait in the spool for a store that is away."""
import os
import shutil

from figures import contestants as who
from figures.contestants import Start
from figures.curve import Curve
from figures.process import settle
from figures.run import empty, load
from figures.spooling import SPOOL_SETTINGS, send_errors, waiting

DEPTHS = (0, 10_000, 100_000, 1_000_000)


def curve(options):
    directory = options.path("depth")
    empty(directory)
    # A tenth of a million takes a hurried run three seconds already.
    found = {f"{count:,}": measured(directory, count, options) for count in (DEPTHS[:3] if options.quick else DEPTHS)}
    return Curve("depth", "Records waiting in the spool", "waiting", {"spool": found})


def measured(directory, count, options):
    """Microseconds of CPU per record of the usual mix, behind `count` errors that wait."""
    with who.daemon(directory, "unreachable", SPOOL_SETTINGS) as daemon:
        if count > waiting(daemon):
            send_errors(daemon, count - waiting(daemon), record_bytes=300)
    # The files of the filling would only be in the way.
    shutil.rmtree(os.path.join(directory, "logs"), ignore_errors=True)
    with who.daemon(directory, "unreachable", SPOOL_SETTINGS) as daemon:
        settle(daemon.process.pid, 120)
        start = Start([], daemon.socket, daemon.text_file(), daemon.error_file(), {})
        daemon.process.log = daemon.path("stderr")
        results = [load(who.SPOOL, start, daemon.process, options.records // 20) for _ in range(options.rounds)]
    return [result["cpu_seconds"] / result["records"] * 1e6 for result in results]
