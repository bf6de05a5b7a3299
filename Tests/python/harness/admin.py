"""The admin interface, asked over its Unix socket or over TCP (docs/admin.md)."""
import http.client
import json
import socket


ROUTES = {
    "GET": ["/healthz", "/readyz", "/metrics", "/v1/status", "/v1/parked", "/v1/live"],
    "POST": ["/v1/flush", "/v1/reload", "/v1/parked/replay", "/v1/alerts/test"],
}


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=30):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode()


class Admin:
    """Calls to one daemon; `address` (host, port) is for TCP, else the Unix socket is used."""

    def __init__(self, daemon, address=None):
        self.path = daemon.config["admin"]["socket"]
        self.address = address

    def call(self, method, target, headers=None, body=None):
        connection = http.client.HTTPConnection(*self.address, timeout=30) if self.address else UnixConnection(self.path)
        try:
            connection.request(method, target, body=body, headers=headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, target, **headers):
        return self.call("GET", target, headers)

    def post(self, target, **headers):
        return self.call("POST", target, headers)

    def status(self):
        return self.get("/v1/status").json


class Live:
    """The live stream, line by line."""

    def __init__(self, daemon, query="", receive_buffer=None):
        self.connection = UnixConnection(daemon.config["admin"]["socket"])
        self.connection.connect()
        if receive_buffer:
            self.connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.connection.request("GET", "/v1/live" + query)
        self.response = self.connection.getresponse()
        self.status = self.response.status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def line(self):
        """The next object; None at the end of the stream."""
        text = self.response.readline()
        return json.loads(text) if text else None


def port_of(daemon):
    """The port that the kernel chose for `admin.http` with port 0."""
    for line in daemon.stderr().splitlines():
        if "the admin interface is at http://" in line:
            return int(line.rstrip("/").rsplit(":", 1)[1])
    raise AssertionError(f"no address is told: {daemon.stderr()}")


def metrics(text):
    """The samples of Prometheus's text format: {(name, ((label, value), ...)): number}. Fails on what is none."""
    samples, types = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in types, f"{name} twice"
            types[name] = kind
        elif line.startswith("# HELP "):
            assert line.split(" ", 3)[3].endswith((".", "(docs/admin.md)."))
        else:
            name, labels, number = sample(line)
            base = name
            for suffix in ("_bucket", "_sum", "_count"):
                if name.endswith(suffix) and types.get(name[: -len(suffix)]) == "histogram":
                    base = name[: -len(suffix)]
            assert base in types, f"{line}: a sample without a type"
            assert types[base] != "counter" or name.endswith("_total"), name
            assert (name, labels) not in samples, f"{line}: twice"
            samples[name, labels] = number
    return samples


def sample(line):
    head, _, number = line.rpartition(" ")
    name, brace, rest = head.partition("{")
    labels = []
    while brace and rest != "}":
        key, _, rest = rest.partition('="')
        value = ""
        while rest[0] != '"':
            if rest[0] == "\\":
                value += {"n": "\n", "\\": "\\", '"': '"'}[rest[1]]
                rest = rest[2:]
            else:
                value += rest[0]
                rest = rest[1:]
        labels.append((key, value))
        rest = rest[1:].lstrip(",")
    return name, tuple(sorted(labels)), float(number)
