"""Stands in for the daemon where a test must see the bytes that a client sends, or answer as it likes."""
import contextlib
import json
import socket
import threading

from harness.daemon import wait_until


class ScriptedServer:
    """Greets, keeps every line, and acknowledges nothing by itself."""

    def __init__(self, path):
        self.path = str(path)
        self.lines, self.connections = [], []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection = self.listener.accept()[0]
                self.connections.append(connection)
                threading.Thread(target=self._read, args=(connection,), daemon=True).start()

    def _read(self, connection):
        with contextlib.suppress(OSError), connection.makefile("rb") as lines:
            for line in lines:
                self.lines.append(line)
                if b'"protocol"' in line:
                    self.answer({"protocol": 1, "server": "scripted"})

    def answer(self, value):
        self.connections[-1].sendall(json.dumps({"hantu": value}, separators=(",", ":")).encode() + b"\n")

    def records(self):
        """What came, without control lines; None for an empty line."""
        values = [json.loads(line) if line.strip() else None for line in list(self.lines)]
        return [value for value in values if value is None or "hantu" not in value]

    def wait(self, count):
        wait_until(lambda: len(self.records()) >= count, 10, lambda: f"{len(self.records())} records, not {count}")
        return self.records()
