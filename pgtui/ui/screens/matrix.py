"""The matrix screen: fills the matrix before one's eyes, and opens any cell of it in the live screen."""

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Footer

from pgtui.core.experiment import Experiment
from pgtui.errors import PgtuiError
from pgtui.matrix.cells import Cell
from pgtui.matrix.fill import REPEAT, experiments, fill
from pgtui.postgres.target import Target
from pgtui.ui.laboratory import Laboratory, Superseded
from pgtui.ui.matrixdrawing import Grid
from pgtui.ui.widgets.matrix import Matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class MatrixScreen(Screen[Experiment | None]):
    """Gives the experiment that shall be run; None when the user only went back.

    The app keeps it, so that its cells are still there when it is opened again.

    Attributes:
        cells: what came of the experiments that have been run.
    """

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's
        Binding("r", "fill", "run", tooltip="Run what is missing, or everything again.", id="matrix-run"),
        Binding("escape", "back", "stop, back", tooltip="Stop filling; once it stands still: back.", id="matrix-back"),
        Binding("m", "leave", "back", show=False, id="matrix-leave"),
    ]

    DEFAULT_CSS = """
    MatrixScreen { background: $background; overflow: hidden; }
    """

    def __init__(self, laboratory: Laboratory, wanted: "Sequence[Experiment] | None" = None) -> None:
        """An empty matrix.

        Args:
            laboratory: where it is run.
            wanted: its experiments, as `pgtui.matrix.fill.experiments` gives them; those of all drivers when None.
        """
        super().__init__()
        self.wanted = tuple(wanted) if wanted is not None else experiments()
        self.laboratory = laboratory
        self.cells: dict[Experiment, Cell] = {}
        self._filling = False
        self._problem = ""

    def compose(self) -> "ComposeResult":
        yield Matrix(Grid(self.wanted, repeat=REPEAT))
        yield Footer(compact=True, show_command_palette=False)

    @property
    def filling(self) -> bool:
        """Whether cells are being run."""
        return self._filling

    def on_mount(self) -> None:
        """Begin to fill."""
        self.query_one(Matrix).focus()
        self.action_fill()

    def action_fill(self) -> None:
        """Run the cells that are missing; all of them when none is."""
        if self._filling:
            return
        if len(self.cells) == len(self.wanted):
            self.cells.clear()
        self._filling, self._problem = True, ""
        self.show()
        self._fill([one for one in self.wanted if one not in self.cells])

    @work(group="matrix")
    async def _fill(self, missing: "Sequence[Experiment]") -> None:
        try:
            await self.laboratory.use(partial(self._fill_on, missing))
        except Superseded:
            pass
        except PgtuiError as error:
            self._problem = f"{error.message} {error.hint}".strip()
        finally:
            self._filling = False
            self.show()

    async def _fill_on(self, missing: "Sequence[Experiment]", target: Target) -> None:
        self.show()
        await fill(missing, target, REPEAT, self.take)

    def take(self, cell: Cell) -> None:
        """A cell is there."""
        self.cells[cell.experiment] = cell
        self.show()

    def show(self) -> None:
        """Show what is known."""
        running = next((one for one in self.wanted if one not in self.cells), None) if self._filling else None
        target = self.laboratory.target
        if self.is_mounted:
            server = target.description if target is not None else "opening the server" if self._filling else ""
            self.query_one(Matrix).show(self.cells, running, server, self._problem)

    def action_back(self) -> None:
        """Stop filling; when nothing is filled, go back."""
        if self._filling:
            self.laboratory.cancel()
        else:
            self.dismiss(None)

    def action_leave(self) -> None:
        """Go back; what is still missing stays so."""
        self._stop()
        self.dismiss(None)

    @on(Matrix.Opened)
    def open_cell(self, message: Matrix.Opened) -> None:
        """Run the cell's experiment in the live screen, refused or not: it says why."""
        self._stop()
        self.dismiss(message.experiment)

    def _stop(self) -> None:
        if self._filling:
            self.laboratory.cancel()
