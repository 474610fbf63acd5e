"""Filling the matrix on a real server: what is run, what is refused, and what is left behind."""

import asyncio
import os

import pytest

from pgtui.core.experiment import Experiment, Reading, Sharing, Yielding
from pgtui.drivers.registry import DRIVERS, driver
from pgtui.errors import ServerError, UsageError
from pgtui.matrix.cells import Cell, Verdict
from pgtui.matrix.fill import MOST_HUNG, MOST_RUNS, by_luck, experiments, fill, run_cell
from pgtui.postgres import Target
from pgtui.postgres.query import prepare_query
from tests.matrix.made import run_of


def test_every_driver_has_a_cell_for_every_sharing_and_yielding() -> None:
    wanted = experiments()
    assert len(wanted) == len(DRIVERS) * 10
    assert len({(one.driver, one.sharing, one.yielding) for one in wanted}) == len(wanted)
    chosen = experiments(["psycopg", "asyncpg", "psycopg"], rows=7, timeout=2.0)
    assert list(dict.fromkeys(one.driver for one in chosen)) == ["psycopg", "asyncpg"]
    assert {(one.rows, one.timeout) for one in chosen} == {(7, 2.0)}


def test_each_is_read_by_async_for_unless_the_driver_cannot() -> None:
    for one in experiments():
        known = driver(one.driver)
        if known.refusal(one.sharing) is None:
            assert one.reading is Reading.ITERATE
        elif known.refusal(one.sharing, one.reading):
            assert one.sharing not in known.sharings()


def test_wrong_values_are_refused_before_anything_runs() -> None:
    with pytest.raises(UsageError, match="psycpg"):
        experiments(["psycpg"])
    with pytest.raises(UsageError, match="0 is no number of rows"):
        experiments(rows=0)


def test_blocks_of_tasks_that_yield_are_believed_when_every_run_is_the_same() -> None:
    yielding = Experiment(yielding=Yielding.SLEEP0)
    silent = Experiment(yielding=Yielding.NONE)
    racing, steady = ("gggppp", "pppggg"), ("gggppp", "gggppp")
    assert by_luck([run_of(order, experiment=yielding) for order in racing])
    assert not by_luck([run_of(order, experiment=yielding) for order in steady])
    assert not by_luck([run_of(order, experiment=silent) for order in racing])
    assert not by_luck([run_of(order, experiment=yielding) for order in ("gggppp", "gpgptp")])


@pytest.mark.live
async def test_the_cells_that_are_the_same_every_time(target: Target) -> None:
    told: list[Cell] = []
    cells = await fill(experiments(["psycopg", "asyncpg"]), target, 3, told.append)
    assert told == list(cells)
    by_place = {(cell.driver, cell.sharing, cell.yielding): cell for cell in cells}
    reset = by_place["psycopg", Sharing.SHARED_CURSOR, Yielding.SLEEP0]
    assert (reset.verdict, reset.lost, dict(reset.errors)) == (Verdict.ERRORS, 4, {"psycopg.ProgrammingError": 2})
    assert reset.order == (("green", 1), ("pink", 1), ("teal", 3))
    for yielding in Yielding:
        queued = by_place["psycopg", Sharing.SHARED_CONNECTION, yielding]
        assert (queued.verdict, queued.same_every_run, queued.lost) == (Verdict.BLOCKS, True, 0)
        refused = by_place["asyncpg", Sharing.SHARED_CONNECTION, yielding]
        assert (refused.verdict, refused.same_every_run, refused.lost) == (Verdict.REFUSED, True, 6)
        assert sum(refused.errors.values()) == 2
        none = by_place["asyncpg", Sharing.SHARED_CURSOR, yielding]
        assert (none.verdict, none.runs) == (Verdict.UNSUPPORTED, ())
        assert none.reason


@pytest.mark.live
@pytest.mark.parametrize("name", ["psycopg", "asyncpg", "aiopg"])
async def test_connections_of_their_own_interleave_when_tasks_yield(target: Target, name: str) -> None:
    silent, yielding = await fill(experiments([name])[:2], target, 5, lambda cell: None)
    assert silent.verdict is Verdict.BLOCKS
    # Turns and blocks are both possible by chance; a mix among up to 30 runs is what to expect.
    assert yielding.verdict is Verdict.MIX
    assert 5 <= len(yielding.runs) <= MOST_RUNS
    for cell in (silent, yielding):
        assert (cell.lost, cell.foreign, dict(cell.errors)) == (0, 0, {})


@pytest.mark.live
async def test_sync_drivers_on_the_loop_take_strict_turns(target: Target) -> None:
    cells = await fill(experiments(["psycopg-sync", "pg8000-sync"]), target, 3, lambda cell: None)
    for cell in cells:
        if cell.sharing in (Sharing.NEW_CONNECTION, Sharing.SHARED_CONNECTION):
            turns = cell.yielding is Yielding.SLEEP0
            assert cell.verdict is (Verdict.ROUND_ROBIN if turns else Verdict.BLOCKS)
            assert (cell.same_every_run, cell.lost, cell.foreign, dict(cell.errors)) == (True, 0, 0, {})
            assert cell.order == (
                (("green", 1), ("pink", 1), ("teal", 1)) * 3 if turns else (("green", 3), ("pink", 3), ("teal", 3))
            )


@pytest.mark.live
@pytest.mark.parametrize("name", ["psycopg", "asyncpg", "aiopg", "psycopg-sync", "pg8000-sync"])
async def test_one_result_goes_to_whoever_asks_next(target: Target, name: str) -> None:
    first, by_turns = await fill(experiments([name], rows=10)[6:8], target, 3, lambda cell: None)
    assert first.sharing is by_turns.sharing is Sharing.ONE_RESULT
    assert (first.verdict, first.order, first.lost) == (Verdict.BLOCKS, (("green", 10),), 20)
    assert (by_turns.verdict, by_turns.same_every_run, by_turns.lost) == (Verdict.ROUND_ROBIN, True, 20)
    assert by_turns.order == ((("green", 1), ("pink", 1), ("teal", 1)) * 4)[:10]


@pytest.mark.live
async def test_a_driver_that_is_not_installed_has_cells_that_say_so(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pgtui.drivers.registry.Driver.version", None)
    (cell,) = await fill(experiments(["psycopg"])[:1], target, 2, lambda cell: None)
    assert (cell.verdict, cell.runs, cell.reason) == (
        Verdict.UNSUPPORTED,
        (),
        f"The driver psycopg is not installed. Install it: {driver('psycopg').hint}",
    )


@pytest.mark.live
async def test_a_cell_that_hangs_costs_two_runs_and_says_so(target: Target) -> None:
    slow = Experiment(driver="psycopg", server_delay=30, timeout=0.3)
    cell = await run_cell(slow, target, 5, await prepare_query(target, slow))
    assert cell.verdict is Verdict.ERRORS
    assert dict(cell.errors) == {"timed out": 3}
    assert len(cell.runs) == MOST_HUNG
    assert await backends(target) == 0


@pytest.mark.live
async def test_cancelling_leaves_no_cell_and_no_backend(target: Target) -> None:
    slow = Experiment(driver="psycopg", server_delay=30)
    told: list[Cell] = []
    filling = asyncio.create_task(fill([slow], target, 5, told.append))
    async with asyncio.timeout(20):
        while not await backends(target):
            await asyncio.sleep(0.02)
    filling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(filling, 20)
    assert told == []
    assert await backends(target) == 0


async def test_a_server_that_is_gone_is_no_verdict() -> None:
    nobody = Target(host="127.0.0.1", port=1, dbname="d", user="u")
    with pytest.raises(ServerError, match="does not answer"):
        await fill(experiments(["psycopg"]), nobody, 1, lambda cell: None)


@pytest.mark.live
async def test_a_server_that_goes_away_between_cells_ends_the_filling(target: Target) -> None:
    wanted = experiments(["psycopg"])[0]
    prepared = await prepare_query(target, wanted)
    nobody = Target(host="127.0.0.1", port=1, dbname="d", user="u")
    with pytest.raises(ServerError, match="does not answer"):
        await run_cell(wanted, nobody, 5, prepared)


async def backends(target: Target) -> int:
    """How many backends this process's runs have."""
    import psycopg

    async with await psycopg.AsyncConnection.connect(target.conninfo("pgtui test")) as connection:
        cursor = await connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE %s", [f"pgtui {os.getpid()}.%"]
        )
        row = await cursor.fetchone()
    return int(row[0]) if row else 0
