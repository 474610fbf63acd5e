"""Whatever ends a run, it ends: in time, with every task's outcome, and with nothing left behind."""

import asyncio
import gc
import sys
import threading
import time
from types import FrameType
from typing import Any

import pytest

from pgtui.core import runner as runner_module
from pgtui.core.events import Failure, Kind
from pgtui.core.experiment import Experiment
from pgtui.core.ledger import outcome
from pgtui.core.runner import Runner
from pgtui.core.threads import current_frames
from pgtui.core.trace import Trace
from tests.core import scripted
from tests.core.scripted import plan


def outcomes(trace: Trace) -> list[str]:
    return [outcome(trace, task) for task in trace.tasks]


async def gathers(run: Any, read: Any) -> None:
    await run.gather(read)


async def sleeps(task: Any) -> None:
    await asyncio.sleep(3600)


async def test_cancelling_ends_every_task() -> None:
    runner = Runner(plan(gathers, sleeps))
    running = asyncio.create_task(runner.run())
    while not any(e.kind is Kind.WAITS and e.task == 3 for e in runner.trace.events()):
        await asyncio.sleep(0)
    runner.cancel()
    trace = await asyncio.wait_for(running, 2)
    assert outcomes(trace) == ["cancelled"] * 3
    assert trace.finished
    assert {task.get_name() for task in asyncio.all_tasks()} & {"green", "pink", "teal", "run"} == set()


async def test_time_out_is_an_outcome_of_its_own() -> None:
    trace = await asyncio.wait_for(Runner(plan(gathers, sleeps, experiment=Experiment(timeout=0.1))).run(), 3)
    assert outcomes(trace) == ["timeout"] * 3


async def test_a_run_that_is_cancelled_from_outside_cleans_up_and_passes_it_on() -> None:
    runner = Runner(plan(gathers, sleeps))
    running = asyncio.create_task(runner.run())
    await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(running, 2)
    assert outcomes(runner.trace) == ["cancelled"] * 3


async def test_tasks_that_ignore_cancellation_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "GRACE", 0.05)
    ended: list[str] = []
    stubborn_until = asyncio.Event()

    async def end_backends() -> int:
        ended.append("ended")
        return 2

    async def ignores(task: Any) -> None:
        while not stubborn_until.is_set():
            try:
                await stubborn_until.wait()
            except asyncio.CancelledError:
                task.says("no")

    runner = Runner(plan(gathers, ignores, experiment=Experiment(timeout=0.1), end_backends=end_backends))
    before = time.monotonic()
    trace = await runner.run()
    assert time.monotonic() - before < 3
    assert outcomes(trace) == ["timeout"] * 3
    assert ended
    assert [e.value for e in trace.events() if e.kind is Kind.LEFT] == [2] * len(ended)
    stubborn_until.set()
    await asyncio.sleep(0)


async def test_a_recipe_that_cannot_open_fails_all_its_tasks_with_its_reason() -> None:
    async def cannot(run: Any, read: Any) -> None:
        raise ConnectionRefusedError("nobody listens; the password was hunter2")

    trace = await Runner(plan(cannot)).run()
    assert outcomes(trace) == ["error"] * 3
    failure = trace.said(trace.now.tasks[2].failure)
    assert isinstance(failure, Failure)
    assert failure.type == "ConnectionRefusedError"
    assert "hunter2" not in failure.message
    assert "***" in failure.message


async def test_the_failure_of_one_task_leaves_the_others_alone() -> None:
    async def fails(task: Any) -> None:
        await asyncio.sleep(0)
        if task.name == "pink":
            raise scripted.ScriptedError("out\nof luck")

    trace = await Runner(plan(gathers, fails)).run()
    assert outcomes(trace) == ["done", "error", "done"]
    failure = trace.said(trace.now.tasks[2].failure)
    assert isinstance(failure, Failure)
    assert (failure.type, failure.message, failure.sqlstate) == (
        "tests.core.scripted.ScriptedError",
        "out\nof luck",
        "XX999",
    )


async def test_a_recipe_may_wait_for_its_tasks_itself() -> None:
    async def waits_itself(run: Any, read: Any) -> None:
        started = run.start(read)
        results = await asyncio.gather(*started, return_exceptions=True)
        run.says(", ".join(map(str, results)))

    async def returns(task: Any) -> str:
        await asyncio.sleep(0)
        if task.name == "pink":
            raise scripted.ScriptedError("out of luck")
        return str(task.name)

    trace = await Runner(plan(waits_itself, returns)).run()
    assert outcomes(trace) == ["done", "error", "done"]
    assert "green, out of luck, teal" in trace.payloads


async def test_end_backends_that_hangs_or_fails_does_not_hold_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "GRACE", 0.05)

    async def hangs() -> int:
        await asyncio.sleep(3600)
        return 0

    trace = await asyncio.wait_for(
        Runner(plan(gathers, sleeps, experiment=Experiment(timeout=0.1), end_backends=hangs)).run(), 3
    )
    assert outcomes(trace) == ["timeout"] * 3


async def test_a_task_factory_of_the_host_does_not_decide_the_schedule() -> None:
    made: list[str] = []

    def factory(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> "asyncio.Task[Any]":
        made.append(getattr(coroutine, "__name__", ""))
        return asyncio.Task(coroutine, loop=loop, **options)

    asyncio.get_running_loop().set_task_factory(factory)
    try:
        trace = await Runner(plan(scripted.shared_cursor)).run()
    finally:
        asyncio.get_running_loop().set_task_factory(None)
    assert scripted.letters(trace) == "gpttt"
    assert "stepped" not in made


def threaded(run: Any, read: Any) -> None:
    run.gather(read)


async def test_threads_write_their_rows_with_the_run_s_clock() -> None:
    def reads(task: Any) -> None:
        for number in range(1, 51):
            task.row((number, task.number, number))
            if task.yields:
                time.sleep(0)
        task.says("fetched 100 %")

    trace = await Runner(plan(threaded, reads, experiment=Experiment(rows=50), threads=True)).run()
    assert outcomes(trace) == ["done"] * 3
    assert [state.own for state in trace.now.tasks[1:]] == [50, 50, 50]
    times = [event.time for event in trace.events()]
    assert times == sorted(times)


async def test_a_thread_that_waits_is_seen_waiting() -> None:
    lock = threading.Lock()

    def reads(task: Any) -> None:
        task.says("starting fetching")
        with lock:
            time.sleep(0.05)

    trace = await Runner(plan(threaded, reads, threads=True)).run()
    waited = [e.task for e in trace.events() if e.kind is Kind.WAITS]
    assert {1, 2, 3} <= set(waited)
    assert all(state.waited > 10_000_000 for state in trace.now.tasks[1:])


def test_no_garbage_is_collected_while_the_threads_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """It could close a socket, and deadlock with a thread that ends just then."""
    inside = False
    collected: list[bool] = []
    look = sys._current_frames

    def looked_at() -> dict[int, FrameType]:
        nonlocal inside
        inside = True
        try:
            return look()
        finally:
            inside = False

    def note(phase: str, _info: dict[str, int]) -> None:
        collected.append(inside)

    monkeypatch.setattr(sys, "_current_frames", looked_at)
    thresholds = gc.get_threshold()
    gc.callbacks.append(note)
    gc.set_threshold(1)
    try:
        for _ in range(100):
            assert current_frames()[threading.get_ident()] is not None
    finally:
        gc.set_threshold(*thresholds)
        gc.callbacks.remove(note)
    assert collected, "garbage was collected outside"
    assert not any(collected)
    assert gc.isenabled()


async def test_cancelling_threads_ends_them_at_their_next_row() -> None:
    ended: list[int] = []

    async def end_backends() -> int:
        ended.append(1)
        return 0

    def reads(task: Any) -> None:
        number = 0
        while True:
            number += 1
            task.row((number, task.number, number))
            time.sleep(0.001)

    runner = Runner(plan(threaded, reads, threads=True, end_backends=end_backends))
    running = asyncio.create_task(runner.run())
    while runner.trace.now.rows < 5:
        await asyncio.sleep(0.001)
    runner.cancel()
    trace = await asyncio.wait_for(running, 3)
    assert outcomes(trace) == ["cancelled"] * 3
    assert ended
    assert not [thread for thread in threading.enumerate() if thread.name in trace.header.names]


async def test_a_thousand_tasks_run() -> None:
    trace = await Runner(plan(scripted.new_connection, experiment=Experiment(tasks=1_000))).run()
    assert outcomes(trace) == ["done"] * 1_000
    assert trace.now.rows == 3_000
    assert len(set(trace.header.names)) == 1_001
