"""Contract section 10: `hantu logs migrate`, its files' part."""
import fcntl
import json
import os
import random
import signal
import sqlite3
import subprocess
import time

import pytest
from harness.daemon import binary
from old_layout import OLD, STAYS, backup_path, backups, mode, old, run, send, tree, write  # noqa: F401

STEPS = ["migrate.file.copied", "migrate.copied", "migrate.verified", "migrate.named", "migrate.file.deleted",
         "migrate.deleted", "migrate.folders.made"]


def test_a_plan_changes_nothing(old):
    before = tree(old.directory)
    answer = run(old, "migrate")
    assert answer.returncode == 0 and "--apply" in answer.stderr
    assert backup_path(old) in answer.stdout and "8개" in answer.stdout and "한투.log" in answer.stdout
    assert tree(old.directory) == before and backups(old) == []
    plan = json.loads(run(old, "migrate", "--json").stdout)
    assert sorted(plan["old"]) == sorted(OLD) and plan["applied"] is False and plan["deleted"] == 0
    assert (plan["backup"], plan["backup_exists"], plan["table"]) == (backup_path(old), False, "missing")
    assert [each["action"] for each in plan["directories"]] == ["ready", "mode", "ready"]
    assert tree(old.directory) == before and mode(old.path("logs", "info")) == 0o700


def test_old_files_go_when_they_are_in_the_backup(old):
    before = tree(old.path("logs"))
    answer = run(old, "migrate", "--apply", "--json")
    assert answer.returncode == 0, answer.stderr
    done = json.loads(answer.stdout)
    assert (done["applied"], done["deleted"], done["changed"], done["warnings"]) == (True, 8, [], [])
    assert tree(old.path("logs")) == STAYS
    assert tree(backup_path(old)) == before
    # As it was, to the mode and the time.
    assert mode(os.path.join(backup_path(old), "api", "server.log")) == 0o600
    assert mode(os.path.join(backup_path(old), "info")) == 0o700
    assert os.stat(os.path.join(backup_path(old), "scheduler.log")).st_mtime == 1_700_000_000
    # The old layout's directories stay; those of the new one are as they should be.
    assert os.path.isdir(old.path("logs", "api", "deep", "er"))
    assert [mode(old.path("logs", *name)) for name in ([], ["info"], ["errors"])] == [0o755] * 3
    assert backups(old) == [os.path.basename(backup_path(old))]
    with sqlite3.connect(old.path("spool", "errors.db")) as database:
        assert database.execute("SELECT count(*) FROM error_logs").fetchone() == (0,)


def test_a_second_run_finds_nothing_to_do(old):
    assert run(old, "migrate", "--apply").returncode == 0
    after = tree(old.directory)
    answer = run(old, "migrate", "--apply", "--json")
    assert answer.returncode == 0
    done = json.loads(answer.stdout)
    assert (done["old"], done["backup"], done["deleted"], done["table"]) == ([], None, 0, "ready")
    assert tree(old.directory) == after


def test_a_missing_directory_is_made(daemon):
    prepared = daemon()
    prepared.write_config()
    assert run(prepared, "migrate", "--apply").returncode == 0
    assert [mode(prepared.path("logs", *name)) for name in ([], ["info"], ["errors"])] == [0o755] * 3
    assert backups(prepared) == []


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_migration_is_finished_by_the_next(old, step):
    before = tree(old.path("logs"))
    assert run(old, "migrate", "--apply", fault=step).returncode == -signal.SIGKILL
    # What is gone is in the backup.
    here = tree(old.path("logs"))
    kept = tree(backup_path(old)) if os.path.isdir(backup_path(old)) else {}
    assert all(here.get(name, kept.get(name)) == text for name, text in before.items())
    answer = run(old, "migrate", "--apply")
    assert answer.returncode == 0, answer.stderr
    assert tree(old.path("logs")) == STAYS
    assert tree(backup_path(old)) == before
    assert backups(old) == [os.path.basename(backup_path(old))]


def test_a_migration_killed_at_any_moment_loses_nothing(old):
    before = tree(old.path("logs"))
    chance = random.Random(6)
    for _ in range(15):
        with subprocess.Popen([binary("hantu"), "logs", "migrate", "--apply", "--config", old.config_file],
                              stderr=subprocess.DEVNULL, env=old.environment) as process:
            time.sleep(chance.uniform(0.005, 0.08))
            process.kill()
        here = tree(old.path("logs"))
        kept = tree(backup_path(old)) if os.path.isdir(backup_path(old)) else {}
        assert all(here.get(name, kept.get(name)) == text for name, text in before.items())
    assert run(old, "migrate", "--apply").returncode == 0
    assert tree(old.path("logs")) == STAYS and tree(backup_path(old)) == before


def test_a_backup_that_lacks_something_is_left_alone(old):
    before = tree(old.path("logs"))
    write(backup_path(old), {"scheduler.log": "somebody's own\n"})
    assert run(old, "migrate", "--apply").returncode == 0
    assert tree(backup_path(old)) == {"scheduler.log": "somebody's own\n"}
    assert tree(backup_path(old, 2)) == before
    assert tree(old.path("logs")) == STAYS


def test_what_was_added_after_a_killed_backup_is_backed_up_too(old):
    assert run(old, "migrate", "--apply", fault="migrate.named").returncode == -signal.SIGKILL
    with open(old.path("logs", "scheduler.log"), "a") as file:
        file.write("one more line\n")
    assert run(old, "migrate", "--apply").returncode == 0
    assert tree(backup_path(old, 2))["scheduler.log"] == OLD["scheduler.log"] + "one more line\n"
    assert tree(old.path("logs")) == STAYS


def test_no_link_is_followed(old, tmp_path):
    outside = {"precious.log": "precious\n", "deep/other.log": "other\n"}
    write(str(tmp_path / "outside"), outside)
    os.symlink(tmp_path / "outside", old.path("logs", "elsewhere"))
    os.symlink(tmp_path / "outside" / "precious.log", old.path("logs", "current.log"))
    os.symlink("nowhere", old.path("logs", "dangling"))
    assert run(old, "migrate", "--apply").returncode == 0
    assert tree(tmp_path / "outside") == outside
    # The link of an old file's name goes, as a link; it is in the backup, as a link.
    assert tree(old.path("logs")) == {
        **STAYS, "elsewhere": ("->", str(tmp_path / "outside")), "dangling": ("->", "nowhere")}
    kept = tree(backup_path(old))
    assert kept["current.log"] == ("->", str(tmp_path / "outside" / "precious.log"))
    assert kept["elsewhere"] == ("->", str(tmp_path / "outside"))
    assert run(old, "rollback", "--apply").returncode == 0
    assert tree(old.path("logs"))["current.log"] == kept["current.log"]
    assert tree(tmp_path / "outside") == outside


def test_a_link_in_place_of_a_directory_or_a_backup_is_refused(old, tmp_path):
    os.rename(old.path("logs", "info"), tmp_path / "elsewhere")
    os.symlink(tmp_path / "elsewhere", old.path("logs", "info"))
    before = tree(old.directory)
    answer = run(old, "migrate", "--apply")
    assert answer.returncode == 1 and "info" in answer.stderr
    assert tree(old.directory) == before
    os.unlink(old.path("logs", "info"))
    # A link of a backup's name is no backup, and the name is taken.
    os.symlink(tmp_path / "elsewhere", backup_path(old))
    assert run(old, "migrate", "--apply").returncode == 0
    assert "scheduler.log" in tree(backup_path(old, 2)) and os.path.islink(backup_path(old))


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system")
def test_a_disk_that_is_too_full_is_said_before_anything_is_touched(daemon, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(small)], capture_output=True, text=True)
    assert mounted.returncode == 0, mounted.stderr
    try:
        prepared = daemon({"files": {"directory": str(small / "logs")}})
        write(str(small / "logs"), OLD)
        prepared.write_config()
        before = tree(small)
        answer = run(prepared, "migrate", "--apply")
        assert answer.returncode == 1 and "모자랍니다" in answer.stderr and "MiB" in answer.stderr
        assert tree(small) == before
        assert json.loads(run(prepared, "migrate", "--json").stdout)["missing_bytes"] > 1_000_000
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_service_that_still_writes_is_named_and_nothing_is_touched(old):
    before = tree(old.directory)
    with open(old.path("logs", "scheduler.log"), "a"):
        answer = run(old, "migrate", "--apply")
        assert answer.returncode == 1
        assert "scheduler.log" in answer.stderr and str(os.getpid()) in answer.stderr
        assert tree(old.directory) == before
        writers = json.loads(run(old, "migrate", "--json").stdout)["writers"]
        assert writers == [{"file": "scheduler.log", "pids": [os.getpid()]}]
    # Who only reads is in nobody's way.
    with open(old.path("logs", "scheduler.log")):
        assert run(old, "migrate", "--apply").returncode == 0


def test_a_running_daemon_goes_on(old):
    with old as started:
        send(started, {"message": "before"})
        assert run(started, "migrate", "--apply").returncode == 0
        send(started, {"message": "after"})
        assert started.hantu("logd", "flush").returncode == 0
        assert [line.split(": ")[1] for line in started.text_lines()] == ["before", "after"]
        kept = tree(backup_path(started))
        assert "before" in kept[f"info/info_{started.today()}.log"]
        assert run(started, "rollback", "--apply").returncode == 0
        assert [line.split(": ")[1] for line in started.text_lines()] == ["before", "after"]
        assert started.hantu("logd", "doctor").returncode == 0


def test_two_at_once_dont_meet(old):
    holder = os.open(old.path("logs"), os.O_RDONLY)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX)
        answer = run(old, "migrate", "--apply")
        assert answer.returncode == 1 and backups(old) == []
    finally:
        os.close(holder)
