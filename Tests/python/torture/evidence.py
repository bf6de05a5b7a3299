"""What is found when all is over: files, store, chat, stderr, and the ledgers of who sent and dropped what."""
import collections
import dataclasses
import json
import os
import re

from .load import NEEDLE

LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:\S+ )?\[(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\] \S+: ")
STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ")
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
    merged: list  # lines of files that hold more than one record
    halves: list  # lines of files that end too early
    halves_told: int  # how often the daemon says that a file ended in half a line
    rows: list  # (event id, message)
    messages: list  # texts that the chat got
    uncovered: list  # outputs with a secret in them
    drops: list  # of each life, as last known: output -> reason -> records
    last_fallen_back: collections.Counter  # marks of the last life's text lines on stderr, lines without one as ""


def lines_of(files):
    """Of all files together; a line may be cut anywhere, also in a character."""
    for path in files:
        with open(path, encoding="utf-8", errors="replace", newline="\n") as file:
            yield from file


def marks(lines):
    """Of well-formed text lines; then those that hold more than one, and those that are only a part of one."""
    found, merged, halves = collections.Counter(), [], []
    for line in lines:
        mark = MARK.search(line)
        if len(LINE.findall(line)) > 1:
            merged.append(line)
        elif not LINE.match(line):
            # A half has the front of a line.
            (halves if len(line.rstrip("\n")) < 20 or STAMP.match(line) else merged).append(line)
        elif mark:
            found[mark[0]] += 1
    return found, merged, halves


def error_marks(lines):
    """As `marks`, of error files."""
    found, merged, halves = collections.Counter(), [], []
    for line in lines:
        try:
            mark = MARK.search(json.loads(line)["message"])
            if mark:
                found[mark[0]] += 1
        except ValueError:
            front = '{"timestamp":'
            is_half = line.count(front) <= 1 and front.startswith(line.rstrip("\n")[:len(front)])
            (halves if is_half else merged).append(line)
    return found, merged, halves


def on_stderr(lines):
    """Marks of the text lines that the daemon wrote to stderr; lines without one count as ""."""
    # Behind journald's priority.
    return collections.Counter(
        mark[0] if (mark := MARK.search(line)) else "" for line in lines if LINE.match(line, 3))


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
