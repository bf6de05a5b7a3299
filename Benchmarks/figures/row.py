"""One line of the table: a figure, the values that its rounds gave, and whether its promise is held."""
import dataclasses
import statistics

from figures.limits import LIMITS


@dataclasses.dataclass
class Row:
    name: str
    # One value for each round, or the only one.
    values: list
    unit: str = ""
    # What stands for all rounds: the median, or the worst where one bad round breaks the promise (memory).
    worst: bool = False
    note: str = ""

    @property
    def limit(self):
        return LIMITS.get(self.name)

    @property
    def value(self):
        if not self.worst:
            return statistics.median(self.values)
        return min(self.values) if self.limit and self.limit.least else max(self.values)

    def holds(self, bound):
        """None where nothing was promised."""
        return self.limit and self.limit.held(self.value, getattr(self.limit, bound))

    @property
    def broken(self):
        return self.holds("must") is False

    def as_dict(self):
        limit = self.limit
        return {
            "figure": self.name, "value": self.value, "unit": self.unit, "lowest": min(self.values),
            "highest": max(self.values), "rounds": len(self.values), "must": limit and limit.must,
            "aim": limit and limit.aim, "held": self.holds("must"), "reached": self.holds("aim"), "note": self.note}


def ratios(above, below, field="records_per_cpu_second"):
    """Of each round, so that a slow minute of the machine strikes both."""
    return [a[field] / b[field] for a, b in zip(above, below, strict=True)]
