"""The live screen on a recorded run: every key does what the help says, in every size, whatever the values are."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, TextArea

from pgtui.core.recording import load, save
from pgtui.core.state import Phase
from pgtui.core.trace import Trace
from pgtui.errors import UsageError
from pgtui.settings import PANELS, Settings
from pgtui.ui.app import PgtuiApp, make_app
from pgtui.ui.picture import Mode
from pgtui.ui.screens.ask import AskScreen
from pgtui.ui.screens.help import HelpScreen
from pgtui.ui.screens.live import LiveScreen
from pgtui.ui.screens.query import QueryScreen
from pgtui.ui.screens.tour import STEPS, TourScreen
from pgtui.ui.tasklines import columns_in
from pgtui.ui.widgets.code import Code
from pgtui.ui.widgets.findings import Findings
from pgtui.ui.widgets.pane import Pane
from pgtui.ui.widgets.panes import Panes
from pgtui.ui.widgets.pickers import Pickers
from pgtui.ui.widgets.ribbon import Ribbon
from pgtui.ui.widgets.tasklist import TaskList
from pgtui.ui.widgets.timeline import Timeline
from tests.ui.traces import hostile, new_connection, shared_cursor, turns

SIZES = [(20, 6), (40, 12), (80, 24), (100, 30), (120, 40), (200, 50)]


@asynccontextmanager
async def opened(
    trace: Trace | None = None, size: tuple[int, int] = (120, 40), **settings: object
) -> AsyncIterator[tuple[Pilot[object], LiveScreen]]:
    """The screen on a recorded run, paused at its end."""
    trace = trace or shared_cursor()
    app = make_app(experiment=trace.header.experiment, settings=Settings(**settings), trace=trace)  # type: ignore[arg-type]
    async with app.run_test(size=size) as pilot:
        screen = app.live
        await until(pilot, lambda: bool(screen.query("Pane, TaskList")))
        screen.action_end()
        await pilot.pause()
        yield pilot, screen


async def until(pilot: Pilot[object], true: Callable[[], bool]) -> None:
    """Wait for something that comes within a few turns of the loop."""
    for _ in range(500):
        if true():
            return
        await pilot.pause(0.01)
    raise AssertionError("it did not come within five seconds")


def text_of(app: PgtuiApp) -> list[str]:
    """What stands on the screen, a line a line."""
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


async def test_a_short_run_plays_in_slow_motion_by_itself() -> None:
    trace = shared_cursor()
    app = make_app(experiment=trace.header.experiment, trace=trace)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        playback = app.live.playback
        assert playback is not None
        app.live.move_on(0.0)
        assert playback.mode is Mode.PLAYING
        assert playback.index < len(trace)
        app.live.move_on(playback.show_seconds)
        assert playback.mode is Mode.FINISHED


async def test_everything_on_the_screen_is_at_the_playhead() -> None:
    # Without the code: where that is scrolled to depends on where one comes from.
    async with opened(panels=("timeline", "findings")) as (pilot, screen):
        end = text_of(pilot.app)
        await pilot.press("home")
        begin = text_of(pilot.app)
        assert not any("monitor_for_deletion" in line for line in begin)
        assert any("not begun" in line for line in begin)
        await pilot.press("end")
        assert text_of(pilot.app) == end
        assert any("psycopg.ProgrammingError" in line for line in end)
        assert screen.playback is not None


@pytest.mark.parametrize("forth_and_back", [("right", "left"), ("l", "h"), ("shift+right", "shift+left"), ("L", "H")])
async def test_stepping_there_and_back_shows_the_same(forth_and_back: tuple[str, str]) -> None:
    forth, back = forth_and_back
    async with opened(panels=("timeline", "findings")) as (pilot, screen):
        await pilot.press("home", *[forth] * 4)
        places, pictures = [], []
        for _ in range(5):
            places.append(screen.playback.index)
            pictures.append(text_of(pilot.app))
            await pilot.press(forth)
        for place, picture in zip(reversed(places), reversed(pictures), strict=True):
            await pilot.press(back)
            assert screen.playback.index == place
            assert text_of(pilot.app) == picture
        assert screen.playback.mode is Mode.PAUSED


async def test_space_plays_and_pauses() -> None:
    async with opened() as (pilot, screen):
        await pilot.press("space")
        assert screen.playback.mode is Mode.PLAYING
        await pilot.press("space")
        assert screen.playback.mode is Mode.PAUSED
        await pilot.press("G")
        assert screen.playback.mode is Mode.FINISHED


async def test_speed_axis_and_zoom() -> None:
    async with opened() as (pilot, screen):
        await pilot.press("plus")
        assert screen.playback.speed == 2
        await pilot.press("minus", "minus")
        assert screen.playback.speed == 0.5
        by_step = screen.playback.by_step
        await pilot.press("x")
        assert screen.playback.by_step is not by_step
        await pilot.press("greater_than_sign")
        assert screen.zoom == 2
        await pilot.press("comma", "full_stop", "less_than_sign")
        assert screen.zoom == 1


@pytest.mark.parametrize(("key", "panel"), [("f2", Pickers), ("f3", Timeline), ("f4", Code), ("f5", Findings)])
async def test_panels_open_and_close(key: str, panel: type) -> None:
    async with opened() as (pilot, screen):
        widget = screen.query_one(panel)
        assert widget.display
        await pilot.press(key)
        assert not widget.display
        await pilot.press(key)
        assert widget.display


async def test_panes_grow_and_shrink() -> None:
    async with opened() as (pilot, screen):
        panes, code = screen.query_one(Panes), screen.query_one(Code)
        height, width = panes.size.height, code.size.width
        await pilot.press("right_curly_bracket", "right_parenthesis")
        await pilot.pause()
        assert panes.size.height > height
        assert code.size.width > width
        await pilot.press("left_curly_bracket", "left_parenthesis")
        await pilot.pause()
        assert (panes.size.height, code.size.width) == (height, width)


async def test_a_small_terminal_turns_from_panel_to_panel() -> None:
    async with opened(size=(80, 24)) as (pilot, screen):
        seen = []
        for _ in PANELS:
            await pilot.press("v")
            await pilot.pause()
            seen.append([panel for panel in PANELS if screen.query_one(f"#{panel}").region.area])
        assert sorted(seen) == [[panel] for panel in sorted(PANELS)]


async def test_digits_focus_and_enter_makes_large() -> None:
    async with opened() as (pilot, screen):
        await pilot.press("2")
        assert isinstance(screen.focused, Pane)
        assert screen.focused.number == 2
        await pilot.press("enter")
        await pilot.pause()
        assert screen.maximized is screen.focused
        assert any("pink" in line for line in text_of(pilot.app))
        await pilot.press("escape")
        await pilot.pause()
        assert screen.maximized is None


async def test_copying_takes_the_pane_that_has_the_focus() -> None:
    async with opened() as (pilot, _screen):
        await pilot.press("1", "Y")
        assert pilot.app.clipboard.startswith("green\n")
        assert "psycopg.ProgrammingError" in pilot.app.clipboard
        assert "teal" not in pilot.app.clipboard
        await pilot.press("escape", "Y")
        assert "teal\n" in pilot.app.clipboard


async def test_text_can_be_dragged_and_copied() -> None:
    async with opened() as (pilot, screen):
        pane = screen.query_one("#task-3", Pane)
        row = next(y for y, line in enumerate(pane.text.splitlines()) if "vitaly" in line) + 1
        await pilot.mouse_down(pane, offset=(3, row))
        await pilot.hover(pane, offset=(20, row))
        await pilot.mouse_up(pane, offset=(20, row))
        assert (screen.get_selected_text() or "").startswith("e72bd6e6")


async def test_a_finding_leads_to_its_events() -> None:
    async with opened() as (pilot, screen):
        screen.query_one(Findings).focus()
        await pilot.press("enter")
        await pilot.pause()
        assert screen.highlighted
        assert screen.playback.index == max(screen.highlighted) + 1
        await pilot.press("escape")
        assert not screen.highlighted


async def test_the_mouse_moves_the_playhead_on_the_timeline() -> None:
    async with opened() as (pilot, screen):
        timeline = screen.query_one(Timeline)
        await pilot.click(timeline, offset=(timeline.size.width // 2, 2))
        await pilot.pause()
        assert 0 < screen.playback.index < len(screen.trace)


async def test_writing_the_run(tmp_path: Path) -> None:
    async with opened() as (pilot, screen):
        await pilot.press("w")
        assert isinstance(pilot.app.screen, AskScreen)
        pilot.app.screen.query_one(Input).value = str(tmp_path / "run.jsonl")
        await pilot.press("enter")
        await until(pilot, lambda: not any(worker.group == "write" for worker in pilot.app.workers))
        written = load(str(tmp_path / "run.jsonl"))
        assert list(written.events()) == list(screen.trace.events())


async def test_opening_a_written_run(tmp_path: Path) -> None:
    other = new_connection()
    save(other, str(tmp_path / "other.jsonl"))
    async with opened() as (pilot, screen):
        for name, found in (("missing.jsonl", shared_cursor()), ("other.jsonl", other)):
            await pilot.press("O")
            pilot.app.screen.query_one(Input).value = str(tmp_path / name)
            await pilot.press("enter")
            await until(pilot, lambda: not any(worker.group == "load" for worker in pilot.app.workers))
            assert list(screen.trace.events()) == list(found.events())
            assert screen.experiment == found.header.experiment
        assert next(toast.message for toast in pilot.app._notifications).startswith(str(tmp_path / "missing.jsonl"))


async def test_how_long_each_task_ran_and_waited_is_in_its_pane() -> None:
    async with opened(size=(120, 40)) as (pilot, _):
        assert sum(line.count("ran 0.") and line.count("waited") for line in text_of(pilot.app)) == 3
        await pilot.press("1", "enter")
        await pilot.pause()
        assert any("4 steps · ran 0.24 · ready 0.28 · waited 0.77 ms" in line for line in text_of(pilot.app))


@pytest.mark.parametrize("index", [34, 60, None])
async def test_every_pane_has_its_backend_in_a_small_terminal_too(index: int | None) -> None:
    async with opened(size=(80, 24)) as (pilot, screen):
        if index is not None:
            screen.action_seek(index)
        await pilot.pause()
        assert sum(line.count("4711 ∞") for line in text_of(pilot.app)) == 3


@pytest.mark.parametrize(
    ("cells", "words"), [(80, ["shared cursor"]), (120, ["shared cursor", "sleep(0)", "PostgreSQL"])]
)
async def test_the_status_drops_what_matters_least(cells: int, words: list[str]) -> None:
    async with opened(size=(cells, 30)) as (pilot, _):
        line = text_of(pilot.app)[0]
        assert len(line.rstrip()) <= cells
        for word in ("pgtui", "psycopg 3.3.9", "finished", "event 67 of 67", *words):
            assert word in line


async def test_a_list_that_hears_last_of_its_size_fits_into_it() -> None:
    async with opened(turns(64, 5)) as (pilot, screen):
        tasks = screen.query_one(TaskList)
        tasks.focus()
        await pilot.press("enter")
        await until(pilot, lambda: bool(screen.query(Pane)) and tasks.size.width < 100)
        tasks.on_resize()  # the order of this and of the picture is not certain
        assert fits(tasks)
        await pilot.resize_terminal(100, 40)
        await until(pilot, lambda: tasks.size.width < 50)
        await pilot.pause()
        assert fits(tasks)


def fits(tasks: TaskList) -> bool:
    """Whether the list's columns are those of its size."""
    assert tasks._picture is not None
    return bool(tasks._seen) and tasks._columns == columns_in(tasks._picture, tasks.room[0] - 2)


async def test_help_opens_over_anything_and_closes() -> None:
    async with opened() as (pilot, screen):
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(pilot.app.screen, HelpScreen)
        await pilot.press("j", "k", "escape")
        assert pilot.app.screen is screen


async def test_help_begins_with_the_panel_that_has_the_keys() -> None:
    async with opened() as (pilot, screen):
        screen.query_one(Findings).focus()
        await pilot.press("question_mark")
        await pilot.pause()
        assert "What happened" in "\n".join(text_of(pilot.app)[:8])


async def test_the_guide_has_at_most_five_steps_and_ends() -> None:
    assert len(STEPS) <= 5
    async with opened() as (pilot, screen):
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(pilot.app.screen, TourScreen)
        await pilot.press("left", *["enter"] * len(STEPS))
        await pilot.pause()
        assert pilot.app.screen is screen
        assert not screen.query(".-beside-the-tour")


async def test_the_query_editor_gives_what_was_typed_and_remembers_it() -> None:
    async with opened() as (pilot, screen):
        await pilot.press("q")
        await pilot.pause()
        assert isinstance(pilot.app.screen, QueryScreen)
        pilot.app.screen.query_one(TextArea).text = "SELECT 1 AS one\n-- of several lines"
        await pilot.press("f5")
        await pilot.pause()
        assert screen.experiment.query == "SELECT 1 AS one\n-- of several lines"
        assert pilot.app.memory.queries[0] == screen.experiment.query
        await pilot.press("q")
        await pilot.pause()
        await pilot.press("f6", "enter")
        assert pilot.app.screen.query_one(TextArea).text == screen.experiment.query
        await pilot.press("escape")
        assert pilot.app.screen is screen


async def test_numbers_are_typed_in_their_place() -> None:
    async with opened() as (pilot, screen):
        await pilot.press("t", "1", "2", "enter")
        assert screen.experiment.tasks == 12
        await pilot.press("n", "up", "up", "enter")
        assert screen.experiment.rows == 5
        await pilot.press("t", "9", "9", "escape")
        assert screen.experiment.tasks == 12
        await pilot.press("z", "2", "0", "backspace", "5", "enter")
        assert screen.experiment.server_delay == 0.025
        assert screen.focused is None


async def test_a_number_out_of_range_is_refused_in_words() -> None:
    async with opened() as (pilot, screen):
        await pilot.press("t", "0", "enter")
        await pilot.pause()
        assert screen.experiment.tasks == 3
        assert [note.message for note in pilot.app._notifications][-1].startswith("0 is no number of tasks")


@pytest.mark.parametrize(
    ("key", "back", "field"), [("d", "D", "driver"), ("s", "S", "sharing"), ("y", "y", "yielding")]
)
async def test_pickers_cycle_there_and_back(key: str, back: str, field: str) -> None:
    async with opened() as (pilot, screen):
        before = getattr(screen.experiment, field)
        await pilot.press(key)
        assert getattr(screen.experiment, field) != before
        await pilot.press(back)
        assert getattr(screen.experiment, field) == before


async def test_a_click_picks() -> None:
    async with opened() as (pilot, screen):
        line = text_of(pilot.app)[2]
        await pilot.click(offset=(line.index("shared connection") + 2, 2))
        assert screen.experiment.sharing == "shared-connection"


async def test_presets_have_the_notebooks_cells_first() -> None:
    async with opened() as (pilot, screen):
        await pilot.press("p")
        await pilot.pause()
        options = pilot.app.screen.query_one(OptionList)
        assert options.option_count > 8
        await pilot.press("j", "k", "enter")
        await pilot.pause()
        assert screen.experiment.driver == "aiopg-sa"


async def test_the_palette_offers_every_command() -> None:
    async with opened() as (pilot, screen):
        offered = [command.title for command in pilot.app.get_system_commands(screen)]
        assert "Run the experiment" in offered
        assert "Keys, columns and glyphs explained" in offered


async def test_the_themes_go_round() -> None:
    async with opened() as (pilot, _):
        seen = [pilot.app.theme]
        for _ in range(10):
            await pilot.press("ctrl+t")
            seen.append(pilot.app.theme)
        assert {"notebook", "dark", "light", "high-contrast", "colour-blind", "terminal"} <= set(seen)


@pytest.mark.parametrize("vim", [True, False])
async def test_dialogues_take_the_keys_of_vim_when_they_are_wanted(vim: bool) -> None:
    async with opened(vim=vim) as (pilot, screen):
        await pilot.press("question_mark")
        await pilot.pause()
        box = pilot.app.screen.query_one(VerticalScroll)
        await pilot.press("down")
        await until(pilot, lambda: box.scroll_target_y > 0)
        line = box.scroll_target_y
        await pilot.press("j", "down")
        await until(pilot, lambda: box.scroll_target_y == line * (2 + vim))
        await pilot.press("escape", "p")
        await pilot.pause()
        options = pilot.app.screen.query_one(OptionList)
        places = [place for place, option in enumerate(options.options) if not option.disabled]
        await pilot.press("j", "down")
        await until(pilot, lambda: options.highlighted == places[1 + vim])
        await pilot.press("escape")
        assert pilot.app.screen is screen


async def test_keys_can_be_rebound_and_vim_left_out() -> None:
    async with opened(keymap={"home": "f9"}, vim=False) as (pilot, screen):
        await pilot.press("f9")
        assert screen.playback.index == 0
        await pilot.press("l")
        assert screen.playback.index == 0
        await pilot.press("right")
        assert screen.playback.index == 1


def test_a_keymap_with_an_unknown_command_is_refused() -> None:
    with pytest.raises(UsageError, match="stepp"):
        make_app(experiment=shared_cursor().header.experiment, settings=Settings(keymap={"stepp": "f9"}))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("make", [shared_cursor, hostile, lambda: turns(8, 4), lambda: turns(64, 3)])
async def test_no_size_breaks_the_screen(size: tuple[int, int], make: Callable[[], Trace]) -> None:
    async with opened(make(), size) as (pilot, screen):
        for line in text_of(pilot.app):
            assert "\x1b" not in line
            assert "\n" not in line
        for widget in (Panes, Ribbon):
            assert screen.query_one(widget).region.bottom <= size[1]
        for other in SIZES:
            await pilot.resize_terminal(*other)
            await pilot.press("left", "end")
        assert not [line for line in text_of(pilot.app) if "\x1b" in line]


async def test_hostile_values_are_shown_and_do_nothing() -> None:
    async with opened(hostile()) as (pilot, _screen):
        text = "\n".join(text_of(pilot.app))
        for shown in ("␛[31mred", "[red]markup[/red]", "tab␉here", "世界", "␛[2Jconnection", "psycopg.errors.Boom[/]"):
            assert shown in text


async def test_sixty_four_tasks_are_a_list_whose_panes_open() -> None:
    async with opened(turns(64, 3)) as (pilot, screen):
        tasks = screen.query_one(TaskList)
        tasks.focus()
        await pilot.press("down", "down", "enter")
        await pilot.pause()
        pane = screen.query_one(Pane)
        assert (tasks.cursor, pane.number) == (3, 3)
        await pilot.press("j")
        await pilot.pause()
        assert pane.number == 4
        assert "fetching" in pane.text
        await pilot.press("enter")
        await pilot.pause()
        assert not screen.query(Pane)
        await pilot.press("pagedown", "pagedown", "pagedown", "pagedown", "pagedown", "pagedown", "pagedown")
        assert tasks.cursor == 64


async def test_going_from_many_tasks_to_few_and_back() -> None:
    async with opened() as (pilot, screen):
        for trace in (turns(64, 2), new_connection(), turns(8, 2), shared_cursor(), turns(2, 2)):
            screen.turn_to(trace)
            screen.action_end()
            await pilot.pause()
            await pilot.pause()
            shown = len(screen.query(Pane)) or len(screen.query(TaskList)) * len(trace.tasks)
            assert shown == len(trace.tasks)
            assert all(state.phase is Phase.DONE or state.phase.over for state in trace.now.tasks[1:])


async def test_a_pane_scrolled_up_stays_where_it_is_while_rows_arrive() -> None:
    trace = turns(2, 200)
    async with opened(trace) as (pilot, screen):
        await pilot.press("1", "pageup")
        pane = screen.query_one("#task-1", Pane)
        assert not pane.follows
        place = pane.first
        await pilot.press("left", "left")
        assert pane.first == place
        await pilot.press("pagedown", "pagedown", "left")
        assert pane.follows
