"""A daemon beside a journald of its own (Tools/journald-sandbox), which can be stopped, killed and begun again."""
import contextlib
import json
import os
import signal
import subprocess

from harness.daemon import ROOT, wait_until

SANDBOX = os.path.join(ROOT, "Tools", "journald-sandbox")
JOURNALD = "/lib/systemd/systemd-journald"


def why_not():
    """Why no journald can be had here; None where it can."""
    probe = subprocess.run([SANDBOX, "--", "true"], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
    return None if probe.returncode == 0 else probe.stderr.strip()


class Journald:
    """Operates the journald of a daemon that was started with `wrapper`."""

    wrapper = [SANDBOX, "--keep-run", "--"]

    def __init__(self, daemon):
        self.daemon = daemon

    def pid(self, name):
        """The process of that name below the sandbox, as it is numbered out here; None while there is none."""
        found, left = None, [self.daemon.process.pid]
        while left:
            pid = left.pop()
            with contextlib.suppress(OSError):
                with open(f"/proc/{pid}/comm") as file:
                    if file.read().strip() == name:
                        found = pid
                left += children(pid)
        return found

    def signal(self, number, name="systemd-journal"):
        os.kill(self.pid(name), number)

    def kill(self):
        self.signal(signal.SIGKILL)
        wait_until(lambda: self.pid("systemd-journal") is None, 10, "journald doesn't end")

    def start(self):
        """Begins journald again, as systemd would."""
        subprocess.Popen(self.inside(JOURNALD), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)

    def inside(self, *command):
        return ["nsenter", "-t", str(self.pid("hantu-logd")), "-m", "-p", *command]

    def entries(self, identifier="hantu-scheduler"):
        done = subprocess.run(self.inside("journalctl", "--no-pager", "-o", "json", "-t", identifier),
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def messages(self):
        return [entry["MESSAGE"] for entry in self.entries()]

    def end_daemon(self):
        """Ends the daemon in the sandbox, and the sandbox with it; its exit code."""
        self.signal(signal.SIGTERM, "hantu-logd")
        code = self.daemon.process.wait(30)
        self.daemon.stop()
        return code


def children(pid):
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as file:
            found += [int(word) for word in file.read().split()]
    return found
