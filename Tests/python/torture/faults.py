"""What dies, stops and fills up: a thread for each of daemon, Postgres, Telegram and disk, each with its own dice."""
import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time

from harness.admin import Admin
from harness.daemon import ROOT
from harness.postgres import free_port

from . import telegram


class Culprit:
    """Does its worst at random until it is told to end, and then puts right what it did."""

    pause = 3.0  # seconds at most between two deeds

    def __init__(self, name, seed):
        self.name, self.random = name, random.Random(f"{name} {seed}")
        self.deeds, self.failure = {}, None
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        try:
            while not self.ending.wait(self.random.random() * self.pause):
                deed = self.random.choice(self.choices())
                self.deeds[deed.__name__] = self.deeds.get(deed.__name__, 0) + 1
                deed()
        except Exception as error:  # noqa: BLE001 - told by `end`
            self.failure = error

    def wait(self, longest):
        time.sleep(self.random.random() * longest)

    def end(self):
        self.ending.set()
        self.thread.join(120)
        assert self.failure is None, f"{self.name}: {self.failure!r}"
        assert not self.thread.is_alive(), f"{self.name} hangs"


class DaemonFaults(Culprit):
    """Kills, restarts and stops the daemon; keeps each life's last known drops."""

    pause = 2.0

    def __init__(self, manager, seed):
        super().__init__("daemon", seed)
        self.manager = manager
        self.lives = [{}]

    def choices(self):
        return [self.kill, self.kill, self.kill_at_start, self.restart, self.stop]

    def note_drops(self):
        with contextlib.suppress(OSError, ValueError):
            self.lives[-1] = Admin(self.manager.daemon).status()["drops"]

    def launch(self):
        if self.random.random() < 0.3:
            self.manager.forget()
        self.lives.append({})

    def kill(self):
        self.note_drops()
        self.manager.end(signal.SIGKILL)
        self.wait(1)
        self.launch()
        self.manager.start()

    def kill_at_start(self):
        self.manager.end(signal.SIGKILL)
        self.launch()
        self.manager.launch()
        self.wait(0.3)
        self.manager.end(signal.SIGKILL)
        self.launch()
        self.manager.start()

    def restart(self):
        self.note_drops()
        code = self.manager.end(signal.SIGTERM)
        assert code == 0, f"exit code {code}: {self.manager.daemon.stderr()[-2000:]}"
        self.launch()
        self.manager.start()

    def stop(self):
        self.manager.process.send_signal(signal.SIGSTOP)
        self.wait(3)
        self.manager.process.send_signal(signal.SIGCONT)
        self.note_drops()


class PostgresFaults(Culprit):
    def __init__(self, server, seed):
        super().__init__("postgres", seed)
        self.server = server

    def choices(self):
        return [self.crash, self.stop]

    def crash(self):
        self.server.stop(signal.SIGQUIT)
        self.wait(4)
        self.server.start()

    def stop(self):
        self.server.signal_all(signal.SIGSTOP)
        self.wait(3)
        self.server.signal_all(signal.SIGCONT)


class TelegramFaults(Culprit):
    """Owns the server's process."""

    pause = 6.0

    def __init__(self, path, seed):
        super().__init__("telegram", seed)
        self.path, self.port = path, free_port()
        self.start()

    def start(self):
        environment = {**os.environ, "PYTHONPATH": os.path.join(ROOT, "Tests", "python"), "PYTHONDONTWRITEBYTECODE": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", telegram.__name__, str(self.port), self.path],
            stdin=subprocess.PIPE, env=environment, text=True)

    def close(self):
        self.process.kill()
        self.process.communicate()

    def choices(self):
        return [self.kill, self.stop, self.answer_badly, self.answer_badly]

    def kill(self):
        self.close()
        self.wait(4)
        self.start()

    def stop(self):
        self.process.send_signal(signal.SIGSTOP)
        self.wait(3)
        self.process.send_signal(signal.SIGCONT)

    def answer_badly(self):
        self.process.stdin.write(self.random.choice(["reset", "cut", "500", "429"]) + "\n")
        self.process.stdin.flush()


class DiskFaults(Culprit):
    pause = 6.0

    def __init__(self, disk, seed):
        super().__init__("disk", seed)
        self.disk = disk

    def choices(self):
        return [self.fill]

    def fill(self):
        self.disk.fill()
        self.wait(3)
        self.disk.empty()
