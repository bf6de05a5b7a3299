"""Contract sections 9 and 10: flags, exit codes, faults of a configuration."""
import os
import re
import shlex
import subprocess

import pytest
from harness.daemon import ROOT, binary, clean_environment


def run(*arguments, name="hantu-logd", environment=None):
    return subprocess.run([binary(name), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=clean_environment(environment), timeout=30)


@pytest.mark.parametrize("name", ["hantu-logd", "hantu"])
def test_help_and_version_go_to_stdout(name):
    for flag in ("--help", "--version"):
        answer = run(flag, name=name)
        assert (answer.returncode, answer.stderr) == (0, "")
        assert answer.stdout.strip()


@pytest.mark.parametrize("name", ["hantu-logd", "hantu"])
def test_an_unknown_flag_is_a_usage_error(name):
    answer = run("--colour", name=name)
    assert (answer.returncode, answer.stdout) == (64, "")
    assert "--colour" in answer.stderr


def test_an_empty_configuration_is_a_good_one(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("")
    assert run("--check-config", "--config", str(path)).returncode == 0


def test_every_fault_is_named_with_its_line(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("files:\n  directry: /x\n  emoji: perhaps\nspool:\n  maximum_bytes: -1\n")
    answer = run("--check-config", "--config", str(path))
    assert answer.returncode == 1
    told = answer.stdout + answer.stderr
    for key, line in (("directry", "2"), ("emoji", "3"), ("maximum_bytes", "5")):
        assert any(key in text and f"{line}" in text for text in told.splitlines()), (key, told)
    assert "perhaps" in told


def test_the_daemon_doesnt_start_on_a_bad_configuration(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("files: { colour: blue }\n")
    answer = run("--config", str(path))
    assert answer.returncode == 78
    assert "colour" in answer.stderr


def test_a_flag_wins_over_the_environment_and_that_over_the_file(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("files: { directory: /from/file, time_zone: Asia/Seoul }\nspool: { directory: /spool/file }\n")
    environment = {"HANTU_LOGD_FILES_DIRECTORY": "/from/environment", "HANTU_LOGD_SPOOL_DIRECTORY": "/spool/environment"}
    answer = run("--config", str(path), "--set", "files.directory=/from/flag", "--print-config", environment=environment)
    assert answer.returncode == 0
    assert "/from/flag" in answer.stdout and "/spool/environment" in answer.stdout and "Asia/Seoul" in answer.stdout
    assert "/from/environment" not in answer.stdout and "/from/file" not in answer.stdout


def test_secrets_are_not_printed(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("alerts: { telegram: { token: '123456:secret-token', chat_ids: ['1'] } }\n")
    environment = {"DATABASE_URL": "postgresql://hantu:sesame@localhost/hantu"}
    answer = run("--config", str(path), "--print-config", environment=environment)
    assert answer.returncode == 0, answer.stderr
    assert "secret-token" not in answer.stdout + answer.stderr
    assert "sesame" not in answer.stdout + answer.stderr


def test_a_missing_file_that_was_named_is_an_error(tmp_path):
    answer = run("--config", str(tmp_path / "nowhere.yaml"))
    assert answer.returncode == 78
    assert "nowhere.yaml" in answer.stderr


def commands_in(page):
    """The `hantu` commands of a page's code, as words."""
    with open(os.path.join(ROOT, page)) as file:
        text = file.read()
    code = re.findall(r"`([^`\n]+)`", text) + [line for line in text.splitlines() if line.startswith("    ")]
    for piece in code:
        # Quotes keep what divides commands, and what is behind a # is none.
        words = shlex.shlex(piece, posix=True, punctuation_chars="|&")
        words.whitespace_split = True
        part = []
        for word in [*words, "|"]:
            if word not in ("|", "&&"):
                part.append(word)
                continue
            command = part[1:] if part[:1] == ["sudo"] else part
            if command[:1] == ["hantu"] and len(command) > 2:
                yield command[1:]
            part = []


@pytest.mark.parametrize("page", ["README.md", "README.ko.md", "docs/operations.ko.md"])
def test_every_command_of_a_page_is_one(page, tmp_path):
    commands = list(commands_in(page))
    assert len(commands) >= 5
    for words in commands:
        # The configuration isn't there, so that nothing runs; what is no command ends with 64 before that.
        answer = run(*words, "--config", str(tmp_path / "nowhere.yaml"), name="hantu")
        assert answer.returncode == 1 and "nowhere.yaml" in answer.stderr, (words, answer.stderr)
