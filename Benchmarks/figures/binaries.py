"""How large the release binaries are, stripped as a package has them."""
import os
import subprocess
import tempfile

from figures.part import Measured
from figures.row import Row
from harness.daemon import binary


def measure(_):
    return Measured([Row(f"{name}, stripped", [stripped_mib(binary(name, "release"))], "MiB")
                     for name in ("hantu-logd", "hantu")])


def stripped_mib(path):
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(["strip", "-o", file.name, path], check=True)
        return os.path.getsize(file.name) / 2**20
