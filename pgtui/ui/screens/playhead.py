"""A screen with a playhead: one timer moves it and asks the panels to show the picture; keys move it too."""

import contextlib
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual import on
from textual.screen import ModalScreen, Screen

from pgtui.core.events import Kind
from pgtui.core.trace import Trace
from pgtui.ui.compositor import PartCompositor
from pgtui.ui.pacing import Pacing
from pgtui.ui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from textual.geometry import Size

    from pgtui.ui.playback import Playback

TICK = 0.025
"""Seconds between two looks whether a frame is due."""


class PlayheadScreen(Screen[None]):
    """What the screens that show a run have in common.

    Attributes:
        playback: the playhead; None before there is a run.
        zoom, left: how wide the timeline is drawn, and where its view begins (see `Picture`).
        pacing: when frames are due.
        on_this_loop: whether the run shares the loop with the screen, so that it has to wait while that is painted.
    """

    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = PartCompositor()
        self.playback: Playback | None = None
        self.zoom = 1.0
        self.left: float | None = None
        self.pacing = Pacing()
        self.on_this_loop = True
        self._ticked = 0
        self._drawing = self._refreshing = 0

    def on_mount(self) -> None:
        """Begin to tick."""
        self._ticked = time.perf_counter_ns()
        self.set_interval(TICK, self.tick)

    def tick(self) -> None:
        """Move the playhead on and draw, if a frame is due."""
        now = time.perf_counter_ns()
        if not self.pacing.is_due(now) or not self.is_seen:
            return
        self.pacing.begin(now)
        seconds, self._ticked = (now - self._ticked) / 1e9, now
        self.move_on(min(seconds, 0.5))
        self.draw()

    @property
    def is_seen(self) -> bool:
        """Whether it is on the screen: on top, or behind a dialogue."""
        stack = self.app.screen_stack
        if not self.is_attached or self not in stack:
            return False
        return all(isinstance(screen, ModalScreen) for screen in stack[stack.index(self) + 1 :])

    def move_on(self, seconds: float) -> None:
        """Let so much of the viewer's time pass."""
        if self.playback is not None:
            with self.reading():
                self.playback.advance(seconds)

    def draw(self) -> None:
        """Show the picture at the playhead, and take the time of it."""
        started = time.perf_counter_ns()
        with self.reading():
            self.show_picture()
        self._drawing += time.perf_counter_ns() - started

    def show_picture(self) -> None:
        """Ask the panels to show the picture."""
        raise NotImplementedError

    # Textual has no public hooks around the painting of a frame; should these go, painting is not measured.
    def _compositor_refresh(self) -> None:
        started = time.perf_counter_ns()
        with self.reading():
            super()._compositor_refresh()
        now = time.perf_counter_ns()
        self._refreshing += now - started
        cost, self._drawing = now - started + self._drawing, 0
        self.pacing.spend(cost)
        trace = self.trace
        if trace is not None and not trace.finished and self.on_this_loop:
            trace.append(now, Kind.PAINTED, 0, cost)

    def _refresh_layout(self, size: "Size | None" = None, scroll: bool = False) -> None:
        started, refreshing = time.perf_counter_ns(), self._refreshing
        super()._refresh_layout(size, scroll)
        # It paints too, which is told above; the rest belongs to the next frame.
        self._drawing += time.perf_counter_ns() - started - (self._refreshing - refreshing)

    @property
    def trace(self) -> Trace | None:
        """The run that is shown."""
        return self.playback.trace if self.playback is not None else None

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Read the trace while no thread writes to it."""
        trace = self.trace
        if trace is None or trace.finished:
            yield
            return
        with trace.lock:
            yield

    # The commands of commands.SEEKING
    def action_play(self) -> None:
        """Play or pause."""
        if self.playback is not None:
            with self.reading():
                self.playback.toggle()
            self.draw()

    def action_step(self, by: int) -> None:
        """Move by events."""
        if self.playback is not None:
            with self.reading():
                self.playback.step(by)
            self.draw()

    def action_switch(self, forward: bool) -> None:
        """Move to where another task runs."""
        if self.playback is not None:
            with self.reading():
                self.playback.switch(forward)
            self.draw()

    def action_seek(self, index: int) -> None:
        """Move to after so many events."""
        if self.playback is not None:
            with self.reading():
                self.playback.seek(index)
            self.draw()

    def action_end(self) -> None:
        """Move to the end."""
        if self.playback is not None:
            with self.reading():
                self.playback.to_end()
            self.draw()

    def action_faster(self, up: bool) -> None:
        """Change the speed."""
        if self.playback is not None:
            self.playback.faster(up)
            self.draw()

    def action_axis(self) -> None:
        """Change the timeline's axis, and with it how the playhead moves."""
        if self.playback is not None:
            with self.reading():
                self.playback.turn(not self.playback.by_step)
            self.draw()

    def action_zoom(self, factor: float) -> None:
        """Draw the timeline wider or narrower."""
        self.query(Timeline).first().zoom(factor)

    def action_pan(self, way: int) -> None:
        """Move the timeline's view by a quarter of its width."""
        timeline = self.query(Timeline).first()
        timeline.pan(way * max(1, timeline.size.width // 4))

    @on(Timeline.Viewed)
    def look_at(self, message: Timeline.Viewed) -> None:
        """Draw another part of the run."""
        self.zoom, self.left = message.zoom, message.left
        self.draw()
