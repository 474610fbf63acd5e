"""The same experiment on two drivers: their timelines on one time axis, under one playhead."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Footer, Static

from pgtui.core.trace import Trace
from pgtui.ui.commands import SEEKING, bindings_of, chosen
from pgtui.ui.comparison import comparison
from pgtui.ui.look import look
from pgtui.ui.picture import Mode, Picture
from pgtui.ui.playback import Playback
from pgtui.ui.screens.playhead import PlayheadScreen
from pgtui.ui.widgets.ribbon import Ribbon
from pgtui.ui.widgets.status import Status
from pgtui.ui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from textual.app import ComposeResult

TABLE_LINES = 4
"""Of the table, besides a line a task."""


class CompareScreen(PlayheadScreen):
    """Two finished runs; time goes as in the longer one."""

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's
        *bindings_of(chosen(*(name for name in SEEKING if name != "axis"))),
        Binding("escape,c", "dismiss", "back", id="compare-back"),
    ]

    DEFAULT_CSS = """
    CompareScreen { background: $background; overflow: hidden; }
    CompareScreen Vertical { height: 1fr; }
    CompareScreen Timeline { height: 1fr; }
    CompareScreen Ribbon { height: 1; }
    CompareScreen #table { height: auto; max-height: 40%; }
    """

    def __init__(self, left: Trace, right: Trace) -> None:
        super().__init__()
        self._traces = left, right
        longer = left if left.elapsed >= right.elapsed else right
        self.playback = Playback(longer, Mode.PLAYING, by_step=False)
        self._shown: tuple[object, ...] = ()

    def compose(self) -> "ComposeResult":
        yield Status()
        for side in ("left", "right"):
            with Vertical(id=side):
                yield Timeline()
                yield Ribbon()
        yield Static(id="table", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def show_picture(self) -> None:
        playback = self.playback
        assert playback is not None
        left, right = (self._picture(trace, playback) for trace in self._traces)
        key = (left.look, right.look, self.size)
        if key == self._shown:
            return
        self._shown = key
        for side, picture in (("#left", left), ("#right", right)):
            self.query_one(f"{side} Timeline", Timeline).show(picture)
            self.query_one(f"{side} Ribbon", Ribbon).show(picture)
        self.query_one(Status).show(left if playback.trace is left.trace else right, playback.pace, 0)
        self.query_one("#table", Static).update(comparison(look(self.app), left, right, self.size.width))

    def _picture(self, trace: Trace, playback: Playback) -> Picture:
        """One of the runs at the time of the playhead; the shorter one stays at its end."""
        time = playback.time
        mine = playback.trace is trace
        index = playback.index if mine else trace.index_at(time)
        return Picture(
            trace=trace,
            moment=trace.at(index),
            time=min(time, trace.elapsed),
            mode=playback.mode,
            by_step=False,
            zoom=self.zoom,
            left=self.left,
            span=playback.trace.elapsed,
        )

    @on(Timeline.Sought)
    def seek(self, message: Timeline.Sought) -> None:
        """Go to the time of an event of either run."""
        playback, sender = self.playback, message.control
        assert playback is not None
        trace = self._traces[0] if sender in self.query("#left Timeline") else self._traces[1]
        event = trace.event(message.index - 1) if message.index else None
        index = message.index if trace is playback.trace else playback.trace.index_at(event.time if event else 0)
        self.action_seek(index)
