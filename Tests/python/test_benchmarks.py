"""What the benchmark says of its figures, and the one figure that no neighbour disturbs."""
import os
import sys

import pytest
from harness.daemon import ROOT

sys.path.insert(0, os.path.join(ROOT, "Benchmarks"))
from figures import instructions  # noqa: E402
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
