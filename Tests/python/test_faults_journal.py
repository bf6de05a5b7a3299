"""Contract section 7, an output's own error: a journald that is killed, and one that hangs."""
import os
import signal
import time

import pytest
from harness.admin import Admin
from harness.daemon import merge, wait_until
from harness.faults import SOON, errors, sample, send, wait_for_rows, wait_for_state, wait_for_stderr
from harness.journald import Journald, why_not


@pytest.fixture
def journaled(daemon):
    """A running daemon that sends to a journald of its own, and that journald."""
    reason = why_not()
    if reason is not None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    started = daemon(merge(SOON, {"journal": {"enabled": True}}), wrapper=Journald.wrapper).start()
    return started, Journald(started)


def test_what_journald_gets_is_found_there(journaled):
    started, journald = journaled
    send(started, {"level": "ERROR", "message": "주문 실행 실패\u001b[31m", "trace_id": "abc12345"}, {"message": "quiet"})
    wait_until(lambda: journald.entries(), 10, "nothing in the journal")
    [entry] = journald.entries()
    assert (entry["PRIORITY"], entry["TRACE_ID"]) == ("3", "abc12345")
    assert journald.end_daemon() == 0


def test_a_journald_that_is_killed_is_told_and_replaced_by_stderr_until_it_is_back(journaled):
    started, journald = journaled
    journald.kill()
    send(started, *errors(10, "meanwhile", size=10))
    wait_for_state(started, "DEGRADED")
    assert Admin(started).get("/readyz").status == 200
    wait_for_stderr(started, "meanwhile 9")
    assert sample(started, "hantu_logd_dropped_total", output="journal", reason="to_stderr") == 10
    # The other outputs don't notice.
    assert len(started.errors()) == 10 and len(wait_for_rows(started, 10)) == 10
    journald.start()

    def is_back():
        send(started, {"level": "ERROR", "message": "back again"})
        return "back again" in journald.messages()

    wait_until(is_back, 20, "nothing goes to journald")
    wait_for_state(started, "READY")
    assert journald.end_daemon() == 0


def test_a_journald_that_hangs_holds_up_nobody_is_told_and_goes_on(journaled):
    started, journald = journaled
    send(started, {"level": "ERROR", "message": "before"})
    journald.signal(signal.SIGSTOP)
    begin = time.monotonic()
    for number in range(6):
        # More than its socket and the daemon's queue hold.
        send(started, *errors(600, f"round {number}"))
    assert time.monotonic() - begin < 20
    wait_for_state(started, "WARNING")
    dropped = sample(started, "hantu_logd_dropped_total", output="journal", reason="journal_queue_full")
    assert 0 < dropped < 3600
    assert len(started.errors()) == 3601 and len(wait_for_rows(started, 3601)) == 3601
    journald.signal(signal.SIGCONT)
    wait_for_state(started, "READY")
    send(started, {"level": "ERROR", "message": "after"})
    wait_until(lambda: "after" in journald.messages(), 20, "nothing goes to journald")
    # What isn't in the journal was counted.
    assert len(journald.messages()) == 3602 - dropped
    assert journald.end_daemon() == 0
