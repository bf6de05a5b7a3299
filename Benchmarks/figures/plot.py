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
set xrange [{first}:{last}]
set xtics ({tics})
{scale}
"""


def draw(curve):
    os.makedirs(PLOTS, exist_ok=True)
    subprocess.run(["gnuplot"], input=script(curve, os.path.join(PLOTS, curve.name + ".svg")), text=True, check=True)


def script(curve, path):
    """Each point has its x written below; bars are the range of the rounds."""
    labels = list(next(iter(curve.series.values())))
    places = [float(label) if curve.to_scale else number for number, label in enumerate(labels)]
    margin = places[-1] * 0.03 if curve.to_scale else 0.3
    lines = [HEAD.format(
        path=path, title=curve.title, first=-margin, last=places[-1] + margin,
        tics=", ".join(f"'{label}' {place}" for label, place in zip(labels, places)),
        scale="set logscale y" if curve.logarithmic else "set yrange [0:*]")]
    plots = []
    for number, (name, points) in enumerate(curve.series.items()):
        lines.append(f"$data{number} << END")
        for place, values in zip(places, points.values()):
            lines.append(f"{place} {statistics.median(values)} {min(values)} {max(values)}")
        lines.append("END")
        plots.append(f"$data{number} using 1:2:3:4 with yerrorlines lw 2 pt 7 ps 0.5 lc rgb '{COLOURS[number]}' "
                     f"title '{name}' noenhanced")
    return "\n".join([*lines, "plot " + ", ".join(plots), ""])
