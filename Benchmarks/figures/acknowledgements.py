"""What acknowledgements cost 100 connections: throughput with them over throughput without.

All senders end with a flush. The clock stops when all of them were told that all is safe, and every output is complete.
"""
from figures import contestants as who
from figures.part import Measured, interleaved
from figures.row import Row, ratios
from figures.run import run

CONNECTIONS = 100
CONTESTANTS = [
    base.varied(f"{base.name}{'_acknowledged' * acks}", connections=CONNECTIONS, acks=acks)
    for base in (who.SPOOL, who.FILES) for acks in (False, True)]


def measure(options):
    faults = []

    def once(contestant, number):
        result = run(contestant, options.records // 4, options.path("run"), verify=number == 0)
        faults.extend(f"{contestant.name}, {CONNECTIONS} connections: {fault}" for fault in result.get("faults", ()))
        return result

    results = interleaved(CONTESTANTS, options, once)

    def row(name, base):
        return Row(name, ratios(results[f"{base}_acknowledged"], results[base], "records_per_second"))

    return Measured([row("acknowledged / not, 100 connections", "spool"),
                     row("acknowledged / not, 100 connections, no store", "files")], {"runs": results}, faults)
