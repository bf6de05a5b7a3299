"""A daemon for a test, or one for a module that reads only what it sent itself."""
import os

import pytest
from harness import sandbox
from harness.daemon import Daemon
from harness.exchange import Exchange
from harness.loop_disk import FailingDisk, QuotaDisk
from harness.small_disk import MIB, SmallDisk


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


DISKS = {"tmpfs": lambda path: SmallDisk(path, 8 * MIB), "quota": QuotaDisk, "failing": FailingDisk}


@pytest.fixture
def disk(tmp_path, request):
    """8 MiB of a disk; `parametrize` with `indirect` names another than tmpfs."""
    if os.geteuid() != 0:
        if os.environ.get("CI") == "true":
            pytest.fail("only root can mount a small disk")
        pytest.skip("only root can mount a small disk")
    made = DISKS[getattr(request, "param", "tmpfs")](tmp_path / "disk")
    yield made
    made.remove()


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """Sends lines and returns the records that came of them, whatever their level."""
    config = {"files": {"errors_minimum_level": "DEBUG"}, "store": {"enabled": False}}
    with Daemon(tmp_path_factory.mktemp("records"), config) as running:
        yield Exchange(running)


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """A tree with what `make install` puts there."""
    tree = tmp_path_factory.mktemp("installed") / "tree"
    sandbox.install(tree)
    return tree


@pytest.fixture(scope="session")
def packages(tmp_path_factory):
    """A tree with two versions of the Debian package, in /packages."""
    tree = tmp_path_factory.mktemp("packages") / "tree"
    sandbox.package(tree / "packages", ["0.1.0", "0.1.1"])
    return tree


@pytest.fixture(scope="session")
def real_systemd():
    """Skips where no systemd can be had, and fails instead where nothing may be skipped."""
    reason = sandbox.why_not()
    if reason is not None and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason is not None:
        pytest.skip(reason)


@pytest.fixture
def service():
    """The installed units, ready to be started; in the sandbox only."""
    return sandbox.Service().prepare() if sandbox.INSIDE else None


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Tests marked `systemd` run in a sandbox with a systemd of their own: `tree` is laid over it, by a fixture of that
    name; `options` are the sandbox's."""
    marker = pyfuncitem.get_closest_marker("systemd")
    if sandbox.INSIDE or marker is None:
        return None
    pyfuncitem._request.getfixturevalue("real_systemd")
    tree = pyfuncitem._request.getfixturevalue(marker.kwargs.get("tree", "installed"))
    sandbox.run(pyfuncitem.nodeid, tree, marker.kwargs.get("options", ()))
    return True
