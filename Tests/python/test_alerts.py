"""Contract section 5, Telegram: what operators are told, seen from the chat."""
import json
import signal

import pytest
from harness.bot_api import BotAPI
from harness.client import Client
from harness.daemon import merge, wait_until

STORE_OFF = {"store": {"enabled": False}}


def send(daemon, *records, service="scheduler"):
    with Client(daemon.socket, service=service, acks=True) as client:
        client.send(*records)
        client.wait_for(len(records))


def error(message, level="ERROR", **fields):
    return {"level": level, "message": message, **fields}


def wait_for_messages(api, number, chat=None, seconds=20):
    wait_until(lambda: len(api.told(chat)) >= number, seconds, lambda: f"not {number}: {api.texts(chat)}")


def test_the_contracts_example_comes_out_byte_for_byte(daemon):
    with BotAPI() as api, daemon(api.config()) as started:
        send(started, error(
            "주문 실행 실패: 잔고 부족", timestamp="2026-02-01T12:34:58", trace_id="abc12345", module="trading_engine",
            function="execute_order", error_type="InsufficientBalance", context={"stock_code": "005930"},
            stack_trace='Traceback (most recent call last):\nFile "core/trading/engine.py", line 123\n'
                        "raise InsufficientBalance()\nInsufficientBalance"))
        wait_for_messages(api, 1)
        assert api.told()[0].html == (
            "🚨 [scheduler] 에러\n"
            "2026-02-01 12:34:58 | trading_engine.execute_order\n"
            "타입: InsufficientBalance\n"
            "\n"
            "주문 실행 실패: 잔고 부족\n"
            "\n"
            '<pre>File "core/trading/engine.py", line 123\n'
            "raise InsufficientBalance()\n"
            "InsufficientBalance</pre>\n"
            "(trace_id: abc12345)")


def test_errors_are_told_and_what_asks_to_be(daemon):
    with BotAPI() as api, daemon(merge(api.config(), STORE_OFF)) as started:
        for record in (
                error("quiet", "DEBUG"), error("quiet", "INFO"), error("quiet", "WARNING"),
                error("an error"), error("deployed", "INFO", notify="success"),
                error("slow", "DEBUG", notify="warning"), error("daily", "INFO", notify="report")):
            send(started, record)
        wait_for_messages(api, 4)
        heads = [text.split("\n")[0] for text in api.texts()]
        assert sorted(heads) == sorted([
            "🚨 [scheduler] 에러", "✅ [scheduler] 성공", "⚠️ [scheduler] 경고", "📊 [scheduler] 리포트"])


def test_the_least_level_is_configured(daemon):
    with BotAPI() as api, daemon(api.config(minimum_level="WARNING")) as started:
        send(started, error("told", "WARNING"), error("not told", "INFO"))
        wait_for_messages(api, 1)
        assert api.texts()[0].startswith("⚠️ [scheduler] 경고\n")


def test_what_is_held_back_is_told_when_the_cooldown_ends_without_another_record(daemon):
    with BotAPI() as api, daemon(api.config(cooldown="2s")) as started:
        send(started, *[error(f"order {number} failed", module="engine", function="run") for number in range(38)])
        wait_for_messages(api, 2)
        first, second = api.texts()
        assert first.startswith("🚨 [scheduler] 에러\n") and "order 0 failed" in first
        assert second.startswith("🔁 [scheduler] 같은 에러 37건 더 발생 (2초)\n") and "engine.run" in second
        assert 1.8 < api.told()[1].time - api.told()[0].time < 6
        send(started, error("order 99 failed", module="engine", function="run"))
        wait_for_messages(api, 3)
        assert "order 99 failed" in api.texts()[2] and api.texts()[2].startswith("🚨")


def test_ten_thousand_errors_in_a_second_are_a_handful_of_messages(daemon):
    with BotAPI(["1", "-5"]) as api, daemon(merge(api.config(cooldown="5s"), STORE_OFF)) as started:
        kinds = ["alpha", "beta"]
        with Client(started.socket, service="scheduler") as client:
            client.send(*[error(f"{kinds[number % 2]} failed with {number}건") for number in range(10_000)])
            client.flush()
        for chat in ("1", "-5"):
            api.wait_for_total(10_000, chat, seconds=30)
            # One that came when the machine was slow and the cooldown over may begin another.
            assert len(api.told(chat)) <= 10


def test_two_hundred_kinds_of_critical_in_a_second_are_merged(daemon):
    with BotAPI(["-5"]) as api, daemon(merge(api.config(), STORE_OFF)) as started:
        letters = "abcdefghijklmnopqrst"
        send(started, *[error(f"kind {letters[n // 10]} {letters[n % 10]}", "CRITICAL") for n in range(200)])
        api.wait_for_total(200)
        assert len(api.told()) <= 4
        digest = api.texts()[-1].split("\n")
        assert digest[0].startswith("🚨 에러 ") and digest[0].endswith("건 묶음")
        assert sum(int(line.rsplit("×", 1)[1]) for line in digest[1:]) == int(digest[0].split()[2].removesuffix("건"))


def test_hostile_text_is_shown_as_text_and_secrets_stay_hidden(daemon):
    hostile = "<b>&amp;</pre> \u202e password=hunter2 \U0001F6A8 " + "&<>" * 5000
    with BotAPI() as api, daemon(api.config()) as started:
        send(started, error(hostile, error_type="<x>", stack_trace="a\ntoken: hunter2\n</pre>&\nb"))
        wait_for_messages(api, 1)
        text = api.texts()[0]
        assert "<b>&amp;</pre>" in text and "hunter2" not in text and "***MASKED***" in text
        assert "…" in text and "\u202e" not in text


def test_every_chat_is_told_while_one_is_silent(daemon):
    with BotAPI(["1", "2", "3"]) as api, daemon(merge(api.config(), STORE_OFF)) as started:
        api.answer_next("2", "silence")
        for number in range(3):
            send(started, error("same", "CRITICAL"))
            wait_for_messages(api, number + 1, "1")
            wait_for_messages(api, number + 1, "3")
        assert not api.told("2")
        # A stop would wait for the answer.
        started.kill()


def test_alerts_work_without_an_error_store(daemon):
    with BotAPI() as api, daemon(merge(api.config(), STORE_OFF)) as started:
        send(started, error("alone"))
        wait_for_messages(api, 1)


def test_a_reload_switches_alerts_on_and_off_and_changes_chats(daemon):
    with BotAPI(["1", "2"]) as api, daemon() as started:
        quiet = started.config

        def reload(config):
            seen = started.stderr().count("configuration read again")
            started.config = config
            started.write_config()
            started.process.send_signal(signal.SIGHUP)
            wait_until(lambda: started.stderr().count("configuration read again") > seen, 15, "no reload")

        send(started, error("before"))
        reload(merge(quiet, {"alerts": {"telegram": {**api.config()["alerts"]["telegram"], "chat_ids": ["1"]}}}))
        send(started, error("to one"))
        wait_for_messages(api, 1, "1")
        reload(merge(quiet, {"alerts": {"telegram": {**api.config()["alerts"]["telegram"], "chat_ids": ["2"]}}}))
        send(started, error("to two"))
        wait_for_messages(api, 1, "2")
        reload(quiet)
        send(started, error("to nobody"))
        assert started.stop() == 0
        assert [text.split("\n")[3] for text in api.texts()] == ["to one", "to two"]


def test_a_daemon_without_telegram_asks_nobody(daemon):
    with daemon() as started:
        send(started, error("no one is told"))
        assert "telegram" not in started.stderr().replace(started.directory, "").lower()


def test_what_the_spool_holds_carries_what_the_error_file_has(daemon):
    with BotAPI() as api, daemon(api.config(cooldown="1h")) as started:
        # One fingerprint by the error file is one alert.
        send(started, *[error(f"order {number} of 'x{number}' failed") for number in range(5)])
        wait_for_messages(api, 1)
        assert len({json.dumps(record["fingerprint"]) for record in started.all_errors()}) == 1
        send(started, error("another"))
        wait_for_messages(api, 2)


@pytest.mark.parametrize("wanted", [False, True])
def test_start_and_stop_are_told_only_where_that_is_asked_for(daemon, wanted):
    with BotAPI() as api:
        started = daemon(api.config(notices=wanted))
        started.start()
        if wanted:
            wait_until(lambda: len(api.texts()) == 1, 10, lambda: api.texts())
        # A chat takes one message a second: the stop is told by then, or after the next start.
        assert started.stop() == 0
        with started:
            if wanted:
                wait_until(lambda: len(api.texts()) == 3, 20, lambda: api.texts())
        assert {text.splitlines()[0] for text in api.texts()} == ({"📊 [hantu-logd] 리포트"} if wanted else set())
        if wanted:
            assert "시작" in api.texts()[0] and "종료" in api.texts()[1] and "시작" in api.texts()[2]
