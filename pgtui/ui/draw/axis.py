"""The timeline's axis: from an event to a place on it, from there to a cell, and back again.

Places are in units: steps (step k lies between k - 1 and k), or nanoseconds since the run began. Along the events
of a trace the place never goes back. `index_at(place_of(i))` is i again, by time the last event of the same nanosecond.
"""

import math
from dataclasses import dataclass

from pgtui.core.trace import Trace
from pgtui.ui.draw.kept import Kept, kept
from pgtui.ui.picture import Picture

WIDEST_STEP = 8
"""Cells that a step takes at most while the whole run is in view."""
PLAYHEAD_SHARE = 0.75
"""Where the playhead stays while a part of the run follows it: this share of the width from the left."""


@dataclass(frozen=True, slots=True)
class View:
    """The part of an axis that is drawn.

    Attributes:
        by_step: whether a unit is a step; else it is a nanosecond.
        start: the place at the left edge of the first cell.
        scale: cells a unit.
        width: how many cells.
        whole: units of the whole run.
    """

    by_step: bool
    start: float
    scale: float
    width: int
    whole: float

    @property
    def stop(self) -> float:
        """The place at the right edge of the last cell, or the end of the run when that comes first."""
        return min(self.whole, self.start + self.width / self.scale)

    def cell(self, place: float) -> float:
        """The place in cells from the left edge; outside the view it is negative, or more than the width."""
        return (place - self.start) * self.scale

    def place(self, cell: float) -> float:
        """The place that far from the left edge, kept within the run."""
        return min(self.whole, max(0.0, self.start + cell / self.scale))


def place_of(trace: Trace, index: int, by_step: bool) -> float:
    """Where the playhead stands after the first `index` events."""
    known = kept(trace)
    if not by_step:
        if index <= 0:
            return 0.0
        place = known.place_of(index - 1)
        times = known.chunks[place].times
        offset = min(index - 1 - known.indices[place], len(times) - 1)
        return float(times[offset] - trace.origin) if offset >= 0 else float(known.times[place])
    step = known.step_at(index)
    if step == 0:
        return 0.0
    first = known.first_of(step)
    after = max(first + 1, known.first_of(step + 1))
    return step - 1 + min(1.0, (index - first) / (after - first))


def index_at(trace: Trace, place: float, by_step: bool) -> int:
    """How many events have happened where the playhead reaches `place`."""
    if not by_step:
        return trace.index_at(math.ceil(place))
    known = kept(trace)
    step = math.ceil(place)
    if step <= 0:
        return 0
    if step > known.all_steps:
        return known.length
    first = known.first_of(step)
    after = max(first + 1, known.first_of(step + 1))
    # A place that came from an index may be a rounding error above it.
    return first + max(1, math.ceil((place - step + 1) * (after - first) - 1e-6))


def playhead(picture: Picture) -> float:
    """Where the picture's playhead stands."""
    return place_of(picture.trace, picture.index, True) if picture.by_step else float(picture.time)


def whole(picture: Picture) -> float:
    """How long the axis is: all steps that the trace knows, or all its time."""
    if picture.by_step:
        return max(1.0, float(kept(picture.trace).all_steps))
    return float(max(1, picture.trace.elapsed, picture.time, picture.span))


def view_of(picture: Picture, width: int) -> View:
    """The part of the run that a panel of this width draws: what zoom and left say, or what follows the playhead."""
    width, units, zoom = max(1, width), whole(picture), max(1.0, picture.zoom)
    scale = width * zoom / units
    if picture.by_step and scale >= 1:
        scale = float(min(int(scale), int(WIDEST_STEP * zoom)))  # steps that are all equally wide
    seen = width / scale
    start = 0.0
    if seen < units:
        followed = playhead(picture) - seen * PLAYHEAD_SHARE
        start = followed if picture.left is None else picture.left * units
        start = min(units - seen, max(0.0, start))
        start = round(start * scale) / scale  # on the grid of cells: what moves by must not flicker
    return View(picture.by_step, start, scale, width, units)


def zoomed(picture: Picture, view: View, factor: float, cell: float) -> tuple[float, float | None]:
    """The `zoom` and `left` after zooming by `factor`, so that what is under `cell` stays there."""
    least = view.whole / view.width if picture.by_step else view.whole / 1_000
    zoom = min(max(1.0, picture.zoom * factor), max(1.0, 4 * WIDEST_STEP * least, picture.zoom))
    if zoom == 1.0:
        return 1.0, None
    seen = view.width / (view.scale * zoom / picture.zoom)
    left = view.place(cell) - seen * cell / view.width
    return zoom, min(max(0.0, 1 - seen / view.whole), max(0.0, left / view.whole))


def panned(view: View, cells: float) -> float:
    """The `left` after moving the view by so many cells."""
    seen = view.width / view.scale
    return min(max(0.0, 1 - seen / view.whole), max(0.0, (view.start + cells / view.scale) / view.whole))


def ticks(view: View, apart: int = 10) -> list[tuple[float, str]]:
    """Places for the axis' numbers, at least so many cells apart, with what to write there."""
    each = max(1, _round_up(apart / view.scale))
    numbers = range(int(view.start // each) * each, int(view.stop) + 1, each)
    if view.by_step:
        places = [(float(max(1, number) - 1), f"{max(1, number):,}") for number in numbers]
    else:
        units = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"))
        unit, name = next(((unit, name) for unit, name in units if each >= unit / 10), (1.0, "ns"))
        digits = 1 if each < unit else 0
        places = [(float(number), f"{number / unit:,.{digits}f} {name}") for number in numbers]
    return [(place, text) for place, text in places if view.start <= place < view.stop]


def _round_up(least: float) -> int:
    """The next of 1, 2, 5, 10, 20, 50, …"""
    if least <= 1:
        return 1
    power = 10 ** math.floor(math.log10(least))
    return int(next(power * digit for digit in (1, 2, 5, 10) if power * digit >= least * (1 - 1e-9)))


def gap_of(trace: Trace, known: Kept, by_step: bool) -> tuple[float, float] | None:
    """Where on the axis events are not kept, None when all are."""
    if trace.gap is None:
        return None
    first, after = trace.gap
    place = known.place_of(after)
    if by_step:
        return float(known.step_at(first)), float(known.steps[place])
    return place_of(trace, first, False), float(known.times[place])
