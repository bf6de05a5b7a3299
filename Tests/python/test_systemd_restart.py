"""Nothing is lost and connections live on, whatever happens to the daemon under a real systemd (contract section 7)."""
import os
import shutil
import signal
import threading
import time
import uuid

import pytest
from harness.client import Client
from harness.daemon import wait_until
from harness.sandbox import LOG_SOCKET, call, journal

pytestmark = pytest.mark.systemd


class Writer:
    """A service that writes errors and quiet lines, and sends again what isn't acknowledged when it is greeted anew.

    Made by hand, so that it knows of each record whether it was acknowledged; the clients' own ways have their
    tests with `hantu_log` and `HantuLog`.
    """

    def __init__(self, service="scheduler"):
        self.client = Client(LOG_SOCKET, service=service, acks=True, timeout=30)
        self.greetings = 0
        self.open = []  # sent and not acknowledged, as (number, level)
        self.base = 0  # acknowledged before the last greeting and on this count
        self.acknowledged = set()
        self.identities = {}
        self.number = 0
        self.ended = threading.Event()
        self.failure = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def record(self, number):
        identity = self.identities.setdefault(number, str(uuid.uuid4()))
        level = "ERROR" if number % 4 == 0 else "INFO"
        return {"level": level, "message": f"number {number};", "id": identity}

    def _run(self):
        try:
            while not self.ended.is_set() or self.open:
                if not self.ended.is_set() and len(self.open) < 400:
                    batch = list(range(self.number, self.number + 20))
                    self.number += 20
                    self.open += batch
                    self.client.send(*map(self.record, batch))
                else:
                    self._take()
                self._take(wait=False)
        except Exception as error:  # noqa: BLE001 - told by `finish`
            self.failure = error

    def _take(self, wait=True):
        self.client.socket.settimeout(30 if wait else 0.002)
        try:
            answer = self.client.answer()
        except TimeoutError:
            assert not wait, "no acknowledgement for 30 s"
            return
        finally:
            self.client.socket.settimeout(30)
        assert answer is not None, "the connection was closed"
        if answer.get("resumed"):
            self.greetings += 1
            self.base = 0
            self.client.raw(b"\n")
            self.client.send(*map(self.record, self.open))
        else:
            count = answer["acked"] - self.base
            self.acknowledged.update(self.open[:count])
            del self.open[:count]
            self.base = answer["acked"]

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()

    def wait_for_more(self, number=200):
        wanted = len(self.acknowledged) + number
        wait_until(lambda: self.failure is not None or len(self.acknowledged) >= wanted, 30, "nothing is acknowledged")
        assert self.failure is None, self.failure

    def finish(self):
        self.ended.set()
        self.thread.join(60)
        assert self.failure is None, self.failure
        assert not self.thread.is_alive() and not self.open


def check(service, writer):
    """Everything that was acknowledged is where it belongs, errors in the store once."""
    writer.finish()
    errors = {number for number in writer.acknowledged if number % 4 == 0}
    service.do("restart")
    wanted = {(writer.identities[number], f"number {number};") for number in errors}
    rows = service.wait_for_stored(len(wanted))
    assert sorted(rows) == sorted(wanted)
    assert wanted <= {(record["id"], record["message"]) for record in service.errors()}
    texts = "\n".join(service.texts())
    lost = [number for number in writer.acknowledged if f"number {number};" not in texts]
    assert lost == []


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
        check(service, writer)
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
        check(service, writer)
