"""Draws curves as SVG, by gnuplot."""
import os
import statistics
import subprocess

from figures import BENCHMARKS

PLOTS = os.path.join(BENCHMARKS, "plots")
COLOURS = ("#0060ad", "#dd181f", "#2e8b57")

HEAD = """set terminal svg size 640,320 font 'sans-serif,12' background rgb 'white'
set output '{path}'
set title '{title}'
set ylabel 'µs of CPU per record'
set key top left
set grid ytics lc rgb '#dddddd'
set border 3
set tics nomirror
set xrange [-0.3:{last}.3]
set xtics ({tics})
{scale}
"""


def draw(curve):
    os.makedirs(PLOTS, exist_ok=True)
    subprocess.run(["gnuplot"], input=script(curve, os.path.join(PLOTS, curve.name + ".svg")), text=True, check=True)


def script(curve, path):
    """The points stand side by side, each with its x written below; bars are the range of the rounds."""
    labels = list(next(iter(curve.series.values())))
    title = f"{curve.title}, {curve.unit}" if curve.unit and curve.unit not in curve.title.lower() else curve.title
    lines = [HEAD.format(
        path=path, title=title, last=len(labels) - 1, tics=", ".join(f"'{label}' {i}" for i, label in enumerate(labels)),
        scale="set logscale y" if curve.logarithmic else "set yrange [0:*]")]
    plots = []
    for number, (name, points) in enumerate(curve.series.items()):
        lines.append(f"$data{number} << END")
        for i, values in enumerate(points.values()):
            lines.append(f"{i} {statistics.median(values)} {min(values)} {max(values)}")
        lines.append("END")
        plots.append(f"$data{number} using 1:2:3:4 with yerrorlines lw 2 pt 7 ps 0.5 lc rgb '{COLOURS[number]}' "
                     f"title '{name}' noenhanced")
    return "\n".join([*lines, "plot " + ", ".join(plots), ""])
