"""A task's log as its pane shows it: the notebook's words, the rows, what it waited for, how it ended.

Pure functions over (trace, moment): the log at an earlier moment is the beginning of the log at a later one, up to
the lines about its end.
"""

import textwrap
from bisect import bisect_left
from dataclasses import dataclass

from pgtui.core.events import LINES, PAYLOAD_MASK, Event, Failure, Kind, Wait
from pgtui.core.ledger import shared_out
from pgtui.core.state import Moment, Phase, TaskState
from pgtui.core.trace import Trace
from pgtui.ui.text import milliseconds, visible
from pgtui.ui.text import width as width_of
from pgtui.ui.words import wrongs

MOST_NOTED = 20_000
"""Waits are told for so many of the first events; later ones are in the timeline only."""
MOST_MESSAGE_LINES = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log.

    Attributes:
        kind: `said`, `run`, `note`, `row`, `foreign`, `doubled`, `error`, `message`, `lost`, `end` or `gone`.
        text: what it says; empty for a row.
        tag: the tag of a row, 0 for none.
        owner: the task whose row it is.
        number: which row of its result it is, from 1.
        event: the index of the event that it tells, -1 for none.
    """

    kind: str
    text: str = ""
    tag: int = 0
    owner: int = 0
    number: int = 0
    event: int = -1


@dataclass(slots=True)
class _Note:
    line: int
    event: int
    text: str


class Notes:
    """What the tasks of a trace waited for, each wait told once it is over; reads every event once, as they come."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.seen = 0
        self.of: list[list[_Note]] = [[] for _ in trace.header.names]
        self._lines = [0] * len(trace.header.names)
        self._waits: list[tuple[int, Wait] | None] = [None] * len(trace.header.names)

    def read_on(self, upto: int) -> None:
        """Take in the events up to `upto`, as far as notes go."""
        stop = min(upto, MOST_NOTED)
        if stop > self.seen:
            for event in self.trace.events(self.seen, stop):
                self._read(event)
            self.seen = stop

    def _read(self, event: Event) -> None:
        if event.kind in LINES:
            self._lines[event.task] += 1
        elif event.kind is Kind.WAITS:
            wait = self.trace.said(event.value & PAYLOAD_MASK)
            if isinstance(wait, Wait) and wait.on in ("lock", "pool"):
                self._waits[event.task] = event.time, wait
        elif event.kind in (Kind.READY, Kind.RUNS) and (waited := self._waits[event.task]):
            self._waits[event.task] = None
            text = self._told(event.time - waited[0], waited[1])
            self.of[event.task].append(_Note(self._lines[event.task], event.index, text))

    def _told(self, ns: int, wait: Wait) -> str:
        if wait.on == "pool":
            return f"waited {milliseconds(ns)} for a connection of the pool"
        lock = f"{self.trace.name(wait.holder)}'s lock" if wait.holder else "a lock"
        return f"waited {milliseconds(ns)} for {lock}"


class TaskLog:
    """The log of one task."""

    def __init__(self, trace: Trace, task: int, notes: Notes) -> None:
        self.trace = trace
        self.task = task
        self._notes = notes
        self._run: tuple[tuple[int, int], list[Line]] | None = None

    def count(self, moment: Moment, width: int) -> int:
        """How many lines it has at the moment, its last words wrapped to `width` cells."""
        state = moment.tasks[self.task]
        own = state.lines - state.phase.over
        return len(self._runs_lines(moment)) + own + self._noted(moment) + len(self.tail(moment, width))

    def lines(self, moment: Moment, start: int, stop: int, width: int) -> list[Line]:
        """Lines start ≤ n < stop of it."""
        state = moment.tasks[self.task]
        before = self._runs_lines(moment)
        noted, own = self._noted(moment), state.lines - state.phase.over
        lines = before[start:stop]
        first, last = max(0, start - len(before)), min(stop - len(before), own + noted)
        if first < last:
            lines += self._interleaved(first, last, noted)
        end = len(before) + own + noted
        if stop > end:
            lines += self.tail(moment, width)[max(0, start - end) : stop - end]
        return lines

    def _noted(self, moment: Moment) -> int:
        """How many waits are over at the moment."""
        notes = self._notes.of[self.task]
        return bisect_left(notes, moment.index, key=lambda note: note.event)

    def _interleaved(self, start: int, stop: int, noted: int) -> list[Line]:
        """Own lines and notes together, in the order of their happening."""
        notes = self._notes.of[self.task][:noted]
        places = [note.line + earlier for earlier, note in enumerate(notes)]
        first, last = bisect_left(places, start), bisect_left(places, stop)
        events = iter(self.trace.lines(self.task, start - first, stop - last))
        found: list[Line] = []
        for place in range(start, stop):
            if first < last and places[first] == place:
                found.append(Line("note", notes[first].text, event=notes[first].event))
                first += 1
            else:
                found.append(self._line(next(events, None)))
        return found

    def _line(self, event: Event | None) -> Line:
        if event is None:
            return Line("gone", "not kept: the trace had reached its limit")
        if event.kind in (Kind.ROW, Kind.ROW_AGAIN):
            owner = self.trace.owner(event.value)
            kind = "row" if event.kind is Kind.ROW else "doubled"
            if 0 < owner < len(self.trace.header.names) and owner != self.task:
                kind = "foreign"
            return Line(kind, "", event.value, owner, event.number, event.index)
        if event.kind is Kind.BACKEND:
            return Line("note", f"connected, backend {event.value}", event=event.index)
        return Line("said", visible(str(self.trace.said(event.value))), event=event.index)

    def _runs_lines(self, moment: Moment) -> list[Line]:
        """What the run itself did before the task began: opening what the tasks share."""
        run, state = moment.tasks[0], moment.tasks[self.task]
        key = run.said, state.began
        if self._run is None or self._run[0] != key:
            began = state.began - self.trace.origin if state.began else None
            said = [
                Line("run", visible(str(self.trace.said(event.value))), event=event.index)
                for event in self.trace.lines(0, 0, min(run.said, 50))
                if event is not None and event.kind is Kind.SAYS and (began is None or event.time <= began)
            ]
            self._run = key, said
        return self._run[1]

    def tail(self, moment: Moment, width: int) -> list[Line]:
        """How it ended: the error with its message and SQLSTATE, and the rows that did not come."""
        state = moment.tasks[self.task]
        if not state.phase.over:
            return []
        lines = [*self._ending(state, width)]
        if elsewhere := shared_out(self.trace, moment, self.task):
            lines.append(Line("note", f"{_rows(elsewhere)} went to other readers"))
        if lost := dict(wrongs(self.trace, moment, self.task)).get("lost"):
            lines.append(Line("lost", f"{_rows(lost)} lost"))
        return lines

    def _ending(self, state: TaskState, width: int) -> list[Line]:
        if state.phase is Phase.CANCELLED:
            return [Line("end", "cancelled")]
        if state.phase is Phase.TIMED_OUT:
            return [Line("end", f"out of time after {self.trace.header.experiment.timeout:g} s")]
        failure = self.trace.said(state.failure)
        if state.phase is Phase.DONE or not isinstance(failure, Failure):
            return []
        message = textwrap.wrap(visible(failure.message), max(10, width), max_lines=MOST_MESSAGE_LINES, placeholder="…")
        lines = [Line("error", _type_words(failure.type, width)), *(Line("message", text) for text in message)]
        if failure.sqlstate:
            lines.append(Line("message", f"SQLSTATE {visible(failure.sqlstate)}"))
        return lines


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count > 1 else ''}"


def _type_words(name: str, cells: int) -> str:
    """The type of an error; where it is too long, what people know it by stays: `asyncpg…InterfaceError`."""
    name = visible(name)
    package, kind = name.partition(".")[0], name.rpartition(".")[2]
    return next((words for words in (name, f"{package}…{kind}") if width_of(words) <= cells), kind)
