"""Signs of life for systemd's watchdog come from the pipeline itself (contract section 13)."""
import time

import pytest
from harness.daemon import wait_until
from harness.service_manager import ServiceManager
from harness.threads import thread_held


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
