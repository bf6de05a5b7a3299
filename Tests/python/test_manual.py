"""Contract section 13: manual pages and completions, as `make install` puts them below DESTDIR."""
import os
import re
import subprocess

import pytest
from harness.daemon import ROOT, binary

PAGES = ["man1/hantu.1", "man8/hantu-logd.8", "man5/hantu-logd.yaml.5"]


@pytest.fixture(scope="module")
def share(tmp_path_factory):
    """/usr/share of an installation."""
    root = tmp_path_factory.mktemp("root")
    subprocess.run(["make", "-C", ROOT, "install-manual", "BUILT=.build/debug", "PREFIX=/usr", f"DESTDIR={root}"],
                   check=True, capture_output=True, timeout=120)
    return root / "usr" / "share"


def read(share, page):
    """A page as it is read, without bold and underlined."""
    shown = subprocess.run(
        ["man", "-l", "-Tutf8", str(share / "man" / page)], check=True, capture_output=True, text=True,
        env={**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8", "GROFF_NO_SGR": "1"}).stdout
    return re.sub(".\x08", "", shown)


def test_everything_is_where_it_is_looked_for(share):
    found = {str(path.relative_to(share)) for path in share.rglob("*") if path.is_file()}
    assert found == {f"man/{page}" for page in PAGES} | {
        place.format(program) for program in ("hantu", "hantu-logd") for place in (
            "bash-completion/completions/{}", "zsh/site-functions/_{}", "fish/vendor_completions.d/{}.fish")}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_fault(share, page):
    answer = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(share / "man" / page)],
                            capture_output=True, text=True, env={**os.environ, "MANROFFSEQ": "", "MANWIDTH": "100"})
    assert (answer.returncode, answer.stderr) == (0, "")


def test_the_page_has_every_command_and_option(share):
    page = read(share, PAGES[0])
    help_text = subprocess.run([binary("hantu"), "help", "logs"], capture_output=True, text=True).stdout
    commands = re.findall(r"^  ([a-z]+)  ", help_text.split("SUBCOMMANDS:")[1], re.M)
    assert len(commands) >= 11
    for command in commands:
        assert f"   hantu logs {command}\n" in page
    for option in ("--since", "--grep", "--apply", "--note", "--unresolved", "--replay"):
        assert option in page, option
    # The examples stand as they were written.
    assert "hantu logs stats --by fingerprint --json\n" in page


def test_the_page_has_every_key(share):
    page = read(share, PAGES[2])
    with open(os.path.join(ROOT, "docs", "configuration.md")) as file:
        keys = re.findall(r"^\| `([a-z_.]+)`", file.read(), re.M)
    assert len(keys) > 30
    for key in keys:
        assert f"       {key} (default: " in page, key


def test_completions_are_sound_and_know_the_commands(share):
    script = share / "bash-completion" / "completions" / "hantu"
    assert subprocess.run(["bash", "-n", str(script)]).returncode == 0
    complete = f"""source {script}
        COMP_WORDS=(hantu logs mi) COMP_CWORD=2 COMP_LINE='hantu logs mi' COMP_POINT=13
        _hantu hantu mi logs; printf '%s\\n' "${{COMPREPLY[@]}}" """
    answer = subprocess.run(["bash", "-c", complete], capture_output=True, text=True, timeout=30)
    assert answer.stdout.split() == ["migrate"], answer.stderr
