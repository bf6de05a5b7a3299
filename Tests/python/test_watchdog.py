"""Signs of life for systemd's watchdog come from the pipeline itself (contract section 13)."""
import contextlib
import ctypes
import os
import time

import pytest
from harness.daemon import wait_until
from harness.service_manager import ServiceManager


@contextlib.contextmanager
def thread_held(pid, name):
    """Stops one thread of a process, and only that."""
    seize, interrupt, detach = 0x4206, 0x4207, 17
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
    tasks = [int(task) for task in os.listdir(f"/proc/{pid}/task")]
    [thread] = [task for task in tasks if open(f"/proc/{pid}/task/{task}/comm").read().startswith(name)]
    assert ptrace(seize, thread, None, None) == 0, os.strerror(ctypes.get_errno())
    assert ptrace(interrupt, thread, None, None) == 0
    os.waitpid(thread, 0x40000000)
    try:
        yield
    finally:
        assert ptrace(detach, thread, None, None) == 0


@pytest.mark.parametrize("thread", ["NIO-ELT-2", "daily files", "spool"], ids=["intake", "files", "spool"])
def test_signs_of_life_stop_with_any_part_of_the_pipeline_and_go_on_with_it(daemon, tmp_path, thread):
    running = ServiceManager(tmp_path, daemon(environment={"WATCHDOG_USEC": "400000"}))

    def signs():
        return sum("WATCHDOG" in message for message in list(running.messages))

    try:
        running.start()
        wait_until(lambda: signs() >= 3, 5, "no sign of life")
        with thread_held(running.process.pid, thread):
            # One may have been on its way; without this part there would be four more in this time.
            before = signs()
            time.sleep(0.4)
            assert signs() <= before + 1
            before = signs()
        wait_until(lambda: signs() >= before + 2, 5, "no sign of life any more")
    finally:
        running.close()
