"""Draws the compact list: a line a task, with the columns that have room. Pure functions."""

from collections.abc import Mapping

from rich.segment import Segment

from pgtui.core.ledger import account
from pgtui.ui.look import Look
from pgtui.ui.picture import Picture
from pgtui.ui.text import fitted, milliseconds
from pgtui.ui.words import state_of, wrongs

BAR_CELLS = 10
_NAME, _STATE, _BACKEND, _BAR, _ROWS, _WRONG, _STEPS, _TIME = 11, 19, 9, BAR_CELLS + 1, 15, 14, 8, 9
ROOM_FOR_LONG_STATES = 130
_LONG_STATE = 30


def columns_in(picture: Picture, cells: int) -> dict[str, int]:
    """The columns that fit in so many cells, with their widths; what can be missed most comes last."""
    state = _LONG_STATE if cells >= ROOM_FOR_LONG_STATES else _STATE
    digits = len(f"{picture.trace.header.expected or 0:,}")
    wanted = {"task": _NAME, "state": state, "bar": _BAR, "rows": max(_ROWS, 2 * digits + 5)}
    if any(wrongs(picture.trace, picture.moment, task) for task in picture.trace.tasks):
        wanted["wrong"] = _WRONG
    wanted |= {"backend": _BACKEND, "steps": max(_STEPS, digits + 2), "ran": _TIME, "ready": _TIME, "waited": _TIME}
    fitting: dict[str, int] = {}
    for name, wide in wanted.items():
        if sum(fitting.values()) + wide > cells:
            break
        fitting[name] = wide
    return fitting


def heading(theme: Look, columns: Mapping[str, int]) -> Segment:
    """The names of the columns."""
    names = {"bar": "rows", "rows": ""}
    text = "".join(fitted(names.get(name, name), wide) for name, wide in columns.items())
    return Segment(text, theme.style("dim", bold=True))


def task_line(theme: Look, picture: Picture, task: int, columns: Mapping[str, int], *, shared: bool) -> list[Segment]:
    """A task's line.

    Args:
        theme: the colours.
        picture: the moment.
        task: whose line.
        columns: as `columns_in` gives them; worked out once for all lines.
        shared: whether others are on the task's connection.
    """
    trace, moment = picture.trace, picture.moment
    state, it = moment.tasks[task], account(trace, moment, task)
    name, words = state_of(trace, moment, task)
    if columns.get("state", 0) < _LONG_STATE:
        words = words.replace("waiting for lock held by ", "lock: ").removeprefix("waiting ")
    backend = f"{state.backend or ''}" + (f" {theme.glyph('shared')}" if shared else "")
    rows = f"{it.received:,}" + (f" of {it.expected:,}" if it.expected is not None else "")
    wrong = ", ".join(f"{count:,} {what}" for what, count in wrongs(trace, moment, task))
    ran, ready, waited = (milliseconds(ns) for ns in state.at(picture.time + trace.origin))
    full = round(BAR_CELLS * min(1.0, it.received / it.expected)) if it.expected else 0
    parts = {
        "task": (trace.name(task), theme.style(theme.task(task), bold=True)),
        "state": (f"{theme.glyph(name)} {words}", theme.style(theme.state(name))),
        "rows": (rows, theme.style("foreground")),
        "wrong": (wrong, theme.style("row-lost", bold=True)),
        "backend": (backend, theme.style("foreground" if shared else "dim")),
        "steps": (f"{state.steps:,}", theme.style("dim")),
        "ran": (ran, theme.style("dim")),
        "ready": (ready, theme.style("dim")),
        "waited": (waited, theme.style("dim")),
    }
    line: list[Segment] = []
    for column, wide in columns.items():
        if column == "bar":
            line += [Segment("█" * full, theme.style(theme.task(task))),
                     Segment("─" * (BAR_CELLS - full) + " ", theme.style("dim"))]  # fmt: skip
        else:
            text, style = parts[column]
            line.append(Segment(fitted(text, wide - 1) + " ", style))
    return line
