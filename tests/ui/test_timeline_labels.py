"""The words under the timeline: the call that a step stands at, and whether it enters a block or leaves it."""

from dataclasses import replace

import pytest

from pgtui.core.events import PAYLOAD_BITS, Kind, Wait
from pgtui.core.experiment import Experiment
from pgtui.core.trace import RecipeSource, Trace
from pgtui.ui.draw.kept import kept
from pgtui.ui.draw.leaving import call_left
from pgtui.ui.draw.phases import labels
from pgtui.ui.draw.timeline import track_of
from pgtui.ui.picture import picture_at
from tests.ui.random_runs import small_chunks
from tests.ui.traces import made, shared_cursor, turns

SOURCE = """\
async def acquire_and_read(task, pool, read):
    async with pool.connection() as connection:
        async with connection.cursor(task.name) as cursor:
            await read(task, cursor)


async def pipelined(task, cursor):
    async with cursor.connection.pipeline():
        await cursor.execute(task.query)
        await cursor.fetchall()


async def again_and_again(task, pool):
    for _ in range(2):
        async with pool.again() as connection:
            await connection.execute(task.query)


async def several(task):
    async with (
        await psycopg.AsyncConnection.connect(task.dsn) as connection,
        connection.cursor() as cursor,
    ):
        await cursor.fetchone()
"""
LINES = dict(enumerate(SOURCE.splitlines(), 1))


def words(*places: str, ends: str = "DONE green") -> list[str]:
    """The labels of a task that waits at the lines that begin with these texts, or gets a row."""
    events = ["1 CREATED green"]
    for place in places:
        events.append("2 RUNS green")
        if place == "row":
            events += ["3 ROW green 1 1", "3 YIELDS green 0"]
        else:
            line = next(number for number, text in LINES.items() if text.strip().startswith(place))
            events.append(f"3 WAITS green {line}|server|psycopg/waiting.py:270 wait_async||")
    trace = made([*events, "4 RUNS green", f"5 {ends}"], Experiment(tasks=1))
    trace.header = replace(trace.header, source=RecipeSource("", tuple(LINES.items())))
    return all_labels(trace)


def all_labels(trace: Trace, zoom: float = 1.0, left: float | None = None) -> list[str]:
    picture = replace(picture_at(trace), zoom=zoom, left=left)
    return [label.text for label in labels(trace, kept(trace), track_of(picture, (200, 9)))]


CONNECTION, CURSOR, PIPELINE = "async with pool.conn", "async with connection.cur", "async with cursor.connection.pipe"
AGAIN, EXECUTE, FAILED = "async with pool.again", "await cursor.execute(", "FAILED green psycopg.Error|no|42P01|9|x"


def test_the_connection_that_the_run_opens_is_closed_at_its_end() -> None:
    found = all_labels(shared_cursor())
    assert found[0] == "connect"
    assert found[-2:] == ["close", "done"]


def test_a_block_that_took_waiting_to_enter_is_left_where_the_task_comes_back_to_it() -> None:
    assert words(CONNECTION, EXECUTE, "row", CONNECTION) == ["connection", "execute", "row 1", "release", "done"]
    assert words(CONNECTION, CONNECTION, EXECUTE) == ["connection", "execute", "done"]


def test_a_block_that_was_entered_at_once_is_left_after_the_last_row() -> None:
    assert words(EXECUTE, "row", CURSOR, CONNECTION) == ["execute", "row 1", "close", "release", "done"]
    assert words(EXECUTE, "row", CONNECTION, "row") == ["execute", "row 1", "connection", "row 1", "done"]


def test_a_block_is_left_by_a_task_that_fails_in_it() -> None:
    assert words(CONNECTION, EXECUTE, CONNECTION, ends=FAILED) == ["connection", "execute", "release", "Error"]
    assert words(CONNECTION, ends=FAILED) == ["connection", "Error"]


def test_a_block_within_another_functions_block_is_entered_before_it_is_left() -> None:
    found = words(CONNECTION, PIPELINE, EXECUTE, PIPELINE, "row", CONNECTION)
    assert found == ["connection", "pipeline", "execute", "end pipeline", "row 1", "release", "done"]


def test_a_block_in_a_loop_may_be_entered_again() -> None:
    assert words(AGAIN, EXECUTE, AGAIN) == ["again", "execute", "again", "done"]


def test_of_several_blocks_in_brackets_each_line_is_one() -> None:
    connect = "await psycopg.AsyncConnection.connect"
    assert words(connect, "await cursor.fetchone(", connect) == ["connect", "fetchone", "close", "done"]


def test_a_run_of_many_chunks_tells_as_much_at_its_end() -> None:
    with small_chunks(16):
        trace = turns(3, 300)
        line = next(number for number, text in trace.header.source.lines if "connection.cursor()" in text)
        wait = trace.payload(Wait("server", "psycopg/waiting.py:270 wait_async"))
        for kind, value in ((Kind.RUNS, 0), (Kind.WAITS, line << PAYLOAD_BITS | wait), (Kind.RUNS, 0), (Kind.DONE, 0)):
            trace.append(trace.now.time + 1000, kind, 3, value)
    assert all_labels(trace, 50.0, 1.0)[-2:] == ["close", "done"]


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("    async with await psycopg.AsyncConnection.connect(run.dsn) as connection:", "close"),
        ("    with psycopg_pool.ConnectionPool(run.dsn, min_size=run.pool_size, open=False) as pool:", "close"),
        ("    async with create_engine(run.dsn) as engine, engine.acquire() as connection:", "close"),
        ("    async with pool.acquire() as connection:", "release"),
        ("    async with pool.connection() as connection:", "release"),
        ("    async with connection.transaction():", "end transaction"),
        ("    async with lock:", ""),
    ],
)
def test_leaving_a_block_is_called_after_what_the_block_had(line: str, call: str) -> None:
    assert call_left(line) == call
