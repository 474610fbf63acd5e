"""The drivers pgtui knows: what each is, whether it is installed, and what it cannot do and why.

Nothing here imports a driver; a driver's recipes are imported when it is picked.
"""

import importlib
import importlib.metadata
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from pgtui.core.experiment import Experiment, Reading, Sharing
from pgtui.core.recipes import Recipe
from pgtui.errors import UnsupportedError, UsageError

if TYPE_CHECKING:
    from pgtui.postgres.target import Target


@dataclass(frozen=True, slots=True)
class Address:
    """How a driver is told where the server is: a string, keyword arguments, or both. No representation of it
    has them, because a password may be among them."""

    dsn: str = field(default="", repr=False)
    arguments: dict[str, Any] = field(default_factory=dict, repr=False)


class RecipeModule(Protocol):
    """What a driver's module offers."""

    def address(self, target: "Target", application_name: str) -> Address:
        """How its recipes reach the target."""

    def recipe(self, sharing: Sharing, reading: Reading) -> Recipe:
        """The recipe of a combination that the registry does not refuse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """One way to reach PostgreSQL.

    Attributes:
        id: what the command line calls it.
        title: what people call it.
        package: the distribution whose version counts.
        imports: modules that must be there.
        module: its recipes.
        carrier: what carries its tasks: `asyncio tasks`, `threads`, or `asyncio tasks, blocking`.
        refuses: a sharing mode, a way of reading, or a pair of both → why the driver cannot do it.
    """

    id: str
    title: str
    package: str
    imports: tuple[str, ...]
    module: str
    carrier: str = "asyncio tasks"
    refuses: Mapping[Sharing | Reading | tuple[Sharing, Reading], str] = field(default_factory=dict)

    @property
    def version(self) -> str | None:
        """The installed version; None when the driver is not installed."""
        try:
            if all(importlib.util.find_spec(name) is not None for name in self.imports):
                return importlib.metadata.version(self.package)
        except (ImportError, ValueError, importlib.metadata.PackageNotFoundError):
            pass
        return None

    @property
    def hint(self) -> str:
        """How to install it."""
        return f"pip install {self.package}"

    def refusal(self, sharing: Sharing, reading: Reading = Reading.ITERATE) -> str | None:
        """Why it cannot do this, in a sentence; None when it can."""
        return self.refuses.get(sharing) or self.refuses.get((sharing, reading)) or self.refuses.get(reading)

    def sharings(self) -> tuple[Sharing, ...]:
        """The sharing modes it can do in some way of reading."""
        return tuple(s for s in Sharing if any(self.refusal(s, r) is None for r in Reading))

    def load(self) -> RecipeModule:
        """Its recipes; imports the driver.

        Raises:
            UnsupportedError: it is not installed, or does not import.
        """
        if self.version is None:
            raise UnsupportedError(f"The driver {self.id} is not installed.", f"Install it: {self.hint}")
        try:
            return cast(RecipeModule, importlib.import_module(self.module))
        except ImportError as error:
            raise UnsupportedError(
                f"The driver {self.id} does not import: {error}.", f"Install it again: {self.hint}"
            ) from error


_NOT_YET: dict[Sharing | Reading | tuple[Sharing, Reading], str] = {
    Sharing.ONE_RESULT: "not yet",
    Sharing.POOL: "not yet",
    Reading.FETCHONE: "not yet",
    Reading.FETCHMANY: "not yet",
    Reading.FETCHALL: "not yet",
    Reading.SERVER_CURSOR: "not yet",
    Reading.STREAM: "not yet",
    Reading.PIPELINE: "not yet",
}

DRIVERS: tuple[Driver, ...] = (
    Driver(
        id="asyncpg",
        title="asyncpg",
        package="asyncpg",
        imports=("asyncpg",),
        module="pgtui.drivers.asyncpg_async",
        refuses={
            Sharing.SHARED_CURSOR: "asyncpg has no cursor that several tasks can execute on:"
            " a query belongs to its cursor from the beginning.",
            **_NOT_YET,
        },
    ),
    Driver(
        id="psycopg",
        title="psycopg 3",
        package="psycopg",
        imports=("psycopg", "psycopg_pool"),
        module="pgtui.drivers.psycopg_async",
        refuses=_NOT_YET,
    ),
    Driver(
        id="aiopg",
        title="aiopg",
        package="aiopg",
        imports=("aiopg",),
        module="pgtui.drivers.aiopg_async",
        refuses=_NOT_YET,
    ),
    Driver(
        id="pg8000-threads",
        title="pg8000, a thread a task",
        package="pg8000",
        imports=("pg8000",),
        module="pgtui.drivers.pg8000_threads",
        carrier="threads",
        refuses=_NOT_YET,
    ),
)


def driver(name: str) -> Driver:
    """The driver with this id.

    Raises:
        UsageError: there is none.
    """
    for one in DRIVERS:
        if one.id == name:
            return one
    raise UsageError(f"There is no driver {name!r}.", f"Drivers: {', '.join(one.id for one in DRIVERS)}.")


def check(experiment: Experiment) -> Driver:
    """The experiment's driver, once it is sure that it can do the experiment.

    Raises:
        UsageError: there is no such driver.
        UnsupportedError: it cannot do this, or is not installed.
    """
    found = driver(experiment.driver)
    reason = found.refusal(experiment.sharing, experiment.reading)
    if reason:
        can = ", ".join(found.sharings())
        raise UnsupportedError(reason, f"{found.id} can do: {can}.")
    if found.version is None:
        raise UnsupportedError(f"The driver {found.id} is not installed.", f"Install it: {found.hint}")
    return found
