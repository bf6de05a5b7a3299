"""The wire protocol, spoken by hand: a socket, lines, answers (docs/protocol.md)."""
import json
import socket


class Client:
    """One connection; `service` and `acks` make it say hello."""

    def __init__(self, path, service=None, acks=False, timeout=15):
        self.socket = socket.socket(socket.AF_UNIX)
        # As a client without a timeout does: it waits where the queue before the socket is full.
        self.socket.connect(path)
        self.socket.settimeout(timeout)
        self.received = b""
        self.greeting = None
        if service is not None:
            hello = {"protocol": 1, "service": service}
            if acks:
                hello["acks"] = True
            self.control(hello)
            self.greeting = self.answer()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def raw(self, data):
        self.socket.sendall(data)

    def send(self, *records):
        """Sends records, each an object or a ready line without its newline."""
        self.raw(b"".join(encode(record) for record in records))

    def control(self, value):
        self.send({"hantu": value})

    def answer(self):
        """The next line that the daemon sent, parsed; None at the end of the connection."""
        while b"\n" not in self.received:
            data = self.socket.recv(65536)
            if not data:
                return None
            self.received += data
        line, self.received = self.received.split(b"\n", 1)
        return json.loads(line)["hantu"]

    def flush(self):
        """Asks for a flush and returns the answer."""
        self.control({"flush": True})
        return self.answer()

    def wait_for(self, acked):
        """Reads acknowledgements until `acked` records are safe; returns all of them."""
        numbers = []
        while not numbers or numbers[-1] < acked:
            answer = self.answer()
            assert answer is not None and "acked" in answer, f"instead of an acknowledgement: {answer}"
            numbers.append(answer["acked"])
        return numbers

    def finish(self):
        """Half-closes, as a sender that is done, and waits until the daemon closed too."""
        self.socket.shutdown(socket.SHUT_WR)
        while self.socket.recv(65536):
            pass


def encode(record):
    if isinstance(record, bytes):
        return record + b"\n"
    if isinstance(record, str):
        return record.encode() + b"\n"
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"
