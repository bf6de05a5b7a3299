"""The same service in Python and in Swift, each with its client; does what it is told (Tests/ClientProbe)."""
import os
import subprocess
import sys

from harness.daemon import ROOT, binary, clean_environment

PYTHON = r"""
import json, sys, threading, time
import hantu_log
hantu_log.setup(service="probe")
logger = hantu_log.get_logger("core.probe")

def run_threads(count, records):
    def work(number):
        for record in range(records):
            logger.info("thread %d record %d", number, record)
        logger.error("thread %d error", number)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()

def load(milliseconds):
    slowest, end, number = 0.0, time.monotonic() + milliseconds / 1000, 0
    while time.monotonic() < end:
        start = time.perf_counter()
        logger.info("quiet %d %s", number, "x" * 200)
        if number % 100 == 0:
            logger.error("error %d", number // 100)
        slowest = max(slowest, time.perf_counter() - start)
        number += 1
        if number % 500 == 0:
            time.sleep(0.05)
    return {"quiet": number, "errors": (number + 99) // 100, "slowest_ms": slowest * 1000}

for line in sys.stdin:
    command, _, rest = line.rstrip("\n").partition(" ")
    answer = "done"
    if command == "info": logger.info(rest)
    elif command == "error": logger.error(rest)
    elif command == "threads": run_threads(*map(int, rest.split()))
    elif command == "load": answer = json.dumps(load(int(rest)))
    else: sys.exit(64)
    print(answer, flush=True)
"""


class Service:
    """A service of that language; it ends, with its input, as soon as its last call returned."""

    def __init__(self, language, socket):
        command = [sys.executable, "-c", PYTHON] if language == "python" else [binary("ClientProbe")]
        environment = clean_environment(
            {"HANTU_LOG_SOCKET": str(socket), "PYTHONPATH": os.path.join(ROOT, "Clients", "python", "src")})
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()

    def tell(self, *commands):
        for command in commands:
            self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def answer(self):
        return self.process.stdout.readline().strip()

    def do(self, *commands):
        """Tells it, and waits until it is done."""
        self.tell(*commands)
        for command in commands:
            assert self.answer() == "done", f"{command}: {self.process.stderr.read()}"

    def end(self, seconds=30):
        """Ends it; what it said to stderr."""
        stderr = self.process.communicate(timeout=seconds)[1]
        assert self.process.returncode == 0, stderr
        return stderr
