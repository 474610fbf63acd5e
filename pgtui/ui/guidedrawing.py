"""Draws the guide: the list of hazards, an entry in words, and how a hazard fared here. Pure functions.

Meaning never hangs on colour: every mark has its word, and the chosen hazard an arrow.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.style import Style

from pgtui.guide import Hazard, Outcome
from pgtui.guide.hazard import CaseOutcome
from pgtui.ui.draw.cells import Row, line
from pgtui.ui.draw.flow import Word, flow, words
from pgtui.ui.entries import Entry
from pgtui.ui.guidesearch import Found
from pgtui.ui.look import Look
from pgtui.ui.text import clipped, visible

LIST_INDENT = 7
LABEL_CELLS = 9
ISSUES = "https://github.com/{}/issues/{}"

Mark = tuple[str, str, str]
"""A glyph, the name of its colour, and the words for it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The list, line by line.

    Attributes:
        rows: all lines, each as wide as asked.
        owners: for each line, which of the listed hazards it belongs to.
    """

    rows: tuple[Row, ...]
    owners: tuple[int, ...]

    def lines_of(self, place: int) -> tuple[int, int]:
        """The first line of a listed hazard, and the one after its last."""
        if place not in self.owners:
            return 0, 0
        first = self.owners.index(place)
        return first, first + self.owners.count(place)


def shown_mark(theme: Look, shown: bool) -> Mark:
    """Whether a hazard showed."""
    return (theme.glyph("finding"), "finding-bad", "shown") if shown else (theme.glyph("ready"), "mark", "NOT shown")


def clean_mark(theme: Look, clean: bool) -> Mark:
    """Whether the right way was clean."""
    if clean:
        return theme.glyph("done"), "state-done", "right way clean"
    return theme.glyph("error"), "state-error", "right way NOT clean"


def outcome_mark(theme: Look, outcome: Outcome | None) -> Mark:
    """How a hazard fared on this server, in one mark."""
    if outcome is None:
        return theme.glyph("absent"), "dim", ""
    if outcome.skipped is not None:
        return theme.glyph("cancelled"), "state-lock", "skipped"
    if outcome.shown and outcome.right_way_clean:
        return theme.glyph("done"), "state-done", "shown, right way clean"
    (_, _, shown), (_, _, clean) = shown_mark(theme, outcome.shown), clean_mark(theme, outcome.right_way_clean)
    return theme.glyph("error"), "state-error", f"{shown}, {clean}"


def listing(
    theme: Look, found: Sequence[Found], outcomes: dict[int, Outcome], chosen: int, columns: int, focused: bool
) -> Listing:
    """The hazards that were looked for.

    Args:
        theme: the look.
        found: which, in their order.
        outcomes: number of a hazard → how it fared, for those that were run.
        chosen: the place of the chosen one.
        columns: how wide.
        focused: whether the keys go to the list.
    """
    rows: list[Row] = []
    owners: list[int] = []
    for place, one in enumerate(found):
        mark = outcome_mark(theme, outcomes.get(one.hazard.number))
        some = list(_listed(theme, one, mark, columns, place == chosen, focused))
        rows += some
        owners += [place] * len(some)
    if not found:
        told = "No hazard is called so, and none of the guide's errors is in this text. Escape brings all of them back."
        rows += flow(columns, words(told, theme.style("foreground")), theme.style())
        owners += [-1] * len(rows)
    return Listing(tuple(rows), tuple(owners))


def _listed(theme: Look, one: Found, mark: Mark, columns: int, chosen: bool, focused: bool) -> Iterator[Row]:
    on = "code-line" if chosen else None
    hazard, (glyph, colour, told) = one.hazard, mark
    lead = [
        (theme.glyph("marker") if chosen else " ", theme.style("mark" if focused else "dim", on, bold=True)),
        (f"{hazard.number:>3} ", theme.style("key" if chosen else "dim", on)),
        (glyph, theme.style(colour, on, bold=True)),
    ]
    explains = f"explains “{clipped(visible(one.message), 3 * columns)}”" if one.message else ""
    some = words(hazard.title, theme.style("foreground", on, bold=chosen))
    for text, ink in ((" ".join(hazard.drivers), "dim"), (told, colour), (explains, "code-string")):
        for place, (word, style) in enumerate(words(text, theme.style(ink, on))):
            some.append((word if place else f"· {word}", style))  # a dot at the end of a line tells nothing
    yield from flow(columns, some, theme.style(on=on), lead, LIST_INDENT)


def entry(
    theme: Look, hazard: Hazard, read: Entry | None, outcome: Outcome | None, found: str, columns: int
) -> list[Row]:
    """A hazard in words, and how it fared.

    Args:
        theme: the look.
        hazard: which.
        read: what was read from the sources; None before it was.
        outcome: how it fared on this server, if it was run.
        found: the error message by which it was found; empty otherwise.
        columns: how wide.
    """
    plain, blank = theme.style("foreground"), line(columns, (), theme.style())
    rows = list(flow(columns, words(hazard.title, theme.style("foreground", bold=True)), theme.style()))
    rows += flow(columns, words(hazard.happens, plain), theme.style())
    rows += [blank, *_fared(theme, outcome, columns), blank] if outcome is not None else [blank]
    if found:
        rows += _labelled(theme, "met", [words(f"“{found}”", theme.style("code-string"))], columns)
    rows += _labelled(theme, "why", [words(hazard.why, plain)], columns)
    rows += _labelled(theme, f"{theme.glyph('advice')} instead", [words(hazard.instead, plain)], columns, "advice")
    rows += _labelled(theme, "source", _places(theme, hazard, read), columns)
    rows += _labelled(theme, "issues", [[_linked(theme, issue) for issue in hazard.issues]], columns)
    told = [words(f"“{message.text}”", theme.style("code-string")) for message in hazard.messages]
    return rows + _labelled(theme, "errors", told, columns)


def _labelled(theme: Look, label: str, some: Sequence[Sequence[Word]], columns: int, colour: str = "key") -> list[Row]:
    """Paragraphs beside a label; nothing when there is none."""
    rows: list[Row] = []
    for paragraph in filter(None, some):
        lead = [(label, theme.style(colour, bold=True))] if not rows else []
        rows += flow(columns, paragraph, theme.style(), lead, LABEL_CELLS + 1)
    return rows


def _places(theme: Look, hazard: Hazard, read: Entry | None) -> list[list[Word]]:
    """A line each; without the lines' numbers until the sources were read."""
    texts = read.places if read is not None else tuple(f"{one.file} {one.function}" for one in hazard.places)
    told = []
    for text in texts:
        file, _, function = text.partition(" ")
        told.append([(file, theme.style("code-function")), *words(function, theme.style("foreground"))])
    return told


def _linked(theme: Look, issue: str) -> Word:
    """An issue as a link, for terminals that know links."""
    repository, _, number = issue.partition("#")
    return issue, theme.style("foreground") + Style(link=ISSUES.format(repository, number))


def _fared(theme: Look, outcome: Outcome, columns: int) -> Iterator[Row]:
    several = len(outcome.cases) > 1
    for case in outcome.cases:
        if several:
            yield from flow(columns, [(case.driver, theme.style("foreground", bold=True))], theme.style())
        for (glyph, colour, told), seen in case_words(theme, case):
            some = [*words(f"{told}:" if seen else told, theme.style(colour, bold=True)),
                    *words(seen, theme.style("foreground"))]  # fmt: skip
            yield from flow(columns, some, theme.style(), [(glyph, theme.style(colour, bold=True))], 2)


def case_words(theme: Look, case: CaseOutcome) -> list[tuple[Mark, str]]:
    """How a case fared: marks, each with what was seen."""
    if case.skipped is not None:
        return [((theme.glyph("cancelled"), "state-lock", "skipped"), case.skipped)]
    return [(shown_mark(theme, case.shown), case.seen), (clean_mark(theme, case.right_way_clean), case.right_way_seen)]
