"""The ribbon panel: the rows in order of arrival, and what they add up to."""

from pgtui.ui.draw.cells import Row
from pgtui.ui.draw.ribbon import ribbon
from pgtui.ui.look import Look
from pgtui.ui.picture import Picture
from pgtui.ui.widgets.drawn import Drawn


class Ribbon(Drawn, can_focus=False):
    """One or two lines under the timeline."""

    HELP = """\
## Ribbon

A cell a row, in order of arrival, in the colour and with the letter of the task that got it; `p←t` is a row that p got
and t had asked for, `=` one that had arrived before, `□` one that was lost. When there are many rows a cell stands
for many: one colour is one task's rows, stripes are tasks that took turns.

Behind it: who came after whom (`g p ttt`), or how often it changed; rows arrived of rows expected; rows lost, foreign
(another task's) and doubled; and whether repeats went the same way.
"""

    FRAMED = False

    DEFAULT_CSS = """
    Ribbon { height: 1; overflow: hidden; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__("ribbon")

    def depends_on(self, picture: Picture) -> object:
        trace = picture.trace
        return id(trace), picture.index, trace.finished, trace.head.rows, picture.same

    def extent(self, picture: Picture) -> tuple[int, int]:
        return self.room

    def draw(self, picture: Picture, theme: Look) -> list[Row]:
        return ribbon(picture, self.room, theme)
