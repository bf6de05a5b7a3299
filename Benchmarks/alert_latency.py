#!/usr/bin/env python3
"""How long a CRITICAL takes from the socket to Telegram's door, with INFO records passing beside it.

    Benchmarks/alert_latency.py [--samples 108] [--rate 100000] [--errors 0] [--build release]

Each sample is one CRITICAL with a text of its own: from the `send` at the socket to the arrival of the request at a
Bot API server on loopback, which checks it as Telegram would. A chat takes one message a second and ten a minute at
that pace, so a daemon serves nine samples, and there are as many daemons, one after the other, as it takes. INFO
records come from a process of their own at the rate asked for; what was really sent is reported.
"""
import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Tests", "python"))

from harness.bot_api import BotAPI  # noqa: E402
from harness.client import Client, encode  # noqa: E402
from harness.daemon import Daemon, wait_until  # noqa: E402

SAMPLES_A_DAEMON = 9
TICK = 0.01


def pour(path, rate, errors, stop, sent):
    """INFO records at a steady rate, in pieces of a hundredth of a second."""
    count = int(rate * TICK)
    piece = b"".join(encode({
        "timestamp": "2026-02-01T12:34:56.123456+09:00", "level": "INFO", "logger": "core.trading.engine",
        "module": "engine", "function": "tick", "line": 42, "trace_id": "abc12345",
        "message": f"quote {number} of 005930 at 71,{number % 1000:03d} won"}) for number in range(count))
    failures = b"".join(encode({
        "level": "ERROR", "logger": "core.api", "message": f"request {number} failed"}) for number in range(int(errors * TICK)))
    with Client(path, service="scheduler") as client:
        begin, ticks = time.monotonic(), 0
        while not stop.is_set():
            client.raw(piece + failures)
            ticks += 1
            sent.value = ticks * count
            time.sleep(max(0.0, begin + ticks * TICK - time.monotonic()))


def sample(api, client, number):
    """Milliseconds from the send to the request."""
    before = len(api.told())
    message = f"grave {'abcdefghij'[number % 10]}"
    start = time.monotonic()
    client.send({"level": "CRITICAL", "message": message, "stack_trace": "a\nb\nc"})
    wait_until(lambda: any(message in text for text in api.texts()[before:]), 20, lambda: "nothing arrived")
    return (next(told.time for told in api.told()[before:] if message in told.text) - start) * 1000


def serve(arguments, results, rates):
    with tempfile.TemporaryDirectory() as directory, BotAPI(["1"]) as api:
        config = api.config()
        with Daemon(directory, config, build=arguments.build) as daemon:
            stop, sent = multiprocessing.Event(), multiprocessing.Value("q", 0)
            sender = multiprocessing.Process(
                target=pour, args=(daemon.socket, arguments.rate, arguments.errors, stop, sent)) if arguments.rate else None
            if sender:
                sender.start()
            begin = time.monotonic()
            with Client(daemon.socket, service="scheduler") as client:
                for number in range(SAMPLES_A_DAEMON):
                    # Not in step with anything.
                    time.sleep(1.05 + (number * 0.0137) % 0.02)
                    results.append(sample(api, client, number))
            rates.append(sent.value / (time.monotonic() - begin))
            stop.set()
            if sender:
                sender.join()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=12 * SAMPLES_A_DAEMON)
    parser.add_argument("--rate", type=int, default=100_000)
    parser.add_argument("--errors", type=int, default=0, help="ERROR records a second beside them, of one kind")
    parser.add_argument("--build", default="release")
    arguments = parser.parse_args()
    results, rates = [], []
    while len(results) < arguments.samples:
        serve(arguments, results, rates)
    results.sort()

    def quantile(share):
        return round(results[min(len(results) - 1, int(len(results) * share))], 2)

    print(json.dumps({
        "samples": len(results), "info_per_second": round(sum(rates) / len(rates)), "p50_ms": quantile(0.5),
        "p90_ms": quantile(0.9), "p99_ms": quantile(0.99), "max_ms": round(results[-1], 2)}))


if __name__ == "__main__":
    main()
