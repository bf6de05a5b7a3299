"""A hantu-logd with everything it owns in one directory."""
import contextlib
import datetime
import json
import os
import signal
import socket
import subprocess
import time
import zoneinfo

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
ZONE = "Asia/Seoul"


# Another build than the usual one: HANTU_BUILT=.build/release
BUILT = os.environ.get("HANTU_BUILT", ".build/debug")


def binary(name="hantu-logd", build=None):
    return os.path.join(ROOT, ".build", build, name) if build else os.path.join(ROOT, BUILT, name)


def merge(into, more):
    """`more` over `into`, section by section."""
    result = {key: dict(value) if isinstance(value, dict) else value for key, value in into.items()}
    for key, value in more.items():
        if isinstance(value, dict):
            result[key] = merge(result.get(key, {}), value)
        else:
            result[key] = value
    return result


def clean_environment(extra=None):
    """The caller's environment without what the daemon would take for configuration."""
    taken = ("HANTU_", "TELEGRAM_", "DATABASE_URL", "LISTEN_", "NOTIFY_SOCKET", "WATCHDOG_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(taken)}
    environment.update(extra or {})
    return environment


class Daemon:
    """Starts on `start()`; as a context manager, it starts at once and ends with the block."""

    def __init__(self, directory, config=None, build=None, environment=None, zone=ZONE, arguments=(), wrapper=()):
        self.directory = str(directory)
        self.build = build
        self.zone = zoneinfo.ZoneInfo(zone)
        self.environment = clean_environment(environment)
        self.arguments = list(arguments)
        # A command that ends in running the daemon, such as `prlimit --nofile=64`.
        self.wrapper = list(wrapper)
        self.config = merge({
            "intake": {"socket": self.path("log.sock")},
            "files": {"directory": self.path("logs"), "time_zone": zone},
            "spool": {"directory": self.path("spool")},
            "journal": {"enabled": False},
            "admin": {"socket": self.path("admin.sock")},
        }, config or {})
        self.process = None

    def path(self, *names):
        return os.path.join(self.directory, *names)

    @property
    def socket(self):
        return self.config["intake"]["socket"]

    @property
    def config_file(self):
        return self.path("hantu-logd.yaml")

    def write_config(self):
        os.makedirs(self.directory, exist_ok=True)
        with open(self.config_file, "w") as file:
            # JSON is YAML.
            json.dump(self.config, file, indent=2, ensure_ascii=False)

    def launch(self, **options):
        """Starts the process without waiting for it to listen."""
        self.write_config()
        self.stderr_file = open(self.path("stderr"), "ab")
        self.process = subprocess.Popen(
            [*self.wrapper, binary(build=self.build), "--config", self.config_file, *self.arguments],
            stdin=subprocess.DEVNULL, stdout=self.stderr_file, stderr=self.stderr_file,
            env=self.environment, cwd=self.directory, **options)
        return self

    def start(self, **options):
        self.launch(**options)
        wait_until(self.listening, 15, f"the daemon doesn't listen: {self.stderr()[-2000:]}", self.process)
        return self

    def listening(self):
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as probe:
            try:
                probe.connect(self.socket)
            except OSError:
                return False
            return True

    def stop(self, number=signal.SIGTERM, seconds=20):
        """Ends it and returns its exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the daemon didn't end within {seconds} s: {self.stderr()[-2000:]}") from None
        finally:
            self.process = None
            self.stderr_file.close()
        return code

    def kill(self):
        return self.stop(signal.SIGKILL)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def stderr(self):
        with open(self.path("stderr"), errors="replace") as file:
            return file.read()

    def today(self):
        return datetime.datetime.now(self.zone).strftime("%Y%m%d")

    def text_file(self, day=None):
        return os.path.join(self.config["files"]["directory"], "info", f"info_{day or self.today()}.log")

    def error_file(self, day=None):
        return os.path.join(self.config["files"]["directory"], "errors", f"error_{day or self.today()}.json")

    def text_lines(self, day=None):
        """The lines of a day's text file, without their newlines."""
        return read_lines(self.text_file(day))

    def errors(self, day=None):
        """The records of a day's error file, parsed."""
        return [json.loads(line) for line in read_lines(self.error_file(day))]

    def all_text_lines(self):
        return [line for file in self.files("info") for line in read_lines(file)]

    def all_errors(self):
        return [json.loads(line) for file in self.files("errors") for line in read_lines(file)]

    def files(self, kind):
        directory = os.path.join(self.config["files"]["directory"], kind)
        if not os.path.isdir(directory):
            return []
        return [os.path.join(directory, name) for name in sorted(os.listdir(directory))]

    def hantu(self, *arguments):
        """Runs the command line against this daemon."""
        return subprocess.run(
            [binary("hantu", self.build), *arguments, "--config", self.config_file],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, env=self.environment, timeout=60)


def read_lines(path):
    try:
        with open(path, encoding="utf-8", newline="\n") as file:
            text = file.read()
    except FileNotFoundError:
        return []
    assert text == "" or text.endswith("\n"), f"{path} ends in half a line"
    return text.split("\n")[:-1]


def wait_until(condition, seconds, what, process=None):
    """Polls until `condition()` holds; fails after `seconds`, or when `process` ended."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert process is None or process.poll() is None, f"the process ended ({process.returncode}): {what}"
        assert time.monotonic() < deadline, what() if callable(what) else what
        time.sleep(0.01)
