"""aiopg: what its connection refuses: a second query, a server-side cursor, COPY."""

import asyncio
import io

import aiopg
import psycopg2

from pgtui.core.experiment import Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.checks import clean, listed, repeated
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed
from pgtui.guide.recipes.aiopg_opening import Each, connect_first, connection_each, share_connection


# A connection that refuses
async def execute_and_show(task: Task, connection: aiopg.Connection) -> None:
    async with connection.cursor() as cursor:
        await cursor.execute(task.query)
        async for row in cursor:
            task.row(row)


async def pool_of_connections(run: Run, each: Each) -> None:
    async with aiopg.create_pool(run.dsn, maxsize=run.pool_size) as pool:
        await run.gather(each, pool)


async def execute_from_pool(task: Task, pool: aiopg.Pool) -> None:
    async with pool.acquire() as connection, connection.cursor() as cursor:
        await cursor.execute(task.query)
        async for row in cursor:
            task.row(row)


def others_were_refused(seen: Observed) -> Verdict:
    refused = [name for name in seen.names if seen.failed(name, "already waiting for incoming data")]
    fed = [name for name in seen.names if seen.rows(name)]
    said = seen.message(refused[0]) if refused else ""
    return Verdict(bool(refused), f"{listed(fed)} got rows; {listed(refused)} were refused: {said!r}.")


REFUSES = Pair(
    hazard=Scene(main=share_connection, each=execute_and_show, check=others_were_refused),
    right_way=Scene(main=pool_of_connections, each=execute_from_pool, check=clean, sharing=Sharing.POOL),
)


# A server-side cursor
async def named_cursor(task: Task, connection: aiopg.Connection) -> None:
    async with connection.cursor(name=f"rows_of_{task.name}") as cursor:
        await cursor.execute(task.query)
        async for row in cursor:
            task.row(row)


async def declare_and_fetch(task: Task, connection: aiopg.Connection) -> None:
    async with connection.cursor() as cursor:
        await cursor.execute("BEGIN")
        await cursor.execute(f"DECLARE rows CURSOR FOR {task.query}")
        await cursor.execute("FETCH 100 FROM rows")
        while rows := await cursor.fetchall():
            for row in rows:
                task.row(row)
            await cursor.execute("FETCH 100 FROM rows")
        await cursor.execute("COMMIT")


def named_cursors_were_refused(seen: Observed) -> Verdict:
    refused = [name for name in seen.names if seen.failed(name, "cannot produce named cursors")]
    return Verdict(len(refused) == len(seen.names), f"{listed(refused)} met {seen.message(seen.names[0])!r}.")


NO_SERVER_CURSOR = Pair(
    hazard=Scene(
        main=connection_each, each=named_cursor, parts=(connect_first,), check=named_cursors_were_refused, rows=1000,
        sharing=Sharing.NEW_CONNECTION,
    ),
    right_way=Scene(
        main=connection_each, each=declare_and_fetch, parts=(connect_first,), check=clean, rows=1000,
        sharing=Sharing.NEW_CONNECTION,
    ),
)  # fmt: skip


# COPY
async def copy_and_go_on(task: Task, connection: aiopg.Connection) -> None:
    async with connection.cursor() as cursor:
        try:
            await cursor.execute(f"COPY ({task.query}) TO STDOUT")
        except psycopg2.ProgrammingError as error:
            task.says(f"COPY: {error}")
        await cursor.execute(task.query)
        async for row in cursor:
            task.row(row)


async def copy_in_thread(task: Task, connection: aiopg.Connection) -> None:
    await asyncio.to_thread(copy_with_psycopg2, task)
    async with connection.cursor() as cursor:
        await cursor.execute(task.query)
        async for row in cursor:
            task.row(row)


def copy_with_psycopg2(task: Task) -> None:
    with psycopg2.connect(task.dsn) as connection, connection.cursor() as cursor:
        lines = io.StringIO()
        cursor.copy_expert(f"COPY ({task.query}) TO STDOUT", lines)
    connection.close()
    task.says(f"COPY gave {lines.getvalue().count(chr(10))} lines")


def copy_broke_it(seen: Observed) -> Verdict:
    words = seen.heard("green", "COPY: ") or "COPY was not refused"
    broken = seen.failed("green", "another command is already in progress")
    return Verdict(broken, f"{words.splitlines()[0]}; the next query met {seen.message('green')!r}.")


def copy_gave_all(seen: Observed) -> Verdict:
    words = seen.heard("green", "COPY gave 3 lines") or "COPY did not give 3 lines"
    verdict = clean(seen)
    return Verdict(verdict.holds and "gave" in words, f"{words}; {verdict.seen}")


COPY_BREAKS = Pair(
    hazard=Scene(main=share_connection, each=copy_and_go_on, check=copy_broke_it, tasks=1, apart=True),
    right_way=Scene(
        main=share_connection,
        each=copy_in_thread,
        parts=(copy_with_psycopg2,),
        check=copy_gave_all,
        tasks=1,
        apart=True,
    ),
)


# executemany
async def executemany_refused(task: Task, connection: aiopg.Connection) -> None:
    async with connection.cursor() as cursor:
        await cursor.executemany("SELECT %s", [[1], [2], [3]])


async def execute_many_times(task: Task, connection: aiopg.Connection) -> None:
    async with connection.cursor() as cursor:
        for number in (1, 2, 3):
            await cursor.execute("SELECT %s, 1, %s", [number, number])
            task.row(await cursor.fetchone())


def executemany_was_refused(seen: Observed) -> Verdict:
    said = seen.message("green")
    return Verdict("executemany cannot be used" in said, f"green met {said or 'no error'!r}.")


EXECUTEMANY = Pair(
    hazard=Scene(main=share_connection, each=executemany_refused, check=executemany_was_refused, tasks=1, reads=False),
    right_way=Scene(main=share_connection, each=execute_many_times, check=repeated(1), tasks=1, reads=False),
)
