"""psycopg behind a PgBouncer in transaction pooling: the sixth time it prepares, and the seventh finds nothing."""

import psycopg

from pgtui.core.experiment import Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.bouncer import transaction_pooling
from pgtui.guide.checks import prepared_elsewhere, repeated
from pgtui.guide.hazard import Pair, Scene
from pgtui.guide.recipes.psycopg_opening import Connection, Each

TIMES = 20


async def connection_each(run: Run, each: Each) -> None:
    await run.gather(connect_first, each)


async def connect_first(task: Task, each: Each) -> None:
    async with await psycopg.AsyncConnection.connect(task.dsn, autocommit=True) as connection:
        await each(task, connection)


async def connection_each_unprepared(run: Run, each: Each) -> None:
    await run.gather(connect_unprepared, each)


async def connect_unprepared(task: Task, each: Each) -> None:
    connecting = psycopg.AsyncConnection.connect(task.dsn, autocommit=True, prepare_threshold=None)
    async with await connecting as connection:
        await each(task, connection)


async def execute_often(task: Task, connection: Connection) -> None:
    for _ in range(TIMES):
        cursor = await connection.execute(task.query)
        async for row in cursor:
            task.row(row)


PREPARED_STATEMENTS = Pair(
    hazard=Scene(
        main=connection_each, each=execute_often, parts=(connect_first,), check=prepared_elsewhere, tasks=8,
        sharing=Sharing.NEW_CONNECTION, setting=transaction_pooling, tries=5,
    ),
    right_way=Scene(
        main=connection_each_unprepared, each=execute_often, parts=(connect_unprepared,),
        check=repeated(TIMES), tasks=8, sharing=Sharing.NEW_CONNECTION, setting=transaction_pooling,
        tries=3,
    ),
)  # fmt: skip
