"""Stands between clients and daemon, passes everything on, and knows what was acknowledged to whom."""
import contextlib
import json
import re
import socket
import threading

MARK = re.compile(rb"(?:py|sw|raw\d)-\d+;")
SEVERE = ("ERROR", "CRITICAL")


class Ledger:
    """What all connections together sent and were told."""

    def __init__(self):
        self.lock = threading.Lock()
        self.sent = {}  # mark -> how often it was sent to the daemon or on its way there
        self.acknowledged = {}  # mark -> level
        self.reports = []  # of clients, about records that they dropped, acknowledged, in wire form
        self.greetings = 0
        self.violations = []


class Witness:
    """Listens at `path` and passes on to `upstream`, a connection each."""

    def __init__(self, path, upstream):
        self.upstream = upstream
        self.ledger = Ledger()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client = self.listener.accept()[0]
                try:
                    Passage(client, self.upstream, self.ledger)
                except OSError:
                    client.close()

    def close(self):
        self.listener.close()


class Passage:
    """One connection: a thread each way."""

    def __init__(self, client, upstream, ledger):
        self.client, self.ledger = client, ledger
        self.daemon = socket.socket(socket.AF_UNIX)
        self.daemon.connect(upstream)
        # Lines that the daemon counts and hasn't acknowledged; counted before these; greetings not yet answered.
        self.open, self.base, self.greetings = [], 0, 0
        for body in (self._to_daemon, self._to_client):
            threading.Thread(target=body, daemon=True).start()

    def _to_daemon(self):
        rest, is_gone = b"", False
        with contextlib.suppress(OSError):
            while data := self.client.recv(65536):
                *lines, rest = (rest + data).split(b"\n")
                with self.ledger.lock:
                    for line in lines:
                        self._sent(line)
                if not is_gone:
                    try:
                        self.daemon.sendall(data)
                    except OSError:
                        # The client is told by `_to_client`; what it said until then counts as sent.
                        is_gone = True
        with contextlib.suppress(OSError):
            self.daemon.shutdown(socket.SHUT_WR)

    def _sent(self, line):
        if not line:
            # An empty line answers one greeting; the daemon counts from the answer to its own, which is the last.
            if self.greetings:
                self.open, self.base, self.greetings = [], 0, self.greetings - 1
        elif not line.startswith(b'{"hantu"'):
            self.open.append(line)
            mark = MARK.search(line)
            if mark:
                self.ledger.sent[mark[0].decode()] = self.ledger.sent.get(mark[0].decode(), 0) + 1

    def _to_client(self):
        rest = b""
        with contextlib.suppress(OSError):
            while data := self.daemon.recv(65536):
                *lines, rest = (rest + data).split(b"\n")
                with self.ledger.lock:
                    for line in lines:
                        self._answered(json.loads(line)["hantu"])
                self.client.sendall(data)
        with contextlib.suppress(OSError):
            self.client.shutdown(socket.SHUT_WR)

    def _answered(self, answer):
        if answer.get("resumed"):
            self.greetings += 1
            self.ledger.greetings += 1
        elif "error" in answer:
            self.ledger.violations.append(f"the daemon answered {answer}")
        elif "acked" in answer:
            # Before the empty line that answers a greeting nothing counts; a flush is answered all the same.
            count = answer["acked"] - (0 if self.greetings else self.base)
            if not 0 <= count <= (0 if self.greetings else len(self.open)):
                self.ledger.violations.append(
                    f"{answer} with {self.base} acknowledged, {len(self.open)} sent, greetings: {self.greetings}")
                return
            for line in self.open[:count]:
                self._acknowledged(line)
            del self.open[:count]
            self.base += count

    def _acknowledged(self, line):
        mark = MARK.search(line)
        if mark:
            self.ledger.acknowledged[mark[0].decode()] = level(line)
        elif b'"dropped_by_level"' in line:
            self.ledger.reports.append(line)


def level(line):
    """Of a line in wire form; a broken one is kept as a WARNING."""
    try:
        value = json.loads(line)
        return value.get("level", "INFO") if isinstance(value, dict) else "WARNING"
    except ValueError:
        return "WARNING"
