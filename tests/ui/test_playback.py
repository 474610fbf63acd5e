"""The playhead: it moves as told, back as well as on, and never past the ends."""

from itertools import pairwise

import pytest

from pgtui.core.events import Kind
from pgtui.core.trace import CHUNK, FIRST_CHUNKS, Trace
from pgtui.ui.picture import Mode
from pgtui.ui.playback import LEAD_IN_SECONDS, SHOW_SECONDS, SPEEDS, Playback
from tests.ui.traces import header, new_connection, shared_cursor, turns


@pytest.fixture
def trace() -> Trace:
    return shared_cursor()


def test_a_live_playhead_is_at_the_end_until_the_run_is_over() -> None:
    trace = shared_cursor(finished=False)
    playback = Playback(trace)
    playback.advance(1)
    assert (playback.mode, playback.index) == (Mode.LIVE, len(trace))
    trace.append(trace.now.time + 1000, Kind.CREATED, 0)
    assert playback.index == len(trace)
    trace.finished = True
    playback.advance(0)
    assert playback.mode is Mode.FINISHED


@pytest.mark.parametrize("by_step", [True, False])
def test_playing_takes_as_long_as_it_says_and_ends_finished(trace: Trace, by_step: bool) -> None:
    playback = Playback(trace, Mode.PLAYING, by_step=by_step)
    seconds = 0.0
    while playback.mode is Mode.PLAYING:
        playback.advance(0.05)
        seconds += 0.05
    assert seconds == pytest.approx(playback.show_seconds, abs=0.2)
    assert playback.show_seconds == SHOW_SECONDS
    assert (playback.mode, playback.index) == (Mode.FINISHED, len(trace))


def test_the_first_row_shows_soon_however_long_connecting_took(trace: Trace) -> None:
    playback = Playback(trace, Mode.PLAYING)
    playback.advance(LEAD_IN_SECONDS + 0.1)
    assert trace.at(playback.index).rows >= 1


def test_twice_the_speed_is_half_the_time(trace: Trace) -> None:
    slow, quick = Playback(trace, Mode.PLAYING), Playback(trace, Mode.PLAYING)
    quick.faster()
    assert quick.show_seconds == slow.show_seconds / 2
    assert quick.pace == slow.pace * 2


def test_the_speed_stays_within_its_bounds(trace: Trace) -> None:
    playback = Playback(trace)
    for _ in range(50):
        playback.faster()
    assert playback.speed == SPEEDS[-1]
    for _ in range(50):
        playback.faster(up=False)
    assert playback.speed == SPEEDS[0]


def test_steps_go_back_exactly(trace: Trace) -> None:
    playback = Playback(trace)
    forward = []
    playback.seek(0)
    for _ in range(len(trace)):
        forward.append(trace.at(playback.index))
        playback.step(1)
    assert playback.mode is Mode.FINISHED
    for moment in reversed(forward):
        playback.step(-1)
        assert trace.at(playback.index) == moment
    playback.step(-1)
    assert playback.index == 0


def test_painting_is_no_step() -> None:
    trace = shared_cursor()
    place = len(trace)
    trace.append(trace.now.time + 1, Kind.PAINTED, 0, 5)
    trace.append(trace.now.time + 1, Kind.STALLED, 0, 5)
    trace.append(trace.now.time + 1, Kind.CREATED, 1)
    playback = Playback(trace)
    playback.seek(place)
    playback.step(1)
    assert playback.index == len(trace)
    playback.step(-1)
    assert playback.index <= place


def test_switches_are_where_another_task_runs(trace: Trace) -> None:
    runs = [event for event in trace.events() if event.kind is Kind.RUNS]
    wanted = [after.index + 1 for before, after in pairwise(runs) if before.task and after.task != before.task]
    playback = Playback(trace)
    playback.seek(0)
    found = []
    while playback.index < len(trace):
        playback.switch()
        found.append(playback.index)
    assert found[:-1] == wanted
    back = []
    while playback.index > 0:
        playback.switch(forward=False)
        back.append(playback.index)
    assert back[:-1] == wanted[::-1]


def test_a_switch_is_found_across_many_events_without_one() -> None:
    trace = turns(1, 5_000, finished=True)
    playback = Playback(trace)
    playback.switch(forward=False)
    assert playback.index == 0


def test_space_pauses_a_live_run_and_the_trace_goes_on() -> None:
    trace = new_connection(finished=False)
    playback = Playback(trace)
    playback.toggle()
    place = playback.index
    trace.append(trace.now.time + 1000, Kind.CREATED, 0)
    playback.advance(1)
    assert (playback.mode, playback.index) == (Mode.PAUSED, place)
    playback.to_end()
    assert (playback.mode, playback.index) == (Mode.LIVE, len(trace))


def test_playing_from_the_end_begins_anew(trace: Trace) -> None:
    playback = Playback(trace, Mode.FINISHED)
    playback.toggle()
    assert (playback.mode, playback.index) == (Mode.PLAYING, 0)


def test_the_axis_can_change_while_it_plays(trace: Trace) -> None:
    playback = Playback(trace, Mode.PLAYING)
    playback.advance(3)
    index = playback.index
    playback.turn(by_step=False)
    assert abs(playback.index - index) <= 2
    playback.advance(0.1)
    assert playback.index >= index


def test_an_empty_trace_can_be_played() -> None:
    trace = turns(1, 1)
    empty = Trace(trace.header)
    playback = Playback(empty)
    for _ in range(3):
        playback.toggle()
        playback.advance(0.1)
        playback.step(1)
        playback.switch()
        playback.switch(forward=False)
    assert playback.index == 0


def test_what_is_not_kept_is_stepped_over() -> None:
    trace = Trace(header(), chunks=FIRST_CHUNKS + 2)
    for number in range(CHUNK * (FIRST_CHUNKS + 6)):
        trace.append(number, Kind.YIELDS, 1, 0)
    trace.finished = True
    assert trace.gap is not None
    first, last = trace.gap
    playback = Playback(trace)
    for place in (first + 1, (first + last) // 2, last - 1):
        playback.seek(place)
        assert playback.index == last == trace.at(playback.index).index
    playback.step(-1)
    assert playback.index == first
    playback.step(1)
    assert playback.index == last
    playback.step(1)
    assert playback.index == last + 1
