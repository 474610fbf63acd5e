"""asyncpg behind a PgBouncer in transaction pooling: its prepared statements stay behind on other backends."""

import asyncpg

from pgtui.core.experiment import Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.bouncer import transaction_pooling
from pgtui.guide.checks import prepared_elsewhere, repeated
from pgtui.guide.hazard import Pair, Scene
from pgtui.guide.recipes.asyncpg_opening import Each, connect_first, connection_each

TIMES = 20


async def fetch_often(task: Task, connection: asyncpg.Connection) -> None:
    for _ in range(TIMES):
        for row in await connection.fetch(task.query):
            task.row(row)


async def connection_each_uncached(run: Run, each: Each) -> None:
    await run.gather(connect_uncached, each)


async def connect_uncached(task: Task, each: Each) -> None:
    connection = await asyncpg.connect(**task.arguments, statement_cache_size=0)
    try:
        await each(task, connection)
    finally:
        await connection.close()


async def fetch_often_in_transactions(task: Task, connection: asyncpg.Connection) -> None:
    for _ in range(TIMES):
        async with connection.transaction():
            for row in await connection.fetch(task.query):
                task.row(row)


PREPARED_STATEMENTS = Pair(
    hazard=Scene(
        main=connection_each, each=fetch_often, parts=(connect_first,), check=prepared_elsewhere, tasks=8,
        sharing=Sharing.NEW_CONNECTION, setting=transaction_pooling, tries=5,
    ),
    right_way=Scene(
        main=connection_each_uncached, each=fetch_often_in_transactions, parts=(connect_uncached,),
        check=repeated(TIMES), tasks=8, sharing=Sharing.NEW_CONNECTION, setting=transaction_pooling,
        tries=3,
    ),
)  # fmt: skip
