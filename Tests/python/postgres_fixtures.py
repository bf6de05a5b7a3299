"""What the tests on Postgres share: one cluster a module, one database a test, a daemon that retries soon."""
import pytest
from harness.client import Client
from harness.daemon import wait_until
from harness.postgres import Database, Postgres

QUICK = {"batch": {"interval": "50ms"}, "retry": {"delay": "200ms", "attempts": 3}}


@pytest.fixture(scope="module")
def server():
    cluster = Postgres().start()
    yield cluster
    cluster.remove()


@pytest.fixture
def database(server):
    if server.process is None:
        server.start()
    made = Database(server)
    yield made
    if server.process is None:
        server.start()
    made.drop()


@pytest.fixture
def stored(daemon, database):
    """A daemon, not yet started, whose error store is the test's database."""
    return daemon({"store": {"url": database.url, **QUICK}})


def send(daemon, *records):
    with Client(daemon.socket, service="scheduler", acks=True, timeout=60) as client:
        client.send(*records)
        client.wait_for(len(records))


def errors(first, count, **more):
    return [{"level": "ERROR", "message": f"record {number}", **more} for number in range(first, first + count)]


def numbers(first, count):
    return [f"record {number}" for number in range(first, first + count)]


def wait_for(database, expected, seconds=40):
    """Waits until these messages, in this order, are what the table has."""
    wait_until(lambda: len(database.messages()) >= len(expected), seconds,
               lambda: f"{len(database.messages())} rows, not {len(expected)}")
    assert database.messages() == expected
    assert database.twice() == []


def wait_for_log(daemon, text, seconds=40):
    wait_until(lambda: text in daemon.stderr(), seconds, lambda: f"no '{text}' in: {daemon.stderr()[-3000:]}")
