"""Draws the pickers: each part of an experiment with its key, as a list where there is room. Pure functions."""

from collections.abc import Callable
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style

from pgtui.core.experiment import Experiment, Sharing
from pgtui.ui.choices import Choice, choices
from pgtui.ui.look import Look
from pgtui.ui.text import clipped, visible, width

ROOM_FOR_LISTS = 100
"""Cells from which on the pickers are lists; below that they show what is picked."""
ROOM_FOR_ALL = 130
LABEL_CELLS = 13
"""Cells before a list: key and label."""

Line = list[Segment]


@dataclass(frozen=True, slots=True)
class Number:
    """A part of the experiment that is typed.

    Attributes:
        field: the experiment's.
        key: that begins the editing.
        label: the words for it.
        shown: the experiment's value as it is typed.
        taken: what typed digits mean for the experiment.
    """

    field: str
    key: str
    label: str
    shown: Callable[[Experiment], str]
    taken: Callable[[int], float] = int


NUMBERS = (
    Number("tasks", "t", "tasks", lambda experiment: str(experiment.tasks)),
    Number("rows", "n", "rows", lambda experiment: str(experiment.rows)),
    Number("server_delay", "z", "ms a row", lambda e: f"{e.server_delay * 1000:.0f}", lambda ms: ms / 1000),
    Number("pool_size", "o", "pool", lambda experiment: str(experiment.pool_size)),
)


def picker_lines(
    theme: Look, experiment: Experiment, query: str, cells: int, editing: tuple[str, str] | None = None
) -> list[Line]:
    """The pickers in so many cells.

    Args:
        theme: the colours.
        experiment: what is picked.
        query: what it asks the server, whoever chose it.
        cells: the width; it says how many lines there are.
        editing: the number that is being typed: its field, and what has been typed.
    """
    numbers = _numbers(theme, experiment, editing, terse=cells < ROOM_FOR_ALL)
    if cells < ROOM_FOR_LISTS:
        picked: Line = []
        for key, field in (("d", "driver"), ("s", "sharing"), ("y", "yielding")):
            picked += [*_key(theme, key), *_current(theme, experiment, field), Segment(" ")]
        return [picked, _with_query(theme, numbers, query, cells)]
    third = _list(theme, experiment, cells, "y", "yielding")
    third += [Segment("   "), *_key(theme, "f", "fetch"), *_current(theme, experiment, "reading")]
    third += [Segment("   "), *numbers]
    return [
        _list(theme, experiment, cells, "d", "driver"),
        _list(theme, experiment, cells, "s", "sharing"),
        _with_query(theme, third, query, cells),
    ]


def _key(theme: Look, key: str, label: str = "") -> Line:
    label = f" {label}" if label else ""
    return [Segment(f" {key}", theme.style("key", bold=True)), Segment(f"{label} ", theme.style("dim"))]


def _list(theme: Look, experiment: Experiment, cells: int, key: str, field: str) -> Line:
    """A picker as a list; of a list that is too long, the part around what is picked."""
    items = choices(experiment, field)
    first, last = window([width(item.label) + 2 for item in items], _picked(items), cells - LABEL_CELLS - 2)
    line = _key(theme, key, f"{field:<{LABEL_CELLS - 5}}")
    line.append(Segment("‹" if first else " ", theme.style("dim")))
    line += [_item(theme, field, item) for item in items[first:last]]
    return [*line, Segment("›", theme.style("dim"))] if last < len(items) else line


def _item(theme: Look, field: str, item: Choice) -> Segment:
    click = Style.from_meta({"@click": f"screen.pick('{field}', '{item.value}')"})
    return Segment(f" {item.label} ", _item_style(theme, item) + click)


def _item_style(theme: Look, item: Choice) -> Style:
    if item.picked:
        return theme.style("picked-text", "picked", bold=True)
    return theme.style("dim") + Style(strike=True) if item.refusal else theme.style("foreground")


def _current(theme: Look, experiment: Experiment, field: str) -> Line:
    """A picker as what is picked; a click picks the next one."""
    items = choices(experiment, field)
    item = items[_picked(items)]
    click = Style.from_meta({"@click": f"screen.cycle('{field}', 1)"})
    return [Segment(f" {item.label} ", _item_style(theme, item) + click)]


def _numbers(theme: Look, experiment: Experiment, editing: tuple[str, str] | None, *, terse: bool) -> Line:
    """The numbers; a delay of none only where there is room for it."""
    line: Line = []
    for number in NUMBERS:
        edited = editing is not None and editing[0] == number.field
        if number.field == "pool_size" and experiment.sharing is not Sharing.POOL and not edited:
            continue
        if number.field == "server_delay" and terse and not experiment.server_delay and not edited:
            continue
        click = Style.from_meta({"@click": f"screen.edit('{number.field}')"})
        line += [Segment(f" {number.key}", theme.style("key", bold=True))]
        line += [Segment(f" {number.label} ", theme.style("dim") + click)]
        if editing is not None and edited:
            line += [Segment(f" {editing[1]}▏", theme.style("picked-text", "mark", bold=True)), Segment(" ")]
        else:
            line += [Segment(f"{number.shown(experiment)} ", theme.style("foreground", bold=True) + click)]
    if experiment.eager:
        line += [*_key(theme, "e", "eager"), *_current(theme, experiment, "eager")]
    return line


def _with_query(theme: Look, line: Line, query: str, cells: int) -> Line:
    """The line with as much of the query as fits behind it."""
    click = Style.from_meta({"@click": "screen.query"})
    label = [Segment(" q", theme.style("key", bold=True)), Segment(" query ", theme.style("dim") + click)]
    room = cells - sum(width(segment.text) for segment in (*line, *label)) - 1
    text = clipped(visible(" ".join(query.split())), max(0, room))
    return [*line, *label, Segment(text, theme.style("foreground") + click)]


def _picked(items: list[Choice]) -> int:
    return next((place for place, item in enumerate(items) if item.picked), 0)


def window(widths: list[int], place: int, cells: int) -> tuple[int, int]:
    """Which items to show around the one at `place`, so that they fit: (first, after the last)."""
    first = 0
    while first < place and sum(widths[first : place + 1]) > cells:
        first += 1
    last = place + 1
    while last < len(widths) and sum(widths[first : last + 1]) <= cells:
        last += 1
    return first, last
