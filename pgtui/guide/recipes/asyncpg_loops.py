"""asyncpg: a connection on another thread's loop, and tasks that go on after gather() has raised."""

import asyncio

import asyncpg

from pgtui.core.experiment import Sharing
from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.checks import clean, listed
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed
from pgtui.guide.recipes.asyncpg_opening import Each, connect_first, connection_each, share_connection, share_pool


# A connection on another loop
async def fetch_in_thread(task: Task, connection: asyncpg.Connection) -> None:
    # asyncio.run() makes a loop for the thread; the connection belongs to the loop it was opened on.
    for row in await asyncio.to_thread(asyncio.run, connection.fetch(task.query)):
        task.row(row)


async def fetch_at_home(task: Task, pool: asyncpg.Pool) -> None:
    home = asyncio.get_running_loop()

    def work_in_thread() -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = asyncio.run_coroutine_threadsafe(pool.fetch(task.query), home).result()
        return rows

    for row in await asyncio.to_thread(work_in_thread):
        task.row(row)


def loop_was_another(seen: Observed) -> Verdict:
    if seen.died:
        return Verdict(True, f"The process ended with {seen.died}.")
    strangers = [name for name in seen.names if seen.failed(name, "attached to a different loop")]
    refused = [name for name in seen.names if seen.failed(name, "another operation is in progress")]
    told = f"{listed(strangers)} met 'attached to a different loop'"
    also = f", {listed(refused)} 'another operation is in progress'" if refused else ""
    return Verdict(bool(strangers), f"From other threads' loops {told}{also}.")


WRONG_LOOP = Pair(
    hazard=Scene(main=share_connection, each=fetch_in_thread, check=loop_was_another, timeout=3, apart=True, tries=5),
    right_way=Scene(main=share_pool, each=fetch_at_home, check=clean, sharing=Sharing.POOL, apart=True),
)


# A gather() that raises while tasks go on
async def gather_and_close(run: Run, each: Each) -> None:
    connection = await asyncpg.connect(**run.arguments)
    tasks = run.start(each, connection)
    try:
        await asyncio.gather(*tasks)
    except asyncpg.InterfaceError:
        left = [task.get_name() for task in tasks if not task.done()]
        run.says(f"gather() has raised; still running: {', '.join(left)}")
    finally:
        await connection.close()
        await asyncio.wait(tasks)


async def fetch_and_show(task: Task, connection: asyncpg.Connection) -> None:
    for row in await connection.fetch(task.query):
        task.row(row)


def tasks_went_on(seen: Observed) -> Verdict:
    met = seen.message("green") or "no error"
    words = seen.heard("run", "still running: .")
    broken = "green" in seen.failures
    return Verdict(words is not None and broken, f"{words or 'gather() did not raise'}; green met {met!r}.")


GATHER_RAISES = Pair(
    hazard=Scene(main=gather_and_close, each=fetch_and_show, check=tasks_went_on, server_delay=0.2),
    right_way=Scene(
        main=connection_each, each=fetch_and_show, parts=(connect_first,), check=clean, server_delay=0.2,
        sharing=Sharing.NEW_CONNECTION,
    ),
)  # fmt: skip
