"""What each driver does when tasks share something: one live test for each driver, sharing mode and yielding.

Where drivers behave the same each time, the order of rows is asserted to the letter, 20 times out of 20. Where it is a
race, what holds whoever wins is asserted: the ledger adds up, and over 20 runs more than one order is seen.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from pgtui.core.experiment import Experiment, Sharing, Yielding
from pgtui.core.ledger import ledger, order
from pgtui.core.trace import Trace
from pgtui.drivers.registry import DRIVERS
from pgtui.postgres.target import Target
from tests.drivers.measured import (
    TIMES,
    arrivals,
    assert_adds_up,
    assert_full,
    failures,
    letters,
    received,
    run_often,
)

pytestmark = pytest.mark.live

NEW, CONNECTION, CURSOR, RESULT, POOL = Sharing
NONE, SLEEP0 = Yielding

ANOTHER_OPERATION = (
    "asyncpg.exceptions._base.InterfaceError: cannot perform operation: another operation is in progress"
)
ANOTHER_COROUTINE = "RuntimeError: cursor.execute() called while another coroutine is already waiting for incoming data"
NO_RESULT = "psycopg.ProgrammingError: no result available"
RESULT_CLOSED = "aiopg.sa.exc.ResourceClosedError: This result object is closed."
NO_CURSOR = "AttributeError: 'NoneType' object has no attribute 'fetchone'"


@dataclass(frozen=True)
class Cell:
    """What holds in one cell of the matrix.

    Attributes:
        each: asserts it of one run.
        all: asserts it of all runs together.
        how: the experiment's values that make it certain, where three tasks and three rows do not.
        at_once: whether the runs may share the loop, to save the time that they wait for the server.
    """

    each: Callable[[Trace], None]
    all: Callable[[list[Trace]], None] = lambda traces: None
    how: dict[str, Any] = field(default_factory=dict)
    at_once: bool = False


def certainly(expected: str, errors: tuple[str, str, str] = ("", "", "")) -> Callable[[Trace], None]:
    """Rows arrive in exactly this order, and the three tasks end with these errors."""

    def check(trace: Trace) -> None:
        assert letters(trace) == expected
        assert failures(trace) == list(errors)
        assert_adds_up(trace)
        if expected == "gggpppttt":
            assert_full(trace)

    return check


def refused_but_green(error: str) -> Callable[[Trace], None]:
    """Green gets its rows; pink and teal are turned away before their first one."""
    return certainly("ggg", ("", error, error))


def in_blocks(trace: Trace) -> None:
    """Every task gets all of its rows in one stretch."""
    assert_full(trace)
    assert len(order(trace)) == len(trace.tasks)


def one_takes_all(after_the_end: str = "") -> Callable[[Trace], None]:
    """Green takes the whole result before pink and teal come to look."""
    return certainly("ggg", ("", after_the_end, after_the_end))


def thirds(after_the_end: str = "") -> Callable[[Trace], None]:
    """Each row of the one result goes to whoever asks next, strictly in turn. Green has the last; so pink, next, finds
    the end; teal and green come after the end."""

    def check(trace: Trace) -> None:
        assert received(trace) == [334, 333, 333]
        assert letters(trace) == "gpt" * 333 + "g"
        assert failures(trace) == [after_the_end, "", after_the_end]
        each_once(trace)

    return check


def each_once(trace: Trace) -> None:
    """Each row of the one result reaches exactly one task."""
    assert arrivals(trace) == {(0, number): 1 for number in range(1, 1001)}
    assert_adds_up(trace)


MOST_TIMES = 15 * TIMES
"""Runs of a race at most: threads on one pg8000 cursor now and then go the same way 20 times in a row."""


def differing(traces: list[Trace]) -> None:
    """The order is a race: not the same every time, if one looks often enough."""
    assert orders(traces) > 1


def orders(traces: list[Trace]) -> int:
    """In how many orders rows arrived."""
    return len({letters(trace) for trace in traces})


THOUSAND: dict[str, Any] = {"rows": 1000}
EIGHT: dict[str, Any] = {"tasks": 8}
HUNDRED: dict[str, Any] = {"rows": 100}
SLOW: dict[str, Any] = {"server_delay": 0.05}
"""A reply takes longer than any loaded machine takes for three turns of the loop; else pink's would, now and then,
arrive while green still reads."""

BLOCKS = Cell(in_blocks, differing, EIGHT)
MIX = Cell(assert_full, differing, HUNDRED)
QUEUED = {NONE: Cell(certainly("gggpppttt")), SLEEP0: Cell(certainly("gggpppttt"), how=SLOW, at_once=True)}
POOLED = {NONE: Cell(in_blocks), SLEEP0: MIX}
THIRDS = {NONE: Cell(one_takes_all()), SLEEP0: Cell(thirds(), how=THOUSAND)}
OWN = {NONE: BLOCKS, SLEEP0: MIX}
IN_TURN = {NONE: Cell(certainly("gggpppttt")), SLEEP0: Cell(certainly("gptgptgpt"))}
RACE = {NONE: Cell(assert_adds_up), SLEEP0: Cell(assert_adds_up, differing, HUNDRED)}


def both(cell: Cell) -> dict[Yielding, Cell]:
    """The same with and without yielding."""
    return {NONE: cell, SLEEP0: cell}


def stolen_in_turn(trace: Trace) -> None:
    """Each execute() on the shared cursor throws the rows of the one before away, and nobody is told: the three then
    take turns at teal's rows."""
    certainly("gptgp")(trace)
    assert [(account.foreign, account.lost) for account in ledger(trace)] == [(1, 2), (1, 2), (0, 2)]


CELLS: dict[str, dict[Sharing, dict[Yielding, Cell]]] = {
    "asyncpg": {
        NEW: OWN,
        CONNECTION: both(Cell(refused_but_green(ANOTHER_OPERATION))),
        RESULT: THIRDS,
        POOL: POOLED,
    },
    "psycopg": {
        NEW: OWN,
        CONNECTION: QUEUED,
        CURSOR: {
            NONE: Cell(certainly("gggpppttt")),
            SLEEP0: Cell(certainly("gpttt", (NO_RESULT, NO_RESULT, ""))),
        },
        RESULT: THIRDS,
        POOL: POOLED,
    },
    "aiopg": {
        NEW: OWN,
        CONNECTION: both(Cell(refused_but_green(ANOTHER_COROUTINE))),
        CURSOR: both(Cell(refused_but_green(ANOTHER_COROUTINE))),
        RESULT: THIRDS,
        POOL: POOLED,
    },
    "aiopg-sa": {
        NEW: OWN,
        CONNECTION: both(Cell(refused_but_green(ANOTHER_COROUTINE))),
        RESULT: {
            NONE: Cell(one_takes_all(RESULT_CLOSED)),
            SLEEP0: Cell(thirds(RESULT_CLOSED), how=THOUSAND),
        },
        POOL: POOLED,
    },
    **{
        name: {
            NEW: OWN,
            CONNECTION: QUEUED,
            RESULT: {NONE: Cell(one_takes_all()), SLEEP0: Cell(thirds(NO_CURSOR), how=THOUSAND)},
            POOL: POOLED,
        }
        for name in ("sqlalchemy-asyncpg", "sqlalchemy-psycopg")
    },
    "psycopg-threads": {
        NEW: {NONE: Cell(assert_full, differing, EIGHT), SLEEP0: MIX},
        CONNECTION: {NONE: Cell(assert_full), SLEEP0: MIX},
        CURSOR: RACE,
        RESULT: {NONE: Cell(assert_adds_up, how=THOUSAND), SLEEP0: Cell(assert_adds_up, differing, THOUSAND)},
        POOL: {NONE: Cell(assert_full), SLEEP0: MIX},
    },
    "pg8000-threads": {
        NEW: {NONE: Cell(assert_full, differing, EIGHT), SLEEP0: MIX},
        CONNECTION: both(Cell(assert_adds_up, differing, {"timeout": 2})),
        CURSOR: both(Cell(assert_adds_up, differing, {"timeout": 2})),
        RESULT: {NONE: Cell(each_once, how=THOUSAND), SLEEP0: Cell(each_once, differing, THOUSAND)},
    },
    **{
        name: {
            NEW: IN_TURN,
            CONNECTION: IN_TURN,
            CURSOR: {NONE: Cell(certainly("gggpppttt")), SLEEP0: Cell(stolen_in_turn)},
            RESULT: THIRDS,
        }
        for name in ("psycopg-sync", "pg8000-sync")
    },
}

SUPPORTED = [
    (one.id, sharing, yielding)
    for one, sharing, yielding in itertools.product(DRIVERS, Sharing, Yielding)
    if one.refusal(sharing) is None
]


def test_every_supported_cell_has_its_expectation() -> None:
    expected = [(name, sharing, y) for name, row in CELLS.items() for sharing, cells in row.items() for y in cells]
    assert sorted(expected) == sorted(SUPPORTED)


@pytest.mark.parametrize(("name", "sharing", "yielding"), SUPPORTED, ids=lambda value: str(value))
async def test_the_cell(target: Target, name: str, sharing: Sharing, yielding: Yielding) -> None:
    cell = CELLS[name][sharing][yielding]
    experiment = Experiment(driver=name, sharing=sharing, yielding=yielding, **cell.how)
    traces = await run_often(target, experiment, at_once=cell.at_once)
    assert len(traces) == TIMES
    while cell.all is differing and orders(traces) == 1 and len(traces) < MOST_TIMES:
        traces += await run_often(target, experiment, at_once=cell.at_once)
    for trace in traces:
        cell.each(trace)
    cell.all(traces)
