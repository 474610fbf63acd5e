"""aiopg: a timeout around a query closes the connection, for the others too, and the server knows nothing of it."""

import asyncio

import aiopg

from pgtui.core.experiment import Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.checks import endings
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed
from pgtui.guide.recipes.aiopg_opening import Each


# A timeout on a shared connection
async def share_and_look(run: Run, each: Each) -> None:
    async with aiopg.connect(run.dsn) as connection:
        await run.gather(each, connection, asyncio.Event())
    await look_at_server(run)


async def look_at_server(run: Run) -> None:
    async with aiopg.connect(run.dsn) as connection, connection.cursor() as cursor:
        await cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
            " AND application_name = current_setting('application_name')"
        )
        run.says(f"queries that the server still runs: {(await cursor.fetchone())[0]}")


async def give_up_or_read(task: Task, connection: aiopg.Connection, has_result: asyncio.Event) -> None:
    async with connection.cursor() as cursor:
        if task.name == "pink":
            await cursor.execute(task.query)
            has_result.set()
            await asyncio.sleep(0.3)  # something else, before the rows are wanted
            async for row in cursor:
                task.row(row)
        else:
            await has_result.wait()
            try:
                async with asyncio.timeout(0.1):
                    await cursor.execute("SELECT pg_sleep(2)")
            except TimeoutError:
                task.says("gave up after 0.1 s")


async def connect_and_look(run: Run, each: Each) -> None:
    await run.gather(connect_with_limit, each, asyncio.Event())
    await asyncio.sleep(0.2)
    await look_at_server(run)


async def connect_with_limit(task: Task, each: Each, has_result: asyncio.Event) -> None:
    async with aiopg.connect(task.dsn) as connection:
        async with connection.cursor() as cursor:
            await cursor.execute("SET statement_timeout = 150")  # what the server ends by itself
        await each(task, connection, has_result)


def hung_up_on_everybody(seen: Observed) -> Verdict:
    closed = seen.failed("pink", "already closed")
    words = seen.heard("run", "still runs") or "nobody looked at the server"
    gave_up = seen.heard("green", "gave up") or "did not give up"
    met = f"pink, with its result at hand, met {seen.message('pink') or 'no error'!r}"
    return Verdict(closed, f"green {gave_up}; {met}; {words}.")


def gave_up_alone(seen: Observed) -> Verdict:
    gave_up = seen.heard("green", "gave up")
    words = seen.heard("run", "still runs") or "nobody looked at the server"
    fine = gave_up is not None and seen.rows("pink") == 3 and words.endswith(" 0") and not endings(seen)
    return Verdict(fine, f"green {gave_up or 'did not give up'}; pink has {seen.rows('pink')} rows; {words}.")


CLOSES_CONNECTION = Pair(
    hazard=Scene(
        main=share_and_look, each=give_up_or_read, parts=(look_at_server,), check=hung_up_on_everybody, tasks=2,
        reads=False, apart=True,
    ),
    right_way=Scene(
        main=connect_and_look, each=give_up_or_read, parts=(connect_with_limit, look_at_server),
        check=gave_up_alone, tasks=2, reads=False, sharing=Sharing.NEW_CONNECTION, apart=True,
    ),
)  # fmt: skip


# A timeout with a pool
async def share_pool_of_one(run: Run, each: Each) -> None:
    async with aiopg.create_pool(run.dsn, minsize=1, maxsize=1) as pool:
        await run.gather(each, pool)


async def give_up_or_wait(task: Task, pool: aiopg.Pool) -> None:
    if task.name == "green":
        try:
            async with asyncio.timeout(0.1), pool.acquire() as connection, connection.cursor() as cursor:
                await cursor.execute("SELECT pg_sleep(2)")
        except TimeoutError:
            task.says(f"gave up after 0.1 s; connections in the pool: {pool.size}")
    else:
        async with pool.acquire() as connection, connection.cursor() as cursor:
            await cursor.execute(task.query)
            async for row in cursor:
                task.row(row)


async def give_up_and_wake(task: Task, pool: aiopg.Pool) -> None:
    if task.name == "green":
        try:
            async with asyncio.timeout(0.1), pool.acquire() as connection, connection.cursor() as cursor:
                await cursor.execute("SELECT pg_sleep(2)")
        except TimeoutError:
            task.says(f"gave up after 0.1 s; connections in the pool: {pool.size}")
            async with pool.acquire():
                pass  # opens the connection that is missing; its release wakes whoever waits
    else:
        async with pool.acquire() as connection, connection.cursor() as cursor:
            await cursor.execute(task.query)
            async for row in cursor:
                task.row(row)


def nobody_called(seen: Observed) -> Verdict:
    words = seen.heard("green", "gave up") or "did not give up"
    waits = "pink" in seen.hung and seen.longest_wait("pink").on == "pool"
    limit = seen.trace.header.experiment.timeout
    told = f"after {limit:g} s pink still waited for one" if waits else f"pink: {seen.ended('pink')}"
    return Verdict(waits, f"green {words}; {told}.")


def was_called(seen: Observed) -> Verdict:
    words = seen.heard("green", "gave up") or "did not give up"
    fine = seen.rows("pink") == 3 and not endings(seen)
    return Verdict(fine, f"green {words}; pink has {seen.rows('pink')} rows after {seen.took('pink'):.2f} s.")


POOL_FORGETS = Pair(
    hazard=Scene(
        main=share_pool_of_one, each=give_up_or_wait, check=nobody_called, tasks=2, reads=False, timeout=1.5,
        sharing=Sharing.POOL, apart=True, tries=3,
    ),
    right_way=Scene(
        main=share_pool_of_one, each=give_up_and_wake, check=was_called, tasks=2, reads=False, sharing=Sharing.POOL,
        apart=True,
    ),
)  # fmt: skip
