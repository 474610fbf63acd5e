"""A driver's functions put together to recipes: one that opens what is shared, and one that reads.

Nothing here calls them, and nothing here imports a driver.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pgtui.core.experiment import Reading, Sharing
from pgtui.core.recipes import Recipe

Function = Callable[..., Any]
Read = Function
"""What a task does with the connection, cursor or result that it gets: `read(task, cursor)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookbook:
    """The functions of one driver, or of one kind of its cursors.

    Attributes:
        driver: its id.
        mains: what is shared → the function that opens it and starts the tasks, and those that the tasks run before
            they read. A pair of sharing and reading goes before the sharing alone.
        reads: how rows are read → the function that executes the task's query and reads its rows. Here too a pair of
            sharing and reading goes first.
        results: the same for one result that was executed before: the function only reads.
        threads: whether threads carry the tasks.
    """

    driver: str
    mains: Mapping[Sharing | tuple[Sharing, Reading], tuple[Function, ...]]
    reads: Mapping[Reading | tuple[Sharing, Reading], Read]
    results: Mapping[Reading, Read]
    threads: bool = False

    def recipe(self, sharing: Sharing, reading: Reading) -> Recipe:
        """What runs for a combination.

        Raises:
            LookupError: there is no recipe for it; the registry refuses it with the reason.
        """
        main, *parts = self.mains.get((sharing, reading)) or self.mains[sharing]
        if sharing is Sharing.ONE_RESULT:
            read = self.results[reading]
        else:
            read = self.reads.get((sharing, reading)) or self.reads[reading]
        return Recipe(self.driver, sharing, reading, main, read, tuple(parts), self.threads)
