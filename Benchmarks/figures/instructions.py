"""Instructions that one record takes from its bytes to its lines: frame, decode, mask, route, render; no system calls.

Counted under callgrind, so that no neighbour disturbs: the same build gives the same figure to a millionth. Runs of
one and of two passes over the corpus are subtracted; what both have in common, the start, drops out.
"""
import json
import os
import platform
import re
import subprocess
import tempfile

from figures import BENCHMARKS, ROOT
from figures.expectation import LOADGEN
from figures.part import Measured
from figures.row import Row

KEPT = os.path.join(BENCHMARKS, "instructions.json")
# Of the kept figure, either way.
ROOM = 0.05


def measure(_):
    kept = read_kept()
    found = count()
    fault = judge(found, kept) if kept["conditions"] == conditions() else None
    return Measured([Row("instructions per record", [found])], {"kept": kept, "conditions": conditions()},
                    [fault] if fault else [])


def read_kept():
    with open(KEPT) as file:
        return json.load(file)


def judge(found, kept):
    """What is wrong with the figure, or None. One that fell is wrong too: it would hide the next rise."""
    change = found / kept["instructions_per_record"] - 1
    if abs(change) <= ROOM:
        return None
    return (f"{found:,.0f} instructions per record, {change:+.1%} against the {kept['instructions_per_record']:,} kept: "
            "where that is meant, Benchmarks/instructions --keep")


def conditions():
    """What else the figure hangs on."""
    version = subprocess.run(["swift", "--version"], capture_output=True, text=True, check=True).stdout
    with open("/proc/cpuinfo") as file:
        vectors = "AVX2" if " avx2 " in file.read() else "no AVX2"
    return {"swift": re.search(r"Swift version ([\d.]+)", version)[1], "processor": f"{platform.machine()}, {vectors}"}


def count():
    subprocess.run(["make", "--quiet", "-C", BENCHMARKS, "bin/loadgen"], check=True)
    subprocess.run([os.path.join(ROOT, "Tools", "build-release"), "--product", "processor-benchmark"],
                   env={"SWIFT_FLAGS": "--explicit-target-dependency-import-check error", **os.environ},
                   check=True, stdout=subprocess.DEVNULL, timeout=900)
    with tempfile.TemporaryDirectory() as directory:
        program, corpus = (os.path.join(directory, name) for name in ("program", "corpus"))
        # Valgrind stumbles over Swift's debug sections.
        subprocess.run(["objcopy", "--strip-debug", os.path.join(ROOT, ".build", "release", "processor-benchmark"), program],
                       check=True)
        with open(corpus, "wb") as file:
            subprocess.run([LOADGEN, "--dump"], check=True, stdout=file)
        with open(corpus, "rb") as file:
            records = sum(1 for _ in file)
        return (collected(directory, program, corpus, 2) - collected(directory, program, corpus, 1)) / records


def collected(directory, program, corpus, passes):
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={directory}/profile", program, corpus, str(passes)],
        capture_output=True, text=True, check=True, timeout=600)
    return int(re.search(r"Collected : (\d+)", done.stderr)[1])
