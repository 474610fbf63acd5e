"""What a check looks at: a finished run in the words in which a check is written. Pure functions over a trace.

Tasks go by their names; `run` is the run itself. Times are seconds.
"""

import re
from typing import NamedTuple

from pgtui.core.events import PAYLOAD_MASK, Failure, Kind, Wait
from pgtui.core.ledger import Account, ledger, order, outcome
from pgtui.core.state import Phase, TaskState
from pgtui.core.trace import Trace

_OBJECT = re.compile(r":? <[\w.]+ .*? at 0x[0-9a-f]+>")


class _Waiting(NamedTuple):
    """One wait of a task, from its beginning to its end in nanoseconds of the run."""

    wait: Wait
    start: int
    end: int

    @property
    def seconds(self) -> float:
        return (self.end - self.start) / 1e9


class Observed:
    """A finished run.

    Attributes:
        trace: what it left.
        died: how the process that ran it ended before its time, such as `SIGSEGV`; None for most.
    """

    def __init__(self, trace: Trace, died: str | None = None) -> None:
        self.trace = trace
        self.died = died
        self._accounts = dict(zip(trace.header.names[1:], ledger(trace), strict=True))

    @property
    def names(self) -> tuple[str, ...]:
        """The tasks' names, without the run's."""
        return self.trace.header.names[1:]

    @property
    def seconds(self) -> float:
        """How long the run took."""
        return self.trace.elapsed / 1e9

    @property
    def order(self) -> str:
        """The order in which rows arrived: `green 1, pink 1, teal 3`; shortened when there are many."""
        stretches = order(self.trace, most=9)
        told = [f"{self.trace.name(task)} {count:,}" for task, count in stretches[:8]]
        return ", ".join([*told, "…"] if len(stretches) > 8 else told) or "no row"

    def state(self, name: str) -> TaskState:
        return self.trace.now.tasks[self.trace.header.names.index(name)]

    def account(self, name: str) -> Account:
        return self._accounts[name]

    def rows(self, name: str) -> int:
        """Rows that arrived at the task."""
        return self.state(name).received

    @property
    def foreign(self) -> int:
        """Rows that arrived at a task though another had asked for them."""
        return sum(one.foreign for one in self._accounts.values())

    @property
    def full(self) -> bool:
        """Whether each task has each row it asked for once, and no other."""
        return all(one.full for one in self._accounts.values())

    def ended(self, name: str) -> str:
        """`done`, `error`, `cancelled` or `timeout`."""
        return outcome(self.trace, self.state(name).number)

    @property
    def hung(self) -> tuple[str, ...]:
        """Names of the tasks that had not ended when the run's time was over."""
        return tuple(name for name in self.names if self.state(name).phase is Phase.TIMED_OUT)

    def failure(self, name: str) -> Failure | None:
        """What the task ended with, when it raised."""
        payload = self.trace.said(self.state(name).failure)
        return payload if isinstance(payload, Failure) else None

    def failed(self, name: str, text: str) -> bool:
        """Whether the task raised an error that matches `Type: message` somewhere (a regular expression)."""
        failure = self.failure(name)
        return failure is not None and re.search(text, told(failure)) is not None

    def message(self, name: str) -> str:
        """The first line of what the task raised, without addresses of objects; empty when it did not."""
        failure = self.failure(name)
        return first_line(failure) if failure is not None else ""

    @property
    def failures(self) -> dict[str, Failure]:
        """What the tasks and the run raised, by name."""
        found = {name: self.failure(name) for name in self.trace.header.names}
        return {name: failure for name, failure in found.items() if failure is not None}

    def said(self, name: str) -> list[str]:
        """What the recipe said in this task's name, in order."""
        number = self.state(name).number
        return [
            str(self.trace.said(event.value))
            for event in self.trace.events()
            if event.kind is Kind.SAYS and event.task == number
        ]

    def heard(self, name: str, text: str) -> str | None:
        """The first thing said that matches; None when there is none."""
        return next((words for words in self.said(name) if re.search(text, words)), None)

    def longest_wait(self, name: str) -> Wait:
        """What the task waited for longest; something empty when it never waited."""
        waits = self._waits(name)
        return max(waits, key=lambda one: one.seconds).wait if waits else Wait("", "")

    def took(self, name: str) -> float:
        """Seconds from the task's creation to its end."""
        state = self.state(name)
        return (state.ended - state.began) / 1e9

    def overlap(self, on: str) -> float:
        """How many tasks on average waited for something, over the time in which any did.

        1.0 means one after another; psycopg's waits are short, because it looks up from each after 0.1 s.
        """
        waits = sorted((one.start, one.end) for name in self.names for one in self._waits(name) if one.wait.on == on)
        any_waited = until = 0
        for start, end in waits:
            any_waited += max(0, end - max(start, until))
            until = max(until, end)
        return sum(end - start for start, end in waits) / any_waited if any_waited else 0.0

    def _waits(self, name: str) -> "list[_Waiting]":
        number = self.state(name).number
        found: list[_Waiting] = []
        begun: tuple[Wait, int] | None = None
        for event in self.trace.events():
            if event.task != number:
                continue
            if begun is not None:
                found.append(_Waiting(*begun, event.time))
                begun = None
            if event.kind is Kind.WAITS:
                payload = self.trace.said(event.value & PAYLOAD_MASK)
                begun = (payload, event.time) if isinstance(payload, Wait) else None
        return found

    @property
    def longest_step(self) -> tuple[int, float]:
        """The step in which most rows arrived: how many they were, and how many seconds it lasted."""
        begun, rows, most = dict[int, int](), dict[int, int](), (0, 0.0)
        for event in self.trace.events():
            if event.kind is Kind.RUNS:
                begun[event.task], rows[event.task] = event.time, 0
            elif event.kind in (Kind.ROW, Kind.ROW_AGAIN):
                rows[event.task] = rows.get(event.task, 0) + 1
            elif event.kind in (Kind.YIELDS, Kind.WAITS, Kind.DONE) and rows.get(event.task, 0) > most[0]:
                most = (rows[event.task], (event.time - begun[event.task]) / 1e9)
        return most


def told(failure: Failure) -> str:
    """A failure in one line: the class without its package, and the first line of the message."""
    name, first = failure.type.rpartition(".")[2], first_line(failure)
    return f"{name}: {first}" if first and not first.startswith(f"{name}:") else first or name


def first_line(failure: Failure) -> str:
    """The first line of the message; what Python prints of objects in it says nothing to people."""
    return _OBJECT.sub("", failure.message.splitlines()[0]) if failure.message else ""
