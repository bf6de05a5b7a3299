"""A Postgres cluster of the tests' own: started, hung, cut off and filled up as a test needs it."""
import contextlib
import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import psycopg

NOBODY = 65534


def binaries():
    found = glob.glob("/usr/lib/postgresql/*/bin")
    assert found, "no Postgres below /usr/lib/postgresql; Tools/install-dependencies installs one"
    return max(found, key=lambda path: int(path.split("/")[-2]))


def unprivileged(command):
    """Postgres refuses to run as root."""
    if os.getuid() != 0:
        return command
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """Listens on loopback; `hantu` is its superuser, `trader` a plain role with a password."""

    def __init__(self, directory=None, settings=(), durable=False):
        # Short, since a socket's path may have 107 bytes, and outside of what only root may enter.
        self.directory = directory or tempfile.mkdtemp(prefix="hantu-pg-", dir="/tmp")
        self.data = os.path.join(self.directory, "data")
        self.port = free_port()
        self.settings = ["fsync=off"] if not durable else []
        self.settings += ["shared_buffers=32MB", "max_connections=30", *settings]
        self.process = None
        if os.getuid() == 0:
            os.chown(self.directory, NOBODY, NOBODY)
        self.run("initdb", "--pgdata", self.data, "--username=hantu", "--auth=trust", "--encoding=UTF8",
                 "--locale=C", "--no-sync")
        self.access("trust")

    def run(self, program, *arguments):
        subprocess.run(unprivileged([os.path.join(binaries(), program), *arguments]), check=True, cwd="/",
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)

    def access(self, method):
        """How `trader` must prove who it is from now on; the superuser is always let in."""
        with open(os.path.join(self.data, "pg_hba.conf"), "w") as file:
            file.write(f"host all hantu 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 {method}\n")
        if self.process:
            self.execute("SELECT pg_reload_conf()")

    def launch(self):
        options = [word for setting in self.settings for word in ("-c", setting)]
        with open(os.path.join(self.directory, "log"), "ab") as log:
            self.process = subprocess.Popen(
                unprivileged([os.path.join(binaries(), "postgres"), "-D", self.data, "-p", str(self.port),
                              "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", *options]),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/")

    def start(self, seconds=60):
        self.launch()
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.execute("SELECT 1")
                return self
            except psycopg.OperationalError:
                assert time.monotonic() < deadline and self.process.poll() is None, self.log()
                time.sleep(0.05)

    def log(self):
        with open(os.path.join(self.directory, "log"), errors="replace") as file:
            return file.read()[-3000:]

    def stop(self, how=signal.SIGQUIT):
        """SIGINT is a fast shutdown, SIGQUIT an immediate one, as after a crash."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.signal_all(signal.SIGCONT)
        self.process.send_signal(how)
        self.process.wait(60)
        self.process = None

    def signal_all(self, number):
        """To every process of the cluster; SIGSTOP makes a server that hangs."""
        for process in [self.process.pid, *children(self.process.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    def remove(self):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def connect(self, database="postgres", user="hantu", **options):
        return psycopg.connect(host="127.0.0.1", port=self.port, dbname=database, user=user, autocommit=True,
                               connect_timeout=10, **options)

    def execute(self, sql, database="postgres"):
        """Runs SQL as the superuser; returns the rows of the last statement."""
        with self.connect(database) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else None

    def url(self, database, user="trader", password="hunter2-db", driver=""):
        return f"postgresql{driver}://{user}:{password}@127.0.0.1:{self.port}/{database}"


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]


class Database:
    """One database of a cluster, owned by `trader`, gone with the block."""

    count = 0

    def __init__(self, server, options=""):
        self.server = server
        Database.count += 1
        self.name = f"test_{Database.count}"
        server.execute("DO $$ BEGIN CREATE ROLE trader LOGIN PASSWORD 'hunter2-db'; "
                       "EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        server.execute(f"CREATE DATABASE {self.name} OWNER trader {options}")

    @property
    def url(self):
        return self.server.url(self.name)

    def execute(self, sql):
        return self.server.execute(sql, self.name)

    def connect(self, **options):
        return self.server.connect(self.name, **options)

    def messages(self):
        """Of all rows, in the order in which they were written; nothing before there is a table."""
        try:
            return [row[0] for row in self.execute("SELECT message FROM error_logs ORDER BY id")]
        except (psycopg.errors.UndefinedTable, psycopg.OperationalError):
            return []

    def twice(self):
        """Events that are there more than once."""
        return self.execute("SELECT event_id FROM error_logs WHERE event_id IS NOT NULL GROUP BY event_id HAVING count(*) > 1")

    def drop(self):
        self.server.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
