"""asyncpg: a connection runs one query at a time and refuses another, also in COPY, executemany and callbacks."""

import asyncio

import asyncpg

from pgtui.core.experiment import Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.checks import clean, endings, listed
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed
from pgtui.guide.recipes.asyncpg_opening import Each, share_connection, share_pool

BUSY = "another operation is in progress"


# A connection that refuses
async def fetch_and_show(task: Task, connection: asyncpg.Connection) -> None:
    for row in await connection.fetch(task.query):
        task.row(row)


async def fetch_from_pool(task: Task, pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        for row in await connection.fetch(task.query):
            task.row(row)


def others_were_refused(seen: Observed) -> Verdict:
    refused = [name for name in seen.names if seen.failed(name, BUSY)]
    fed = [name for name in seen.names if seen.rows(name)]
    said = seen.message(refused[0]) if refused else ""
    return Verdict(bool(refused), f"{listed(fed)} got rows; {listed(refused)} were refused: {said!r}.")


REFUSES = Pair(
    hazard=Scene(main=share_connection, each=fetch_and_show, check=others_were_refused),
    right_way=Scene(main=share_pool, each=fetch_from_pool, check=clean, sharing=Sharing.POOL),
)


# A query in COPY's callback
async def query_in_callback(task: Task, connection: asyncpg.Connection) -> None:
    async def each_part(data: bytes) -> None:
        task.says(f"{len(data)} bytes came")
        await connection.fetchval("SELECT 'something about these rows'")

    await connection.copy_from_query(task.query, output=each_part)


async def query_on_another(task: Task, connection: asyncpg.Connection) -> None:
    another = await asyncpg.connect(**task.arguments)

    async def each_part(data: bytes) -> None:
        task.says(f"{len(data)} bytes came")
        await another.fetchval("SELECT 'something about these rows'")

    try:
        await connection.copy_from_query(task.query, output=each_part)
        task.says("copied all")
    finally:
        await another.close()


def callback_hung(seen: Observed) -> Verdict:
    failure = seen.message("green")
    limit = seen.trace.header.experiment.timeout
    hung = "green" in seen.hung
    return Verdict(
        hung or BUSY in failure,
        f"The query in the callback of COPY {f'still waited after {limit:g} s' if hung else f'met {failure!r}'}.",
    )


def copied(seen: Observed) -> Verdict:
    return Verdict(seen.heard("green", "copied all") is not None and not endings(seen), "all was copied.")


COPY_CALLBACK = Pair(
    hazard=Scene(
        main=share_connection,
        each=query_in_callback,
        check=callback_hung,
        tasks=1,
        reads=False,
        timeout=1,
        apart=True,
        tries=3,
    ),
    right_way=Scene(main=share_connection, each=query_on_another, check=copied, tasks=1, reads=False, apart=True),
)


# Several executemany
async def insert_many(run: Run, each: Each) -> None:
    connection = await asyncpg.connect(**run.arguments)
    try:
        await connection.execute("CREATE TEMP TABLE numbers (author text, number int CHECK (number > 0))")
        await run.gather(each, connection)
        run.says(f"{await connection.fetchval('SELECT count(*) FROM numbers')} rows are in the table")
    finally:
        await connection.close()


async def executemany_at_once(task: Task, connection: asyncpg.Connection) -> None:
    # teal comes when green is done, and its last row is refused.
    await asyncio.sleep(0.2 if task.name == "teal" else 0)
    rows = [(task.name, number) for number in (1, 2, 3)]
    rows += [("teal", -1)] if task.name == "teal" else []
    await connection.executemany("INSERT INTO numbers VALUES ($1, $2)", rows)


async def executemany_in_turn(run: Run, each: Each) -> None:
    connection = await asyncpg.connect(**run.arguments)
    try:
        await connection.execute("CREATE TEMP TABLE numbers (author text, number int CHECK (number > 0))")
        await run.gather(each, connection, asyncio.Lock())
        run.says(f"{await connection.fetchval('SELECT count(*) FROM numbers')} rows are in the table")
    finally:
        await connection.close()


async def executemany_locked(task: Task, connection: asyncpg.Connection, lock: asyncio.Lock) -> None:
    rows = [(task.name, number) for number in (1, 2, 3)]
    async with lock:
        await connection.executemany("INSERT INTO numbers VALUES ($1, $2)", rows)


def not_all_were_inserted(seen: Observed) -> Verdict:
    refused, undone = seen.failed("pink", BUSY), seen.failed("teal", "violates check constraint")
    words = seen.heard("run", "in the table") or "nobody counted"
    return Verdict(
        refused and undone and words.startswith("3 "),
        f"pink met {seen.message('pink')!r}; one bad row undid all of teal's; of 10 rows only green's 3: {words}.",
    )


def all_were_inserted(seen: Observed) -> Verdict:
    words = seen.heard("run", "in the table") or "nobody counted"
    return Verdict(words.startswith("9 ") and not endings(seen), f"{'; '.join([*endings(seen), words])}.")


EXECUTEMANY = Pair(
    hazard=Scene(main=insert_many, each=executemany_at_once, check=not_all_were_inserted, reads=False),
    right_way=Scene(main=executemany_in_turn, each=executemany_locked, check=all_were_inserted, reads=False),
)
