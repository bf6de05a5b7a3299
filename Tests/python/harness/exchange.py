"""Lines sent to a running daemon, and what came of exactly these."""
import json
import os

from .client import Client
from .daemon import wait_until


class Exchange:
    def __init__(self, daemon):
        self.daemon = daemon

    def __call__(self, *lines, service="test"):
        """Sends the lines on a connection of their own and returns the error file's new records."""
        before = self.sizes()
        with Client(self.daemon.socket, service=service) as client:
            client.send(*lines)
            answer = client.flush()
            assert "acked" in answer, answer
        return [json.loads(line) for line in self.new_lines(before, "errors")]

    def one(self, line, service="test"):
        records = self(line, service=service)
        assert len(records) == 1, records
        return records[0]

    def raw(self, pieces, count, service=None):
        """Sends bytes as they are, piece by piece, ends the connection, and returns the error file's new
        records once there are `count`; nobody acknowledges what stands at a connection's end."""
        before = self.sizes()
        with Client(self.daemon.socket, service=service) as client:
            for piece in pieces:
                client.raw(piece)
            client.finish()
        return self.awaited(before, count)

    def awaited(self, before, count):
        wait_until(lambda: len(self.new_lines(before, "errors")) >= count, 5, lambda: f"not {count} records")
        return [json.loads(line) for line in self.new_lines(before, "errors")]

    def text(self, *lines, service="test"):
        """Sends the lines and returns the text files' new lines."""
        before = self.sizes()
        with Client(self.daemon.socket, service=service) as client:
            client.send(*lines)
            answer = client.flush()
            assert "acked" in answer, answer
        return self.new_lines(before, "info")

    def sizes(self):
        return {path: os.path.getsize(path) for kind in ("info", "errors") for path in self.daemon.files(kind)}

    def new_lines(self, before, kind):
        lines = []
        for path in self.daemon.files(kind):
            with open(path, "rb") as file:
                file.seek(before.get(path, 0))
                text = file.read().decode()
            assert text == "" or text.endswith("\n"), f"{path} ends in half a line"
            lines += text.split("\n")[:-1]
        return lines
