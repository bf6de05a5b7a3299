"""What real loggers write is understood as it is (contract section 2, aliases).

structlog and python-json-logger run here; slog, pino and zap are lines as their documentation shows them.
"""
import io
import json
import logging
import subprocess
import sys

import structlog
from pythonjsonlogger.json import JsonFormatter


def structlog_lines():
    output = io.StringIO()
    logger = structlog.wrap_logger(
        structlog.PrintLogger(output), wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        processors=[structlog.processors.add_log_level,
                    structlog.processors.TimeStamper(fmt="iso", utc=True),
                    structlog.processors.format_exc_info,
                    structlog.processors.JSONRenderer(ensure_ascii=False)])
    logger.info("주문 접수", stock="005930", quantity=10)
    logger.warning("slow answer", took_ms=812.5)
    try:
        1 / 0
    except ZeroDivisionError:
        logger.exception("order failed", order=7)
    return output.getvalue().splitlines()


def json_logger_lines():
    written = []

    class Keep(logging.Handler):
        def emit(self, record):
            written.append(self.format(record))

    handler = Keep()
    handler.setFormatter(JsonFormatter(
        "%(asctime)s %(levelname)s %(name)s %(module)s %(funcName)s %(lineno)d %(message)s",
        rename_fields={"asctime": "timestamp"}, datefmt="%Y-%m-%dT%H:%M:%S%z"))
    logger = logging.Logger("core.trading.engine")
    logger.addHandler(handler)
    logger.info("주문 접수 %d", 7, extra={"stock": "005930"})
    logger.critical("no connection")
    try:
        1 / 0
    except ZeroDivisionError:
        logger.exception("order failed")
    return written


def test_structlog(records):
    info, warning, error = records(*structlog_lines(), service="scheduler")
    assert (info["level"], info["message"], info["logger"]) == ("INFO", "주문 접수", "scheduler")
    assert info["context"] == {"stock": "005930", "quantity": 10}
    assert (warning["level"], warning["context"]) == ("WARNING", {"took_ms": 812.5})
    assert (error["level"], error["message"], error["context"]) == ("ERROR", "order failed", {"order": 7})
    assert error["stack_trace"].startswith("Traceback") and "ZeroDivisionError" in error["stack_trace"]
    assert json.loads(structlog_lines()[0])["timestamp"][:10] <= info["timestamp"][:10]


def test_python_json_logger(records):
    info, critical, error = records(*json_logger_lines(), service="scheduler")
    assert (info["level"], info["message"]) == ("INFO", "주문 접수 7")
    assert (info["logger"], info["module"], info["function"]) == (
        "core.trading.engine", "test_real_loggers", "json_logger_lines")
    assert isinstance(info["line"], int) and info["context"] == {"stock": "005930"}
    assert critical["level"] == "CRITICAL"
    assert error["level"] == "ERROR" and "ZeroDivisionError" in error["stack_trace"]


def test_slog(records):
    found = records.one({
        "time": "2026-02-01T12:34:56.123456789+09:00", "level": "WARN", "msg": "slow query",
        "source": {"function": "main.run", "file": "/srv/main.go", "line": 42}, "rows": 3})
    assert (found["level"], found["message"]) == ("WARNING", "slow query")
    assert found["timestamp"] == "2026-02-01T12:34:56.123456789+09:00"
    assert found["context"] == {"source": {"function": "main.run", "file": "/srv/main.go", "line": 42}, "rows": 3}


def test_pino(records):
    found = records.one({
        "level": 50, "time": 1769916896123, "pid": 657, "hostname": "trader-1", "msg": "request errored",
        "err": {"type": "Error", "message": "boom", "stack": "Error: boom\n    at x.js:1"}})
    assert (found["level"], found["message"], found["pid"]) == ("ERROR", "request errored", 657)
    assert found["timestamp"].startswith("2026-02-01T12:34:56.123")
    assert found["context"]["hostname"] == "trader-1" and found["context"]["err"]["message"] == "boom"


def test_zap(records):
    found = records.one({
        "level": "error", "ts": 1769916896.1234567, "logger": "api", "caller": "api/server.go:80",
        "msg": "failed to fetch", "url": "http://example.com", "attempt": 3, "backoff": 1,
        "stacktrace": "main.main\n\t/srv/main.go:9"})
    assert (found["level"], found["logger"], found["message"]) == ("ERROR", "api", "failed to fetch")
    assert found["timestamp"].startswith("2026-02-01T12:34:56.123456")
    assert found["context"]["caller"] == "api/server.go:80" and found["context"]["attempt"] == 3


def test_netcat_by_hand(records):
    before = records.sizes()
    subprocess.run(["nc", "-N", "-U", records.daemon.socket], check=True, timeout=20,
                   input='{"level":"INFO","message":"손으로"}\njust words\n'.encode())
    found = records.awaited(before, 2)
    assert [(record["level"], record["message"], record["service"]) for record in found] == [
        ("INFO", "손으로", "nc"), ("WARNING", "just words", "nc")]


def test_a_programs_own_output_goes_through_a_pipe(records):
    before = records.sizes()
    subprocess.run(
        f"{sys.executable} -X importtime -c 'import json' 2>&1 | nc -N -U {records.daemon.socket}",
        shell=True, check=True, timeout=20)
    found = [record["message"] for record in records.awaited(before, 10)]
    assert all("import time:" in message for message in found)
