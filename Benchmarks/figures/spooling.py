"""Filling a spool whose store is unreachable, through the daemon, as an outage does."""
import subprocess

from figures.expectation import LOADGEN
from harness.admin import Admin, metrics

# Room for more than a million records, and no attempt at the store that would park them meanwhile.
SPOOL_SETTINGS = {"spool": {"maximum_bytes": 4 << 30}, "store": {"retry": {"delay": "1d"}}}


def send_errors(daemon, count, record_bytes=0):
    """Errors of the corpus, or ones of a size; all of them are committed when it returns."""
    subprocess.run([LOADGEN, "--socket", daemon.socket, "--records", str(count), "--errors", "100", "--flush",
                    "--size", str(record_bytes)], check=True, stdout=subprocess.DEVNULL, timeout=300)


def waiting(daemon):
    """How many records its spool holds."""
    found = metrics(Admin(daemon).get("/metrics").text)
    return int(sum(count for (name, _), count in found.items() if name == "hantu_logd_spool_records"))
