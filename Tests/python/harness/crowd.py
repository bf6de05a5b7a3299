"""Many connections at once, from a process of their own: `python -m harness.crowd SOCKET NUMBER`.

Opens them all and says so; holds them until it is told a line, and prints how many found that there is no room and were
closed.
"""
import resource
import sys

from harness.client import Client


def main(path, number):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    crowd = [Client(path, timeout=60) for _ in range(number)]
    print("open", flush=True)
    sys.stdin.readline()
    told = 0
    for client in crowd:
        assert "intake.max_connections" in client.answer()["error"]
        assert client.answer() is None
        told += 1
    print(told)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
