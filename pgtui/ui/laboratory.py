"""Where experiments are run for the screen: one at a time, on one server. It knows no widget."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from pgtui.api import plan
from pgtui.core.experiment import Experiment
from pgtui.core.runner import Runner
from pgtui.core.trace import Trace
from pgtui.errors import ServerError
from pgtui.postgres.query import PreparedQuery, prepare_query
from pgtui.postgres.target import Target
from pgtui.ui.server import Server


class Superseded(Exception):
    """Another experiment, or none, was wanted before this one began."""


class Laboratory:
    """Runs experiments; a new one ends the one before it.

    Attributes:
        target: the server, once it is open.
        runner: of the run under way, None between runs.
        progress: told, in a line, what takes longer than a moment when the server is opened.
    """

    def __init__(self, dsn: str | None, *, allow_writes: bool) -> None:
        self._dsn = dsn
        self._allow_writes = allow_writes
        self.progress: Callable[[str], None] = _silently
        self._server: Server | None = None
        self._opening: asyncio.Task[Target] | None = None
        self.target: Target | None = None
        self.runner: Runner | None = None
        self._work: asyncio.Task[Any] | None = None
        self._one = asyncio.Lock()
        self._turn = 0
        self._prepared: dict[tuple[object, ...], PreparedQuery] = {}
        self._closed = False

    async def run(self, experiment: Experiment, began: Callable[[Trace], None]) -> Trace:
        """Run the experiment, after the one under way has been ended.

        Args:
            experiment: what to run.
            began: told the trace as soon as it grows.

        Raises:
            Superseded: before it could begin.
            PgtuiError: it cannot be run.
        """
        async with self._turns() as still_wanted:
            runner = await self._runner(experiment)
            still_wanted()
            self.runner = runner
            began(runner.trace)
            try:
                trace = await runner.run()
            finally:
                self.runner = None
            if not trace.now.rows and any(state.failure for state in trace.now.tasks):
                self._prepared.clear()  # perhaps the server is gone: the next run asks it
            return trace

    async def repeat(self, experiment: Experiment, times: int, done: Callable[[Trace], None]) -> None:
        """Run the experiment so many times, one after another, unseen.

        Args:
            experiment: what to run.
            times: how often.
            done: told the trace of each.

        Raises:
            Superseded: before it came to its end.
            PgtuiError: it cannot be run.
        """
        async with self._turns() as still_wanted:
            for _ in range(times):
                self.runner = await self._runner(experiment)
                still_wanted()
                try:
                    trace = await self.runner.run()
                finally:
                    self.runner = None
                still_wanted()
                done(trace)

    async def use(self, work: Callable[[Target], Coroutine[Any, Any, object]]) -> None:
        """Let `work` do many runs on end, after the one under way has been ended.

        Args:
            work: gets the server; it is cancelled when somebody else wants the laboratory.

        Raises:
            Superseded: before it came to its end.
            PgtuiError: the server cannot be opened, or what `work` raises.
        """
        async with self._turns() as still_wanted:
            target = await self._opened()
            still_wanted()
            self._work = asyncio.create_task(work(target))
            try:
                await asyncio.wait({self._work})
                if self._work.cancelled():
                    raise Superseded
                self._work.result()
            finally:
                # Cancelled itself, it does not leave before its work has: that closes connections.
                self._end_work(self._work)
                await asyncio.wait({self._work})
                self._work = None

    def cancel(self) -> bool:
        """End the run under way, and whatever waits for its turn; whether there was one."""
        self._turn += 1
        if self._work is not None:
            self._end_work(self._work)
            return True
        if self.runner is None:
            return False
        self.runner.cancel()
        return True

    @staticmethod
    def _end_work(work: "asyncio.Task[Any]") -> None:
        if not work.cancelling():  # a second time would break off the closing of its connections
            work.cancel()

    async def close(self) -> None:
        """End what runs, and leave the server."""
        self._closed = True
        self.cancel()
        if self._opening is not None:
            self._opening.cancel()  # nobody waits for a server that he is about to leave
        async with self._one:
            if self._server is not None:
                await self._server.close()

    @asynccontextmanager
    async def _turns(self) -> AsyncIterator[Callable[[], None]]:
        """One after another; yields a check that raises once somebody else wants the laboratory."""
        self.cancel()
        turn = self._turn

        def still_wanted() -> None:
            if turn != self._turn or self._closed:
                raise Superseded

        async with self._one:
            still_wanted()
            yield still_wanted

    async def _runner(self, experiment: Experiment) -> Runner:
        target = await self._opened()
        try:
            prepared = await self._query(experiment, target)
        except ServerError:
            await self._leave()
            raise
        return Runner(await plan(experiment, target, prepared))

    async def _opened(self) -> Target:
        if self.target is None:
            self._server = Server(self._dsn, allow_writes=self._allow_writes, progress=self._tell)
            self._opening = asyncio.ensure_future(self._server.open())
            try:
                await asyncio.wait({self._opening})
                if self._opening.cancelled():
                    raise Superseded
                self.target = self._opening.result()
            finally:
                self._opening = None
        return self.target

    async def _leave(self) -> None:
        """Give a server up that does not answer any more; the next run opens it anew."""
        if self._server is not None:
            await self._server.close()
        self._server = self.target = None

    def _tell(self, line: str) -> None:
        self.progress(line)

    async def _query(self, experiment: Experiment, target: Target) -> PreparedQuery:
        """The server is asked once about each query; it may be asked again after a run has failed to begin."""
        key = experiment.query, experiment.rows, experiment.tasks, experiment.server_delay
        if key not in self._prepared:
            self._prepared.clear()
            self._prepared[key] = await prepare_query(target, experiment)
        return self._prepared[key]


def _silently(_line: str) -> None:
    """Nobody wants to know."""
