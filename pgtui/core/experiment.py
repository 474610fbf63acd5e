"""What to run: an `Experiment` is a frozen value that checks itself.

Whether a driver can do it is the driver's to say (`pgtui.drivers.registry`); whether it makes sense is said here.
"""

import dataclasses
import sys
from dataclasses import dataclass
from enum import StrEnum

from pgtui.errors import UsageError

MOST_TASKS = 1_000
MOST_ROWS = 10_000_000


class Sharing(StrEnum):
    """What the tasks share."""

    NEW_CONNECTION = "new-connection"
    SHARED_CONNECTION = "shared-connection"
    SHARED_CURSOR = "shared-cursor"
    ONE_RESULT = "one-result"
    POOL = "pool"

    @property
    def label(self) -> str:
        """The words for people: `new connection`."""
        return self.value.replace("-", " ")


class Yielding(StrEnum):
    """What a task does after each row."""

    NONE = "none"
    SLEEP0 = "sleep0"

    @property
    def label(self) -> str:
        """The words for people: `sleep(0)`."""
        return "sleep(0)" if self is Yielding.SLEEP0 else "none"


class Reading(StrEnum):
    """How a task takes its rows from the driver."""

    ITERATE = "iterate"
    FETCHONE = "fetchone"
    FETCHMANY = "fetchmany"
    FETCHALL = "fetchall"
    SERVER_CURSOR = "server-cursor"
    STREAM = "stream"
    PIPELINE = "pipeline"

    @property
    def label(self) -> str:
        """The words for people: `async for`, `server cursor`."""
        return {"iterate": "async for", "stream": "stream()"}.get(self.value, self.value.replace("-", " "))


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One experiment.

    Attributes:
        driver: the id of a driver, as `pgtui drivers` lists it.
        sharing: what the tasks share.
        yielding: what a task does after each row.
        reading: how a task takes its rows.
        tasks: how many run at once, 1 to 1,000.
        rows: how many rows each task asks for; the query's result is cut there.
        query: SQL without parameters; None is the demo query of the server.
        server_delay: seconds that each row costs on the server.
        pool_size: how many connections a pool holds; only `Sharing.POOL` has one.
        eager: start each task at once, inside its creation (Python 3.12 and newer).
        timeout: seconds after which the run is cancelled.

    Raises:
        UsageError: a value is out of its range.
    """

    driver: str = "psycopg"
    sharing: Sharing = Sharing.NEW_CONNECTION
    yielding: Yielding = Yielding.SLEEP0
    reading: Reading = Reading.ITERATE
    tasks: int = 3
    rows: int = 3
    query: str | None = None
    server_delay: float = 0.0
    pool_size: int = 3
    eager: bool = False
    timeout: float = 30.0

    def __post_init__(self) -> None:
        for name, kind in (("sharing", Sharing), ("yielding", Yielding), ("reading", Reading)):
            object.__setattr__(self, name, _one_of(kind, getattr(self, name)))
        _between("tasks", self.tasks, 1, MOST_TASKS)
        _between("rows", self.rows, 1, MOST_ROWS)
        _between("pool size", self.pool_size, 1, MOST_TASKS)
        _between("server delay", self.server_delay, 0, 60)
        _between("timeout", self.timeout, 0.1, 86_400)
        if self.query is not None and not self.query.strip(" \t\n;"):
            raise UsageError("The query is empty.", "Give a SELECT, or leave the query out for the demo rows.")
        if self.query is not None and "\0" in self.query:
            raise UsageError("The query has a NUL character in it.", "PostgreSQL takes no NUL in SQL.")
        if self.eager and sys.version_info < (3, 12):
            raise UsageError(
                f"Eager start needs Python 3.12; this is {sys.version_info.major}.{sys.version_info.minor}.",
                "Run without it: tasks then start at the loop's next turn, as asyncio does by default.",
            )

    @property
    def yields(self) -> bool:
        return self.yielding is Yielding.SLEEP0

    def changed(self, **values: object) -> "Experiment":
        """The same experiment with other values, checked again."""
        return dataclasses.replace(self, **values)  # type: ignore[arg-type]  # the fields check themselves


def _one_of(kind: type[StrEnum], value: str) -> StrEnum:
    """The member, also for its plain text."""
    try:
        return kind(value)
    except ValueError:
        raise UsageError(
            f"{value!r} is no {kind.__name__.lower()}.", f"There are: {', '.join(member.value for member in kind)}."
        ) from None


def _between(what: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise UsageError(
            f"{value:,} is no number of {what}." if what in ("tasks", "rows") else f"The {what} is {value:g}.",
            f"It lies between {least:,} and {most:,}.",
        )
