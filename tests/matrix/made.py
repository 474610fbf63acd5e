"""Traces for the verdict rules: rows in a given order, on a clock that only counts."""

from collections.abc import Iterable, Mapping, Sequence

from pgtui.core.events import Failure, Kind
from pgtui.core.experiment import Experiment, Sharing
from pgtui.core.names import task_names
from pgtui.core.tasks import RowWriter
from pgtui.core.trace import Header, Trace

REFUSAL = Failure("asyncpg.InterfaceError", "cannot perform operation: another operation is in progress")
RESET = Failure("psycopg.ProgrammingError", "no result available")
MISREAD = Failure("KeyError", "KeyError: b'\\x00'")

Row = tuple[int, int, int]
"""Who got the row, who had asked for it, and which row of that result it is."""


def own_rows(order: Iterable[int]) -> list[Row]:
    """Rows that arrive in this order of tasks, each task's own."""
    got: dict[int, int] = {}
    rows = []
    for task in order:
        got[task] = got.get(task, 0) + 1
        rows.append((task, task, got[task]))
    return rows


def split_rows(order: Iterable[int]) -> list[Row]:
    """Rows of the run's one result, in the order of the tasks that got them."""
    return [(task, 0, number) for number, task in enumerate(order, 1)]


def trace_of(
    rows: Iterable[Row],
    *,
    tasks: int = 3,
    expected: int | None = 3,
    endings: Mapping[int, Failure | Kind] | None = None,
    sharing: Sharing = Sharing.SHARED_CONNECTION,
    experiment: Experiment | None = None,
) -> Trace:
    """A finished run in which these rows arrived; tasks without another ending are done."""
    experiment = experiment or Experiment(sharing=sharing, tasks=tasks)
    trace = Trace(Header(experiment=experiment, names=task_names(tasks), expected=expected))
    time = 0
    for task in range(tasks + 1):
        trace.append(time, Kind.CREATED, task)
    writers = {task: RowWriter(trace, task) for task in range(1, tasks + 1)}
    for time, (task, owner, number) in enumerate(rows, 1):
        trace.append(time, Kind.RUNS, task)
        writers[task](time, [("value", owner, number)])
        trace.append(time, Kind.YIELDS, task)
    endings = endings or {}
    for task in [*range(1, tasks + 1), 0]:
        ending = endings.get(task, Kind.DONE)
        if isinstance(ending, Failure):
            trace.append(time + 1, Kind.FAILED, task, trace.payload(ending))
        else:
            trace.append(time + 1, ending, task)
    trace.finished = True
    return trace


def run_of(order: str | Sequence[int], **rest: object) -> Trace:
    """The run in which rows arrived in this order: `gptgpt` or task numbers; each task's own rows."""
    numbers = ["_gpt".index(letter) for letter in order] if isinstance(order, str) else list(order)
    return trace_of(own_rows(numbers), **rest)  # type: ignore[arg-type]  # what trace_of takes
