"""A run keeps to its time though its driver blocks the loop."""

import asyncio
import threading
import time
from dataclasses import replace
from typing import Any

from pgtui.core.experiment import Experiment
from pgtui.core.ledger import outcome
from pgtui.core.runner import Runner
from tests.core.scripted import plan


class Server:
    """Answers no call; ending its backends breaks the calls that wait."""

    def __init__(self) -> None:
        self.broken = threading.Event()
        self.ended = 0

    async def gathers(self, run: Any, read: Any) -> None:
        await run.gather(read)

    async def blocks(self, task: Any) -> None:
        """As a driver without asyncio does: nothing turns until the answer is here."""
        task.says("waiting")
        self.broken.clear()
        if self.broken.wait(20):
            raise ConnectionError("terminating connection")

    async def end_backends(self) -> int:
        self.ended += 1
        self.broken.set()
        return 1


async def test_calls_that_block_the_loop_past_the_runs_time_are_broken() -> None:
    server = Server()
    blocking = plan(server.gathers, server.blocks, experiment=Experiment(timeout=0.2))
    began = time.perf_counter()
    trace = await Runner(replace(blocking, end_backends=server.end_backends)).run()
    assert time.perf_counter() - began < 10
    assert [outcome(trace, task) for task in trace.tasks] == ["timeout"] * 3
    assert trace.finished


async def test_a_loop_that_turns_is_left_alone_after_the_runs_time() -> None:
    """The run is cancelled as usual: its backends are ended once, by the run itself."""
    server = Server()

    async def sleeps(task: Any) -> None:
        await asyncio.sleep(3600)

    turning = plan(server.gathers, sleeps, experiment=Experiment(timeout=0.1))
    trace = await Runner(replace(turning, end_backends=server.end_backends)).run()
    assert [outcome(trace, task) for task in trace.tasks] == ["timeout"] * 3
    assert server.ended == 1


async def test_no_watchdog_is_left_after_the_run() -> None:
    server = Server()

    async def returns(task: Any) -> None:
        pass

    await Runner(replace(plan(server.gathers, returns), end_backends=server.end_backends)).run()
    for thread in threading.enumerate():
        if thread.name == "pgtui watchdog":
            await asyncio.to_thread(thread.join, 5)
            assert not thread.is_alive()
