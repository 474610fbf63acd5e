"""SQLAlchemy with asyncio, whatever the driver below: a connection queues its tasks behind a mutex.

The recipes are written to be read: what SQLAlchemy's documentation writes is what stands here. Which driver it is, the
URL says; `sqlalchemy_asyncpg` and `sqlalchemy_psycopg` make the URL.
"""

import asyncio
from typing import Any

from sqlalchemy import CursorResult, NullPool, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncResult, create_async_engine

from pgtui.core.experiment import Reading, Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.drivers.cookbook import Cookbook, Read


def sql(query: str) -> TextClause:
    """The query as it is: `text()` takes `:name` for a parameter unless its colon is escaped."""
    return text(query.replace(":", r"\:"))


async def backend_pid(connection: AsyncConnection) -> int:
    """The process id of the connection's backend, asked of the driver below."""
    driver: Any = (await connection.get_raw_connection()).driver_connection
    return int(driver.get_server_pid() if hasattr(driver, "get_server_pid") else driver.info.backend_pid)


async def new_connection(run: Run, read: Read) -> None:
    """Every task opens a connection of its own: NullPool keeps none."""
    engine = create_async_engine(run.dsn, connect_args=run.arguments, poolclass=NullPool)
    await run.gather(connect_and_read, engine, read)


async def connect_and_read(task: Task, engine: AsyncEngine, read: Read) -> None:
    task.says("opening connection")
    async with engine.connect() as connection:
        await read(task, connection)


async def shared_connection(run: Run, read: Read) -> None:
    """One connection; every task executes its query on it."""
    engine = create_async_engine(run.dsn, connect_args=run.arguments, poolclass=NullPool)
    run.says("opening connection")
    async with engine.connect() as connection:
        await run.gather(read, connection)


async def one_result(run: Run, read: Read) -> None:
    """One result; every task reads its rows."""
    engine = create_async_engine(run.dsn, connect_args=run.arguments, poolclass=NullPool)
    run.says("opening connection")
    async with engine.connect() as connection:
        result = await connection.execute(sql(run.query))
        await run.gather(read, connection, result)


async def one_stream(run: Run, read: Read) -> None:
    """One result that stays on the server; every task reads its rows."""
    engine = create_async_engine(run.dsn, connect_args=run.arguments, poolclass=NullPool)
    run.says("opening connection")
    async with engine.connect() as connection, connection.stream(sql(run.query)) as result:
        await run.gather(read, connection, result)


async def pool(run: Run, read: Read) -> None:
    """A pool; every task acquires a connection from it."""
    engine = create_async_engine(run.dsn, connect_args=run.arguments, pool_size=run.pool_size, max_overflow=0)
    try:
        await run.gather(acquire_and_read, engine, read)
    finally:
        await engine.dispose()


async def acquire_and_read(task: Task, engine: AsyncEngine, read: Read) -> None:
    task.says("acquiring connection")
    async with engine.connect() as connection:
        await read(task, connection)


async def iterate(task: Task, connection: AsyncConnection) -> None:
    task.backend(await backend_pid(connection))
    task.says("starting fetching")
    result = await connection.execute(sql(task.query))
    for row in result:
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchone(task: Task, connection: AsyncConnection) -> None:
    task.backend(await backend_pid(connection))
    task.says("starting fetching")
    result = await connection.execute(sql(task.query))
    while row := result.fetchone():
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchmany(task: Task, connection: AsyncConnection) -> None:
    task.backend(await backend_pid(connection))
    task.says("starting fetching")
    result = await connection.execute(sql(task.query))
    while rows := result.fetchmany(100):
        for row in rows:
            task.row(row)
            if task.yields:
                await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchall(task: Task, connection: AsyncConnection) -> None:
    task.backend(await backend_pid(connection))
    task.says("starting fetching")
    result = await connection.execute(sql(task.query))
    for row in result.fetchall():
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def stream(task: Task, connection: AsyncConnection) -> None:
    task.backend(await backend_pid(connection))
    task.says("starting fetching")
    async with connection.stream(sql(task.query)) as result:
        async for row in result:
            task.row(row)
            if task.yields:
                await asyncio.sleep(0)
    task.says("fetched 100 %")


async def iterate_result(task: Task, connection: AsyncConnection, result: CursorResult[Any]) -> None:
    task.backend(await backend_pid(connection))
    task.says("starting fetching")
    for row in result:
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchone_result(task: Task, connection: AsyncConnection, result: CursorResult[Any]) -> None:
    task.backend(await backend_pid(connection))
    task.says("starting fetching")
    while row := result.fetchone():
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchmany_result(task: Task, connection: AsyncConnection, result: CursorResult[Any]) -> None:
    task.backend(await backend_pid(connection))
    task.says("starting fetching")
    while rows := result.fetchmany(100):
        for row in rows:
            task.row(row)
            if task.yields:
                await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchall_result(task: Task, connection: AsyncConnection, result: CursorResult[Any]) -> None:
    task.backend(await backend_pid(connection))
    task.says("starting fetching")
    for row in result.fetchall():
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def stream_result(task: Task, connection: AsyncConnection, result: AsyncResult[Any]) -> None:
    task.backend(await backend_pid(connection))
    task.says("starting fetching")
    async for row in result:
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


def cookbook(driver: str) -> Cookbook:
    """The recipes, for the driver with this id."""
    return Cookbook(
        driver=driver,
        mains={
            Sharing.NEW_CONNECTION: (new_connection, connect_and_read),
            Sharing.SHARED_CONNECTION: (shared_connection,),
            Sharing.ONE_RESULT: (one_result,),
            (Sharing.ONE_RESULT, Reading.SERVER_CURSOR): (one_stream,),
            Sharing.POOL: (pool, acquire_and_read),
        },
        reads={
            Reading.ITERATE: iterate,
            Reading.FETCHONE: fetchone,
            Reading.FETCHMANY: fetchmany,
            Reading.FETCHALL: fetchall,
            Reading.SERVER_CURSOR: stream,
        },
        results={
            Reading.ITERATE: iterate_result,
            Reading.FETCHONE: fetchone_result,
            Reading.FETCHMANY: fetchmany_result,
            Reading.FETCHALL: fetchall_result,
            Reading.SERVER_CURSOR: stream_result,
        },
    )
