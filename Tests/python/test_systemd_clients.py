"""Both clients over restarts under a real systemd: they notice, go on over the same connection, and lose nothing."""
import os
import signal
import subprocess
import sys

import pytest
from harness.daemon import ROOT, binary, wait_until
from harness.sandbox import journal

pytestmark = pytest.mark.systemd

ORDERS = 3000
PYTHON = f"""
import sys, time
sys.path.insert(0, {os.path.join(ROOT, "Clients", "python", "src")!r})
import hantu_log
hantu_log.setup(service="order-router")
log = hantu_log.get_logger("core.orders.router")
for order in range(1, {ORDERS} + 1):
    log.info("주문 전송 %d", order)
    if order % 10 == 0:
        log.error("주문 실패 %d", order)
    else:
        log.success("주문 체결 %d", order)
    time.sleep(0.001)
sys.stdin.read()
"""
CLIENTS = {
    "python": [sys.executable, "-c", PYTHON],
    "swift": [binary("example-service"), str(ORDERS), "1000"],
}


@pytest.fixture(params=CLIENTS)
def client(request):
    return request.param


def connections(pid):
    """The inodes of a process's stream sockets that are connected."""
    return {os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")
            if os.readlink(f"/proc/{pid}/fd/{name}").startswith("socket:")}


def run(service, client, disturb):
    """Lets the client log all its orders while the daemon is disturbed; returns the messages of files and store."""
    service.drop_in("RestartSec=50ms")
    service.prepare()
    service.do("start")
    process = subprocess.Popen(CLIENTS[client], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_until(lambda: service.kept() == 2, 10, "the connection isn't kept")
    before = connections(process.pid)
    for _ in range(4):
        pid = service.pid
        seen = len(service.texts())
        disturb(service)
        service.wait_for_new(pid)
        wait_until(lambda: len(service.texts()) > seen, 20, lambda: journal()[-3000:])
    assert process.poll() is None and connections(process.pid) == before, "it had to connect again"
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0 and stderr == b"", stderr
    failed = [f"주문 실패 {order}" for order in range(10, ORDERS + 1, 10)]
    stored = [message.split(":")[0] for _, message in service.wait_for_stored(len(failed))]
    assert sorted(stored) == sorted(failed)
    assert {record["message"].split(":")[0] for record in service.errors()} == set(failed)
    return "\n".join(service.texts()) + "\n"


def test_a_restart_loses_no_line_at_all(service, client):
    texts = run(service, client, lambda service: service.do("restart"))
    lost = [order for order in range(1, ORDERS + 1) if f"주문 전송 {order} " not in texts and
            f"주문 전송 {order}\n" not in texts]
    assert lost == []


def test_a_kill_loses_no_error(service, client):
    run(service, client, lambda service: os.kill(service.pid, signal.SIGKILL))
