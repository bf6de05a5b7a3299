"""Contract section 10 on a terminal: colours, width, the pager, and what is none of a terminal's business."""
import os
import re
import signal
import subprocess
import time

import pytest
from harness.daemon import binary
from harness.terminal import Terminal

INFO = "2026-02-01 12:34:{:02} [INFO] core: 주문 {} 처리\n"
WARNING = "2026-02-01 12:35:00 ⭕ [WARNING] core: 느림\n"


@pytest.fixture
def logs(daemon):
    prepared = daemon()
    os.makedirs(prepared.path("logs", "info"))
    with open(prepared.path("logs", "info", "info_20260201.log"), "w") as file:
        file.writelines(INFO.format(number % 60, number) for number in range(200))
        file.write(WARNING)
    prepared.write_config()
    return prepared


def test_levels_are_coloured_on_a_terminal_only(logs):
    code, text = Terminal(logs, "logs", "info", "-n", "2", "--no-pager").finish()
    assert code == 0 and f"\x1b[33m{WARNING.strip()}\x1b[0m" in text
    for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        code, text = Terminal(logs, "logs", "info", "-n", "2", "--no-pager", **environment).finish()
        assert code == 0 and "\x1b" not in text and WARNING in text
    assert "\x1b" not in logs.hantu("logs", "info", "-n", "2").stdout


def test_long_output_goes_through_the_pager(logs, tmp_path):
    seen = tmp_path / "seen"
    code, text = Terminal(logs, "logs", "info", "-n", "150", PAGER=f"echo LESS=$LESS; cat > {seen}; echo paged").finish()
    assert (code, text) == (0, "LESS=FRX\npaged\n")
    lines = seen.read_text().splitlines()
    assert len(lines) == 150 and "\x1b[33m" in lines[-1]
    # HANTU_PAGER goes before PAGER, and LESS stays what it was.
    code, text = Terminal(logs, "logs", "info", PAGER="false", HANTU_PAGER="echo $LESS; cat >/dev/null", LESS="S").finish()
    assert (code, text) == (0, "S\n")


@pytest.mark.parametrize("arguments, environment", [
    (["--no-pager"], {"PAGER": "echo paged; cat"}), (["--json"], {"PAGER": "echo paged; cat"}), ([], {"PAGER": "cat"}),
    ([], {"PAGER": ""}), ([], {"HANTU_PAGER": "", "PAGER": "echo paged; cat"}),
    ([], {"PATH": "/nowhere"}), ([], {"TERM": "dumb", "PAGER": "echo paged; cat"})])
def test_nobody_is_paged_against_their_will(logs, arguments, environment):
    code, text = Terminal(logs, "logs", "info", "-n", "30", *arguments, **environment).finish()
    assert code == 0 and "paged" not in text and len(text.splitlines()) == 30


def test_output_that_is_no_terminals_is_never_paged(logs):
    answer = subprocess.run([binary("hantu"), "logs", "info", "-n", "30", "--config", logs.config_file],
                            capture_output=True, text=True, env={**logs.environment, "PAGER": "echo paged; cat"})
    assert answer.returncode == 0 and len(answer.stdout.splitlines()) == 30 and "paged" not in answer.stdout


def test_leaving_the_pager_early_is_quiet(logs):
    code, text = Terminal(logs, "logs", "info", "-n", "200", PAGER="head -n 1").finish()
    assert code == 0 and len(text.splitlines()) == 1


def test_what_is_said_comes_behind_what_is_shown(logs):
    code, text = Terminal(logs, "logs", "info", "--grep", "nothing of this", PAGER="cat -; echo end").finish()
    assert code == 1 and "ℹ️" in text and text.endswith("end\n")


def test_statistics_are_as_wide_as_the_terminal(daemon):
    prepared = daemon({"store": {"enabled": False}})
    os.makedirs(prepared.path("logs", "errors"))
    now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    with open(prepared.path("logs", "errors", f"error_{prepared.today()}.json"), "w") as file:
        for service, count in (("주문-서비스-이름이-아주-아주-깁니다-정말로-길어요", 8), ("api", 3)):
            file.write(f'{{"timestamp":"{now}","level":"ERROR","service":"{service}","message":"m"}}\n' * count)
    prepared.write_config()
    for columns in (60, 100):
        for pager in ("", "cat -"):
            code, text = Terminal(prepared, "logs", "stats", columns=columns, PAGER=pager, NO_COLOR="1").finish()
            assert code == 0
            bars = [line for line in text.splitlines() if "█" in line and "추이" not in line]
            # Each begins in the same column, whatever the width of its letters, and ends on the line.
            starts = {width(line[:line.index("█")]) for line in bars}
            assert len(bars) == 2 and len(starts) == 1, text
            assert all(width(line) <= columns for line in text.splitlines()[1:]), text


def width(text):
    return sum(2 if re.match("[가-힣⭕✅❌]", letter) else 1 for letter in text)


def test_a_tail_follows_on_a_terminal_until_it_is_interrupted(logs):
    path = logs.path("logs", "info", f"info_{logs.today()}.log")
    with open(path, "w") as file:
        file.write(INFO.format(0, "first"))
    terminal = Terminal(logs, "logs", "info", "--tail", "-n", "1", PAGER="echo paged; cat")
    assert "first" in terminal.read(until="first")
    # A rotation by somebody else: the file is replaced.
    os.rename(path, path + ".old")
    with open(path, "w") as file:
        file.write(INFO.format(1, "second"))
    assert "second" in terminal.read(until="second")
    # A record of tomorrow goes to tomorrow's file, as everything does over midnight.
    tomorrow = time.strftime("%Y%m%d", time.gmtime(time.time() + 9 * 3600 + 86400))
    with open(logs.path("logs", "info", f"info_{tomorrow}.log"), "w") as file:
        file.write(INFO.format(2, "third"))
    assert "third" in terminal.read(until="third")
    terminal.process.send_signal(signal.SIGINT)
    code, text = terminal.finish()
    assert (code, text) == (0, "")
