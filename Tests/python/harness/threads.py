"""One thread of a daemon, stopped amid its work."""
import contextlib
import ctypes
import errno
import os


@contextlib.contextmanager
def thread_held(pid, name):
    """Stops one thread of a process, and only that; the process may be killed meanwhile, and is waited for behind it."""
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
        if ptrace(detach, thread, None, None) != 0:
            assert ctypes.get_errno() == errno.ESRCH
            os.waitpid(thread, 0x40000000)
