"""The timeline panel: who ran, who was ready and who waited for what, with the playhead that the mouse can drag."""

from dataclasses import dataclass

from textual import events
from textual.message import Message

from pgtui.ui.draw.axis import index_at, panned, zoomed
from pgtui.ui.draw.cells import Row
from pgtui.ui.draw.layout import layout
from pgtui.ui.draw.timeline import caption, timeline, track_of
from pgtui.ui.look import Look
from pgtui.ui.picture import Picture
from pgtui.ui.text import visible
from pgtui.ui.widgets.drawn import Drawn

WHEEL_ZOOM = 1.5
WHEEL_CELLS = 8


class Timeline(Drawn):
    """All tasks over one axis."""

    HELP = """\
## Timeline

A line a task: a **block** while it ran (a notch ends each step), a **shade** while it was ready to run, a **thin
line** while it waited, with what it waited for; `●` a row, `←` a row that another task had asked for, `√` done, `×` an
error. Where a cell holds many steps it is a bar, as high as the share in which the task ran.

Below: who holds each **lock**, or, where nobody can see that, a thin line while tasks wait for it, with how many; the
**run** that opens what is shared; the **ui**, where painting this screen took the loop; the axis; and the calls of the
recipe that the steps are in, **close** or **release** where a task leaves a `with` block. **all** tells who ran, when
not all tasks have a line. Hatching is where events were not kept. What lies after the playhead is faded.

Click or drag to move the playhead; the wheel with ctrl zooms, with shift it pans.
"""

    ALLOW_SELECT = False

    @dataclass
    class Sought(Message):
        """The playhead shall be after the first `index` events."""

        index: int

    @dataclass
    class Viewed(Message):
        """Another part of the run shall be drawn: `zoom` and `left` as a `Picture` has them."""

        zoom: float
        left: float | None

    def __init__(self, heading: str = "timeline") -> None:
        """A timeline.

        Args:
            heading: what stands in its frame, before the kind of its axis.
        """
        super().__init__("timeline")
        self._title = visible(heading)
        self._dragging = False

    def depends_on(self, picture: Picture) -> object:
        return (
            id(picture.trace), len(picture.trace), picture.trace.finished, picture.index, picture.time,
            picture.highlighted, picture.by_step, picture.zoom, picture.left, picture.span, picture.chosen,
        )  # fmt: skip

    def extent(self, picture: Picture) -> tuple[int, int]:
        columns, height = self.room
        return columns, len(picture.trace.tasks) + len(layout(picture, (columns, height)).below)

    def draw(self, picture: Picture, theme: Look) -> list[Row]:
        return timeline(picture, self.room, theme, self.scroll_offset.y)

    def follow(self, picture: Picture) -> None:
        zoom = f"  ×{picture.zoom:.3g}" if picture.zoom > 1 else ""
        self.heading = f"{self._title}  by {'step' if picture.by_step else 'time'}{zoom}"
        self.caption = caption(picture)

    # The mouse
    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag the playhead."""
        if event.button == 1 and event.get_content_offset(self) is not None:
            self._dragging = True
            self.capture_mouse()
            self._seek(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the playhead."""
        if self._dragging:
            self._seek(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let the playhead go."""
        self._dragging = False
        self.release_mouse()

    def _seek(self, event: events.MouseEvent) -> None:
        if self.picture is not None:
            view = track_of(self.picture, self.room)
            cell = min(view.width, max(0, self._cell(event)))
            index = index_at(self.picture.trace, view.place(cell), view.by_step)
            if index != self.picture.index:
                self.post_message(self.Sought(index))

    def _cell(self, event: events.MouseEvent) -> int:
        """How many cells right of the track's beginning the mouse is."""
        assert self.picture is not None
        return event.get_content_offset_capture(self).x - layout(self.picture, self.room).label

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in, or pan to the left."""
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out, or pan to the right."""
        self._wheel(event, -1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Pan to the left."""
        self._take(event)
        self.pan(-WHEEL_CELLS)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Pan to the right."""
        self._take(event)
        self.pan(WHEEL_CELLS)

    def _wheel(self, event: events.MouseEvent, way: int) -> None:
        if self.picture is None or not (event.ctrl or event.shift or self.max_scroll_y == 0):
            return  # there are lanes to scroll to
        self._take(event)
        if event.shift:
            self.pan(-way * WHEEL_CELLS)
        else:
            self.zoom(WHEEL_ZOOM**way, self._cell(event))

    def _take(self, event: events.MouseEvent) -> None:
        event.stop()
        event.prevent_default()

    # Also for keys of the screen
    def zoom(self, factor: float, cell: float | None = None) -> None:
        """Ask for a view in which the run is drawn so many times wider; what is under `cell` stays there.

        Without a cell the playhead stays in view.
        """
        if self.picture is None:
            return
        view = track_of(self.picture, self.room)
        zoom, left = zoomed(self.picture, view, factor, view.width / 2 if cell is None else cell)
        self.post_message(self.Viewed(zoom, None if cell is None else left))

    def pan(self, cells: int) -> None:
        """Ask for a view that lies so many cells further to the right."""
        if self.picture is not None and self.picture.zoom > 1:
            self.post_message(self.Viewed(self.picture.zoom, panned(track_of(self.picture, self.room), cells)))
