"""Contract sections 5 and 7: Telegram away, refusing, or the daemon killed; what was to be told is told."""
import os
import shutil
import signal
import socket
import subprocess
import time

import pytest
from harness.admin import Admin
from harness.bot_api import TOKEN, BotAPI, refusal, too_many
from harness.client import Client
from harness.daemon import merge, wait_until
from harness.faults import wait_for_state
from test_alerts import STORE_OFF, error, send, wait_for_messages


def test_retry_after_is_obeyed(daemon):
    with BotAPI() as api, daemon(api.config()) as started:
        api.answer_next("1", too_many(3))
        send(started, error("first"))
        wait_for_messages(api, 1)
        refused, taken = (time for time, _, _ in api.requests)
        assert 3 <= taken - refused < 10
        assert api.texts()[0].split("\n")[3] == "first"


@pytest.mark.parametrize("trouble", [
    (502, b"<html>Bad Gateway</html>"), (500, {"ok": False, "error_code": 500, "description": "Internal"}),
    "reset", "cut", (200, b"<html>please log in</html>")])
def test_troubles_that_pass_are_waited_out(daemon, trouble):
    with BotAPI(strict_pace=False) as api, daemon(merge(api.config(), STORE_OFF)) as started:
        api.answer_next("1", trouble)
        send(started, error("comes through"))
        # A message whose answer was cut off arrived already, and comes again.
        wait_for_messages(api, 2 if trouble == "cut" else 1)
        assert set(api.texts()) == {api.texts()[0]}


def test_a_refusal_is_reported_once_and_not_retried(daemon):
    with BotAPI(["1", "2"]) as api, daemon(merge(api.config(), STORE_OFF)) as started:
        api.answer_next("2", *[refusal(403, "Forbidden: bot was blocked by the user")] * 9)
        for number in range(4):
            send(started, error("again", "CRITICAL"))
            wait_for_messages(api, number + 1, "1")
        asked = [body for _, _, body in api.requests if b'"chat_id":"2"' in body]
        assert len(asked) == 1
        assert started.stderr().count("Telegram refused a message") == 1
        assert "state: WARNING" in started.stderr()


def test_a_reload_tries_a_chat_that_refused_again(daemon):
    with BotAPI() as api, daemon(merge(api.config(), STORE_OFF)) as started:
        api.answer_next("1", refusal(403, "Forbidden: bot was kicked from the group chat"))
        send(started, error("one"))
        wait_until(lambda: "Telegram refused a message" in started.stderr(), 15, "nothing is told of it")
        assert not api.told()
        started.process.send_signal(signal.SIGHUP)
        wait_for_messages(api, 1)
        assert api.texts()[0].startswith("🔁 [hantu-logd] 전하지 못한 알림 1건 (Telegram 거부)\n")
        assert "bot was kicked" in api.texts()[0]


def test_a_wrong_token_is_reported_and_shown_nowhere(daemon):
    wrong = "987654321:BBwrong-Token_that-nobody-may-see-0123456"
    with BotAPI() as api:
        config = merge(api.config(), {"alerts": {"telegram": {"token": wrong}}})
        with daemon(config) as started:
            send(started, error("one"), error("two"))
            wait_until(lambda: "401 Unauthorized" in started.stderr(), 15, "nothing is told of it")
            time.sleep(1.5)
            assert len(api.requests) == 1
            process = f"/proc/{started.process.pid}"
            shown = [started.stderr()] + [open(f"{process}/{name}").read() for name in ("cmdline", "environ")]
            assert started.stop() == 0
            for text in shown + [started.stderr()]:
                assert wrong not in text and wrong.split(":")[1] not in text


def test_nothing_of_the_token_is_shown_when_nobody_listens(daemon):
    config = BotAPI().config()
    config["alerts"]["telegram"]["api_url"] = "http://127.0.0.1:9"
    with daemon(config) as started:
        send(started, error("one"))
        wait_until(lambda: "no answer" in started.stderr(), 15, "nothing is told of it")
        assert TOKEN not in started.stderr() and TOKEN.split(":")[1] not in started.stderr()


def test_a_group_that_became_a_supergroup_is_told_there(daemon):
    with BotAPI(["-5"]) as api:
        config = api.config()
        api.chats = {"-1005"}
        api.answer_next("-5", refusal(
            400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1005))
        with daemon(config) as started:
            send(started, error("moved"))
            wait_for_messages(api, 1, "-1005")
            assert "has become -1005" in started.stderr()
            assert started.kill() == -signal.SIGKILL
        with daemon(config) as started:
            send(started, error("still there"))
            wait_for_messages(api, 2, "-1005")
            assert len([body for _, _, body in api.requests if b'"chat_id":"-5"' in body]) == 1


def test_what_waits_while_telegram_is_away_survives_restarts(daemon):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with BotAPI(port=port) as first:
        config = merge(first.config(), STORE_OFF)
    prepared = daemon(config)
    with prepared as started:
        send(started, *[error(f"kind {letter}", "CRITICAL") for letter in "abcdefgh"])
        assert started.stop() == 0
    with prepared as started:
        send(started, *[error(f"kind {letter}", "CRITICAL") for letter in "ijkl"])
        wait_until(lambda: "no answer" in started.stderr(), 15, "nothing is told of it")
        wait_for_state(started, "WARNING")
        assert Admin(started).get("/readyz").status == 200
        assert started.kill() == -signal.SIGKILL
    with BotAPI(port=port) as api, prepared as started:
        api.wait_for_total(12, seconds=60)
        wait_for_state(started, "READY")


@pytest.mark.parametrize("point", [
    "alerts.taken.before-commit", "alerts.sending.before-request", "alerts.sent.before-commit",
    "alerts.sent.after-commit", "spool.advance.before-commit", "spool.advance.after-commit"])
def test_a_daemon_killed_at_each_step_tells_everything_after_its_start(daemon, point):
    records = [error(f"kind {letter}", "CRITICAL") for letter in "abcdefgh"]
    with BotAPI(strict_pace=False) as api:
        dying = daemon(merge(api.config(), STORE_OFF), environment={"HANTU_LOGD_FAULT": point})
        dying.start()
        with Client(dying.socket, service="scheduler") as client:
            client.send(*records)
            dying.process.wait(20)
        assert dying.stop() == -signal.SIGKILL
        told = len(api.told())
        with daemon(merge(api.config(), STORE_OFF)) as started:
            wait_until(lambda: api.total() >= len(records), 20, lambda: f"{point}: {api.texts()}")
            assert started.stop() == 0
        # At most the message that was on its way came twice.
        assert api.total() <= len(records) + 1, api.texts()
        if point == "alerts.sent.after-commit":
            assert told and api.total() == len(records)


def test_a_daemon_killed_again_and_again_forgets_nothing_that_was_acknowledged(daemon):
    with BotAPI(strict_pace=False) as api:
        prepared = daemon(merge(api.config(cooldown="1s"), STORE_OFF))
        sent = 0
        for round_number in range(6):
            with prepared as started:
                send(started, *[error(f"round {'abcdef'[round_number]} fails") for _ in range(50)])
                sent += 50
                time.sleep(0.15 * round_number)
                started.kill()
        with prepared:
            wait_until(lambda: api.total() >= sent, 40, lambda: f"{api.total()} of {sent}: {api.texts()}")
        distinct = {text: text for text in api.texts()}
        assert len(api.told()) - len(distinct) <= 6


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    directory = tmp_path_factory.mktemp("tls")
    key, file = str(directory / "key.pem"), str(directory / "certificate.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", file], check=True, capture_output=True)
    return file, key


def test_a_certificate_that_nobody_vouches_for_is_refused(daemon, certificate):
    with BotAPI(certificate=certificate) as api, daemon(api.config()) as started:
        send(started, error("secret"))
        wait_until(lambda: "no answer" in started.stderr(), 15, "nothing is told of it")
        assert "certificate" in started.stderr().lower()
        assert not api.requests


@pytest.mark.parametrize("others", ["", "/etc/ssl/certs/ca-certificates.crt"])
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "CURL_CA_BUNDLE"])
def test_an_authority_from_the_environment_is_trusted(daemon, certificate, variable, others):
    environment = {"SSL_CERT_FILE": others, "CURL_CA_BUNDLE": others, variable: certificate[0]}
    with BotAPI(certificate=certificate) as api:
        with daemon(api.config(), environment=environment) as started:
            send(started, error("over TLS"))
            wait_for_messages(api, 1)


def test_a_proxy_from_the_environment_is_used(daemon):
    with BotAPI() as api:
        config = api.config()
        config["alerts"]["telegram"]["api_url"] = "http://api.telegram.invalid"
        with daemon(config, environment={"http_proxy": f"http://127.0.0.1:{api.port}"}) as started:
            send(started, error("through the proxy"))
            wait_for_messages(api, 1)
            assert api.requests[0][1].startswith("http://api.telegram.invalid/bot")


def test_an_error_store_that_is_away_is_told_and_so_is_its_return(daemon):
    with BotAPI() as api:
        prepared = daemon(merge(api.config(), {
            "store": {"batch": {"interval": "50ms"}, "retry": {"delay": "100ms", "attempts": 3}}}))
        in_its_place = prepared.path("spool", "errors.db")
        os.makedirs(in_its_place)
        with prepared as started:
            send(started, error("one"))
            wait_until(lambda: any(text.startswith("🚨 [hantu-logd] 에러\n") for text in api.texts()), 15,
                       lambda: api.texts())
            assert any("에러 저장소" in text for text in api.texts())
            shutil.rmtree(in_its_place)
            wait_until(lambda: any(text.startswith("✅ [hantu-logd] 성공\n") for text in api.texts()), 20,
                       lambda: api.texts())
            assert sum("[hantu-logd]" in text for text in api.texts()) == 2


def test_files_that_cant_be_written_are_told(daemon):
    with BotAPI() as api:
        prepared = daemon(merge(api.config(), STORE_OFF))
        os.makedirs(prepared.path("logs"))
        open(prepared.path("logs", "errors"), "w").close()
        with prepared as started:
            send(started, error("nowhere to go"))
            wait_until(lambda: any("에러 로그 파일" in text for text in api.texts()), 15, lambda: api.texts())
            assert any(text.startswith("🚨 [hantu-logd] 에러\n") for text in api.texts())


def test_a_damaged_spool_is_told(daemon):
    with BotAPI() as api:
        prepared = daemon(api.config())
        os.makedirs(prepared.path("spool"))
        with open(prepared.path("spool", "spool.db"), "wb") as file:
            file.write(os.urandom(20000))
        with prepared:
            wait_for_messages(api, 1)
            assert api.texts()[0].startswith("🚨 [hantu-logd] 에러\n") and "스풀이 손상되어" in api.texts()[0]
