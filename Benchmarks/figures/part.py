"""A part of the benchmark: what it is given, and what it hands back."""
import dataclasses
import os


@dataclasses.dataclass
class Options:
    directory: str
    quick: bool = False
    rounds: int = 5
    # Of the fastest contestant; the others get a share.
    records: int = 4_000_000
    only: tuple = ()

    def path(self, name):
        return os.path.join(self.directory, name)


@dataclasses.dataclass
class Measured:
    rows: list
    # Everything behind the rows, for the JSON file.
    details: dict = dataclasses.field(default_factory=dict)
    # Outputs that were not what they must be.
    faults: list = dataclasses.field(default_factory=list)


def interleaved(contestants, options, run):
    """Each contestant once a round, so that what the machine does in a minute strikes all alike.

    `run` takes a contestant and the round's number; returns {name: [what it returned]}.
    """
    results = {contestant.name: [] for contestant in contestants}
    for number in range(options.rounds):
        for contestant in contestants:
            results[contestant.name].append(run(contestant, number))
    return results
