"""The status line: what ran on which server, how the playhead moves, and what the screen itself cost the run."""

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from pgtui.core.trace import Trace
from pgtui.ui.look import Look, look
from pgtui.ui.picture import Mode, Picture
from pgtui.ui.text import milliseconds, width
from pgtui.ui.words import experiment_words

Part = tuple[str, str]
"""A text and the name of its colour."""


class Status(Widget):
    """One line."""

    HELP = """\
## Status

Left: the driver that ran, with its version, and the experiment. Right: **live** while the run goes on and is
followed, **playing** with its speed (`1 s = 2 ms`: one second shows two milliseconds of the run), **paused**,
**finished**; the playhead; events that were not kept (red); the longest time that the event loop came back late,
and how late one time in a hundred; the share of the loop that painting this screen took; the server.
"""

    DEFAULT_CSS = """
    Status { height: 1; background: $panel; }
    """

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__(id="status")
        self._parts: tuple[list[Part], list[Part]] = ([("pgtui", "chip")], [])

    def show(self, picture: Picture, pace: float, p99: int) -> None:
        """Show a picture's line.

        Args:
            picture: what to show.
            pace: nanoseconds of the run that a second of playing shows.
            p99: how late the loop was, in nanoseconds, one time in a hundred; 0 when that is not known.
        """
        parts = _left(picture.trace), _right(picture, pace, p99, look(self.app).glyph(picture.mode.value))
        if parts != self._parts:
            self._parts = parts
            self.refresh()

    def say(self, words: str) -> None:
        """Show words in place of a run."""
        self._parts = [("pgtui", "chip"), (words, "foreground")], []
        self.refresh()

    def render_line(self, y: int) -> Strip:
        cells, theme = self.size.width, look(self.app)
        left, right = self._parts
        # The driver always has its place; then comes what is at the right, then the rest of the left.
        used = sum(width(text) + 3 for text, _ in left[:2])
        shown: list[Part] = []
        for part in right:
            if used + width(part[0]) + 3 <= cells:
                shown.append(part)
                used += width(part[0]) + 3
        told = left[:2]
        for part in left[2:]:
            if used + width(part[0]) + 3 > cells:
                break
            told.append(part)
            used += width(part[0]) + 3
        segments = [segment for place, part in enumerate(told) for segment in _drawn(theme, *part, first=place < 2)]
        ends = [segment for text, colour in reversed(shown) for segment in _ended(theme, text, colour)]
        filler = cells - sum(width(segment.text) for segment in (*segments, *ends))
        strip = Strip([*segments, Segment(" " * max(0, filler)), *ends])
        return strip.adjust_cell_length(cells).apply_style(self.rich_style)


def _ended(theme: Look, text: str, colour: str) -> list[Segment]:
    return [Segment(" "), Segment(text, _style(theme, colour)), Segment("  ")]


def _style(theme: Look, colour: str) -> Style:
    return theme.style(colour, bold=colour.startswith("mode-") or colour == "error")


def _drawn(theme: Look, text: str, colour: str, *, first: bool) -> list[Segment]:
    if colour == "chip":
        return [Segment(f" {text} ", theme.style("task-text", "task-1", bold=True)), Segment(" ")]
    dot = [] if first else [Segment(" · ", theme.style("dim"))]
    return [*dot, Segment(f" {text}" if first else text, theme.style(colour, bold=first))]


def _left(trace: Trace) -> list[Part]:
    header = trace.header
    driver = f"{header.experiment.driver} {header.driver_version}".strip()
    words = experiment_words(header.experiment)
    return [("pgtui", "chip"), (driver, "foreground"), *((word, "dim") for word in words)]


def _right(picture: Picture, pace: float, p99: int, glyph: str) -> list[Part]:
    """What matters most comes first: it is what stays when there is little room."""
    trace, moment = picture.trace, picture.moment
    words = f"{glyph} {picture.mode.value}"
    if picture.mode is Mode.PLAYING:
        words += f"  1 s = {milliseconds(int(pace))}"
    whole = f" of {len(trace):,}" if trace.finished else ""
    parts = [(words, f"mode-{picture.mode.value}"),
             (f"event {picture.index:,}{whole}", "foreground"), (milliseconds(picture.time), "foreground")]  # fmt: skip
    if trace.dropped:
        parts.insert(1, (f"{trace.dropped:,} events not kept", "error"))
    if moment.painted and picture.time:
        parts.append((f"ui {100 * moment.painted / max(1, picture.time):.0f} %", "dim"))
    if moment.stalled:
        tail = f", p99 {milliseconds(p99)}" if p99 else ""
        parts.append((f"loop stall {milliseconds(moment.stalled)}{tail}", "dim"))
    server = f"PostgreSQL {trace.header.server}{' embedded' if trace.header.embedded else ''}"
    parts.append((server, "dim"))
    return parts
