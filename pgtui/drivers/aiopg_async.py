"""aiopg: psycopg2 with asyncio; a connection lets one coroutine wait and refuses a second.

The recipes are written to be read: what aiopg's documentation writes is what stands here.
"""

import asyncio

import aiopg

from pgtui.core.experiment import Reading, Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.drivers.cookbook import Cookbook, Read
from pgtui.drivers.libpq_address import address

__all__ = ["address", "recipe"]


async def new_connection(run: Run, read: Read) -> None:
    """Every task opens a connection of its own."""
    await run.gather(connect_and_read, read)


async def connect_and_read(task: Task, read: Read) -> None:
    task.says("opening connection")
    async with aiopg.connect(task.dsn) as connection:
        task.says("creating cursor")
        async with connection.cursor() as cursor:
            await read(task, cursor)


async def shared_connection(run: Run, read: Read) -> None:
    """One connection; every task creates a cursor of its own on it."""
    run.says("opening connection")
    async with aiopg.connect(run.dsn) as connection:
        await run.gather(create_cursor_and_read, connection, read)


async def create_cursor_and_read(task: Task, connection: aiopg.Connection, read: Read) -> None:
    task.says("creating cursor")
    async with connection.cursor() as cursor:
        await read(task, cursor)


async def shared_cursor(run: Run, read: Read) -> None:
    """One cursor; every task executes its query on it."""
    run.says("opening connection")
    async with aiopg.connect(run.dsn) as connection:
        run.says("creating cursor")
        async with connection.cursor() as cursor:
            await run.gather(read, cursor)


async def one_result(run: Run, read: Read) -> None:
    """One cursor, executed once; every task reads its rows."""
    run.says("opening connection")
    async with aiopg.connect(run.dsn) as connection:
        run.says("creating cursor")
        async with connection.cursor() as cursor:
            await cursor.execute(run.query)
            await run.gather(read, cursor)


async def pool(run: Run, read: Read) -> None:
    """A pool; every task acquires a connection from it."""
    run.says("opening pool")
    async with aiopg.create_pool(run.dsn, minsize=run.pool_size, maxsize=run.pool_size) as pool:
        await run.gather(acquire_and_read, pool, read)


async def acquire_and_read(task: Task, pool: aiopg.Pool, read: Read) -> None:
    task.says("acquiring connection")
    async with pool.acquire() as connection:
        task.says("creating cursor")
        async with connection.cursor() as cursor:
            await read(task, cursor)


async def iterate(task: Task, cursor: aiopg.Cursor) -> None:
    task.backend(cursor.connection.raw.info.backend_pid)
    task.says("starting fetching")
    await cursor.execute(task.query)
    async for row in cursor:
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchone(task: Task, cursor: aiopg.Cursor) -> None:
    task.backend(cursor.connection.raw.info.backend_pid)
    task.says("starting fetching")
    await cursor.execute(task.query)
    while row := await cursor.fetchone():
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchmany(task: Task, cursor: aiopg.Cursor) -> None:
    task.backend(cursor.connection.raw.info.backend_pid)
    task.says("starting fetching")
    await cursor.execute(task.query)
    while rows := await cursor.fetchmany(100):
        for row in rows:
            task.row(row)
            if task.yields:
                await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchall(task: Task, cursor: aiopg.Cursor) -> None:
    task.backend(cursor.connection.raw.info.backend_pid)
    task.says("starting fetching")
    await cursor.execute(task.query)
    for row in await cursor.fetchall():
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def iterate_result(task: Task, cursor: aiopg.Cursor) -> None:
    task.backend(cursor.connection.raw.info.backend_pid)
    task.says("starting fetching")
    async for row in cursor:
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchone_result(task: Task, cursor: aiopg.Cursor) -> None:
    task.backend(cursor.connection.raw.info.backend_pid)
    task.says("starting fetching")
    while row := await cursor.fetchone():
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchmany_result(task: Task, cursor: aiopg.Cursor) -> None:
    task.backend(cursor.connection.raw.info.backend_pid)
    task.says("starting fetching")
    while rows := await cursor.fetchmany(100):
        for row in rows:
            task.row(row)
            if task.yields:
                await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchall_result(task: Task, cursor: aiopg.Cursor) -> None:
    task.backend(cursor.connection.raw.info.backend_pid)
    task.says("starting fetching")
    for row in await cursor.fetchall():
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


COOKBOOK = Cookbook(
    driver="aiopg",
    mains={
        Sharing.NEW_CONNECTION: (new_connection, connect_and_read),
        Sharing.SHARED_CONNECTION: (shared_connection, create_cursor_and_read),
        Sharing.SHARED_CURSOR: (shared_cursor,),
        Sharing.ONE_RESULT: (one_result,),
        Sharing.POOL: (pool, acquire_and_read),
    },
    reads={
        Reading.ITERATE: iterate,
        Reading.FETCHONE: fetchone,
        Reading.FETCHMANY: fetchmany,
        Reading.FETCHALL: fetchall,
    },
    results={
        Reading.ITERATE: iterate_result,
        Reading.FETCHONE: fetchone_result,
        Reading.FETCHMANY: fetchmany_result,
        Reading.FETCHALL: fetchall_result,
    },
)
recipe = COOKBOOK.recipe
