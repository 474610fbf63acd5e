"""psycopg: what a task's timeout ends, in a transaction that others share and in a thread."""

import asyncio

from pgtui.core.experiment import Sharing
from pgtui.core.tasks import Task
from pgtui.guide.checks import bystander_read
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed
from pgtui.guide.recipes.psycopg_opening import (
    Connection,
    connect_first,
    connection_each,
    share_connection,
)


# A timeout in a transaction that others share
async def give_up_or_read(task: Task, connection: Connection) -> None:
    if task.name == "green":
        try:
            async with asyncio.timeout(0.1):
                await connection.execute("SELECT pg_sleep(1)")
        except TimeoutError:
            task.says("gave up after 0.1 s")
    else:
        cursor = await connection.execute(task.query)
        async for row in cursor:
            task.row(row)


def timeout_aborted_the_transaction(seen: Observed) -> Verdict:
    gave_up = seen.heard("green", "gave up") is not None
    aborted = seen.failed("pink", "current transaction is aborted")
    return Verdict(
        gave_up and aborted, f"green {'gave up' if gave_up else 'did not give up'}; pink met {seen.message('pink')!r}."
    )


TIMEOUT_ABORTS = Pair(
    hazard=Scene(
        main=share_connection, each=give_up_or_read, check=timeout_aborted_the_transaction, tasks=2, reads=False
    ),
    right_way=Scene(
        main=connection_each, each=give_up_or_read, parts=(connect_first,), check=bystander_read, tasks=2, reads=False,
        sharing=Sharing.NEW_CONNECTION,
    ),
)  # fmt: skip
