"""How large the guide's panels are in a terminal of some size: the one with the keys gets the most. A pure function."""

from dataclasses import dataclass

WIDE = 100
"""Columns from which list and entry stand side by side."""
LEAST_LIST, MOST_LIST = 42, 64
FLAT = 11
"""Lines with fewer of which only the panel with the keys is shown."""
WEIGHTS = {"hazards": (4, 5, 1), "entry": (2, 6, 1), "recipes": (2, 1, 6)}
"""Shares of list, entry and recipes when they stand one under the other, by the panel that has the keys."""
LEAST = (4, 3, 3)
RECIPES = {"hazards": 0.42, "entry": 0.3, "recipes": 0.68}
"""The share of the recipes when they stand below list and entry."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """Sizes in cells.

    Attributes:
        columns: width of the list; 0 when it stands above the entry, and takes all of it.
        hazards, entry, recipes: heights.
    """

    columns: int
    hazards: int
    entry: int
    recipes: int


def rooms(columns: int, lines: int, focus: str) -> Rooms:
    """The rooms in so many columns and lines; `focus` is the id of the panel that has the keys."""
    lines = max(0, lines)
    focus = focus if focus in WEIGHTS else "hazards"
    if lines < FLAT:
        heights = (lines if focus == name else 0 for name in WEIGHTS)
        return Rooms(0, *heights)
    if columns >= WIDE:
        recipes = round(lines * RECIPES[focus])
        wide = max(LEAST_LIST, min(MOST_LIST, round(columns * 0.38)))
        return Rooms(wide, lines - recipes, lines - recipes, recipes)
    weights = WEIGHTS[focus]
    hazards, entry, recipes = (
        max(least, round(lines * weight / sum(weights))) for weight, least in zip(weights, LEAST, strict=True)
    )
    spare = lines - hazards - entry - recipes  # by rounding, and by what the least ones take
    if focus == "recipes":
        recipes += spare
    else:
        entry += spare
    return Rooms(0, hazards, entry, recipes)
