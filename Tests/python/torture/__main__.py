"""One run: `python -m torture [--seconds N] [--seed N]`; exits 1 when a promise was broken."""
import argparse
import random
import shutil
import sys
import tempfile

from .run import Torture


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=600)
    options.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    options = options.parse_args()
    # Short, since a socket's path may have 107 bytes.
    directory = tempfile.mkdtemp(prefix="hantu-torture-", dir="/tmp")
    print(f"torture for {options.seconds} s, SEED={options.seed}, in {directory}", flush=True)
    with Torture(directory, options.seconds, options.seed) as torture:
        wrong = torture.run()
        print(*torture.summary(), sep="\n")
        for rule, broken in wrong.items():
            print(f"FAILED {rule}: {len(broken)}", *broken[:5], sep="\n    ")
        if wrong:
            # The small disk goes with this run.
            shutil.copytree(torture.disk.path, f"{directory}/logs")
            sys.exit(1)
    shutil.rmtree(directory)
    print("every promise was kept")


if __name__ == "__main__":
    main()
