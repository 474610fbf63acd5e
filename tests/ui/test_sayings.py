"""What is said at the playhead is what the events before it say, however the playhead came there."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgtui.core.findings import Finding, findings
from pgtui.core.trace import Trace
from pgtui.ui import sayings
from pgtui.ui.sayings import Sayings
from tests.ui.random_runs import patient, random_run
from tests.ui.traces import new_connection, shared_connection, shared_cursor, turns


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def telling(trace: Trace, clock: Callable[[], float] = time.monotonic) -> Sayings:
    found = Sayings(clock)
    found.turn_to(trace)
    return found


def looked(said: Sayings) -> None:
    """Wait until the thread has looked."""
    assert said._look is not None
    said._look.join(10)
    assert not said._look.is_alive()


@pytest.mark.parametrize("run", [shared_cursor, shared_connection, new_connection])
def test_every_moment_says_exactly_what_its_events_say(run: Callable[[], Trace]) -> None:
    trace = run()
    said = telling(trace)
    for index in [*range(len(trace) + 1), *range(len(trace), -1, -1)]:
        assert said.upto(index) == findings(trace, index)


def test_the_cursor_is_reset_where_its_loser_fails_and_not_before() -> None:
    said = telling(shared_cursor())
    assert [finding.rule for finding in said.upto(36)] == ["queued-on-lock"]
    assert [finding.rule for finding in said.upto(37)] == ["cursor-reset", "queued-on-lock"]
    assert "green lost 2 rows." in said.upto(37)[0].text
    assert "pink lost 2 rows." in said.upto(67)[0].text


def ranks(found: tuple[Finding, ...]) -> list[tuple[str, int | None]]:
    return [(finding.rule, finding.task) for finding in found]


@patient
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(0, 200))
def test_what_holds_at_one_event_and_the_next_keeps_its_place_beside_the_others(
    seed: int, tasks: int, events: int
) -> None:
    trace = random_run(seed, tasks, events)
    said = telling(trace)
    before: list[tuple[str, int | None]] = []
    for index in range(len(trace) + 1):
        now = ranks(said.upto(index))
        assert len(set(now)) == len(now)
        assert [one for one in before if one in now] == [one for one in now if one in before]
        before = now


def test_of_a_long_run_the_beginning_and_the_end_are_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sayings, "FEW", 100)
    trace = turns(3, 40)
    said = telling(trace)
    for index in (90, len(trace)):
        assert said.upto(index) == findings(trace, index) != ()
    assert said._look is None


def test_in_the_middle_of_a_long_run_a_thread_looks_and_the_playhead_does_not_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sayings, "FEW", 0)
    trace = turns(3, 40)
    said = telling(trace)
    end, exact = said.upto(len(trace)), findings(trace, 300)
    assert said.upto(300) == end != exact  # it rests on the first rows; its figures are still those of the end
    looked(said)
    assert said.upto(300) == exact
    assert said.upto(309) == exact != findings(trace, 309)  # until it is looked at, the nearest look stands for it
    assert said.upto(5) == () == findings(trace, 5)  # nothing that was said at 300 rests on five events


def test_the_thread_rests_between_two_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sayings, "FEW", 0)
    trace, clock = turns(3, 40), Clock()
    said = telling(trace, clock)
    said.upto(300)
    looked(said)
    said.upto(301)
    assert said._look is None
    clock.now += sayings.LONGEST_PAUSE
    said.upto(301)
    looked(said)
    assert said.upto(301) == findings(trace, 301)


def test_a_look_at_another_run_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sayings, "FEW", 0)
    said = telling(shared_cursor())
    said.upto(60)
    looked(said)
    said.turn_to(new_connection())
    assert "cursor-reset" not in [finding.rule for finding in said.upto(60)]


def test_looks_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sayings, "MOST_LOOKS", 5)
    trace = shared_cursor()
    said = telling(trace)
    for index in range(len(trace) + 1):
        said.upto(index)
    assert len(said._looks) == 5


def test_a_run_that_goes_on_is_looked_at_now_and_then() -> None:
    whole, clock = shared_cursor(), Clock()
    trace = Trace(whole.header)
    said = telling(trace, clock)
    trace.payloads = whole.payloads
    events = [(e.time, e.kind, e.task, e.value) for e in whole.events()]
    for event in events[:37]:
        trace.append(*event)
    assert [finding.rule for finding in said.upto(37)] == ["cursor-reset", "queued-on-lock"]
    assert [finding.rule for finding in said.upto(30)] == ["queued-on-lock"]  # paused while it goes on
    for event in events[37:]:
        trace.append(*event)
    assert "pink lost" not in said.upto(67)[0].text
    clock.now += sayings.EVERY
    assert "pink lost" in said.upto(67)[0].text
