"""One run of the torture: load, faults, and in the end the evidence."""
import json
import os
import signal
import time
import types

from harness.admin import Admin
from harness.bot_api import TOKEN
from harness.daemon import Daemon, wait_until
from harness.small_disk import SmallDisk
from harness.postgres import Database, Postgres
from harness.service_manager import ServiceManager

from . import evidence, oracle
from .faults import DaemonFaults, DiskFaults, PostgresFaults, TelegramFaults
from .load import Shim, Speaker
from .witness import Witness


class Torture:
    """As a context manager it ends what it began; `found` is the evidence after `run`."""

    def __init__(self, directory, seconds, seed):
        self.directory, self.seconds, self.seed = str(directory), seconds, seed
        self.closing = []
        self.found = None

    def __enter__(self):
        try:
            self._prepare()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        while self.closing:
            self.closing.pop()()

    def _prepare(self):
        # Room for all that is written, and little more.
        self.disk = SmallDisk(os.path.join(self.directory, "disk"), (16 << 20) + self.seconds * (400 << 10))
        self.closing.append(self.disk.remove)
        server = Postgres()
        self.closing.append(server.remove)
        self.database = Database(server.start())
        self.chat = os.path.join(self.directory, "chat")
        telegram = TelegramFaults(self.chat, self.seed)
        self.closing.append(telegram.close)
        self.daemon = Daemon(os.path.join(self.directory, "d"), {
            "files": {"directory": self.disk.path},
            "store": {"url": self.database.url, "batch": {"interval": "50ms"}, "retry": {"delay": "200ms"}},
            "alerts": {"cooldown": "2s", "telegram": {
                "token": TOKEN, "chat_ids": ["1"], "api_url": f"http://127.0.0.1:{telegram.port}"}}})
        os.makedirs(self.daemon.directory)
        self.manager = ServiceManager(self.directory, self.daemon)
        self.closing.append(self.manager.close)
        self.manager.start()
        self.witness = Witness(os.path.join(self.directory, "witness.sock"), self.daemon.socket)
        self.closing.append(self.witness.close)
        self.faults = DaemonFaults(self.manager, self.seed)
        self.culprits = [self.faults, PostgresFaults(server, self.seed), telegram, DiskFaults(self.disk, self.seed)]

    def run(self):
        path = os.path.join(self.directory, "witness.sock")
        shims = [Shim(language, path, self.seed) for language in ("python", "swift")]
        self.closing += [shim.service.process.kill for shim in shims]
        speakers = [Speaker(number, path, self.seed) for number in range(2)]
        for culprit in self.culprits:
            culprit.thread.start()
        end = time.monotonic() + self.seconds
        while time.monotonic() < end and not any(each.failure for each in [*self.culprits, *speakers]):
            time.sleep(0.1)
        for culprit in self.culprits:
            culprit.ending.set()
        for culprit in self.culprits:
            culprit.end()
        last_life = self._live_once_more()
        for service in [*shims, *speakers]:
            service.end()
        drops = self._settle()
        assert self.manager.end(signal.SIGTERM) == 0
        self.found = self._collect(shims, drops, last_life)
        return oracle.judge(self.found)

    def _live_once_more(self):
        """A life that isn't killed, in which the disk is full once: its counts are known to the end."""
        assert self.manager.end(signal.SIGTERM) == 0
        begin = os.path.getsize(self.daemon.path("stderr"))
        self.manager.start()
        self.disk.fill()
        wait_until(lambda: self._status()["drops"].get("text"), 30, "a full disk isn't noticed")
        self.disk.empty()
        return begin

    def _status(self):
        return Admin(self.daemon).status()

    def _settle(self):
        """Waits until everything is where it belongs; what the last life dropped."""
        assert Admin(self.daemon).post("/v1/flush").status == 200
        wait_until(lambda: self._status()["state"] == "READY", 90, lambda: json.dumps(self._status()["conditions"]))
        store = lambda: self._status()["outputs"]["store"]  # noqa: E731
        wait_until(lambda: store()["waiting"] + store()["parked"] == 0, 90, lambda: json.dumps(store()))
        deadline = time.monotonic() + 240
        while self._untold() and time.monotonic() < deadline:
            time.sleep(0.5)
        return self._status()["drops"]

    def _untold(self):
        # Enough for this rule, while the rest isn't known yet.
        found = types.SimpleNamespace(rows=self._rows(), messages=self._messages())
        return list(oracle.every_event_is_told(found))

    def _rows(self):
        return [(str(identity), message) for identity, message in self.database.execute(
            "SELECT event_id, message FROM error_logs")]

    def _chat(self, key):
        if not os.path.exists(self.chat):
            return []
        with open(self.chat) as file:
            return [line[key] for line in map(json.loads, file) if key in line]

    def _messages(self):
        return self._chat("text")

    def _collect(self, shims, drops, last_life):
        ledger, daemon = self.witness.ledger, self.daemon
        texts, merged, halves = evidence.marks(evidence.lines_of(daemon.files("info")))
        errors, more_merged, more_halves = evidence.error_marks(evidence.lines_of(daemon.files("errors")))
        with open(daemon.path("stderr"), errors="replace") as file:
            fallen_back = set(evidence.on_stderr(file))
            file.seek(0)
            halves_told = sum("ended in half a line" in line for line in file)
            file.seek(last_life)
            last_fallen_back = evidence.on_stderr(file)
        said = "\n".join(shim.stderr for shim in shims)
        left = {mark for mark in evidence.MARK.findall(said)}
        reports = [line.decode() for line in ledger.reports]
        shown = self.database.execute(
            f"SELECT error_logs::text FROM error_logs WHERE error_logs::text LIKE '%{evidence.NEEDLE}%'")
        return evidence.Evidence(
            acknowledged=dict(ledger.acknowledged), sent=set(ledger.sent) | left,
            logged={shim.texts.name: shim.texts.levels for shim in shims},
            reported={name: evidence.reported([line for line in reports if ('"timestamp"' in line) == (name == "py")])
                      for name in ("py", "sw")},
            violations=ledger.violations + self._chat("violation"),
            texts=texts, errors=errors, fallen_back=fallen_back,
            merged=merged + more_merged, halves=halves + more_halves,
            halves_told=halves_told, rows=self._rows(), messages=self._messages(),
            uncovered=evidence.uncovered(self.directory, {"the store": str(shown), "a service's stderr": said}),
            drops=[*self.faults.lives, drops], last_fallen_back=last_fallen_back)

    def summary(self):
        """What was done to whom, and what came of it."""
        found, deeds = self.found, {each.name: each.deeds for each in self.culprits}
        counts = oracle.told(found.messages)
        return [
            f"faults: {json.dumps(deeds)}, connections greeted again: {self.witness.ledger.greetings}",
            f"records: {len(found.sent)} sent, {len(found.acknowledged)} acknowledged, "
            f"{sum(most for _, most in found.reported.values())} dropped by services and told, "
            f"{len(found.fallen_back)} on stderr",
            f"errors: {len(found.rows)} stored, {sum(counts.values())} told in {len(found.messages)} messages, "
            f"{counts[None]} of them without their kind",
        ]
