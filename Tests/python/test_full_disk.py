"""Contract section 7, disk full: on a real small disk (tmpfs), filled up and emptied."""
import json
import os
import signal
import time

import pytest
from harness.admin import Admin
from harness.bot_api import BotAPI
from harness.client import Client
from harness.daemon import merge, wait_until
from harness.small_disk import MIB, SmallDisk

STORE_OFF = {"store": {"enabled": False}}
# ENOSPC, and EDQUOT.
any_disk = pytest.mark.parametrize("disk", ["tmpfs", "quota"], indirect=True)


def send(daemon, *records):
    """Until all are acknowledged."""
    with Client(daemon.socket, service="scheduler", acks=True, timeout=30) as client:
        client.send(*records)
        client.wait_for(len(records))


def errors(count, text="failure"):
    return [{"level": "ERROR", "message": f"{text} {number}", "stack_trace": "x" * 1000} for number in range(count)]


def state(daemon):
    return Admin(daemon).status()["state"]


def wait_for_state(daemon, expected, seconds=20):
    wait_until(lambda: state(daemon) == expected, seconds, lambda: json.dumps(Admin(daemon).status()["conditions"]))


@any_disk
def test_files_past_retention_give_way_and_nothing_is_lost(daemon, disk):
    with daemon({"files": {"directory": disk.path}, **STORE_OFF}) as started:
        # Not there at the start, whose clean-up would have taken it.
        send(started, {"message": "first"})
        old = os.path.join(disk.path, "info", "info_20200101.log")
        with open(old, "wb") as file:
            file.write(b"x" * 4 * MIB)
        kept = os.path.join(disk.path, "info", "info_20200102_backup.log")
        open(kept, "w").close()
        disk.fill()
        send(started, *errors(500))
        assert not os.path.exists(old) and os.path.exists(kept)
        assert len(started.errors()) == 500
        assert state(started) == "READY"


@any_disk
def test_a_full_disk_is_an_emergency_that_is_told_and_ends_by_itself(daemon, disk):
    with BotAPI() as api, daemon(merge(api.config(), {"files": {"directory": disk.path}})) as started:
        send(started, *errors(1, "before"))
        disk.fill()
        # The spool's commit is enough for these, and stderr for those.
        send(started, *errors(200, "meanwhile"), {"message": "a plain line"})
        wait_for_state(started, "EMERGENCY")
        assert Admin(started).get("/readyz").status == 503
        assert Admin(started).get("/healthz").status == 200
        wait_until(lambda: "a plain line" in started.stderr(), 10, "the line is not on stderr")
        wait_until(lambda: any(text.startswith("🚨 [hantu-logd] 에러\n") and "디스크가 가득" in text
                               for text in api.texts()), 20, lambda: api.texts())
        # Rows go on into the store.
        wait_until(lambda: stored(started) == 201, 20, lambda: f"{stored(started)} rows")
        disk.empty()
        wait_for_state(started, "READY", 40)
        send(started, *errors(1, "after"), {"message": "written again"})
        assert any("written again" in line for line in started.text_lines())
        messages = [record["message"] for record in started.errors()]
        for text in ["before 0", "after 0", *[f"meanwhile {number}" for number in range(200)]]:
            assert messages.count(text) >= 1, text
        assert set(Admin(started).status()["drops"].get("errors", {})) <= {"to_stderr"}


def stored(daemon):
    return len(daemon.hantu("logs", "db", "--json", "-n", "10000").stdout.splitlines())


@any_disk
def test_the_spool_has_room_on_a_full_disk_and_its_end_is_told(daemon, disk):
    config = {"spool": {"directory": disk.path, "reserve_bytes": 2 * MIB}, "store": {
        "url": "postgres://nobody@127.0.0.1:1/none", "retry": {"delay": "200ms"}}}
    with daemon(config) as started:
        send(started, *errors(1))
        disk.fill()
        # The reserve is given up for these.
        send(started, *errors(300))
        assert spooled(started) == 301
        disk.fill()
        with Client(started.socket, service="scheduler", acks=True, timeout=30) as client:
            # Less than waits in memory: the client isn't held up.
            client.send(*errors(500))
            wait_until(lambda: "EMERGENCY" in states(started), 20, lambda: states(started))
            disk.empty()
            client.wait_for(500)
        wait_until(lambda: "EMERGENCY" not in states(started), 30, lambda: states(started))
        assert spooled(started) == len(started.errors()) == 801


def states(daemon):
    return [condition["state"] for condition in Admin(daemon).status()["conditions"]]


def spooled(daemon):
    return Admin(daemon).status()["outputs"]["store"]["waiting"]


def test_a_full_disk_at_the_start_is_no_reason_not_to_start(daemon, disk):
    disk.fill()
    with daemon({"files": {"directory": disk.path}, **STORE_OFF}) as started:
        begin = time.monotonic()
        send(started, {"message": "nowhere to go"})
        assert time.monotonic() - begin < 10
        wait_for_state(started, "EMERGENCY")
        disk.empty()
        wait_for_state(started, "READY", 40)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_errors_that_a_full_disk_refused_are_in_their_file_though_the_daemon_ends(daemon, disk, end):
    config = {"files": {"directory": disk.path}}
    running = daemon(config).start()
    send(running, *errors(1, "before"))
    disk.fill()
    send(running, *errors(50, "meanwhile"))
    running.stop(end)
    # One that finds the disk still full, and one that doesn't.
    running.start()
    send(running, *errors(1, "again"))
    running.stop(end)
    disk.empty()
    expected = sorted(["before 0", *[f"meanwhile {number}" for number in range(50)], "again 0"])
    with running:
        wait_until(lambda: sorted(whole_errors(running)) == expected, 20, lambda: whole_errors(running))
    # Nothing is owed any more.
    with running:
        send(running, *errors(1, "after"))
    assert len(whole_errors(running)) == 53


def whole_errors(daemon):
    """Messages of the error file, without the half line that the end of a daemon on a full disk may leave."""
    with open(daemon.error_file(), encoding="utf-8", errors="replace") as file:
        return [json.loads(line)["message"] for line in file if line.endswith("}\n")]


def test_errors_that_a_full_disk_refused_are_kept_up_to_a_bound_and_counted_beyond_it(daemon, tmp_path):
    """8 MiB, in memory and in the spool alike: the oldest go. All are in the store, and were on stderr."""
    if os.geteuid() != 0 and os.environ.get("CI") != "true":
        pytest.skip("only root can mount a small disk")
    disk, count = SmallDisk(tmp_path / "large", 40 * MIB), 3000
    try:
        with daemon({"files": {"directory": disk.path}, "store": {"batch": {"interval": "50ms"}}}) as started:
            send(started, *errors(1, "before"))
            disk.fill()
            for start in range(0, count, 500):
                send(started, *[{"level": "ERROR", "message": f"meanwhile {number}", "stack_trace": "x" * 4000}
                                for number in range(start, start + 500)])
            disk.empty()
            wait_for_state(started, "READY", 40)
            lost = Admin(started).status()["drops"]["errors"]["backlog_full"]
            found = [int(record["message"].split()[1]) for record in started.errors() if record["message"] != "before 0"]
            # The disk's last page took the first few.
            first = next(index for index, number in enumerate(found) if number != index)
            assert 0 < lost < count / 2 and found[first:] == list(range(first + lost, count))
            assert sum(len(line) for line in open(started.error_file(), "rb")) > 7 * MIB
            wait_until(lambda: stored(started) == count + 1, 30, lambda: f"{stored(started)} rows")
            assert all(f'"message":"meanwhile {number}"' in started.stderr() for number in (100, lost, count - 1))
    finally:
        disk.remove()


def test_without_a_spool_what_a_full_disk_refused_outlives_the_daemon_on_stderr_only(daemon, disk):
    running = daemon({"files": {"directory": disk.path}, **STORE_OFF}).start()
    send(running, *errors(1, "before"))
    disk.fill()
    send(running, *errors(50, "meanwhile"))
    running.kill()
    disk.empty()
    with running:
        send(running, *errors(1, "after"))
    # The disk's last page took the first few.
    found, told = whole_errors(running), running.stderr()
    assert "after 0" in found and "meanwhile 49" not in found
    assert all(f"meanwhile {number}" in found or f'"message":"meanwhile {number}"' in told for number in range(50))

