"""Disks behind a loop device, for what no tmpfs does: a quota that is used up (EDQUOT), and I/O errors (EIO)."""
import fcntl
import os
import shutil
import struct
import subprocess

from harness.small_disk import MIB, SmallDisk

LOOP_SET_STATUS64, LOOP_GET_STATUS64 = 0x4C04, 0x4C05
# struct loop_info64: its size, and where lo_sizelimit stands.
INFO_SIZE, SIZE_LIMIT = 232, 32


def call(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout.strip()


class LoopDisk(SmallDisk):
    """A file system in a file, both in this directory."""

    size = 64 * MIB

    def __init__(self, directory):
        self.directory = str(directory)
        self.path = self.mounted = os.path.join(self.directory, "mounted")
        os.makedirs(self.mounted)
        image = os.path.join(self.directory, "image")
        with open(image, "wb") as file:
            file.truncate(self.size)
        self.make(image)
        self.device = call("losetup", "--show", "--find", image)
        call("mount", "-o", self.options, self.device, self.mounted)

    def remove(self):
        call("umount", "-l", self.mounted)
        call("losetup", "--detach", self.device)
        shutil.rmtree(self.directory)


class QuotaDisk(LoopDisk):
    """Enough room, but a quota of 8 MiB."""

    size, options = 160 * MIB, "noatime"

    def make(self, image):
        call("mkfs.btrfs", "--quiet", image)

    def __init__(self, directory):
        super().__init__(directory)
        self.path = os.path.join(self.mounted, "volume")
        call("btrfs", "quota", "enable", self.mounted)
        call("btrfs", "subvolume", "create", self.path)
        call("btrfs", "qgroup", "limit", "8M", self.path)


class FailingDisk(LoopDisk):
    """Every write fails with EIO between `fail` and `heal`; what was written before stays."""

    # Without a journal, which would make it read-only at once; written through, so that the error comes with the write.
    options = "sync,errors=continue"

    def make(self, image):
        call("mkfs.ext4", "-q", "-O", "^has_journal", image)

    def fail(self):
        # The directory's own blocks stand before that, files' data behind it.
        self._end_at(MIB)

    def heal(self):
        self._end_at(0)

    def _end_at(self, size):
        """Lets the device end there, 0 for all of it."""
        info = bytearray(INFO_SIZE)
        with open(self.device, "rb") as device:
            fcntl.ioctl(device, LOOP_GET_STATUS64, info, True)
            struct.pack_into("Q", info, SIZE_LIMIT, size)
            fcntl.ioctl(device, LOOP_SET_STATUS64, bytes(info))
