"""Contract section 7, file write errors: read-only, forbidden and vanished directories; stderr, alert, recovery."""
import contextlib
import os
import shutil
import time

import pytest
from harness.admin import Admin
from harness.bot_api import BotAPI
from harness.client import Client
from harness.daemon import merge, wait_until
from harness.faults import (
    SOON, condition, errors, send, wait_for_alert, wait_for_condition, wait_for_rows, wait_for_state, wait_for_stderr)

# Root without its powers: modes hold for it too.
POWERLESS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]


def read_only(disk, _):
    disk.remount("ro")
    return lambda: disk.remount("rw")


def forbidden(disk, _):
    os.chmod(disk.path, 0)
    return lambda: os.chmod(disk.path, 0o755)


def something_else(disk, _):
    """Files where the directories belong."""
    places = [os.path.join(disk.path, name) for name in ("info", "errors")]
    for place in places:
        open(place, "w").close()
    return lambda: [os.remove(place) for place in places]


def broken(disk, daemon):
    """Writes to files that are open fail."""
    send(daemon, *errors(1, "meanwhile", size=10), {"message": "text"})
    disk.fail()
    return disk.heal


def tried(daemon):
    time.sleep(1)
    send(daemon, {"message": "is it back?"})
    return any("is it back?" in line for line in daemon.text_lines())


@pytest.mark.parametrize("fault, disk, reason", [
    (read_only, "tmpfs", "Read-only file system"), (forbidden, "tmpfs", "Permission denied"),
    (something_else, "tmpfs", "Not a directory"), (broken, "failing", "Input/output error")], indirect=["disk"])
def test_lines_go_to_stderr_until_the_directory_can_be_written_again(daemon, disk, fault, reason):
    with BotAPI() as api, daemon(merge(api.config(), {"files": {"directory": disk.path}, **SOON}),
                                 wrapper=POWERLESS) as started:
        mend = fault(disk, started)
        send(started, *errors(20, "meanwhile", size=10), {"message": "a plain line"})
        wait_for_state(started, "CRITICAL")
        assert reason in condition(started, "CRITICAL", "errors")["message"]
        assert Admin(started).get("/readyz").status == 503 and Admin(started).get("/healthz").status == 200
        wait_for_stderr(started, "a plain line")
        wait_for_alert(api, "파일")
        # The store has nothing to do with it.
        assert sorted(set(wait_for_rows(started, 21 if fault is broken else 20))) == sorted(f"meanwhile {number}" for number in range(20))
        mend()
        if fault is broken:
            # That a write failed is over when one succeeds, of the first line that comes when it is tried again.
            wait_until(lambda: tried(started), 40, lambda: started.stderr()[-2000:])
        wait_for_state(started, "READY")
        send(started, *errors(1, "after"), {"message": "written again"})
        wait_until(lambda: any("written again" in line for line in started.text_lines()), 10, "no text")
        messages = {record["message"] for record in started.errors()}
        assert messages == {"after 0", *(f"meanwhile {number}" for number in range(20))}
        # Told on stderr, and so counted.
        assert set(Admin(started).status()["drops"]) <= {"text", "errors", "all"}
        assert set(Admin(started).status()["drops"].get("text", {})) <= {"to_stderr"}


def test_directories_that_are_removed_meanwhile_are_made_again(daemon):
    with daemon(SOON) as started:
        send(started, *errors(5, "before"), {"message": "text before"})
        shutil.rmtree(started.path("logs"))
        # Looked for once a second; until then lines go where nobody finds them, but into the store.
        with Client(started.socket, service="scheduler", acks=True) as client:
            for number in range(300):
                client.send({"level": "ERROR", "message": f"after {number}"}, {"message": f"text after {number}"})
                client.flush()
                if os.path.exists(started.error_file()) and os.path.exists(started.text_file()):
                    break
                time.sleep(0.02)
        assert number < 299, "no new files"
        send(started, {"level": "ERROR", "message": "at last"}, {"message": "text at last"})
        assert "at last" in [record["message"] for record in started.errors()]
        assert any("text at last" in line for line in started.text_lines())
        assert len(wait_for_rows(started, 5 + number + 2)) == 5 + number + 2
        wait_for_state(started, "READY")


def test_a_spool_whose_disk_is_full_is_told_and_heals(daemon, disk):
    config = {"spool": {"directory": disk.path, "reserve_bytes": 0}, "store": {"enabled": True, **SOON["store"]}}
    with BotAPI() as api, daemon(merge(api.config(), config)) as started:
        send(started, *errors(1, "before"))
        disk.fill()
        with Client(started.socket, service="scheduler", acks=True, timeout=60) as client:
            client.send(*errors(50, "meanwhile"))
            wait_for_condition(started, "EMERGENCY")
            wait_for_alert(api, "스풀")
            # Files go on, and nothing is said to be safe before it is.
            wait_until(lambda: len(started.errors()) == 51, 10, lambda: f"{len(started.errors())} errors")
            disk.empty()
            client.wait_for(50)
        wait_for_state(started, "READY")
        assert len(wait_for_rows(started, 51)) == 51


@pytest.mark.parametrize("disk", ["failing"], indirect=True)
def test_a_spool_whose_disk_fails_is_told_and_heals(daemon, disk):
    config = {"spool": {"directory": os.path.join(disk.path, "spool"), "reserve_bytes": 0}, **SOON}
    with BotAPI() as api, daemon(merge(api.config(), config)) as started:
        send(started, *errors(1, "before"))
        # The store's file is made by then: a file system without a journal is broken where it fails amid that.
        wait_for_rows(started, 1)
        disk.fail()
        with Client(started.socket, service="scheduler", acks=True, timeout=60) as client:
            client.send(*errors(50, "meanwhile"))
            wait_for_condition(started, "CRITICAL", "spool")
            wait_for_alert(api, "스풀")
            assert Admin(started).get("/readyz").status == 503
            # Files go on, and nothing is said to be safe before it is.
            wait_until(lambda: len(started.errors()) == 51, 10, lambda: f"{len(started.errors())} errors")
            client.socket.setblocking(False)
            with pytest.raises(BlockingIOError):
                client.socket.recv(1)
            client.socket.settimeout(60)
            disk.heal()
            client.wait_for(50)
        wait_for_state(started, "READY")
        found = wait_for_rows(started, 51)
        assert sorted(found) == sorted(["before 0", *[f"meanwhile {number}" for number in range(50)]])


@pytest.mark.parametrize("planted", ["before", "while it runs"])
def test_a_link_in_a_files_place_is_not_followed(daemon, tmp_path, planted):
    prepared = daemon(SOON)
    victims = {kind: tmp_path / f"victim of {kind}" for kind in ("text", "errors")}

    def plant():
        for kind, path in [("text", prepared.text_file()), ("errors", prepared.error_file())]:
            victims[kind].write_text("precious\n")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                os.remove(path)
            os.symlink(victims[kind], path)

    if planted == "before":
        plant()
    with prepared as started:
        if planted != "before":
            send(started, {"level": "ERROR", "message": "first"}, {"message": "a first line"})
            plant()

        def is_refused():
            send(started, {"level": "ERROR", "message": "refused"}, {"message": "a refused line"})
            # Each file is looked at once a second; until then lines go to the one that had the name.
            return all(condition(started, "CRITICAL", output) for output in ("text", "errors"))

        wait_until(is_refused, 10, lambda: started.stderr())
        assert {path.read_text() for path in victims.values()} == {"precious\n"}
        assert "a refused line" in started.stderr()
        for path in (started.text_file(), started.error_file()):
            os.remove(path)
        wait_for_state(started, "READY")
        assert "refused" in [record["message"] for record in started.errors()]
        assert {path.read_text() for path in victims.values()} == {"precious\n"}
