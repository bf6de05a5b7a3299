"""A file system of a few megabytes, to be filled up, made read-only and taken away; for root only."""
import contextlib
import os
import subprocess

MIB = 1 << 20


class SmallDisk:
    """A file system of a few megabytes."""

    def __init__(self, path, size):
        self.path = str(path)
        os.makedirs(self.path)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", self.path], check=True)

    def fill(self, name="ballast"):
        """Takes all that is left, to the last byte."""
        with open(os.path.join(self.path, name), "ab", buffering=0) as file, contextlib.suppress(OSError):
            for size in (65536, 4096, 1):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"x" * size)

    def remount(self, *options):
        """Mounts it anew with other options, such as "ro"; busy while somebody has a file open to write."""
        subprocess.run(["mount", "-o", "remount," + ",".join(options), self.path], check=True)

    def remove(self):
        subprocess.run(["umount", "-l", self.path], check=True)

    def empty(self, name="ballast"):
        os.remove(os.path.join(self.path, name))
