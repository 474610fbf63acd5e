"""Pictures of the guide, from made entries and runs.

Only on Python 3.11: Textual and Rich draw a few cells differently on others.
"""

import sys
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from pgtui.settings import Settings
from pgtui.ui.app import PgtuiApp, make_app
from pgtui.ui.screens.guide import GuideScreen
from pgtui.ui.screens.showing import ShowingScreen
from tests.ui.guides import OUTCOMES, made_entry, made_showing
from tests.ui.matrices import WaitingLaboratory
from tests.ui.traces import shared_cursor

pytestmark = pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="The pictures are Python 3.11's; others draw a few cells differently."
)

Snap = Callable[..., bool]
Before = Callable[[Pilot[object]], object]


def app_with(theme: str = "notebook") -> PgtuiApp:
    trace = shared_cursor()
    return make_app(experiment=trace.header.experiment, trace=trace, settings=Settings(theme=theme))


def guide(*keys: str) -> Before:
    """Open the guide, and press the keys."""

    async def show(pilot: Pilot[object]) -> None:
        await pilot.app.push_screen(GuideScreen(WaitingLaboratory(), OUTCOMES, map(made_entry, range(1, 33))))
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()

    return show


def hazard(*keys: str) -> Before:
    """Show a hazard, and press the keys."""

    async def show(pilot: Pilot[object]) -> None:
        screen = ShowingScreen(made_showing(), WaitingLaboratory())
        await pilot.app.push_screen(screen)
        while screen.playback is None:
            await pilot.pause(0.01)
        for key in keys:
            await pilot.press(key)
            await pilot.pause()

    return show


@pytest.mark.parametrize("theme", ["notebook", "light"])
def test_wide(snap_compare: Snap, theme: str) -> None:
    """The list with its marks beside the first entry, which was shown; below, both recipes with - and +."""
    assert snap_compare(app_with(theme), terminal_size=(120, 40), run_before=guide())


def test_narrow(snap_compare: Snap) -> None:
    """The third hazard, whose right way was not clean; its entry below, and of the recipes their frame."""
    assert snap_compare(app_with(), terminal_size=(80, 24), run_before=guide("down", "down"))


def test_narrow_recipes(snap_compare: Snap) -> None:
    """The recipes have the keys and the room, the hazard's above the right way's; `d aiopg …` in the frame."""
    assert snap_compare(app_with("light"), terminal_size=(80, 24), run_before=guide("j", "j", "tab", "tab"))


def test_searching(snap_compare: Snap) -> None:
    """The line to search in, the hazards that were found, and the error that the first one explains."""
    keys = ("slash", *"no result", "enter")
    named = [key if key != " " else "space" for key in keys]
    assert snap_compare(app_with(), terminal_size=(120, 40), run_before=guide(*named))


def test_shown_wide(snap_compare: Snap) -> None:
    """The hazard's run at its end: `● shown` and `√ right way clean`, four rows lost, two errors."""
    assert snap_compare(app_with(), terminal_size=(120, 40), run_before=hazard("end"))


def test_shown_narrow(snap_compare: Snap) -> None:
    """The right way's run at its end, the arrow at `the right way`: nine rows, nothing lost."""
    assert snap_compare(app_with("light"), terminal_size=(80, 24), run_before=hazard("s", "end"))
