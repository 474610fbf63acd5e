"""What is true at one moment of a run: `Moment`, a fold over the events up to there.

The same methods follow a run while it happens and replay it from a file, so both give the same picture. Times are
nanoseconds of the run's clock.
"""

from enum import IntEnum

from pgtui.core.events import (
    KIND_BITS,
    KIND_MASK,
    NUMBER_BITS,
    PAYLOAD_BITS,
    PAYLOAD_MASK,
    TASK_MASK,
    UNTAGGED,
    VALUE_SHIFT,
    Kind,
)

# Plain integers: an enumeration's members are slow to look up and to compare, a million times over.
_RUNS, _YIELDS, _ROW_AGAIN = int(Kind.RUNS), int(Kind.YIELDS), int(Kind.ROW_AGAIN)
_ROWS = frozenset({int(Kind.ROW), _ROW_AGAIN})


class Phase(IntEnum):
    """What a task is doing."""

    ABSENT = 0
    READY = 1
    RUNNING = 2
    YIELDED = 3
    WAITING = 4
    DONE = 5
    FAILED = 6
    CANCELLED = 7
    TIMED_OUT = 8

    @property
    def over(self) -> bool:
        return self >= Phase.DONE


_RUNNING, _YIELDED, _WAITING = Phase.RUNNING, Phase.YIELDED, Phase.WAITING
_ENDED = {
    Kind.DONE: Phase.DONE,
    Kind.FAILED: Phase.FAILED,
    Kind.CANCELLED: Phase.CANCELLED,
    Kind.TIMED_OUT: Phase.TIMED_OUT,
}


class TaskState:
    """One task at one moment.

    Attributes:
        phase: what it is doing.
        since: when that began.
        line: the recipe's line where it last suspended, 0 before that.
        wait: the payload's index of what it waits for, 0 for none.
        failure: the payload's index of its `Failure`, 0 for none.
        backend: the process id of its connection's backend, 0 before it has one.
        own: rows it had asked for that arrived at it, each counted once.
        foreign: rows that arrived at it though another task had asked for them.
        doubled: rows it had asked for that had arrived somewhere before.
        steps: how often it was resumed.
        ran, readied, waited: nanoseconds spent running, ready to run, and waiting, up to `since`.
        said: how many lines its log has besides the rows.
        began, ended: when it was created and when it ended; 0 before that.
    """

    __slots__ = (
        "backend", "began", "doubled", "ended", "failure", "foreign", "line", "number", "own",
        "phase", "ran", "readied", "said", "since", "steps", "wait", "waited",
    )  # fmt: skip

    def __init__(self, number: int) -> None:
        self.number = number
        self.phase = Phase.ABSENT
        self.since = self.began = self.ended = 0
        self.line = self.wait = self.failure = self.backend = 0
        self.own = self.foreign = self.doubled = self.said = 0
        self.steps = self.ran = self.readied = self.waited = 0

    @property
    def received(self) -> int:
        """Rows that arrived at it, whoever asked for them."""
        return self.own + self.foreign + self.doubled

    @property
    def lines(self) -> int:
        """How many lines its log has."""
        return self.said + self.own + self.foreign + self.doubled

    def copy(self) -> "TaskState":
        other = TaskState.__new__(TaskState)
        for name in TaskState.__slots__:
            setattr(other, name, getattr(self, name))
        return other

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TaskState) and all(
            getattr(self, name) == getattr(other, name) for name in TaskState.__slots__
        )

    __hash__ = None  # type: ignore[assignment]  # it changes

    def at(self, time: int) -> tuple[int, int, int]:
        """Nanoseconds running, ready and waiting up to `time`, the stretch under way included."""
        spent = max(0, time - self.since)
        return (
            self.ran + spent * (self.phase is Phase.RUNNING),
            self.readied + spent * (self.phase in (Phase.READY, Phase.YIELDED)),
            self.waited + spent * (self.phase is Phase.WAITING),
        )

    def runs(self, time: int) -> None:
        if self.phase is _WAITING:
            self.waited += time - self.since
        else:
            self.readied += time - self.since
        self.phase = _RUNNING
        self.since = time
        self.steps += 1

    def yields(self, time: int, line: int) -> None:
        self.ran += time - self.since
        self.phase = _YIELDED
        self.since = time
        self.line = line

    def stepped(self, start: int, end: int) -> None:
        """`runs` and `yields` in one, for a task that yields again where it yielded before."""
        self.readied += start - self.since
        self.ran += end - start
        self.since = end
        self.steps += 1

    def gets(self, value: int, again: bool = False) -> None:
        owner = value >> NUMBER_BITS
        if owner != self.number and owner != 0 and owner != UNTAGGED:
            self.foreign += 1
        elif again:
            self.doubled += 1
        else:
            self.own += 1

    def waits(self, time: int, value: int) -> None:
        self.ran += time - self.since
        self.phase = Phase.WAITING
        self.since = time
        self.wait = value & PAYLOAD_MASK
        self.line = value >> PAYLOAD_BITS or self.line

    def is_ready(self, time: int) -> None:
        if self.phase is Phase.WAITING:
            self.waited += time - self.since
            self.phase = Phase.READY
            self.since = time

    def ends(self, time: int, phase: Phase, failure: int) -> None:
        self.ran, self.readied, self.waited = self.at(time)
        self.phase = phase
        self.since = self.ended = time
        self.failure = failure
        self.said += 1


class Moment:
    """All tasks at one moment.

    Attributes:
        index: how many events have happened.
        time: when the last of them did.
        tasks: a state a task; number 0 is the run itself.
        holders: who holds what: payload's index of a `Resource` → task.
        turns: how often a row arrived at another task than the row before it.
        last: the task at which the last row arrived, 0 before the first.
        painted: nanoseconds that painting the screen took.
        stalled: the longest that the loop was late, nanoseconds.
    """

    __slots__ = ("holders", "index", "last", "painted", "stalled", "tasks", "time", "turns")

    def __init__(self, tasks: int) -> None:
        self.index = self.time = self.turns = self.last = 0
        self.painted = self.stalled = 0
        self.tasks = [TaskState(number) for number in range(tasks + 1)]
        self.holders: dict[int, int] = {}

    def copy(self) -> "Moment":
        other = Moment.__new__(Moment)
        for name in Moment.__slots__:
            setattr(other, name, getattr(self, name))
        other.tasks = [task.copy() for task in self.tasks]
        other.holders = dict(self.holders)
        return other

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Moment) and all(
            getattr(self, name) == getattr(other, name) for name in Moment.__slots__
        )

    __hash__ = None  # type: ignore[assignment]  # it changes

    @property
    def rows(self) -> int:
        """How many rows have arrived anywhere."""
        return sum(task.received for task in self.tasks)

    @property
    def steps(self) -> int:
        """How many steps have begun."""
        return sum(task.steps for task in self.tasks)

    def arrived(self, task: int) -> None:
        if task != self.last:
            self.turns += self.last != 0
            self.last = task

    def apply(self, time: int, what: int) -> None:
        """Take the next event in."""
        kind = what & KIND_MASK
        number = what >> KIND_BITS & TASK_MASK
        task = self.tasks[number]
        self.index += 1
        self.time = time
        if kind == _RUNS:
            task.runs(time)
        elif kind == _YIELDS:
            task.yields(time, what >> VALUE_SHIFT)
        elif kind in _ROWS:
            task.gets(what >> VALUE_SHIFT, kind == _ROW_AGAIN)
            if number != self.last:
                self.arrived(number)
        else:
            self._apply_rare(time, Kind(kind), task, what >> VALUE_SHIFT)

    def _apply_rare(self, time: int, kind: Kind, task: TaskState, value: int) -> None:
        if kind is Kind.WAITS:
            task.waits(time, value)
        elif kind is Kind.READY:
            task.is_ready(time)
        elif kind is Kind.CREATED:
            task.phase = Phase.READY
            task.since = task.began = time
        elif kind is Kind.SAYS:
            task.said += 1
        elif kind is Kind.BACKEND:
            task.backend = value
            task.said += 1
        elif kind in _ENDED:
            task.ends(time, _ENDED[kind], value)
        elif kind is Kind.HELD:
            self.holders[value] = task.number
        elif kind is Kind.RELEASED:
            self.holders.pop(value, None)
        elif kind is Kind.PAINTED:
            self.painted += value
        elif kind is Kind.STALLED:
            self.stalled = max(self.stalled, value)
