"""asyncpg: a connection runs one query at a time and refuses a second; rows come from the connection itself.

The recipes are written to be read: what asyncpg's documentation writes is what stands here.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

import asyncpg
from asyncpg.cursor import Cursor

from pgtui.core.experiment import Reading, Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.drivers.cookbook import Cookbook, Read
from pgtui.drivers.driver import Address

if TYPE_CHECKING:
    from pgtui.postgres.target import Target


async def new_connection(run: Run, read: Read) -> None:
    """Every task opens a connection of its own."""
    await run.gather(connect_and_read, read)


async def connect_and_read(task: Task, read: Read) -> None:
    task.says("opening connection")
    connection = await asyncpg.connect(**task.arguments)
    try:
        await read(task, connection)
    finally:
        await connection.close()


async def shared_connection(run: Run, read: Read) -> None:
    """One connection; every task sends its query through it."""
    run.says("opening connection")
    connection = await asyncpg.connect(**run.arguments)
    try:
        await run.gather(read, connection)
    finally:
        await connection.close()


async def one_result(run: Run, read: Read) -> None:
    """One query, fetched once; every task reads from its list of rows."""
    run.says("opening connection")
    connection = await asyncpg.connect(**run.arguments)
    try:
        rows = iter(await connection.fetch(run.query))
        await run.gather(read, connection, rows)
    finally:
        await connection.close()


async def one_cursor(run: Run, read: Read) -> None:
    """One cursor; every task fetches from it."""
    run.says("opening connection")
    connection = await asyncpg.connect(**run.arguments)
    try:
        async with connection.transaction():
            run.says("creating cursor")
            cursor = await connection.cursor(run.query)
            await run.gather(read, connection, cursor)
    finally:
        await connection.close()


async def one_iterator(run: Run, read: Read) -> None:
    """One iterator over a cursor, which fetches 50 rows ahead; every task takes from it."""
    run.says("opening connection")
    connection = await asyncpg.connect(**run.arguments)
    try:
        async with connection.transaction():
            run.says("creating cursor")
            rows = aiter(connection.cursor(run.query))
            await run.gather(read, connection, rows)
    finally:
        await connection.close()


async def pool(run: Run, read: Read) -> None:
    """A pool; every task acquires a connection from it."""
    run.says("opening pool")
    async with asyncpg.create_pool(**run.arguments, min_size=run.pool_size, max_size=run.pool_size) as pool:
        await run.gather(acquire_and_read, pool, read)


async def acquire_and_read(task: Task, pool: asyncpg.Pool, read: Read) -> None:
    task.says("acquiring connection")
    async with pool.acquire() as connection:
        await read(task, connection)


async def pool_of_fetches(run: Run, read: Read) -> None:
    """A pool; every task acquires a connection from it, for as long as it takes to fetch."""
    run.says("opening pool")
    async with asyncpg.create_pool(**run.arguments, min_size=run.pool_size, max_size=run.pool_size) as pool:
        await run.gather(read, pool)


async def fetch_from_pool(task: Task, pool: asyncpg.Pool) -> None:
    task.says("acquiring connection")
    async with pool.acquire() as connection:
        task.backend(connection.get_server_pid())
        task.says("starting fetching")
        rows = await connection.fetch(task.query)
    for row in rows:
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetch(task: Task, connection: asyncpg.Connection) -> None:
    task.backend(connection.get_server_pid())
    task.says("starting fetching")
    for row in await connection.fetch(task.query):
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchone(task: Task, connection: asyncpg.Connection) -> None:
    task.backend(connection.get_server_pid())
    async with connection.transaction():
        task.says("creating cursor")
        cursor = await connection.cursor(task.query)
        task.says("starting fetching")
        while row := await cursor.fetchrow():
            task.row(row)
            if task.yields:
                await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchmany(task: Task, connection: asyncpg.Connection) -> None:
    task.backend(connection.get_server_pid())
    async with connection.transaction():
        task.says("creating cursor")
        cursor = await connection.cursor(task.query)
        task.says("starting fetching")
        while rows := await cursor.fetch(100):
            for row in rows:
                task.row(row)
                if task.yields:
                    await asyncio.sleep(0)
    task.says("fetched 100 %")


async def server_cursor(task: Task, connection: asyncpg.Connection) -> None:
    task.backend(connection.get_server_pid())
    async with connection.transaction():
        task.says("starting fetching")
        async for row in connection.cursor(task.query):
            task.row(row)
            if task.yields:
                await asyncio.sleep(0)
    task.says("fetched 100 %")


async def iterate_result(task: Task, connection: asyncpg.Connection, rows: Iterator[Any]) -> None:
    task.backend(connection.get_server_pid())
    task.says("starting fetching")
    for row in rows:
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchone_result(task: Task, connection: asyncpg.Connection, cursor: Cursor) -> None:
    task.backend(connection.get_server_pid())
    task.says("starting fetching")
    while row := await cursor.fetchrow():
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchmany_result(task: Task, connection: asyncpg.Connection, cursor: Cursor) -> None:
    task.backend(connection.get_server_pid())
    task.says("starting fetching")
    while rows := await cursor.fetch(100):
        for row in rows:
            task.row(row)
            if task.yields:
                await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchall_result(task: Task, connection: asyncpg.Connection, rows: Iterator[Any]) -> None:
    task.backend(connection.get_server_pid())
    task.says("starting fetching")
    for row in list(rows):
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def server_cursor_result(task: Task, connection: asyncpg.Connection, rows: AsyncIterator[Any]) -> None:
    task.backend(connection.get_server_pid())
    task.says("starting fetching")
    async for row in rows:
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


COOKBOOK = Cookbook(
    driver="asyncpg",
    mains={
        Sharing.NEW_CONNECTION: (new_connection, connect_and_read),
        Sharing.SHARED_CONNECTION: (shared_connection,),
        Sharing.ONE_RESULT: (one_result,),
        (Sharing.ONE_RESULT, Reading.FETCHONE): (one_cursor,),
        (Sharing.ONE_RESULT, Reading.FETCHMANY): (one_cursor,),
        (Sharing.ONE_RESULT, Reading.SERVER_CURSOR): (one_iterator,),
        Sharing.POOL: (pool, acquire_and_read),
        (Sharing.POOL, Reading.ITERATE): (pool_of_fetches,),
        (Sharing.POOL, Reading.FETCHALL): (pool_of_fetches,),
    },
    reads={
        Reading.ITERATE: fetch,
        Reading.FETCHONE: fetchone,
        Reading.FETCHMANY: fetchmany,
        Reading.FETCHALL: fetch,  # it is both: a list of all rows
        Reading.SERVER_CURSOR: server_cursor,
        (Sharing.POOL, Reading.ITERATE): fetch_from_pool,
        (Sharing.POOL, Reading.FETCHALL): fetch_from_pool,
    },
    results={
        Reading.ITERATE: iterate_result,
        Reading.FETCHONE: fetchone_result,
        Reading.FETCHMANY: fetchmany_result,
        Reading.FETCHALL: fetchall_result,
        Reading.SERVER_CURSOR: server_cursor_result,
    },
)
recipe = COOKBOOK.recipe


def address(target: "Target", application_name: str) -> Address:
    """asyncpg takes keyword arguments; each is given, so that it looks for none in the environment.

    Where a PgBouncer takes no startup options it may not keep prepared statements on one backend either:
    statements are then not cached.
    """
    arguments = {
        "host": target.address,
        "port": target.port,
        "user": target.user,
        "password": target.password,
        "database": target.dbname,
        "timeout": target.connect_timeout,
        "ssl": target.ssl_context() or False,
        "direct_tls": target.parameters.get("sslnegotiation") == "direct",
        "target_session_attrs": "any",
        "server_settings": {**target.settings, "application_name": application_name},
    }
    if not target.takes_startup_options:
        arguments["statement_cache_size"] = 0
    return Address(arguments=arguments)
