"""The matrix screen: every cell in every size, every key, and filled for real on a server."""

import gc
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot

from pgtui.core.experiment import Experiment, Sharing, Yielding
from pgtui.matrix.cells import Cell, Verdict
from pgtui.matrix.fill import experiments
from pgtui.matrix.words import GLYPHS, LEGEND
from pgtui.postgres import Target
from pgtui.settings import Settings
from pgtui.ui.app import PgtuiApp, make_app
from pgtui.ui.draw.cells import text_of
from pgtui.ui.look import DEFAULT_LOOK
from pgtui.ui.matrixdrawing import board
from pgtui.ui.matrixgrid import HEAD_CELLS, ROWS, Grid, layout, place_at, scrolled
from pgtui.ui.screens.live import LiveScreen
from pgtui.ui.screens.matrix import MatrixScreen
from pgtui.ui.widgets.matrix import Matrix
from tests.ui.matrices import DRIVERS, SERVER, WaitingLaboratory, made_cells
from tests.ui.test_live_screen import until
from tests.ui.traces import shared_cursor

WANTED = experiments(DRIVERS)
RESET = next(
    one
    for one in WANTED
    if (one.driver, one.sharing, one.yielding) == ("psycopg", Sharing.SHARED_CURSOR, Yielding.SLEEP0)
)
SIZES = [(20, 6), (40, 12), (80, 24), (100, 30), (120, 40), (200, 50)]


def grid_of(cells: list[Cell], **rest: object) -> Grid:
    return Grid(WANTED, {cell.experiment: cell for cell in cells}, **rest)  # type: ignore[arg-type]  # a Grid's fields


def lines_of(grid: Grid, columns: int, lines: int) -> list[str]:
    return [text_of(row) for row in board(DEFAULT_LOOK, grid, columns, lines)]


# Drawing
@settings(deadline=None)
@given(
    st.integers(1, 220),
    st.integers(1, 60),
    st.integers(0, 100),
    st.integers(0, len(ROWS) - 1),
    st.integers(0, len(DRIVERS) - 1),
)
def test_every_size_is_filled_exactly(columns: int, lines: int, count: int, row: int, column: int) -> None:
    at = layout(grid_of([]), columns, lines)
    grid = grid_of(
        made_cells(count),
        row=row,
        column=column,
        top=scrolled(0, row, at.rows, len(ROWS)),
        left=scrolled(0, column, at.columns, len(DRIVERS)),
    )
    drawn = lines_of(grid, columns, lines)
    assert {len(line) for line in drawn} == {columns}
    assert len(drawn) <= lines


@settings(deadline=None, max_examples=25)  # each looks at some thousand points
@given(st.integers(HEAD_CELLS + 15, 220), st.integers(24, 60), st.integers(0, 9), st.integers(0, 9))
def test_the_chosen_cell_is_in_view_and_the_mouse_finds_it(columns: int, lines: int, row: int, column: int) -> None:
    at = layout(grid_of([]), columns, lines)
    grid = grid_of(
        made_cells(),
        row=row,
        column=column,
        top=scrolled(0, row, at.rows, len(ROWS)),
        left=scrolled(0, column, at.columns, len(DRIVERS)),
    )
    found = {place_at(grid, columns, lines, x, y) for x in range(columns) for y in range(lines)}
    assert (row, column) in found
    assert place_at(grid, columns, lines, 3, at.first) is None


@settings(deadline=None, max_examples=40)
@given(st.integers(HEAD_CELLS + 15, 220), st.integers(0, len(DRIVERS) - 1))
def test_no_cell_touches_its_neighbour(columns: int, column: int) -> None:
    at = layout(grid_of([]), columns, 40)
    grid = grid_of(made_cells(), left=scrolled(0, column, at.columns, len(DRIVERS)))
    drawn = lines_of(grid, columns, 40)
    for line in (drawn[at.first + place] for place, row in enumerate(at.lines) if row is not None):
        for x in (HEAD_CELLS + shown * at.wide for shown in range(at.columns)):
            assert line[x] == line[x + at.wide - 1] == " ", line


@pytest.mark.parametrize("lines", range(8, 60))
def test_the_legend_is_the_last_to_go_and_stands_below_the_words(lines: int) -> None:
    drawn = lines_of(grid_of(made_cells(), row=5, column=1), 80, lines)
    place = next(place for place, line in enumerate(drawn) if line.startswith(" ■ blocks "))
    if lines >= 33:
        assert "no task failed" in drawn[place]
    if lines >= 12:
        assert any("□ rows lost" in line for line in drawn)
    if lines >= 22:
        rule = next(place for place, line in enumerate(drawn) if "psycopg · shared cursor" in line)
        assert place - rule <= 7, "no empty half of a screen between the words and the legend"


def test_what_readers_of_one_result_shared_out_is_not_shown_as_lost() -> None:
    drawn = "\n".join(lines_of(grid_of(made_cells(), row=7, column=1), 120, 40))
    assert "○ in turn  " in drawn
    assert "in turn □" not in drawn
    assert "There is one result for all, and none of its rows is lost." in drawn


def test_the_help_has_the_legend() -> None:
    for verdict, words in LEGEND.items():
        assert f"`{GLYPHS[verdict]} " in Matrix.HELP
        assert words in Matrix.HELP


@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 20), st.integers(1, 20))
def test_scrolling_moves_as_little_as_brings_the_place_into_view(
    first: int, place: int, shown: int, total: int
) -> None:
    place = min(place, total - 1)
    moved = scrolled(first, place, shown, total)
    assert 0 <= moved <= max(0, total - shown)
    assert moved <= place < moved + shown or shown > total
    if first <= place < first + shown and first <= total - shown:
        assert moved == first


def test_a_wide_screen_has_all_drivers_and_a_narrow_one_says_which_it_shows() -> None:
    wide = "\n".join(lines_of(grid_of(made_cells()), 200, 50))
    for name in DRIVERS:
        assert name.rpartition("-")[2] in wide
    assert "›" not in wide
    narrow = "\n".join(lines_of(grid_of(made_cells()), 80, 24))
    assert "  1–4 of 10 ›" in narrow
    assert "pg8000" not in narrow
    assert "‹ 7–10 of 10 " in "\n".join(lines_of(grid_of(made_cells(), left=6, column=9), 80, 24))


def test_a_cell_has_verdict_and_marks_and_its_words_below() -> None:
    drawn = "\n".join(lines_of(grid_of(made_cells(), row=5, column=1), 140, 40))
    assert "× errors □4" in drawn
    assert "× □9 ←6 ≠  " in drawn, "the word gives way to the marks"
    assert "× errors □9 ←6 ≠  " in "\n".join(lines_of(grid_of(made_cells(), left=7, column=7), 92, 40))
    assert "psycopg · shared cursor · yields with sleep(0)" in drawn
    assert "Tasks failed on the way: 2 × ProgrammingError. 4 rows lost. The same in 5 of 5 runs." in drawn
    assert "psycopg.ProgrammingError: no result available" in drawn
    assert "Rows of the first run: green 1  pink 1  teal 3" in drawn


def test_what_cannot_be_run_says_why() -> None:
    drawn = "\n".join(lines_of(grid_of(made_cells(), row=4), 80, 24))
    assert "· unsupported. asyncpg has no cursor that several tasks can execute on." in drawn


def test_progress_and_problems_are_told() -> None:
    filling = lines_of(grid_of(made_cells(37), running=WANTED[37], server=SERVER.description), 160, 40)
    assert filling[0].rstrip().endswith("filling  37 of 100 cells")
    assert "PostgreSQL 18.6 embedded" in filling[0]
    assert "running" in "\n".join(filling)
    assert lines_of(grid_of(made_cells(37)), 80, 24)[0].rstrip().endswith("stopped  37 of 100 cells")
    assert lines_of(grid_of(made_cells()), 80, 24)[0].rstrip().endswith("done  100 of 100 cells")
    told = "\n".join(lines_of(grid_of([], problem="The server \x1b[31mdoes not answer."), 80, 24))
    assert "␛[31mdoes not answer." in told


# The screen
@asynccontextmanager
async def opened(
    count: int = 100, size: tuple[int, int] = (120, 40), *, vim: bool = True
) -> AsyncIterator[tuple[Pilot[object], Matrix]]:
    """The screen over a recorded run, with its first `count` cells made."""
    trace = shared_cursor()
    app = make_app(experiment=trace.header.experiment, trace=trace, settings=Settings(vim=vim))
    async with app.run_test(size=size) as pilot:
        await app.push_screen(MatrixScreen(WaitingLaboratory(), DRIVERS, made_cells(count)), taken.append)
        await pilot.pause()
        matrix = app.screen.query_one(Matrix)
        yield pilot, matrix


taken: list[Experiment | None] = []


@pytest.fixture(autouse=True)
def nothing_taken() -> None:
    taken.clear()


@pytest.mark.parametrize("size", SIZES)
async def test_it_opens_in_every_size_and_the_chosen_cell_stays_in_view(size: tuple[int, int]) -> None:
    async with opened(size=size) as (pilot, matrix):
        await pilot.press("end", *["down"] * 9)
        assert (matrix.grid.row, matrix.grid.column) == (9, 9)
        at = layout(matrix.grid, *matrix.size)
        assert matrix.grid.left + at.columns == len(DRIVERS)
        assert 9 in at.lines
        await pilot.resize_terminal(30, 10)
        await pilot.pause()
        at = layout(matrix.grid, *matrix.size)
        assert matrix.grid.left <= 9 < matrix.grid.left + at.columns
        assert 9 in at.lines


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ("down right right", (1, 2)),
        ("j l l", (1, 2)),
        ("down down up right left", (1, 0)),
        ("end", (0, 9)),
        ("dollar_sign 0", (0, 0)),
        ("right home", (0, 0)),
        ("pagedown pagedown pageup", (2, 0)),
        ("up left", (0, 0)),
    ],
)
async def test_keys_move_over_the_cells(keys: str, place: tuple[int, int]) -> None:
    async with opened() as (pilot, matrix):
        await pilot.press(*keys.split())
        assert (matrix.grid.row, matrix.grid.column) == place


async def test_the_keys_of_vim_can_be_left_out() -> None:
    async with opened(vim=False) as (pilot, matrix):
        await pilot.press("j", "l", "dollar_sign")
        assert (matrix.grid.row, matrix.grid.column) == (0, 0)
        await pilot.press("down", "right")
        assert (matrix.grid.row, matrix.grid.column) == (1, 1)


async def test_a_click_chooses_and_a_second_one_opens() -> None:
    async with opened() as (pilot, matrix):
        at = layout(matrix.grid, *matrix.size)
        spot = (HEAD_CELLS + at.wide + 2, at.first + at.lines.index(5))
        await pilot.click(Matrix, offset=spot)
        assert (matrix.grid.row, matrix.grid.column) == (5, 1)
        assert isinstance(pilot.app.screen, MatrixScreen)
        await pilot.click(Matrix, offset=spot, times=2)
        await until(pilot, lambda: taken == [RESET])


async def test_enter_opens_the_chosen_cell() -> None:
    async with opened() as (pilot, _):
        await pilot.press("right", *["down"] * 5, "enter")
        await until(pilot, lambda: taken == [RESET])
        assert isinstance(pilot.app.screen, LiveScreen)


async def test_escape_stops_the_filling_first_and_then_leaves() -> None:
    async with opened(37) as (pilot, matrix):
        screen = pilot.app.screen
        assert isinstance(screen, MatrixScreen)
        await until(pilot, lambda: screen.laboratory.waits == 1)
        assert matrix.grid.running == WANTED[37]
        await pilot.press("escape")
        await until(pilot, lambda: not screen.filling)
        assert screen.laboratory.waits == 0
        assert pilot.app.screen is screen
        assert len(matrix.grid.cells) == 37
        assert matrix.grid.running is None
        await pilot.press("escape")
        await until(pilot, lambda: taken == [None])


async def test_r_runs_what_is_missing_and_all_again_when_nothing_is() -> None:
    async with opened(37) as (pilot, matrix):
        screen = pilot.app.screen
        assert isinstance(screen, MatrixScreen)
        await until(pilot, lambda: screen.laboratory.waits == 1)
        await pilot.press("r")
        assert screen.laboratory.waits == 1
        await pilot.press("escape")
        await until(pilot, lambda: not screen.filling)
        await pilot.press("r")
        await until(pilot, lambda: screen.laboratory.waits == 1)
        assert len(matrix.grid.cells) == 37
    async with opened() as (pilot, matrix):
        await pilot.press("r")
        assert len(matrix.grid.cells) == 0


async def test_a_recorded_run_has_no_matrix() -> None:
    trace = shared_cursor()
    app = make_app(experiment=trace.header.experiment, trace=trace)
    async with app.run_test() as pilot:
        await pilot.press("m")
        assert isinstance(pilot.app.screen, LiveScreen)


# On a server
@pytest.fixture
def psycopg_drops_connections() -> Iterator[None]:
    """Cancelled within the COMMIT at the end of its `async with`, psycopg (connection_async.py, __aexit__) leaves the
    connection to the garbage collector; its backend is ended by the runner. Collect it here, not in a later test."""
    yield
    gc.collect()


def leaves(test: Callable[..., object]) -> Callable[..., object]:
    """A live test that cancels runs wherever they are."""
    for mark in (
        pytest.mark.live,
        pytest.mark.usefixtures("psycopg_drops_connections"),
        pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    ):
        test = mark(test)
    return test


def live_app() -> PgtuiApp:
    return make_app(experiment=Experiment(driver="psycopg"), dsn=os.environ.get("PGTUI_TEST_DSN"))


@pytest.mark.live
async def test_it_fills_before_ones_eyes_and_a_cell_opens_in_the_live_screen(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pgtui.ui.screens.matrix.REPEAT", 2)
    monkeypatch.setattr("pgtui.ui.screens.matrix.experiments", lambda _: experiments(["psycopg", "asyncpg"]))
    shown: list[int] = []
    show = Matrix.show
    monkeypatch.setattr(Matrix, "show", lambda self, cells, *rest: (shown.append(len(cells)), show(self, cells, *rest)))
    async with live_app().run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: pilot.app.live.trace is not None)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(pilot.app.screen, MatrixScreen))
        screen = pilot.app.screen
        await until(pilot, lambda: len(screen.cells) == 20 and not screen.filling)
        assert set(range(21)) <= set(shown)
        assert screen.cells[RESET].verdict is Verdict.ERRORS
        await pilot.press(*["down"] * 5, "enter")
        live = pilot.app.live
        await until(pilot, lambda: pilot.app.screen is live)
        await until(
            pilot,
            lambda: live.trace is not None and live.trace.finished and live.trace.header.experiment == RESET,
        )
        assert live.experiment == RESET
        await pilot.press("m")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert len(screen.cells) == 20
        assert not screen.filling


@leaves
async def test_leaving_while_it_fills_ends_the_run_under_way(target: Target) -> None:
    async with live_app().run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: pilot.app.live.trace is not None)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(pilot.app.screen, MatrixScreen) and len(pilot.app.screen.cells) > 0)
        screen = pilot.app.screen
        await pilot.press("enter")
        live = pilot.app.live
        await until(pilot, lambda: pilot.app.screen is live and not screen.filling)
        await until(pilot, lambda: live.trace.header.experiment == screen.wanted[0] and live.trace.finished)
        before = len(screen.cells)
        assert before < len(screen.wanted)
        await pilot.press("m")
        await pilot.pause(0.2)
        assert len(screen.cells) == before


@leaves
async def test_the_app_can_be_left_while_it_fills(target: Target) -> None:
    app = live_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.live.trace is not None)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, MatrixScreen) and len(app.screen.cells) > 0)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.laboratory.runner is None and not app.is_running)
