"""What an entry of the field guide is: the hazard in words, the cases that show it, and what came of showing it.

Values only. The words know no driver; a case names the module with its recipes, which is imported when it is run.
"""

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pgtui.core.experiment import Reading, Sharing
from pgtui.core.recipes import Recipe
from pgtui.guide.places import Place

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from pgtui.guide.observed import Observed
    from pgtui.postgres.target import Target


class Side(StrEnum):
    """Which of a case's two recipes."""

    HAZARD = "hazard"
    RIGHT_WAY = "right way"


class Verdict(NamedTuple):
    """What a check found.

    Attributes:
        holds: the hazard showed, or the right way was clean.
        seen: what was observed, in one sentence, whether it holds or not.
    """

    holds: bool
    seen: str


class Setting(Protocol):
    """Something that has to stand between the tasks and the server while a scene runs: a pooler."""

    def __call__(self, target: "Target") -> "AbstractAsyncContextManager[Target]":
        """The target to run on, for as long as the context lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One recipe, how to run it, and the check of what it left in its trace.

    Attributes:
        main: opens what is shared and starts the tasks: `main(run, each)`.
        each: what every task runs: `each(task, ...)`.
        check: looks at the run's trace and tells whether it was as it should be.
        parts: further functions of the recipe, in the order of reading.
        sharing: what the tasks share.
        tasks, rows, server_delay, pool_size, query: as in `Experiment`.
        reads: whether each task reads all rows of its query, so that missing ones count as lost.
        tagged: whether the rows it shows carry the two columns that tell who asked.
        timeout: seconds after which a run that hangs is ended.
        threads: whether the tasks are threads; `main` and `each` are then plain functions.
        apart: run it in a process of its own, because it may crash the interpreter or block it for good.
        tries: a race is run up to so often until it shows; the right way has to be clean each time.
        setting: what stands between the tasks and the server.
    """

    main: Callable[..., Any]
    each: Callable[..., Any]
    check: "Callable[[Observed], Verdict]"
    parts: tuple[Callable[..., Any], ...] = ()
    sharing: Sharing = Sharing.SHARED_CONNECTION
    tasks: int = 3
    rows: int = 3
    server_delay: float = 0.0
    pool_size: int = 3
    query: str | None = None
    reads: bool = True
    tagged: bool = True
    timeout: float = 20.0
    threads: bool = False
    apart: bool = False
    tries: int = 1
    setting: Setting | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """The recipe that shows a hazard, and beside it the one that does the same work the right way."""

    hazard: Scene
    right_way: Scene

    def scene(self, side: Side) -> Scene:
        return self.hazard if side is Side.HAZARD else self.right_way


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A hazard on one driver.

    Attributes:
        driver: the driver's id.
        recipes: module and name of its pair, `psycopg_cursors:SHARED_CURSOR`; a module with a dot in its name is
            looked for where that says, any other in `pgtui.guide.recipes`.
        writes: whether it writes, if only into a temporary table.
        program: a program that has to be there, with the Debian package that has it: `("pgbouncer", "pgbouncer")`.
    """

    driver: str
    recipes: str
    writes: bool = False
    program: tuple[str, str] | None = None

    def pair(self) -> Pair:
        """Its recipes; imports the driver."""
        module, _, name = self.recipes.partition(":")
        found = getattr(importlib.import_module(module if "." in module else f"pgtui.guide.recipes.{module}"), name)
        assert isinstance(found, Pair)
        return found

    def recipe(self, side: Side) -> Recipe:
        """One of its two recipes, as the runner takes it and the code panel shows it."""
        scene = self.pair().scene(side)
        # One result read by several tasks is told apart in the ledger by its sharing mode.
        return Recipe(
            self.driver, scene.sharing, Reading.ITERATE, scene.main, scene.each, scene.parts, threads=scene.threads
        )


@dataclass(frozen=True, slots=True)
class Message:
    """An error message that a hazard explains.

    Attributes:
        text: as the driver gives it, in one line; `…` stands for what differs from case to case.
        weight: how sure the message alone makes it, 0 to 1.
        beside: expressions for what a traceback may show besides it; each that is there makes it surer.
        needs: expressions for what has to be there too, because the message alone is anybody's.
    """

    text: str
    weight: float = 0.9
    beside: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def expression(self) -> re.Pattern[str]:
        """Finds the message in a text whose white space is single blanks."""
        return re.compile(re.escape(self.text).replace("…", r"[^\"]{0,200}?"), re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """An entry of the field guide.

    Attributes:
        number: its place in the guide, 1 to 32; it never changes.
        id: what the command line calls it.
        title: what goes wrong, as a headline.
        happens: what one sees, in one sentence.
        why: the mechanism.
        instead: what to write, in one sentence or two.
        places: where in the drivers' source it comes from.
        issues: where others met it, `psycopg/psycopg#176`.
        messages: the errors it explains.
        cases: the drivers it is shown on.
    """

    number: int
    id: str
    title: str
    happens: str
    why: str
    instead: str
    places: tuple[Place, ...] = ()
    issues: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()
    cases: tuple[Case, ...] = ()

    @property
    def drivers(self) -> tuple[str, ...]:
        """Ids of the drivers it is shown on."""
        return tuple(dict.fromkeys(case.driver for case in self.cases))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutcome:
    """What came of one case.

    Attributes:
        driver: the driver's id.
        shown: whether the hazard showed.
        right_way_clean: whether the right way ran clean.
        seen: what was observed of the hazard, in a sentence.
        right_way_seen: what was observed of the right way.
        tries: how often the hazard's recipe ran.
        skipped: why it was not run; None when it was.
    """

    driver: str
    shown: bool = False
    right_way_clean: bool = False
    seen: str = ""
    right_way_seen: str = ""
    tries: int = 0
    skipped: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of showing a hazard, over all of its cases that this machine can run.

    Attributes:
        hazard: which.
        cases: an outcome a case, in the order of the hazard's cases.
        seconds: how long it took.
    """

    hazard: Hazard
    cases: tuple[CaseOutcome, ...]
    seconds: float = field(default=0.0, compare=False)

    @property
    def shown(self) -> bool:
        """Whether it showed in each case that was run; False when none was."""
        return self.skipped is None and all(case.shown for case in self._run())

    @property
    def right_way_clean(self) -> bool:
        """Whether the right way ran clean in each case that was run; False when none was."""
        return self.skipped is None and all(case.right_way_clean for case in self._run())

    @property
    def skipped(self) -> str | None:
        """Why nothing was run; None when something was."""
        reasons = [case.skipped for case in self.cases if case.skipped is not None]
        return reasons[0] if len(reasons) == len(self.cases) else None

    @property
    def seen(self) -> str:
        """What was observed, in two sentences a case; the driver is named where there are several."""
        told = [f"{case.seen} The right way: {case.right_way_seen}" for case in self._run()]
        if len(self.cases) > 1:
            told = [f"{case.driver}: {words}" for case, words in zip(self._run(), told, strict=True)]
        return " ".join(told)

    def _run(self) -> Iterator[CaseOutcome]:
        return (case for case in self.cases if case.skipped is None)
