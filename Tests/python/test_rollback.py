"""Contract section 10: `hantu logs rollback`."""
import json
import os
import signal

import pytest
from old_layout import OLD, STAYS, backup_path, backups, mode, old, run, tree, write  # noqa: F401


def test_a_rollback_puts_everything_back(old):
    before = tree(old.path("logs"))
    assert run(old, "migrate", "--apply").returncode == 0
    answer = run(old, "rollback")
    assert answer.returncode == 0 and "8개" in answer.stdout and "--apply" in answer.stderr
    assert tree(old.path("logs")) == STAYS
    done = json.loads(run(old, "rollback", "--apply", "--json").stdout)
    assert (sorted(done["restored"]), done["conflicts"], done["present"]) == (sorted(OLD), [], len(STAYS))
    assert tree(old.path("logs")) == before and tree(backup_path(old)) == before
    assert mode(old.path("logs", "api", "server.log")) == 0o600
    assert os.stat(old.path("logs", "scheduler.log")).st_mtime == 1_700_000_000
    # Once more, there is nothing left to do.
    assert json.loads(run(old, "rollback", "--apply", "--json").stdout)["restored"] == []
    # And forward again, from the backup that is there.
    assert run(old, "migrate", "--apply").returncode == 0
    assert tree(old.path("logs")) == STAYS and len(backups(old)) == 1


@pytest.mark.parametrize("step", ["rollback.file.copied", "rollback.file.restored"])
def test_a_killed_rollback_is_finished_by_the_next(old, step):
    before = tree(old.path("logs"))
    assert run(old, "migrate", "--apply").returncode == 0
    assert run(old, "rollback", "--apply", fault=step).returncode == -signal.SIGKILL
    assert run(old, "rollback", "--apply").returncode == 0
    assert tree(old.path("logs")) == before


def test_a_rollback_overwrites_nothing(old):
    assert run(old, "migrate", "--apply").returncode == 0
    write(old.path("logs"), {"scheduler.log": "the service's new file\n"})
    with open(old.path("logs", "info", "info_20260201.log"), "a") as file:
        file.write("gone on since\n")
    answer = run(old, "rollback", "--apply")
    assert answer.returncode == 1 and "scheduler.log" in answer.stderr and "info_20260201" not in answer.stderr
    assert tree(old.path("logs"))["scheduler.log"] == "the service's new file\n"
    assert tree(old.path("logs"))["info/info_20260201.log"].endswith("gone on since\n")
    assert tree(old.path("logs"))["api/server.log"] == OLD["api/server.log"]


def test_the_days_backups_belong_together_and_the_newest_wins(old):
    assert run(old, "migrate", "--apply").returncode == 0
    write(old.path("logs"), {"scheduler.log": "written after the first run\n"})
    assert run(old, "migrate", "--apply").returncode == 0
    assert len(backups(old)) == 2
    assert run(old, "rollback", "--apply").returncode == 0
    assert tree(old.path("logs")) == {**OLD, **STAYS, "scheduler.log": "written after the first run\n"}


def test_a_rollback_without_a_backup_says_so(old):
    answer = run(old, "rollback")
    assert answer.returncode == 1 and "logs_backup_" in answer.stderr
