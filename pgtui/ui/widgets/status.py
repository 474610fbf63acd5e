"""The status line: what ran on which server, how the playhead moves, and what the screen itself cost the run."""

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from pgtui.core.trace import Trace
from pgtui.ui.look import Look, look
from pgtui.ui.picture import Mode, Picture
from pgtui.ui.text import milliseconds, width
from pgtui.ui.words import experiment_words


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the line.

    Attributes:
        text: what it says.
        colour: the name of its colour.
        rank: which pieces give way first when there is little room: those with the greatest rank.
        left: whether it stands at the left.
    """

    text: str
    colour: str
    rank: int = 0
    left: bool = False


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
        self._parts = [Part("pgtui", "chip", left=True)]

    def show(self, picture: Picture, pace: float, p99: int) -> None:
        """Show a picture's line.

        Args:
            picture: what to show.
            pace: nanoseconds of the run that a second of playing shows.
            p99: how late the loop was, in nanoseconds, one time in a hundred; 0 when that is not known.
        """
        self.tell(parts_of(picture, pace, p99, look(self.app).glyph(picture.mode.value)))

    def tell(self, parts: list[Part]) -> None:
        """Show these parts."""
        if parts != self._parts:
            self._parts = parts
            self.refresh()

    def say(self, words: str) -> None:
        """Show words in place of a run."""
        self.tell([Part("pgtui", "chip", left=True), Part(words, "foreground", left=True)])

    def render_line(self, y: int) -> Strip:
        cells, theme = self.size.width, look(self.app)
        shown = fitting(self._parts, cells)
        left, right = [part for part in shown if part.left], [part for part in shown if not part.left]
        segments = [segment for place, part in enumerate(left) for segment in _drawn(theme, part, first=place < 2)]
        ends = [segment for part in reversed(right) for segment in _ended(theme, part)]
        filler = cells - sum(width(segment.text) for segment in (*segments, *ends))
        strip = Strip([*segments, Segment(" " * max(0, filler)), *ends])
        return strip.adjust_cell_length(cells).apply_style(self.rich_style)


def fitting(parts: list[Part], cells: int) -> list[Part]:
    """The parts that have room, the ones that matter most; once one has none, none that matters less is shown."""
    shown: set[int] = set()
    for place in sorted(range(len(parts)), key=lambda place: parts[place].rank):
        cells -= width(parts[place].text) + 3
        if cells < 0 and parts[place].rank:
            break
        shown.add(place)
    return [part for place, part in enumerate(parts) if place in shown]


def _ended(theme: Look, part: Part) -> list[Segment]:
    return [Segment(" "), Segment(part.text, _style(theme, part.colour)), Segment("  ")]


def _style(theme: Look, colour: str) -> Style:
    return theme.style(colour, bold=colour.startswith("mode-") or colour == "error")


def _drawn(theme: Look, part: Part, *, first: bool) -> list[Segment]:
    if part.colour == "chip":
        return [Segment(f" {part.text} ", theme.style("task-text", "task-1", bold=True)), Segment(" ")]
    dot = [] if first else [Segment(" · ", theme.style("dim"))]
    return [*dot, Segment(f" {part.text}" if first else part.text, theme.style(part.colour, bold=first))]


def parts_of(picture: Picture, pace: float, p99: int, glyph: str) -> list[Part]:
    """What there is to say about a picture; the parts at the right from right to left."""
    trace, moment, header = picture.trace, picture.moment, picture.trace.header
    sharing, *others = experiment_words(header.experiment)
    many = others.pop()
    whole = f" of {len(trace):,}" if trace.finished else ""
    parts = [
        Part("pgtui", "chip", left=True),
        Part(f"{header.experiment.driver} {header.driver_version}".strip(), "foreground", left=True),
        Part(sharing, "dim", 3, left=True),
        *(Part(word, "dim", 4, left=True) for word in others),
        Part(many, "dim", 9, left=True),
        mode_part(picture, pace, glyph),
        Part(f"event {picture.index:,}{whole}", "foreground", 2),
        Part(milliseconds(picture.time), "foreground", 7),
    ]
    if trace.dropped:
        parts.append(Part(f"{trace.dropped:,} events not kept", "error", 1))
    if moment.painted and picture.time:
        parts.append(Part(f"ui {100 * moment.painted / max(1, picture.time):.0f} %", "dim", 5))
    if moment.stalled:
        tail = f", p99 {milliseconds(p99)}" if p99 else ""
        parts.append(Part(f"loop stall {milliseconds(moment.stalled)}{tail}", "dim", 6))
    return [*parts, server_part(trace, 8)]


def mode_part(picture: Picture, pace: float, glyph: str) -> Part:
    """Whether it plays, and how fast."""
    fast = f"  1 s = {milliseconds(int(pace))}" if picture.mode is Mode.PLAYING else ""
    return Part(f"{glyph} {picture.mode.value}{fast}", f"mode-{picture.mode.value}")


def server_part(trace: Trace, rank: int) -> Part:
    """The server that it ran on."""
    header = trace.header
    return Part(f"PostgreSQL {header.server}{' embedded' if header.embedded else ''}", "dim", rank)
