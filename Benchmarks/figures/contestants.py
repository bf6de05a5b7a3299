"""Who is measured, and how each is started on an empty directory."""
import dataclasses
import os

from figures import BENCHMARKS, peers
from harness.daemon import Daemon, binary, clean_environment, merge


@dataclasses.dataclass
class Start:
    """A contestant's process to be, and where its outputs will be."""
    argv: list
    socket: str
    text: str
    errors: str
    environment: dict
    store: str = ""


@dataclasses.dataclass(frozen=True)
class Contestant:
    name: str
    # What its lines look like: `copied`, `plain`, `reference` or `hantu` (expectation.py).
    output: str
    # Takes an empty directory, returns a Start.
    prepare: object
    what: str = ""
    # Part of the run's record count that it gets; the slower ones get less.
    share: float = 1.0
    # How the load generator sends (loadgen.c).
    connections: int = 4
    per_record: bool = False
    acks: bool = False
    # What it sends: the percentage of errors, and the size of every record where it is not the usual mix.
    error_percent: int = 6
    record_bytes: int = 0

    @property
    def answers(self):
        """Whether it takes part in the protocol: then the senders end with a flush, so that no text waits for more."""
        return self.output == "hantu"

    def varied(self, name, **changes):
        return dataclasses.replace(self, name=name, **changes)


def copy(directory):
    text = os.path.join(directory, "text")
    return Start([f"{BENCHMARKS}/bin/copy", f"{directory}/s", text], f"{directory}/s", text, "", dict(os.environ))


def two_files(directory, argv, environment):
    return Start(argv, f"{directory}/s", f"{directory}/text", f"{directory}/errors", environment)


def reference(directory):
    argv = [f"{BENCHMARKS}/bin/reference", f"{directory}/s", f"{directory}/text", f"{directory}/errors", "--mask"]
    return two_files(directory, argv, dict(os.environ))


def rsyslog(**options):
    return lambda directory: two_files(directory, *peers.rsyslog(directory, **options))


def syslog_ng(directory):
    return two_files(directory, *peers.syslog_ng(directory))


# Nobody listens there: every alert is taken, decided on and kept, and none goes out.
ALERTS = {"alerts": {"telegram": {"token": "1:none", "chat_ids": ["1"], "api_url": "http://127.0.0.1:1"}}}


def daemon(directory, store, config=None):
    """A release daemon, not yet started; `store` is `off`, `unreachable` or `on` (the embedded one)."""
    made = Daemon(directory, merge({"store": {"enabled": store != "off"}}, config or {}), build="release")
    if store == "unreachable":
        # A directory in its place: no database opens there, and everything stays in the spool.
        os.makedirs(made.path("spool", "errors.db"), exist_ok=True)
    return made


def hantu(store, config=None):
    def prepare(directory):
        made = daemon(directory, store, config)
        made.write_config()
        return Start(
            [binary(build="release"), "--config", made.config_file], made.socket, made.text_file(), made.error_file(),
            clean_environment(), made.path("spool", "errors.db") if store == "on" else "")
    return prepare


COPY = Contestant("copy", "copied", copy, "finds lines and writes them unchanged")
REFERENCE = Contestant("reference", "reference", reference, "C++ and simdjson, text path only, masks 8 names")
RSYSLOG = Contestant("rsyslog", "plain", rsyslog(), "Debian's rsyslog, its main queue as it comes", share=0.1)
RSYSLOG_DIRECT = Contestant(
    "rsyslog_direct", "plain", rsyslog(**peers.DIRECT), "Debian's rsyslog without a queue", share=0.1)
SYSLOG_NG = Contestant("syslog_ng", "plain", syslog_ng, "Debian's syslog-ng, batched", share=0.1)
FILES = Contestant("files", "hantu", hantu("off"), "hantu-logd, files alone", share=0.5)
SPOOL = Contestant(
    "spool", "hantu", hantu("unreachable"), "and every error committed to the spool, store down", share=0.25)
ALERTING = Contestant(
    "alerts", "hantu", hantu("unreachable", ALERTS), "and every error through the alerts' policy", share=0.25)
ALL = Contestant("all", "hantu", hantu("on"), "spool, and drained from it into the embedded store", share=0.25)
