"""A client that is frozen between the hello of a new daemon and its own answer, while that daemon ends too.

It answers one hello after the other, as both clients of ours do, and resends errors only. What must hold however the
daemons and the answers mix: nothing is acknowledged that wasn't sent, no error is lost, and none is stored twice.
"""
import signal
import sqlite3
import uuid

import pytest
from harness.client import Client
from harness.daemon import wait_until
from harness.service_manager import ServiceManager
from harness.threads import thread_held


class Shim:
    """Keeps errors until they are acknowledged, by counting its lines since its last answer to a hello."""

    def __init__(self, path):
        self.client = Client(path, service="scheduler", acks=True, timeout=15)
        self.sent = []
        self.acknowledged = 0
        self.everything = []

    def send(self, *messages, level="ERROR"):
        records = [{"level": level, "message": message, "id": str(uuid.uuid4())} for message in messages]
        self.everything += [record["id"] for record in records if level == "ERROR"]
        self._send(records)

    def _send(self, records):
        self.sent += records
        self.client.send(*records)

    def open_errors(self):
        return [record for record in self.sent[self.acknowledged:] if record["level"] == "ERROR"]

    def wait_for_greeting(self):
        """Reads up to the hello and no further, and freezes there."""
        while "resumed" not in (answer := self.client.answer()):
            self._take(answer)

    def answer_greeting(self):
        again = self.open_errors()
        self.sent, self.acknowledged = [], 0
        self.client.raw(b"\n")
        self._send(again)

    def wait_until_safe(self):
        while self.acknowledged < len(self.sent):
            self._take(self.client.answer())

    def _take(self, answer):
        assert answer["acked"] <= len(self.sent), f"{answer} of {len(self.sent)} lines: more than was sent"
        self.acknowledged = answer["acked"]


@pytest.fixture
def manager(daemon, tmp_path):
    made = ServiceManager(tmp_path, daemon({"store": {"batch": {"interval": "50ms"}}}))
    yield made.start()
    made.close()


def restart(manager):
    manager.end(signal.SIGKILL)
    manager.start()


def stored(manager):
    """The identities in the store; none where it isn't there yet."""
    try:
        with sqlite3.connect(f"file:{manager.daemon.path('spool', 'errors.db')}?mode=ro", uri=True) as database:
            return sorted(row[0] for row in database.execute("SELECT event_id FROM error_logs"))
    except sqlite3.OperationalError:
        return []


def connected(manager):
    shim = Shim(manager.daemon.socket)
    shim.send("acknowledged")
    shim.wait_until_safe()
    wait_until(lambda: len(manager.clients()) == 1, 5, "the connection isn't kept")
    return shim


def test_a_client_that_is_frozen_before_its_answer_over_another_restart_loses_no_error(manager):
    shim = connected(manager)
    shim.send("unacknowledged")
    restart(manager)
    shim.wait_for_greeting()
    # It has read the hello and is about to answer it; another daemon comes, and greets it again.
    restart(manager)
    shim.answer_greeting()
    shim.send("quiet 1", "quiet 2", "quiet 3", level="INFO")
    shim.wait_for_greeting()
    shim.answer_greeting()
    shim.wait_until_safe()
    shim.send("first")
    shim.wait_until_safe()
    # Read, and not in the spool when this daemon dies.
    with thread_held(manager.process.pid, "spool"):
        shim.send("second", "third")
        wait_until(lambda: sum(r["message"] in ("second", "third") for r in manager.daemon.all_errors()) == 2, 10,
                   "the lines aren't read")
        manager.process.kill()
    restart(manager)
    shim.wait_for_greeting()
    shim.answer_greeting()
    shim.wait_until_safe()
    wait_until(lambda: len(stored(manager)) >= len(shim.everything), 20, lambda: str(stored(manager)))
    assert stored(manager) == sorted(shim.everything)


def test_hellos_of_several_daemons_are_answered_one_by_one(manager):
    """A client that was stopped meanwhile has them all before it."""
    shim = connected(manager)
    shim.send("unacknowledged")
    for _ in range(4):
        restart(manager)
    for number in range(4):
        shim.wait_for_greeting()
        shim.answer_greeting()
        # What is sent between two answers doesn't count, however much there is of it.
        shim.send(*[f"quiet {number} {index}" for index in range(3 * number)], level="INFO")
        shim.send(f"between {number}")
    shim.wait_until_safe()
    wait_until(lambda: len(stored(manager)) >= len(shim.everything), 20, lambda: str(stored(manager)))
    assert stored(manager) == sorted(shim.everything)


def test_answers_that_wait_for_the_next_daemon_are_told_apart_from_its_own(manager):
    shim = connected(manager)
    restart(manager)
    shim.wait_for_greeting()
    manager.end(signal.SIGKILL)
    shim.answer_greeting()
    shim.send("while nobody runs")
    manager.start()
    shim.send("before its answer")
    shim.wait_for_greeting()
    shim.answer_greeting()
    shim.wait_until_safe()
    wait_until(lambda: len(stored(manager)) >= len(shim.everything), 20, lambda: str(stored(manager)))
    assert stored(manager) == sorted(shim.everything)


def at_once(manager, shim):
    """Reads two hellos and answers both with one empty line."""
    restart(manager)
    shim.wait_for_greeting()
    restart(manager)


def never_said(manager, _):
    """A daemon that died when it had noted its hello and not said it."""
    manager.end(signal.SIGKILL)
    slot = int(manager.clients()[0].removeprefix("client-"))
    with open(f"/proc/self/fd/{manager.stored['connections']}", "r+b") as table:
        table.seek(512 * (slot + 1) + 1)
        table.write(b"\1")
    manager.start()


@pytest.mark.parametrize("hellos", [at_once, never_said])
def test_where_an_answer_never_comes_the_client_is_told_to_begin_anew(manager, hellos):
    shim = connected(manager)
    hellos(manager, shim)
    shim.wait_for_greeting()
    shim.answer_greeting()
    shim.send("counted by nobody knows whom")
    # Nothing is acknowledged that might be taken for something else.
    assert shim.client.answer() is None
    again = Shim(manager.daemon.socket)
    again.everything = list(shim.everything)
    again._send(shim.open_errors())
    again.wait_until_safe()
    wait_until(lambda: len(stored(manager)) >= len(again.everything), 20, lambda: str(stored(manager)))
    assert stored(manager) == sorted(again.everything)
