"""Where the way of reading changes the picture: fetchone, fetchmany, fetchall, server-side cursors, stream, pipeline;
and where the size of a pool does."""

from typing import Any

import pytest

from pgtui.core.experiment import Experiment, Reading, Sharing, Yielding
from pgtui.core.ledger import ledger
from pgtui.core.trace import Trace
from pgtui.drivers.registry import DRIVERS
from pgtui.postgres.target import Target
from tests.drivers.measured import (
    arrivals,
    assert_adds_up,
    assert_full,
    failures,
    letters,
    received,
    run_often,
    stretches,
)

pytestmark = pytest.mark.live

NONE, SLEEP0 = Yielding
FEW = 5


async def measure(target: Target, times: int = FEW, **values: Any) -> list[Trace]:
    """The experiment with 1,000 rows, some times."""
    traces = await run_often(target, Experiment(**{"rows": 1000, **values}), times)
    for trace in traces:
        assert_adds_up(trace)
    return traces


async def test_server_cursors_on_one_connection_take_turns_without_any_sleep(target: Target) -> None:
    """psycopg's named cursors take the lock for each FETCH of 100 rows: true sharing of one connection."""
    for trace in await measure(
        target, 20, sharing=Sharing.SHARED_CONNECTION, reading=Reading.SERVER_CURSOR, yielding=NONE
    ):
        assert_full(trace)
        assert stretches(trace) == " ".join(["g100 p100 t100"] * 10)


async def test_a_shared_server_cursor_reads_the_last_ones_rows(target: Target) -> None:
    """Each execute() closes the portal before it: all three read teal's rows, and nobody is told."""
    for trace in await measure(target, sharing=Sharing.SHARED_CURSOR, reading=Reading.SERVER_CURSOR, yielding=NONE):
        assert received(trace) == [400, 300, 300]
        assert failures(trace) == ["", "", ""]
        assert {owner for owner, _ in arrivals(trace)} == {3}
    for trace in await measure(
        target, sharing=Sharing.SHARED_CURSOR, reading=Reading.SERVER_CURSOR, yielding=NONE, rows=3
    ):
        assert [(account.received, account.foreign) for account in ledger(trace)] == [(3, 3), (0, 0), (0, 0)]


async def test_three_readers_of_one_server_cursor_throw_rows_away_when_they_yield(target: Target) -> None:
    """psycopg's server cursor keeps the fetched page in one place: who fetches next replaces it, read or not."""
    for trace in await measure(target, sharing=Sharing.ONE_RESULT, reading=Reading.SERVER_CURSOR, yielding=NONE):
        assert received(trace) == [400, 300, 300]
    traces = await measure(target, sharing=Sharing.ONE_RESULT, reading=Reading.SERVER_CURSOR, yielding=SLEEP0)
    assert all(failures(trace) == ["", "", ""] for trace in traces)
    assert any(sum(received(trace)) < 1000 for trace in traces)


@pytest.mark.parametrize("sharing", [Sharing.SHARED_CONNECTION, Sharing.SHARED_CURSOR])
async def test_stream_holds_the_lock_to_its_last_row(target: Target, sharing: Sharing) -> None:
    """So each task has its rows in one stretch, though it yields after each, and even on a shared cursor."""
    for trace in await measure(target, sharing=sharing, reading=Reading.STREAM, yielding=SLEEP0):
        assert_full(trace)
        assert stretches(trace) == "g1000 p1000 t1000"


async def test_one_stream_has_one_reader(target: Target) -> None:
    for trace in await measure(target, sharing=Sharing.ONE_RESULT, reading=Reading.STREAM, yielding=SLEEP0):
        assert received(trace) == [1000, 0, 0]
        assert failures(trace) == ["", *["RuntimeError: anext(): asynchronous generator is already running"] * 2]


async def test_a_pipeline_mixes_rows_on_one_connection(target: Target) -> None:
    """Three queries travel together; with cursors of their own all tasks have their rows."""
    traces = await measure(target, sharing=Sharing.SHARED_CONNECTION, reading=Reading.PIPELINE, yielding=SLEEP0)
    for trace in traces:
        assert_full(trace)
    assert any(len(stretches(trace).split()) > 100 for trace in traces)


async def test_a_pipeline_mixes_results_up_on_a_shared_cursor(target: Target) -> None:
    for trace in await measure(target, sharing=Sharing.SHARED_CURSOR, reading=Reading.PIPELINE):
        assert failures(trace) == ["", "", ""]
        assert sum(account.lost for account in ledger(trace)) > 0


async def test_fetchall_is_safe_on_a_shared_cursor_where_iterating_is_not(target: Target) -> None:
    """psycopg suspends nowhere between execute() and fetchall(): the rows are the task's own before it yields."""
    for trace in await measure(target, sharing=Sharing.SHARED_CURSOR, reading=Reading.FETCHALL, yielding=SLEEP0):
        assert_full(trace)


@pytest.mark.parametrize("name", [one.id for one in DRIVERS if not one.refuses.get(Reading.FETCHMANY)])
async def test_fetchmany_splits_one_result_in_portions_of_100(target: Target, name: str) -> None:
    for trace in await measure(
        target, 2, driver=name, sharing=Sharing.ONE_RESULT, reading=Reading.FETCHMANY, yielding=SLEEP0
    ):
        portions = received(trace)
        assert sum(portions) == 1000
        assert all(portion % 100 == 0 for portion in portions)
        if "threads" not in name:
            assert portions == ([1000, 0, 0] if name == "asyncpg" else [400, 300, 300])


@pytest.mark.parametrize("reading", [Reading.FETCHONE, Reading.FETCHMANY, Reading.SERVER_CURSOR])
@pytest.mark.parametrize("sharing", [Sharing.SHARED_CONNECTION, Sharing.ONE_RESULT])
async def test_asyncpg_refuses_a_second_reader_of_the_connection(
    target: Target, sharing: Sharing, reading: Reading
) -> None:
    for trace in await measure(target, 2, driver="asyncpg", sharing=sharing, reading=reading):
        assert received(trace) == [1000, 0, 0]
        refusals = [failure.partition(": ")[2] for failure in failures(trace)]
        assert refusals == ["", *["cannot perform operation: another operation is in progress"] * 2]


async def test_sqlalchemy_over_psycopg_fetches_in_growing_portions(target: Target) -> None:
    """stream() asks for 1, 5, 25, 125 … rows at a time, each through the mutex: the tasks take turns."""
    for trace in await measure(
        target,
        driver="sqlalchemy-psycopg",
        sharing=Sharing.SHARED_CONNECTION,
        reading=Reading.SERVER_CURSOR,
        yielding=NONE,
    ):
        assert_full(trace)
        assert stretches(trace).startswith("g1 p1 t1 g5 p5 t5 g25 p25 t25 g125 p125 t125 ")


async def test_sqlalchemys_mutex_does_not_cover_stream_over_asyncpg(target: Target) -> None:
    for trace in await measure(
        target, driver="sqlalchemy-asyncpg", sharing=Sharing.SHARED_CONNECTION, reading=Reading.SERVER_CURSOR
    ):
        assert any("another operation" in failure for failure in failures(trace))


POOLED = [one.id for one in DRIVERS if not one.refusal(Sharing.POOL)]


@pytest.mark.parametrize("yielding", Yielding)
@pytest.mark.parametrize("name", [name for name in POOLED if name != "psycopg-threads"])
async def test_a_pool_of_one_serves_tasks_one_after_the_other(target: Target, name: str, yielding: Yielding) -> None:
    for trace in await measure(target, driver=name, sharing=Sharing.POOL, pool_size=1, yielding=yielding, rows=100):
        assert_full(trace)
        assert len({trace.now.tasks[task].backend for task in trace.tasks}) == 1
        if name == "asyncpg" and yielding is SLEEP0:
            assert letters(trace)[0] == "g"  # the connection is back in the pool before its rows are read
        else:
            assert stretches(trace) == "g100 p100 t100"


async def test_asyncpgs_rows_mix_though_the_pool_has_one_connection(target: Target) -> None:
    """fetch() has all rows when it returns, so green gives the connection back before it reads them."""
    for trace in await measure(target, driver="asyncpg", sharing=Sharing.POOL, pool_size=1, yielding=SLEEP0):
        assert_full(trace)
        assert len(stretches(trace).split()) > 3


@pytest.mark.parametrize("name", POOLED)
async def test_a_pool_of_three_lets_three_tasks_read_at_once(target: Target, name: str) -> None:
    """Reading takes longer than it takes the pool to open its other connections."""
    traces = await measure(target, 3, driver=name, sharing=Sharing.POOL, pool_size=3, yielding=SLEEP0, rows=3000)
    for trace in traces:
        assert_full(trace)
        assert len({trace.now.tasks[task].backend for task in trace.tasks}) <= 3
    assert any(len(stretches(trace).split()) > 3 for trace in traces)
