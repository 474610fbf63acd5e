"""psycopg_pool: tasks that hold a connection of the pool and ask for another."""

from psycopg_pool import AsyncConnectionPool

from pgtui.core.experiment import Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.checks import clean, listed
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed
from pgtui.guide.recipes.psycopg_opening import Each


async def small_pool(run: Run, each: Each) -> None:
    # 30 s is the default of timeout; half a second shows the same sooner.
    async with AsyncConnectionPool(run.dsn, min_size=1, max_size=run.pool_size, timeout=0.5) as pool:
        await run.gather(each, pool)


async def hold_and_ask(task: Task, pool: AsyncConnectionPool) -> None:
    async with pool.connection() as connection:
        cursor = await connection.execute(task.query)
        async for row in cursor:
            task.row(row)
        async with pool.connection() as another:
            await another.execute("SELECT 'something about these rows'")


async def give_back_and_ask(task: Task, pool: AsyncConnectionPool) -> None:
    async with pool.connection() as connection:
        cursor = await connection.execute(task.query)
        async for row in cursor:
            task.row(row)
    async with pool.connection() as another:
        await another.execute("SELECT 'something about these rows'")


def pool_gave_up(seen: Observed) -> Verdict:
    beaten = [name for name in seen.names if seen.failed(name, "couldn't get a connection")]
    return Verdict(
        bool(beaten),
        f"{listed(beaten)} met {seen.message(beaten[0])!r}." if beaten else "No task had to wait for long.",
    )


POOL_EXHAUSTED = Pair(
    hazard=Scene(main=small_pool, each=hold_and_ask, check=pool_gave_up, sharing=Sharing.POOL, tries=3),
    right_way=Scene(main=small_pool, each=give_back_and_ask, check=clean, sharing=Sharing.POOL),
)
