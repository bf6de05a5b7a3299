"""Contract section 10: `hantu logd doctor`."""
import json
import os

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


def test_the_doctor_finds_what_is_broken(daemon):
    prepared = daemon({"store": {"retry": {"delay": "1s"}}})
    os.makedirs(prepared.path("spool", "errors.db"))
    with prepared as started:
        answer = started.hantu("logd", "doctor")
        assert answer.returncode == 1
        assert [line for line in answer.stdout.splitlines() if line.startswith("❌ 에러 저장소")]
        assert "→" in answer.stdout


def test_the_doctor_without_a_daemon(daemon):
    prepared = daemon()
    prepared.write_config()
    answer = prepared.hantu("logd", "doctor")
    assert answer.returncode == 1
    assert answer.stdout.count("❌") == 2 and "systemctl start hantu-logd" in answer.stdout
