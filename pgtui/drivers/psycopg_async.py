"""psycopg 3 with asyncio: a connection queues its tasks behind a lock, a cursor holds one result.

The recipes are written to be read; what a driver's documentation writes is what stands here. Those with server-side
cursors are in `psycopg_async_server`.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psycopg

from pgtui.core.experiment import Reading, Sharing
from pgtui.core.recipes import Recipe
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.drivers.registry import Address

if TYPE_CHECKING:
    from pgtui.postgres.target import Target

Connection = psycopg.AsyncConnection[Any]
Cursor = psycopg.AsyncCursor[Any]
Read = Callable[..., Any]


async def new_connection(run: Run, read: Read) -> None:
    """Every task opens a connection of its own."""
    await run.gather(connect_and_read, read)


async def connect_and_read(task: Task, read: Read) -> None:
    task.says("opening connection")
    async with await psycopg.AsyncConnection.connect(task.dsn) as connection:
        task.says("creating cursor")
        async with connection.cursor() as cursor:
            await read(task, cursor)


async def shared_connection(run: Run, read: Read) -> None:
    """One connection; every task creates a cursor of its own on it."""
    run.says("opening connection")
    async with await psycopg.AsyncConnection.connect(run.dsn) as connection:
        await run.gather(create_cursor_and_read, connection, read)


async def create_cursor_and_read(task: Task, connection: Connection, read: Read) -> None:
    task.says("creating cursor")
    async with connection.cursor() as cursor:
        await read(task, cursor)


async def shared_cursor(run: Run, read: Read) -> None:
    """One cursor; every task executes its query on it."""
    run.says("opening connection")
    async with await psycopg.AsyncConnection.connect(run.dsn) as connection:
        run.says("creating cursor")
        async with connection.cursor() as cursor:
            await run.gather(read, cursor)


async def iterate(task: Task, cursor: Cursor) -> None:
    task.backend(cursor.connection.info.backend_pid)
    task.says("starting fetching")
    await cursor.execute(task.query)
    async for row in cursor:
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


MAINS: dict[Sharing, tuple[Callable[..., Any], ...]] = {
    Sharing.NEW_CONNECTION: (new_connection, connect_and_read),
    Sharing.SHARED_CONNECTION: (shared_connection, create_cursor_and_read),
    Sharing.SHARED_CURSOR: (shared_cursor,),
}
"""What is shared → the function that opens it, and the others that belong to it."""

READS: dict[Reading, Read] = {
    Reading.ITERATE: iterate,
}


def recipe(sharing: Sharing, reading: Reading) -> Recipe:
    """What runs for a combination that the registry does not refuse."""
    main, *parts = MAINS[sharing]
    return Recipe("psycopg", sharing, reading, main, READS[reading], tuple(parts))


def address(target: "Target", application_name: str) -> Address:
    """psycopg takes what libpq takes."""
    return Address(dsn=target.conninfo(application_name))
