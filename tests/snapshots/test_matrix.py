"""Pictures of the matrix screen, from made cells."""

from collections.abc import Callable

from textual.pilot import Pilot

from pgtui.settings import Settings
from pgtui.ui.app import PgtuiApp, make_app
from pgtui.ui.screens.matrix import MatrixScreen
from tests.ui.matrices import DRIVERS, WaitingLaboratory, made_cells
from tests.ui.traces import shared_cursor

Snap = Callable[..., bool]


def app_with(theme: str = "notebook") -> PgtuiApp:
    trace = shared_cursor()
    return make_app(experiment=trace.header.experiment, trace=trace, settings=Settings(theme=theme))


def showing(count: int, *keys: str) -> Callable[[Pilot[object]], object]:
    """Open the matrix with its first `count` cells, and press the keys."""

    async def show(pilot: Pilot[object]) -> None:
        await pilot.app.push_screen(MatrixScreen(WaitingLaboratory(), DRIVERS, made_cells(count)))
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()

    return show


def test_wide(snap_compare: Snap) -> None:
    """Drivers `1–6 of 10 ›`; psycopg's shared cursor is chosen, and below stand its error and g1 p1 t3."""
    assert snap_compare(app_with(), terminal_size=(120, 40), run_before=showing(100, "right", *["down"] * 5))


def test_narrow_and_half_filled(snap_compare: Snap) -> None:
    """The last four drivers beside fixed row heads, `‹ 7–10 of 10`; 73 of 100 cells, `… running` in pg8000-threads."""
    assert snap_compare(app_with(), terminal_size=(80, 24), run_before=showing(73, "end", "left", "left", "down"))


def test_light(snap_compare: Snap) -> None:
    """The same in a light theme: every word can be read, the chosen cell is dark."""
    assert snap_compare(app_with("light"), terminal_size=(120, 40), run_before=showing(100, *["down"] * 4))
