"""What a check sees of a run, on traces made by hand."""

import pytest

from pgtui.core.events import Failure, Kind, Wait, tag_of
from pgtui.core.experiment import Experiment
from pgtui.core.trace import Header, Trace
from pgtui.guide.checks import asked_at_once, clean, listed, only_pink_failed
from pgtui.guide.observed import Observed, told

MS = 1_000_000
SERVER, LOCK = Wait("server", "driver.py:1 execute"), Wait("lock", "driver.py:2 execute", "Connection.lock", 1)


def made(tasks: int = 2, rows: int = 1) -> Trace:
    names = ("run", "green", "pink", "teal")[: tasks + 1]
    trace = Trace(Header(experiment=Experiment(tasks=tasks, rows=rows), names=names, expected=rows))
    for task in range(tasks + 1):
        trace.append(0, Kind.CREATED, task)
        trace.append(0, Kind.RUNS, task)
    return trace


def waits(trace: Trace, task: int, wait: Wait, start: int, end: int) -> None:
    trace.append(start * MS, Kind.WAITS, task, trace.payload(wait))
    trace.append(end * MS, Kind.READY, task)
    trace.append(end * MS, Kind.RUNS, task)


def fails(trace: Trace, task: int, kind: str, message: str) -> None:
    trace.append(trace.now.time, Kind.FAILED, task, trace.payload(Failure(kind, message)))


def test_waits_are_told_apart_by_what_they_are_for() -> None:
    trace = made()
    waits(trace, 1, SERVER, 0, 10)
    waits(trace, 2, LOCK, 10, 40)
    waits(trace, 2, SERVER, 40, 45)
    seen = Observed(trace)
    assert seen.longest_wait("green") == SERVER
    assert seen.longest_wait("pink") == LOCK
    assert seen.longest_wait("run").on == ""


def test_overlap_counts_who_waits_at_the_same_time() -> None:
    one_by_one = made()
    waits(one_by_one, 1, SERVER, 0, 10)
    waits(one_by_one, 2, SERVER, 10, 20)
    assert Observed(one_by_one).overlap("server") == pytest.approx(1.0)
    assert Observed(one_by_one).overlap("lock") == 0

    together = made()
    together.append(0, Kind.WAITS, 1, together.payload(SERVER))
    together.append(0, Kind.WAITS, 2, together.payload(SERVER))
    together.append(10 * MS, Kind.READY, 1)
    together.append(10 * MS, Kind.READY, 2)
    assert Observed(together).overlap("server") == pytest.approx(2.0)


def test_the_longest_step_is_the_one_with_most_rows() -> None:
    trace = made(rows=3)
    trace.append(1 * MS, Kind.ROW, 1, tag_of(1, 1))
    trace.append(1 * MS, Kind.YIELDS, 1)
    trace.append(2 * MS, Kind.RUNS, 1)
    for number in (2, 3):
        trace.append(5 * MS, Kind.ROW, 1, tag_of(1, number))
    trace.append(5 * MS, Kind.DONE, 1)
    rows, seconds = Observed(trace).longest_step
    assert rows == 2
    assert seconds == pytest.approx(0.003)


def test_a_failure_is_told_without_package_address_and_further_lines() -> None:
    failure = Failure(
        "psycopg.transaction.OutOfOrderTransactionNesting",
        "transaction commit at the wrong nesting level: <psycopg.AsyncTransaction (active) at 0x7f49d0>\nmore",
    )
    assert told(failure) == "OutOfOrderTransactionNesting: transaction commit at the wrong nesting level"
    assert told(Failure("TimeoutError", "")) == "TimeoutError"
    assert told(Failure("KeyError", "KeyError: b'x'")) == "KeyError: b'x'"


def test_clean_says_what_is_not() -> None:
    trace = made(tasks=3)
    trace.append(1, Kind.ROW, 1, tag_of(1, 1))
    trace.append(1, Kind.DONE, 1)
    trace.append(1, Kind.ROW, 2, tag_of(1, 1))
    trace.append(1, Kind.DONE, 2)
    fails(trace, 3, "psycopg.ProgrammingError", "no result available")
    trace.append(2, Kind.DONE, 0)
    verdict = clean(Observed(trace))
    assert not verdict.holds
    assert verdict.seen == (
        "teal failed with ProgrammingError: no result available; pink got 1 rows of others; pink lost 1 rows."
    )


def test_only_pink_failed_holds_when_nobody_else_did() -> None:
    trace = made(tasks=2)
    trace.append(1, Kind.ROW, 1, tag_of(1, 1))
    trace.append(1, Kind.DONE, 1)
    fails(trace, 2, "DivisionByZero", "division by zero")
    trace.append(2, Kind.DONE, 0)
    assert only_pink_failed(Observed(trace)).holds
    fine = made(tasks=2)
    for task in (1, 2):
        fine.append(1, Kind.ROW, task, tag_of(task, 1))
        fine.append(1, Kind.DONE, task)
    fine.append(2, Kind.DONE, 0)
    assert not only_pink_failed(Observed(fine)).holds


def test_asked_at_once_does_not_hold_for_a_queue() -> None:
    trace = made()
    waits(trace, 1, SERVER, 0, 10)
    waits(trace, 2, SERVER, 10, 20)
    for task in (1, 2):
        trace.append(20 * MS, Kind.ROW, task, tag_of(task, 1))
        trace.append(20 * MS, Kind.DONE, task)
    trace.append(20 * MS, Kind.DONE, 0)
    verdict = asked_at_once(Observed(trace))
    assert not verdict.holds
    assert "on average 1.0 of them ran at the same time" in verdict.seen


def test_names_are_listed_as_one_says_them() -> None:
    assert listed([]) == "no task"
    assert listed(["green"]) == "green"
    assert listed(["green", "pink", "teal"]) == "green, pink and teal"
