"""The matrix screen: fills the matrix before one's eyes, and opens any cell of it in the live screen."""

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.screen import Screen

from pgtui.core.experiment import Experiment
from pgtui.errors import PgtuiError
from pgtui.matrix.cells import Cell
from pgtui.matrix.fill import REPEAT, experiments, fill
from pgtui.postgres.target import Target
from pgtui.ui.laboratory import Laboratory, Superseded
from pgtui.ui.matrixgrid import Grid
from pgtui.ui.widgets.keybar import KeyBar
from pgtui.ui.widgets.matrix import Matrix

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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

    def __init__(self, laboratory: Laboratory, drivers: "Iterable[str]" = (), cells: "Iterable[Cell]" = ()) -> None:
        """A matrix that fills itself when it is opened.

        Args:
            laboratory: where it is run.
            drivers: ids of the columns; all that there are when there is none.
            cells: what is known already.
        """
        super().__init__()
        self.wanted = experiments(drivers)
        self.laboratory = laboratory
        self.cells = {cell.experiment: cell for cell in cells}
        self._filling = False
        self._problem = ""

    def compose(self) -> "ComposeResult":
        yield Matrix(Grid(self.wanted, repeat=REPEAT))
        yield KeyBar()

    @property
    def filling(self) -> bool:
        """Whether cells are being run."""
        return self._filling

    def on_mount(self) -> None:
        """Run the cells that are missing."""
        self.query_one(Matrix).focus()
        if self.missing:
            self.action_fill()
        else:
            self.show()

    @property
    def missing(self) -> list[Experiment]:
        """The experiments that have no cell yet."""
        return [one for one in self.wanted if one not in self.cells]

    def action_fill(self) -> None:
        """Run the cells that are missing; all of them again when none is."""
        if self._filling:
            return
        if not self.missing:
            self.cells.clear()
        self._filling, self._problem = True, ""
        self.show()
        self._fill(self.missing)

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
        running = next(iter(self.missing), None) if self._filling else None
        target = self.laboratory.target
        server = target.description if target is not None else "opening the server" if self._filling else ""
        for matrix in self.query(Matrix):  # none any more once the app is being closed
            matrix.show(self.cells, running, server, self._problem)

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
