"""Two runs beside each other, at one time: who got which rows, and how long it took. Pure functions."""

from rich.text import Text

from pgtui.core.ledger import account
from pgtui.core.trace import Trace
from pgtui.ui.look import Look
from pgtui.ui.picture import Picture
from pgtui.ui.text import clipped, fitted, milliseconds, width
from pgtui.ui.words import state_of

NAME_CELLS = 11
MOST_TASKS = 12


def comparison(theme: Look, left: Picture, right: Picture, cells: int) -> Text:
    """A table: a line a task, a column a run; the totals first."""
    wide = max(12, (cells - NAME_CELLS - 2) // 2)
    text = Text()
    _line(text, theme, "", [driver_words(left.trace), driver_words(right.trace)], wide, "foreground", bold=True)
    for name, of in (("took", _took), ("rows", _rows), ("turns", _turns)):
        _line(text, theme, name, [of(left), of(right)], wide, "foreground")
    tasks = list(left.trace.tasks)
    for task in tasks[:MOST_TASKS]:
        told = [_told(theme, picture, task, wide - 2) for picture in (left, right)]
        _line(text, theme, left.trace.name(task), told, wide, theme.task(task))
    if len(tasks) > MOST_TASKS:
        text.append(f"and {len(tasks) - MOST_TASKS:,} more tasks\n", style=theme.style("dim"))
    return text


def comparison_lines(tasks: int) -> int:
    """How many lines the table takes for so many tasks."""
    return 4 + min(tasks, MOST_TASKS) + (tasks > MOST_TASKS)


def _line(text: Text, theme: Look, name: str, parts: list[str], wide: int, colour: str, *, bold: bool = False) -> None:
    text.append(f" {fitted(name, NAME_CELLS)} ", style=theme.style("dim" if colour == "foreground" else colour))
    for part in parts:
        text.append(fitted(clipped(part, wide - 1), wide), style=theme.style(colour, bold=bold))
    text.append("\n")


def driver_words(trace: Trace) -> str:
    """The driver of a run, with its version."""
    return f"{trace.header.experiment.driver} {trace.header.driver_version}".rstrip()


def _took(picture: Picture) -> str:
    elapsed = picture.trace.elapsed
    return f"{milliseconds(min(picture.time, elapsed))} of {milliseconds(elapsed)}"


def _rows(picture: Picture) -> str:
    accounts = [account(picture.trace, picture.moment, task) for task in picture.trace.tasks]
    totals = [(sum(getattr(one, name) for one in accounts), name) for name in ("foreign", "doubled", "lost")]
    words = [f"{sum(one.received for one in accounts):,} arrived"]
    return ", ".join(words + [f"{count:,} {name}" for count, name in totals if count])


def _turns(picture: Picture) -> str:
    turns = picture.moment.turns
    return "the rows do not mix" if turns < len(picture.trace.tasks) else f"{turns:,} times another task's row"


def _told(theme: Look, picture: Picture, task: int, cells: int) -> str:
    """State, rows and times of a task, as many of them as fit."""
    trace, moment = picture.trace, picture.moment
    if task >= len(moment.tasks):
        return ""
    it = account(trace, moment, task)
    expected = f" of {it.expected:,}" if it.expected is not None else ""
    ran, _, waited = (milliseconds(ns) for ns in moment.tasks[task].at(moment.time))
    state, words = state_of(trace, moment, task)
    told = f"{theme.glyph(state)} {words}"
    for part in (f"{it.received:,}{expected} rows", f"ran {ran}", f"waited {waited}"):
        if width(f"{told} · {part}") > cells:
            break
        told += f" · {part}"
    return told
