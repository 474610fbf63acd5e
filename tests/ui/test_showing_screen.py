"""A hazard being shown: made ones with every key, real ones on a server, ended and left behind."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psycopg
import pytest
from textual.pilot import Pilot

from pgtui.core.experiment import Experiment
from pgtui.guide import Side, hazard
from pgtui.postgres import Target
from pgtui.ui.app import PgtuiApp, make_app
from pgtui.ui.picture import Mode
from pgtui.ui.screens.guide import GuideScreen
from pgtui.ui.screens.showing import ShowingScreen
from pgtui.ui.showing import Showing
from pgtui.ui.widgets.guide import EntryPage
from pgtui.ui.widgets.notice import Notice
from pgtui.ui.widgets.showing import Verdicts
from tests.ui.guides import LOST, OUTCOMES, MadeShowing, made_showing
from tests.ui.matrices import WaitingLaboratory
from tests.ui.test_guide_screen import SIZES, chosen_number, opened, recorded_app
from tests.ui.test_live_screen import text_of, until
from tests.ui.traces import shared_cursor


async def test_escape_ends_what_runs_and_escape_again_goes_back() -> None:
    async with opened((80, 24)) as (pilot, screen):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ShowingScreen))
        showing = pilot.app.screen
        await until(pilot, lambda: screen.laboratory.waits == 1)
        assert showing.showing.running
        await pilot.press("r")
        assert screen.laboratory.waits == 1
        await pilot.press("escape")
        await until(pilot, lambda: not showing.showing.running)
        assert pilot.app.screen is showing
        assert "ended before its time" in showing.showing.trouble
        await pilot.press("r")
        await until(pilot, lambda: screen.laboratory.waits == 1)
        await pilot.press("escape")
        await until(pilot, lambda: not showing.showing.running)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.outcomes[1] is OUTCOMES[0], "what came of it before is still known"


@asynccontextmanager
async def shown(
    showing: Showing, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Pilot[object], ShowingScreen]]:
    """A hazard that has been shown."""
    app = recorded_app()
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = ShowingScreen(showing, WaitingLaboratory())
        await app.push_screen(screen)
        await pilot.pause()
        yield pilot, screen


@pytest.mark.parametrize("size", SIZES)
async def test_it_plays_in_slow_motion_in_every_size(size: tuple[int, int]) -> None:
    async with shown(made_showing(), size) as (pilot, screen):
        await until(pilot, lambda: screen.playback is not None)
        assert screen.playback.mode is Mode.PLAYING
        assert screen.trace.header.experiment == shared_cursor().header.experiment
        await pilot.press("end", "f2", "f2", "v", "v")
        assert screen.playback.mode is Mode.FINISHED


async def test_s_goes_to_the_right_way_and_back_to_the_same_moment() -> None:
    async with shown(made_showing()) as (pilot, screen):
        await until(pilot, lambda: screen.playback is not None)
        await pilot.press("home", "right", "right", "right")
        here = screen.playback.index
        await pilot.press("s")
        assert screen.recipe == (0, Side.RIGHT_WAY)
        assert screen.trace is screen.showing.begun((0, Side.RIGHT_WAY)).trace
        await pilot.press("end")
        assert any("3 of 3 rows" in line for line in text_of(pilot.app))
        await pilot.press("s")
        assert screen.recipe == (0, Side.HAZARD)
        assert screen.playback.index == here
        await pilot.press("d")
        assert screen.recipe == (0, Side.HAZARD)


async def test_the_verdicts_are_on_the_screen_and_can_be_clicked() -> None:
    async with shown(made_showing()) as (pilot, screen):
        drawn = "\n".join(text_of(pilot.app))
        assert "● shown: Rows arrived as green 1, pink 1, teal 3" in drawn
        assert "√ right way clean: all tasks done" in drawn
        await pilot.click(Verdicts, offset=(5, screen.query_one(Verdicts).size.height - 1))
        await until(pilot, lambda: screen.recipe == (0, Side.RIGHT_WAY))


async def test_a_driver_is_chosen_by_key_and_by_click() -> None:
    async with shown(MadeShowing(hazard("3"), {})) as (pilot, screen):
        await pilot.press("d", "d")
        assert screen.recipe == (2, Side.HAZARD)
        await pilot.press("D")
        assert screen.recipe == (1, Side.HAZARD)
        width = screen.size.width
        await pilot.click(Verdicts, offset=(width - 5, 0))
        await until(pilot, lambda: screen.recipe == (2, Side.HAZARD))


async def test_where_there_is_no_run_the_status_tells_of_none() -> None:
    trace, verdict = shared_cursor(), LOST
    async with shown(MadeShowing(hazard("3"), {(0, Side.HAZARD): (trace, verdict)}), (80, 24)) as (pilot, screen):
        await until(pilot, lambda: screen.playback is not None)
        await pilot.press("end")
        assert "psycopg 3.3.9" in text_of(pilot.app)[0]
        await pilot.press("d")
        await until(pilot, lambda: "field guide · connection-refuses · aiopg" in text_of(pilot.app)[0])
        assert "event" not in text_of(pilot.app)[0]
        assert "The key r runs it." in str(screen.query_one(Notice).content)
        await pilot.press("D")
        await until(pilot, lambda: f"event {len(trace)} of {len(trace)}" in text_of(pilot.app)[0])


async def test_what_cannot_be_shown_says_why() -> None:
    showing = MadeShowing(hazard("29"), {})
    showing.reasons = ("There is no pgbouncer on this machine; Debian has it in the package pgbouncer.",) * 2
    async with shown(showing) as (_, screen):
        told = str(screen.query_one(Notice).content)
        assert "It cannot be shown here." in told
        assert "There is no pgbouncer on this machine" in told


async def test_what_left_nothing_to_see_says_what_it_said() -> None:
    showing = made_showing()
    for side in Side:
        showing.begun((0, side)).trace = None
    async with shown(showing) as (pilot, screen):
        assert "4 were lost" in str(screen.query_one(Notice).content)
        await pilot.press("s")
        assert "all tasks done" in str(screen.query_one(Notice).content)


async def test_a_server_that_fails_is_told() -> None:
    showing = MadeShowing(hazard("1"), {})
    showing.outcome = None
    async with shown(showing) as (pilot, screen):
        await until(pilot, lambda: screen.laboratory.waits == 1)
        await pilot.press("escape")
        await until(pilot, lambda: not showing.running)
        showing.end("The server does not answer.", "Is it running?")
        screen._ended = False
        screen.move_on(0.0)
        told = str(screen.query_one(Notice).content)
        assert "The server does not answer." in told
        assert "Is it running?" in told


# On a server
def live_app() -> PgtuiApp:
    return make_app(experiment=Experiment(driver="psycopg"), dsn=os.environ.get("PGTUI_TEST_DSN"))


async def on_the_guide(pilot: Pilot[object], number: int) -> GuideScreen:
    """Open the guide and choose a hazard."""
    app = pilot.app
    await until(pilot, lambda: app.live.trace is not None and app.live.trace.finished)
    await pilot.press("g")
    await until(pilot, lambda: isinstance(app.screen, GuideScreen))
    screen = app.screen
    await pilot.press("slash", *str(number), "enter")
    await until(pilot, lambda: chosen_number(screen) == number)
    return screen


async def patiently(pilot: Pilot[object], true: Callable[[], bool]) -> None:
    """Wait for what a server has to do."""
    async with asyncio.timeout(60):
        while not true():
            await pilot.pause(0.02)


async def backends(target: Target) -> int:
    """How many connections of this process's hazards the server has."""
    async with await psycopg.AsyncConnection.connect(target.conninfo("test")) as connection:
        like = f"pgtui guide {os.getpid()}.%"
        cursor = await connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE %s", (like,)
        )
        return (await cursor.fetchone())[0]


@pytest.mark.live
async def test_a_hazard_is_shown_on_a_server_and_its_right_way_is_clean(target: Target) -> None:
    app = live_app()
    async with app.run_test(size=(120, 40)) as pilot:
        guide = await on_the_guide(pilot, 1)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ShowingScreen))
        screen = app.screen
        await patiently(pilot, lambda: screen.showing.outcome is not None and screen.trace is not None)
        assert screen.playback.mode is Mode.PLAYING
        await pilot.press("end")
        drawn = "\n".join(text_of(app))
        assert "● shown: Rows arrived as green 1, pink 1, teal 3; 4 were lost" in drawn
        assert "√ right way clean: all tasks done, 9 rows, none lost, none foreign." in drawn
        assert "psycopg.ProgrammingError" in drawn
        await pilot.press("s", "end")
        assert screen.trace.header.source.title.endswith("right way")
        assert "\n".join(text_of(app)).count("3 of 3 rows") == 3
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is guide)
        assert guide.outcomes[1].shown
        assert guide.outcomes[1].right_way_clean
        assert "√" in text_of(app)[3]
        assert "1 run: 1 shown, 1 with a clean right way" in text_of(app)[0]


@pytest.mark.live
@pytest.mark.parametrize("leave", ["after it has ended", "at once", "by quitting"])
async def test_a_hazard_that_is_ended_leaves_nothing_behind(target: Target, leave: str) -> None:
    app = live_app()
    async with app.run_test(size=(80, 24)) as pilot:
        guide = await on_the_guide(pilot, 4)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ShowingScreen))
        screen = app.screen

        def asks() -> bool:
            begun = screen.showing.begun((0, Side.HAZARD))
            return begun is not None and begun.trace is not None and begun.trace.now.steps > 3

        await patiently(pilot, asks)
        assert await backends(target) > 0
        if leave == "by quitting":
            await pilot.press("ctrl+q")
            await patiently(pilot, lambda: not app.is_running)
            assert await backends(target) == 0
            return
        await pilot.press("escape")
        if leave == "after it has ended":
            await patiently(pilot, lambda: not screen.showing.running)
            assert app.screen is screen
            assert await backends(target) == 0
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is guide)
        await patiently(pilot, lambda: not screen.showing.running)
        assert await backends(target) == 0
        assert 4 not in guide.outcomes
        # The server is free for the next one.
        await pilot.press("escape", "escape", "r")
        await patiently(pilot, lambda: app.screen is app.live and app.live.trace.finished)


@pytest.mark.live
async def test_what_writes_is_skipped_on_a_server_that_is_only_read(target: Target) -> None:
    app = make_app(experiment=Experiment(driver="psycopg"), dsn=target.conninfo("test"))
    async with app.run_test(size=(120, 40)) as pilot:
        guide = await on_the_guide(pilot, 7)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ShowingScreen))
        screen = app.screen
        await patiently(pilot, lambda: screen.showing.outcome is not None)
        await until(pilot, lambda: "--allow-writes" in str(screen.query_one(Notice).content))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is guide)
        assert "Ø skipped: It writes" in guide.query_one(EntryPage).text
