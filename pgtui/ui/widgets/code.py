"""The code panel: the recipe that ran, and on which of its lines each task is."""

from pgtui.ui.draw.cells import Row
from pgtui.ui.draw.code import code, extent, focus, latest, markers, scrolled
from pgtui.ui.look import Look
from pgtui.ui.picture import Picture
from pgtui.ui.text import visible
from pgtui.ui.widgets.drawn import Drawn


class Code(Drawn):
    """The source that ran."""

    HELP = """\
## Code

The recipe: the very function that ran. Before each line stand the letters of the tasks that are there at the playhead,
in their colours; the one that runs is filled. `×` marks the line where a task failed. Many tasks on one line are
counted. The line of the latest step is lit.
"""

    DEFAULT_CSS = """
    Code { overflow-x: auto; }
    """

    def __init__(self) -> None:
        super().__init__("code")

    def depends_on(self, picture: Picture) -> object:
        return id(picture.trace), markers(picture), latest(picture)

    def extent(self, picture: Picture) -> tuple[int, int]:
        return extent(picture, self.room[0])

    def draw(self, picture: Picture, theme: Look) -> list[Row]:
        return code(picture, self.room, theme, self.scroll_offset.y, self.scroll_offset.x)

    def follow(self, picture: Picture) -> None:
        title = visible(picture.trace.header.source.title)
        self.heading = f"code  {title}" if title else "code"
        self._keep_in_view(picture)

    def _keep_in_view(self, picture: Picture) -> None:
        """Scroll as little as shows all markers, or the latest line when they lie too far apart."""
        height, top = self.room[1], self.scroll_offset.y
        lines = focus(picture)
        here = latest(picture)
        if lines is None or height < 1:
            return
        first, last = lines
        if last - first >= height and here is not None:
            first = last = here
        wanted = min(scrolled(top, height, first, last), self.max_scroll_y)
        if wanted != top:
            # Forced: before its first layout the panel has no scrollbar yet.
            self.scroll_to(y=wanted, animate=False, force=True, immediate=True)
