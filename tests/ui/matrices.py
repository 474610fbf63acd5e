"""Made matrices for the screen's tests: what a run on PostgreSQL 18 gave, written down, and a laboratory that waits."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from pgtui.core.experiment import Experiment, Sharing, Yielding
from pgtui.matrix.cells import Cell, Verdict, unsupported
from pgtui.matrix.fill import experiments
from pgtui.postgres.target import Target
from pgtui.ui.laboratory import Laboratory, Superseded

DRIVERS = (
    "asyncpg", "psycopg", "aiopg", "aiopg-sa", "sqlalchemy-asyncpg", "sqlalchemy-psycopg", "psycopg-threads",
    "pg8000-threads", "psycopg-sync", "pg8000-sync",
)  # fmt: skip

SERVER = Target(host="/tmp", port=5432, dbname="pgtui", user="pgtui", embedded=True, server_version="18.6")

BLOCKS = (("green", 3), ("pink", 3), ("teal", 3))
TURNS = (("green", 1), ("pink", 1), ("teal", 1)) * 3
RESET = (("green", 1), ("pink", 1), ("teal", 3))


def made_cells(count: int = 100) -> list[Cell]:
    """The first `count` cells, driver by driver."""
    return [made_cell(one) for one in experiments(DRIVERS)[:count]]


def made_cell(experiment: Experiment) -> Cell:
    """A cell as it might be: its verdict follows from the kind of the driver, not from a run."""
    match experiment:
        case Experiment(sharing=Sharing.POOL, driver="pg8000-threads" | "pg8000-sync" | "psycopg-sync"):
            return unsupported(experiment, f"{experiment.driver} has no pool of connections.")
        case Experiment(sharing=Sharing.SHARED_CURSOR, driver="psycopg", yielding=Yielding.SLEEP0):
            return made(experiment, Verdict.ERRORS, RESET, lost=4, error="psycopg.ProgrammingError", count=2,
                        message="no result available")  # fmt: skip
        case Experiment(sharing=Sharing.SHARED_CURSOR, driver="asyncpg"):
            return unsupported(experiment, "asyncpg has no cursor that several tasks can execute on.")
        case Experiment(sharing=Sharing.SHARED_CONNECTION, driver="asyncpg" | "aiopg" | "aiopg-sa"):
            return made(experiment, Verdict.REFUSED, BLOCKS[:1], lost=6, error="asyncpg.InterfaceError", count=2,
                        message="cannot perform operation: another operation is in progress")  # fmt: skip
        case Experiment(driver="pg8000-threads", sharing=Sharing.SHARED_CONNECTION | Sharing.SHARED_CURSOR):
            return made(experiment, Verdict.ERRORS, BLOCKS, lost=9, foreign=6, error="TypeError", count=1, same=False,
                        message="'NoneType' object is not an iterator")  # fmt: skip
        case Experiment(sharing=Sharing.ONE_RESULT, yielding=Yielding.SLEEP0):
            return made(experiment, Verdict.ROUND_ROBIN, TURNS[:3], lost=6, shared_out=6)
        case Experiment(yielding=Yielding.SLEEP0, driver="psycopg-sync" | "pg8000-sync"):
            return made(experiment, Verdict.ROUND_ROBIN, TURNS)
        case Experiment(yielding=Yielding.SLEEP0, sharing=Sharing.NEW_CONNECTION | Sharing.POOL):
            return made(experiment, Verdict.MIX, TURNS[1:], same=False)
    return made(experiment, Verdict.BLOCKS, BLOCKS, same=experiment.sharing is not Sharing.NEW_CONNECTION)


def made(
    experiment: Experiment,
    verdict: Verdict,
    order: tuple[tuple[str, int], ...],
    *,
    same: bool = True,
    lost: int = 0,
    shared_out: int = 0,
    foreign: int = 0,
    error: str | None = None,
    message: str = "",
    count: int = 0,
) -> Cell:
    return Cell(
        experiment=experiment,
        verdict=verdict,
        runs=(verdict,) * 5,
        same_every_run=same,
        lost=lost,
        shared_out=shared_out,
        foreign=foreign,
        errors={error: count} if error else {},
        messages={error: message} if error else {},
        order=order,
        orders=1 if same else 4,
    )


class WaitingLaboratory(Laboratory):
    """A laboratory without a server: who uses it waits until it is cancelled.

    Attributes:
        waits: how many use it now.
    """

    def __init__(self) -> None:
        super().__init__(None, allow_writes=False)
        self.target = SERVER
        self.waits = 0
        self._ended = asyncio.Event()

    async def use(self, work: Callable[[Target], Coroutine[Any, Any, object]]) -> None:
        self.waits += 1
        self._ended.clear()
        await self._ended.wait()
        self.waits -= 1
        raise Superseded

    def cancel(self) -> bool:
        self._ended.set()
        return self.waits > 0
