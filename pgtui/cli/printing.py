"""Text for people on a terminal: colours when it takes them, aligned columns, and no control characters of a server."""

import os
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence

import click

from pgtui.core.events import LINES, UNTAGGED, Event, Failure, Kind
from pgtui.core.findings import Finding, Weight, findings, same_or_not
from pgtui.core.ledger import ledger, outcome
from pgtui.core.text import shown
from pgtui.core.trace import Trace

TASK_COLOURS = (42, 205, 31, 214, 141, 209, 148, 117, 211, 220, 121, 176, 180, 44, 197, 143)
"""xterm's numbers of the tasks' colours; pink 205 and teal 31 are the notebook's."""

MOST_LINES = 120
_STYLE = re.compile(r"\x1b\[[0-9;]*m")


def coloured() -> bool:
    """Whether stdout takes colours: a terminal, and NO_COLOR is not set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def styled(text: str, fg: int | None = None, bold: bool = False, dim: bool = False) -> str:
    """The text in a colour, when there are colours."""
    if not coloured():
        return text
    return click.style(text, fg=fg, bold=bold or None, dim=dim or None)


def task_styled(task: int, text: str) -> str:
    """The text in the colour of a task; the run's own words are dim."""
    return styled(text, dim=True) if task == 0 else styled(text, fg=TASK_COLOURS[(task - 1) % len(TASK_COLOURS)])


def width(text: str) -> int:
    """Columns that the text takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in _STYLE.sub("", text)
    )


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> Iterator[str]:
    """Lines of a table with aligned columns; `right` are the numbers of those aligned to the right."""
    widths = [max(width(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    for row in [[styled(head, dim=True) for head in heads], *rows]:
        cells = [
            " " * (widths[i] - width(cell)) + cell if i in right else cell + " " * (widths[i] - width(cell))
            for i, cell in enumerate(row)
        ]
        yield "  ".join(cells).rstrip()


def print_runs(traces: Sequence[Trace]) -> None:
    """What happened: the last run's log, its ledger and findings, and whether all runs were the same."""
    trace = traces[-1]
    print_log(trace)
    click.echo()
    print_ledger(trace)
    for finding in findings(trace):
        print_finding(finding)
    together = same_or_not(traces)
    if together is not None:
        print_finding(together)


def print_finding(finding: Finding) -> None:
    """A finding with its glyph, and the advice under it."""
    glyph, colour = {Weight.BAD: ("✗", 203), Weight.COSTLY: ("●", 214)}.get(finding.weight, ("·", 117))
    click.echo(f"\n{styled(glyph, fg=colour)} {finding.text}")
    if finding.advice:
        click.echo(f"  {styled('→', fg=42)} {finding.advice}")


def print_log(trace: Trace) -> None:
    """Each line of the tasks' logs in the order in which it happened, in its task's colour."""
    names = max(len(name) for name in trace.header.names)
    shown_lines = 0
    for event in trace.events():
        if event.kind not in LINES or event.kind is Kind.DONE:
            continue
        shown_lines += 1
        if shown_lines <= MOST_LINES:
            click.echo(task_styled(event.task, f"{trace.name(event.task):<{names}}  {line_text(trace, event)}"))
    if shown_lines > MOST_LINES:
        click.echo(styled(f"… and {shown_lines - MOST_LINES:,} lines more (--json tells all)", dim=True))


def line_text(trace: Trace, event: Event) -> str:
    """One line of a log in words."""
    if event.kind in (Kind.ROW, Kind.ROW_AGAIN):
        values = trace.values(event.value)
        if values is None:
            text = f"row {event.number:,}"
        else:
            text = "  ".join(shown(value) for value in (values[:-2] if trace.header.tagged else values))
        if event.owner not in (event.task, 0, UNTAGGED):
            text += f"  (asked for by {trace.name(event.owner)})"
        return text + ("  (again)" if event.kind is Kind.ROW_AGAIN else "")
    if event.kind is Kind.BACKEND:
        return f"backend {event.value}"
    payload = trace.said(event.value)
    if event.kind is Kind.FAILED and isinstance(payload, Failure):
        state = f" [{payload.sqlstate}]" if payload.sqlstate else ""
        return f"✗ {payload.type}{state}: {shown(payload.message)}"
    words = {Kind.DONE: "done", Kind.CANCELLED: "cancelled", Kind.TIMED_OUT: "timed out"}
    return words.get(event.kind) or shown(payload)


def print_ledger(trace: Trace) -> None:
    """Who asked for how many rows, and who got them."""
    rows = [
        [
            task_styled(task, trace.name(task)),
            "untagged" if one.expected is None else f"{one.expected:,}",
            f"{one.received:,}",
            _count(one.foreign),
            _count(one.doubled),
            _count(one.lost),
            f"{trace.now.tasks[task].steps:,}",
            outcome(trace, task),
        ]
        for task, one in zip(trace.tasks, ledger(trace), strict=True)
    ]
    heads = ["task", "expected", "received", "foreign", "doubled", "lost", "steps", "outcome"]
    for line in table(heads, rows, right=frozenset(range(1, 7))):
        click.echo(line)
    dropped = f"; {trace.dropped:,} events not kept" if trace.dropped else ""
    click.echo(styled(f"{trace.elapsed / 1e6:,.1f} ms, {trace.now.turns:,} switches{dropped}", dim=True))


def _count(number: int) -> str:
    return styled(f"{number:,}", fg=203) if number else "0"
