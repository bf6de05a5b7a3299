"""The units as they are installed, under a real systemd (contract sections 7 and 13)."""
import glob
import grp
import json
import os
import re
import socket
import stat
import subprocess

import pytest
from harness.client import Client
from harness.daemon import ROOT, wait_until
from harness.sandbox import LOG_SOCKET, call, journal

pytestmark = pytest.mark.systemd


def test_systemd_finds_nothing_to_say_about_the_units(service):
    done = call("systemd-analyze", "verify", "hantu-logd.service", "hantu-logd.socket", check=False)
    # Man pages are not there in every build.
    complaints = [line for line in done.stderr.splitlines() if "man hantu-logd" not in line and "man:" not in line]
    assert complaints == []
    done = call("systemd-analyze", "security", "--no-pager", "hantu-logd.service")
    exposure = float(re.search(r"exposure level for .*: ([0-9.]+)", done.stdout).group(1))
    assert exposure <= 1.5, done.stdout


def test_the_socket_starts_the_daemon_with_the_first_record(service):
    call("systemctl", "start", "hantu-logd.socket")
    assert service.show("ActiveState") == "inactive"
    with Client(LOG_SOCKET) as client:
        client.send({"message": "wakes it"})
        assert client.flush() == {"acked": 1}
    assert service.texts()[0].endswith("wakes it")
    assert service.show("StatusText") == "READY: everything works"


def test_modes_and_owners_are_those_of_the_contract(service):
    service.do("start")
    with Client(LOG_SOCKET) as client:
        client.send({"level": "ERROR", "message": "x"})
        client.flush()
    service.wait_for_stored(1)

    def seen(path):
        status = os.stat(path)
        return f"{stat.S_IMODE(status.st_mode):o}", grp.getgrgid(status.st_gid).gr_name

    assert seen(LOG_SOCKET) == ("660", "hantu-log")
    assert seen("/run/hantu-logd") == ("755", "hantu-logd")
    assert seen("/run/hantu-logd/admin.sock") == ("660", "hantu-logd")
    assert seen("/etc/hantu-logd/hantu-logd.yaml") == ("640", "hantu-logd")
    for directory in ("/var/log/hantu", "/var/log/hantu/info", "/var/lib/hantu-logd"):
        assert seen(directory) == ("750", "hantu-logd")
    for file in glob.glob("/var/log/hantu/*/*") + glob.glob("/var/lib/hantu-logd/*.db"):
        assert seen(file) == ("640", "hantu-logd"), file
    status = open(f"/proc/{service.pid}/status").read()
    assert re.search(r"^CapEff:\s0+$", status, re.M) and re.search(r"^CapBnd:\s0+$", status, re.M)


def test_ready_is_only_what_can_take_records(service):
    # A spool that can't be opened is seen at the start, not by the first service.
    service.drop_in("TimeoutStartSec=10s\nRestart=no\nReadOnlyPaths=/var/lib/hantu-logd")
    call("systemctl", "daemon-reload")
    assert service.do("start", check=False).returncode != 0
    assert service.show("ActiveState") == "failed"
    assert "/var/lib/hantu-logd" in journal("-u", "hantu-logd")


def test_a_bad_configuration_stops_a_start_with_its_reason(service):
    with open("/etc/hantu-logd/hantu-logd.yaml", "w") as file:
        file.write("files: { colour: blue }\n")
    assert service.do("start", check=False).returncode != 0
    assert "colour" in journal("-u", "hantu-logd")
    with open("/etc/hantu-logd/hantu-logd.yaml", "w") as file:
        file.write("")
    # It is tried again and again, by itself.
    wait_until(lambda: service.is_running, 10, lambda: journal()[-3000:])


def test_reload_applies_a_good_configuration_and_refuses_a_bad_one(service):
    service.do("start")
    pid = service.pid
    with open("/etc/hantu-logd/hantu-logd.yaml", "w") as file:
        file.write("files: { emoji: 7, colour: blue }\n")
    assert service.do("reload", check=False).returncode != 0
    assert "colour" in journal("-u", "hantu-logd")
    assert service.is_running and service.pid == pid
    with open("/etc/hantu-logd/hantu-logd.yaml", "w") as file:
        file.write("files: { time_zone: Asia/Seoul, minimum_level: WARNING }\n")
    service.do("reload")
    assert service.is_running and service.pid == pid
    with Client(LOG_SOCKET) as client:
        client.send({"message": "not wanted"}, {"message": "wanted", "level": "WARNING"})
        client.flush()
    assert [line.split(": ")[-1] for line in service.texts()] == ["wanted"]


def test_the_state_is_in_the_status(service):
    service.prepare("alerts: {telegram: {token: '1:x', chat_ids: ['1'], api_url: 'http://127.0.0.1:9'}}\n"
                    "store: {url: 'postgres://u@127.0.0.1:9/d', retry: {delay: 1s, attempts: 1}}\n")
    service.do("start")
    with Client(LOG_SOCKET) as client:
        client.send({"level": "ERROR", "message": "x"})
        wait_until(lambda: service.show("StatusText").startswith("PARTIAL: "), 20, lambda: service.show("StatusText"))
    assert service.show("StatusText").startswith("PARTIAL: store: ")


def test_credentials_may_be_missing_and_are_taken_where_they_are(service):
    service.prepare("alerts: {telegram: {chat_ids: ['1'], api_url: 'http://127.0.0.1:9'}}\n")
    service.do("start")
    assert not alerts()["enabled"]
    os.makedirs("/etc/credstore", mode=0o700, exist_ok=True)
    with open("/etc/credstore/telegram-token", "w") as file:
        file.write("123456:from-the-credstore\n")
    os.chmod("/etc/credstore/telegram-token", 0o600)
    service.do("restart")
    assert alerts()["enabled"]
    # A reload reads it again, and does without no better.
    service.do("reload")
    assert alerts()["enabled"]
    assert "from-the-credstore" not in journal()


def alerts():
    return json.loads(call("hantu", "logd", "status", "--json").stdout)["outputs"]["alerts"]


def test_the_environment_file_gives_what_services_share(service):
    with open("/etc/hantu-logd/environment", "w") as file:
        file.write("TELEGRAM_BOT_TOKEN=123456:from-the-environment\nTELEGRAM_CHAT_ID=-100200300\n")
    service.do("start")
    assert [chat["chat"] for chat in alerts()["chats"]] == ["-100200300"]


def test_the_sandbox_leaves_room_for_what_the_daemon_does(service):
    """Expressions without JIT, clients by name, the journal, and a Telegram server on the network."""
    service.prepare("masking: { patterns: ['MYID-[0-9]{6}'] }\nintake: { allow: [{uid: nobody, services: [mine]}] }\n")
    service.do("start")
    script = ("import socket,json; s=socket.socket(socket.AF_UNIX); s.connect('/run/hantu-logd/log.sock'); "
              "s.sendall(b'{\"level\":\"ERROR\",\"service\":\"%s\",\"message\":\"MYID-123456\"}\\n')")
    group = grp.getgrnam("hantu-log").gr_gid
    call("/usr/bin/python3", "-c", script % "mine", user="nobody", group="nogroup", extra_groups=[group])
    call("/usr/bin/python3", "-c", script % "other", user="nobody", group="nogroup", extra_groups=[group])
    call("/usr/bin/python3", "-c", script.replace('"service":"%s",', ""))
    wait_until(lambda: len(service.errors()) == 3, 10, "not all records")
    rows = service.errors()
    assert {row["message"] for row in rows} == {"***MASKED***"}
    assert {row["service"] for row in rows} == {"mine", "uid:65534", "python3"}
    wait_until(lambda: journal("-t", "hantu-mine").count("***MASKED***") == 1, 10, lambda: journal()[-2000:])


def test_errors_of_a_service_are_found_by_its_unit_with_the_drop_in(service):
    service.do("start")
    service.do("stop")
    os.makedirs("/etc/systemd/system/hantu-logd.service.d", exist_ok=True)
    call("cp", "/usr/share/doc/hantu-logd/examples/journal-by-unit.conf", "/etc/systemd/system/hantu-logd.service.d/")
    call("systemctl", "daemon-reload")
    service.do("start")
    code = ("import socket,time; s=socket.socket(socket.AF_UNIX); s.connect('/run/hantu-logd/log.sock'); "
            "s.sendall(b'{\"level\":\"ERROR\",\"service\":\"scheduler\",\"message\":\"as root\"}\\n'); time.sleep(60)")
    call("systemd-run", "--unit=hantu-scheduler", "/usr/bin/python3", "-c", code)
    wait_until(lambda: "as root" in journal("-u", "hantu-scheduler").splitlines(), 10, lambda: journal()[-3000:])
    assert service.is_running and service.errors()[0]["service"] == "scheduler"
    # And back: everything is the unprivileged user's again.
    os.unlink("/etc/systemd/system/hantu-logd.service.d/journal-by-unit.conf")
    call("systemctl", "daemon-reload")
    service.do("restart")
    with Client(LOG_SOCKET) as client:
        client.send({"level": "ERROR", "message": "as itself"})
        assert client.flush() == {"acked": 1}
    assert len(service.errors()) == 2


def test_errors_are_not_held_back_by_the_journals_rate_limit(service):
    # 10 an hour for everybody: what the unit says has to outweigh that.
    with open("/etc/systemd/journald.conf.d/limit.conf", "w") as file:
        file.write("[Journal]\nRateLimitIntervalSec=1h\nRateLimitBurst=10\n")
    call("systemctl", "restart", "systemd-journald")
    service.do("start")
    with Client(LOG_SOCKET, service="storm", acks=True) as client:
        client.send(*[{"level": "ERROR", "message": f"storm {number}"} for number in range(2000)])
        client.wait_for(2000)
    wait_until(lambda: journal("-t", "hantu-storm").count("storm ") == 2000, 20, "the journal lacks some")


def test_the_example_service_is_in_order(service):
    call("cp", os.path.join(ROOT, "systemd/examples/hantu-scheduler.service"), "/etc/systemd/system/")
    call("useradd", "--create-home", "ubuntu", check=False)
    done = call("systemd-analyze", "verify", "/etc/systemd/system/hantu-scheduler.service", check=False)
    assert [line for line in done.stderr.splitlines() if "is not executable" not in line] == []
    assert "StandardOutput=null" in open("/etc/systemd/system/hantu-scheduler.service").read()


def test_the_doctor_finds_its_record_in_every_place_the_journal_too(service):
    service.do("start")
    done = call("hantu", "logd", "doctor", "--json", check=False)
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 0, done.stdout
    assert checks["journald"]["result"] == "ok", checks["journald"]
    assert {name for name, check in checks.items() if check["result"] != "ok"} == {"Telegram"}
    call("systemctl", "stop", "systemd-journald.socket", "systemd-journald-dev-log.socket", "systemd-journald",
         check=False)
    done = call("hantu", "logd", "doctor", "--json", check=False)
    journald = next(check for check in json.loads(done.stdout)["checks"] if check["name"] == "journald")
    assert journald["result"] != "ok", journald
