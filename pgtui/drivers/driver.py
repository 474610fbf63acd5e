"""What a driver is: `Driver`, with its recipes' module loaded only when they are asked for, and `Address`.

Nothing here imports a driver.
"""

import importlib
import importlib.metadata
import importlib.util
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from pgtui.core.experiment import Reading, Sharing
from pgtui.core.recipes import Recipe
from pgtui.errors import UnsupportedError

if TYPE_CHECKING:
    from pgtui.postgres.target import Target

Combination = Sharing | Reading | tuple[Sharing, Reading]
"""A way of sharing, a way of reading, or one with the other."""

_SILENCE = logging.NullHandler()


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
        install: what to install, where that is not the package alone.
        module: its recipes.
        carrier: what carries its tasks: `asyncio tasks`, `threads`, or `asyncio tasks, blocking`.
        refuses: what the driver cannot do → why, in a sentence one learns from.
    """

    id: str
    title: str
    package: str
    imports: tuple[str, ...]
    module: str
    install: str = ""
    carrier: str = "asyncio tasks"
    refuses: Mapping[Combination, str] = field(default_factory=dict)

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
        return f"pip install {self.install or self.package}"

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
        for name in self.imports:
            # What a driver warns of is for those who listen; with nobody, logging would print it across the screen.
            logging.getLogger(name).addHandler(_SILENCE)
        try:
            return cast(RecipeModule, importlib.import_module(self.module))
        except ImportError as error:
            raise UnsupportedError(
                f"The driver {self.id} does not import: {error}.", f"Install it again: {self.hint}"
            ) from error
