"""psycopg: what happens to a result, a cursor and a server-side cursor that several tasks use."""

import asyncio

import psycopg

from pgtui.core.experiment import Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.checks import clean, listed
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed
from pgtui.guide.recipes.psycopg_opening import (
    Connection,
    Cursor,
    Each,
    connect_first,
    connection_each,
    share_connection,
)


# A cursor that tasks share
async def share_cursor(run: Run, each: Each) -> None:
    """One cursor for all tasks."""
    async with (
        await psycopg.AsyncConnection.connect(run.dsn) as connection,
        connection.cursor() as cursor,
    ):
        await run.gather(each, cursor)


async def execute_and_iterate(task: Task, cursor: Cursor) -> None:
    await cursor.execute(task.query)
    async for row in cursor:
        task.row(row)
        await asyncio.sleep(0)


async def cursor_each(task: Task, connection: Connection) -> None:
    async with connection.cursor() as cursor:
        await cursor.execute(task.query)
        async for row in cursor:
            task.row(row)
            await asyncio.sleep(0)


def results_were_thrown_away(seen: Observed) -> Verdict:
    # psycopg 3.3 tells those who come back to a cursor that was reset; 3.2 ends their loop without a word.
    beaten = list(seen.failures)
    lost = sum(seen.account(name).lost for name in seen.names)
    met = f"{listed(beaten)} met {seen.message(beaten[0])!r}" if beaten else "nobody was told"
    return Verdict(lost > 0, f"Rows arrived as {seen.order}; {lost:,} were lost, and {met}.")


SHARED_CURSOR = Pair(
    hazard=Scene(
        main=share_cursor, each=execute_and_iterate, check=results_were_thrown_away, sharing=Sharing.SHARED_CURSOR
    ),
    right_way=Scene(main=share_connection, each=cursor_each, check=clean),
)


# One result that tasks share
async def execute_once(run: Run, each: Each) -> None:
    """One result for all tasks."""
    async with (
        await psycopg.AsyncConnection.connect(run.dsn) as connection,
        connection.cursor() as cursor,
    ):
        await cursor.execute(run.query)
        await run.gather(each, cursor)


async def fetch_what_comes(task: Task, cursor: Cursor) -> None:
    while row := await cursor.fetchone():
        task.row(row)
        await asyncio.sleep(0)


def each_got_a_part(seen: Observed) -> Verdict:
    parts = [seen.rows(name) for name in seen.names]
    split = sum(parts) == seen.trace.header.expected and max(parts) < sum(parts)
    words = " / ".join(f"{part:,}" for part in parts)
    return Verdict(split and not seen.failures, f"{sum(parts):,} rows reached the tasks as {words}, and nobody failed.")


ONE_RESULT = Pair(
    hazard=Scene(
        main=execute_once, each=fetch_what_comes, check=each_got_a_part, sharing=Sharing.ONE_RESULT, rows=1000
    ),
    right_way=Scene(main=share_connection, each=cursor_each, check=clean, rows=1000),
)


# A commit that closes a server-side cursor
async def read_or_commit(task: Task, connection: Connection) -> None:
    if task.name == "pink":
        cursor = await connection.execute(task.query)
        async for row in cursor:
            task.row(row)
        await connection.commit()
    else:
        async with connection.cursor("green") as cursor:
            cursor.itersize = 100
            await cursor.execute(task.query)
            async for row in cursor:
                task.row(row)


def portal_was_closed(seen: Observed) -> Verdict:
    lost = seen.failed("green", 'cursor ".*" does not exist')
    said = seen.message("green") or "no error"
    return Verdict(lost, f"pink committed after {seen.rows('green'):,} of green's 1,000 rows; green met {said!r}.")


COMMIT_CLOSES_CURSOR = Pair(
    hazard=Scene(main=share_connection, each=read_or_commit, check=portal_was_closed, tasks=2, rows=1000),
    right_way=Scene(
        main=connection_each, each=read_or_commit, parts=(connect_first,), check=clean, tasks=2, rows=1000,
        sharing=Sharing.NEW_CONNECTION,
    ),
)  # fmt: skip


# Server-side cursors of one name
async def cursor_named_rows(task: Task, connection: Connection) -> None:
    async with connection.cursor("rows") as cursor:
        await cursor.execute(task.query)
        async for row in cursor:
            task.row(row)


async def cursor_named_by_task(task: Task, connection: Connection) -> None:
    async with connection.cursor(f"rows_of_{task.name}") as cursor:
        await cursor.execute(task.query)
        async for row in cursor:
            task.row(row)


def names_clashed(seen: Observed) -> Verdict:
    first = [name for name in seen.names if seen.failed(name, "already exists")]
    others = [name for name in seen.failures if name not in first]
    rows = sum(seen.rows(name) for name in seen.names)
    if not first:
        return Verdict(False, f"No two cursors clashed; rows arrived as {seen.order}.")
    told = f"{listed(first)} met {seen.message(first[0])!r}"
    return Verdict(len(others) > 0, f"{told}, which failed {listed(others)} too: {rows} of 9 rows arrived.")


SAME_CURSOR_NAME = Pair(
    hazard=Scene(main=share_connection, each=cursor_named_rows, check=names_clashed),
    right_way=Scene(main=share_connection, each=cursor_named_by_task, check=clean),
)


# A server-side cursor object that tasks share
async def share_server_cursor(run: Run, each: Each) -> None:
    """One server-side cursor for all tasks."""
    async with (
        await psycopg.AsyncConnection.connect(run.dsn) as connection,
        connection.cursor("rows") as cursor,
    ):
        await run.gather(each, cursor)


async def execute_and_fetch(task: Task, cursor: Cursor) -> None:
    await cursor.execute(task.query)
    async for row in cursor:
        task.row(row)


def others_rows_were_read(seen: Observed) -> Verdict:
    got = ", ".join(f"{name} {seen.account(name).foreign} of {seen.rows(name)}" for name in seen.names)
    return Verdict(seen.foreign > 0, f"Rows that another task had asked for: {got}; {len(seen.failures)} tasks failed.")


SHARED_SERVER_CURSOR = Pair(
    hazard=Scene(
        main=share_server_cursor, each=execute_and_fetch, check=others_rows_were_read, sharing=Sharing.SHARED_CURSOR
    ),
    right_way=Scene(main=share_connection, each=cursor_named_by_task, check=clean),
)
