"""Logs that nobody wrote for this daemon, as raw text: every line is accounted for.

The texts are what a system has by itself: the package manager's logs, change logs, Python's own sources. With HANTU_REAL_LOGS set
to a directory, every `*.log` in it is sent as well: public collections often may not be copied into a project.
"""
import collections
import glob
import gzip
import os
import re

import pytest
from harness.client import Client
from harness.daemon import Daemon
from harness.rendering import escape, mask

SOURCES = ["/var/log/dpkg.log", "/var/log/apt/*.log", "/var/log/bootstrap.log", "/usr/share/doc/*/changelog.Debian.gz",
           os.path.dirname(os.__file__) + "/[a-t]*.py"]
FILES_OF_EACH, LIMIT = 12, 20000
# Where masking has something to say that the tests' own simple mask may not know, lines are only counted.
DELICATE = re.compile(r"\*\*\*|\d{8}-\d{2}|\d{6}-\d{7}|eyJ|://[^/\s]*@|\bbearer\b|authori|cookie|계좌|account", re.IGNORECASE)


def read(path):
    opened = gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb")
    with opened as file:
        return file.read().splitlines()[:LIMIT]


def texts():
    paths = [path for pattern in SOURCES for path in sorted(glob.glob(pattern))[:FILES_OF_EACH]]
    extra = os.environ.get("HANTU_REAL_LOGS")
    if extra:
        paths += sorted(glob.glob(os.path.join(extra, "*.log")))
    found = {path: read(path) for path in paths}
    assert sum(map(len, found.values())) > 1000, "this machine has no text of its own"
    return found


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with Daemon(tmp_path_factory.mktemp("text"), {"store": {"enabled": False}}) as daemon:
        yield daemon


def kept(line):
    """A line's text as the daemon keeps it, or nothing for an empty one."""
    return line[:-1] if line.endswith(b"\r") else line


def test_every_line_of_a_real_log_is_in_the_text_file(running):
    for path, raw in texts().items():
        lines = [line for line in map(kept, raw) if line]
        name = "real-" + re.sub(r"\W+", "-", path).strip("-")
        with Client(running.socket, service=name) as client:
            client.send(*lines)
            assert client.flush() == {"acked": len(lines)}
        prefix = f"[WARNING] {name}: "
        found = collections.Counter(
            line.split(prefix, 1)[1] for line in running.all_text_lines() if prefix in line)
        assert sum(found.values()) == len(lines), path
        missing = collections.Counter(escape(mask(line.decode())) for line in lines if is_plain(line)) - found
        assert not missing, path


def is_plain(line):
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return False
    return not DELICATE.search(mask(text))


def test_the_same_lines_as_messages_of_json_records(running):
    lines = [line.decode(errors="replace") for text in texts().values() for line in text[:500]]
    with Client(running.socket, service="as-json", acks=True) as client:
        client.send(*[{"level": "INFO", "message": line, "n": number} for number, line in enumerate(lines)])
        client.wait_for(len(lines))
    found = [line.split("[INFO] as-json: ", 1)[1] for line in running.all_text_lines() if "[INFO] as-json: " in line]
    assert len(found) == len(lines)
    for line, got in zip(lines, found):
        if not DELICATE.search(mask(line)):
            assert got == escape(mask(line))
