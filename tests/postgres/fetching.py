"""One query on a target with each driver, as pgtui's recipes connect."""

from collections.abc import Callable, Coroutine
from typing import Any

import aiopg
import asyncpg
import pg8000.native
import psycopg
import psycopg2

from pgtui.postgres import Target


async def with_asyncpg(target: Target, query: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(
        host=target.address,
        port=target.port,
        user=target.user,
        password=target.password,
        database=target.dbname,
        ssl=target.ssl_context() or False,
        server_settings={**target.settings, "application_name": "test-asyncpg"},
        statement_cache_size=100 if target.takes_startup_options else 0,
        timeout=10,
    )
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def with_psycopg(target: Target, query: str) -> list[tuple[object, ...]]:
    async with await psycopg.AsyncConnection.connect(target.conninfo("test-psycopg")) as connection:
        return list(await (await connection.execute(query)).fetchall())


async def with_aiopg(target: Target, query: str) -> list[tuple[object, ...]]:
    async with aiopg.connect(target.conninfo("test-aiopg")) as connection, connection.cursor() as cursor:
        await cursor.execute(query)
        return list(await cursor.fetchall())


async def with_pg8000(target: Target, query: str) -> list[tuple[object, ...]]:
    connection = pg8000.native.Connection(
        target.user,
        host=target.address,
        port=target.port,
        unix_sock=target.unix_socket,
        database=target.dbname,
        password=target.password,
        ssl_context=target.ssl_context() or False,
        startup_params=dict(target.settings),
        timeout=10,
    )
    try:
        return [tuple(row) for row in connection.run(query)]
    finally:
        connection.close()


Fetch = Callable[[Target, str], Coroutine[Any, Any, list[tuple[object, ...]]]]
DRIVERS = [with_asyncpg, with_psycopg, with_aiopg, with_pg8000]
REFUSED = (asyncpg.ReadOnlySQLTransactionError, psycopg.Error, psycopg2.Error, pg8000.DatabaseError)
