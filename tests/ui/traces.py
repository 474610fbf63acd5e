"""Traces for the screen's tests: written by hand or copied from real runs, equal to the nanosecond each time.

A run is a text, an event a line: microseconds, kind, task, and what the kind carries (see `_value`). The
texts in `runs/` are what psycopg 3.3 did on PostgreSQL 18.
"""

from collections.abc import Iterable
from pathlib import Path

from pgtui.core.events import PAYLOAD_BITS, Failure, Kind, Resource, Wait
from pgtui.core.experiment import Experiment, Sharing, Yielding
from pgtui.core.names import task_names
from pgtui.core.tasks import RowWriter
from pgtui.core.trace import Header, RecipeSource, Trace

RUNS = Path(__file__).parent / "runs"

MONITORS: tuple[tuple[object, ...], ...] = (
    ("c17feb88-db0b-4c58-84c1-8bac48b0dc77", "monitor_for_deletion"),
    ("e72bd6e6-b880-4b64-b91b-dedfa98fb12e", "vitaly_leen_reg_mon_1"),
    ("6f2b03f0-bedb-4b31-b937-190d88c1f040", "not_standalone_monitor_007"),
)

SHARED_CURSOR_SOURCE = """\
async def shared_cursor(run: Run, read: Read) -> None:
    \"\"\"One cursor; every task executes its query on it.\"\"\"
    run.says("opening connection")
    async with await psycopg.AsyncConnection.connect(run.dsn) as connection:
        run.says("creating cursor")
        async with connection.cursor() as cursor:
            await run.gather(execute_and_read, cursor, read)


async def execute_and_read(task: Task, cursor: psycopg.AsyncCursor[Any], read: Read) -> None:
    task.backend(cursor.connection.info.backend_pid)
    task.says("starting fetching")
    await cursor.execute(task.query)
    await read(task, cursor)
    task.says("fetched 100 %")


async def iterate(task: Task, cursor: psycopg.AsyncCursor[Any]) -> None:
    async for row in cursor:
        task.row(row)
        if task.yields:
            await asyncio.sleep(0)
"""
FIRST_LINE = 47
"""Where the source begins in its file: the line numbers of the runs' events mean these."""


def header(experiment: Experiment | None = None, *, expected: int | None = 3) -> Header:
    """What is known before a made run."""
    experiment = experiment or Experiment()
    return Header(
        experiment=experiment,
        names=task_names(experiment.tasks),
        query="SELECT id, name FROM dh_monitors",
        expected=expected,
        server="18.6",
        driver_version="3.3.9",
        source=RecipeSource(
            f"{experiment.driver} · {experiment.sharing.label}",
            tuple(enumerate(SHARED_CURSOR_SOURCE.splitlines(), FIRST_LINE)),
        ),
        columns=("id", "name"),
    )


def made(
    text: str | Iterable[str],
    experiment: Experiment | None = None,
    *,
    expected: int | None = 3,
    values: tuple[tuple[object, ...], ...] = MONITORS,
    finished: bool = True,
) -> Trace:
    """The trace of the run that the text tells.

    Args:
        text: an event a line, `6166 ROW pink 2 1`: at 6.166 ms pink got row 1 of task 2's result.
        experiment: what ran; its tasks' names are those that the text may use, `run` besides.
        expected: rows that each task should get.
        values: what row 1, 2, … of each result holds.
        finished: whether the run is over.
    """
    trace = Trace(header(experiment, expected=expected))
    for line in text.splitlines() if isinstance(text, str) else text:
        if line.strip():
            _add(trace, line, values)
    trace.finished = finished
    return trace


def _add(trace: Trace, line: str, values: tuple[tuple[object, ...], ...]) -> None:
    time, kind_name, name, *rest = line.split(maxsplit=3)
    kind, task = Kind[kind_name], trace.header.names.index(name)
    text = rest[0] if rest else ""
    if kind in (Kind.ROW, Kind.ROW_AGAIN):
        owner, number = (int(part) for part in text.split())
        row = values[(number - 1) % len(values)]
        RowWriter(trace, task)(int(time) * 1000, [(*row, owner, number)])
    else:
        trace.append(int(time) * 1000, kind, task, _value(trace, kind, text))


def _value(trace: Trace, kind: Kind, text: str) -> int:
    """WAITS `line|on|where|resource|holder`, FAILED `type|message|sqlstate|line|where`, others one word."""
    if kind is Kind.WAITS:
        line, on, where, resource, holder = text.split("|")
        wait = Wait(on, where, resource or None, int(holder) if holder else None)
        return int(line) << PAYLOAD_BITS | trace.payload(wait)
    if kind is Kind.FAILED:
        name, message, sqlstate, line, where = text.split("|")
        return trace.payload(Failure(name, message, sqlstate or None, int(line or 0), where))
    if kind is Kind.SAYS:
        return trace.payload(text)
    if kind in (Kind.HELD, Kind.RELEASED):
        return trace.payload(Resource(text))
    return int(text) if text else 0


def recorded(name: str, experiment: Experiment, **rest: bool) -> Trace:
    """The run in `runs/NAME.txt`."""
    return made((RUNS / f"{name}.txt").read_text(), experiment, **rest)


def shared_cursor(**rest: bool) -> Trace:
    """psycopg, one cursor, sleep(0): green 1, pink 1, teal 3 rows; green and pink fail, 4 rows are lost."""
    return recorded("shared-cursor", Experiment(sharing=Sharing.SHARED_CURSOR), **rest)


def new_connection(**rest: bool) -> Trace:
    """psycopg, a connection each, sleep(0): teal and pink take turns, then green; nothing is lost."""
    return recorded("new-connection", Experiment(sharing=Sharing.NEW_CONNECTION), **rest)


def shared_connection(**rest: bool) -> Trace:
    """psycopg, one connection, no yielding: all green's rows, all pink's, all teal's, one lock."""
    return recorded("shared-connection", Experiment(sharing=Sharing.SHARED_CONNECTION, yielding=Yielding.NONE), **rest)


def turns(tasks: int, rows: int, *, finished: bool = True) -> Trace:
    """Many tasks that read in turns, a row a step: all get all of their rows."""
    experiment = Experiment(tasks=tasks, rows=rows)
    trace = Trace(header(experiment, expected=rows))
    time = 0
    for task in range(1, tasks + 1):
        trace.append(time, Kind.CREATED, task)
        trace.append(time := time + 1000, Kind.RUNS, task)
        trace.append(time := time + 1000, Kind.BACKEND, task, 5000 + task)
        trace.append(time := time + 1000, Kind.SAYS, task, trace.payload("starting fetching"))
        wait = trace.payload(Wait("server", "psycopg/waiting.py:270 wait_async"))
        trace.append(time := time + 1000, Kind.WAITS, task, 59 << PAYLOAD_BITS | wait)
    for number in range(1, rows + 1):
        for task in range(1, tasks + 1):
            trace.append(time := time + 10_000, Kind.RUNS, task)
            RowWriter(trace, task)(time := time + 5_000, [(*MONITORS[number % 3], task, number)])
            trace.append(time, Kind.YIELDS, task, 68)
    for task in range(1, tasks + 1 if finished else 1):
        trace.append(time := time + 10_000, Kind.RUNS, task)
        trace.append(time := time + 1_000, Kind.DONE, task)
    trace.finished = finished
    return trace


HOSTILE: tuple[tuple[object, ...], ...] = (
    ("\x1b[31mred\x1b[0m", "[red]markup[/red] [@click=app.quit]x[/]"),
    ("tab\there", "line\nbreak\r\nand\x00nul"),
    ("wide 世界 and e\u0301\u0301 combining", "\u202eright to left\u202c"),
)


def hostile() -> Trace:
    """Values, words and an error that try to break out of their cells."""
    text = """
        1 CREATED green
        2 RUNS green
        3 SAYS green [bold]opening[/bold] \x1b[2Jconnection
        4 ROW green 1 1
        5 ROW green 1 2
        6 ROW green 1 3
        7 FAILED green psycopg.errors.Boom[/]|[red]no[/red]\x1b]0;title\x07 世界|XX000|65|x.py:1 y
    """
    return made(text, Experiment(tasks=1), values=HOSTILE)
