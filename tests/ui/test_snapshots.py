"""Pictures of every screen, from recorded runs. Made anew with `pytest tests/ui/test_snapshots.py --snapshot-update`.

Only on Python 3.11: Textual and Rich draw a few cells differently on others.
"""

import sys
from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from pgtui.core.trace import Trace
from pgtui.errors import UnsupportedError
from pgtui.settings import Settings
from pgtui.ui.app import PgtuiApp, make_app
from pgtui.ui.screens.compare import CompareScreen
from tests.ui.traces import hostile, new_connection, shared_connection, shared_cursor, turns

pytestmark = pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="The pictures are Python 3.11's; others draw a few cells differently."
)

SIZES = [(120, 40), (80, 24)]
Compare = Callable[..., bool]
Before = Callable[[Pilot[object]], Awaitable[None]]


def screen_of(trace: Trace, **settings: object) -> PgtuiApp:
    """The explorer on a recorded run."""
    return make_app(experiment=trace.header.experiment, settings=Settings(**settings), trace=trace)  # type: ignore[arg-type]


def at(index: int | None, *keys: str) -> Before:
    """Go to the moment after so many events (None: the end), wait until it stands still, then press keys."""

    async def before(pilot: Pilot[object]) -> None:
        screen = pilot.app.live
        for _ in range(500):
            if screen.query("Pane, TaskList"):
                break
            await pilot.pause(0.01)
        screen.action_end() if index is None else screen.action_seek(index)
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        await still(pilot)

    return before


async def still(pilot: Pilot[object]) -> None:
    """Wait until the picture does not change any more: the panels are painted in turns, so one look is not enough."""
    pictures = ["", pilot.app.export_screenshot()]
    for _ in range(200):
        if len(pictures) > 5 and len(set(pictures[-5:])) == 1:
            return
        await pilot.pause(0.05)
        pictures.append(pilot.app.export_screenshot())
    raise AssertionError("the picture goes on changing")


@pytest.mark.parametrize("size", SIZES)
def test_shared_cursor_at_its_end(snap_compare: Compare, size: tuple[int, int]) -> None:
    """green and pink have one row and an error, teal three; the findings say why; all panes have one pid, marked."""
    assert snap_compare(screen_of(shared_cursor()), terminal_size=size, run_before=at(None))


@pytest.mark.parametrize("size", SIZES)
def test_in_the_middle_of_a_run(snap_compare: Compare, size: tuple[int, int]) -> None:
    """pink runs, teal waits for the lock of pink, green has its first row; nothing of later is told."""
    assert snap_compare(screen_of(shared_cursor()), terminal_size=size, run_before=at(34))


@pytest.mark.parametrize("size", SIZES)
def test_a_connection_each(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Three pids without a mark, nine rows that mix, no error."""
    assert snap_compare(screen_of(new_connection()), terminal_size=size, run_before=at(None))


@pytest.mark.parametrize("size", SIZES)
def test_one_connection_by_time(snap_compare: Compare, size: tuple[int, int]) -> None:
    """The timeline by time; one lock whose holder changes twice."""
    keys = ("x", "v", "v") if size == (80, 24) else ("x",)
    assert snap_compare(screen_of(shared_connection()), terminal_size=size, run_before=at(None, *keys))


@pytest.mark.parametrize("size", [*SIZES, (200, 50)])
def test_sixty_four_tasks(snap_compare: Compare, size: tuple[int, int]) -> None:
    """The compact list, with the pane of the third task beside it."""
    keys = ("tab", "down", "down", "enter")
    assert snap_compare(screen_of(turns(64, 5)), terminal_size=size, run_before=at(300, *keys))


@pytest.mark.parametrize("size", SIZES)
def test_hostile_values(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Escapes, markup, tabs, wide and combining characters: visible, harmless, and the right edge is straight."""
    assert snap_compare(screen_of(hostile()), terminal_size=size, run_before=at(None))


def test_eight_panes(snap_compare: Compare) -> None:
    """Two rows of four panes."""
    assert snap_compare(screen_of(turns(8, 4)), terminal_size=(120, 40), run_before=at(60))


def test_a_large_pane(snap_compare: Compare) -> None:
    """pink fills the screen; its columns are as wide as the values."""
    assert snap_compare(screen_of(shared_cursor()), terminal_size=(120, 40), run_before=at(None, "2", "enter"))


def test_a_finding_is_shown(snap_compare: Compare) -> None:
    """The events that the first finding rests on are marked in panes and timeline."""
    before = at(None, "tab", "tab", "tab", "tab", "tab", "tab", "enter")
    assert snap_compare(screen_of(shared_cursor()), terminal_size=(120, 40), run_before=before)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("name", "key"), [("help", "question_mark"), ("query", "q"), ("presets", "p"), ("tour", "f1")])
def test_dialogues(snap_compare: Compare, name: str, key: str, size: tuple[int, int]) -> None:
    """Help, query editor, presets, the guide's first step: over the run, which is dimmed."""
    assert snap_compare(screen_of(shared_cursor()), terminal_size=size, run_before=at(None, key))


@pytest.mark.parametrize("size", SIZES)
def test_a_refusal(snap_compare: Compare, size: tuple[int, int]) -> None:
    """In the place of the panes: why the driver cannot do it, and what it can."""

    async def refuse(pilot: Pilot[object]) -> None:
        await at(None)(pilot)
        reason = "asyncpg has no cursor that several tasks can execute on."
        pilot.app.live.refuse(UnsupportedError(reason, "asyncpg can do: new-connection, pool."))
        await still(pilot)

    assert snap_compare(screen_of(shared_cursor()), terminal_size=size, run_before=refuse)


@pytest.mark.parametrize("size", SIZES)
def test_two_runs_compared(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Two timelines on one time axis; the shorter run ends earlier; the table under them counts."""

    async def compare(pilot: Pilot[object]) -> None:
        await at(None)(pilot)
        screen = CompareScreen(shared_connection(), new_connection())
        await pilot.app.push_screen(screen)
        await pilot.pause()
        screen.action_seek(50)
        await still(pilot)

    assert snap_compare(screen_of(shared_cursor()), terminal_size=size, run_before=compare)


@pytest.mark.parametrize("theme", ["notebook", "dark", "light", "high-contrast", "colour-blind", "terminal"])
def test_every_theme(snap_compare: Compare, theme: str) -> None:
    """The same moment in each theme: every text can be read, every task told apart."""
    app = screen_of(shared_cursor(), theme=theme)
    assert snap_compare(app, terminal_size=(120, 40), run_before=at(50))
