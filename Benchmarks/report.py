"""Medians, ranges and ratios of the runs, as text and as JSON."""
import json
import os
import platform
import statistics
import time

RATIOS = [
    ("hantu_files", "reference", "files alone against the reference"),
    ("hantu_files_each", "reference_each", "the same, one write for each record"),
    ("hantu_spool", "reference", "with the spool against the reference"),
    ("hantu_alerts", "hantu_spool", "with alerts against the spool alone"),
]


def middle(runs, field):
    values = [run[field] for run in runs if field in run]
    return statistics.median(values) if values else None


def ratio(above, below):
    """Of each round, so that a slow minute of the machine strikes both."""
    pairs = [a["records_per_cpu_second"] / b["records_per_cpu_second"] for a, b in zip(above, below)]
    return {"median": statistics.median(pairs), "lowest": min(pairs), "highest": max(pairs)}


def summarise(results):
    summary = {"machine": machine(), "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
               "contestants": {}, "ratios": {}}
    for name, runs in results.items():
        speeds = [run["records_per_cpu_second"] for run in runs]
        summary["contestants"][name] = {
            "rounds": len(runs), "records": runs[0]["records"],
            "records_per_cpu_second": statistics.median(speeds),
            "records_per_cpu_second_range": [min(speeds), max(speeds)],
            "records_per_second": middle(runs, "records_per_second"),
            "rows_per_second": middle(runs, "rows_per_second"),
            "peak_mib": middle(runs, "peak_mib"), "idle_mib": middle(runs, "idle_mib"),
            "verified_rounds": sum("faults" in run for run in runs),
            "faults": [fault for run in runs for fault in run.get("faults", [])],
        }
    for above, below, what in RATIOS:
        if results.get(above) and results.get(below):
            summary["ratios"][f"{above}/{below}"] = {"what": what, **ratio(results[above], results[below])}
    return summary


def machine():
    model = "unknown"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith(("model name", "CPU part")):
                model = line.split(":", 1)[1].strip()
                break
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release(), "architecture": platform.machine()}


def show(summary, contestants):
    what = {contestant.name: contestant.what for contestant in contestants}
    machine = summary["machine"]
    print(f"\n{machine['cpu']}, {machine['cores']} cores; medians, the range in brackets\n")
    print(f"{'':18}{'records per CPU second':>34}{'a second':>12}{'peak MiB':>10}{'idle MiB':>10}")
    for name, row in summary["contestants"].items():
        low, high = row["records_per_cpu_second_range"]
        speed = f"{row['records_per_cpu_second']:,.0f} ({low:,.0f}-{high:,.0f})"
        print(f"{name:18}{speed:>34}{row['records_per_second']:>12,.0f}"
              f"{row['peak_mib']:>10.1f}{row['idle_mib']:>10.1f}")
    print()
    for name, row in summary["contestants"].items():
        verified = "every line as expected" if not row["faults"] else "WRONG OUTPUT"
        rows = f"; {row['rows_per_second']:,.0f} rows a second into the store" if row["rows_per_second"] else ""
        print(f"{name:18}{what[name]}; {verified} ({row['verified_rounds']} of {row['rounds']} rounds read){rows}")
        for fault in row["faults"][:3]:
            print(f"    {fault}")
    print()
    for row in summary["ratios"].values():
        print(f"{row['median']:6.2f}  {row['what']} ({row['lowest']:.2f}-{row['highest']:.2f})")


def save(summary, results, path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        json.dump({**summary, "runs": results}, file, indent=2)
    print(f"\nAll runs: {path}")
