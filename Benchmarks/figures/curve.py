"""What a plot shows: CPU per record over something that grows."""
import dataclasses
import statistics

from figures.row import Row


@dataclasses.dataclass
class Curve:
    name: str
    title: str
    # What x counts, in the names of the rows.
    unit: str
    # {series: {x: [microseconds of CPU per record, one a round]}}; x stands on the axis as it is written.
    series: dict
    # Whether y is drawn so.
    logarithmic: bool = False
    # Whether x are numbers at their places, not steps of the same width.
    to_scale: bool = False

    def rows(self):
        """How much dearer the last point is than the first."""
        for series, points in self.series.items():
            first, *_, last = points
            least = statistics.median(points[first])
            yield Row(f"CPU per record, {series}: {last} {self.unit} / {first}".replace("  ", " "),
                      [value / least for value in points[last]])
