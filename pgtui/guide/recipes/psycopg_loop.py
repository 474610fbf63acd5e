"""psycopg: a loop over rows that are in memory, and one that waits for the server between portions."""

import asyncio
import time

import psycopg

from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.checks import endings
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed
from pgtui.guide.recipes.psycopg_opening import Connection, Each


# A loop that gets no turn
async def read_beside_a_clock(run: Run, each: Each) -> None:
    async with await psycopg.AsyncConnection.connect(run.dsn) as connection:
        await run.gather(each, connection, asyncio.Event())


async def iterate_all(task: Task, connection: Connection, over: asyncio.Event) -> None:
    if task.name == "pink":
        await tick(task, over)
        return
    cursor = await connection.execute(task.query)
    async for row in cursor:
        task.row(row)
    over.set()


async def iterate_portions(task: Task, connection: Connection, over: asyncio.Event) -> None:
    if task.name == "pink":
        await tick(task, over)
        return
    async with connection.cursor("rows") as cursor:
        cursor.itersize = 1000
        await cursor.execute(task.query)
        async for row in cursor:
            task.row(row)
    over.set()


async def tick(task: Task, over: asyncio.Event) -> None:
    late, last = 0.0, time.perf_counter()
    while not over.is_set():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        late, last = max(late, now - last), now
    task.says(f"wanted a turn each ms; waited {late * 1000:.0f} ms for one")


def loop_stood_still(seen: Observed) -> Verdict:
    rows, seconds = seen.longest_step
    step = f"one step of {seconds * 1000:.0f} ms"
    return Verdict(rows > 10_000, f"{rows:,} rows came in {step}, in which nothing else ran.")


def loop_went_on(seen: Observed) -> Verdict:
    rows, seconds = seen.longest_step
    return Verdict(
        rows <= 2_000 and seen.rows("green") == seen.trace.header.experiment.rows and not endings(seen),
        f"{rows:,} rows at most came in one step, of {seconds * 1000:.0f} ms.",
    )


STARVED_LOOP = Pair(
    hazard=Scene(
        main=read_beside_a_clock, each=iterate_all, parts=(tick,), check=loop_stood_still, tasks=2, reads=False,
        rows=20_000,
    ),
    right_way=Scene(
        main=read_beside_a_clock, each=iterate_portions, parts=(tick,), check=loop_went_on, tasks=2, reads=False,
        rows=20_000,
    ),
)  # fmt: skip
