"""systemd's side of a service, as far as the daemon sees it: sd_notify, the descriptor store, socket activation."""
import array
import os
import shlex
import socket
import subprocess
import threading

from harness.daemon import binary, clean_environment, wait_until

class ServiceManager:
    """Keeps the listening socket and stored descriptors over the daemon's ends, as systemd does."""

    def __init__(self, directory, daemon, capacity=513):
        self.daemon = daemon
        self.capacity = capacity
        self.stored = {}
        self.messages = []
        self.process = None
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(daemon.socket)
        self.listener.listen(64)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(os.path.join(directory, "notify"))
        threading.Thread(target=self._receive, daemon=True).start()

    def _receive(self):
        while True:
            try:
                data, ancillary, _, _ = self.notify.recvmsg(4096, socket.CMSG_SPACE(4 * 16))
            except OSError:
                return
            descriptors = array.array("i")
            for _, _, content in ancillary:
                descriptors.frombytes(content[: len(content) - len(content) % 4])
            fields = dict(line.split("=", 1) for line in data.decode().splitlines())
            name = fields.get("FDNAME")
            if "FDSTORE" in fields and len(self.stored) < self.capacity:
                assert name not in self.stored, f"{name} twice"
                assert name == "connections" or fields["FDPOLL"] == "0"
                self.stored[name] = descriptors.pop()
            elif "FDSTOREREMOVE" in fields:
                os.close(self.stored.pop(name))
            for descriptor in descriptors:
                os.close(descriptor)
            self.messages.append(fields)

    def start(self):
        """Starts the daemon, with what it stored before, and waits until it is ready."""
        self.launch()
        wait_until(lambda: any("READY" in message for message in self.messages), 15,
                   lambda: f"not ready: {self.daemon.stderr()[-2000:]}", self.process)
        return self

    def launch(self):
        """Starts the daemon without waiting for it."""
        self.daemon.write_config()
        passed = [("log", self.listener.fileno()), *self.stored.items()]
        # Each goes to a high number first, so that none is overwritten before its turn.
        moves = " ".join(f"{500 + index}<&{number}" for index, (_, number) in enumerate(passed))
        moves += " " + " ".join(f"{3 + index}<&{500 + index} {500 + index}<&-" for index in range(len(passed)))
        names = ":".join(name for name, _ in passed)
        command = (f"exec {moves}; export LISTEN_FDS={len(passed)} LISTEN_PID=$$ LISTEN_FDNAMES={names}; "
                   f"exec {shlex.join([binary(), '--config', self.daemon.config_file])}")
        environment = clean_environment({
            **self.daemon.environment, "FDSTORE": str(self.capacity), "NOTIFY_SOCKET": self.notify.getsockname()})
        self.messages.clear()
        with open(self.daemon.path("stderr"), "ab") as log:
            self.process = subprocess.Popen(
                ["bash", "-c", command], pass_fds=[number for _, number in passed], env=environment,
                stdin=subprocess.DEVNULL, stderr=log)

    def end(self, number):
        """Ends the daemon with a signal; what it stored stays."""
        self.process.send_signal(number)
        code = self.process.wait(30)
        self.process = None
        return code

    def forget(self):
        """Closes what was stored, as systemd does with a service that is stopped; only while nothing runs."""
        while self.stored:
            os.close(self.stored.popitem()[1])

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.listener.close()
        self.notify.close()
        self.forget()

    def clients(self):
        return [name for name in list(self.stored) if name.startswith("client-")]

    def statuses(self):
        return [message["STATUS"] for message in list(self.messages) if "STATUS" in message]

__all__ = ["Daemon", "ServiceManager"]
