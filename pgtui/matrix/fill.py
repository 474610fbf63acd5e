"""Fills the matrix: which experiments it has, and running them on a target, one after another.

One at a time, because each is to have the loop and the server for itself. Each run has a time limit, and whatever ends
the filling ends the run under way with its connections.
"""

from collections.abc import Callable, Iterable, Sequence

from pgtui.api import allow_many_connections, run_on
from pgtui.core.experiment import Experiment, Reading, Sharing, Yielding
from pgtui.core.report import same_every_run
from pgtui.core.state import Phase
from pgtui.core.trace import Trace
from pgtui.drivers.registry import DRIVERS, check, driver
from pgtui.errors import UnsupportedError
from pgtui.matrix.cells import Cell, Verdict, cell_of, unsupported, verdict
from pgtui.postgres.query import PreparedQuery, prepare_query
from pgtui.postgres.target import Target

RUN_SECONDS = 5.0
"""How long a run may take unless the user says otherwise; three rows of a near server take milliseconds."""

MOST_HUNG = 2
"""Runs of a cell that may use up their time; the cell is then not repeated any more."""

REPEAT = 5
"""Runs of a cell unless the user says otherwise."""

MOST_RUNS = 30
"""Runs of a cell that looks like blocks by luck. Of yielding tasks with a connection each, three rows are read before
the next connection is there in up to five runs of six (measured over a Unix socket)."""


def experiments(drivers: Iterable[str] = (), **values: object) -> tuple[Experiment, ...]:
    """The experiments of the matrix: driver by driver, each in every sharing mode without and with yielding.

    Args:
        drivers: their ids, in the order of the columns; all that the registry knows when there is none.
        values: what all of them have in common: tasks, rows, pool_size, timeout.

    Raises:
        UsageError: there is no such driver, or a value is out of range.
    """
    ids = tuple(dict.fromkeys(drivers)) or tuple(one.id for one in DRIVERS)
    common = Experiment().changed(**({"timeout": RUN_SECONDS} | values))
    return tuple(
        common.changed(driver=name, sharing=sharing, yielding=yielding, reading=reading_for(name, sharing))
        for name in ids
        for sharing in Sharing
        for yielding in Yielding
    )


def reading_for(name: str, sharing: Sharing) -> Reading:
    """`async for` where the driver can do that with this sharing, else the first way of reading that it can do."""
    known = driver(name)
    return next((one for one in Reading if known.refusal(sharing, one) is None), Reading.ITERATE)


async def fill(
    wanted: Sequence[Experiment], target: Target, repeat: int, on_cell: Callable[[Cell], object]
) -> tuple[Cell, ...]:
    """Run each experiment as often as `repeat` says; the cells, in the same order.

    Args:
        wanted: experiments with one and the same query, rows and tasks.
        target: where.
        repeat: runs of each, at least one; more, up to 30, where `by_luck` doubts what they show.
        on_cell: called with each cell as soon as it is there.

    Raises:
        ServerError: the server does not answer, or does not answer any more.
    """
    allow_many_connections()
    prepared = await prepare_query(target, wanted[0])
    cells = []
    for experiment in wanted:
        cell = await run_cell(experiment, target, repeat, prepared)
        cells.append(cell)
        on_cell(cell)
    return tuple(cells)


async def run_cell(experiment: Experiment, target: Target, repeat: int, prepared: PreparedQuery) -> Cell:
    """Run one experiment and tell what came of it; a run that is cancelled leaves no cell.

    Raises:
        ServerError: the server does not answer any more.
    """
    traces: list[Trace] = []
    hung = 0
    try:
        check(experiment)
        while hung < MOST_HUNG and (len(traces) < repeat or (len(traces) < MOST_RUNS and by_luck(traces))):
            trace = await run_on(experiment, target, prepared)
            if trace.now.rows == 0:
                await prepare_query(target, experiment)  # nobody got a row: is the server still there?
            hung += any(state.phase is Phase.TIMED_OUT for state in trace.now.tasks)
            traces.append(trace)
    except UnsupportedError as error:
        refusal = driver(experiment.driver).refusal(experiment.sharing, experiment.reading)
        return unsupported(experiment, refusal or f"{error.message} {error.hint}")
    return cell_of(traces)


def by_luck(traces: Sequence[Trace]) -> bool:
    """Whether blocks may be an accident: the tasks yield, and who comes first differs from run to run."""
    return traces[0].header.experiment.yields and verdict(traces) is Verdict.BLOCKS and not same_every_run(traces)
