"""psycopg 3 with asyncio and server-side cursors: each 100 rows are a query of their own, queued behind the lock.

The recipes are those of `psycopg_async` with a name for each cursor, which is what makes it a server-side one.
"""

import asyncio
from typing import Any

import psycopg
import psycopg_pool

from pgtui.core.experiment import Reading, Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.drivers.cookbook import Cookbook, Read

Connection = psycopg.AsyncConnection[Any]
Cursor = psycopg.AsyncServerCursor[Any]
Pool = psycopg_pool.AsyncConnectionPool[Connection]


async def new_connection(run: Run, read: Read) -> None:
    """Every task opens a connection of its own."""
    await run.gather(connect_and_read, read)


async def connect_and_read(task: Task, read: Read) -> None:
    task.says("opening connection")
    async with await psycopg.AsyncConnection.connect(task.dsn) as connection:
        task.says("creating cursor")
        async with connection.cursor(task.name) as cursor:
            await read(task, cursor)


async def shared_connection(run: Run, read: Read) -> None:
    """One connection; every task creates a cursor of its own on it."""
    run.says("opening connection")
    async with await psycopg.AsyncConnection.connect(run.dsn) as connection:
        await run.gather(create_cursor_and_read, connection, read)


async def create_cursor_and_read(task: Task, connection: Connection, read: Read) -> None:
    task.says("creating cursor")
    async with connection.cursor(task.name) as cursor:
        await read(task, cursor)


async def shared_cursor(run: Run, read: Read) -> None:
    """One cursor; every task executes its query on it."""
    run.says("opening connection")
    async with await psycopg.AsyncConnection.connect(run.dsn) as connection:
        run.says("creating cursor")
        async with connection.cursor("shared") as cursor:
            await run.gather(read, cursor)


async def one_result(run: Run, read: Read) -> None:
    """One cursor, executed once; every task reads its rows."""
    run.says("opening connection")
    async with await psycopg.AsyncConnection.connect(run.dsn) as connection:
        run.says("creating cursor")
        async with connection.cursor("shared") as cursor:
            await cursor.execute(run.query)
            await run.gather(read, cursor)


async def pool(run: Run, read: Read) -> None:
    """A pool; every task acquires a connection from it."""
    run.says("opening pool")
    async with psycopg_pool.AsyncConnectionPool(run.dsn, min_size=run.pool_size, open=False) as pool:
        await run.gather(acquire_and_read, pool, read)


async def acquire_and_read(task: Task, pool: Pool, read: Read) -> None:
    task.says("acquiring connection")
    async with pool.connection() as connection:
        task.says("creating cursor")
        async with connection.cursor(task.name) as cursor:
            await read(task, cursor)


async def iterate(task: Task, cursor: Cursor) -> None:
    task.backend(cursor.connection.info.backend_pid)
    task.says("starting fetching")
    await cursor.execute(task.query)
    async for row in cursor:
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def iterate_result(task: Task, cursor: Cursor) -> None:
    task.backend(cursor.connection.info.backend_pid)
    task.says("starting fetching")
    async for row in cursor:
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


COOKBOOK = Cookbook(
    driver="psycopg",
    mains={
        Sharing.NEW_CONNECTION: (new_connection, connect_and_read),
        Sharing.SHARED_CONNECTION: (shared_connection, create_cursor_and_read),
        Sharing.SHARED_CURSOR: (shared_cursor,),
        Sharing.ONE_RESULT: (one_result,),
        Sharing.POOL: (pool, acquire_and_read),
    },
    reads={Reading.SERVER_CURSOR: iterate},
    results={Reading.SERVER_CURSOR: iterate_result},
)
