"""The torture itself, for a few seconds: that it holds, and that its oracle would notice if it didn't (`make torture`)."""
import dataclasses
import json
import os
import socket

import pytest
from torture import evidence, oracle
from torture.run import Torture
from torture.witness import Witness


@pytest.fixture(scope="module")
def tortured(tmp_path_factory):
    if os.geteuid() != 0:
        if os.environ.get("CI") == "true":
            pytest.fail("only root can mount a small disk")
        pytest.skip("only root can mount a small disk")
    with Torture(tmp_path_factory.mktemp("torture"), seconds=15, seed=13) as torture:
        return torture.run(), torture


def test_fifteen_seconds_of_torture_break_no_promise(tortured):
    wrong, torture = tortured
    assert wrong == {}, torture.summary()
    deeds = {name for each in torture.culprits for name in each.deeds}
    assert {"kill", "kill_at_start", "restart", "fill"} <= deeds
    found = torture.found
    assert len(found.acknowledged) > 1000 and len(found.rows) > 100 and len(found.messages) > 2
    assert found.fallen_back and torture.witness.ledger.greetings > 0


def changed(found, **changes):
    return dataclasses.replace(found, **changes)


def without(counter, mark):
    return type(counter)({key: value for key, value in counter.items() if key != mark})


def an_error(found):
    return next(mark for mark, level in found.acknowledged.items() if level in oracle.SEVERE)


def a_quiet_one(found):
    return next(mark for mark, level in found.acknowledged.items()
                if level not in oracle.SEVERE and mark not in found.fallen_back)


FORGERIES = {
    "acknowledged_is_in_a_text_file": lambda found: changed(found, texts=without(found.texts, a_quiet_one(found))),
    "acknowledged_errors_are_in_an_error_file":
        lambda found: changed(found, errors=without(found.errors, an_error(found))),
    "acknowledged_errors_are_stored_once": lambda found: changed(found, rows=found.rows + found.rows[-1:]),
    "services_lose_no_error": lambda found: changed(found, acknowledged={
        mark: level for mark, level in found.acknowledged.items() if mark[:2] != "sw" or level != "ERROR"}),
    "services_count_what_they_drop": lambda found: changed(found, sent=found.sent - {"py-0;"}),
    "every_event_is_told": lambda found: changed(found, messages=found.messages[:1]),
    "summaries_add_up": lambda found: changed(found, messages=["🚨 에러 3건 묶음\nkind_raw_g ×2"]),
    "what_falls_back_is_counted": lambda found: changed(found, drops=[*found.drops[:-1], {}]),
    "files_hold_whole_lines": lambda found: changed(
        found, merged=evidence.marks(["2026-02-01 12:34:56 [INFO] a: b2026-02-01 12:34:56 [INFO] a: b"])[1]),
    "no_secret_is_shown": lambda found: changed(found, uncovered=evidence.uncovered(
        "/nonexistent", {"the store": json.dumps({"password": evidence.NEEDLE})})),
    "rules_are_kept": lambda found: changed(found, violations=["one"]),
}


@pytest.mark.parametrize("rule", [rule.__name__ for rule in oracle.RULES])
def test_the_oracle_notices_what_breaks(tortured, rule):
    assert rule in oracle.judge(FORGERIES[rule](tortured[1].found))


def test_a_lost_record_of_the_store_is_noticed(tortured):
    found = tortured[1].found
    mark = an_error(found)
    assert "acknowledged_errors_are_stored_once" in oracle.judge(
        changed(found, rows=[row for row in found.rows if mark not in row[1]]))


def test_a_message_that_comes_twice_makes_up_for_none_that_is_lost(tortured):
    found = tortured[1].found
    digest = max(found.messages, key=lambda message: sum(oracle.told([message]).values()))
    left = [message for message in found.messages if message != digest]
    assert "every_event_is_told" in oracle.judge(changed(found, messages=left * 9))


def test_a_drop_for_another_reason_is_noticed(tortured):
    found = tortured[1].found
    assert "what_falls_back_is_counted" in oracle.judge(
        changed(found, drops=[{"errors": {"backlog_full": 1}}, *found.drops]))


def test_a_line_that_a_life_left_unfinished_is_told_from_two_in_one():
    assert evidence.error_marks(['{"tim\n'])[1:] == ([], ['{"tim\n'])
    assert evidence.error_marks(['{"timestamp":"a{"timestamp":"b"}\n'])[1:] == (['{"timestamp":"a{"timestamp":"b"}\n'], [])
    assert evidence.marks(["2026-02-01 12:34:56\n"])[1:] == ([], ["2026-02-01 12:34:56\n"])
    assert evidence.marks(["2026-02-01 12:34:56 [INFO] core.tort\n"])[1:] == ([], ["2026-02-01 12:34:56 [INFO] core.tort\n"])


def test_the_witness_counts_from_the_answer_to_the_last_greeting(tmp_path):
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client:
        listener.bind(str(tmp_path / "daemon"))
        listener.listen()
        witness = Witness(str(tmp_path / "witness"), str(tmp_path / "daemon"))
        client.connect(str(tmp_path / "witness"))
        daemon = listener.accept()[0]
        with daemon, client.makefile("rb") as answers, daemon.makefile("rb") as lines:
            for _ in range(2):
                daemon.sendall(b'{"hantu":{"resumed":true,"protocol":1}}\n')
                answers.readline()
            one, two = (b'{"level":"ERROR","message":"sw-%d;"}\n' % number for number in (1, 2))
            # Between its two answers it sends what the daemon doesn't count, and then all of it again.
            client.sendall(b"\n" + one + b"\n" + one + two)
            for _ in range(5):
                lines.readline()
            daemon.sendall(b'{"hantu":{"acked":2}}\n')
            answers.readline()
        witness.close()
    assert witness.ledger.acknowledged == {"sw-1;": "ERROR", "sw-2;": "ERROR"}
    assert witness.ledger.violations == []
