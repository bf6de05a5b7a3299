"""`hantu logs error|info --grep` and `hantu logs trace` against grep, over a file of a gibibyte each, in its time.

grep writes to a file, since it stops at the first hit where its output is /dev/null; both find the same lines, which
is checked. And, through a pipe, how long the first of many hits takes that lie all over the file.
"""
import json
import os
import random
import subprocess
import time

from figures.part import Measured
from figures.row import Row
from figures.run import empty
from harness.daemon import binary

GIB = 1 << 30
MESSAGES = ["주문 실행 시작 종목=005930 수량={}", "API 응답 {} ms", "cache miss for key {} in region ap-northeast-2",
            "position updated qty={} price=71200"]
NEEDLE = "바늘 needle-xyz 1234"
# Once in every 30,000 lines.
OFTEN = "건초 straw-xyz"


def text_line(chance, number, message=None):
    message = message or chance.choice(MESSAGES).format(chance.randrange(10**6))
    return (f"2026-02-01 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02} [INFO] core.trading.engine: "
            f"{message} (trace_id={chance.randrange(1 << 32):08x})\n")


def error_line(chance, number, message=None, trace=None):
    return json.dumps({
        "timestamp": f"2026-02-01T12:34:{number % 60:02}.123+09:00", "trace_id": trace or f"{chance.randrange(1 << 32):08x}",
        "level": "ERROR", "service": "scheduler", "module": "trading_engine", "function": "execute_order",
        "message": message or chance.choice(MESSAGES).format(chance.randrange(10**6)), "error_type": "APIException",
        "stack_trace": 'Traceback (most recent call last):\n  File "core/trading/engine.py", line 123\nAPIException',
        "context": {"stock": "005930", "n": number}, "logger": "core.trading.engine", "line": 123, "id": None,
        "fingerprint": f"{chance.randrange(1 << 32):016x}", "host": "tokyo-1", "pid": 4711}, ensure_ascii=False, separators=(",", ":")) + "\n"


def write(path, size, line, needle):
    chance = random.Random(1)
    os.makedirs(os.path.dirname(path))
    block = "".join(line(chance, number) for number in range(30_000)).encode()
    block += line(chance, 0, OFTEN).encode()
    with open(path, "wb") as file:
        for number in range(size // len(block) + 1):
            file.write(block)
            if number == size // len(block) // 2:
                file.write(needle.encode())


def searches(config, info, errors):
    """(name, grep's command, ours, lines that both must find)"""
    hantu = [binary("hantu", "release"), "logs"]
    for name, path in (("info", info), ("error", errors)):
        for kind, flag, what in (("a text", "-F", "needle-xyz"), ("an expression", "-E", "needle-[a-z]+ [0-9]{4}"),
                                 ("a group", "-E", "(NEEDLE|n..dle)-xyz"), ("choices", "-E", "needle-xyz|haystack-abc")):
            yield (f"logs {name} --grep, {kind} / grep {flag}", ["grep", flag, what, path],
                   [*hantu, name, "--grep", what, "--config", config], 1)
    yield ("logs trace / grep -F", ["grep", "-F", "feedbeef", info, errors],
           [*hantu, "trace", "feedbeef", "--config", config], 2)


def took(command, out, lines):
    with open(out, "wb") as file:
        begin = time.monotonic()
        subprocess.run(command, stdout=file, stderr=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C.UTF-8"})
        seconds = time.monotonic() - begin
    with open(out, "rb") as file:
        found = file.read().count(b"needle-xyz")
    assert found == lines, f"{command} found {found} lines, not {lines}"
    return seconds


def first_hits(config, info):
    """Seconds until the first byte comes out and until all has, of ours and of grep."""
    commands = ([binary("hantu", "release"), "logs", "info", "-n", "all", "--grep", OFTEN, "--config", config],
                ["grep", "-F", "--line-buffered", OFTEN, info])
    times, lines = [], []
    for command in commands:
        begin = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            data = os.read(process.stdout.fileno(), 1)
            first = time.monotonic() - begin
            data += process.stdout.read()
        times.append((first, time.monotonic() - begin))
        lines.append(data.count(b"\n"))
    assert lines[0] == lines[1] > 0, f"{lines[0]} lines were found, and {lines[1]} by grep"
    return times


def measure(options):
    directory = options.path("search")
    empty(directory)
    size = GIB // 10 if options.quick else GIB
    info = os.path.join(directory, "logs", "info", "info_20260201.log")
    errors = os.path.join(directory, "logs", "errors", "error_20260201.json")
    write(info, size, text_line, f"2026-02-01 12:00:00 [INFO] core: {NEEDLE} (trace_id=feedbeef)\n")
    write(errors, size, error_line, error_line(random.Random(2), 1, NEEDLE, "feedbeef"))
    config = os.path.join(directory, "c.yaml")
    with open(config, "w") as file:
        json.dump({"files": {"directory": os.path.join(directory, "logs"), "time_zone": "Asia/Seoul"},
                   "spool": {"directory": directory}, "store": {"enabled": False}}, file)
    out = os.path.join(directory, "out")
    seconds, firsts = {}, []
    for _ in range(options.rounds):
        firsts.append(first_hits(config, info))
        for name, grep, ours, lines in searches(config, info, errors):
            seconds.setdefault(name, []).append((took(ours, out, lines), took(grep, out, lines)))
    rows = [Row(name, [ours / grep for ours, grep in pairs]) for name, pairs in seconds.items()]
    rows.append(Row("logs info --grep, first hit", [1000 * ours[0] for ours, _ in firsts], "ms"))
    rows.append(Row("logs info --grep, many hits / grep -F", [ours[1] / grep[1] for ours, grep in firsts]))
    return Measured(rows, {"bytes_a_file": size, "seconds": seconds, "first_hits": firsts})
