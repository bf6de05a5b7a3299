"""The unit's MemoryMax= and TasksMax= hold, and are far more than the daemon takes, whatever goes wrong beside it."""
import glob
import os
import re
import subprocess
import threading

import pytest
from harness.client import Client
from harness.daemon import wait_until
from harness.sandbox import LOG_SOCKET, call, journal

pytestmark = pytest.mark.systemd(options=["--limits"])

MIB = 1 << 20
# cgroup v1 and v2 have other names for the same.
NAMES = {"memory": ("memory.limit_in_bytes", "memory.max"), "pids": ("pids.max",), "now": ("pids.current",),
         "killed": ("memory.oom_control", "memory.events")}


def control(unit, name):
    """What a control file of the unit's cgroup says."""
    [path] = [path for file in NAMES[name]
              for path in glob.glob(f"/sys/fs/cgroup/**/system.slice/{unit}.service/{file}", recursive=True)]
    with open(path) as file:
        return file.read().strip()


def own_memory(pid):
    """What the process itself has taken, without its code and without the kernel's cache."""
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"RssAnon:\s+(\d+) kB", file.read())[1]) * 1024


def test_the_limits_of_the_unit_are_in_force(service):
    service.do("start")
    assert int(control("hantu-logd", "memory")) == 256 * MIB == int(service.show("MemoryMax"))
    assert int(control("hantu-logd", "pids")) == 64 == int(service.show("TasksMax"))
    # And the kernel means it.
    greedy = ["systemd-run", "--wait", "--quiet", "-p", "MemoryMax=32M", "-p", "MemorySwapMax=0", "-p", "TasksMax=4"]
    assert call(*greedy, "/usr/bin/python3", "-c", "bytearray(16 << 20)").returncode == 0
    assert call(*greedy, "/usr/bin/python3", "-c", "bytearray(128 << 20)", check=False).returncode != 0
    assert call(*greedy, "/bin/sh", "-c", "for i in 1 2 3 4 5 6; do sleep 5 & done", check=False).returncode != 0


def test_a_dead_store_a_dead_chat_and_a_backlog_under_full_load_stay_far_below_the_limits(service):
    service.move_to_disk()
    service.prepare("files: { time_zone: Asia/Seoul }\n"
                    "store: { url: 'postgres://u@127.0.0.1:9/d', retry: { delay: 1s, attempts: 3 } }\n"
                    "alerts: { telegram: { token: '1:x', chat_ids: ['1', '2'], api_url: 'http://127.0.0.1:9' } }\n")
    service.do("start")
    pid = service.pid
    most = {"tasks": 0, "memory": 0}
    ended = threading.Event()

    def watch():
        while not ended.wait(0.02):
            most["tasks"] = max(most["tasks"], int(control("hantu-logd", "now")))
            most["memory"] = max(most["memory"], own_memory(pid))

    def load(number):
        """500 connections, each with half a line open; on one of them the load."""
        clients = [Client(LOG_SOCKET, service=f"load-{number}-{index}", acks=True, timeout=60) for index in range(100)]
        for client in clients[1:]:
            client.raw(b'{"message":"half of a line that takes its time ' + b"x" * 16384)
        for turn in range(10):
            clients[0].send(*[{"level": "ERROR", "message": f"failure {turn} {index}", "stack_trace": "x" * 3000}
                              for index in range(400)])
            clients[0].send(*[{"message": f"line {turn} {index} " + "x" * 200} for index in range(4000)])
            clients[0].wait_for(4400 * (turn + 1))
        return clients

    with_open = []
    threads = [threading.Thread(target=lambda n=number: with_open.extend(load(n))) for number in range(5)]
    watching = threading.Thread(target=watch)
    watching.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: service.show("StatusText").startswith("PARTIAL: "), 20, lambda: service.show("StatusText"))
    ended.set()
    watching.join()
    assert len(with_open) == 500
    # 20,000 errors wait, 60 MB of them on the disk.
    spooled = glob.glob("/var/lib/hantu-logd/**", recursive=True)
    assert sum(os.path.getsize(path) for path in spooled if os.path.isfile(path)) > 60 * MIB
    assert service.pid == pid and service.show("NRestarts") == "0", journal()[-3000:]
    assert re.search(r"^oom_kill 0$", control("hantu-logd", "killed"), re.M)
    assert 0 < most["memory"] < 64 * MIB, most
    assert 0 < most["tasks"] <= 32, most
    for client in with_open:
        client.close()


def test_half_lines_of_all_connections_together_are_bounded(service):
    """A thousand of them, of nearly a MiB each, are four times MemoryMax=."""
    service.move_to_disk()
    service.do("start")
    pid = service.pid
    # Made before there is need.
    with Client(LOG_SOCKET, service="scheduler", acks=True) as early:
        early.raw(b'{"level":"ERROR","message":"early ' + b"e" * 600_000)
        clients = [Client(LOG_SOCKET, timeout=30) for _ in range(1000)]
        for client in clients:
            client.raw(b'{"message":"' + b"x" * (MIB - 1000))
        wait_until(lambda: service.show("StatusText").startswith("WARNING: intake: half-read lines hold 16 MiB"), 10,
                   lambda: service.show("StatusText"))
        assert service.pid == pid and service.show("NRestarts") == "0", journal()[-3000:]
        assert own_memory(pid) < 64 * MIB, own_memory(pid) // MIB
        with Client(LOG_SOCKET, service="scheduler", acks=True) as late:
            late.send({"level": "ERROR", "message": "whole in one read " + "l" * 60_000})
            late.wait_for(1)
        # One that only lacked its end is whole; those that got longer meanwhile are cut, and say so.
        early.raw(b'"}\n')
        early.wait_for(1)
        clients[-1].raw(b'"}\n')
        clients[-1].flush()
        for client in clients:
            client.close()
    wait_until(lambda: service.show("StatusText") == "READY: everything works", 20, lambda: service.show("StatusText"))
    assert sorted(len(record["message"]) for record in service.errors()) == [18 + 60_000, 6 + 600_000]
    assert all(record["context"] is None for record in service.errors())
    cut = next(line for line in service.texts() if "xxxx" in line)
    assert 16_000 < len(cut) < 17_000
