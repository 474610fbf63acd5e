"""Two runs compared: what the status and the table say of both, in every size, and the keys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from pgtui.settings import Settings
from pgtui.ui.app import make_app
from pgtui.ui.screens.compare import CompareScreen
from pgtui.ui.screens.live import LiveScreen
from tests.ui.recordings import recorded
from tests.ui.test_live_screen import text_of, until
from tests.ui.traces import shared_cursor


@asynccontextmanager
async def compared(
    size: tuple[int, int] = (120, 40), **settings: object
) -> AsyncIterator[tuple[Pilot[object], CompareScreen]]:
    """psycopg, which queues, and asyncpg, which refuses and takes longer, at their ends."""
    trace = shared_cursor()
    app = make_app(experiment=trace.header.experiment, settings=Settings(**settings), trace=trace)  # type: ignore[arg-type]
    async with app.run_test(size=size) as pilot:
        screen = CompareScreen(recorded("psycopg-shared-connection"), recorded("asyncpg-shared-connection"))
        await app.push_screen(screen)
        await pilot.press("end")
        await pilot.pause()
        yield pilot, screen


@pytest.mark.parametrize("columns", [80, 120, 160])
async def test_the_status_names_both_drivers_and_the_experiment_once(columns: int) -> None:
    async with compared((columns, 40)) as (pilot, _):
        first = text_of(pilot.app)[0]
        assert "psycopg 3.3.9 | asyncpg 0.32.0" in first
        assert first.count("shared connection") == 1
        assert "finished" in first
        assert ("by time" in first) == (columns > 80)
        assert first.count("sleep(0)") == (columns > 80)


async def test_the_status_tells_the_time_of_the_longer_run() -> None:
    async with compared() as (pilot, screen):
        assert screen.playback.trace.header.experiment.driver == "asyncpg"
        assert "9.3 ms of 9.3 ms" in text_of(pilot.app)[0]
        await pilot.press("home")
        await until(pilot, lambda: "0.00 ms of 9.3 ms" in text_of(pilot.app)[0])


@pytest.mark.parametrize("columns", [40, 80, 100, 160])
async def test_nothing_in_the_table_is_cut_in_the_middle_of_a_word(columns: int) -> None:
    async with compared((columns, 40)) as (pilot, _):
        drawn = text_of(pilot.app)
        table = drawn[next(y for y, line in enumerate(drawn) if line.startswith(" took")) :]
        lines = [line for line in table if line.split() and line.split()[0] in ("green", "pink", "teal")]
        assert len(lines) == 3
        assert not any("…" in line for line in lines)
        assert lines[0].count("3 of 3 rows") == (2 if columns > 40 else 0)
        assert ("waited" in lines[0]) == (columns > 100)


async def test_the_keys_of_vim_move_the_playhead_unless_they_are_left_out() -> None:
    for vim in (True, False):
        async with compared(vim=vim) as (pilot, screen):
            end = screen.playback.index
            await pilot.press("h")
            assert screen.playback.index == end - vim
            await pilot.press("0")
            assert screen.playback.index == (0 if vim else end)
            await pilot.press("home", "right")
            assert screen.playback.index == 1
            await pilot.press("escape")
            assert isinstance(pilot.app.screen, LiveScreen)
