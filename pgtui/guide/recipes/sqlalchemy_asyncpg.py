"""SQLAlchemy over asyncpg: what its connections, sessions and pools do with tasks that share them."""

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from pgtui.core.experiment import Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.checks import (
    asked_at_once,
    asked_one_after_another,
    clean,
    endings,
    error_spread,
    listed,
    only_pink_failed,
)
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed

Each = Callable[..., Any]


async def share_connection(run: Run, each: Each) -> None:
    """One connection for all tasks."""
    engine = create_async_engine(run.dsn, connect_args=run.arguments)
    async with engine.connect() as connection:
        await run.gather(each, connection)
    await engine.dispose()


async def connection_each(run: Run, each: Each) -> None:
    """Every task opens a connection of its own."""
    engine = create_async_engine(run.dsn, connect_args=run.arguments)
    await run.gather(connect_first, engine, each)
    await engine.dispose()


async def connect_first(task: Task, engine: AsyncEngine, each: Each) -> None:
    async with engine.connect() as connection:
        await each(task, connection)


# A session that refuses
async def share_session(run: Run, each: Each) -> None:
    engine = create_async_engine(run.dsn, connect_args=run.arguments)
    async with AsyncSession(engine) as session:
        await run.gather(each, session)
    await engine.dispose()


async def session_each(run: Run, each: Each) -> None:
    engine = create_async_engine(run.dsn, connect_args=run.arguments)
    await run.gather(open_session, engine, each)
    await engine.dispose()


async def open_session(task: Task, engine: AsyncEngine, each: Each) -> None:
    async with AsyncSession(engine) as session:
        await each(task, session)


async def execute_and_show(task: Task, connection: AsyncConnection | AsyncSession) -> None:
    for row in await connection.execute(text(task.query)):
        task.row(row)


def session_refused(seen: Observed) -> Verdict:
    refused = [name for name in seen.names if seen.failed(name, "concurrent operations are not permitted|isce")]
    fed = [name for name in seen.names if seen.rows(name)]
    said = seen.message(refused[0]).partition(" (Background")[0] if refused else ""
    return Verdict(bool(refused), f"{listed(fed)} got rows; {listed(refused)} were refused: {said!r}.")


SESSION_REFUSES = Pair(
    hazard=Scene(main=share_session, each=execute_and_show, check=session_refused),
    right_way=Scene(main=session_each, each=execute_and_show, parts=(open_session,), check=clean, sharing=Sharing.POOL),
)


# A connection that queues
QUEUED_CONNECTION = Pair(
    hazard=Scene(main=share_connection, each=execute_and_show, check=asked_one_after_another, server_delay=0.1),
    right_way=Scene(
        main=connection_each, each=execute_and_show, parts=(connect_first,), check=asked_at_once, server_delay=0.1,
        sharing=Sharing.POOL,
    ),
)  # fmt: skip


# A transaction that another task's error aborts
async def divide_or_show(task: Task, connection: AsyncConnection) -> None:
    if task.name == "pink":
        await connection.execute(text("SELECT 1 / 0"))
    for row in await connection.execute(text(task.query)):
        task.row(row)


ABORTED_TRANSACTION = Pair(
    hazard=Scene(main=share_connection, each=divide_or_show, check=error_spread),
    right_way=Scene(
        main=connection_each, each=divide_or_show, parts=(connect_first,), check=only_pink_failed, sharing=Sharing.POOL
    ),
)


# A timeout
async def give_up_or_show(task: Task, connection: AsyncConnection) -> None:
    if task.name == "green":
        try:
            async with asyncio.timeout(0.1):
                await connection.execute(text("SELECT pg_sleep(1)"))
        except TimeoutError:
            task.says("gave up after 0.1 s")
    else:
        await asyncio.sleep(0.3 if task.name == "teal" else 0)
        for row in await connection.execute(text(task.query)):
            task.row(row)


def connection_was_thrown_away(seen: Observed) -> Verdict:
    thrown = seen.failed("teal", "Can't reconnect until invalid transaction is rolled back")
    met = [f"{name} met {seen.message(name).partition('  Please')[0]!r}" for name in ("pink", "teal")]
    gave_up = seen.heard("green", "gave up") or "did not give up"
    return Verdict(thrown, f"green {gave_up}; on the same connection {' and '.join(met)}.")


def others_read_all(seen: Observed) -> Verdict:
    gave_up = seen.heard("green", "gave up") or "did not give up"
    rows = [seen.rows(name) for name in ("pink", "teal")]
    fine = rows == [seen.trace.header.experiment.rows] * 2 and not endings(seen)
    return Verdict(fine, f"green {gave_up}; pink has {rows[0]} rows, teal {rows[1]}.")


THROWN_AWAY = Pair(
    hazard=Scene(
        main=share_connection, each=give_up_or_show, check=connection_was_thrown_away, reads=False
    ),
    right_way=Scene(
        main=connection_each, each=give_up_or_show, parts=(connect_first,), check=others_read_all, reads=False,
        sharing=Sharing.POOL,
    ),
)  # fmt: skip


# A pool without a connection left
async def small_pool(run: Run, each: Each) -> None:
    engine = create_async_engine(
        run.dsn, connect_args=run.arguments, pool_size=run.pool_size, max_overflow=0, pool_timeout=0.5
    )
    await run.gather(each, engine)
    await engine.dispose()


async def hold_and_ask(task: Task, engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        for row in await connection.execute(text(task.query)):
            task.row(row)
        async with engine.connect() as another:
            await another.execute(text("SELECT 'something about these rows'"))


async def give_back_and_ask(task: Task, engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        for row in await connection.execute(text(task.query)):
            task.row(row)
    async with engine.connect() as another:
        await another.execute(text("SELECT 'something about these rows'"))


def pool_gave_up(seen: Observed) -> Verdict:
    beaten = [name for name in seen.names if seen.failed(name, "QueuePool limit")]
    said = seen.message(beaten[0]).partition(" (Background")[0] if beaten else ""
    return Verdict(bool(beaten), f"{listed(beaten)} met {said!r}." if beaten else "No task had to wait for long.")


POOL_EXHAUSTED = Pair(
    hazard=Scene(main=small_pool, each=hold_and_ask, check=pool_gave_up, sharing=Sharing.POOL, tries=3),
    right_way=Scene(main=small_pool, each=give_back_and_ask, check=clean, sharing=Sharing.POOL),
)
