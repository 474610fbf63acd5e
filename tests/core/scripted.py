"""A scripted driver: recipes that need no server, so that the core can be tested to the event.

Its cursor behaves as psycopg's: `execute` takes the connection's lock and throws the old result away, fetching takes
no lock. Its server answers after `turns` turns of the loop.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

from pgtui.core.experiment import Experiment
from pgtui.core.names import task_names
from pgtui.core.recipes import Recipe
from pgtui.core.runner import Plan, Runner
from pgtui.core.tagging import tagged
from pgtui.core.trace import Header, Trace


class ScriptedError(Exception):
    """What the scripted driver raises."""

    sqlstate = "XX999"


class ScriptedConnection:
    def __init__(self, turns: int = 3) -> None:
        self.lock = asyncio.Lock()
        self.turns = turns

    async def answer(self) -> None:
        """Wait as for a socket: on a future that the loop sets some turns later."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()

        def tick(left: int) -> None:
            if left:
                loop.call_soon(tick, left - 1)
            elif not future.done():
                future.set_result(None)

        tick(self.turns)
        await future


class ScriptedCursor:
    def __init__(self, connection: ScriptedConnection) -> None:
        self._conn = connection
        self._rows: list[tuple[Any, ...]] | None = None

    async def execute(self, query: str) -> None:
        async with self._conn.lock:
            self._rows = None
            await self._conn.answer()
            owner = int(query.split(" AS pgtui_task")[0].split()[-1])
            count = int(query.rsplit("LIMIT ", 1)[1])
            self._rows = [(f"row {number}", owner, number) for number in range(1, count + 1)]

    def fetchone(self) -> tuple[Any, ...] | None:
        if self._rows is None:
            raise ScriptedError("no result available")
        return self._rows.pop(0) if self._rows else None


async def shared_cursor(run: Any, read: Any) -> None:
    await run.gather(read, ScriptedCursor(ScriptedConnection()))


async def shared_connection(run: Any, read: Any) -> None:
    await run.gather(with_cursor, ScriptedConnection(), read)


async def with_cursor(task: Any, connection: ScriptedConnection, read: Any) -> None:
    await read(task, ScriptedCursor(connection))


async def new_connection(run: Any, read: Any) -> None:
    await run.gather(with_connection, read)


async def with_connection(task: Any, read: Any) -> None:
    await read(task, ScriptedCursor(ScriptedConnection()))


async def read(task: Any, cursor: ScriptedCursor) -> None:
    task.says("starting fetching")
    await cursor.execute(task.query)
    while (row := cursor.fetchone()) is not None:
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


def plan(
    main: Callable[..., Any],
    reader: Callable[..., Any] = read,
    *,
    experiment: Experiment | None = None,
    threads: bool = False,
    tagging: bool = True,
    end_backends: Callable[[], Awaitable[int]] | None = None,
) -> Plan:
    """A plan for a scripted recipe."""
    experiment = experiment or Experiment()
    names = task_names(experiment.tasks)
    return Plan(
        header=Header(
            experiment=experiment,
            names=names,
            query="SELECT 1",
            expected=experiment.rows if tagging else None,
            tagged=tagging,
            carrier="threads" if threads else "asyncio tasks",
        ),
        recipe=Recipe("scripted", experiment.sharing, experiment.reading, main, reader, threads=threads),
        queries=tuple(tagged("SELECT 1", number, experiment.rows) for number in range(experiment.tasks + 1)),
        end_backends=end_backends,
        secrets=("hunter2",),
    )


def run(main: Callable[..., Any], reader: Callable[..., Any] = read, **options: Any) -> Trace:
    """The trace of a scripted run, on a clock that ticks a microsecond at each reading."""
    ticks = itertools.count(1_000_000, 1_000)

    async def drive() -> Trace:
        return await Runner(plan(main, reader, **options), clock=lambda: next(ticks)).run()

    return asyncio.run(drive())


def letters(trace: Trace) -> str:
    """The order of rows, a letter a row: `gpttt`."""
    from pgtui.core.ledger import order

    return "".join(trace.name(task)[0] * count for task, count in order(trace))
