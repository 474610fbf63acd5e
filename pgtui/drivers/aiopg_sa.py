"""aiopg.sa: aiopg's pool as an engine, with SQLAlchemy's Core on top; each execute() has a cursor of its own.

The recipes are written to be read: what aiopg's documentation writes is what stands here.
"""

# mypy: allow-untyped-calls
# aiopg has types, aiopg.sa has none.

import asyncio

from pgtui.core.experiment import Reading, Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.drivers.aiopg_sa_names import Engine, ResultProxy, SAConnection, create_engine
from pgtui.drivers.cookbook import Cookbook, Read
from pgtui.drivers.libpq_address import address

__all__ = ["address", "recipe"]


def sql(query: str) -> str:
    """The query as it is: aiopg.sa always passes parameters along, so psycopg2 takes each % for a placeholder."""
    return query.replace("%", "%%")


async def new_connection(run: Run, read: Read) -> None:
    """Every task creates an engine of its own, which opens one connection."""
    await run.gather(connect_and_read, read)


async def connect_and_read(task: Task, read: Read) -> None:
    task.says("opening connection")
    async with create_engine(task.dsn) as engine, engine.acquire() as connection:
        await read(task, connection)


async def shared_connection(run: Run, read: Read) -> None:
    """One connection; every task executes its query on it."""
    run.says("opening connection")
    async with create_engine(run.dsn) as engine, engine.acquire() as connection:
        await run.gather(read, connection)


async def one_result(run: Run, read: Read) -> None:
    """One result; every task reads its rows."""
    run.says("opening connection")
    async with create_engine(run.dsn) as engine, engine.acquire() as connection:
        result = await connection.execute(sql(run.query))
        await run.gather(read, connection, result)


async def pool(run: Run, read: Read) -> None:
    """An engine; every task acquires a connection from its pool."""
    run.says("opening pool")
    async with create_engine(run.dsn, minsize=run.pool_size, maxsize=run.pool_size) as engine:
        await run.gather(acquire_and_read, engine, read)


async def acquire_and_read(task: Task, engine: Engine, read: Read) -> None:
    task.says("acquiring connection")
    async with engine.acquire() as connection:
        await read(task, connection)


async def iterate(task: Task, connection: SAConnection) -> None:
    task.backend(connection.connection.raw.info.backend_pid)
    task.says("starting fetching")
    async for row in connection.execute(sql(task.query)):
        task.row(row.as_tuple())
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchone(task: Task, connection: SAConnection) -> None:
    task.backend(connection.connection.raw.info.backend_pid)
    task.says("starting fetching")
    result = await connection.execute(sql(task.query))
    while row := await result.fetchone():
        task.row(row.as_tuple())
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchmany(task: Task, connection: SAConnection) -> None:
    task.backend(connection.connection.raw.info.backend_pid)
    task.says("starting fetching")
    result = await connection.execute(sql(task.query))
    while rows := await result.fetchmany(100):
        for row in rows:
            task.row(row.as_tuple())
            if task.yields:
                await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchall(task: Task, connection: SAConnection) -> None:
    task.backend(connection.connection.raw.info.backend_pid)
    task.says("starting fetching")
    result = await connection.execute(sql(task.query))
    for row in await result.fetchall():
        task.row(row.as_tuple())
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def iterate_result(task: Task, connection: SAConnection, result: ResultProxy) -> None:
    task.backend(connection.connection.raw.info.backend_pid)
    task.says("starting fetching")
    async for row in result:
        task.row(row.as_tuple())
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchone_result(task: Task, connection: SAConnection, result: ResultProxy) -> None:
    task.backend(connection.connection.raw.info.backend_pid)
    task.says("starting fetching")
    while row := await result.fetchone():
        task.row(row.as_tuple())
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchmany_result(task: Task, connection: SAConnection, result: ResultProxy) -> None:
    task.backend(connection.connection.raw.info.backend_pid)
    task.says("starting fetching")
    while rows := await result.fetchmany(100):
        for row in rows:
            task.row(row.as_tuple())
            if task.yields:
                await asyncio.sleep(0)
    task.says("fetched 100 %")


async def fetchall_result(task: Task, connection: SAConnection, result: ResultProxy) -> None:
    task.backend(connection.connection.raw.info.backend_pid)
    task.says("starting fetching")
    for row in await result.fetchall():
        task.row(row.as_tuple())
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


COOKBOOK = Cookbook(
    driver="aiopg-sa",
    mains={
        Sharing.NEW_CONNECTION: (new_connection, connect_and_read),
        Sharing.SHARED_CONNECTION: (shared_connection,),
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
