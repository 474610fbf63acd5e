"""The account of rows: who asked for how many, and where they went. Pure functions over a trace or a moment of it."""

from dataclasses import dataclass

from pgtui.core.events import Kind
from pgtui.core.experiment import Sharing
from pgtui.core.state import Moment
from pgtui.core.trace import Trace


@dataclass(frozen=True, slots=True)
class Account:
    """One task's rows.

    Attributes:
        expected: rows that its query has; None when the query could not be tagged.
        received: rows that arrived at it, whoever asked for them.
        foreign: rows among them that another task had asked for.
        doubled: rows among them that it had asked for and that had arrived before.
        lost: rows it asked for that did not arrive at it.
    """

    expected: int | None
    received: int
    foreign: int
    doubled: int
    lost: int

    @property
    def full(self) -> bool:
        """Whether it has each row it asked for once, and no other."""
        return not (self.foreign or self.doubled or self.lost)


def account(trace: Trace, moment: Moment, task: int) -> Account:
    """The account of one task at one moment.

    A row counts as lost only once its task is over: before that it is still expected.
    """
    state = moment.tasks[task]
    expected = trace.header.expected
    lost = max(0, expected - state.own) if expected is not None and state.phase.over else 0
    return Account(expected, state.received, state.foreign, state.doubled, lost)


def ledger(trace: Trace, moment: Moment | None = None) -> tuple[Account, ...]:
    """The accounts of all tasks, in order; at the end of the trace when no moment is given."""
    moment = moment or trace.now
    return tuple(account(trace, moment, task) for task in trace.tasks)


def shares_one_result(trace: Trace) -> bool:
    """Whether all tasks read one result, so that a row can reach only one of them."""
    return trace.header.experiment.sharing is Sharing.ONE_RESULT


def shared_out(trace: Trace, moment: Moment, task: int) -> int:
    """How many of the rows that a task lost other readers of the one result got; 0 where each has its own result."""
    if not shares_one_result(trace):
        return 0
    others = sum(state.own for state in moment.tasks) - moment.tasks[task].own
    return min(account(trace, moment, task).lost, others)


def order(trace: Trace, stop: int | None = None, most: int | None = None) -> list[tuple[int, int]]:
    """The order in which rows arrived, run-length encoded: (task, how many in a row).

    Args:
        trace: what happened.
        stop: look at the events before this index only.
        most: end after so many stretches.
    """
    stretches: list[tuple[int, int]] = []
    for event in trace.events(0, stop):
        if event.kind in (Kind.ROW, Kind.ROW_AGAIN):
            if stretches and stretches[-1][0] == event.task:
                stretches[-1] = (event.task, stretches[-1][1] + 1)
            else:
                if most is not None and len(stretches) >= most:
                    break
                stretches.append((event.task, 1))
    return stretches


def outcome(trace: Trace, task: int) -> str:
    """How a task ended: `done`, `error`, `cancelled` or `timeout`."""
    return {"DONE": "done", "FAILED": "error", "TIMED_OUT": "timeout"}.get(
        trace.now.tasks[task].phase.name, "cancelled"
    )


def signature(trace: Trace) -> tuple[object, ...]:
    """What must be equal for two runs to count as the same: order, accounts, outcomes and errors."""
    failures = [trace.said(trace.now.tasks[task].failure) for task in trace.tasks]
    return (
        tuple(order(trace)),
        ledger(trace),
        tuple(outcome(trace, task) for task in trace.tasks),
        tuple((getattr(f, "type", ""), getattr(f, "message", "")) for f in failures),
    )
