"""Contract section 10: `hantu logd doctor`."""
import json
import os
import subprocess
import sys

import pytest
from harness.bot_api import BotAPI
from harness.daemon import binary, merge, wait_until

QUICK = {"store": {"batch": {"interval": "100ms"}}}


def test_the_doctor_looks_at_every_path(daemon):
    with daemon(QUICK) as started:
        answer = started.hantu("logd", "doctor", "--json")
        assert answer.returncode == 0, answer.stdout + answer.stderr
        report = json.loads(answer.stdout)
        results = {check["name"]: check["result"] for check in report["checks"]}
        assert report["ok"] is True
        assert results == {"데몬": "ok", "소켓": "ok", "텍스트": "ok", "에러 JSON": "ok", "에러 저장소": "ok",
                           "journald": "off", "Telegram": "off", "trace": "ok"}
        shown = started.hantu("logd", "doctor").stdout
        assert shown.count("✅") == 6 and shown.count("⭕") == 2 and "❌" not in shown
        # What it sent is nobody's open problem.
        assert started.hantu("logs", "db", "--unresolved").returncode == 1


def broken(daemon):
    """The names of the parts that the doctor finds broken; each comes with what helps."""
    answer = daemon.hantu("logd", "doctor", "--json")
    checks = [check for check in json.loads(answer.stdout)["checks"] if check["result"] == "failed"]
    assert answer.returncode == (1 if checks else 0), answer.stdout + answer.stderr
    assert all(check["detail"] for check in checks)
    assert all(check["help"] for check in checks if check["name"] != "trace"), checks
    return [check["name"] for check in checks]


def in_its_place(*names):
    """What should be a directory or a database is something else."""
    def put(daemon):
        os.makedirs(daemon.path(*names[:-1]))
        if names[-1].endswith(".db"):
            os.makedirs(daemon.path(*names))
        else:
            open(daemon.path(*names), "w").close()
    return put


@pytest.mark.parametrize(("found", "config", "breaks"), [
    (["텍스트"], {}, in_its_place("logs", "info")),
    (["에러 JSON"], {}, in_its_place("logs", "errors")),
    (["에러 저장소"], {"store": {"retry": {"delay": "1s"}}}, in_its_place("spool", "errors.db")),
    (["에러 저장소"], {"store": {"url": "postgres://nobody@127.0.0.1:1/none"}}, lambda daemon: None),
    (["journald"], {"journal": {"enabled": True}}, lambda daemon: None),
    (["Telegram"], {"alerts": {"telegram": {"token": "1:a", "chat_ids": ["1"], "api_url": "http://127.0.0.1:1"}}},
     lambda daemon: None),
])
def test_the_doctor_names_the_part_that_is_broken(daemon, found, config, breaks):
    if "journald" in found and os.path.exists("/run/systemd/journal/socket"):
        found = []
    prepared = daemon(merge(QUICK, config))
    breaks(prepared)
    with prepared as started:
        names = broken(started)
    assert names == found


def test_the_doctor_tells_what_telegram_answered(daemon):
    with BotAPI(["1"]) as api:
        with daemon(merge(QUICK, merge(api.config(), {"alerts": {"telegram": {"token": "1:wrong"}}}))) as started:
            answer = started.hantu("logd", "doctor")
    line, = [line for line in answer.stdout.splitlines() if line.startswith("❌")]
    assert line.startswith("❌ Telegram") and "401" in line and "wrong" not in line


def test_a_second_visit_is_no_error_that_came_back(daemon):
    with BotAPI(["1"], strict_pace=False) as api:
        with daemon(merge(QUICK, api.config(cooldown="0s"))) as started:
            for visit in (1, 2):
                assert started.hantu("logd", "doctor").returncode == 0
                wait_until(lambda: sum("hantu-doctor" in text for text in api.texts()) == visit, 30,
                           lambda: f"the probe's alert is missing: {api.texts()}")
            assert not any("다시 발생" in text for text in api.texts())
            # Not even while the second one's row is still open.
            assert started.hantu("logs", "reopen", "2").returncode == 0
            assert "다시 발생" not in started.hantu("logs", "db").stdout + started.hantu("logs", "stats").stdout


AS_NOBODY = "import os, sys; os.setgid(65534); os.setuid(65534); os.execv(sys.argv[1], sys.argv[1:])"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_the_doctor_tells_who_has_no_right_to_the_sockets(daemon):
    with daemon(QUICK) as started:
        command = [sys.executable, "-c", AS_NOBODY, binary("hantu"), "logd", "doctor", "--config", started.config_file]
        directory = started.directory
        while directory != "/":
            os.chmod(directory, os.stat(directory).st_mode | 0o011)
            directory = os.path.dirname(directory)
        os.chmod(started.config_file, 0o644)
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "❌ 데몬" in answer.stdout and "sudo" in answer.stdout
    assert "❌ 소켓" in answer.stdout and "hantu-log" in answer.stdout


def test_the_doctor_without_a_daemon(daemon):
    prepared = daemon()
    prepared.write_config()
    answer = prepared.hantu("logd", "doctor")
    assert answer.returncode == 1
    assert answer.stdout.count("❌") == 2 and "systemctl start hantu-logd" in answer.stdout
