"""The server's processes that belong to a run, found by its `application_name`: counted, and ended.

A run closes its connections itself. This is for what is left when a task was cancelled, a driver hung
or a thread could not be interrupted; it goes over a connection of its own, and never takes long.
"""

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, LiteralString

from pgtui.errors import ServerError
from pgtui.postgres.target import Target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import psycopg

TIMEOUT = 10.0
"""Seconds for connecting, ending the backends and seeing them gone."""

_APPLICATION_NAME = "pgtui-backends"

# Only the role's own backends: it may not end those of others.
_OURS: LiteralString = """
FROM pg_stat_activity
WHERE application_name = %(name)s AND pid <> pg_backend_pid() AND usename = current_user
"""
# A pooler keeps idle backends, with the name of the client that used them last: not a run's any more.
_NOT_POOLED: LiteralString = " AND (%(direct)s OR state <> 'idle')"
_COUNT: LiteralString = f"SELECT count(*) {_OURS} {_NOT_POOLED}"
_END: LiteralString = f"SELECT pid, pg_terminate_backend(pid) {_OURS} {_NOT_POOLED}"


async def count_backends(target: Target, application_name: str) -> int:
    """How many backends on the server have this application name.

    Raises:
        ServerError: the server cannot be asked, or did not answer in time.
    """
    async with _connected(target) as connection:
        [(count,)] = await _asked(connection, _COUNT, target, application_name)
        return count


async def end_backends(target: Target, application_name: str) -> int:
    """End all backends with this application name, those that appear meanwhile as well, until none is left.

    Running queries are cancelled by that, and their connections are broken. Returns how many backends
    were told to end.

    Raises:
        ServerError: the server cannot be asked, or some are still there when the time is over.
    """
    async with _connected(target) as connection:
        ended: set[int] = set()
        while left := await _asked(connection, _END, target, application_name):
            ended.update(pid for pid, _ in left)
            await asyncio.sleep(0.02)
        return len(ended)


@asynccontextmanager
async def _connected(target: Target) -> "AsyncIterator[psycopg.AsyncConnection]":
    import psycopg

    try:
        async with asyncio.timeout(TIMEOUT):
            connection = await psycopg.AsyncConnection.connect(
                target.conninfo(_APPLICATION_NAME), autocommit=True, prepare_threshold=None
            )
            async with connection:
                yield connection
    except TimeoutError:
        raise ServerError(
            f"{target.description} did not answer for {TIMEOUT:g} s when asked for its backends."
        ) from None
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise ServerError(f"{target.description} cannot be asked for its backends: {reason}.") from None


async def _asked(
    connection: "psycopg.AsyncConnection", query: LiteralString, target: Target, application_name: str
) -> "list[tuple[int, ...]]":
    parameters = {"name": application_name, "direct": target.takes_startup_options}
    return await (await connection.execute(query, parameters)).fetchall()
