"""asyncpg: pools, and what a connection loses or leaves behind when it goes back to one."""

import asyncio
import secrets
import warnings

import asyncpg

from pgtui.core.experiment import Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.checks import clean, endings, listed
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed
from pgtui.guide.recipes.asyncpg_opening import Each, share_pool

CHANNEL = f"pgtui_{secrets.token_hex(4)}"  # other runs may listen on the same server


# Tasks that hold a connection and ask for another
async def hold_and_ask(task: Task, pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        for row in await connection.fetch(task.query):
            task.row(row)
        async with pool.acquire() as another:
            await another.execute("SELECT 'something about these rows'")


async def give_back_and_ask(task: Task, pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        for row in await connection.fetch(task.query):
            task.row(row)
    async with pool.acquire() as another:
        await another.execute("SELECT 'something about these rows'")


def all_waited_for_a_seat(seen: Observed) -> Verdict:
    waiting = [name for name in seen.hung if seen.longest_wait(name).on == "pool"]
    experiment = seen.trace.header.experiment
    pool = f"a pool of {experiment.pool_size}"
    return Verdict(
        waiting == list(seen.names),
        f"After {experiment.timeout:g} s {listed(waiting)} still waited for a second connection of {pool}.",
    )


POOL_EXHAUSTED = Pair(
    hazard=Scene(
        main=share_pool,
        each=hold_and_ask,
        check=all_waited_for_a_seat,
        sharing=Sharing.POOL,
        timeout=1,
        apart=True,
        tries=3,
    ),
    right_way=Scene(main=share_pool, each=give_back_and_ask, check=clean, sharing=Sharing.POOL, apart=True),
)


# A listener on a connection of a pool
async def listen_in_pool(run: Run, each: Each) -> None:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        async with asyncpg.create_pool(min_size=1, max_size=2, **run.arguments) as pool:
            await run.gather(each, pool, asyncio.Event(), asyncio.Event())
    for warning in warned:
        run.says(f"{warning.category.__name__}: {warning.message}")


async def listen_and_release(task: Task, pool: asyncpg.Pool, *events: asyncio.Event) -> None:
    listening, notified = events
    if task.name == "green":
        async with pool.acquire() as connection:
            await connection.add_listener(CHANNEL, lambda *told: task.says(f"heard {told[3]!r}"))
        listening.set()
        await notified.wait()
        await asyncio.sleep(0.2)
    else:
        await listening.wait()
        await pool.execute(f"NOTIFY {CHANNEL}, 'a word from pink'")
        notified.set()


async def listen_and_keep(task: Task, pool: asyncpg.Pool, *events: asyncio.Event) -> None:
    listening, notified = events
    if task.name == "green":
        connection = await asyncpg.connect(**task.arguments)
        await connection.add_listener(CHANNEL, lambda *told: task.says(f"heard {told[3]!r}"))
        listening.set()
        await notified.wait()
        await asyncio.sleep(0.2)
        await connection.close()
    else:
        await listening.wait()
        await pool.execute(f"NOTIFY {CHANNEL}, 'a word from pink'")
        notified.set()


def nothing_was_heard(seen: Observed) -> Verdict:
    heard = seen.heard("green", "heard")
    warned = seen.heard("run", "active notification listener") or "no warning"
    warned = warned[: warned.find(":")] if ":" in warned else warned
    return Verdict(heard is None and not endings(seen), f"pink notified; green {heard or 'heard nothing'} ({warned}).")


def word_was_heard(seen: Observed) -> Verdict:
    heard = seen.heard("green", "heard 'a word from pink'")
    return Verdict(heard is not None and not endings(seen), f"green {heard or 'heard nothing'}.")


LISTENER_IN_POOL = Pair(
    hazard=Scene(
        main=listen_in_pool,
        each=listen_and_release,
        check=nothing_was_heard,
        tasks=2,
        reads=False,
        sharing=Sharing.POOL,
    ),
    right_way=Scene(
        main=listen_in_pool, each=listen_and_keep, check=word_was_heard, tasks=2, reads=False, sharing=Sharing.POOL
    ),
)
