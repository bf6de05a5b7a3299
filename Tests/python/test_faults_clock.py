"""A clock that steps a day forth and back: no record is lost, no file of a day that counts is deleted."""
import datetime
import os
import struct
import subprocess

import pytest
from harness.bot_api import BotAPI
from harness.client import Client
from harness.daemon import ROOT, merge, wait_until
from harness.faults import SOON, send, wait_for_rows, wait_for_state

DAY = 86_400


class Clock:
    """A clock that one daemon goes by; `step` sets it."""

    def __init__(self, directory):
        self.path = os.path.join(directory, "clock")
        library = os.path.join(directory, "clock.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library,
                        os.path.join(ROOT, "Tests", "python", "harness", "clock.c")], check=True)
        self.environment = {"LD_PRELOAD": library, "HANTU_TEST_CLOCK": self.path}
        self.step(0)

    def step(self, seconds):
        with open(self.path, "r+b" if os.path.exists(self.path) else "wb") as file:
            file.write(struct.pack("q", seconds))


@pytest.fixture
def clock(tmp_path):
    return Clock(str(tmp_path))


def day(daemon, days):
    return (datetime.datetime.now(daemon.zone) + datetime.timedelta(days=days)).strftime("%Y%m%d")


def test_steps_of_a_day_forth_and_back_lose_nothing_and_put_each_record_into_its_day(daemon, clock):
    steps = [0, DAY, 0, -DAY, 0, DAY, -DAY, 0]
    with BotAPI(strict_pace=False) as api, \
            daemon(merge(api.config(), SOON), environment=clock.environment) as started:
        with Client(started.socket, service="scheduler", acks=True, timeout=20) as client:
            for number, step in enumerate(steps):
                clock.step(step)
                client.send({"level": "ERROR", "message": f"step {number}"}, {"message": f"text {number}"})
                client.flush()
                assert f"step {number}" in [record["message"] for record in started.errors(day(started, step // DAY))]
                assert any(f"text {number}" in line for line in started.text_lines(day(started, step // DAY)))
        # Batches, cooldowns and pauses go on whatever the clock says.
        expected = [f"step {number}" for number in range(len(steps))]
        assert sorted(wait_for_rows(started, len(steps))) == sorted(expected)
        api.wait_for_total(1)
        send(started, {"level": "CRITICAL", "message": "at once all the same"})
        wait_until(lambda: any("at once all the same" in text for text in api.texts()), 20, lambda: api.texts())
        wait_for_state(started, "READY")
        assert started.stop() == 0
    assert sorted(record["message"] for record in started.all_errors()) == sorted([*expected, "at once all the same"])


def test_a_clock_that_is_a_day_ahead_at_the_start_and_put_right_later(daemon, clock):
    clock.step(DAY)
    with daemon(SOON, environment=clock.environment) as started:
        send(started, {"level": "ERROR", "message": "from tomorrow"}, {"message": "text"})
        started.stop()
        clock.step(0)
        started.start()
        send(started, {"level": "ERROR", "message": "from today"})
        assert sorted(wait_for_rows(started, 2)) == ["from today", "from tomorrow"]
        # It is in the future now, and stays.
        assert os.path.exists(started.error_file(day(started, 1))) and os.path.exists(started.error_file(day(started, 0)))
        # What a record says of itself counts within the days that are kept, as ever.
        yesterday = (datetime.datetime.now(started.zone) - datetime.timedelta(days=1)).isoformat()
        send(started, {"level": "ERROR", "message": "of yesterday", "timestamp": yesterday})
        assert "of yesterday" in [record["message"] for record in started.errors(day(started, -1))]
