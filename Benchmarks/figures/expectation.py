"""What must stand in a contestant's outputs after N records of the corpus, and whether it does."""
import collections
import functools
import json
import os
import re
import socket
import subprocess
import zoneinfo

from figures import BENCHMARKS
from harness.daemon import ZONE
from harness.rendering import mask_value, mask, text_line

LOADGEN = os.path.join(BENCHMARKS, "bin", "loadgen")
ERROR_KEYS = """timestamp trace_id level service module function message error_type stack_trace context
logger line id fingerprint host pid""".split()
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
FINGERPRINT = re.compile(r"[0-9a-f]{16}")
# The reference's own, simpler mask.
REFERENCE_SECRET = re.compile(
    r"((?:password|passwd|token|secret|api_?key|appkey|authorization)\s*[=:]\s*)[^ ,\"]+", re.IGNORECASE)


def plain_line(record, message=None):
    time = record["timestamp"]
    return (f"{time[:10]} {time[11:19]} [{record['level']}] {record['logger']}: {message or record['message']} "
            f"(trace_id={record['trace_id']})\n")


def reference_line(record):
    return plain_line(record, REFERENCE_SECRET.sub(r"\1***", record["message"]))


def error_record(record):
    """The error file's object without the daemon's own `id` and `fingerprint`."""
    masked = {"message": mask(record["message"]), "stack_trace": mask(record["stack_trace"]),
              "context": mask_value(record["context"]), "host": socket.gethostname()}
    return {**record, **masked}


def canonical(record):
    return json.dumps(record, sort_keys=True, ensure_ascii=False)


@functools.cache
def corpus(error_percent=6, record_bytes=0):
    return Corpus(error_percent, record_bytes)


class Corpus:
    """The load generator's lines, and what each becomes."""

    def __init__(self, error_percent, record_bytes):
        self.arguments = ["--errors", str(error_percent), "--size", str(record_bytes)]
        dump = subprocess.run([LOADGEN, "--dump", *self.arguments], capture_output=True, check=True).stdout
        self.raw = dump.splitlines(True)
        self.records = [json.loads(line) for line in self.raw]
        is_error = [record["level"] in ("ERROR", "CRITICAL") for record in self.records]
        self.errors = [line if bad else None for bad, line in zip(is_error, self.raw)]

    @functools.cache
    def text(self, output):
        """The text line of each; `output` is a contestant's."""
        if output == "copied":
            return self.raw
        zone = zoneinfo.ZoneInfo(ZONE)
        line = {"plain": plain_line, "reference": reference_line, "hantu": lambda record: text_line(record, zone)}[output]
        return [line(record).encode() for record in self.records]

    def times(self, records, connections):
        """How often each line is sent, the way loadgen deals them out."""
        lines = len(self.raw)
        counts, whole = [0] * lines, 0
        for k in range(connections):
            share = records // connections + (k < records % connections)
            first = k * lines // connections
            full, rest = divmod(share, lines)
            whole += full
            for i in range(first, first + rest):
                counts[i % lines] += 1
        return [whole + count for count in counts]

    def text_bytes(self, output, times):
        return sum(count * len(line) for count, line in zip(times, self.text(output)))

    def error_count(self, times):
        return sum(count for count, line in zip(times, self.errors) if line)

    def compare(self, start, output, times):
        """Every line of the outputs against every line expected; returns what is wrong, or nothing."""
        expected = collections.Counter()
        for count, line in zip(times, self.text(output)):
            expected[line] += count
        with open(start.text, "rb") as file:
            faults = difference("text", +expected, collections.Counter(file))
        if not start.errors or (not self.error_count(times) and not size(start.errors)):
            return faults
        expected = collections.Counter()
        for count, line, record in zip(times, self.errors, self.records):
            if line:
                expected[line if output != "hantu" else canonical(error_record(record))] += count
        if output != "hantu":
            with open(start.errors, "rb") as file:
                return faults + difference("errors", +expected, collections.Counter(file))
        return faults + self.compare_errors(start.errors, +expected)

    @staticmethod
    def compare_errors(path, expected):
        found, identities, faults = collections.Counter(), set(), []
        with open(path, "rb") as file:
            for line in file:
                record = json.loads(line)
                if list(record) != ERROR_KEYS:
                    faults.append(f"errors: keys {list(record)}")
                    break
                identity, fingerprint = record.pop("id"), record.pop("fingerprint")
                if not UUID7.fullmatch(identity) or not FINGERPRINT.fullmatch(fingerprint):
                    faults.append(f"errors: id {identity}, fingerprint {fingerprint}")
                    break
                identities.add(identity)
                found[canonical(record)] += 1
        if len(identities) != sum(found.values()):
            faults.append("errors: an id stands twice")
        return faults + difference("errors", expected, found)


def difference(what, expected, found):
    missing, extra = expected - found, found - expected
    if not missing and not extra:
        return []
    sample = [str(next(iter(lines), ""))[:400] for lines in (missing, extra)]
    return [f"{what}: {sum(missing.values())} missing, {sum(extra.values())} extra; "
            f"expected for example {sample[0]!r}, found {sample[1]!r}"]


def size(path):
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0
