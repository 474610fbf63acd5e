"""aiopg: the two ways in which scenes open their connections, one for all tasks or one for each."""

from collections.abc import Callable
from typing import Any

import aiopg

from pgtui.core.runner import Run
from pgtui.core.tasks import Task

Each = Callable[..., Any]


async def share_connection(run: Run, each: Each) -> None:
    """One connection for all tasks."""
    async with aiopg.connect(run.dsn) as connection:
        await run.gather(each, connection)


async def connection_each(run: Run, each: Each) -> None:
    """Every task opens a connection of its own."""
    await run.gather(connect_first, each)


async def connect_first(task: Task, each: Each) -> None:
    async with aiopg.connect(task.dsn) as connection:
        await each(task, connection)
