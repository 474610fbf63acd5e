"""Any moment of a trace is the fold of the events before it; memory is bounded and drops are counted."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pgtui.core.events import KIND_BITS, KIND_MASK, TASK_MASK, UNTAGGED, VALUE_SHIFT, Kind, packed, tag_of
from pgtui.core.experiment import Experiment
from pgtui.core.state import Moment, Phase
from pgtui.core.tasks import LONGEST_VALUE, RowWriter, shown_values
from pgtui.core.trace import CHUNK, FIRST_CHUNKS, MOST_VALUES, Header, RowMarks, Trace
from tests.core import scripted
from tests.core.scripted import run


def replayed(trace: Trace, stop: int) -> Moment:
    moment = Moment(len(trace.header.names) - 1)
    moment.time = trace.origin
    for chunk in trace.chunks():
        for time, what in zip(chunk.times, chunk.whats, strict=True):
            if moment.index < stop:
                moment.apply(time, what)
    return moment


@pytest.mark.parametrize("main", [scripted.shared_cursor, scripted.shared_connection, scripted.new_connection])
def test_every_moment_is_the_fold_of_its_events(main: Any) -> None:
    trace = run(main)
    for index in range(len(trace) + 1):
        assert trace.at(index) == replayed(trace, index)


def test_the_quick_way_of_writing_steps_says_what_the_events_say() -> None:
    """Yielding flat out takes a path that writes step, row and yield in one go; its head must be the events' fold."""
    trace = run(scripted.new_connection, experiment=Experiment(rows=3_000))
    assert len(trace) > 3 * CHUNK
    assert trace.now == replayed(trace, len(trace))
    for index in (CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 777, len(trace) - 1):
        assert trace.at(index) == replayed(trace, index)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_rows_in_any_order_are_counted_as_their_events_say(data: st.DataObject) -> None:
    """The writer counts whole batches at once; the fold counts one by one."""
    trace = Trace(Header(experiment=Experiment(), names=("run", "green", "pink", "teal")))
    writers = {task: RowWriter(trace, task) for task in (1, 2, 3)}
    time = itertools.count(1)
    for _ in range(data.draw(st.integers(1, 12))):
        task = data.draw(st.integers(1, 3))
        owner, first = data.draw(st.integers(0, 3)), data.draw(st.integers(1, 9))
        batch = data.draw(
            st.one_of(
                st.integers(1, 6).map(lambda n, o=owner, f=first: [("x", o, f + i) for i in range(n)]),
                st.lists(st.tuples(st.just("x"), st.integers(0, 3), st.integers(1, 9)), min_size=1, max_size=6),
            )
        )
        writers[task](next(time), batch)
    assert trace.now == replayed(trace, len(trace))
    seen: set[int] = set()
    for event in trace.events():
        assert (event.kind is Kind.ROW_AGAIN) == (event.value in seen)
        seen.add(event.value)


@given(st.lists(st.integers(1, 40), max_size=60))
def test_row_marks_are_a_set(numbers: list[int]) -> None:
    marks, model = RowMarks(), set()
    for number in numbers:
        assert marks.add(number) == (number not in model)
        model.add(number)
        assert len(marks) == len(model)


def test_a_row_number_from_misread_bytes_costs_no_memory() -> None:
    marks = RowMarks()
    assert marks.add(2**31 - 1)
    assert len(marks.beyond) == 0


def test_memory_is_bounded_and_what_is_dropped_is_counted() -> None:
    trace = Trace(Header(experiment=Experiment(tasks=1), names=("run", "green")), chunks=FIRST_CHUNKS + 4)
    trace.append(1, Kind.CREATED, 1)
    count = (FIRST_CHUNKS + 10) * CHUNK
    for time in range(2, count, 2):
        trace.append(time, Kind.RUNS, 1)
        trace.append(time + 1, Kind.YIELDS, 1, 7)
    assert trace.dropped > 0
    assert trace.gap is not None
    kept = list(trace.events())
    assert len(kept) + trace.dropped == len(trace)
    indices = [event.index for event in kept]
    assert trace.gap == (
        next(a + 1 for a, b in itertools.pairwise(indices) if b != a + 1),
        next(b for a, b in itertools.pairwise(indices) if b != a + 1),
    )
    assert trace.now.tasks[1].steps == (len(trace) - 1) // 2, "what is dropped still counts"
    assert trace.at(trace.gap[1] + 5).tasks[1].steps == trace.at(trace.gap[1]).tasks[1].steps + 2


def test_a_log_s_lines_are_found_from_any_place() -> None:
    trace = run(scripted.new_connection, experiment=Experiment(rows=3_000))
    every = [e for e in trace.events() if e.task == 2 and e.kind in (Kind.ROW, Kind.SAYS, Kind.DONE)]
    assert trace.now.tasks[2].lines == len(every)
    for start in (0, 1, 1_400, 2_999):
        assert trace.lines(2, start, start + 3) == every[start : start + 3]


def test_a_moment_is_found_by_its_time() -> None:
    trace = run(scripted.shared_cursor)
    for event in trace.events():
        index = trace.index_at(event.time)
        assert index > event.index
        following = trace.event(index)
        assert following is None or following.time > event.time


def test_values_of_the_first_and_the_latest_rows_are_kept() -> None:
    rows = 2 * MOST_VALUES
    trace = run(scripted.new_connection, experiment=Experiment(rows=rows, tasks=1))
    assert trace.values(tag_of(1, 1)) == ("row 1", 1, 1)
    assert trace.values(tag_of(1, rows)) == (f"row {rows}", 1, rows)
    many = run(scripted.new_connection, experiment=Experiment(rows=rows))
    assert many.values(tag_of(2, rows // 2 + 100)) is None


def test_long_values_are_cut() -> None:
    text, blob, number = shown_values(("x" * 2_000_000, b"\0" * 2_000_000, 7))
    assert isinstance(text, str)
    assert text.startswith("x" * LONGEST_VALUE)
    assert len(text) < LONGEST_VALUE + 60
    assert isinstance(blob, bytes)
    assert len(blob) == LONGEST_VALUE
    assert number == 7


def test_rows_without_a_tag_are_counted_and_never_taken_for_doubles() -> None:
    trace = run(scripted.new_connection, tagging=False)
    assert [state.received for state in trace.now.tasks[1:]] == [3, 3, 3]
    assert {event.owner for event in trace.events() if event.kind is Kind.ROW} == {UNTAGGED}
    assert not [event for event in trace.events() if event.kind is Kind.ROW_AGAIN]


def test_an_event_before_the_last_one_in_time_is_put_behind_it() -> None:
    trace = Trace(Header(experiment=Experiment(), names=("run", "green")))
    trace.append(10, Kind.CREATED, 1)
    trace.append(5, Kind.RUNS, 1)
    assert [event.time for event in trace.events()] == [10, 10]


@given(st.sampled_from(Kind), st.integers(0, TASK_MASK), st.integers(0, 2**44 - 1))
def test_packing_loses_nothing(kind: Kind, task: int, value: int) -> None:
    what = packed(kind, task, value)
    assert (what & KIND_MASK, what >> KIND_BITS & TASK_MASK, what >> VALUE_SHIFT) == (kind, task, value)
    assert what < 2**63


def test_a_gap_s_moment_is_that_before_the_gap() -> None:
    trace = Trace(Header(experiment=Experiment(tasks=1), names=("run", "green")), chunks=FIRST_CHUNKS + 4)
    for time in range((FIRST_CHUNKS + 8) * CHUNK):
        trace.append(time, Kind.RUNS, 1)
    assert trace.gap is not None
    assert trace.at(trace.gap[0] + 10).index == trace.gap[0]


def test_states_end_in_the_phase_of_their_ending() -> None:
    trace = run(scripted.shared_cursor)
    assert [state.phase for state in trace.now.tasks] == [Phase.DONE, Phase.FAILED, Phase.FAILED, Phase.DONE]


def test_a_log_read_while_it_grows_is_the_one_read_at_the_end() -> None:
    trace = Trace(Header(experiment=Experiment(tasks=2), names=("run", "green", "pink")))
    for number in range(3 * CHUNK):
        trace.append(number, Kind.SAYS, 1 + number % 2, trace.payload(str(number)))
        if number % 97 == 0:
            trace.lines(1, 0, 10)
    for task in (1, 2):
        told = [event.index for event in trace.lines(task, 0, 3 * CHUNK) if event is not None]
        assert told == list(range(task - 1, 3 * CHUNK, 2))
