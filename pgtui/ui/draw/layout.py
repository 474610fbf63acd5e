"""Which lines a timeline has: the tasks first, then what is missed most, as far as the height goes."""

from dataclasses import dataclass
from enum import StrEnum

from pgtui.core.state import Phase
from pgtui.core.trace import Trace
from pgtui.ui.draw.kept import Kept, kept
from pgtui.ui.draw.phases import MOST_STEPS
from pgtui.ui.picture import Picture
from pgtui.ui.text import visible, width

WIDEST_LABEL = 12
MOST_LOCKS = 3


class Lane(StrEnum):
    """What a line of the timeline shows, besides the tasks' own lanes."""

    ALL = "all"
    """Which task ran, of all of them: when they do not all have a line."""
    LOCK = "lock"
    RUN = "run"
    UI = "ui"
    AXIS = "axis"
    PHASES = "phases"


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands on which line of a timeline.

    Attributes:
        tasks: how many lines show tasks; they scroll when there are more tasks.
        below: the lines under them, with the name of the lock for a `Lane.LOCK`.
        label: cells that the lanes' names take.
    """

    tasks: int
    below: tuple[tuple[Lane, str], ...]
    label: int


def layout(picture: Picture, size: tuple[int, int]) -> Layout:
    """What a timeline of (width, height) cells shows; the tasks come before everything else.

    Where not all tasks have a line, one line tells of all of them who ran.
    """
    columns, height = size
    trace, known = picture.trace, kept(picture.trace)
    count = len(trace.tasks)
    wanted = _wanted(picture, known)
    if height >= count:
        below = wanted[: height - count]
    elif height == 1:
        below = [(Lane.ALL, "")]
    else:
        below = [(Lane.ALL, ""), *wanted[: max(1, height // 4)]]
    order = list(Lane)
    shown = sorted(below, key=lambda lane: order.index(lane[0]))
    return Layout(min(count, height - len(shown)), tuple(shown), label_cells(trace, columns))


def label_cells(trace: Trace, columns: int) -> int:
    """Cells that the names at the left take in a panel of this width, the blank after them included."""
    longest = max((width(visible(name)) for name in trace.header.names[:100]), default=0)
    return min(WIDEST_LABEL, max(4, longest)) + 1 if columns >= 40 else min(longest, columns // 8) + 1


def _wanted(picture: Picture, known: Kept) -> list[tuple[Lane, str]]:
    """The lines besides the tasks, the one that is missed most first."""
    head = picture.trace.head
    locks = [(Lane.LOCK, name) for name in list(known.resources)[:MOST_LOCKS]]
    wanted: list[tuple[Lane, str]] = [(Lane.AXIS, ""), *locks[:1]]
    if head.tasks[0].phase is not Phase.ABSENT:
        wanted.append((Lane.RUN, ""))
    if head.painted or head.stalled:
        wanted.append((Lane.UI, ""))
    if known.all_steps / picture.zoom <= MOST_STEPS:
        wanted.append((Lane.PHASES, ""))
    return [*wanted, *locks[1:]]


def lane_label(lane: tuple[Lane, str]) -> str:
    """What stands before a line that is no task's."""
    kind, name = lane
    if kind is Lane.LOCK:
        name, _, number = name.partition(" ")
        short = "pool" if "pool" in name.lower() else name.rpartition(".")[2]
        return visible(f"{short} {number}".strip())
    return "" if kind in (Lane.AXIS, Lane.PHASES) else kind.value
