"""The Debian package: installed, upgraded under load, removed (contract section 13)."""
import contextlib
import grp
import os
import pwd
import re
import stat

import pytest
from harness.client import Client
from harness.daemon import wait_until
from harness.sandbox import INSIDE, LOG_SOCKET, Service, call, journal
from harness.writer import Writer, nothing_is_lost

pytestmark = pytest.mark.systemd(tree="packages")


@pytest.fixture
def service():
    if not INSIDE:
        return None
    # Images for containers forbid packages to start services.
    with contextlib.suppress(FileNotFoundError):
        os.unlink("/usr/sbin/policy-rc.d")
    dpkg("-i", "/packages/0.1.0.deb")
    return Service()


def dpkg(*arguments):
    """Nobody is there to answer a question."""
    return call("dpkg", *arguments, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}).stdout


def mode(path):
    status = os.stat(path)
    return f"{stat.S_IMODE(status.st_mode):o}", grp.getgrgid(status.st_gid).gr_name


def test_an_installed_package_runs(service):
    assert service.is_running and service.show("UnitFileState") == "enabled"
    assert call("systemctl", "is-enabled", "hantu-logd.socket").stdout.strip() == "enabled"
    assert pwd.getpwnam("hantu-logd").pw_gid == grp.getgrnam("hantu-logd").gr_gid
    assert mode(LOG_SOCKET) == ("660", "hantu-log")
    assert mode("/etc/hantu-logd/hantu-logd.yaml") == ("640", "hantu-logd")
    with Client(LOG_SOCKET) as client:
        client.send({"level": "ERROR", "message": "x"})
        assert client.flush() == {"acked": 1}
    assert call("hantu", "logd", "status", "--json").stdout.startswith('{"version":"')


def test_an_upgrade_under_load_loses_nothing_and_asks_nothing(service):
    with open("/etc/hantu-logd/hantu-logd.yaml", "a") as file:
        file.write("\n# changed by an operator\n")
    with Writer() as writer:
        writer.wait_for_more()
        wait_until(lambda: service.kept() == 2, 5, "the connection isn't kept")
        pid = service.pid
        dpkg("-i", "/packages/0.1.1.deb")
        service.wait_for_new(pid)
        writer.wait_for_more()
        assert writer.greetings == 1
        nothing_is_lost(service, writer)
    assert "changed by an operator" in open("/etc/hantu-logd/hantu-logd.yaml").read()
    assert mode("/etc/hantu-logd/hantu-logd.yaml") == ("640", "hantu-logd")
    assert "0.1.1" in dpkg("-s", "hantu-logd")


def test_an_upgrade_leaves_a_stopped_daemon_stopped(service):
    call("systemctl", "stop", "hantu-logd.socket", "hantu-logd.service")
    dpkg("-i", "/packages/0.1.1.deb")
    assert service.show("ActiveState") == "inactive"


def test_a_removed_package_stops_and_a_purged_one_keeps_the_logs(service):
    with Client(LOG_SOCKET, service="s", acks=True) as client:
        client.send({"level": "ERROR", "message": "stays"})
        client.wait_for(1)
    dpkg("-r", "hantu-logd")
    assert service.show("ActiveState") == "inactive" and not os.path.exists("/usr/sbin/hantu-logd")
    assert os.path.exists("/etc/hantu-logd/hantu-logd.yaml")
    dpkg("-P", "hantu-logd")
    assert not os.path.exists("/etc/hantu-logd") and not os.path.exists("/run/hantu-logd")
    assert [record["message"] for record in service.errors()] == ["stays"]
    assert os.path.exists("/var/lib/hantu-logd/errors.db") or os.path.exists("/var/lib/hantu-logd/spool.db")
    pwd.getpwnam("hantu-logd")
    # And it can come back.
    dpkg("-i", "/packages/0.1.1.deb")
    assert service.is_running, journal()[-3000:]


def test_the_package_says_whose_code_is_in_it(service):
    text = call("cat", "/usr/share/doc/hantu-logd/copyright").stdout
    named = {line.removeprefix("---- ") for line in text.splitlines() if re.fullmatch(r"---- [\w.-]+", line)}
    # What the binaries are linked with, and nothing else that was fetched.
    assert {"GRDB.swift", "Yams", "swift-argument-parser", "swift-nio", "swift-log"} <= named
    assert "swift-system" not in named
    assert "have stated no licence" in text and "ICU" in text
    with open("/usr/share/bash-completion/completions/hantu") as file:
        assert not file.readline().startswith("#!")
