"""psycopg: what holds the connection's lock for longer than a query, and who then waits for whom."""

import asyncio
import secrets

import psycopg

from pgtui.core.experiment import Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.checks import clean, endings
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed
from pgtui.guide.recipes.psycopg_opening import (
    Connection,
    Each,
    share_connection,
)

CHANNEL = f"pgtui_{secrets.token_hex(4)}"  # other runs may listen on the same server


# A query inside stream()
async def query_inside_stream(task: Task, connection: Connection) -> None:
    async for row in connection.cursor().stream(task.query):
        task.row(row)
        await connection.execute("SELECT 'something about this row'")


async def query_beside_stream(task: Task, connection: Connection) -> None:
    async with await psycopg.AsyncConnection.connect(task.dsn) as another:
        async for row in connection.cursor().stream(task.query):
            task.row(row)
            await another.execute("SELECT 'something about this row'")


def waits_for_itself(seen: Observed) -> Verdict:
    wait = seen.longest_wait("green")
    hung = "green" in seen.hung and wait.on == "lock"
    got = f"of {seen.trace.header.experiment.rows} rows green got {seen.rows('green')}"
    if not hung:
        return Verdict(False, f"green did not hang; {got}.")
    limit = seen.trace.header.experiment.timeout
    return Verdict(True, f"After {limit:g} s green still waited for {wait.resource}, which it held itself; {got}.")


STREAM_DEADLOCK = Pair(
    hazard=Scene(
        main=share_connection, each=query_inside_stream, check=waits_for_itself, tasks=1, timeout=1, apart=True, tries=3
    ),
    right_way=Scene(main=share_connection, each=query_beside_stream, check=clean, tasks=1, apart=True),
)


# A query inside copy()
async def query_inside_copy(task: Task, connection: Connection) -> None:
    async with connection.cursor() as cursor, cursor.copy(f"COPY ({task.query}) TO STDOUT") as copy:
        copy.set_types(["uuid", "text", "int4", "int8"])
        async for row in copy.rows():
            task.row(row)
            await connection.execute("SELECT 'something about this row'")


async def query_after_copy(task: Task, connection: Connection) -> None:
    async with connection.cursor() as cursor, cursor.copy(f"COPY ({task.query}) TO STDOUT") as copy:
        copy.set_types(["uuid", "text", "int4", "int8"])
        rows = [row async for row in copy.rows()]
    for row in rows:
        task.row(row)
        await connection.execute("SELECT 'something about this row'")


def copy_was_in_the_way(seen: Observed) -> Verdict:
    # Older versions of psycopg did not hold the lock during the block; the query then failed at once.
    if seen.failed("green", "another command is already in progress"):
        return Verdict(True, f"The query inside the block met {seen.message('green')!r}.")
    return waits_for_itself(seen)


COPY_DEADLOCK = Pair(
    hazard=Scene(
        main=share_connection,
        each=query_inside_copy,
        check=copy_was_in_the_way,
        tasks=1,
        timeout=1,
        apart=True,
        tries=3,
    ),
    right_way=Scene(main=share_connection, each=query_after_copy, check=clean, tasks=1, apart=True),
)


# A listener
async def share_with_listener(run: Run, each: Each) -> None:
    listening = asyncio.Event()
    async with await psycopg.AsyncConnection.connect(run.dsn, autocommit=True) as connection:
        await run.gather(each, connection, listening)


async def listen_or_notify(task: Task, connection: Connection, listening: asyncio.Event) -> None:
    if task.name == "green":
        await connection.execute(f"LISTEN {CHANNEL}")
        listening.set()
        async for notify in connection.notifies(stop_after=1):
            task.says(f"heard {notify.payload!r}")
    else:
        await listening.wait()
        await asyncio.sleep(0)
        await connection.execute(f"NOTIFY {CHANNEL}, 'a word from pink'")


async def listener_with_own_connection(run: Run, each: Each) -> None:
    await run.gather(connect_autocommit, each, asyncio.Event())


async def connect_autocommit(task: Task, each: Each, listening: asyncio.Event) -> None:
    async with await psycopg.AsyncConnection.connect(task.dsn, autocommit=True) as connection:
        await each(task, connection, listening)


def listener_held_the_line(seen: Observed) -> Verdict:
    wait = seen.longest_wait("pink")
    limit = seen.trace.header.experiment.timeout
    if "pink" not in seen.hung or wait.on != "lock":
        return Verdict(False, f"pink {seen.ended('pink')}; green {seen.heard('green', 'heard') or 'heard nothing'}.")
    return Verdict(True, f"After {limit:g} s pink still waited for {wait.resource}, which green's notifies() held.")


def was_heard(seen: Observed) -> Verdict:
    words = seen.heard("green", "heard 'a word from pink'")
    return Verdict(words is not None and not endings(seen), f"green {words or 'heard nothing'}.")


LISTENER_LOCK = Pair(
    hazard=Scene(
        main=share_with_listener, each=listen_or_notify, check=listener_held_the_line, tasks=2, reads=False,
        timeout=1, tries=3,
    ),
    right_way=Scene(
        main=listener_with_own_connection, each=listen_or_notify, parts=(connect_autocommit,), check=was_heard,
        tasks=2, reads=False, sharing=Sharing.NEW_CONNECTION,
    ),
)  # fmt: skip
