"""psycopg: one connection is one lane, whether its tasks queue at the lock or ride a pipeline."""

import asyncio

import psycopg

from pgtui.core.experiment import Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.checks import asked_at_once, asked_one_after_another, only_pink_failed
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed
from pgtui.guide.recipes.psycopg_opening import (
    Connection,
    Each,
    connect_first,
    connection_each,
    share_connection,
)


# Tasks that queue for a connection
async def execute_and_read(task: Task, connection: Connection) -> None:
    cursor = await connection.execute(task.query)
    async for row in cursor:
        task.row(row)


QUEUED_CONNECTION = Pair(
    hazard=Scene(main=share_connection, each=execute_and_read, check=asked_one_after_another, server_delay=0.1),
    right_way=Scene(
        main=connection_each, each=execute_and_read, parts=(connect_first,), check=asked_at_once,
        server_delay=0.1, sharing=Sharing.NEW_CONNECTION,
    ),
)  # fmt: skip


# A pipeline's errors
async def share_pipeline(run: Run, each: Each) -> None:
    """One connection in pipeline mode for all tasks."""
    async with (
        await psycopg.AsyncConnection.connect(run.dsn, autocommit=True) as connection,
        connection.pipeline(),
    ):
        await run.gather(each, connection)


async def divide_or_ask(task: Task, connection: Connection) -> None:
    if task.name == "pink":
        cursor = await connection.execute("SELECT 1 / 0")
    else:
        cursor = await connection.execute(task.query)
    await asyncio.sleep(0)
    async for row in cursor:
        task.row(row)


def another_got_the_error(seen: Observed) -> Verdict:
    wrong = [name for name in ("green", "teal") if seen.failed(name, "division by zero")]
    met = "; ".join(f"{name} met {seen.message(name)!r}" for name in seen.names if seen.failure(name))
    return Verdict(bool(wrong), f"pink divided by zero: {met}.")


PIPELINE_ERRORS = Pair(
    hazard=Scene(main=share_pipeline, each=divide_or_ask, check=another_got_the_error),
    right_way=Scene(
        main=connection_each, each=divide_or_ask, parts=(connect_first,), check=only_pink_failed,
        sharing=Sharing.NEW_CONNECTION,
    ),
)  # fmt: skip


# A pipeline's queries
PIPELINE_LANE = Pair(
    hazard=Scene(main=share_pipeline, each=execute_and_read, check=asked_one_after_another, server_delay=0.1),
    right_way=Scene(
        main=connection_each, each=execute_and_read, parts=(connect_first,), check=asked_at_once,
        server_delay=0.1, sharing=Sharing.NEW_CONNECTION,
    ),
)  # fmt: skip
