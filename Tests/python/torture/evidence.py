"""What is found when all is over: files, store, chat, stderr, and the ledgers of who sent and dropped what."""
import collections
import dataclasses
import json
import os
import re

from .load import NEEDLE

LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:\S+ )?\[(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\] \S+: ")
MARK = re.compile(r"(?:py|sw|raw\d)-\d+;")


@dataclasses.dataclass
class Evidence:
    # From the witness and the services.
    acknowledged: dict  # mark -> level
    sent: set  # marks that left a service
    logged: dict  # of each shim: mark -> level
    reported: dict  # of each shim: (least, most) records that it says it dropped
    violations: list  # of the protocol and of Telegram's rules
    # From the daemon's outputs.
    texts: collections.Counter  # marks in text files
    errors: collections.Counter  # marks in error files
    fallen_back: set  # marks on stderr
    broken: list  # lines of files that are no record, or two
    rows: list  # (event id, message)
    messages: list  # texts that the chat got
    uncovered: list  # outputs with a secret in them
    disk_was_full: bool
    drops: list  # of each life, as last known: output -> reason -> records
    last_fallen_back: int  # text lines on stderr in the last life


def marks(lines):
    """Of well-formed text lines; those that aren't come second."""
    found, broken = collections.Counter(), []
    for line in lines:
        mark = MARK.search(line)
        if not LINE.match(line) or len(LINE.findall(line)) > 1:
            broken.append(line)
        elif mark:
            found[mark[0]] += 1
    return found, broken


def error_marks(lines):
    found, broken = collections.Counter(), []
    for line in lines:
        try:
            mark = MARK.search(json.loads(line)["message"])
            if mark:
                found[mark[0]] += 1
        except ValueError:
            broken.append(line)
    return found, broken


def on_stderr(lines):
    """Marks of records that the daemon wrote to stderr, and how many text lines these were."""
    # Behind journald's priority.
    text = [line for line in lines if LINE.match(line, 3)]
    found = {mark[0] for mark in map(MARK.search, text) if mark}
    return found, len(text)


def reported(lines):
    """How many records these reports tell of: without those that came twice, and with them."""
    numbers = {line: json.loads(line)["context"]["dropped"] for line in lines}
    return sum(numbers.values()), sum(numbers[line] for line in lines)


def uncovered(directory, more):
    """Files below `directory`, and names of `more` texts, that show a secret."""
    found = [name for name, text in more.items() if NEEDLE in text]
    for folder, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(folder, name)
            # Sockets are none.
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    if NEEDLE.encode() in file.read():
                        found.append(path)
    return found
