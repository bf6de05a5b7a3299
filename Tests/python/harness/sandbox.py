"""Tests that run beside a real systemd: each in a sandbox of its own, with the daemon installed in it.

Outside, `run` starts the sandbox and this same test in it; inside, `Service` operates the unit.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import pytest
from harness.daemon import BUILT, ROOT, read_lines, wait_until

INSIDE = os.environ.get("SYSTEMD_SANDBOX") == "1"
SANDBOX = os.path.join(ROOT, "Tools", "systemd-sandbox")
LOG_SOCKET = "/run/hantu-logd/log.sock"


def why_not():
    """Why no sandbox can be had here; None where it can."""
    if os.geteuid() != 0:
        return "a real systemd needs root"
    probe = subprocess.run([SANDBOX, "true"], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
    return None if probe.returncode == 0 else f"no systemd to be had: {probe.stderr.strip()}"


def install(tree, built=BUILT):
    """What `make install` puts there, for /usr."""
    subprocess.run(
        ["make", "--no-print-directory", "install-files", f"DESTDIR={tree}", "PREFIX=/usr", f"BUILT={built}"],
        cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def package(directory, versions, built=BUILT):
    """Debian packages, made quickly."""
    os.makedirs(directory)
    for version in versions:
        done = subprocess.run(
            [os.path.join(ROOT, "Tools", "make-deb")], cwd=ROOT, check=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, text=True, env={
                **os.environ, "BUILT": built, "VERSION": version, "COMPRESSION": "none",
                "SHLIBDEPS": "--ignore-missing-info"})
        shutil.move(os.path.join(ROOT, done.stdout.strip()), os.path.join(directory, f"{version}.deb"))


def run(test, tree, options=()):
    """Runs one test in a sandbox over which `tree` is laid, with a directory of this machine's disk at hand."""
    with tempfile.TemporaryDirectory(prefix="disk-", dir=os.path.join(ROOT, ".build")) as disk:
        os.chmod(disk, 0o755)
        done = subprocess.run(
            [SANDBOX, *options, "--bind", disk, "--tree", str(tree),
             sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test],
            cwd=os.path.join(ROOT, "Tests", "python"), env={**os.environ, "HANTU_SANDBOX_DISK": disk},
            capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=240)
    if done.returncode != 0:
        pytest.fail(f"in the sandbox:\n{done.stdout[-12000:]}\n{done.stderr[-3000:]}", pytrace=False)


def call(*command, check=True, **options):
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, **options)
    assert not check or done.returncode == 0, f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def journal(*arguments):
    call("journalctl", "--sync")
    return call("journalctl", "--no-pager", "-o", "cat", *arguments, check=False).stdout


class Service:
    """hantu-logd.service, seen and operated as its operators do."""

    unit = "hantu-logd"

    def prepare(self, config="files: { time_zone: Asia/Seoul }\nstore: { batch: { interval: 100ms } }\n", dropins=()):
        """Makes users and directories, and the configuration."""
        assert INSIDE, "not on the machine itself"
        with open("/etc/hantu-logd/hantu-logd.yaml", "w") as file:
            file.write(config)
        for text in dropins:
            self.drop_in(text)
        call("systemd-sysusers")
        call("systemd-tmpfiles", "--create", "hantu-logd.conf")
        call("systemctl", "daemon-reload")
        return self

    def move_to_disk(self):
        """Puts logs and spool on the machine's disk: all else in a sandbox is memory, and counts as the daemon's."""
        for place in ("/var/log/hantu", "/var/lib/hantu-logd"):
            real = os.path.join(os.environ["HANTU_SANDBOX_DISK"], os.path.basename(place))
            os.makedirs(place, exist_ok=True)
            os.makedirs(real)
            call("mount", "--bind", real, place)

    def drop_in(self, text, name="test.conf"):
        directory = f"/etc/systemd/system/{self.unit}.service.d"
        os.makedirs(directory, exist_ok=True)
        with open(os.path.join(directory, name), "w") as file:
            file.write("[Service]\n" + text + "\n")

    def do(self, verb, check=True):
        done = call("systemctl", verb, self.unit, check=False)
        assert not check or done.returncode == 0, f"systemctl {verb}: {done.stderr}\n{journal()[-4000:]}"
        return done

    def show(self, name):
        return call("systemctl", "show", "--value", "-p", name, self.unit).stdout.strip()

    @property
    def pid(self):
        return int(self.show("MainPID"))

    @property
    def is_running(self):
        return self.show("ActiveState") == "active" and self.show("SubState") == "running"

    def kept(self):
        """Descriptors in systemd's store, the table among them."""
        return int(self.show("NFileDescriptorStore"))

    def wait_for_new(self, pid, seconds=20):
        """Waits until another process runs than `pid`."""
        wait_until(lambda: self.is_running and self.pid not in (0, pid), seconds, lambda: journal()[-4000:])

    def texts(self):
        return [line for file in self._files("info") for line in read_lines(file)]

    def errors(self):
        return [json.loads(line) for file in self._files("errors") for line in read_lines(file)]

    def _files(self, kind):
        directory = f"/var/log/hantu/{kind}"
        names = sorted(os.listdir(directory)) if os.path.isdir(directory) else []
        return [os.path.join(directory, name) for name in names]

    def stored(self):
        """(event_id, message) of every row of the error store."""
        done = call("hantu", "logs", "db", "--json", "-n", "100000", check=False)
        return [(row["event_id"], row["message"]) for row in map(json.loads, done.stdout.splitlines())]

    def wait_for_stored(self, number, seconds=30):
        deadline = time.monotonic() + seconds
        while len(rows := self.stored()) < number:
            assert time.monotonic() < deadline, f"{len(rows)} of {number} rows"
            time.sleep(0.2)
        return rows
