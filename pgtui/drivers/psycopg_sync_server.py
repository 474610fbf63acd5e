"""psycopg 3 without its async half, with server-side cursors: the loop freezes for each 100 rows.

The recipes are those of `psycopg_sync` with a name for each cursor, which is what makes it a server-side one.
"""

import asyncio
from typing import Any

import psycopg

from pgtui.core.experiment import Reading, Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.drivers.cookbook import Cookbook, Read

Connection = psycopg.Connection[Any]
Cursor = psycopg.ServerCursor[Any]


async def new_connection(run: Run, read: Read) -> None:
    """Every task opens a connection of its own."""
    await run.gather(connect_and_read, read)


async def connect_and_read(task: Task, read: Read) -> None:
    task.says("opening connection")
    with psycopg.connect(task.dsn) as connection:
        task.says("creating cursor")
        with connection.cursor(task.name) as cursor:
            await read(task, cursor)


async def shared_connection(run: Run, read: Read) -> None:
    """One connection; every task creates a cursor of its own on it."""
    run.says("opening connection")
    with psycopg.connect(run.dsn) as connection:
        await run.gather(create_cursor_and_read, connection, read)


async def create_cursor_and_read(task: Task, connection: Connection, read: Read) -> None:
    task.says("creating cursor")
    with connection.cursor(task.name) as cursor:
        await read(task, cursor)


async def shared_cursor(run: Run, read: Read) -> None:
    """One cursor; every task executes its query on it."""
    run.says("opening connection")
    with psycopg.connect(run.dsn) as connection:
        run.says("creating cursor")
        with connection.cursor("shared") as cursor:
            await run.gather(read, cursor)


async def one_result(run: Run, read: Read) -> None:
    """One cursor, executed once; every task reads its rows."""
    run.says("opening connection")
    with psycopg.connect(run.dsn) as connection:
        run.says("creating cursor")
        with connection.cursor("shared") as cursor:
            cursor.execute(run.query)
            await run.gather(read, cursor)


async def iterate(task: Task, cursor: Cursor) -> None:
    task.backend(cursor.connection.info.backend_pid)
    task.says("starting fetching")
    cursor.execute(task.query)
    for row in cursor:
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def iterate_result(task: Task, cursor: Cursor) -> None:
    task.backend(cursor.connection.info.backend_pid)
    task.says("starting fetching")
    for row in cursor:
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


COOKBOOK = Cookbook(
    driver="psycopg-sync",
    mains={
        Sharing.NEW_CONNECTION: (new_connection, connect_and_read),
        Sharing.SHARED_CONNECTION: (shared_connection, create_cursor_and_read),
        Sharing.SHARED_CURSOR: (shared_cursor,),
        Sharing.ONE_RESULT: (one_result,),
    },
    reads={Reading.SERVER_CURSOR: iterate},
    results={Reading.SERVER_CURSOR: iterate_result},
)
