"""How CPU per record grows with record size, connections, share of errors, mask rules and depth of the spool."""
import dataclasses

from figures import contestants as who
from figures import depth, plot
from figures.curve import Curve
from figures.part import Measured, interleaved
from figures.run import run


@dataclasses.dataclass(frozen=True)
class Point:
    series: str
    x: str
    contestant: who.Contestant
    records: int


def measure(options):
    options = dataclasses.replace(options, rounds=min(options.rounds, 3))
    curves = [sizes(options), connections(options), errors(options), rules(options), depth.curve(options)]
    for curve in curves:
        plot.draw(curve)
    return Measured([row for curve in curves for row in curve.rows()],
                    {curve.name: dataclasses.asdict(curve) for curve in curves})


def measured(points, options):
    contestants = [point.contestant.varied(str(index)) for index, point in enumerate(points)]

    def once(contestant, _):
        result = run(contestant, points[int(contestant.name)].records, options.path("growth"))
        return result["cpu_seconds"] / result["records"] * 1e6

    series = {}
    for contestant, values in interleaved(contestants, options, once).items():
        point = points[int(contestant)]
        series.setdefault(point.series, {})[point.x] = values
    return series


def chosen(values, options):
    """In a hurry only the ends."""
    return (values[0], values[-1]) if options.quick else values


def sizes(options):
    points = [Point(base.name, label, base.varied(base.name, record_bytes=size),
                    min(options.records // 8, options.records * 50 // size))
              for base in (who.FILES, who.REFERENCE)
              for size, label in chosen(((100, "100 B"), (400, "400 B"), (1600, "1.6 KB"), (6400, "6.4 KB"),
                                         (25600, "25.6 KB"), (65536, "64 KiB")), options)]
    return Curve("size", "Size of a record", "", measured(points, options), logarithmic=True)


def connections(options):
    points = [Point(base.name, f"{count:,}", base.varied(base.name, connections=count), options.records // 8)
              for base in (who.FILES, who.REFERENCE) for count in chosen((1, 10, 100, 1000), options)]
    return Curve("connections", "Connections", "connections", measured(points, options))


def errors(options):
    points = [Point(base.name, f"{percent}", base.varied(base.name, error_percent=percent),
                    options.records // (8 + percent // 3))
              for base in (who.FILES, who.SPOOL, who.REFERENCE) for percent in chosen((0, 6, 25, 50, 100), options)]
    return Curve("errors", "Errors, % of the records", "% errors", measured(points, options), to_scale=True)


def rules(options):
    def masking(kind, count):
        made = ([rf"MYID{number:03}-\d{{6}}" for number in range(count)] if kind == "patterns" else
                [f"customer_no_{number}" for number in range(count)])
        return who.FILES.varied(kind, prepare=who.hantu("off", {"masking": {kind: made}}))

    points = [Point(f"masking.{kind}", f"{count:,}", masking(kind, count),
                    options.records // (8 + (count if kind == "patterns" else 0)))
              for kind in ("patterns", "fields") for count in chosen((0, 10, 100, 1000), options)]
    return Curve("rules", "Mask rules", "rules", measured(points, options), logarithmic=True)
