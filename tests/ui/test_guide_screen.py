"""The guide screen: every key of it, and what is typed or pasted to search for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Footer

from pgtui.errors import UsageError
from pgtui.guide import hazard, hazards
from pgtui.settings import Settings
from pgtui.ui.app import PgtuiApp, make_app
from pgtui.ui.commands import COMMANDS, EVERYWHERE, GUIDE, ON_A_RUN, SEEKING, SHOWING, bindings_of, chosen
from pgtui.ui.look import DEFAULT_LOOK
from pgtui.ui.screens.guide import GuideScreen
from pgtui.ui.screens.help import HelpScreen, help_text
from pgtui.ui.screens.live import LiveScreen
from pgtui.ui.screens.showing import ShowingScreen
from pgtui.ui.widgets.guide import EntryPage, HazardList, RecipesPage
from pgtui.ui.widgets.page import Page
from pgtui.ui.widgets.search import Search
from tests.ui.guides import OUTCOMES, made_entry
from tests.ui.matrices import WaitingLaboratory
from tests.ui.test_guide_drawing import TRACEBACK
from tests.ui.test_live_screen import text_of, until
from tests.ui.traces import shared_cursor

SIZES = [(20, 6), (40, 12), (80, 24), (100, 30), (120, 40), (200, 50)]


def recorded_app(**settings: object) -> PgtuiApp:
    trace = shared_cursor()
    return make_app(experiment=trace.header.experiment, settings=Settings(**settings), trace=trace)  # type: ignore[arg-type]


@asynccontextmanager
async def opened(
    size: tuple[int, int] = (120, 40), **settings: object
) -> AsyncIterator[tuple[Pilot[object], GuideScreen]]:
    """The guide over a recorded run, with made entries, and a laboratory that waits."""
    app = recorded_app(**settings)
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
        assert screen.query_one(EntryPage).heading == f"{number} {one.id}"
        assert one.why.split()[0] in screen.query_one(EntryPage).text
        assert screen.query_one(RecipesPage).heading == f"recipes  {one.drivers[0]}"


async def test_the_keys_of_vim_can_be_left_out_here_too() -> None:
    async with opened((80, 24), vim=False) as (pilot, screen):
        await pilot.press("j", "j", "G", "ctrl+f")
        assert chosen_number(screen) == 1
        await pilot.press("down", "space")
        assert chosen_number(screen) == 8
        await pilot.press("tab", "tab", "j", "G")
        assert screen.query_one(RecipesPage).scroll_offset.y == 0
        assert "j k" not in help_text(DEFAULT_LOOK, {}, vim=False).plain
    async with opened((80, 24)) as (pilot, screen):
        await pilot.press("slash", "j", "0")
        assert screen.query_one(Search).value == "j0", "what one types keeps its letters"


async def test_a_thumb_in_the_frame_tells_which_part_is_in_view_and_the_wheel_moves_it() -> None:
    async with opened((80, 24)) as (pilot, screen):
        await pilot.press("tab", "tab")
        recipes = screen.query_one(RecipesPage)

        def thumb() -> list[int]:
            strips = recipes.render_lines(recipes.outer_size.region)
            return [y for y, strip in enumerate(strips) if strip.text.endswith("█")]

        before = thumb()
        assert before[0] == 1
        recipes.post_message(events.MouseScrollDown(recipes, 5, 5, 0, 1, 0, False, False, False, 5, 5))
        await until(pilot, lambda: recipes.scroll_offset.y > 0)
        await pilot.press("end")
        await until(pilot, lambda: recipes.scroll_offset.y == recipes.max_scroll_y)
        assert thumb()[-1] == recipes.room[1]
        assert len(thumb()) == len(before)


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
        assert recipes.heading == "recipes  asyncpg"
        assert "async def share_cursor" in recipes.text
        await pilot.press("d", "d")
        assert recipes.heading == "recipes  sqlalchemy-asyncpg"
        assert "The driver sqlalchemy-asyncpg is not installed. Install it" in " ".join(recipes.text.split())
        await pilot.press("D")
        assert recipes.heading == "recipes  aiopg"
        await pilot.press("d", "d")
        assert recipes.heading == "recipes  asyncpg"
        await pilot.press("k", "d")
        assert recipes.heading == "recipes  psycopg"


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
        await until(pilot, lambda: any("In the field guide" in line for line in text_of(pilot.app)))
        assert any("Run the hazard and its right way" in line for line in text_of(pilot.app))
        assert screen.query_one(Footer) is not None


# Searching
async def test_what_is_typed_narrows_the_list_and_escape_brings_all_back() -> None:
    async with opened((80, 24)) as (pilot, screen):
        await pilot.press("slash", *"cursor")
        await until(pilot, lambda: 0 < len(listed(screen)) < 32)
        assert 1 in listed(screen)
        assert f"{len(listed(screen))} of 32" in screen.query_one(HazardList).caption
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


def test_there_are_as_many_hazards_as_the_help_says() -> None:
    assert len(hazards()) == 32
    assert any("32 hazards" in command.help for command in COMMANDS)
