"""The timeline's axis: places, cells and events belong together, in whole and in part, by step and by time."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgtui.core.trace import Trace
from pgtui.ui.draw.axis import gap_of, index_at, panned, place_of, playhead, ticks, view_of, zoomed
from pgtui.ui.draw.kept import kept
from pgtui.ui.picture import picture_at
from tests.ui.random_runs import patient, random_run, runs
from tests.ui.traces import new_connection, shared_cursor, turns

by_step = st.booleans()


@patient
@given(runs, by_step)
def test_places_never_go_back(trace: Trace, by_step: bool) -> None:
    places = [place_of(trace, index, by_step) for index in range(len(trace) + 1)]
    assert places == sorted(places)
    assert places[0] == 0


@patient
@given(runs)
def test_an_index_comes_back_from_its_place_on_the_axis_of_steps(trace: Trace) -> None:
    first = kept(trace).first_of(1)
    for index in range(first + 1, len(trace) + 1):
        assert index_at(trace, place_of(trace, index, True), True) == index


@patient
@given(runs)
def test_by_time_a_place_gives_the_last_event_of_its_nanosecond(trace: Trace) -> None:
    for index in range(1, len(trace) + 1):
        found = index_at(trace, place_of(trace, index, False), False)
        assert found >= index
        assert trace.event(found - 1).time == trace.event(index - 1).time


@patient
@given(runs)
def test_step_k_lies_between_k_minus_1_and_k(trace: Trace) -> None:
    for index in range(len(trace) + 1):
        steps = trace.at(index).steps
        place = place_of(trace, index, True)
        assert place == 0 if steps == 0 else steps - 1 < place <= steps


@patient
@given(runs, by_step, st.integers(1, 200), st.floats(1, 50), st.none() | st.floats(0, 1), st.floats(0, 1))
def test_a_view_stays_within_the_run_and_keeps_the_playhead_when_it_follows(
    trace: Trace, by_step: bool, width: int, zoom: float, left: float | None, share: float
) -> None:
    picture = replace(picture_at(trace, int(share * len(trace))), by_step=by_step, zoom=zoom, left=left)
    view = view_of(picture, width)
    assert 0 <= view.start <= view.stop <= view.whole
    assert (view.stop - view.start) * view.scale <= width + 0.5
    if left is None:
        assert -0.5 <= view.cell(playhead(picture)) <= width + 0.5


def test_every_step_is_equally_many_whole_cells_wide_while_there_is_room() -> None:
    picture = picture_at(shared_cursor())
    assert view_of(picture, 130).scale == 7
    assert view_of(picture, 36).scale == 2
    assert view_of(picture, 1000).scale == 8
    assert view_of(picture, 9).scale == 0.5


def test_a_longer_run_beside_it_stretches_the_axis_of_time() -> None:
    picture = replace(picture_at(shared_cursor()), by_step=False)
    longer = replace(picture, span=picture.trace.elapsed * 2)
    assert view_of(longer, 100).whole == picture.trace.elapsed * 2
    assert view_of(longer, 100).scale == view_of(picture, 100).scale / 2


@pytest.mark.parametrize("by_step", [True, False])
def test_what_is_under_the_mouse_stays_there_when_zooming(by_step: bool) -> None:
    picture = replace(picture_at(turns(3, 200)), by_step=by_step)
    view = view_of(picture, 100)
    zoom, left = zoomed(picture, view, 4.0, 60)
    closer = view_of(replace(picture, zoom=zoom, left=left), 100)
    assert closer.scale == pytest.approx(4 * view.scale)
    assert closer.place(60) == pytest.approx(view.place(60), abs=1.01 / closer.scale)


def test_zooming_out_ends_at_the_whole_run_and_zooming_in_at_one_step() -> None:
    picture = replace(picture_at(shared_cursor()), zoom=2.0, left=0.3)
    assert zoomed(picture, view_of(picture, 100), 0.1, 50) == (1.0, None)
    zoom, _ = zoomed(picture, view_of(picture, 100), 1e9, 50)
    assert 20 <= view_of(replace(picture, zoom=zoom), 100).scale <= 100


def test_panning_moves_by_cells_and_stops_at_the_ends() -> None:
    picture = replace(picture_at(turns(3, 200)), zoom=8.0, left=0.5)
    view = view_of(picture, 100)
    moved = view_of(replace(picture, left=panned(view, 10)), 100)
    assert (moved.start - view.start) * view.scale == pytest.approx(10, abs=0.6)
    assert panned(view, -100_000) == 0
    assert view_of(replace(picture, left=panned(view, 100_000)), 100).stop == view.whole


@patient
@given(runs, by_step, st.integers(1, 200), st.floats(1, 1000))
def test_ticks_are_in_the_view_and_apart(trace: Trace, by_step: bool, width: int, zoom: float) -> None:
    view = view_of(replace(picture_at(trace), by_step=by_step, zoom=zoom), width)
    cells = [view.cell(place) for place, _ in ticks(view)]
    assert cells == sorted(cells)
    assert all(-1e-6 <= cell <= width + 1e-6 for cell in cells)
    assert all(b - a > 9.9 for a, b in pairwise(cells[1:]))


def test_ticks_by_time_tell_their_unit() -> None:
    view = view_of(replace(picture_at(new_connection()), by_step=False), 100)
    assert [text for _, text in ticks(view)][:3] == ["0 ms", "1 ms", "2 ms"]


def test_the_gap_is_where_the_dropped_events_were() -> None:
    trace = random_run(3, 4, 800, chunk=8, most_chunks=1)
    assert trace.gap is not None
    first, after = trace.gap
    for by_step in (True, False):
        start, stop = gap_of(trace, kept(trace), by_step)
        assert start < stop
        assert place_of(trace, first, by_step) == start
        assert place_of(trace, after + 1, by_step) >= stop
        middle = index_at(trace, (start + stop) / 2, by_step)
        assert first <= middle <= after or trace.event(middle - 1) is not None
