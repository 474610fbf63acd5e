"""What the screen calls things: a task's state, its account of rows, an experiment in one line. Pure functions."""

from pgtui.core.events import Resource, Wait
from pgtui.core.experiment import Experiment
from pgtui.core.ledger import account, shared_out, shares_one_result
from pgtui.core.state import Moment, Phase, TaskState
from pgtui.core.trace import Trace
from pgtui.ui.look import state_name
from pgtui.ui.text import durations

_WORDS = {
    Phase.ABSENT: "not begun",
    Phase.READY: "ready",
    Phase.RUNNING: "running",
    Phase.YIELDED: "yielded",
    Phase.DONE: "done",
    Phase.FAILED: "error",
    Phase.CANCELLED: "cancelled",
    Phase.TIMED_OUT: "out of time",
}
_WAITS = {
    "server": "waiting for server",
    "connect": "connecting",
    "pool": "waiting for pool",
    "sleep": "sleeping",
    "tasks": "waiting for tasks",
}


def wait_of(trace: Trace, state: TaskState) -> Wait | None:
    """What the task waits for."""
    wait = trace.said(state.wait) if state.phase is Phase.WAITING else None
    return wait if isinstance(wait, Wait) else None


def holder_of(trace: Trace, moment: Moment, wait: Wait) -> int | None:
    """Which task holds what this wait is for: at the moment, else when the wait began."""
    for payload, task in moment.holders.items():
        resource = trace.said(payload)
        if isinstance(resource, Resource) and resource.name == wait.resource:
            return task
    return wait.holder


def state_of(trace: Trace, moment: Moment, task: int) -> tuple[str, str]:
    """A task's state: its name for colour and glyph, and the words for it.

    >>> state_of(trace, moment, 2)
    ('lock', 'waiting for lock held by green')
    """
    state = moment.tasks[task]
    wait = wait_of(trace, state)
    if wait is None:
        return state_name(state.phase), _WORDS.get(state.phase, "waiting")
    words = _WAITS.get(wait.on, "waiting")
    if wait.on in ("lock", "pool") and wait.resource is not None:
        holder = holder_of(trace, moment, wait)
        held = f" held by {trace.name(holder)}" if holder else ""
        words = f"waiting for lock{held}" if wait.on == "lock" else words
    return state_name(state.phase, wait.on), words


def sharers(moment: Moment, task: int) -> int:
    """How many tasks work on the connection of this one, itself included; 0 before it has one."""
    backend = moment.tasks[task].backend
    return sum(other.backend == backend for other in moment.tasks[1:]) if backend else 0


def rows_words(trace: Trace, moment: Moment, task: int) -> list[str]:
    """The account of a task's rows: `1 of 3 rows`, and what is wrong with them."""
    it = account(trace, moment, task)
    words = [f"{it.received:,} of {it.expected:,} rows" if it.expected is not None else f"{it.received:,} rows"]
    words += [f"{count:,} {name}" for name, count in wrongs(trace, moment, task)]
    return words


def wrongs(trace: Trace, moment: Moment, task: int) -> list[tuple[str, int]]:
    """What is wrong with a task's rows: (`foreign`, `doubled` or `lost`; how many)."""
    it = account(trace, moment, task)
    lost = it.lost - shared_out(trace, moment, task)
    if shares_one_result(trace) and not all(state.phase.over for state in moment.tasks[1:]):
        lost = 0  # another reader may still get them
    counts = (("foreign", it.foreign), ("doubled", it.doubled), ("lost", lost))
    return [(name, count) for name, count in counts if count]


def time_words(state: TaskState, time: int) -> str:
    """How long a task ran, was ready and waited, up to `time` (the clock's reading)."""
    (ran, ready, waited), unit = durations(*state.at(time))
    return f"ran {ran} · ready {ready} · waited {waited} {unit}"


def experiment_words(experiment: Experiment) -> list[str]:
    """An experiment in a few words: sharing, yielding, how many."""
    words = [experiment.sharing.label]
    if experiment.yields:
        words.append(experiment.yielding.label)
    tasks = f"{experiment.tasks:,} task{'s' if experiment.tasks > 1 else ''}"
    words.append(f"{tasks} × {experiment.rows:,} row{'s' if experiment.rows > 1 else ''}")
    return words
