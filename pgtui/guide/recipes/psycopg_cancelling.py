"""psycopg: what a task's timeout ends, in a transaction that others share and in a thread."""

import asyncio
import time
from typing import Any

import psycopg

from pgtui.core.experiment import Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.checks import endings
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed
from pgtui.guide.recipes.psycopg_opening import (
    Connection,
    Each,
    connect_first,
    connection_each,
    share_connection,
)

SyncConnection = psycopg.Connection[Any]


# A timeout in a transaction that others share
async def give_up_or_read(task: Task, connection: Connection) -> None:
    if task.name == "green":
        try:
            async with asyncio.timeout(0.1):
                await connection.execute("SELECT pg_sleep(1)")
        except TimeoutError:
            task.says("gave up after 0.1 s")
    else:
        cursor = await connection.execute(task.query)
        async for row in cursor:
            task.row(row)


def timeout_aborted_the_transaction(seen: Observed) -> Verdict:
    gave_up = seen.heard("green", "gave up") is not None
    aborted = seen.failed("pink", "current transaction is aborted")
    return Verdict(
        gave_up and aborted, f"green {'gave up' if gave_up else 'did not give up'}; pink met {seen.message('pink')!r}."
    )


def others_read(seen: Observed) -> Verdict:
    rows = [seen.rows(name) for name in seen.names[1:]]
    fine = all(count == seen.trace.header.experiment.rows for count in rows) and not endings(seen)
    gave_up = seen.heard("green", "gave up|stopped waiting") or "did not give up"
    return Verdict(fine, f"green {gave_up}; pink has {seen.rows('pink')} rows after {seen.took('pink'):.2f} s.")


TIMEOUT_ABORTS = Pair(
    hazard=Scene(
        main=share_connection, each=give_up_or_read, check=timeout_aborted_the_transaction, tasks=2, reads=False
    ),
    right_way=Scene(
        main=connection_each, each=give_up_or_read, parts=(connect_first,), check=others_read, tasks=2, reads=False,
        sharing=Sharing.NEW_CONNECTION,
    ),
)  # fmt: skip


# A timeout around a thread
async def share_sync_connection(run: Run, each: Each) -> None:
    connection: SyncConnection = await asyncio.to_thread(psycopg.connect, run.dsn, autocommit=True)  # type: ignore[arg-type]  # generic
    try:
        await run.gather(each, connection)
    finally:
        await asyncio.to_thread(connection.close)


async def stop_waiting(task: Task, connection: SyncConnection) -> None:
    if task.name == "green":
        try:
            async with asyncio.timeout(0.1):
                await asyncio.to_thread(connection.execute, "SELECT pg_sleep(0.8)")
        except TimeoutError:
            task.says("stopped waiting after 0.1 s")
    else:
        cursor = await asyncio.to_thread(connection.execute, task.query)
        for row in cursor:
            task.row(row)


async def cancel_on_server(task: Task, connection: SyncConnection) -> None:
    if task.name == "green":
        try:
            async with asyncio.timeout(0.1):
                await asyncio.to_thread(connection.execute, "SELECT pg_sleep(0.8)")
        except TimeoutError:
            await asyncio.to_thread(connection.cancel_safe)
            task.says("stopped waiting after 0.1 s and cancelled the query")
    else:
        cursor = await asyncio.to_thread(connection.execute, task.query)
        for row in cursor:
            task.row(row)


def query_ran_on(seen: Observed) -> Verdict:
    green, pink = seen.took("green"), seen.took("pink")
    return Verdict(
        seen.heard("green", "stopped waiting") is not None and pink > 0.7,
        f"green stopped waiting after {green:.2f} s; its query ran on, and pink had to wait {pink:.2f} s for it.",
    )


def query_was_cancelled(seen: Observed) -> Verdict:
    verdict = others_read(seen)
    return Verdict(verdict.holds and seen.took("pink") < 0.7, verdict.seen)


THREAD_RUNS_ON = Pair(
    hazard=Scene(main=share_sync_connection, each=stop_waiting, check=query_ran_on, tasks=2, reads=False),
    right_way=Scene(main=share_sync_connection, each=cancel_on_server, check=query_was_cancelled, tasks=2, reads=False),
)


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
    return Verdict(rows > 50_000, f"{rows:,} rows came in {step}, in which nothing else ran.")


def loop_went_on(seen: Observed) -> Verdict:
    rows, seconds = seen.longest_step
    return Verdict(
        rows <= 2_000 and seen.rows("green") == seen.trace.header.experiment.rows and not endings(seen),
        f"{rows:,} rows at most came in one step, of {seconds * 1000:.0f} ms.",
    )


STARVED_LOOP = Pair(
    hazard=Scene(
        main=read_beside_a_clock, each=iterate_all, parts=(tick,), check=loop_stood_still, tasks=2, reads=False,
        rows=100_000,
    ),
    right_way=Scene(
        main=read_beside_a_clock, each=iterate_portions, parts=(tick,), check=loop_went_on, tasks=2, reads=False,
        rows=100_000,
    ),
)  # fmt: skip
