"""psycopg 3 without its async half, called on the event loop: each call holds up every task.

The recipes are written to be read: what psycopg's documentation writes is what stands here. Those with server-side
cursors are in `psycopg_sync_server`.
"""

import asyncio
import contextlib
from collections.abc import Generator
from typing import Any

import psycopg

from pgtui.core.experiment import Reading, Sharing
from pgtui.core.recipes import Recipe
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.drivers.cookbook import Cookbook, Read
from pgtui.drivers.libpq_address import address
from pgtui.drivers.psycopg_sync_server import COOKBOOK as SERVER_COOKBOOK

__all__ = ["address", "recipe"]
Connection = psycopg.Connection[Any]
Cursor = psycopg.Cursor[Any]


async def new_connection(run: Run, read: Read) -> None:
    """Every task opens a connection of its own."""
    await run.gather(connect_and_read, read)


async def connect_and_read(task: Task, read: Read) -> None:
    task.says("opening connection")
    with psycopg.connect(task.dsn) as connection:
        task.says("creating cursor")
        with connection.cursor() as cursor:
            await read(task, cursor)


async def shared_connection(run: Run, read: Read) -> None:
    """One connection; every task creates a cursor of its own on it."""
    run.says("opening connection")
    with psycopg.connect(run.dsn) as connection:
        await run.gather(create_cursor_and_read, connection, read)


async def create_cursor_and_read(task: Task, connection: Connection, read: Read) -> None:
    task.says("creating cursor")
    with connection.cursor() as cursor:
        await read(task, cursor)


async def shared_cursor(run: Run, read: Read) -> None:
    """One cursor; every task executes its query on it."""
    run.says("opening connection")
    with psycopg.connect(run.dsn) as connection:
        run.says("creating cursor")
        with connection.cursor() as cursor:
            await run.gather(read, cursor)


async def one_result(run: Run, read: Read) -> None:
    """One cursor, executed once; every task reads its rows."""
    run.says("opening connection")
    with psycopg.connect(run.dsn) as connection:
        run.says("creating cursor")
        with connection.cursor() as cursor:
            cursor.execute(run.query)
            await run.gather(read, cursor)


async def one_stream(run: Run, read: Read) -> None:
    """One stream of rows; every task reads from it."""
    run.says("opening connection")
    with psycopg.connect(run.dsn) as connection:
        run.says("creating cursor")
        with connection.cursor() as cursor:
            run.says("opening stream")
            with contextlib.closing(cursor.stream(run.query)) as rows:  # type: ignore[type-var]  # it has close()
                await run.gather(read, cursor, rows)


async def one_pipeline(run: Run, read: Read) -> None:
    """One cursor, executed once in a pipeline; every task reads its rows."""
    run.says("opening connection")
    with psycopg.connect(run.dsn) as connection, connection.pipeline():
        run.says("creating cursor")
        with connection.cursor() as cursor:
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


async def fetchone(task: Task, cursor: Cursor) -> None:
    task.backend(cursor.connection.info.backend_pid)
    task.says("starting fetching")
    cursor.execute(task.query)
    while row := cursor.fetchone():
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchmany(task: Task, cursor: Cursor) -> None:
    task.backend(cursor.connection.info.backend_pid)
    task.says("starting fetching")
    cursor.execute(task.query)
    while rows := cursor.fetchmany(100):
        for row in rows:
            task.row(row)
            if task.yields:
                await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchall(task: Task, cursor: Cursor) -> None:
    task.backend(cursor.connection.info.backend_pid)
    task.says("starting fetching")
    cursor.execute(task.query)
    for row in cursor.fetchall():
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def stream(task: Task, cursor: Cursor) -> None:
    task.backend(cursor.connection.info.backend_pid)
    task.says("starting fetching")
    for row in cursor.stream(task.query):
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def pipeline(task: Task, cursor: Cursor) -> None:
    task.backend(cursor.connection.info.backend_pid)
    task.says("starting fetching")
    with cursor.connection.pipeline():
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


async def fetchone_result(task: Task, cursor: Cursor) -> None:
    task.backend(cursor.connection.info.backend_pid)
    task.says("starting fetching")
    while row := cursor.fetchone():
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchmany_result(task: Task, cursor: Cursor) -> None:
    task.backend(cursor.connection.info.backend_pid)
    task.says("starting fetching")
    while rows := cursor.fetchmany(100):
        for row in rows:
            task.row(row)
            if task.yields:
                await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchall_result(task: Task, cursor: Cursor) -> None:
    task.backend(cursor.connection.info.backend_pid)
    task.says("starting fetching")
    for row in cursor.fetchall():
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def iterate_stream(task: Task, cursor: Cursor, rows: Generator[Any, None, None]) -> None:
    task.backend(cursor.connection.info.backend_pid)
    task.says("starting fetching")
    for row in rows:
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
        (Sharing.ONE_RESULT, Reading.STREAM): (one_stream,),
        (Sharing.ONE_RESULT, Reading.PIPELINE): (one_pipeline,),
    },
    reads={
        Reading.ITERATE: iterate,
        Reading.FETCHONE: fetchone,
        Reading.FETCHMANY: fetchmany,
        Reading.FETCHALL: fetchall,
        (Sharing.NEW_CONNECTION, Reading.STREAM): stream,
        Reading.PIPELINE: pipeline,
    },
    results={
        Reading.ITERATE: iterate_result,
        Reading.FETCHONE: fetchone_result,
        Reading.FETCHMANY: fetchmany_result,
        Reading.FETCHALL: fetchall_result,
        Reading.STREAM: iterate_stream,
        Reading.PIPELINE: iterate_result,
    },
)


def recipe(sharing: Sharing, reading: Reading) -> Recipe:
    """What runs for a combination that the registry does not refuse."""
    cookbook = SERVER_COOKBOOK if reading is Reading.SERVER_CURSOR else COOKBOOK
    return cookbook.recipe(sharing, reading)
