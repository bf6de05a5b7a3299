"""The command line on a terminal."""
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time

from .daemon import binary


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, prepared, *arguments, columns=100, **environment):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        base = {k: v for k, v in prepared.environment.items() if k not in ("NO_COLOR", "PAGER", "LESS", "COLUMNS")}
        self.process = subprocess.Popen(
            [binary("hantu"), *arguments, "--config", prepared.config_file], stdin=slave, stdout=slave, stderr=slave,
            env={**base, "TERM": "xterm", **environment}, start_new_session=True)
        os.close(slave)
        self.shown = ""

    def read(self, until=None, seconds=20):
        """What is shown up to this text, or to the end."""
        data = b""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if until is not None and until.encode() in data:
                break
            if not select.select([self.master], [], [], 0.1)[0]:
                continue
            try:
                part = os.read(self.master, 65536)
            except OSError:
                break
            if not part:
                break
            data += part
        return data.decode(errors="replace").replace("\r\n", "\n")

    def finish(self):
        text = self.read()
        code = self.process.wait(20)
        os.close(self.master)
        return code, text
