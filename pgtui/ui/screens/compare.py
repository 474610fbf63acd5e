"""The same experiment on two drivers: their timelines on one time axis, under one playhead."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from pgtui.core.trace import Trace
from pgtui.ui.commands import SEEKING, bindings_of, chosen
from pgtui.ui.comparison import comparison, comparison_lines, driver_words
from pgtui.ui.look import look
from pgtui.ui.picture import Mode, Picture
from pgtui.ui.playback import Playback
from pgtui.ui.screens.playhead import PlayheadScreen
from pgtui.ui.screens.run import LANES_BESIDES
from pgtui.ui.text import milliseconds
from pgtui.ui.widgets.keybar import KeyBar
from pgtui.ui.widgets.ribbon import Ribbon
from pgtui.ui.widgets.status import Part, Status, mode_part, server_part
from pgtui.ui.widgets.timeline import Timeline
from pgtui.ui.words import experiment_words

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Side(Vertical):
    """One of the two runs."""

    DEFAULT_CSS = """
    Side { height: auto; }
    """

    @dataclass
    class Sought(Message):
        """The playhead shall be after the first `index` events of this run."""

        trace: Trace
        index: int

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self.trace = trace

    def compose(self) -> "ComposeResult":
        yield Timeline(driver_words(self.trace))
        yield Ribbon()

    def show(self, picture: Picture) -> None:
        """Show the run at the picture's playhead."""
        self.query_one(Timeline).show(picture)
        self.query_one(Ribbon).show(picture)

    @on(Timeline.Sought)
    def seek(self, message: Timeline.Sought) -> None:
        """Tell whose timeline it was."""
        message.stop()
        self.post_message(self.Sought(self.trace, message.index))


class CompareScreen(PlayheadScreen):
    """Two finished runs; time goes as in the longer one."""

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's
        *bindings_of(chosen(*(name for name in SEEKING if name != "axis")), vim=False),
        Binding("escape,c", "dismiss", "back", id="compare-back"),
    ]

    DEFAULT_CSS = """
    CompareScreen { background: $background; overflow: hidden; }
    CompareScreen > #table { height: auto; max-height: 60%; margin: 1 0 0 0; }
    """

    def __init__(self, left: Trace, right: Trace) -> None:
        super().__init__()
        self._traces = left, right
        longer = left if left.elapsed >= right.elapsed else right
        self.playback: Playback = Playback(longer, Mode.PLAYING, by_step=False)
        self._shown: tuple[object, ...] = ()

    def compose(self) -> "ComposeResult":
        yield Status()
        for trace in self._traces:
            yield Side(trace)
        yield Static(id="table", markup=False)
        yield KeyBar()

    def on_resize(self) -> None:
        """Share the height between the two and the table."""
        tasks = max(len(trace.tasks) for trace in self._traces)
        room = self.size.height - 3 - comparison_lines(tasks)
        for timeline in self.query(Timeline):
            timeline.styles.height = max(3, min(room // 2 - 1, tasks + LANES_BESIDES))
        self._shown = ()

    def show_picture(self) -> None:
        left, right = (self._picture(trace) for trace in self._traces)
        key = (left.look, right.look, self.size)
        if key == self._shown:
            return
        self._shown = key
        for side, picture in zip(self.query(Side), (left, right), strict=True):
            side.show(picture)
        self.query_one(Status).tell(self._status(left, right))
        self.query_one("#table", Static).update(comparison(look(self.app), left, right, self.size.width))

    def _picture(self, trace: Trace) -> Picture:
        """One of the runs at the time of the playhead; the shorter one stays at its end."""
        playback = self.playback
        index = playback.index if playback.trace is trace else trace.index_at(playback.time)
        return Picture(
            trace=trace,
            moment=trace.at(index),
            time=min(playback.time, trace.elapsed),
            mode=playback.mode,
            by_step=False,
            zoom=self.zoom,
            left=self.left,
            span=playback.trace.elapsed,
        )

    def _status(self, left: Picture, right: Picture) -> list[Part]:
        """Both drivers; once, what both ran, and where the playhead is."""
        longer = left if self.playback.trace is left.trace else right
        sharing, *others = experiment_words(left.trace.header.experiment)
        dropped = left.trace.dropped + right.trace.dropped
        return [
            Part("pgtui", "chip", left=True),
            Part(f"{driver_words(left.trace)} | {driver_words(right.trace)}", "foreground", left=True),
            Part(sharing, "dim", 2, left=True),
            *(Part(words, "dim", 5, left=True) for words in others),
            Part("by time", "dim", 3, left=True),
            mode_part(longer, self.playback.pace, look(self.app).glyph(longer.mode.value)),
            Part(f"{milliseconds(longer.time)} of {milliseconds(longer.trace.elapsed)}", "foreground", 4),
            *([Part(f"{dropped:,} events not kept", "error", 1)] if dropped else []),
            server_part(longer.trace, 8),
        ]

    @on(Side.Sought)
    def seek(self, message: Side.Sought) -> None:
        """Go to the time of an event of either run."""
        index = message.index
        if message.trace is not self.playback.trace:
            event = message.trace.event(index - 1)
            index = self.playback.trace.index_at(event.time if event else 0)
        self.action_seek(index)
