"""A daemon for a test, or one for a module that reads only what it sent itself."""
import pytest
from harness.daemon import Daemon
from harness.exchange import Exchange


@pytest.fixture
def daemon(tmp_path):
    """Makes daemons in the test's directory, not yet started; all of them end with the test."""
    made = []

    def make(config=None, **options):
        daemon = Daemon(tmp_path, config, **options)
        made.append(daemon)
        return daemon

    yield make
    for each in made:
        if each.process is not None:
            each.kill()


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """Sends lines and returns the records that came of them, whatever their level."""
    config = {"files": {"errors_minimum_level": "DEBUG"}, "store": {"enabled": False}}
    with Daemon(tmp_path_factory.mktemp("records"), config) as running:
        yield Exchange(running)
