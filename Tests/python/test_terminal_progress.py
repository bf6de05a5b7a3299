"""Contract section 10 on a terminal: how far long work has come, and nothing of that anywhere else."""
import re

import pytest
from harness.admin import Admin
from harness.daemon import wait_until
from harness.terminal import Terminal
from postgres_fixtures import QUICK, database, errors, send, server  # noqa: F401

# Each statement that writes to the table takes its time.
SLOW = """CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.4); RETURN NULL; END $$;
          CREATE TRIGGER slow BEFORE INSERT ON error_logs FOR EACH STATEMENT EXECUTE FUNCTION slow()"""
PICKY = """CREATE FUNCTION picky() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN IF NEW.message LIKE 'record%' THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NEW; END $$;
           CREATE TRIGGER picky BEFORE INSERT ON error_logs FOR EACH ROW EXECUTE FUNCTION picky()"""


def drawn(text, label):
    """What stood on the line of progress, one after the other; it is wiped away in the end."""
    pattern = rf"\r\x1b\[K{label} [█░]{{20}} (\d+)% \((\d+)건 / (\d+)건\)"
    shown = [tuple(map(int, found)) for found in re.findall(pattern, text)]
    assert text.count("\r\x1b[K") == len(shown) + (1 if shown else 0), repr(text)
    return shown


@pytest.fixture
def parked(daemon, database):  # noqa: F811
    """A daemon with eight records that Postgres refused, and takes by now, one at a time."""
    store = {"url": database.url, **QUICK, "batch": {"records": 1, "interval": "50ms", "maximum_records": 1}}
    with daemon({"store": store}) as started:
        send(started, {"level": "ERROR", "message": "the first"})
        wait_until(lambda: database.messages() == ["the first"], 30, "no table")
        database.execute(PICKY)
        send(started, *errors(0, 8))
        wait_until(lambda: Admin(started).get("/v1/parked").json["total"] == 8, 30, "not parked")
        database.execute("DROP TRIGGER picky ON error_logs")
        yield started


def test_a_replay_shows_how_many_are_through(parked, database):  # noqa: F811
    database.execute(SLOW)
    code, text = Terminal(parked, "logd", "parked", "--replay").finish()
    assert code == 0, text
    assert text.startswith("✅ 8건을 다시 보냅니다\n") and text.endswith("✅ 모두 보냈습니다\n")
    shown = drawn(text, "전송")
    assert shown and all(total == 8 for _, _, total in shown) and shown == sorted(shown) and shown[-1][1] >= 3
    assert sorted(database.messages()[1:]) == [f"record {number}" for number in range(8)]


def test_a_replay_that_gets_nowhere_says_why(parked, server):  # noqa: F811
    server.stop()
    code, text = Terminal(parked, "logd", "parked", "--replay").finish()
    assert code == 0 and "⭕ 저장소가 받지 않아 8건이 기다립니다: " in text, text


def test_records_that_are_refused_again_are_told(parked, database):  # noqa: F811
    database.execute("CREATE TRIGGER picky BEFORE INSERT ON error_logs FOR EACH ROW EXECUTE FUNCTION picky()")
    code, text = Terminal(parked, "logd", "parked", "--replay").finish()
    assert code == 0 and "⭕ 보류된 기록이 8건 있습니다" in text, text


def test_a_replay_without_a_terminal_only_begins_it(parked, database):  # noqa: F811
    database.execute(SLOW)
    answer = parked.hantu("logd", "parked", "--replay")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "✅ 8건을 다시 보냅니다\n")


@pytest.fixture
def embedded(daemon, database):  # noqa: F811
    """A configuration that names Postgres, which is slow, beside an embedded store with 2000 records."""
    with daemon() as started:
        send(started, *errors(0, 2000))
        assert started.hantu("logd", "flush").returncode == 0
    # The table first, without anything to move, so that it can be made slow.
    for spool in ("nothing", "spool"):
        prepared = daemon({"store": {"url": database.url}})
        prepared.config["spool"]["directory"] = prepared.path(spool)
        prepared.write_config()
        if spool == "nothing":
            assert prepared.hantu("logs", "migrate", "--database", "--apply").returncode == 0
    database.execute(SLOW)
    return prepared


def test_moving_the_embedded_store_shows_how_far_it_is(embedded, database):  # noqa: F811
    code, text = Terminal(embedded, "logs", "migrate", "--database", "--apply").finish()
    assert code == 0 and text.endswith("✅ 기록 2000건을 옮겼습니다 (이미 있던 것 0건)\n"), text
    shown = drawn(text, "이동")
    assert shown and all(total == 2000 for _, _, total in shown) and shown == sorted(shown)
    # Not short of the end, and not only there.
    assert shown[-1][:2] == (100, 2000) and shown[0][1] < 2000


def test_moving_it_without_a_terminal_shows_nothing_on_the_way(embedded):
    answer = embedded.hantu("logs", "migrate", "--database", "--apply")
    assert (answer.returncode, answer.stdout) == (0, "")
    assert answer.stderr == "✅ 기록 2000건을 옮겼습니다 (이미 있던 것 0건)\n"
