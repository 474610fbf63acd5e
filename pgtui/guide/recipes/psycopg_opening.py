"""psycopg: the two ways in which scenes open their connections, one for all tasks or one for each."""

from collections.abc import Callable
from typing import Any

import psycopg

from pgtui.core.runner import Run
from pgtui.core.tasks import Task

Each = Callable[..., Any]
Connection = psycopg.AsyncConnection[Any]
Cursor = psycopg.AsyncCursor[Any]


async def share_connection(run: Run, each: Each) -> None:
    """One connection for all tasks."""
    async with await psycopg.AsyncConnection.connect(run.dsn) as connection:
        run.backend(connection.info.backend_pid)
        await run.gather(each, connection)


async def connection_each(run: Run, each: Each) -> None:
    """Every task opens a connection of its own."""
    await run.gather(connect_first, each)


async def connect_first(task: Task, each: Each) -> None:
    async with await psycopg.AsyncConnection.connect(task.dsn) as connection:
        task.backend(connection.info.backend_pid)
        await each(task, connection)
