"""A log directory as in-process logging left it, and what the tests of migrating it share."""
import os
import subprocess

import pytest
from harness.client import Client
from harness.daemon import binary

OLD = {
    "scheduler.log": "old scheduler\n" * 1000,
    "한투.log": "옛 로그\n",
    "empty.log": "",
    "api/server.log": "x" * 3_000_000,
    "api/deep/er/batch.log": "deep\n",
    "errors/error.log": "old errors\n",
    "info/info_2026.log": "not the new layout's name\n",
    "info_20260201.log": "the new layout's name, at another place\n",
}
STAYS = {
    "info/info_20260201.log": "2026-02-01 12:00:00 [INFO] core: new\n",
    "errors/error_20260201.json": '{"level":"ERROR"}\n',
    "scheduler.log.1": "rotated\n",
    "notes.txt": "notes\n",
}


def write(root, files):
    for name, text in files.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)


def tree(root):
    """Every file and link below a directory, with what is in it."""
    found = {}
    for directory, folders, names in os.walk(root):
        for name in names + [name for name in folders if os.path.islink(os.path.join(directory, name))]:
            path = os.path.join(directory, name)
            key = os.path.relpath(path, root)
            if os.path.islink(path):
                found[key] = ("->", os.readlink(path))
            else:
                with open(path, errors="surrogateescape") as file:
                    found[key] = file.read()
    return found


def mode(path):
    return os.stat(path).st_mode & 0o7777


@pytest.fixture
def old(daemon):
    """A log directory as in-process logging left it, and a configuration that names it."""
    prepared = daemon()
    write(prepared.path("logs"), {**OLD, **STAYS})
    os.chmod(prepared.path("logs", "api", "server.log"), 0o600)
    os.utime(prepared.path("logs", "scheduler.log"), (1_700_000_000, 1_700_000_000))
    os.chmod(prepared.path("logs", "info"), 0o700)
    prepared.write_config()
    return prepared


def send(daemon, *records):
    with Client(daemon.socket, acks=True, service="scheduler") as client:
        client.send(*records)
        client.wait_for(len(records))


def backup_path(prepared, number=1):
    return prepared.path(f"logs_backup_{prepared.today()}" + (f"_{number}" if number > 1 else ""))


def backups(prepared):
    return sorted(name for name in os.listdir(prepared.directory) if "backup" in name)


def run(prepared, *arguments, fault=None):
    environment = {**prepared.environment, **({"HANTU_LOGD_FAULT": fault} if fault else {})}
    return subprocess.run(
        [binary("hantu"), "logs", *arguments, "--config", prepared.config_file], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, env=environment, timeout=60)
