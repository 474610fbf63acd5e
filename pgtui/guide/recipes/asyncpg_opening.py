"""asyncpg: the ways in which scenes open their connections: one for all tasks, one for each, or a pool."""

from collections.abc import Callable
from typing import Any

import asyncpg

from pgtui.core.runner import Run
from pgtui.core.tasks import Task

Each = Callable[..., Any]


async def share_connection(run: Run, each: Each) -> None:
    """One connection for all tasks."""
    connection = await asyncpg.connect(**run.arguments)
    try:
        await run.gather(each, connection)
    finally:
        await connection.close()


async def connection_each(run: Run, each: Each) -> None:
    """Every task opens a connection of its own."""
    await run.gather(connect_first, each)


async def connect_first(task: Task, each: Each) -> None:
    connection = await asyncpg.connect(**task.arguments)
    try:
        await each(task, connection)
    finally:
        await connection.close()


async def share_pool(run: Run, each: Each) -> None:
    """A pool; every task acquires from it."""
    async with asyncpg.create_pool(min_size=1, max_size=run.pool_size, **run.arguments) as pool:
        await run.gather(each, pool)
