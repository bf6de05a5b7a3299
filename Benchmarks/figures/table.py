"""The figures as a table for people and as JSON for programs."""
import json
import os
import platform
import subprocess
import time

from figures import ROOT

HEADINGS = ("figure", "measured", "range", "must", "aim", "")


def number(value):
    for digits, least in ((0, 100), (1, 10), (2, 0)):
        if abs(value) >= least:
            return f"{value:,.{digits}f}"


def cells(row):
    spread = "" if len(row.values) == 1 else f"{number(min(row.values))} to {number(max(row.values))}"
    value = f"{number(row.value)} {row.unit}".rstrip()
    if not row.limit:
        return row.name, value, spread, "", "", ""
    sign = "" if row.limit.least else "≤ "
    held = "no" if row.broken else "yes" if not row.holds("aim") else "yes, aim too"
    must = "" if row.limit.must is None else f"{sign}{row.limit.must:g}"
    return row.name, value, spread, must, f"{sign}{row.limit.aim:g}", held


def text(rows):
    """For people, and Markdown too."""
    lines = [HEADINGS, *map(cells, rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |\n" for line in lines)


def machine():
    model = "unknown"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith(("model name", "CPU part")):
                model = line.split(":", 1)[1].strip()
                break
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release(), "architecture": platform.machine()}


def revision():
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or None


def save(path, parts, took):
    """Writes the JSON file, and the table beside it; `parts` is {name: Measured}."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(os.path.splitext(path)[0] + ".md", "w") as file:
        file.write(text([row for part in parts.values() for row in part.rows]))
    with open(path, "w") as file:
        json.dump({
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "machine": machine(), "revision": revision(),
            "seconds": round(took), "figures": [row.as_dict() for part in parts.values() for row in part.rows],
            "faults": [fault for part in parts.values() for fault in part.faults],
            "details": {name: part.details for name, part in parts.items() if part.details}}, file, indent=1)
