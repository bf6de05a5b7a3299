"""Which trace a record belongs to: blocks, tasks, threads, requests, jobs."""
import asyncio
import contextvars
from concurrent.futures import ThreadPoolExecutor

import hantu_log
import pytest
from hantu_log import TraceIdContext, get_trace_id


def test_a_trace_holds_for_its_block_and_nests(collected):
    def act(logger):
        with TraceIdContext() as outer:
            assert len(outer) == 8 and get_trace_id() == outer
            with TraceIdContext("inner"):
                assert get_trace_id() == "inner"
            assert get_trace_id() == outer
            logger.info(outer)

    found = collected(act)
    assert found["trace_id"] == found["message"]
    assert get_trace_id() is None


def test_one_context_object_may_be_entered_twice():
    trace = TraceIdContext("twice")
    with trace, trace:
        assert get_trace_id() == "twice"
    assert get_trace_id() is None


def test_set_and_clear():
    hantu_log.set_trace_id("abc12345")
    assert get_trace_id() == "abc12345"
    hantu_log.clear_trace_id()
    assert get_trace_id() is None


def test_an_exception_carries_its_trace_to_who_reports_it(collected):
    def act(logger):
        try:
            with TraceIdContext("deadbeef"):
                raise ValueError("no")
        except ValueError:
            logger.exception("reported outside")

    assert collected(act)["trace_id"] == "deadbeef"


def test_tasks_have_their_own_traces(collector, handlers):
    logger, handler = handlers(collector.path)

    async def task(number):
        with TraceIdContext(f"t{number}"):
            await asyncio.sleep(0.001 * (number % 7))
            logger.info("%d", number)
            await asyncio.sleep(0)
            if hasattr(asyncio, "to_thread"):
                await asyncio.to_thread(logger.info, "%d", number)

    async def main():
        await asyncio.gather(*(task(number) for number in range(1000)))

    asyncio.run(main())
    handler.transport.push()
    found = collector.wait(2000)
    assert all(record["trace_id"] == "t" + record["message"] for record in found)


def test_a_pool_with_copied_contexts(collected):
    with ThreadPoolExecutor(2) as pool, TraceIdContext("pooled"):
        assert pool.submit(contextvars.copy_context().run, get_trace_id).result() == "pooled"
        assert pool.submit(get_trace_id).result() is None


def test_traced_functions_and_coroutines():
    @hantu_log.traced
    def job(argument):
        """Says what it does."""
        return argument, get_trace_id()

    @hantu_log.traced
    async def coroutine():
        await asyncio.sleep(0)
        return get_trace_id()

    first, second = job(1), job(2)
    assert first[0] == 1 and first[1] != second[1] and len(first[1]) == 8
    assert job.__doc__ == "Says what it does."
    assert asyncio.iscoroutinefunction(coroutine) and len(asyncio.run(coroutine())) == 8
    assert get_trace_id() is None


@pytest.mark.parametrize(("headers", "expected"), [
    ([(b"x-trace-id", b"abc-12_Z")], "abc-12_Z"),
    ([(b"X-Trace-Id", b"abc12345"), (b"traceparent", b"00-" + b"1" * 32 + b"-" + b"2" * 16 + b"-01")], "abc12345"),
    ([(b"traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")], "4bf92f3577b34da6a3ce929d0e0e4736"),
    ([(b"traceparent", b"00-" + b"0" * 32 + b"-00f067aa0ba902b7-01")], None),
    ([(b"x-trace-id", b"no spaces\n[ERROR]")], None),
    ([(b"x-trace-id", b"x" * 65)], None),
    ([], None),
])
def test_the_middleware_takes_the_callers_trace(headers, expected):
    seen = []

    async def app(scope, receive, send):
        seen.append(get_trace_id())

    for kind in ("http", "websocket"):
        asyncio.run(hantu_log.TraceIdMiddleware(app)({"type": kind, "headers": headers}, None, None))
    assert len(seen) == 2
    assert seen == [expected, expected] if expected else len(seen[0]) == 8 and seen[0] != seen[1]


def test_the_middleware_leaves_the_life_span_alone():
    seen = []

    async def app(scope, receive, send):
        seen.append(get_trace_id())

    asyncio.run(hantu_log.TraceIdMiddleware(app)({"type": "lifespan"}, None, None))
    assert seen == [None]
