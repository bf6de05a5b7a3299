"""docs/error-store.md: pgbouncer in transaction mode may stand between the daemon and Postgres."""
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile

import pytest
from harness.daemon import wait_until
from harness.postgres import free_port, unprivileged
from postgres_fixtures import QUICK, database, errors, numbers, send, server, wait_for  # noqa: F401


@pytest.fixture
def pooler(server, database):  # noqa: F811
    """Its port; every transaction may get another of two connections."""
    directory = tempfile.mkdtemp(prefix="hantu-pool-", dir="/tmp")
    port = free_port()
    with open(os.path.join(directory, "pgbouncer.ini"), "w") as file:
        file.write(f"""[databases]
* = host=127.0.0.1 port={server.port} user=hantu
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
logfile = {directory}/log
""")
    os.chmod(directory, 0o777)
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    process = subprocess.Popen(unprivileged([program, "-q", os.path.join(directory, "pgbouncer.ini")]),
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def listens():
        with contextlib.closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        wait_until(listens, 10, "pgbouncer doesn't listen")
        yield port
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(directory)


def test_small_batches_backlogs_and_refusals_go_through_a_pooler(daemon, server, database, pooler):  # noqa: F811
    url = database.url.replace(f":{server.port}/", f":{pooler}/")
    assert url != database.url
    with daemon({"store": {"url": url, **QUICK}}) as started:
        send(started, *errors(0, 3))
        wait_for(database, numbers(0, 3))
        send(started, *errors(3, 500))
        wait_for(database, numbers(0, 503))
        database.execute("ALTER TABLE error_logs ADD CONSTRAINT picky CHECK (message <> 'record 600') NOT VALID")
        send(started, *errors(503, 200))
        wait_for(database, [name for name in numbers(0, 703) if name != "record 600"])
