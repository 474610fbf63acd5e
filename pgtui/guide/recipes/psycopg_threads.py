"""psycopg in threads: a timeout on the loop does not reach the thread, nor the server."""

import asyncio
from typing import Any

import psycopg

from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.checks import bystander_read
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed
from pgtui.guide.recipes.psycopg_opening import Each

Connection = psycopg.Connection[Any]


# A timeout around a thread
async def share_sync_connection(run: Run, each: Each) -> None:
    connection: Connection = await asyncio.to_thread(psycopg.connect, run.dsn, autocommit=True)
    try:
        await run.gather(each, connection)
    finally:
        await asyncio.to_thread(connection.close)


async def stop_waiting(task: Task, connection: Connection) -> None:
    if task.name == "green":
        try:
            async with asyncio.timeout(0.1):
                await asyncio.to_thread(connection.execute, "SELECT pg_sleep(1)")
        except TimeoutError:
            task.says("stopped waiting after 0.1 s")
    else:
        cursor = await asyncio.to_thread(connection.execute, task.query)
        for row in cursor:
            task.row(row)


async def cancel_on_server(task: Task, connection: Connection) -> None:
    if task.name == "green":
        try:
            async with asyncio.timeout(0.1):
                await asyncio.to_thread(connection.execute, "SELECT pg_sleep(1)")
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
        seen.heard("green", "stopped waiting") is not None and pink > 0.9,
        f"green stopped waiting after {green:.2f} s; its query ran on, and pink had to wait {pink:.2f} s for it.",
    )


def query_was_cancelled(seen: Observed) -> Verdict:
    verdict = bystander_read(seen)
    return Verdict(verdict.holds and seen.took("pink") < 0.9, verdict.seen)


THREAD_RUNS_ON = Pair(
    hazard=Scene(main=share_sync_connection, each=stop_waiting, check=query_ran_on, tasks=2, reads=False),
    right_way=Scene(main=share_sync_connection, each=cancel_on_server, check=query_was_cancelled, tasks=2, reads=False),
)
