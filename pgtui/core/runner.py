"""Runs an experiment: creates the tasks, drives them to an end, and leaves a trace.

Whatever ends a run, its tasks are over and its connections are closed when `Runner.run` returns. It waits for nothing
without a limit: tasks that do not end when they are cancelled lose their backends, and after that their place.
"""

import asyncio
import contextlib
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from pgtui.core.events import Kind
from pgtui.core.failures import failure_of
from pgtui.core.recipes import Recipe
from pgtui.core.state import Phase
from pgtui.core.steps import Observer, stepped
from pgtui.core.tasks import Task
from pgtui.core.threads import ThreadRun
from pgtui.core.trace import Header, Trace
from pgtui.core.watchdog import Watchdog

GRACE = 3.0
"""Seconds that cancelled tasks have before their backends are ended, and again after that."""

Clock = Callable[[], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a run needs, resolved.

    Attributes:
        header: the experiment and what is known of it.
        recipe: what runs.
        queries: the SQL of each task; queries[0] is that of the run itself, for a result that all read.
        dsn, arguments: how the driver reaches the server.
        secrets: texts that must not appear in the trace.
        end_backends: ends the run's connections from outside and says how many there were; called when tasks were
            cancelled, or did not end.
    """

    header: Header
    recipe: Recipe
    queries: tuple[str, ...]
    dsn: str = field(default="", repr=False)
    arguments: dict[str, Any] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    end_backends: Callable[[], Awaitable[int]] | None = None


class Run:
    """The run as a recipe on an event loop sees it.

    Attributes:
        dsn, arguments: how to reach the server; recipes use the one that the driver's documentation uses.
        query: the SQL of a result that all tasks read.
        tasks: the concurrent tasks, in order.
        pool_size: how many connections a pool should hold.
        says: logs what the recipe is about to do.
    """

    def __init__(self, plan: Plan, trace: Trace, observer: Observer, clock: Clock) -> None:
        experiment = plan.header.experiment
        self.main, *self.tasks = [
            Task(number, name, query, trace, clock, dsn=plan.dsn, arguments=plan.arguments)
            for number, (name, query) in enumerate(zip(plan.header.names, plan.queries, strict=True))
        ]
        self.dsn = plan.dsn
        self.arguments = plan.arguments
        self.query = plan.queries[0]
        self.rows = experiment.rows
        self.pool_size = experiment.pool_size
        self.says = self.main.says
        self.backend = self.main.backend
        self._eager = experiment.eager
        self._trace = trace
        self._observer = observer

    async def gather(self, read: Callable[..., Any], *shared: Any) -> None:
        """Run `read(task, *shared)` once a task, all at the same time, and wait for all of them.

        What a task raises stays with it, as in `asyncio.gather(..., return_exceptions=True)`.
        """
        started: list[asyncio.Task[Any]] = []
        try:
            for task in self.tasks:
                started.append(self._start(task, read(task, *shared)))  # noqa: PERF401  # all started so far count
            await asyncio.wait(started)
        finally:
            while not all(one.done() for one in started):
                for one in started:
                    one.cancel()
                await asyncio.wait(started)
            for one in started:
                if not one.cancelled():
                    one.exception()  # looked at: it is in the trace, asyncio need not warn

    def start(self, read: Callable[..., Any], *shared: Any) -> "list[asyncio.Task[Any]]":
        """Begin `read(task, *shared)` once a task; to wait for them, whatever they raise, is the recipe's part."""
        return [self._start(task, read(task, *shared)) for task in self.tasks]

    def _start(self, task: Task, coroutine: Any) -> "asyncio.Task[Any]":
        trace, observer = self._trace, self._observer
        trace.append(observer.clock(), Kind.CREATED, task.number)
        steps = stepped(coroutine, task.number, observer, *task.rows_and_writer)
        # Created by hand: a task factory of the host (Textual installs an eager one) must not decide the schedule.
        loop = asyncio.get_running_loop()
        if self._eager and sys.version_info >= (3, 12):
            return asyncio.Task(steps, loop=loop, name=task.name, eager_start=True)
        return asyncio.Task(steps, loop=loop, name=task.name)


class Runner:
    """Runs one plan once.

    Attributes:
        trace: grows while `run` runs.
    """

    def __init__(self, plan: Plan, clock: Clock = time.perf_counter_ns) -> None:
        self.plan = plan
        self.clock = clock
        self.trace = Trace(plan.header, clock())
        self._ending = Kind.CANCELLED
        self._cancelled = asyncio.Event()

    def cancel(self) -> None:
        """End the run before its time: Esc, Ctrl+C, leaving the screen."""
        self._cancelled.set()

    async def run(self) -> Trace:
        """Run to an end; the trace is finished when this returns."""
        try:
            if self.plan.recipe.threads:
                await self._drive_threads()
            else:
                await self._drive_tasks()
        finally:
            self._end_what_is_left()
            self.trace.finished = True
        return self.trace

    async def _drive_tasks(self) -> None:
        plan, trace = self.plan, self.trace
        observer = Observer(trace, self.clock, plan.recipe.files, self._ended)
        run = Run(plan, trace, observer, self.clock)
        trace.append(self.clock(), Kind.CREATED, 0)
        steps = stepped(plan.recipe.main(run, plan.recipe.read), 0, observer, *run.main.rows_and_writer)
        main = asyncio.Task(steps, loop=asyncio.get_running_loop(), name="run")
        try:
            with self._watched():
                await self._wait(main)
        finally:
            if not main.done():
                await self._give_up(main, main.cancel)
            if main.done() and not main.cancelled():
                main.exception()

    async def _drive_threads(self) -> None:
        run = ThreadRun(self.plan, self.trace, self.clock, self._ended)
        main = asyncio.ensure_future(run.start())
        try:
            await self._wait(main)
        finally:
            if not main.done():
                await self._give_up(main, run.cancel)
            if not main.done():
                main.cancel()  # the threads are daemons; they end with their connections or with the process

    async def _wait(self, main: "asyncio.Future[Any]") -> None:
        """Until the run is over, its time is over, or it is cancelled."""
        cancelled = asyncio.ensure_future(self._cancelled.wait())
        try:
            done, _ = await asyncio.wait(
                {main, cancelled},
                timeout=self.plan.header.experiment.timeout,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            cancelled.cancel()
        if not done:
            self._is_late()

    def _watched(self) -> contextlib.AbstractContextManager[object]:
        """Hold to the run's time even a driver that blocks the loop."""
        if self.plan.end_backends is None:
            return contextlib.nullcontext()
        return Watchdog(self.plan.header.experiment.timeout, self._is_late, self.plan.end_backends)

    def _is_late(self) -> None:
        self._ending = Kind.TIMED_OUT

    async def _give_up(self, main: "asyncio.Future[Any]", cancel: Callable[[], object]) -> None:
        """Cancel, then end the backends, then cancel again: each with a limit."""
        cancel()
        if self.plan.recipe.threads:
            await self._end_backends()  # a thread cannot be cancelled, what it waits for can be taken away
        await asyncio.wait({main}, timeout=GRACE)
        await self._end_backends()
        if not main.done():
            cancel()
            await asyncio.wait({main}, timeout=GRACE)

    async def _end_backends(self) -> None:
        if self.plan.end_backends is not None:
            # The server may be what failed: then there is nothing to end.
            with contextlib.suppress(Exception):
                left = await asyncio.wait_for(self.plan.end_backends(), GRACE)
                if left:
                    self.trace.append(self.clock(), Kind.LEFT, 0, left)

    def _ended(self, time: int, task: int, error: BaseException | None) -> None:
        """Write down how a task ended."""
        trace = self.trace
        if error is None:
            trace.append(time, Kind.DONE, task)
        elif isinstance(error, asyncio.CancelledError | GeneratorExit):
            trace.append(time, self._ending, task)
        elif self._ending is Kind.TIMED_OUT:
            trace.append(time, Kind.TIMED_OUT, task)
        else:
            failure = failure_of(error, self.plan.recipe.files, self.plan.secrets)
            trace.append(time, Kind.FAILED, task, trace.payload(failure))

    def _end_what_is_left(self) -> None:
        """Tasks that did not end in their time, and those that never began because the run could not open."""
        main = self.trace.head.tasks[0]
        for number, state in enumerate(self.trace.head.tasks):
            if state.phase.over:
                continue
            if state.phase is Phase.ABSENT and main.phase is Phase.FAILED:
                self.trace.append(self.clock(), Kind.FAILED, number, main.failure)
            else:
                self.trace.append(self.clock(), self._ending, number)
