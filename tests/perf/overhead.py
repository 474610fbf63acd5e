"""What observing a run costs: the same recipe traced and bare, in one process, in turn."""

import asyncio
import gc
from collections.abc import Iterator
from time import perf_counter
from typing import Any

from pgtui.api import plan
from pgtui.core.experiment import Experiment, Yielding
from pgtui.core.runner import Plan, Runner
from pgtui.postgres import Target
from pgtui.postgres.query import prepare_query
from tests.perf.figures import Figure, median_ratio, paired

ROWS, ROUNDS = 100_000, 7


class BareTask:
    """A task that only keeps its rows, as any program would."""

    def __init__(self, number: int, source: Plan) -> None:
        self.number = number
        self.name = source.header.names[number]
        self.query = source.queries[number]
        self.yields = source.header.experiment.yields
        self.dsn, self.arguments = source.dsn, source.arguments
        self.got: list[Any] = []
        self.row = self.got.append

    def says(self, text: str) -> None:
        pass

    def backend(self, pid: int) -> None:
        pass


class BareRun:
    """A run whose tasks are plain asyncio tasks."""

    def __init__(self, source: Plan) -> None:
        self.tasks = [BareTask(number, source) for number in range(1, len(source.queries))]

    async def gather(self, read: Any, *shared: Any) -> None:
        await asyncio.gather(*(read(task, *shared) for task in self.tasks))


def measure(target: Target) -> Iterator[Figure]:
    """Tracing overhead without and with yielding."""
    for yielding, bound in ((Yielding.NONE, 1.3), (Yielding.SLEEP0, 1.4)):
        experiment = Experiment(driver="psycopg", yielding=yielding, rows=ROWS, timeout=300)
        made = asyncio.run(_plan(experiment, target))

        def traced(made: Plan = made) -> float:
            return _timed(Runner(made).run)

        def bare(made: Plan = made) -> float:
            run = BareRun(made)
            seconds = _timed(lambda: made.recipe.main(run, made.recipe.read))
            assert all(len(task.got) == ROWS for task in run.tasks)
            return seconds

        traced(), bare()
        pairs = paired(traced, bare, ROUNDS)
        detail = ", ".join(f"{one:.2f}/{other:.2f} s" for one, other in pairs)
        yield Figure(
            f"tracing overhead, 3 tasks x {ROWS:,} rows, psycopg, yielding {yielding.value}",
            median_ratio(pairs), "", bound, detail=detail,
        )  # fmt: skip


def _timed(run: Any) -> float:
    gc.collect()
    before = perf_counter()
    asyncio.run(run())
    return perf_counter() - before


async def _plan(experiment: Experiment, target: Target) -> Plan:
    return await plan(experiment, target, await prepare_query(target, experiment))
