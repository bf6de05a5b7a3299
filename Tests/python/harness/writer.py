"""A service under load, which knows of each of its records whether it was acknowledged."""
import threading
import uuid

from harness.client import Client
from harness.daemon import wait_until
from harness.sandbox import LOG_SOCKET


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


def nothing_is_lost(service, writer):
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
