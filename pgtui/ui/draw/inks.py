"""What all lanes of one frame share: the view, the look, and where the future begins, which is drawn faded."""

from dataclasses import dataclass
from functools import lru_cache

from rich.style import Style

from pgtui.core.trace import Trace
from pgtui.ui.draw.axis import View
from pgtui.ui.look import Look

FADED = 0.4
"""How much of a colour is left after the playhead."""
TINT = 0.22
"""How much of a task's colour stands behind cells in which it was ready."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One drawing of the timeline.

    Attributes:
        trace: the run.
        view: the part of the axis that is drawn.
        look: the theme.
        head: the cell of the playhead; it and those after it lie in the future.
    """

    trace: Trace
    view: View
    look: Look
    head: int

    def ink(self, colour: str, cell: int, *, on: str | None = None, bold: bool = False) -> Style:
        """The style of a glyph in this cell, in a colour or theme variable, on another one or on the panel's own."""
        if cell < self.head:
            return self.look.style(colour, on, bold=bold)
        return self.look.style(
            mixed(self.look, colour, FADED), mixed(self.look, on, FADED) if on else None, dim=self.look.ansi
        )

    def on_task(self, task: int, cell: int) -> Style:
        """The style of a glyph in a cell that is filled with the task's colour."""
        colour = self.look.task(task)
        if cell < self.head:
            return self.look.style("task-text", colour, bold=True)
        if self.look.ansi:  # nothing can be mixed, and a dim style does not dim what stands behind
            return self.look.style(colour, dim=True)
        return self.look.style("task-text", mixed(self.look, colour, FADED))


@lru_cache(maxsize=512)
def mixed(look: Look, colour: str, share: float) -> str:
    """The colour mixed into the background; kept, since a frame asks for it a thousand times."""
    return look.blend(colour, share)
