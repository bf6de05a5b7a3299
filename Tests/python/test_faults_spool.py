"""Contract section 7, damaged spool: bytes changed, torn off and overwritten anywhere; a long outage in little memory."""
import os
import random
import shutil

import pytest
from harness.bot_api import BotAPI
from harness.daemon import Daemon, merge
from harness.faults import SOON, STORE_AWAY, condition, errors, memory, sample, send, wait_for_alert, wait_for_rows

MIB = 1 << 20


@pytest.fixture(scope="module")
def waiting(tmp_path_factory):
    """A spool in which 400 records wait for the store, and their messages."""
    directory = tmp_path_factory.mktemp("waiting")
    daemon = Daemon(directory, STORE_AWAY).start()
    for start in range(0, 400, 40):
        send(daemon, *[{"level": "ERROR", "message": f"record {number}", "stack_trace": "x" * 500}
                       for number in range(start, start + 40)])
    daemon.stop()
    return daemon.path("spool"), [f"record {number}" for number in range(400)]


def flip(generator, data):
    for _ in range(generator.choice([1, 3, 20])):
        data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)


def overwrite(generator, data):
    start = generator.randrange(len(data))
    length = min(generator.choice([100, 4096, 20000]), len(data) - start)
    data[start:start + length] = generator.choice([bytes(length), generator.randbytes(length)])


def cut(generator, data):
    del data[generator.randrange(len(data)):]


# HANTU_DAMAGES looks at more places.
@pytest.mark.parametrize("seed", range(int(os.environ.get("HANTU_DAMAGES", "14"))))
def test_damage_anywhere_costs_at_most_what_is_told_and_never_the_start(daemon, waiting, seed):
    spool, sent = waiting
    generator = random.Random(seed)
    damage = [flip, overwrite, cut][seed % 3]
    with BotAPI(strict_pace=False) as api:
        prepared = daemon(merge(api.config(minimum_level="CRITICAL"), SOON))
        shutil.copytree(spool, prepared.path("spool"))
        file = prepared.path("spool", "spool.db")
        with open(file, "rb") as before:
            data = bytearray(before.read())
        damage(generator, data)
        with open(file, "wb") as after:
            after.write(data)
        with prepared as started:
            send(started, {"level": "ERROR", "message": "after the damage"})
            started.hantu("logd", "flush")
            found = wait_for_rows(started, 1)
            # Nothing is there twice, and nothing that nobody sent.
            assert len(found) == len(set(found)) and set(found) <= {*sent, "after the damage"}
            assert "after the damage" in found
            lost = set(sent) - set(found)
            if lost:
                told = sample(started, "hantu_logd_dropped_total", output="store", reason="spool_damaged") \
                    + sample(started, "hantu_logd_dropped_total", output="spool", reason="spool_damaged")
                aside = [name for name in os.listdir(prepared.path("spool")) if ".damaged" in name]
                assert told >= len(lost) or (aside and condition(started, "DEGRADED", "spool")), \
                    f"{len(lost)} are lost, {told} are told: {os.listdir(prepared.path('spool'))} {started.stderr()[-1500:]}"
                if aside:
                    wait_for_alert(api, "스풀")


def test_an_outage_of_the_store_grows_the_disk_and_not_the_memory(daemon):
    with daemon(STORE_AWAY) as started:
        for start in range(0, 2000, 500):
            send(started, *errors(500, f"warm {start}"))
        before = memory(started)
        for start in range(20):
            send(started, *errors(1000, f"round {start}", size=3000))
        waiting = sample(started, "hantu_logd_spool_bytes")
        assert waiting > 60 * MIB
        assert memory(started) - before < 24 * MIB
        assert sample(started, "hantu_logd_spool_records", output="store") == 22_000


def test_a_backlog_drains_in_little_memory_after_a_restart(daemon):
    prepared = daemon(merge(STORE_AWAY, {"files": {"errors_minimum_level": "CRITICAL"}}))
    with prepared as started:
        for start in range(4):
            send(started, *errors(500, f"round {start}", size=6000))
    prepared.config["store"] = dict(SOON["store"])
    with prepared as started:
        assert len(wait_for_rows(started, 2000, seconds=60)) == 2000
        assert memory(started) < 96 * MIB
