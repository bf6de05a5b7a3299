"""Nothing is lost and connections live on, whatever happens to the daemon under a real systemd (contract section 7)."""
import os
import shutil
import signal
import time

import pytest
from harness.client import Client
from harness.daemon import wait_until
from harness.sandbox import LOG_SOCKET, call, journal
from harness.writer import Writer, nothing_is_lost

pytestmark = pytest.mark.systemd


def restart(service):
    service.do("restart")


def kill(service):
    os.kill(service.pid, signal.SIGKILL)


def stop_it_from_answering(service):
    os.kill(service.pid, signal.SIGSTOP)


def break_and_recover(service):
    """A configuration that can't be started with, for a while."""
    good = open("/etc/hantu-logd/hantu-logd.yaml").read()
    with open("/etc/hantu-logd/hantu-logd.yaml", "w") as file:
        file.write("files: { colour: blue }\n")
    kill(service)
    wait_until(lambda: "colour" in journal("-u", "hantu-logd"), 10, "it doesn't say why it can't start")
    with open("/etc/hantu-logd/hantu-logd.yaml", "w") as file:
        file.write(good)


def swap_the_binary(service):
    """As an upgrade does: the new file stands in the old one's place, then the service is restarted."""
    shutil.copy("/usr/sbin/hantu-logd", "/usr/sbin/hantu-logd.new")
    os.rename("/usr/sbin/hantu-logd.new", "/usr/sbin/hantu-logd")
    call("systemctl", "daemon-reload")
    service.do("try-restart")


def restart_the_socket(service):
    call("systemctl", "restart", "hantu-logd.socket")


def restart_the_manager(service):
    call("systemctl", "daemon-reexec")
    kill(service)


EVENTS = [restart, kill, stop_it_from_answering, break_and_recover, swap_the_binary, restart_the_socket, restart_the_manager]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_nothing_acknowledged_is_lost_and_the_connection_lives_on(service, event):
    service.drop_in("RestartSec=100ms\nWatchdogSec=2s")
    call("systemctl", "daemon-reload")
    service.do("start")
    with Writer() as writer:
        for turn in range(3):
            writer.wait_for_more()
            pid = service.pid
            event(service)
            service.wait_for_new(pid, 30)
        writer.wait_for_more()
        assert writer.greetings >= 3
        nothing_is_lost(service, writer)
    if event is stop_it_from_answering:
        assert "Watchdog timeout" in journal("-u", "hantu-logd")


@pytest.mark.parametrize("event", [restart, kill, stop_it_from_answering], ids=lambda event: event.__name__)
def test_a_connection_without_acks_lives_on_and_loses_nothing_that_the_daemon_had_not_read(service, event):
    service.drop_in("RestartSec=500ms\nWatchdogSec=2s")
    call("systemctl", "daemon-reload")
    service.do("start")
    with Client(LOG_SOCKET, service="plain") as client:
        client.send({"message": "before;"})
        client.flush()
        wait_until(lambda: service.kept() == 2, 5, "the connection isn't kept")
        pid = service.pid
        event(service)
        wait_until(lambda: service.pid != pid, 10, "it doesn't end")
        for number in range(1000):
            client.send({"message": f"number {number};"})
        service.wait_for_new(pid)
        client.send({"message": "after;"})
        client.flush()
    messages = [line.split("plain: ")[1] for line in service.texts()]
    assert messages == ["before;", *[f"number {number};" for number in range(1000)], "after;"]


def test_a_client_that_is_cut_off_by_a_stop_is_told(service):
    service.do("start")
    with Client(LOG_SOCKET, service="s", acks=True) as client:
        client.send({"message": "x"})
        client.wait_for(1)
        call("systemctl", "stop", "hantu-logd.socket", "hantu-logd.service")
        assert client.answer() is None
    assert service.show("Result") == "success" and service.kept() == 0


def test_of_more_than_512_connections_512_live_on_and_the_others_are_told(service):
    service.do("start")
    clients = [Client(LOG_SOCKET, service=f"s{number}", acks=True) for number in range(600)]
    wait_until(lambda: service.kept() == 513, 20, lambda: f"{service.kept()} are kept")
    for client in clients:
        client.send({"level": "ERROR", "message": "before"})
    for client in clients:
        client.wait_for(1)
    kill(service)
    answers = [client.answer() for client in clients]
    assert sum(answer is None for answer in answers) == 88
    assert sum(answer is not None and answer.get("resumed", False) for answer in answers) == 512
    living = [client for client, answer in zip(clients, answers) if answer]
    for client in living:
        client.raw(b"\n")
        client.send({"level": "ERROR", "message": "after"})
    for client in living:
        client.wait_for(1)
        client.close()
    wait_until(lambda: service.kept() == 1, 20, lambda: f"{service.kept()} are still kept")
    services = {record["service"] for record in service.errors() if record["message"] == "after"}
    assert len(services) == 512


def test_a_daemon_that_is_killed_again_and_again_goes_on(service):
    service.drop_in("RestartSec=10ms")
    call("systemctl", "daemon-reload")
    service.do("start")
    with Writer() as writer:
        writer.wait_for_more()
        wait_until(lambda: service.kept() == 2, 5, "the connection isn't kept")
        for turn in range(20):
            pid = service.pid
            if pid:
                kill(service)
            time.sleep(0.02 * (turn % 5))
        wait_until(lambda: service.is_running, 20, lambda: journal()[-3000:])
        writer.wait_for_more()
        nothing_is_lost(service, writer)
