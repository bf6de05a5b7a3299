"""Who is measured, and how each is started on an empty directory."""
import dataclasses
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "Tests", "python"))
from harness.daemon import Daemon, clean_environment  # noqa: E402


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
    # What its lines look like: `copied`, `reference` or `hantu` (expectation.py).
    output: str
    prepare: object
    per_record: bool = False
    connections: int = 4
    # Part of the run's record count that it gets; the slower ones get less.
    share: float = 1.0
    what: str = ""


def copy(directory):
    text = os.path.join(directory, "text")
    return Start([f"{HERE}/bin/copy", f"{directory}/s", text], f"{directory}/s", text, "", dict(os.environ))


def reference(directory):
    text, errors = os.path.join(directory, "text"), os.path.join(directory, "errors")
    argv = [f"{HERE}/bin/reference", f"{directory}/s", text, errors, "--mask"]
    return Start(argv, f"{directory}/s", text, errors, dict(os.environ))


# Nobody listens there: every alert is taken, decided on and kept, and none goes out.
ALERTS = {"alerts": {"telegram": {"token": "1:none", "chat_ids": ["1"], "api_url": "http://127.0.0.1:1"}}}


def hantu(store, alerts=False):
    """The release daemon; `store` is `off`, `unreachable` or `on` (the embedded one)."""
    def prepare(directory):
        config = {"store": {"enabled": store != "off"}, **(ALERTS if alerts else {})}
        daemon = Daemon(directory, config, build="release")
        daemon.write_config()
        database = daemon.path("spool", "errors.db")
        if store == "unreachable":
            # A directory in its place: no database opens there, and everything stays in the spool.
            os.makedirs(database)
        argv = [os.path.join(HERE, "..", ".build", "release", "hantu-logd"), "--config", daemon.config_file]
        return Start(
            argv, daemon.socket, daemon.text_file(), daemon.error_file(), clean_environment(),
            database if store == "on" else "")
    return prepare


CONTESTANTS = [
    Contestant("copy", "copied", copy, what="finds lines and writes them unchanged"),
    Contestant("reference", "reference", reference, what="C++ and simdjson, text path only, masks 8 names"),
    Contestant("hantu_files", "hantu", hantu("off"), share=0.5, what="hantu-logd, files alone"),
    Contestant("hantu_spool", "hantu", hantu("unreachable"), share=0.5,
               what="and every error committed to the spool, store down"),
    Contestant("hantu_alerts", "hantu", hantu("unreachable", alerts=True), share=0.5,
               what="and every error through the alerts' policy"),
    Contestant("hantu_all", "hantu", hantu("on"), share=0.25,
               what="and drained from it into the embedded store"),
    Contestant("reference_each", "reference", reference, per_record=True, share=0.25,
               what="reference, one write for each record"),
    Contestant("hantu_files_each", "hantu", hantu("off"), per_record=True, share=0.25,
               what="hantu-logd, files alone, one write for each record"),
]
