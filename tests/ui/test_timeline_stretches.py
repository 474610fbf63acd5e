"""Stretches and shares tell what the moments of the trace tell, in any run, and however its events are chunked."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgtui.core.events import Kind
from pgtui.core.state import Phase
from pgtui.core.trace import Trace
from pgtui.ui.draw.axis import view_of
from pgtui.ui.draw.kept import Kept, kept
from pgtui.ui.draw.shares import EVERY, shares_of
from pgtui.ui.draw.stretches import Stretches, stretches_of
from pgtui.ui.picture import picture_at
from tests.ui.random_runs import patient, random_run, runs
from tests.ui.traces import shared_connection, shared_cursor

EVENTS = {Kind.CREATED, Kind.RUNS, Kind.YIELDS, Kind.WAITS, Kind.READY}


def all_of(trace: Trace, by_step: bool) -> Stretches:
    known = kept(trace)
    return stretches_of(trace, known, range(len(known.chunks)), by_step)


def phase_at(found: Stretches, task: int, place: float) -> Phase:
    for stretch in found.tasks.get(task, ()):
        if stretch.start <= place < stretch.stop:
            return Phase(stretch.phase)
    ending = found.endings.get(task)
    return Phase(ending.phase) if ending and ending.at <= place else Phase.ABSENT


@patient
@given(runs)
def test_by_time_a_task_is_in_the_state_that_the_moment_has(trace: Trace) -> None:
    found = all_of(trace, by_step=False)
    times = sorted({event.time for event in trace.events()})
    for time in times[:-1]:
        moment = trace.at(trace.index_at(time))
        for task in range(len(trace.header.names)):
            assert phase_at(found, task, time) == moment.tasks[task].phase


@patient
@given(runs)
def test_by_step_a_task_is_in_the_state_that_it_has_when_the_step_begins(trace: Trace) -> None:
    found = all_of(trace, by_step=True)
    for number, event in enumerate(event for event in trace.events() if event.kind is Kind.RUNS):
        moment = trace.at(event.index + 1)
        for task in range(len(trace.header.names)):
            assert phase_at(found, task, number + 0.5) == moment.tasks[task].phase


@patient
@given(runs, st.booleans())
def test_the_stretches_of_a_lane_do_not_overlap(trace: Trace, by_step: bool) -> None:
    for stretches in all_of(trace, by_step).tasks.values():
        for one, other in pairwise(stretches):
            assert one.start <= one.stop <= other.start


@patient
@given(runs, st.booleans())
def test_every_row_is_in_its_lane_within_its_step(trace: Trace, by_step: bool) -> None:
    found = all_of(trace, by_step)
    moment = trace.now
    for task in trace.tasks:
        bursts = found.rows.get(task, [])
        assert sum(burst.number for burst in bursts) == moment.tasks[task].received
        assert sum(burst.foreign for burst in bursts) == moment.tasks[task].foreign
        for burst in bursts:
            assert burst.start <= burst.stop
            if by_step:
                assert int(burst.start) == int(burst.stop)
                assert phase_at(found, task, burst.start) is Phase.RUNNING


@patient
@given(st.integers(0, 1000), st.integers(1, 5), st.integers(1, 300), st.booleans())
def test_chunks_leave_no_trace_in_the_stretches(seed: int, tasks: int, events: int, by_step: bool) -> None:
    whole, parted = (all_of(random_run(seed, tasks, events, chunk=size), by_step) for size in (4096, 5))
    assert parted.tasks == whole.tasks
    assert parted.endings == whole.endings
    assert [sum(burst.number for burst in parted.rows.get(task, ())) for task in range(1, tasks + 1)] == [
        sum(burst.number for burst in whole.rows.get(task, ())) for task in range(1, tasks + 1)
    ]


def test_a_lock_is_told_with_its_holders() -> None:
    trace = shared_cursor()
    holds = [hold for hold in all_of(trace, by_step=True).holds if hold.start < hold.stop]
    assert [trace.name(hold.task) for hold in holds] == ["green", "pink", "teal"]
    assert [one.stop for one in holds[:-1]] == [other.start for other in holds[1:]]


def test_rows_that_come_in_one_step_are_one_burst() -> None:
    rows = all_of(shared_connection(), by_step=True).rows
    assert [[burst.number for burst in rows[task]] for task in (1, 2, 3)] == [[3], [3], [3]]


def test_what_was_read_before_a_trace_grew_is_read_again() -> None:
    grown, step_by_step = random_run(5, 3, 200, chunk=16), random_run(5, 3, 200, chunk=16)
    known = kept(grown)
    for stop in range(20, len(step_by_step.chunks()) * 16, 16):
        # The same events, looked at while there were fewer of them, then all of them.
        known.length = -1
        stretches_of(grown, known, range(min(len(known.chunks), 1 + stop // 16)), True)
    assert all_of(grown, True).tasks == all_of(step_by_step, True).tasks


def exact_share(trace: Trace, task: int, start: float, stop: float) -> float:
    """The share of a stretch of time in which a task ran, added up from the events."""
    found = all_of(trace, by_step=False).tasks.get(task, ())
    ran = sum(
        max(0.0, min(stop, piece.stop) - max(start, piece.start)) for piece in found if piece.phase == Phase.RUNNING
    )
    return ran / (stop - start)


@patient
@given(st.integers(0, 300), st.integers(1, 4), st.integers(50, 400), st.sampled_from((64, 128)))
def test_shares_add_up_to_what_the_task_ran(seed: int, tasks: int, events: int, chunk: int) -> None:
    trace = random_run(seed, tasks, events, chunk=chunk)
    view = view_of(replace(picture_at(trace), by_step=False), 40)
    shares = shares_of(trace, kept(trace), view, tuple(trace.tasks))
    for lane, task in zip(shares.tasks, trace.tasks, strict=True):
        state = trace.now.tasks[task]
        cell = view.whole / len(lane)
        assert sum(share.running for share in lane) * cell == pytest.approx(state.ran, abs=2)
        assert sum(share.ready for share in lane) * cell == pytest.approx(state.readied, abs=2)
        assert sum(share.waiting for share in lane) * cell == pytest.approx(state.waited, abs=2)
        assert all(-1e-9 <= part <= 1 + 1e-9 for share in lane for part in share)


@patient
@given(st.integers(0, 300), st.integers(1, 4), st.integers(50, 300))
def test_by_step_the_running_shares_are_each_tasks_part_of_the_steps(seed: int, tasks: int, events: int) -> None:
    trace = random_run(seed, tasks, events, chunk=64)
    picture = picture_at(trace)
    view = view_of(picture, 30)
    shares = shares_of(trace, kept(trace), view, (0, *trace.tasks))
    cell = min(1 / view.scale, view.whole)
    for lane, task in zip(shares.tasks, (0, *trace.tasks), strict=True):
        assert sum(share.running for share in lane) * cell == pytest.approx(trace.now.tasks[task].steps, abs=0.51)


def test_where_the_events_are_looked_at_the_shares_are_theirs() -> None:
    trace = random_run(11, 3, 200 * EVERY, chunk=40 * EVERY, lasting=True)
    view = view_of(replace(picture_at(trace), by_step=False), 25)
    shares = shares_of(trace, kept(trace), view, tuple(trace.tasks))
    for lane, task in zip(shares.tasks, trace.tasks, strict=True):
        for cell, share in enumerate(lane):
            start, stop = (view.start + (cell + side) / view.scale for side in (0, 1))
            assert share.running == pytest.approx(exact_share(trace, task, start, stop), abs=0.06)


def test_a_long_run_is_drawn_without_a_look_at_most_of_its_events(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = random_run(2, 3, 6_000, chunk=16, lasting=True)
    known = kept(trace)
    looked: list[int] = []
    read = Kept.read

    def watched(self: Kept, what: str, place: int, *rest: object, **more: object) -> object:
        if what == "replay":
            looked.append(place)
        return read(self, what, place, *rest, **more)

    monkeypatch.setattr(Kept, "read", watched)
    view = view_of(picture_at(trace), 60)
    shares_of(trace, known, view, tuple(trace.tasks))
    assert len(known.chunks) > 300
    assert not looked


def test_an_unfinished_wait_goes_on_up_to_the_clock() -> None:
    trace = random_run(4, 2, 120, chunk=16, finished=False, lasting=True)
    waiting = [task for task in trace.tasks if trace.now.tasks[task].phase is Phase.WAITING]
    later = trace.elapsed + 1_000_000
    picture = replace(picture_at(trace), by_step=False, time=later)
    shares = shares_of(trace, kept(trace), view_of(picture, 50), tuple(waiting))
    assert waiting
    assert all(lane[-1].waiting == pytest.approx(1, abs=0.01) for lane in shares.tasks)
