"""The vocabulary of a trace: what can happen to a task, and how an event is packed into two integers.

An event is a time (nanoseconds of the run's clock) and a `what`: kind, task and value in one 63-bit integer, so that
a million events take 16 MB. Task 0 is the run itself (it opens what is shared); tasks 1 to N are the concurrent ones.
"""

from dataclasses import dataclass
from enum import IntEnum


class Kind(IntEnum):
    """What happened. In brackets: what the event's value is."""

    CREATED = 1
    """The task exists and is ready to start."""
    RUNS = 2
    """A step begins: the loop resumed the task; a thread was started."""
    YIELDS = 3
    """The step ended with a bare yield, `sleep(0)` [line]."""
    WAITS = 4
    """The step ended on something to wait for [line and payload: a `Wait`]."""
    READY = 5
    """What the task waited for has come; it runs when the loop gets to it."""
    ROW = 6
    """A row arrived at the task [tag]."""
    ROW_AGAIN = 7
    """A row arrived that had arrived before, here or at another task [tag]."""
    SAYS = 8
    """The recipe said what it does: `opening connection` [payload: str]."""
    BACKEND = 9
    """The task works on the connection of this backend [process id]."""
    DONE = 10
    """The task's function returned."""
    FAILED = 11
    """The task's function raised [payload: a `Failure`]."""
    CANCELLED = 12
    """The task was cancelled, by the user or by another task."""
    TIMED_OUT = 13
    """The experiment's time was over."""
    RELEASED = 14
    """A shared lock or connection has no holder any more [payload: a `Resource`]."""
    HELD = 15
    """The task holds a shared lock or connection [payload: a `Resource`]."""
    PAINTED = 16
    """The screen was painted; the event is at the end of it [duration in ns]."""
    STALLED = 17
    """The loop came back late [by how many ns]."""
    LEFT = 18
    """Backends of the run were still there after its tasks were cancelled, and were ended from outside [how many]."""


ENDINGS = frozenset({Kind.DONE, Kind.FAILED, Kind.CANCELLED, Kind.TIMED_OUT})
LINES = frozenset(
    {Kind.ROW, Kind.ROW_AGAIN, Kind.SAYS, Kind.BACKEND, Kind.DONE, Kind.FAILED, Kind.CANCELLED, Kind.TIMED_OUT}
)
"""The kinds that a task's log shows as a line."""

KIND_BITS, TASK_BITS, NUMBER_BITS = 6, 13, 31
KIND_MASK = (1 << KIND_BITS) - 1
TASK_MASK = (1 << TASK_BITS) - 1
NUMBER_MASK = (1 << NUMBER_BITS) - 1
VALUE_SHIFT = KIND_BITS + TASK_BITS
PAYLOAD_BITS = 24
PAYLOAD_MASK = (1 << PAYLOAD_BITS) - 1

UNTAGGED = TASK_MASK
"""The owner in the tag of a row whose query could not be tagged."""


def packed(kind: int, task: int, value: int = 0) -> int:
    """The `what` of an event."""
    return value << VALUE_SHIFT | task << KIND_BITS | kind


def tag_of(owner: int, number: int) -> int:
    """A row's tag: which task asked for it, and which row of that result it is (from 1)."""
    return owner << NUMBER_BITS | number


@dataclass(frozen=True, slots=True)
class Event:
    """One event, unpacked for those who read.

    Attributes:
        index: its place in the trace, from 0.
        time: nanoseconds since the run began.
        kind: what happened.
        task: to whom.
        value: what the kind says it is.
    """

    index: int
    time: int
    kind: Kind
    task: int
    value: int

    @property
    def owner(self) -> int:
        """Which task asked for the row (of a row's event)."""
        return self.value >> NUMBER_BITS

    @property
    def number(self) -> int:
        """Which row of its result it is, from 1 (of a row's event)."""
        return self.value & NUMBER_MASK


@dataclass(frozen=True, slots=True)
class Wait:
    """What a task waits for, read off the chain of coroutines that it is suspended in.

    Attributes:
        on: `server`, `connect`, `lock`, `pool`, `sleep`, `tasks` or `other`.
        where: the innermost place that says something, `psycopg/cursor_async.py:117 AsyncCursor.execute`.
        resource: the lock or pool, when it is one.
        holder: the task that held it when the wait began; None when that could not be seen.
    """

    on: str
    where: str
    resource: str | None = None
    holder: int | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that one task at a time can hold: `AsyncConnection.lock`, numbered when there are several."""

    name: str


@dataclass(frozen=True, slots=True)
class Failure:
    """What a task ran into.

    Attributes:
        type: the class with its public module, `psycopg.ProgrammingError`.
        message: the first line that the driver gave.
        sqlstate: five characters, when the server sent one.
        line: the recipe's line that raised, 0 when unknown.
        where: the innermost place of the traceback, `psycopg/_cursor_base.py:611 _check_result_for_fetch`.
    """

    type: str
    message: str
    sqlstate: str | None = None
    line: int = 0
    where: str = ""


Payload = str | Wait | Resource | Failure
