"""The guide screen: every key of it, what is pasted, and a hazard shown, made ones and a real one on a server."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psycopg
import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Footer

from pgtui.core.experiment import Experiment
from pgtui.errors import UsageError
from pgtui.guide import Side, hazard, hazards
from pgtui.postgres import Target
from pgtui.settings import Settings
from pgtui.ui.app import PgtuiApp, make_app
from pgtui.ui.commands import COMMANDS, EVERYWHERE, GUIDE, ON_A_RUN, SEEKING, SHOWING, bindings_of, chosen
from pgtui.ui.look import DEFAULT_LOOK
from pgtui.ui.picture import Mode
from pgtui.ui.screens.guide import GuideScreen
from pgtui.ui.screens.help import HelpScreen, help_text
from pgtui.ui.screens.live import LiveScreen
from pgtui.ui.screens.showing import ShowingScreen
from pgtui.ui.showing import Showing
from pgtui.ui.widgets.guide import EntryPage, HazardList, RecipesPage, Search
from pgtui.ui.widgets.notice import Notice
from pgtui.ui.widgets.page import Page
from pgtui.ui.widgets.showing import Verdicts
from tests.ui.guides import OUTCOMES, MadeShowing, made_entry, made_showing
from tests.ui.matrices import WaitingLaboratory
from tests.ui.test_guide_drawing import TRACEBACK
from tests.ui.test_live_screen import text_of, until
from tests.ui.traces import shared_cursor

SIZES = [(20, 6), (40, 12), (80, 24), (100, 30), (120, 40), (200, 50)]


def recorded_app(**settings: object) -> PgtuiApp:
    trace = shared_cursor()
    return make_app(experiment=trace.header.experiment, settings=Settings(**settings), trace=trace)  # type: ignore[arg-type]


@asynccontextmanager
async def opened(size: tuple[int, int] = (120, 40)) -> AsyncIterator[tuple[Pilot[object], GuideScreen]]:
    """The guide over a recorded run, with made entries, and a laboratory that waits."""
    app = recorded_app()
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = GuideScreen(WaitingLaboratory(), OUTCOMES, map(made_entry, range(1, 33)))
        await app.push_screen(screen)
        await pilot.pause()
        yield pilot, screen


def listed(screen: GuideScreen) -> list[int]:
    """The numbers of the hazards that were found."""
    return [one.hazard.number for one in screen.query_one(HazardList).found]


def chosen_number(screen: GuideScreen) -> int:
    one = screen.query_one(HazardList).chosen
    return one.hazard.number if one is not None else 0


# Commands
def test_every_command_of_the_guide_has_its_action_and_its_words() -> None:
    for commands, screen in ((GUIDE, GuideScreen), (SHOWING, ShowingScreen)):
        for command in commands:
            name = command.action.partition("(")[0]
            assert name.startswith("app.") or callable(getattr(screen, f"action_{name}"))
            assert command.help.endswith(".")
            assert len(command.label) <= 10
    for name in (*SEEKING, *ON_A_RUN):
        action = next(command.action for command in COMMANDS if command.id == name).partition("(")[0]
        assert callable(getattr(ShowingScreen, f"action_{action}"))


def test_no_key_means_two_things_on_a_screen() -> None:
    for commands in ((*GUIDE, *EVERYWHERE), (*chosen(*SEEKING, *ON_A_RUN), *SHOWING, *EVERYWHERE)):
        keys = [binding.key for binding in bindings_of(commands)]
        assert len(set(keys)) == len(keys)
    ids = [command.id for command in (*COMMANDS, *GUIDE, *SHOWING)]
    assert len(set(ids)) == len(ids)


def test_the_help_has_every_key_of_the_guide_that_of_the_screen_first() -> None:
    text = help_text(DEFAULT_LOOK, {}, vim=True).plain
    for command in (*GUIDE, *SHOWING):
        assert any(line.startswith(command.key_words()) and command.help in line for line in text.splitlines())
        assert command.id in text
    first = help_text(DEFAULT_LOOK, {}, vim=True, first=GUIDE[0].group).plain
    assert first.index(GUIDE[0].group) < first.index("Experiment\n")


def test_the_guides_keys_can_be_set() -> None:
    recorded_app(keymap={"guide-search": "ctrl+s", "showing-side": "x"})
    with pytest.raises(UsageError, match="guide-serach"):
        recorded_app(keymap={"guide-serach": "ctrl+s"})


# Opening, and moving about
@pytest.mark.parametrize("size", SIZES)
async def test_it_opens_in_every_size_and_the_chosen_hazard_is_in_view(size: tuple[int, int]) -> None:
    async with opened(size) as (pilot, screen):
        assert listed(screen) == list(range(1, 33))
        await pilot.press("end")
        assert chosen_number(screen) == 32
        assert any("►" in line and "32" in line for line in text_of(pilot.app))
        await pilot.resize_terminal(44, 14)
        await pilot.pause()
        assert any("►" in line and "32" in line for line in text_of(pilot.app))
        for _ in range(3):
            await pilot.press("tab")
        assert isinstance(pilot.app.focused, HazardList)


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        ("down down up", 2),
        ("j j j k", 3),
        ("G", 32),
        ("end home", 1),
        ("pagedown", 7),
        ("ctrl+f ctrl+f ctrl+b", 7),
        ("space pageup", 1),
        ("up", 1),
    ],
)
async def test_keys_choose_a_hazard_and_its_entry_and_recipes_are_shown(keys: str, number: int) -> None:
    async with opened() as (pilot, screen):
        await pilot.press(*keys.split())
        assert chosen_number(screen) == number
        one = hazard(str(number))
        assert str(screen.query_one(EntryPage).border_title) == f"{number} {one.id}"
        assert one.why.split()[0] in screen.query_one(EntryPage).text
        assert str(screen.query_one(RecipesPage).border_title) == f"recipes  {one.drivers[0]}"


async def test_the_panel_with_the_keys_is_the_largest() -> None:
    async with opened((80, 24)) as (pilot, screen):
        for kind in (EntryPage, RecipesPage, HazardList):
            await pilot.press("tab")
            await pilot.pause()
            assert isinstance(pilot.app.focused, kind)
            heights = {page: page.size.height for page in screen.query(Page)}
            if kind is not HazardList:
                assert max(heights, key=heights.__getitem__) is pilot.app.focused
            assert sum(height + 2 for height in heights.values()) == 22


async def test_entry_and_recipes_scroll_by_keys_and_begin_anew_with_another_hazard() -> None:
    async with opened((80, 24)) as (pilot, screen):
        await pilot.press("tab", "tab", "j", "down", "pagedown")
        recipes = screen.query_one(RecipesPage)
        assert recipes.scroll_offset.y > 2
        await pilot.press("k", "end")
        assert recipes.scroll_offset.y == recipes.max_scroll_y > 0
        await pilot.press("tab", "down")
        assert recipes.scroll_offset.y == 0


async def test_d_shows_the_recipes_of_the_next_driver() -> None:
    async with opened() as (pilot, screen):
        await pilot.press("j", "j")
        recipes = screen.query_one(RecipesPage)
        assert str(recipes.border_title) == "recipes  asyncpg"
        assert "async def share_cursor" in recipes.text
        await pilot.press("d", "d")
        assert str(recipes.border_title) == "recipes  sqlalchemy-asyncpg"
        assert "The driver sqlalchemy-asyncpg is not installed. Install it" in " ".join(recipes.text.split())
        await pilot.press("D")
        assert str(recipes.border_title) == "recipes  aiopg"
        await pilot.press("d", "d")
        assert str(recipes.border_title) == "recipes  asyncpg"
        await pilot.press("k", "d")
        assert str(recipes.border_title) == "recipes  psycopg"


async def test_sources_are_read_in_a_thread() -> None:
    app = recorded_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("g")
        await until(pilot, lambda: isinstance(app.screen, GuideScreen))
        recipes, entry = app.screen.query_one(RecipesPage), app.screen.query_one(EntryPage)
        await until(pilot, lambda: "async def execute_and_iterate" in recipes.text)
        assert "psycopg/cursor_async.py:" in entry.text


async def test_the_mouse_chooses_and_a_second_click_runs() -> None:
    async with opened() as (pilot, screen):
        page = screen.query_one(HazardList)
        line = page._listing.owners.index(3)
        await pilot.click(HazardList, offset=(10, line + 1))
        assert chosen_number(screen) == 4
        await pilot.click(HazardList, offset=(10, line + 1), times=2)
        await until(pilot, lambda: isinstance(pilot.app.screen, ShowingScreen))
        assert pilot.app.screen.showing.hazard.number == 4


async def test_leaving_and_coming_back_finds_it_as_it_was() -> None:
    app = recorded_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("g", "j", "j")
        screen = app.screen
        assert isinstance(screen, GuideScreen)
        await pilot.press("g")
        await until(pilot, lambda: isinstance(app.screen, LiveScreen))
        await pilot.press("g")
        await until(pilot, lambda: app.screen is screen)
        assert chosen_number(screen) == 3
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, LiveScreen))


async def test_without_a_server_it_says_that_there_is_none() -> None:
    app = recorded_app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("g", "enter")
        await pilot.pause()
        assert isinstance(app.screen, GuideScreen)
        assert "there is no server" in [*app._notifications][-1].message


async def test_help_and_palette_have_its_commands() -> None:
    async with opened() as (pilot, screen):
        told = [command.title for command in pilot.app.get_system_commands(screen)]
        assert [command.help.rstrip(".") for command in GUIDE] == told[: len(GUIDE)]
        live = [command.title for command in pilot.app.get_system_commands(pilot.app.live)]
        assert any("field guide" in title for title in live)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        assert any("In the field guide" in line for line in text_of(pilot.app)[:12])
        assert screen.query_one(Footer) is not None


# Searching
async def test_what_is_typed_narrows_the_list_and_escape_brings_all_back() -> None:
    async with opened((80, 24)) as (pilot, screen):
        await pilot.press("slash", *"cursor")
        await until(pilot, lambda: 0 < len(listed(screen)) < 32)
        assert 1 in listed(screen)
        assert f"{len(listed(screen))} of 32" in str(screen.query_one(HazardList).border_subtitle)
        await pilot.press("down")
        assert chosen_number(screen) == listed(screen)[1]
        number = chosen_number(screen)
        await pilot.press("enter")
        assert isinstance(pilot.app.focused, HazardList)
        assert chosen_number(screen) == number
        await pilot.press("slash", "escape")
        await until(pilot, lambda: len(listed(screen)) == 32)
        assert chosen_number(screen) == number
        assert isinstance(pilot.app.focused, HazardList)
        await pilot.press("slash", "x", "enter", "escape")
        await until(pilot, lambda: len(listed(screen)) == 32)
        assert pilot.app.screen is screen


@pytest.mark.parametrize("open_first", [True, False])
async def test_a_pasted_traceback_finds_its_hazard(open_first: bool) -> None:
    async with opened() as (pilot, screen):
        if open_first:
            await pilot.press("slash")
        pilot.app.post_message(events.Paste(TRACEBACK))
        await until(pilot, lambda: len(listed(screen)) < 32)
        assert listed(screen)[0] == chosen_number(screen) == 3
        assert screen.query_one(Search).value == TRACEBACK.splitlines()[-1]
        assert "met       “another operation is in progress”" in screen.query_one(EntryPage).text
        # What is typed behind it stands for itself again.
        await pilot.press("x")
        assert screen.query_one(Search).wanted == TRACEBACK.splitlines()[-1] + "x"


async def test_a_very_long_paste_is_searched_in_a_thread() -> None:
    async with opened() as (pilot, screen):
        pilot.app.post_message(events.Paste("a line of a log\n" * 20_000 + "ProgrammingError: no result available"))
        await until(pilot, lambda: len(listed(screen)) < 32)
        assert chosen_number(screen) == 1


async def test_what_is_not_known_is_said_so() -> None:
    async with opened() as (pilot, screen):
        await pilot.press("slash", *"zzz", "enter")
        await until(pilot, lambda: listed(screen) == [])
        assert "No hazard is called so" in screen.query_one(HazardList).text
        assert screen.query_one(EntryPage).text == ""
        await pilot.press("enter", "d", "down", "end")
        assert pilot.app.screen is screen


# Showing a hazard
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


def test_there_are_as_many_hazards_as_the_help_says() -> None:
    assert len(hazards()) == 32
    assert any("32 hazards" in command.help for command in COMMANDS)
