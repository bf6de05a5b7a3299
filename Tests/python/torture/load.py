"""Services under random load: one in Python and one in Swift, each with its client, and some that speak by hand."""
import json
import random
import string
import threading
import time
import uuid

from harness.client import Client
from harness.services import Service

from .witness import SEVERE

# In every secret that is planted, and in no output.
NEEDLE = "s3cr3tZ"
# Without those of a hexadecimal number, which are no part of a fingerprint.
LETTERS = "ghijklmnop"
PLANTED = [
    "password={}", "Authorization: Bearer {}", "'token': '{}'", "postgres://u:{}@10.0.0.5/hantu", "kisAppSecret: {}",
    '{{"api_key": "{}"}}', "https://api.telegram.org/bot123456789:AAF4k3{}xxxxxxxxxxxxxxxxxxxxxxxxx/sendMessage",
    "cookie: a={}; b=c",
]


class Texts:
    """Messages of one service: kind, mark, and now and then a secret."""

    def __init__(self, name, seed):
        self.name, self.random = name, random.Random(f"{name} {seed}")
        self.number = self.uncommon = 0
        self.levels = {}  # by mark

    def secret(self):
        return self.random.choice(PLANTED).format(f"{NEEDLE}{self.random.getrandbits(32):x}")

    def kind(self):
        """One of a few, or one that comes only once: fewer of these than a digest has lines."""
        number = self.random.randrange(4)
        if self.random.random() < 0.005:
            self.uncommon += 1
            number = 4 + self.uncommon
        return "".join(LETTERS[int(digit)] for digit in str(number))

    def next(self, level):
        """A message whose mark nobody else has."""
        mark = f"{self.name}-{self.number};"
        self.number += 1
        self.levels[mark] = level
        text = f"주문 실패 kind_{self.name.rstrip(string.digits)}_{self.kind()} {mark}"
        if self.random.random() >= 0.2:
            return text
        # Each shape makes another fingerprint: with one for errors, a digest has a line for every kind.
        return f"{text} password={NEEDLE}" if level in SEVERE else f"{text} {self.secret()}"


class Shim:
    """A service with a client of ours, told what to log; in between it logs more than its buffer holds."""

    def __init__(self, language, socket, seed):
        self.texts = Texts({"python": "py", "swift": "sw"}[language], seed)
        self.service = Service(language, socket)
        self.stderr = None
        self.ending = threading.Event()
        self.answers = 0
        self.threads = [threading.Thread(target=body, daemon=True) for body in (self._write, self._read)]
        for thread in self.threads:
            thread.start()

    def _write(self):
        r = self.texts.random
        while not self.ending.is_set():
            number = 12_000 if r.random() < 0.002 else r.randrange(1, 20)
            levels = ["error" if r.random() < 0.05 else "info" for _ in range(number)]
            self.service.tell(*[f"{level} {self.texts.next(level.upper())}" for level in levels])
            self.ending.wait(0.1 * r.random())

    def _read(self):
        while self.service.answer() == "done":
            self.answers += 1

    def end(self):
        """Ends the service once it has logged everything; what it couldn't deliver is in `stderr`."""
        self.ending.set()
        self.threads[0].join()
        self.service.process.stdin.close()
        self.stderr = self.service.process.stderr.read()
        self.threads[1].join(60)
        assert self.service.process.wait(60) == 0, self.stderr
        assert self.answers == self.texts.number, f"{self.answers} of {self.texts.number} calls returned"


class Speaker:
    """A service that speaks the protocol by hand: all levels, contexts, long and broken lines."""

    OPEN = 300

    def __init__(self, number, socket, seed):
        self.texts = Texts(f"raw{number}", seed)
        self.path, self.client = socket, None
        self.open, self.base = [], 0  # lines sent and not acknowledged
        self.failure = None
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def line(self):
        r = self.texts.random
        if r.random() < 0.02:
            return self._broken(r)
        level = r.choices(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], [20, 50, 20, 9, 1])[0]
        record = {"level": level, "message": self.texts.next(level), "logger": "core.torture",
                  "id": str(uuid.UUID(int=r.getrandbits(128), version=4))}
        if level in ("ERROR", "CRITICAL"):
            record |= {"module": "engine", "function": "execute", "error_type": "Failure",
                       "stack_trace": "\n".join([self.texts.secret()] * r.choice([1, 3, 60])),
                       "context": {"app_secret": NEEDLE, "deep": [{"note": self.texts.secret()}]}}
        return json.dumps(record, ensure_ascii=False).encode() + b"\n"

    def _broken(self, r):
        text = self.texts.next("WARNING").encode()
        return r.choice([b"%s\n", b'{"message":"%s\n', b'{"message":"\xff\xc0 %s"\n']) % text.replace(b'"', b"'")

    def _run(self):
        try:
            while not self.ending.is_set() or self.open:
                try:
                    self._go_on()
                except (ConnectionError, EOFError):
                    self.client.close()
                    self.client = None
        except Exception as error:  # noqa: BLE001 - told by `end`
            self.failure = error

    def _go_on(self):
        if self.client is None:
            self.client, self.base = Client(self.path, timeout=90), 0
            self.client.control({"protocol": 1, "service": "torture", "acks": True})
            self.client.raw(b"".join(self.open))
        r = self.texts.random
        if not self.ending.is_set() and len(self.open) < self.OPEN:
            lines = [self.line() for _ in range(r.randrange(1, 20))]
            self.open += lines
            self.client.raw(b"".join(lines))
            if r.random() < 0.1:
                self.client.control({"flush": True})
            time.sleep(0.1 * r.random())
        self._take(90 if self.ending.is_set() or len(self.open) >= self.OPEN else 0.002)

    def _take(self, seconds):
        self.client.socket.settimeout(seconds)
        try:
            answer = self.client.answer()
        except TimeoutError:
            assert seconds < 1, f"no acknowledgement for {seconds} s, {len(self.open)} lines wait"
            return
        finally:
            self.client.socket.settimeout(90)
        if answer is None:
            raise EOFError
        if answer.get("resumed"):
            self.base = 0
            self.client.raw(b"\n" + b"".join(self.open))
        elif "acked" in answer:
            del self.open[:answer["acked"] - self.base]
            self.base = answer["acked"]

    def end(self):
        """Ends it once everything is acknowledged."""
        self.ending.set()
        self.thread.join(180)
        assert self.failure is None, repr(self.failure)
        assert not self.thread.is_alive(), f"{self.texts.name} still waits for {len(self.open)} acknowledgements"
