"""Records per CPU second: against a hand-written reference, against Debian's log daemons, and of its own features."""
import itertools

from figures import contestants as who
from figures.part import Measured, interleaved
from figures.row import Row, ratios
from figures.run import run

CONNECTIONS = (1, 4, 16)
SHARES_OF_ERRORS = (0, 50)


def chosen(only):
    every = list(everybody())
    return [c for c in every if not only or c.name in only]


def everybody():
    yield who.COPY
    for connections in CONNECTIONS:
        for base in (who.REFERENCE, who.FILES):
            yield base.varied(f"{base.name}_{connections}", connections=connections)
    for connections in CONNECTIONS:
        for base in (who.REFERENCE, who.FILES):
            yield base.varied(f"{base.name}_each_{connections}", connections=connections, per_record=True, share=0.25,
                              what=base.what + ", one write a record")
    yield from (who.SPOOL, who.ALERTING, who.ALL, who.RSYSLOG, who.RSYSLOG_DIRECT, who.SYSLOG_NG)
    for percent in SHARES_OF_ERRORS:
        for base in (who.REFERENCE, who.FILES, who.SPOOL):
            yield base.varied(f"{base.name}_errors_{percent}", error_percent=percent, what=f"{base.what}; {percent} % errors",
                              share=0.25 if percent == 0 else 0.05)


def measure(options):
    faults = []

    def once(contestant, number):
        result = run(contestant, int(options.records * contestant.share), options.path("run"), verify=number == 0)
        faults.extend(f"{contestant.name}: {fault}" for fault in result.get("faults", ()))
        print(f"round {number + 1}  {contestant.name:20}{result['records_per_cpu_second']:>14,.0f} records per CPU s",
              flush=True)
        return result

    found = chosen(options.only)
    results = interleaved(found, options, once)
    details = {"contestants": {c.name: c.what for c in found}, "runs": results}
    return Measured(list(rows(results)), details, faults)


def rows(results):
    """The lines of the table; one that lacks a contestant's runs is left out."""
    for row in itertools.chain(against_reference(results), against_peers(results), features(results)):
        if row is not None:
            yield row


def compared(results, name, above, below):
    if above in results and below in results:
        return Row(name, ratios(results[above], results[below]))


def reported(results, name, contestant, field, unit, worst=False):
    if contestant in results:
        return Row(name, [run[field] for run in results[contestant]], unit, worst)


def against_reference(results):
    for each, behind in (("", ""), ("_each", ", one write a record")):
        for n in CONNECTIONS:
            plural = "s" if n > 1 else ""
            yield compared(results, f"files / reference, {n} connection{plural}{behind}",
                           f"files{each}_{n}", f"reference{each}_{n}")
    yield reported(results, "files, 4 connections", "files_4", "records_per_cpu_second", "records per CPU s")
    yield reported(results, "files, 4 connections, wall clock", "files_4", "records_per_second", "records/s")
    for percent in SHARES_OF_ERRORS:
        yield compared(results, f"files / reference, {percent} % errors", f"files_errors_{percent}",
                       f"reference_errors_{percent}")


def against_peers(results):
    if {"files_4", "rsyslog", "rsyslog_direct"} <= results.keys():
        best = [max(pair, key=lambda run: run["records_per_cpu_second"])
                for pair in zip(results["rsyslog"], results["rsyslog_direct"])]
        yield Row("files / rsyslog's best", ratios(results["files_4"], best))
    yield compared(results, "files / syslog-ng", "files_4", "syslog_ng")


def features(results):
    yield compared(results, "spool / files", "spool", "files_4")
    for percent in SHARES_OF_ERRORS:
        yield compared(results, f"spool / files, {percent} % errors", f"spool_errors_{percent}", f"files_errors_{percent}")
    yield compared(results, "alerts / spool", "alerts", "spool")
    yield reported(results, "all: CPU", "all", "records_per_cpu_second", "records per CPU s")
    yield reported(results, "all: drained", "all", "rows_per_second", "rows/s")
    if "all" in results and "spool" in results:
        yield Row("all / spool, time until the text is written",
                  ratios(results["all"], results["spool"], "text_seconds"))
    yield reported(results, "peak memory, spool", "spool", "peak_mib", "MiB", worst=True)
    yield reported(results, "peak memory, all", "all", "peak_mib", "MiB", worst=True)
