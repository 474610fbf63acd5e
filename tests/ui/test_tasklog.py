"""A task's log: what it tells, and that an earlier moment's is the beginning of a later one's."""

from collections.abc import Callable

import pytest

from pgtui.core.events import Kind
from pgtui.core.experiment import Experiment, Sharing
from pgtui.core.trace import Trace
from pgtui.ui.look import DEFAULT_LOOK
from pgtui.ui.panedrawing import Frame, bottom
from pgtui.ui.tasklog import Line, Notes, TaskLog
from pgtui.ui.words import wrongs
from tests.ui.traces import hostile, made, new_connection, shared_connection, shared_cursor

WIDTH = 40


def told(trace: Trace, task: int, index: int | None = None) -> list[Line]:
    notes = Notes(trace)
    moment = trace.at(len(trace) if index is None else index)
    notes.read_on(moment.index)
    log = TaskLog(trace, task, notes)
    count = log.count(moment, WIDTH)
    lines = log.lines(moment, 0, count, WIDTH)
    assert len(lines) == count
    return lines


def test_the_notebooks_words_in_their_order() -> None:
    words = [line.text for line in told(new_connection(), 1) if line.kind == "said"]
    assert words == ["opening connection", "creating cursor", "starting fetching", "fetched 100 %"]


def test_what_is_shared_is_told_in_every_pane() -> None:
    trace = shared_cursor()
    for task in (1, 2, 3):
        assert [line.text for line in told(trace, task) if line.kind == "run"] == [
            "opening connection",
            "creating cursor",
        ]


def test_a_failed_task_tells_error_and_lost_rows() -> None:
    kinds = [(line.kind, line.text) for line in told(shared_cursor(), 1)[-3:]]
    assert kinds == [
        ("error", "psycopg.ProgrammingError"),
        ("message", "no result available"),
        ("lost", "2 rows lost"),
    ]


def test_of_an_errors_long_name_the_class_stays() -> None:
    name = "asyncpg.exceptions._base.InterfaceError"
    trace = made(f"1 CREATED green\n2 RUNS green\n3 FAILED green {name}|no||1|x.py:1 y", Experiment(tasks=1))
    log = TaskLog(trace, 1, Notes(trace))
    told = {cells: log.tail(trace.now, cells)[0].text for cells in (39, 38, 22, 21)}
    assert told == {39: name, 38: "asyncpg…InterfaceError", 22: "asyncpg…InterfaceError", 21: "InterfaceError"}


def test_waiting_for_a_lock_is_told_when_it_is_over() -> None:
    trace = shared_connection()
    notes = [line.text for line in told(trace, 3) if line.kind == "note" and "waited" in line.text]
    assert len(notes) == 1
    assert notes[0].endswith("for green's lock")


@pytest.mark.parametrize("make", [new_connection, shared_connection, shared_cursor, hostile])
def test_an_earlier_log_is_the_beginning_of_a_later_one(make: Callable[[], Trace]) -> None:
    trace = make()
    for task in trace.tasks:
        before: list[Line] = []
        for index in range(len(trace) + 1):
            lines = [line for line in told(trace, task, index) if line.kind not in ("error", "message", "lost", "end")]
            began = trace.at(index).tasks[task].began
            if began:
                assert lines[: len(before)] == before
                before = lines


def test_any_part_of_a_log_is_the_same_as_the_whole() -> None:
    trace = shared_cursor()
    notes = Notes(trace)
    notes.read_on(len(trace))
    moment = trace.now
    for task in trace.tasks:
        log = TaskLog(trace, task, notes)
        whole = log.lines(moment, 0, 1_000, WIDTH)
        for start in range(len(whole)):
            for stop in range(start, len(whole) + 1):
                assert log.lines(moment, start, stop, WIDTH) == whole[start:stop]


def test_a_row_that_another_asked_for_is_foreign() -> None:
    text = """
        1 CREATED green
        2 CREATED pink
        3 RUNS pink
        4 ROW pink 1 1
        5 ROW pink 2 1
        6 ROW_AGAIN pink 2 1
    """
    trace = made(text, Experiment(tasks=2, sharing=Sharing.ONE_RESULT))
    kinds = [(line.kind, line.owner) for line in told(trace, 2)]
    assert kinds == [("foreign", 1), ("row", 2), ("doubled", 2)]


def test_a_cancelled_task_says_so() -> None:
    trace = made("1 CREATED green\n2 RUNS green\n3 CANCELLED green", Experiment(tasks=1))
    assert [line.text for line in told(trace, 1)] == ["cancelled", "3 rows lost"]
    trace.append(5_000, Kind.PAINTED, 0, 1)
    assert [line.text for line in told(trace, 1)] == ["cancelled", "3 rows lost"]


def test_what_other_readers_of_one_result_got_is_not_lost() -> None:
    text = """
        1 CREATED green
        2 CREATED pink
        3 RUNS green
        4 ROW green 0 1
        5 DONE green
        6 RUNS pink
        7 ROW pink 0 2
        8 DONE pink
    """
    trace = made(text, Experiment(tasks=2, sharing=Sharing.ONE_RESULT))
    for task in (1, 2):
        assert [line.text for line in told(trace, task) if not line.number] == [
            "1 row went to other readers",
            "1 row lost",
        ]
        assert wrongs(trace, trace.now, task) == [("lost", 1)]
    assert [line.text for line in told(trace, 1, 5) if not line.number] == []


def test_a_narrow_pane_tells_at_least_how_many_rows_came() -> None:
    frame = Frame(1, "green", "yielded", "yielded", 31836, False, ("205,101 of 10,000,000 rows",), 9, "")
    for cells in (26, 27, 40):
        line = "".join(segment.text for segment in bottom(DEFAULT_LOOK, frame, cells, False))
        assert len(line) == cells
        assert "205,101 of 10,000,000 rows" in line if cells == 40 else "205,101 rows" in line
