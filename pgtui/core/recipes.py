"""A recipe: the function of a driver and a sharing mode, with the reader that its tasks run. The code that you read."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pgtui.core.experiment import Reading, Sharing
from pgtui.core.trace import RecipeSource


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one driver runs one sharing mode.

    Attributes:
        driver: the driver's id.
        sharing: what the tasks share.
        reading: how they take their rows.
        main: opens what is shared and starts the tasks: `main(run, read)`.
        read: what a task does with its cursor, connection or result.
        parts: further functions that belong to the recipe, in the order of reading.
        threads: whether the tasks are threads; `main` and `read` are then plain functions.
    """

    driver: str
    sharing: Sharing
    reading: Reading
    main: Callable[..., Any]
    read: Callable[..., Any]
    parts: tuple[Callable[..., Any], ...] = ()
    threads: bool = False

    @property
    def files(self) -> frozenset[str]:
        """The source files of its functions."""
        return frozenset(part.__code__.co_filename for part in (self.main, *self.parts, self.read))

    def source(self) -> RecipeSource:
        """Its source: the functions one after another, each line with its number in the file."""
        lines: list[tuple[int, str]] = []
        for part in (self.main, *self.parts, self.read):
            text, first = inspect.getsourcelines(part)
            if lines:
                lines.append((0, ""))
            lines += [(first + offset, line.rstrip("\n")) for offset, line in enumerate(text)]
        return RecipeSource(f"{self.driver} · {self.sharing.label}", tuple(lines))
