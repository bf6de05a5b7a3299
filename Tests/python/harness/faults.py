"""What the fault tests share: records that must be safe, the state as it is told, the alert as it arrives."""
import json
import re

from harness.admin import Admin, metrics
from harness.client import Client
from harness.daemon import wait_until

STORE_OFF = {"store": {"enabled": False}}
# Nobody listens there.
STORE_AWAY = {"store": {"url": "postgres://nobody@127.0.0.1:1/none", "retry": {"delay": "200ms", "attempts": 3}}}
SOON = {"store": {"batch": {"interval": "50ms"}, "retry": {"delay": "200ms", "attempts": 3}}}


def send(daemon, *records, seconds=30):
    """Until all are acknowledged."""
    with Client(daemon.socket, service="scheduler", acks=True, timeout=seconds) as client:
        client.send(*records)
        client.wait_for(len(records))


def errors(count, text="failure", size=1000):
    return [{"level": "ERROR", "message": f"{text} {number}", "stack_trace": "x" * size} for number in range(count)]


def condition(daemon, state, output=None):
    """The condition of that state, where it holds."""
    for each in Admin(daemon).status()["conditions"]:
        if each["state"] == state and output in (None, each["output"]):
            return each
    return None


def wait_for_condition(daemon, state, output=None, seconds=20):
    wait_until(lambda: condition(daemon, state, output), seconds,
               lambda: f"no {state} of {output}: " + json.dumps(Admin(daemon).status()["conditions"]))


def wait_for_state(daemon, expected, seconds=40):
    wait_until(lambda: Admin(daemon).status()["state"] == expected, seconds,
               lambda: json.dumps(Admin(daemon).status()["conditions"], ensure_ascii=False))


def wait_for_alert(api, *words, seconds=20):
    """The daemon's own alert with these words."""
    wait_until(lambda: any(text.startswith("🚨 [hantu-logd] 에러\n") and all(word in text for word in words)
                           for text in api.texts()), seconds, lambda: f"no alert of {words}: {api.texts()}")


def wait_for_rows(daemon, count, seconds=30):
    """The messages of the error store's rows, once there are as many."""
    def rows():
        shown = daemon.hantu("logs", "db", "--json", "-n", "1000000").stdout.splitlines()
        return [json.loads(row)["message"] for row in shown]

    wait_until(lambda: len(rows()) >= count, seconds, lambda: f"{len(rows())} of {count} rows")
    return rows()


def wait_for_stderr(daemon, text, seconds=20):
    wait_until(lambda: text in daemon.stderr(), seconds, lambda: f"no '{text}' in: {daemon.stderr()[-3000:]}")


def sample(daemon, name, **labels):
    return metrics(Admin(daemon).get("/metrics").text).get((name, tuple(sorted(labels.items()))), 0)


def memory(daemon, what="VmHWM"):
    """Resident memory in bytes: the most there was, or with VmRSS the present one."""
    with open(f"/proc/{daemon.process.pid}/status") as file:
        return int(re.search(rf"{what}:\s+(\d+) kB", file.read())[1]) * 1024
