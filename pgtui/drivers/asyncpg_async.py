"""asyncpg: a connection runs one query at a time and refuses a second; rows come from the connection itself.

The recipes are written to be read; what a driver's documentation writes is what stands here.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import asyncpg

from pgtui.core.experiment import Reading, Sharing
from pgtui.core.recipes import Recipe
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.drivers.registry import Address

if TYPE_CHECKING:
    from pgtui.postgres.target import Target

Read = Callable[..., Any]


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


async def iterate(task: Task, connection: asyncpg.Connection) -> None:
    task.backend(connection.get_server_pid())
    task.says("starting fetching")
    for row in await connection.fetch(task.query):
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
    task.says("fetched 100 %")


MAINS: dict[Sharing, tuple[Callable[..., Any], ...]] = {
    Sharing.NEW_CONNECTION: (new_connection, connect_and_read),
    Sharing.SHARED_CONNECTION: (shared_connection,),
}
"""What is shared → the function that opens it, and the others that belong to it."""

READS: dict[Reading, Read] = {
    Reading.ITERATE: iterate,
}


def recipe(sharing: Sharing, reading: Reading) -> Recipe:
    """What runs for a combination that the registry does not refuse."""
    main, *parts = MAINS[sharing]
    return Recipe("asyncpg", sharing, reading, main, READS[reading], tuple(parts))


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
