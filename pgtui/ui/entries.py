"""What an entry of the guide shows beside its words, read from the sources: places in the drivers, and the recipes.

Reading it imports drivers, which takes up to a second for one: it belongs into a thread.
"""

import threading
from dataclasses import dataclass

from pgtui.core.trace import RecipeSource
from pgtui.drivers.registry import driver
from pgtui.errors import UnsupportedError
from pgtui.guide import Case, Hazard, Side

_ONE_AT_A_TIME = threading.Lock()
"""Two threads that import packages which import one another wait for each other."""


@dataclass(frozen=True, slots=True)
class Recipes:
    """The two recipes of a case.

    Attributes:
        driver: the driver's id.
        hazard: the one that shows the hazard; None when the driver is not there.
        right_way: the one that does the same the right way.
        missing: why there are none, in a sentence.
    """

    driver: str
    hazard: RecipeSource | None = None
    right_way: RecipeSource | None = None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was read for a hazard.

    Attributes:
        hazard: which.
        places: where in the drivers' source it comes from, with the lines of the installed versions.
        recipes: a pair a case.
    """

    hazard: Hazard
    places: tuple[str, ...]
    recipes: tuple[Recipes, ...]


def read_entry(hazard: Hazard) -> Entry:
    """Read the places and the recipes; blocks while drivers are imported."""
    with _ONE_AT_A_TIME:
        return Entry(hazard, tuple(map(str, hazard.places)), tuple(map(_recipes, hazard.cases)))


def _recipes(case: Case) -> Recipes:
    try:
        driver(case.driver).load()
    except UnsupportedError as error:
        return Recipes(case.driver, missing=f"{error.message} {error.hint}")
    return Recipes(case.driver, case.recipe(Side.HAZARD).source(), case.recipe(Side.RIGHT_WAY).source())
