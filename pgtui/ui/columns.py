"""How the values of a row are laid out in so many cells: the same columns in every pane, for every row."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from pgtui.core.trace import Trace
from pgtui.ui.text import clipped, fitted, value_text, width

LOOKED_AT = 30
"""The first rows say how wide the columns are."""
GAP = 2
LEAST = 4
GROWN = 8
"""Cells that a narrow column grows to where there is room."""
UUID_CELLS, SHORT_UUID_CELLS = 36, 9
"""A UUID is known by its first eight digits."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The widths of the columns in cells; columns that found no room are missing.

    Attributes:
        widths: of each column that is shown.
        missing: whether some are not.
    """

    widths: tuple[int, ...]
    missing: bool = False

    def text(self, values: Sequence[object]) -> str:
        """A row's values in these columns, without blanks behind the last one."""
        cells = [value_text(value) for value in values[: len(self.widths)]]
        parts = [fitted(cell, cells_) for cell, cells_ in zip(cells[:-1], self.widths[:-1], strict=False)]
        parts += [clipped(cell, self.widths[-1]) for cell in cells[-1:]]
        return (" " * GAP).join(parts) + ("  …" if self.missing else "")


def values_of(trace: Trace, tag: int) -> Sequence[object] | None:
    """A row's values without the tag behind them; None when they are not kept."""
    values = trace.values(tag)
    return values[:-2] if values is not None and trace.header.tagged else values


def looked_at(trace: Trace) -> int:
    """How many rows say how wide the columns are; equal for two moments, equal columns."""
    return min(len(trace.first_values), LOOKED_AT)


def columns(trace: Trace, cells: int) -> Columns:
    """The columns of the trace's rows in at most so many cells."""
    wanted: list[int] = []
    for tag in list(islice(trace.first_values, LOOKED_AT)):
        for place, value in enumerate(values_of(trace, tag) or ()):
            wide = min(width(value_text(value)), 1_000)
            if place < len(wanted):
                wanted[place] = max(wanted[place], wide)
            else:
                wanted.append(wide)
    return _grown(fit(tuple(wanted), cells), cells)


def _grown(found: Columns, cells: int) -> Columns:
    """Room that is left goes to narrow columns, and the rest to the last one: later values may be longer."""
    widths, spare = list(found.widths), cells - _total(found.widths) - 3 * found.missing
    for place, wide in enumerate(widths):
        more = max(0, min(spare, spare if place == len(widths) - 1 else GROWN - wide))
        widths[place] += more
        spare -= more
    return Columns(tuple(widths), found.missing)


def fit(wanted: tuple[int, ...], cells: int) -> Columns:
    """Widths for columns that want so many cells each: UUIDs give way first, then the widest columns.

    >>> fit((36, 26), 40)
    Columns(widths=(9, 26), missing=False)
    """
    widths = [max(1, wide) for wide in wanted]
    if _total(widths) > cells:
        widths = [SHORT_UUID_CELLS if wide == UUID_CELLS else wide for wide in widths]
    while _total(widths) > cells and max(widths, default=0) > LEAST:
        widest = max(widths)
        next_widest = max((wide for wide in widths if wide < widest), default=LEAST)
        count = widths.count(widest)
        off = max(1, min(widest - max(next_widest, LEAST), -(-(_total(widths) - cells) // count)))
        widths = [wide - off if wide == widest else wide for wide in widths]
    kept = list(widths)
    while len(kept) > 1 and _total(kept) + 3 * (len(kept) < len(widths)) > cells:
        kept.pop()
    if kept:
        kept[-1] = min(kept[-1], max(1, cells))
    return Columns(tuple(kept), len(kept) < len(widths))


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * max(0, len(widths) - 1)
