"""Connections outlive the daemon (contract sections 3 and 7): what systemd keeps, and what the next daemon does."""
import json
import signal
import time

import pytest
from harness.admin import Admin, metrics
from harness.client import Client
from harness.daemon import wait_until
from harness.service_manager import ServiceManager

CLEAN, KILLED = signal.SIGTERM, signal.SIGKILL
both_ends = pytest.mark.parametrize("end", [CLEAN, KILLED], ids=["clean", "killed"])


@pytest.fixture
def manager(daemon, tmp_path):
    made = []

    def make(config=None, **options):
        made.append(ServiceManager(tmp_path, daemon({"store": {"batch": {"interval": "50ms"}}, **(config or {})}), **options))
        return made[-1].start()

    yield make
    for each in made:
        each.close()


def kept(manager, number=1):
    wait_until(lambda: len(manager.clients()) == number, 5, lambda: f"kept: {manager.clients()}")


def texts(manager):
    return [line.split(": ", 1)[1] for line in manager.daemon.all_text_lines()]


def torn(manager):
    return metrics(Admin(manager.daemon).get("/metrics").text)["hantu_logd_damaged_total", (("reason", "torn"),)]


RESUMED = {"protocol": 1, "server": "hantu-logd/0.1.0", "resumed": True}


@both_ends
def test_a_connection_without_acks_goes_on_and_is_told_nothing(manager, end):
    running = manager()
    with Client(running.daemon.socket, service="quiet") as client:
        client.send({"message": "before"})
        client.flush()
        kept(running)
        running.end(end)
        client.send({"message": "while nobody runs"})
        running.start()
        client.send({"message": "after", "level": "ERROR"})
        assert client.flush()["acked"] >= 1
    assert texts(running) == ["before", "while nobody runs", texts(running)[2]] and texts(running)[2].startswith("after")
    assert [record["service"] for record in running.daemon.all_errors()] == ["quiet"]


def test_a_half_read_line_is_kept_over_a_clean_restart(manager):
    running = manager()
    with Client(running.daemon.socket) as client:
        client.raw(b'{"message":"one half')
        kept(running)
        running.end(CLEAN)
        client.raw(b' and the other"}\n')
        running.start()
        assert client.flush() == {"acked": 1}
    assert texts(running) == ["one half and the other"]


def test_a_half_read_line_that_is_killed_is_kept_as_far_as_it_can_be_without_acks(manager):
    running = manager()
    with Client(running.daemon.socket) as client:
        client.raw(b'{"message":"whole"}\n{"message":"one half')
        kept(running)
        running.end(KILLED)
        client.raw(b' and the other"}\n')
        running.start()
        client.flush()
    assert 'and the other"}' in running.daemon.all_text_lines()[-1]
    assert texts(running)[-1].strip().startswith('and the other"}')


@both_ends
def test_a_connection_with_acks_is_greeted_again_and_counts_from_the_next_empty_line(manager, end):
    running = manager()
    with Client(running.daemon.socket, service="s", acks=True) as client:
        client.send({"message": "old"})
        client.wait_for(1)
        kept(running)
        running.end(end)
        client.send({"message": "left in the kernel"}, {"message": "and one more"})
        running.start()
        assert client.answer() == RESUMED
        client.raw(b"\n")
        client.send({"message": "new", "level": "ERROR"})
        assert client.answer() == {"acked": 1}
        client.flush()
    assert [text.split(" (")[0] for text in texts(running)] == ["old", "left in the kernel", "and one more", "new"]


def test_a_torn_line_of_a_connection_with_acks_is_skipped_and_counted(manager):
    running = manager()
    with Client(running.daemon.socket, service="s", acks=True) as client:
        client.send({"message": "old"})
        client.wait_for(1)
        kept(running)
        client.raw(b'{"message":"to')
        wait_until(lambda: Admin(running.daemon).status() and amid_line(running), 5, "the half isn't read")
        running.end(KILLED)
        running.start()
        assert client.answer() == RESUMED
        client.raw(b'rn"}\n\n{"message":"torn"}\n')
        assert client.answer() == {"acked": 1}
        assert torn(running) == 1
        client.flush()
    assert texts(running) == ["old", "torn"]


def amid_line(manager):
    """Whether the daemon noted that a connection's last read ended within a line."""
    with open(f"/proc/self/fd/{manager.stored['connections']}", "rb") as table:
        content = table.read()
    return any(content[slot] & 1 and content[slot] & 16 for slot in range(512, 512 * 513, 512))


def test_the_end_of_a_torn_line_is_not_taken_for_the_empty_line(manager):
    running = manager()
    with Client(running.daemon.socket, service="s", acks=True) as client:
        client.send({"message": "old"})
        client.wait_for(1)
        kept(running)
        client.raw(b'{"message":"all but its newline"}')
        wait_until(lambda: amid_line(running), 5, "the half isn't read")
        running.end(KILLED)
        client.raw(b'\n{"message":"uncounted"}\n')
        running.start()
        assert client.answer() == RESUMED
        client.raw(b'\n{"message":"counted"}\n')
        assert client.answer() == {"acked": 1}
        assert torn(running) == 1
        client.flush()
    assert texts(running) == ["old", "uncounted", "counted"]


def test_an_answer_to_an_earlier_greeting_is_not_taken_for_the_answer(manager):
    running = manager()
    with Client(running.daemon.socket, service="s", acks=True) as client:
        client.send({"message": "old"})
        client.wait_for(1)
        kept(running)
        running.end(KILLED)
        running.start()
        assert client.answer() == RESUMED
        running.end(KILLED)
        client.raw(b'\n{"message":"answer to the first"}\n')
        running.start()
        assert client.answer() == RESUMED
        client.raw(b'\n{"message":"answer to the second"}\n')
        assert client.answer() == {"acked": 1}
        # Nothing of what came before is counted in.
        assert client.flush() == {"acked": 1}


@both_ends
def test_the_last_words_of_a_client_that_hung_up_meanwhile_arrive(manager, end):
    running = manager()
    with Client(running.daemon.socket, service="s") as client:
        kept(running)
        running.end(end)
        client.send({"message": "last words"})
    running.start()
    wait_until(lambda: texts(running) == ["last words"], 5, "the last words aren't there")
    kept(running, 0)


def test_a_closed_connection_is_taken_out_of_the_store(manager):
    running = manager()
    for _ in range(3):
        with Client(running.daemon.socket, service="s") as client:
            kept(running)
            client.finish()
        kept(running, 0)


def test_a_passing_connection_does_not_bother_the_service_manager(manager):
    running = manager()
    for number in range(20):
        with Client(running.daemon.socket) as client:
            client.send({"message": f"passing {number}"})
            client.finish()
    wait_until(lambda: len(texts(running)) == 20, 5, "not all lines")
    assert not [message for message in running.messages if message.get("FDNAME", "").startswith("client-")]


def test_connections_beyond_the_store_are_told_by_closing(manager):
    running = manager(capacity=4)
    clients = [Client(running.daemon.socket, service=f"s{number}", acks=True) for number in range(5)]
    kept(running, 3)
    for client in clients:
        client.send({"message": "x"})
        client.wait_for(1)
    running.end(CLEAN)
    running.start()
    answers = sorted(json.dumps(client.answer()) for client in clients)
    assert answers == sorted([json.dumps(RESUMED)] * 3 + ["null"] * 2)
    for client in clients:
        client.close()


def test_a_client_whose_hello_went_with_the_daemon_is_let_go(manager):
    running = manager()
    with Client(running.daemon.socket) as client:
        kept(running)
        client.raw(b'{"hantu":{"protocol":1,"serv')
        wait_until(lambda: amid_line(running), 5, "the half isn't read")
        running.end(KILLED)
        running.start()
        assert client.answer() is None


def test_a_silent_connection_is_kept(manager):
    running = manager()
    with Client(running.daemon.socket) as client:
        kept(running)
        running.end(KILLED)
        running.start()
        client.control({"protocol": 1, "service": "late", "acks": True})
        assert "server" in client.answer()
        client.send({"level": "ERROR", "message": "x"})
        client.wait_for(1)
    assert running.daemon.all_errors()[0]["service"] == "late"


def test_what_was_sent_before_a_clean_stop_is_acknowledged_before_its_end(manager):
    running = manager()
    with Client(running.daemon.socket, service="s", acks=True) as client:
        kept(running)
        client.send(*[{"message": f"line {number}"} for number in range(5000)])
        running.end(CLEAN)
        client.socket.setblocking(False)
        received = client.received + client.socket.recv(1 << 20)
    assert json.loads(received.splitlines()[-1])["hantu"] == {"acked": 5000}
    assert len(texts(running)) == 5000


def test_what_systemd_is_told(manager):
    running = manager()
    told = [next(iter(message)) for message in running.messages]
    assert running.statuses() == ["STARTING: opening the spool and the sockets", "READY: everything works"]
    assert told.index("READY") > told.index("STATUS")
    running.process.send_signal(signal.SIGHUP)
    wait_until(lambda: any("RELOADING" in message for message in running.messages), 5, "no reload")
    wait_until(lambda: sum("READY" in message for message in running.messages) == 2, 5, "not ready again")
    reloading = next(message for message in running.messages if "RELOADING" in message)
    assert abs(int(reloading["MONOTONIC_USEC"]) / 1e6 - time.monotonic()) < 30
    assert running.end(CLEAN) == 0
    assert any("STOPPING" in message for message in running.messages)
    assert running.statuses()[-1] == "STOPPING: writing what is queued"
