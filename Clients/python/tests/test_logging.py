"""The package in the hands of services: the API of the contract, and all that the standard library's logging offers."""
import json
import logging
import logging.config
import threading
import warnings

import hantu_log
from hantu_log import get_logger


def test_a_record_names_its_place(collected):
    found = collected(lambda logger: logger.info("here"))
    assert (found["module"], found["level"], found["message"]) == ("test_logging", "INFO", "here")
    assert found["function"] == "<lambda>" and found["line"] > 0


def test_success_is_info_with_an_outcome_and_names_its_caller(collected):
    found = collected(lambda logger: logger.success("체결 %d주", 3, extra={"stock": "005930"}))
    assert (found["level"], found["outcome"], found["message"]) == ("INFO", "success", "체결 3주")
    assert found["context"] == {"stock": "005930"}
    assert (found["module"], found["function"]) == ("test_logging", "<lambda>")


def test_success_obeys_the_level(collected):
    def act(logger):
        logger.setLevel(logging.WARNING)
        logger.success("not this")
        logger.warning("this")

    assert collected(act)["message"] == "this"


def test_exception_and_exc_info(collected):
    def act(logger):
        try:
            {}["잔고"]
        except KeyError:
            logger.exception("실패")

    found = collected(act)
    assert (found["level"], found["error_type"]) == ("ERROR", "KeyError")
    assert 'in act\n' in found["stack_trace"]


def test_the_same_object_as_the_standard_library_gives():
    assert get_logger("same.object") is logging.getLogger("same.object")
    early = logging.getLogger("made.before")
    assert get_logger("made.before") is early and hasattr(early, "success")
    assert hasattr(get_logger(), "success")


def test_a_filter_may_add_and_refuse(collected):
    class Filter(logging.Filter):
        def filter(self, record):
            record.desk = "kr"
            return record.getMessage() != "no"

    def act(logger):
        logger.handlers[0].addFilter(Filter())
        logger.info("no")
        logger.info("yes")

    found = collected(act)
    assert (found["message"], found["context"]) == ("yes", {"desk": "kr"})


def test_a_logger_adapter(collected):
    found = collected(lambda logger: logging.LoggerAdapter(logger, {"order": 7}).info("x"))
    assert found["context"] == {"order": 7}


def test_a_mutable_argument_is_taken_as_it_was(collected):
    def act(logger):
        order = {"quantity": 1}
        logger.info("order %s", order, extra={"order": order})
        order["quantity"] = 2

    found = collected(act)
    assert found["message"] == "order {'quantity': 1}"
    assert found["context"] == {"order": {"quantity": 1}}


def test_dict_config(collector):
    logging.config.dictConfig({
        "version": 1, "disable_existing_loggers": False,
        "handlers": {"hantu": {"class": "hantu_log.HantuHandler", "service": "api-server", "socket": collector.path,
                               "level": "WARNING"}},
        "loggers": {"configured": {"handlers": ["hantu"], "level": "DEBUG", "propagate": False}},
    })
    logger = logging.getLogger("configured.child")
    logger.info("below the handler's level")
    logger.warning("over it")
    logging.getLogger("configured").handlers[0].flush()
    assert [found["message"] for found in collector.wait(1)] == ["over it"]
    assert json.loads(collector.lines[0])["hantu"]["service"] == "api-server"
    logging.getLogger("configured").handlers[0].close()


def test_warnings_are_captured(collector):
    handler = hantu_log.HantuHandler("test", collector.path)
    logger = logging.getLogger("py.warnings")
    logger.addHandler(handler)
    logging.captureWarnings(True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("old", DeprecationWarning, stacklevel=1)
    finally:
        logging.captureWarnings(False)
        logger.removeHandler(handler)
    handler.flush()
    assert "DeprecationWarning: old" in collector.wait(1)[0]["message"]
    handler.close()


def test_a_tree_of_loggers(collector, handlers):
    parent, handler = handlers(collector.path)
    for number in range(200):
        get_logger(f"{parent.name}.part{number % 20}.module{number}").info("%d", number)
    handler.transport.push()
    found = collector.wait(200)
    assert [record["message"] for record in found] == [str(number) for number in range(200)]
    assert len({record["logger"] for record in found}) == 200


def test_setup_levels(collector):
    handler = hantu_log.setup("scheduler", collector.path)
    get_logger("ours.levels").debug("ours")
    logging.getLogger("theirs.levels").debug("a library's chatter")
    logging.getLogger("theirs.levels").info("theirs")
    quiet = get_logger("ours.quiet")
    quiet.setLevel("ERROR")
    get_logger("ours.quiet.child").warning("below the level of its parent")
    handler.transport.push()
    assert [record["message"] for record in collector.wait(2)] == ["ours", "theirs"]
    handler = hantu_log.setup("scheduler", collector.path, level="INFO")
    get_logger("ours.levels").debug("not any more")
    get_logger("ours.levels").info("last")
    handler.flush()
    assert collector.wait(3)[-1]["message"] == "last"
    handler.close()


UNCAUGHT = """
import asyncio, threading
from hantu_log import TraceIdContext, get_logger, setup
setup(service="scheduler", uncaught=True)

def fail():
    with TraceIdContext("threaded"):
        raise KeyError("in a thread")
thread = threading.Thread(target=fail, name="worker"); thread.start(); thread.join()

async def lost():
    raise ValueError("in a task")
async def main():
    task = asyncio.ensure_future(lost())
    await asyncio.sleep(0.01)
asyncio.run(main())
raise RuntimeError("in main")
"""


def test_uncaught_exceptions_are_critical(run, collector):
    done = run(UNCAUGHT, collector.path, expected=1)
    found = {record["error_type"]: record for record in collector.records()}
    assert {record["level"] for record in found.values()} == {"CRITICAL"}
    assert set(found) == {"KeyError", "ValueError", "RuntimeError"}
    assert found["KeyError"]["trace_id"] == "threaded" and "worker" in found["KeyError"]["message"]
    assert "RuntimeError: in main" in done.stderr


def test_nothing_needs_to_be_set_up(run, collector):
    run("from hantu_log import get_logger\nlogger = get_logger(__name__)\nlogger.debug('as it is')", collector.path)
    assert [record["message"] for record in collector.records()] == ["as it is"]
    assert json.loads(collector.lines[0])["hantu"]["service"] == "service"


def test_what_is_configured_is_left_alone(run, collector):
    done = run(
        "import logging\nfrom hantu_log import get_logger\nlogging.basicConfig(level='INFO')\nget_logger('a').info('mine')",
        collector.path)
    assert "INFO:a:mine" in done.stderr and collector.connections == []


def test_threads_log_through_one_handler(collector, handlers):
    logger, handler = handlers(collector.path)

    def work(number):
        for count in range(100):
            logger.info("%d %d", number, count)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    handler.transport.push()
    found = [record["message"] for record in collector.wait(1600)]
    assert sorted(found) == sorted(f"{number} {count}" for number in range(16) for count in range(100))
    for number in range(16):
        mine = [message for message in found if message.startswith(f"{number} ")]
        assert mine == [f"{number} {count}" for count in range(100)]
