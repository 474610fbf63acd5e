"""asyncpg: transactions and portals of a connection that tasks use in turn."""

import asyncio

import asyncpg

from pgtui.core.experiment import Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.checks import endings
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed
from pgtui.guide.recipes.asyncpg_opening import Each


# A transaction block inside another task's
async def insert_in_turn(run: Run, each: Each) -> None:
    begun, committed = asyncio.Event(), asyncio.Event()
    connection = await asyncpg.connect(**run.arguments)
    try:
        await connection.execute("CREATE TEMP TABLE notes (text text)")
        await run.gather(each, connection, begun, committed)
        run.says(f"{await connection.fetchval('SELECT count(*) FROM notes')} notes are in the table")
    finally:
        await connection.close()


async def insert_note(
    task: Task, connection: asyncpg.Connection, begun: asyncio.Event, committed: asyncio.Event
) -> None:
    if task.name == "pink":
        await begun.wait()
        async with connection.transaction():
            await connection.execute("INSERT INTO notes VALUES ('a note of pink')")
        task.says("committed")
        committed.set()
    else:
        async with connection.transaction():
            begun.set()
            await committed.wait()
            raise RuntimeError("green gives up")


async def connection_for_each(run: Run, each: Each) -> None:
    await run.gather(connect_and_create, each, asyncio.Event(), asyncio.Event())


async def connect_and_create(task: Task, each: Each, *events: asyncio.Event) -> None:
    connection = await asyncpg.connect(**task.arguments)
    try:
        await connection.execute("CREATE TEMP TABLE notes (text text)")
        await each(task, connection, *events)
    finally:
        task.says(f"{await connection.fetchval('SELECT count(*) FROM notes')} notes are in the table")
        await connection.close()


def commit_was_undone(seen: Observed) -> Verdict:
    committed = seen.heard("pink", "committed") is not None and seen.failure("pink") is None
    words = seen.heard("run", "in the table") or "nobody counted"
    told = "pink left its block without an error" if committed else "pink did not commit"
    words = words.replace("0 notes", "no notes")
    return Verdict(committed and words.startswith("no "), f"{told}, green met {seen.message('green')!r}, and {words}.")


def commit_stayed(seen: Observed) -> Verdict:
    words = seen.heard("pink", "in the table") or "nobody counted"
    others = [trouble for trouble in endings(seen) if "green gives up" not in trouble]
    words = words.replace("1 notes are", "1 note is")
    return Verdict("1 note is" in words and not others, f"green met {seen.message('green')!r}; of pink's, {words}.")


NESTED_COMMIT = Pair(
    hazard=Scene(main=insert_in_turn, each=insert_note, check=commit_was_undone, tasks=2, reads=False),
    right_way=Scene(
        main=connection_for_each, each=insert_note, parts=(connect_and_create,), check=commit_stayed, tasks=2,
        reads=False, sharing=Sharing.NEW_CONNECTION,
    ),
)  # fmt: skip


# A commit under a cursor
async def read_in_portions(run: Run, each: Each) -> None:
    connection = await asyncpg.connect(**run.arguments)
    try:
        await run.gather(each, connection, asyncio.Event(), asyncio.Event())
    finally:
        await connection.close()


async def read_or_commit(
    task: Task, connection: asyncpg.Connection, halfway: asyncio.Event, committed: asyncio.Event
) -> None:
    if task.name == "pink":
        await halfway.wait()
        await connection.execute("COMMIT")
        committed.set()
        return
    async with connection.transaction():
        cursor = await connection.cursor(task.query)
        for row in await cursor.fetch(task.rows // 2):
            task.row(row)
        halfway.set()
        await committed.wait()
        for row in await cursor.fetch(task.rows):
            task.row(row)


async def own_transaction_each(run: Run, each: Each) -> None:
    await run.gather(connect_before, each, asyncio.Event(), asyncio.Event())


async def connect_before(task: Task, each: Each, *events: asyncio.Event) -> None:
    connection = await asyncpg.connect(**task.arguments)
    try:
        await each(task, connection, *events)
    finally:
        await connection.close()


def portal_was_closed(seen: Observed) -> Verdict:
    closed = seen.failed("green", "does not exist|outside of a transaction|transaction blocks")
    said = seen.message("green") or "no error"
    return Verdict(closed, f"pink committed after {seen.rows('green')} of green's rows; green met {said!r}.")


def green_read_all(seen: Observed) -> Verdict:
    rows, wanted = seen.rows("green"), seen.trace.header.experiment.rows
    return Verdict(rows == wanted and not endings(seen), f"green has {rows} of {wanted} rows.")


COMMIT_CLOSES_CURSOR = Pair(
    hazard=Scene(main=read_in_portions, each=read_or_commit, check=portal_was_closed, tasks=2, rows=100, reads=False),
    right_way=Scene(
        main=own_transaction_each, each=read_or_commit, parts=(connect_before,), check=green_read_all, tasks=2,
        rows=100, reads=False, sharing=Sharing.NEW_CONNECTION,
    ),
)  # fmt: skip


# A timeout between two rows
async def look_for_portals(run: Run, each: Each) -> None:
    connection = await asyncpg.connect(**run.arguments)
    try:
        async with connection.transaction():
            await run.gather(each, connection)
            portals = await connection.fetchval("SELECT count(*) FROM pg_cursors WHERE name <> ''")
            run.says(f"{portals} portals are open")
    finally:
        await connection.close()


async def read_slowly(task: Task, connection: asyncpg.Connection) -> None:
    try:
        async with asyncio.timeout(0.1):
            async for row in connection.cursor(task.query, prefetch=10):
                task.row(row)
                await asyncio.sleep(0.02)  # something with this row
    except TimeoutError:
        task.says("gave up after 0.1 s")


async def read_slowly_in_block(task: Task, connection: asyncpg.Connection) -> None:
    try:
        async with asyncio.timeout(0.1), connection.transaction():
            async for row in connection.cursor(task.query, prefetch=10):
                task.row(row)
                await asyncio.sleep(0.02)  # something with this row
    except TimeoutError:
        task.says("gave up after 0.1 s")


def portal_stayed_open(seen: Observed) -> Verdict:
    words = seen.heard("run", "portals are open") or "nobody looked"
    gave_up = seen.heard("green", "gave up")
    told = f"With {seen.rows('green')} of 100 rows green {gave_up or 'did not give up'}, between two rows"
    return Verdict(
        gave_up is not None and words.startswith("1 "), f"{told}; {words.replace('portals are', 'portal is')}."
    )


def portal_was_left(seen: Observed) -> Verdict:
    words = seen.heard("run", "portals are open") or "nobody looked"
    gave_up = seen.heard("green", "gave up")
    fine = gave_up is not None and words.startswith("0 ") and not endings(seen)
    return Verdict(fine, f"green {gave_up or 'did not give up'}; {words}.")


CANCELLED_BETWEEN_ROWS = Pair(
    hazard=Scene(
        main=look_for_portals, each=read_slowly, check=portal_stayed_open, tries=3, tasks=1, rows=100, reads=False
    ),
    right_way=Scene(
        main=look_for_portals, each=read_slowly_in_block, check=portal_was_left, tasks=1, rows=100, reads=False
    ),
)
