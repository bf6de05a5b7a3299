"""What the benchmark says of its figures, its load generator, and the one figure that no neighbour disturbs."""
import json
import os
import socket
import subprocess
import sys
import threading

import pytest
from harness.daemon import ROOT

sys.path.insert(0, os.path.join(ROOT, "Benchmarks"))
from figures import instructions  # noqa: E402
from figures.expectation import LOADGEN  # noqa: E402
from figures.row import Row, ratios  # noqa: E402

KEPT = {"instructions_per_record": 1000}


def test_a_record_takes_as_many_instructions_as_it_did():
    kept = instructions.read_kept()
    if kept["conditions"] != instructions.conditions():
        reason = f"the figure kept is of {kept['conditions']}, this is {instructions.conditions()}"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}: Benchmarks/instructions --keep")
        pytest.skip(reason)
    assert instructions.judge(instructions.count(), kept) is None


@pytest.mark.parametrize("found", [951, 1000, 1049])
def test_a_figure_may_move_by_a_twentieth(found):
    assert instructions.judge(found, KEPT) is None


@pytest.mark.parametrize("found", [940, 1060])
def test_a_figure_that_moves_further_is_told_either_way(found):
    assert "1,000" in instructions.judge(found, KEPT)


def test_a_ratio_is_of_the_rounds_of_one_minute():
    above, below = ([{"records_per_cpu_second": value} for value in values] for values in ((1, 2, 3), (2, 8, 3)))
    row = Row("spool / files", ratios(above, below))
    assert row.values == [0.5, 0.25, 1] and row.value == 0.5


@pytest.mark.parametrize(("values", "broken"), [([0.79, 0.79, 1], True), ([0.1, 0.8, 0.8], False)])
def test_a_ratio_must_hold_in_the_middle(values, broken):
    assert Row("spool / files", values).broken is broken


@pytest.mark.parametrize(("values", "broken"), [([9, 9, 24], False), ([9, 9, 24.1], True)])
def test_memory_must_hold_in_every_round(values, broken):
    assert Row("peak memory, all", values, worst=True).broken is broken


def test_what_nothing_is_promised_of_breaks_nothing():
    assert not Row("one fsync, p50", [10**9]).broken
    assert not Row("wake-ups, 100 idle connections", [50]).broken


@pytest.fixture(scope="module")
def loadgen():
    """Runs the load generator against a socket."""
    subprocess.run(["make", "--quiet", "-C", os.path.join(ROOT, "Benchmarks"), "bin/loadgen"], check=True)

    def run(path, *arguments):
        return subprocess.run([LOADGEN, "--socket", path, "--records", "3000", "--connections", "3", *arguments],
                              capture_output=True, text=True, timeout=60)
    return run


@pytest.mark.parametrize("arguments", [["--acks"], ["--acks", "--flush"], ["--flush", "--errors", "50", "--size", "200"]])
def test_the_load_generator_counts_what_it_was_told(daemon, loadgen, arguments):
    with daemon() as running:
        done = loadgen(running.socket, *arguments)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["acked"] == 3000
        assert len(running.text_lines()) == 3000


@pytest.mark.parametrize("answer", [b'{"hantu":{"acked":999}}\n', b'{"hantu":{"error":"no"}}\n'])
def test_the_load_generator_fails_where_not_all_is_acknowledged(tmp_path, loadgen, answer):
    def serve(listener):
        for _ in range(3):
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as lines:
                lines.readline()
                connection.sendall(b'{"hantu":{"protocol":1}}\n' + answer)

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        assert loadgen(str(tmp_path / "s"), "--acks").returncode == 1
        thread.join()


def test_records_have_the_size_that_was_asked_for(loadgen):
    for size in (100, 354, 65536):
        dump = subprocess.run([LOADGEN, "--dump", "--size", str(size)], capture_output=True, check=True).stdout
        assert {len(line) for line in dump.splitlines(True)} == {size}
        assert all(json.loads(line)["logger"] == "core" for line in dump.splitlines())
