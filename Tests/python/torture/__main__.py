"""python -m torture [--seconds N] [--seed N] [--keep DIRECTORY]: 1 when a promise was broken."""
import argparse
import random
import sys
import tempfile

from .run import Torture


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=600)
    options.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    options = options.parse_args()
    print(f"torture for {options.seconds} s, SEED={options.seed}", flush=True)
    # Stays where something is wrong.
    directory = tempfile.mkdtemp(prefix="hantu-torture-", dir="/tmp")
    with Torture(directory, options.seconds, options.seed) as torture:
        wrong = torture.run()
        print(*torture.summary(), sep="\n")
        for rule, broken in wrong.items():
            print(f"FAILED {rule}: {len(broken)}", *broken[:5], sep="\n    ")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
