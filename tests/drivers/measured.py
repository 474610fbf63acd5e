"""Runs for the drivers' live tests: the same experiment many times, and what is asked of the traces."""

import asyncio
from collections import Counter

from pgtui.api import plan
from pgtui.core.events import UNTAGGED, Failure, Kind
from pgtui.core.experiment import Experiment
from pgtui.core.ledger import ledger, order, outcome
from pgtui.core.runner import Runner
from pgtui.core.trace import Trace
from pgtui.postgres.query import prepare_query
from pgtui.postgres.target import Target

TIMES = 20


async def run_often(
    target: Target, experiment: Experiment, times: int = TIMES, *, at_once: bool = False
) -> list[Trace]:
    """The experiment, `times` times: one run after the other, or all at the same time on one event loop."""
    prepared = await prepare_query(target, experiment)
    runners = [Runner(await plan(experiment, target, prepared)) for _ in range(times)]
    if at_once:
        return list(await asyncio.gather(*(runner.run() for runner in runners)))
    return [await runner.run() for runner in runners]


def letters(trace: Trace) -> str:
    """The order in which rows arrived, a letter for each: `gggpppttt`."""
    return "".join(trace.name(task)[0] * count for task, count in order(trace))


def stretches(trace: Trace) -> str:
    """The same in short, for many rows: `g100 p100`."""
    return " ".join(f"{trace.name(task)[0]}{count}" for task, count in order(trace))


def received(trace: Trace) -> list[int]:
    """How many rows each task got."""
    return [account.received for account in ledger(trace)]


def failure(trace: Trace, task: int) -> str:
    """What the task ran into, `psycopg.ProgrammingError: no result available`; empty if nothing."""
    said = trace.said(trace.now.tasks[task].failure)
    return f"{said.type}: {said.message}" if isinstance(said, Failure) else ""


def failures(trace: Trace) -> list[str]:
    """What each task ran into."""
    return [failure(trace, task) for task in trace.tasks]


def outcomes(trace: Trace) -> list[str]:
    """How each task ended."""
    return [outcome(trace, task) for task in trace.tasks]


def says(trace: Trace, task: int) -> list[str]:
    """The words in a task's log."""
    return [str(trace.said(e.value)) for e in trace.events() if e.kind is Kind.SAYS and e.task == task]


def arrivals(trace: Trace) -> Counter[tuple[int, int]]:
    """How often each row, (task that asked for it, its number), arrived anywhere."""
    return Counter(
        (event.owner, event.number)
        for event in trace.events()
        if event.kind in (Kind.ROW, Kind.ROW_AGAIN) and event.owner != UNTAGGED
    )


def assert_full(trace: Trace) -> None:
    """Every task has each of its rows once and no other, and met no error."""
    assert failures(trace) == [""] * len(trace.tasks)
    assert outcomes(trace) == ["done"] * len(trace.tasks)
    assert all(account.full for account in ledger(trace)), ledger(trace)


def assert_adds_up(trace: Trace) -> None:
    """The ledger accounts for each row that arrived and each that did not, checked against the events."""
    expected = trace.header.expected
    assert expected is not None
    seen = arrivals(trace)
    rows: Counter[tuple[int, int]] = Counter()
    for event in trace.events():
        if event.kind in (Kind.ROW, Kind.ROW_AGAIN):
            rows[(event.task, event.owner)] += 1
    for task, account in zip(trace.tasks, ledger(trace), strict=True):
        strangers = sum(n for (at, owner), n in rows.items() if at == task and owner not in (task, 0, UNTAGGED))
        assert account.foreign == strangers
        assert account.received == sum(n for (at, _), n in rows.items() if at == task)
        own = account.received - account.foreign - account.doubled
        assert own + account.lost == expected
    assert all(owner <= len(trace.tasks) and number <= expected for owner, number in seen)
