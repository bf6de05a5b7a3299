"""Contract section 5: the users' production table, made by SQLAlchemy, is adopted; the command line reads it."""
import datetime
import json

import pytest
import sqlalchemy
from harness.bot_api import BotAPI
from harness.daemon import merge, wait_until
from postgres_fixtures import QUICK, database, errors, numbers, send, server, stored, wait_for, wait_for_log  # noqa: F401
from sqlalchemy import orm

SEOUL = "Asia/Seoul"


class Base(orm.DeclarativeBase):
    pass


class ErrorLog(Base):
    """As it stands in the services."""

    __tablename__ = "error_logs"
    id = sqlalchemy.Column(sqlalchemy.Integer, primary_key=True, autoincrement=True)
    timestamp = sqlalchemy.Column(sqlalchemy.DateTime, nullable=False, index=True)
    level = sqlalchemy.Column(sqlalchemy.String(20), index=True)
    service = sqlalchemy.Column(sqlalchemy.String(50), nullable=False, index=True)
    module = sqlalchemy.Column(sqlalchemy.String(100))
    function = sqlalchemy.Column(sqlalchemy.String(100))
    message = sqlalchemy.Column(sqlalchemy.Text, nullable=False)
    error_type = sqlalchemy.Column(sqlalchemy.String(100), index=True)
    stack_trace = sqlalchemy.Column(sqlalchemy.Text)
    context = sqlalchemy.Column(sqlalchemy.Text)
    resolved = sqlalchemy.Column(sqlalchemy.DateTime)
    resolution_note = sqlalchemy.Column(sqlalchemy.Text)


@pytest.fixture
def old(database):  # noqa: F811
    """The table as it is in production, with 500 rows; a session factory on it."""
    engine = sqlalchemy.create_engine(database.url.replace("postgresql://", "postgresql+psycopg://"))
    Base.metadata.create_all(engine)
    make = orm.sessionmaker(engine)
    with make() as session:
        begin = datetime.datetime(2025, 11, 3, 9)
        for number in range(500):
            session.add(ErrorLog(
                timestamp=begin + datetime.timedelta(minutes=number), level="ERROR", service="scheduler",
                module="trading_engine", function="execute_order", message=f"old {number}",
                error_type="APIException", context=json.dumps({"n": number}),
                resolved=begin if number % 2 else None))
        session.commit()
    yield make
    engine.dispose()


def test_old_rows_stay_and_new_ones_follow(stored, old, database):  # noqa: F811
    with stored as daemon:
        send(daemon, *errors(0, 50, context={"stock": "005930"}, error_type="E" * 300, service="s" * 80))
        wait_for(database, [f"old {number}" for number in range(500)] + numbers(0, 50))
        now = datetime.datetime.now(daemon.zone).replace(tzinfo=None)
        with old() as session:
            rows = session.query(ErrorLog).filter(ErrorLog.id > 500).order_by(ErrorLog.id).all()
            assert [row.message for row in rows] == numbers(0, 50)
            assert all(abs((row.timestamp - now).total_seconds()) < 120 for row in rows)
            assert json.loads(rows[0].context) == {"stock": "005930"}
            assert rows[0].error_type == "E" * 100 and rows[0].service == "s" * 50
            # The old code goes on writing and resolving.
            session.add(ErrorLog(timestamp=now, service="old-service", message="from the old code"))
            rows[0].resolved = now
            session.commit()
            recent = session.execute(sqlalchemy.text(
                "SELECT count(*) FROM error_logs WHERE resolved IS NULL AND "
                "timestamp > CAST(:now AS timestamp) - INTERVAL '30 minutes'"), {"now": now}).scalar()
            assert recent == 50
        send(daemon, *errors(50, 10))
        wait_until(lambda: database.messages()[-1] == "record 59", 20, "the last isn't there")


def test_the_same_id_is_there_once_in_an_adopted_table_too(stored, old, database):  # noqa: F811
    record = {"level": "ERROR", "message": "m", "id": "0198c0de-0000-7000-8000-000000000002"}
    with stored as daemon:
        send(daemon, *[record] * 30)
        send(daemon, {"level": "ERROR", "message": "last"})
        wait_until(lambda: database.messages()[-1] == "last", 20, "the last isn't there")
    assert database.messages()[500:] == ["m", "last"]


def test_text_that_postgres_cannot_hold_is_readable(stored, database):  # noqa: F811
    with stored as daemon:
        send(daemon, '{"level":"ERROR","message":"a\\u0000b","context":{"k":"\\ud800","n":1e999999}}',
             {"level": "ERROR", "message": "'); DROP TABLE error_logs; --"})
        wait_for(database, ["a\\u0000b", "'); DROP TABLE error_logs; --"])
    context = database.execute("SELECT context::text FROM error_logs ORDER BY id LIMIT 1")[0][0]
    assert "\\\\ud800" in context


def test_without_migration_a_table_is_only_checked(daemon, old, database):  # noqa: F811
    config = {"store": {"url": database.url, "migrate": False, **QUICK}}
    with daemon(config) as started:
        send(started, *errors(0, 10))
        wait_for_log(started, "missing: the column event_id")
        assert "state: PARTIAL" in started.stderr()
        assert len(started.all_errors()) == 10
        columns = database.execute("SELECT count(*) FROM information_schema.columns WHERE table_name = 'error_logs'")
        assert columns == [(12,)]
        applied = started.hantu("logs", "migrate", "--database", "--apply")
        assert applied.returncode == 0, applied.stderr
        wait_until(lambda: database.messages()[500:] == numbers(0, 10), 30, lambda: str(database.messages()[500:]))


def test_a_table_that_cannot_be_adopted_is_told_and_files_go_on(stored, database):  # noqa: F811
    database.execute("CREATE TABLE error_logs (id serial PRIMARY KEY, timestamp date NOT NULL)")
    with stored as daemon:
        send(daemon, *errors(0, 10))
        wait_for_log(daemon, "its column timestamp has the type date")
        assert "state: PARTIAL" in daemon.stderr()
        assert len(daemon.all_errors()) == 10
        database.execute("DROP TABLE error_logs")
        wait_for(database, numbers(0, 10))


def test_the_command_line_reads_it(stored, old, database):  # noqa: F811
    with stored as daemon:
        # Before anything is adopted as well.
        before = daemon.hantu("logs", "db", "-n", "2", "--json")
        assert [json.loads(line)["message"] for line in before.stdout.splitlines()] == ["old 498", "old 499"]
        assert json.loads(before.stdout.splitlines()[0])["timestamp"] == "2025-11-03T17:18:00+09:00"
        send(daemon, *errors(0, 10))
        wait_until(lambda: len(database.messages()) == 510, 20, "not all rows")
        shown = daemon.hantu("logs", "db", "--unresolved", "-n", "1000", "--json")
        assert len(shown.stdout.splitlines()) == 260
        one = json.loads(daemon.hantu("logs", "show", "505", "--json").stdout)
        assert one["id"] == 505 and one["message"] == "record 4"
        again = json.loads(daemon.hantu("logs", "show", one["event_id"], "--json").stdout)
        assert again == one


def test_the_command_line_tells_of_a_database_that_isnt_there(stored, server):  # noqa: F811
    stored.write_config()
    server.stop()
    answer = stored.hantu("logs", "db")
    assert answer.returncode == 1 and "❌" in answer.stderr and "hunter2-db" not in answer.stderr
    server.start()


def test_an_embedded_store_is_moved(daemon, database):  # noqa: F811
    config = {"store": dict(QUICK)}
    with daemon(config) as started:
        send(started, *errors(0, 300))
        wait_until(lambda: started.hantu("logs", "db", "-n", "1000", "--json").stdout.count("\n") == 300, 20, "rows")
    config["store"]["url"] = database.url
    with daemon(config) as started:
        plan = json.loads(started.hantu("logs", "migrate", "--database", "--json").stdout)
        assert (plan["rows"], plan["applied"]) == (300, False)
        done = json.loads(started.hantu("logs", "migrate", "--database", "--apply", "--json").stdout)
        assert (done["moved"], done["present"]) == (300, 0)
        again = json.loads(started.hantu("logs", "migrate", "--database", "--apply", "--json").stdout)
        assert (again["moved"], again["present"]) == (0, 300)
        send(started, *errors(300, 10))
        wait_for(database, numbers(0, 310))


@pytest.mark.parametrize("kind", ["own", "adopted"])
def test_an_error_that_comes_back_is_told_as_one(daemon, database, kind):  # noqa: F811
    if kind == "adopted":
        Base.metadata.create_all(sqlalchemy.create_engine(
            database.url.replace("postgresql://", "postgresql+psycopg://")))
    with BotAPI() as api:
        config = merge(api.config(cooldown="0s"), {"store": {"url": database.url, **QUICK}})
        with daemon(config) as started:
            send(started, {"level": "ERROR", "message": "order 1 failed"})
            assert started.hantu("logd", "flush").returncode == 0
            assert started.hantu("logs", "resolve", "1").returncode == 0
            send(started, {"level": "ERROR", "message": "order 2 failed"}, {"level": "ERROR", "message": "another"})
            wait_until(lambda: len(api.told()) >= 3, 20, lambda: f"not told: {api.texts()}")
            assert [text.split("\n\n")[1] for text in api.texts() if "다시 발생" in text] == ["order 2 failed"]
            assert started.hantu("logd", "flush").returncode == 0
            assert "#2 UNRESOLVED 다시 발생" in started.hantu("logs", "db").stdout
            assert "다시 발생 1종" in started.hantu("logs", "stats").stdout


def test_migrate_makes_the_table_beside_the_files_part(daemon, database):  # noqa: F811
    prepared = daemon({"store": {"url": database.url, **QUICK}})
    prepared.write_config()
    assert json.loads(prepared.hantu("logs", "migrate", "--json").stdout)["table"] == "missing"
    answer = prepared.hantu("logs", "migrate", "--apply")
    assert answer.returncode == 0 and "error_logs 테이블을 만들었습니다" in answer.stderr
    assert json.loads(prepared.hantu("logs", "migrate", "--json").stdout)["table"] == "ready"
    # A database that isn't there keeps nobody from the files' part, and is said.
    lost = daemon({"store": {"url": "postgresql://nobody@127.0.0.1:1/none"}})
    lost.write_config()
    answer = lost.hantu("logs", "migrate", "--apply")
    assert answer.returncode == 1 and "연결할 수 없습니다" in answer.stderr
