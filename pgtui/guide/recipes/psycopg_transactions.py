"""psycopg: a transaction belongs to the connection, whoever of its tasks began it."""

import asyncio

import psycopg

from pgtui.core.experiment import Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.checks import clean, endings, error_spread, listed, only_pink_failed
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed
from pgtui.guide.recipes.psycopg_opening import (
    Connection,
    Each,
    connect_first,
    connection_each,
    share_connection,
)


# A transaction that another task's error aborts
async def divide_or_read(task: Task, connection: Connection) -> None:
    if task.name == "pink":
        await connection.execute("SELECT 1 / 0")
    cursor = await connection.execute(task.query)
    async for row in cursor:
        task.row(row)


ABORTED_TRANSACTION = Pair(
    hazard=Scene(main=share_connection, each=divide_or_read, check=error_spread),
    right_way=Scene(
        main=connection_each, each=divide_or_read, parts=(connect_first,), check=only_pink_failed,
        sharing=Sharing.NEW_CONNECTION,
    ),
)  # fmt: skip


# A commit by another task
async def share_transaction(run: Run, each: Each) -> None:
    inserted, committed = asyncio.Event(), asyncio.Event()
    async with await psycopg.AsyncConnection.connect(run.dsn) as connection:
        await connection.execute("CREATE TEMP TABLE notes (text text)")
        await connection.commit()
        await run.gather(each, connection, inserted, committed)


async def insert_or_commit(
    task: Task, connection: Connection, inserted: asyncio.Event, committed: asyncio.Event
) -> None:
    if task.name == "pink":
        await inserted.wait()
        await connection.commit()
        committed.set()
    else:
        await connection.execute("INSERT INTO notes VALUES ('a note of green')")
        inserted.set()
        await committed.wait()
        await connection.rollback()
        cursor = await connection.execute("SELECT text FROM notes")
        task.says(f"rolled back; {len(await cursor.fetchall())} notes are left")


async def transaction_each(run: Run, each: Each) -> None:
    inserted, committed = asyncio.Event(), asyncio.Event()
    await run.gather(connect_and_create, each, inserted, committed)


async def connect_and_create(task: Task, each: Each, *events: asyncio.Event) -> None:
    async with await psycopg.AsyncConnection.connect(task.dsn) as connection:
        await connection.execute("CREATE TEMP TABLE notes (text text)")
        await connection.commit()
        await each(task, connection, *events)


def rollback_came_too_late(seen: Observed) -> Verdict:
    words = seen.heard("green", "rolled back") or "did not get there"
    words = words.replace("1 notes are", "1 note is")
    return Verdict("1 note is left" in words, f"green inserted, pink committed, green {words}.")


def rolled_back(seen: Observed) -> Verdict:
    words = seen.heard("green", "rolled back") or "did not get there"
    return Verdict("; 0 notes" in words and not endings(seen), f"green {words.replace('0 notes', 'no notes')}.")


FOREIGN_COMMIT = Pair(
    hazard=Scene(
        main=share_transaction, each=insert_or_commit, check=rollback_came_too_late, tasks=2, reads=False
    ),
    right_way=Scene(
        main=transaction_each, each=insert_or_commit, parts=(connect_and_create,), check=rolled_back, tasks=2,
        reads=False, sharing=Sharing.NEW_CONNECTION,
    ),
)  # fmt: skip


# Transaction blocks of several tasks
async def read_in_transaction(task: Task, connection: Connection) -> None:
    async with connection.transaction():
        cursor = await connection.execute(task.query)
        async for row in cursor:
            task.row(row)
            await asyncio.sleep(0)


def blocks_left_out_of_order(seen: Observed) -> Verdict:
    wrong = [name for name in seen.names if seen.failed(name, "OutOfOrderTransactionNesting")]
    return Verdict(bool(wrong), f"{listed(wrong)} met {seen.message(wrong[0])!r}." if wrong else "No task failed.")


NESTED_TRANSACTIONS = Pair(
    hazard=Scene(main=share_connection, each=read_in_transaction, check=blocks_left_out_of_order),
    right_way=Scene(
        main=connection_each, each=read_in_transaction, parts=(connect_first,), check=clean,
        sharing=Sharing.NEW_CONNECTION,
    ),
)  # fmt: skip
