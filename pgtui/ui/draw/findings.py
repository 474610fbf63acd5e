"""What happened, in words: each finding as a sentence with its weight, what to do instead, and where to see it.

A pure function of picture, width and look. Which line belongs to which finding comes with the lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.style import Style

from pgtui.core.findings import Finding, Weight
from pgtui.core.ledger import ledger, shares_one_result
from pgtui.core.state import Phase
from pgtui.core.trace import Trace
from pgtui.ui.draw.cells import Row, line
from pgtui.ui.look import Look
from pgtui.ui.picture import Picture
from pgtui.ui.text import visible, width

MARKS = {Weight.BAD: "●", Weight.COSTLY: "▲", Weight.WORTH_KNOWING: "○"}
"""A shape for each weight beside its colour."""
INDENT = 2
LONGEST_HEADLINE = 60
"""Characters of a sentence's beginning, up to a colon or full stop, that are written in bold."""

Word = tuple[str, Style]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines of the panel.

    Attributes:
        rows: all of them, each as wide as asked.
        owners: for each row the number of its finding, -1 for none.
    """

    rows: tuple[Row, ...]
    owners: tuple[int, ...]

    def lines_of(self, number: int) -> tuple[int, int]:
        """The first row of a finding, and the one after its last."""
        if number not in self.owners:
            return 0, 0
        first = self.owners.index(number)
        return first, first + self.owners.count(number)


def sheet(picture: Picture, columns: int, look: Look, cursor: int = -1) -> Sheet:
    """What there is to say at the playhead.

    Args:
        picture: the run, with its findings.
        columns: how wide.
        look: the theme.
        cursor: number of the finding that is marked as the one to choose; -1 for none.
    """
    rows: list[Row] = []
    owners: list[int] = []
    blank = line(columns, (), look.style())

    def add(owner: int, some: Iterator[Row]) -> None:
        for row in some:
            rows.append(row)
            owners.append(owner)

    for number, finding in enumerate(picture.findings):
        if rows:
            add(-1, iter([blank]))
        add(number, _finding(picture.trace, finding, columns, look, number == cursor))
    if not picture.findings:
        add(-1, _nothing(picture, columns, look))
    if picture.same is not None:
        add(-1, iter([blank]))
        add(-1, _same(*picture.same, columns, look))
    return Sheet(tuple(rows), tuple(owners))


def _finding(trace: Trace, finding: Finding, columns: int, look: Look, marked: bool) -> Iterator[Row]:
    on = "code-line" if marked else None
    colour = f"finding-{finding.weight.value.replace(' ', '-')}"
    mark = (MARKS[finding.weight], look.style(colour, on, bold=True))
    head = _headline(finding.text)
    yield from _block(mark, _words(trace, finding.text, head, look, on), columns, look, on)
    if finding.advice:
        arrow = (look.glyph("advice"), look.style("advice", on, bold=True))
        yield from _block(arrow, _words(trace, finding.advice, 0, look, on), columns, look, on)
    if finding.instead:
        modes = " · ".join(mode.label for mode in finding.instead)
        words = [(word, look.style("dim", on)) for word in f"instead: {modes}".split(" ")]
        yield from _block((" ", look.style(on=on)), words, columns, look, on)


def _headline(text: str) -> int:
    """How many characters of a sentence are its headline."""
    found = re.match(r"[^.:,;]{8,}?[.:](?=\s)", text)
    return found.end() if found and found.end() <= LONGEST_HEADLINE else 0


def _words(trace: Trace, text: str, head: int, look: Look, on: str | None) -> list[Word]:
    """The words of a text, tasks' names in their colours, the headline bold."""
    numbers = {name: number for number, name in enumerate(trace.header.names) if number}
    words: list[Word] = []
    at = 0
    for word in visible(text).split(" "):
        bare = word.strip(".,:;()").removesuffix("'s")
        task = numbers.get(bare, 0)
        bold = at < head or task > 0
        words.append((word, look.style(look.task(task) if task else "foreground", on, bold=bold)))
        at += len(word) + 1
    return words


def _block(mark: Word, words: list[Word], columns: int, look: Look, on: str | None) -> Iterator[Row]:
    """Words wrapped behind a mark; a word that is longer than the line is broken."""
    fill = look.style(on=on)
    room = max(1, columns - INDENT - (columns > 20))  # apart from the frame
    row: list[Word] = []
    used = 0
    first = True

    def done() -> Row:
        lead = mark if first else (" ", fill)
        return line(columns, [lead, (" " * (INDENT - 1), fill), *row], fill)

    for text, style in words:
        while text:
            size = width(text)
            if used and used + 1 + size <= room:
                row += [(" ", fill), (text, style)]
                used += 1 + size
                text = ""
            elif used:
                yield done()
                first, row, used = False, [], 0
            else:
                piece = text
                while width(piece) > room and len(piece) > 1:
                    piece = piece[: max(1, min(len(piece) - 1, room))]
                row, used, text = [(piece, style)], width(piece), text[len(piece) :]
    yield done()


def _nothing(picture: Picture, columns: int, look: Look) -> Iterator[Row]:
    """What it means that there is no finding."""
    text, glyph, colour = _verdict(picture)
    mark = (look.glyph(glyph), look.style(colour, bold=True))
    yield from _block(mark, _words(picture.trace, text, _headline(text), look, None), columns, look, None)


def _verdict(picture: Picture) -> tuple[str, str, str]:
    """A sentence for a run without findings, its glyph and its colour."""
    trace, moment = picture.trace, picture.moment
    if not (trace.finished and picture.index >= len(trace)):
        return "Nothing to say so far.", "waiting", "dim"
    broken = [state.number for state in moment.tasks if state.phase > Phase.DONE]
    if broken:
        who = ", ".join(trace.name(task) for task in broken[:4]) + (", …" if len(broken) > 4 else "")
        phases = {moment.tasks[task].phase for task in broken}
        what = "met an error" if Phase.FAILED in phases else "ran out of time" if Phase.TIMED_OUT in phases else ""
        return f"{who} {what or 'ended before the end'}: the panes say how; no rule knows why.", "error", "state-error"
    expected = trace.header.expected
    if expected is None:
        return "No error. The rows are not tagged, so lost ones cannot be told.", "done", "state-done"
    if shares_one_result(trace):
        return "Nothing went wrong: the tasks shared the rows of one result.", "done", "state-done"
    if not all(account.full for account in ledger(trace, moment)):
        return "Some rows are missing: the panes say whose; no rule knows why.", "finding", "row-lost"
    rows = f"{expected:,} row{'s' if expected != 1 else ''}"
    who = f"{trace.name(1)} got its" if len(trace.tasks) == 1 else f"each of {len(trace.tasks):,} tasks got its"
    return f"Nothing went wrong: {who} {rows}, and no other task's.", "done", "state-done"


def _same(same: int, runs: int, columns: int, look: Look) -> Iterator[Row]:
    """What repeats say."""
    if same == runs:
        text, colour = f"Same every run: {same} of {runs} gave this order, these rows and errors.", "state-done"
    else:
        text, colour = f"Not the same every run: {same} of {runs} went like this one.", "finding-costly"
    mark = ("=" if same == runs else "≠", look.style(colour, bold=True))
    words = [(word, look.style("foreground")) for word in text.split(" ")]
    yield from _block(mark, words, columns, look, None)
