"""What the rules look at: one pass over a trace picks out the few events that say something."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pgtui.core.events import KIND_BITS, KIND_MASK, NUMBER_BITS, TASK_MASK, UNTAGGED, VALUE_SHIFT, Failure, Kind, Wait
from pgtui.core.ledger import Account, account
from pgtui.core.state import Moment, Phase
from pgtui.core.trace import Trace

_ROWS = (int(Kind.ROW), int(Kind.ROW_AGAIN))
_STEP_ENDS = frozenset({Kind.YIELDS, Kind.WAITS, Kind.DONE, Kind.FAILED, Kind.CANCELLED, Kind.TIMED_OUT})
MOST_EVENTS = 200
"""Events that a finding rests on, at most: enough to highlight, few enough to keep."""


@dataclass(slots=True)
class Waited:
    """One wait: who, for what, from which event to which (-1: not over), for how many ns (so far, when it is not)."""

    task: int
    wait: Wait
    event: int
    began: int
    ns: int = 0
    end: int = -1

    @property
    def over(self) -> bool:
        return self.end >= 0


@dataclass(slots=True)
class Longest:
    """The longest stretch of a task on the loop: who, its events, and how many rows arrived in it."""

    task: int = 0
    ns: int = 0
    begins: int = 0
    ends: int = 0
    rows: int = 0


@dataclass(slots=True)
class Facts:
    """What happened in the first events of a trace, sorted by what the rules ask for.

    Attributes:
        waits: every wait of a task, in order.
        failures: task → its failure and the event.
        endings: task → the event with which it ended, when it was cancelled or timed out.
        fetching: task → the event with which it said that it starts fetching.
        backends: task → (backend, event), the last one that it told of.
        first_row, last_row: task → event.
        first_owned: task → the event with which the first row of its result arrived, at whomever.
        foreign: (task, owner) → events of rows that the owner had asked for; counted in full by `foreign_count`.
        longest: the longest step.
        most_in_a_step: task → the most rows that arrived in one of its steps.
        left: (event, how many) for backends that outlived their tasks.
    """

    trace: Trace
    moment: Moment
    waits: list[Waited] = field(default_factory=list)
    failures: dict[int, tuple[Failure, int]] = field(default_factory=dict)
    endings: dict[int, int] = field(default_factory=dict)
    fetching: dict[int, int] = field(default_factory=dict)
    backends: dict[int, tuple[int, int]] = field(default_factory=dict)
    first_row: dict[int, int] = field(default_factory=dict)
    last_row: dict[int, int] = field(default_factory=dict)
    first_owned: dict[int, int] = field(default_factory=dict)
    foreign: dict[tuple[int, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    foreign_count: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    longest: Longest = field(default_factory=Longest)
    most_in_a_step: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    left: list[tuple[int, int]] = field(default_factory=list)

    def account(self, task: int) -> Account:
        """The task's rows."""
        return account(self.trace, self.moment, task)

    def name(self, task: int) -> str:
        return self.trace.name(task)

    def names(self, tasks: list[int]) -> str:
        """`green`, `green and pink`, `green, pink and 62 more`."""
        if len(tasks) > 4:
            return f"{', '.join(self.name(t) for t in tasks[:3])} and {len(tasks) - 3} more"
        return listed([self.name(task) for task in tasks] or ["nobody"])

    @property
    def losers(self) -> list[int]:
        """Tasks that lost rows."""
        return [task for task in self.trace.tasks if self.account(task).lost]

    def over(self, task: int) -> bool:
        return self.moment.tasks[task].phase.over

    def ended_as(self, *phases: Phase) -> list[int]:
        """Tasks that ended in one of these ways."""
        return [task for task in self.trace.tasks if self.moment.tasks[task].phase in phases]


def facts(trace: Trace, stop: int) -> Facts:
    """The facts of the first `stop` events."""
    found = Facts(trace, trace.at(stop))
    waiting: dict[int, Waited] = {}
    running: dict[int, tuple[int, int]] = {}
    rows_in_step: dict[int, int] = defaultdict(int)
    for chunk in trace.chunks():
        first = chunk.before.index
        if first >= stop:
            break
        for index, (time, what) in enumerate(zip(chunk.times, chunk.whats, strict=True), first):
            if index >= stop:
                break
            kind, task = what & KIND_MASK, what >> KIND_BITS & TASK_MASK
            if kind == Kind.RUNS:
                running[task] = (time, index)
                rows_in_step[task] = 0
                waited = waiting.pop(task, None)
                if waited is not None:
                    _end(waited, index, time)
            elif kind in _ROWS:
                _row(found, index, task, what >> VALUE_SHIFT)
                rows_in_step[task] += 1
            else:
                if kind in _STEP_ENDS and task in running:
                    began, event = running.pop(task)
                    rows = rows_in_step[task]
                    if rows > found.most_in_a_step[task]:
                        found.most_in_a_step[task] = rows
                    if time - began > found.longest.ns:
                        found.longest = Longest(task, time - began, event, index, rows)
                if kind != Kind.YIELDS:
                    _rare(found, waiting, index, time, kind, task, what >> VALUE_SHIFT)
    for waited in waiting.values():
        waited.ns = max(0, found.moment.time - waited.began)
    return found


def _row(found: Facts, index: int, task: int, tag: int) -> None:
    found.first_row.setdefault(task, index)
    found.last_row[task] = index
    owner = tag >> NUMBER_BITS
    found.first_owned.setdefault(owner, index)
    if owner != task and owner != 0 and owner != UNTAGGED:
        found.foreign_count[task, owner] += 1
        if len(found.foreign[task, owner]) < MOST_EVENTS:
            found.foreign[task, owner].append(index)


def _rare(found: Facts, waiting: dict[int, Waited], index: int, time: int, kind: int, task: int, value: int) -> None:
    said = found.trace.said(value)
    if kind == Kind.WAITS and isinstance(said, Wait):
        waited = waiting[task] = Waited(task, said, index, time)
        if task != 0:
            found.waits.append(waited)
    elif kind == Kind.READY and task in waiting:
        _end(waiting.pop(task), index, time)
    elif kind == Kind.FAILED and isinstance(said, Failure):
        found.failures[task] = (said, index)
    elif kind in (Kind.CANCELLED, Kind.TIMED_OUT):
        found.endings[task] = index
    elif kind == Kind.SAYS and said == "starting fetching":
        found.fetching[task] = index
    elif kind == Kind.BACKEND:
        found.backends[task] = (value, index)
    elif kind == Kind.LEFT:
        found.left.append((index, value))


def _end(waited: Waited, index: int, time: int) -> None:
    waited.ns = time - waited.began
    waited.end = index


def milliseconds(ns: int) -> str:
    """`6.7 ms`, `0.15 s` from a second on."""
    return f"{ns / 1e9:.2f} s" if ns >= 1e9 else f"{ns / 1e6:.1f} ms"


def listed(parts: Sequence[str]) -> str:
    """`green`, `green and pink`, `green, pink and teal`."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def rows_text(count: int) -> str:
    """`1 row`, `2,000 rows`."""
    return f"{count:,} row{'s' if count != 1 else ''}"


def in_order(events: Iterable[int]) -> tuple[int, ...]:
    """The events that a finding rests on: each once, the first ones; numbers below 0 stand for none."""
    return tuple(sorted({event for event in events if event >= 0})[:MOST_EVENTS])
