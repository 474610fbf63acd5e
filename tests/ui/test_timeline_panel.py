"""The timeline panel: mouse and wheel become messages, pictures become lines, and nothing is drawn twice."""

from dataclasses import replace

import pytest
from textual import events
from textual.pilot import Pilot

from pgtui.ui.draw.axis import index_at
from pgtui.ui.draw.timeline import track_of
from pgtui.ui.picture import Mode, picture_at
from pgtui.ui.widgets.timeline import Timeline
from tests.ui.panels import PanelApp
from tests.ui.random_runs import random_run
from tests.ui.traces import new_connection, shared_cursor, turns

SIZE = (100, 12)
LABEL = 6
FRAME = 1


@pytest.fixture
def app() -> PanelApp:
    return PanelApp(Timeline())


def sought(app: PanelApp) -> list[int]:
    return [message.index for message in app.sent if isinstance(message, Timeline.Sought)]


def viewed(app: PanelApp) -> list[tuple[float, float | None]]:
    return [(message.zoom, message.left) for message in app.sent if isinstance(message, Timeline.Viewed)]


async def wheel(app: PanelApp, pilot: Pilot[None], kind: type[events.MouseEvent], x: int, **keys: bool) -> None:
    flags = {"shift": False, "meta": False, "ctrl": False} | keys
    event = kind(app.panel, x=x, y=2, delta_x=0, delta_y=0, button=0, screen_x=x, screen_y=2, style=None, **flags)
    app.panel.post_message(event)
    await pilot.pause()


async def test_it_shows_the_run_and_says_where_the_playhead_is(app: PanelApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app.panel.show(picture_at(shared_cursor()))
        await pilot.pause()
        assert app.lines[0].startswith("green")
        assert app.panel.heading == "timeline  by step"
        assert app.panel.caption == "step 18 of 18 · 4.8 ms of 4.8 ms"
        app.panel.show(replace(picture_at(shared_cursor()), by_step=False, zoom=2.0))
        assert app.panel.heading == "timeline  by time  ×2"


async def test_a_click_seeks_what_is_under_the_mouse(app: PanelApp) -> None:
    async with app.run_test(size=SIZE, message_hook=app.keep) as pilot:
        picture = picture_at(shared_cursor())
        app.panel.show(picture)
        await pilot.pause()
        await pilot.click(Timeline, offset=(FRAME + LABEL + 25, 2))
        view = track_of(picture, app.panel.room)
        assert sought(app) == [index_at(picture.trace, 25 / view.scale, True)]
        app.panel.show(picture_at(picture.trace, sought(app)[0]))
        await pilot.pause()
        assert app.lines[0][LABEL + 25] == "│"


async def test_dragging_moves_the_playhead_along_and_ends_with_the_button(app: PanelApp) -> None:
    async with app.run_test(size=SIZE, message_hook=app.keep) as pilot:
        app.panel.show(picture_at(shared_cursor()))
        await pilot.pause()
        await pilot.mouse_down(Timeline, offset=(FRAME + LABEL, 2))
        for x in (10, 30, 200, 3):
            await pilot.hover(Timeline, offset=(min(98, FRAME + LABEL + x), 2))
        await pilot.mouse_up(Timeline, offset=(20, 2))
        found = sought(app)
        assert found[0] == 0
        assert found[1] < found[2]
        count = len(found)
        await pilot.hover(Timeline, offset=(60, 2))
        assert len(sought(app)) == count


async def test_a_run_that_goes_on_can_be_sought_in(app: PanelApp) -> None:
    async with app.run_test(size=SIZE, message_hook=app.keep) as pilot:
        trace = random_run(1, 3, 300, finished=False, lasting=True)
        app.panel.show(picture_at(trace, mode=Mode.LIVE))
        await pilot.pause()
        for event in list(random_run(2, 3, 200, lasting=True).events())[5:]:
            trace.append(trace.now.time + 10, event.kind, event.task, 0)
        await pilot.click(Timeline, offset=(FRAME + LABEL + 10, 2))
        assert 0 < sought(app)[0] < 300


async def test_the_wheel_zooms_where_the_mouse_is_and_pans_with_shift(app: PanelApp) -> None:
    async with app.run_test(size=SIZE, message_hook=app.keep) as pilot:
        picture = picture_at(turns(3, 60))
        app.panel.show(picture)
        await pilot.pause()
        await wheel(app, pilot, events.MouseScrollUp, FRAME + LABEL + 40)
        zoom, left = viewed(app)[0]
        assert zoom == 1.5
        app.panel.show(replace(picture, zoom=zoom, left=left))
        await wheel(app, pilot, events.MouseScrollDown, FRAME + LABEL + 40, shift=True)
        assert viewed(app)[1][0] == zoom
        assert viewed(app)[1][1] > left
        await wheel(app, pilot, events.MouseScrollDown, FRAME + LABEL + 40)
        assert viewed(app)[2] == (1.0, None)


async def test_the_wheel_scrolls_lanes_that_have_no_room_unless_ctrl_is_held(app: PanelApp) -> None:
    async with app.run_test(size=(80, 8), message_hook=app.keep) as pilot:
        app.panel.show(picture_at(turns(20, 3)))
        await pilot.pause()
        assert app.lines[0].startswith("green")
        await wheel(app, pilot, events.MouseScrollDown, 20)
        await pilot.pause()
        assert not app.lines[0].startswith("green")
        assert viewed(app) == []
        await wheel(app, pilot, events.MouseScrollUp, 20, ctrl=True)
        assert len(viewed(app)) == 1


async def test_all_lanes_can_be_scrolled_to_with_the_keys(app: PanelApp) -> None:
    async with app.run_test(size=(80, 8)) as pilot:
        app.panel.show(picture_at(turns(20, 3)))
        app.panel.focus()
        await pilot.press(*["down"] * 40)
        await pilot.pause()
        names = app.panel.picture.trace.header.names
        assert [line.split()[0] for line in app.lines] == [*names[17:21], "all", "1"]


async def test_a_picture_that_looks_the_same_is_not_drawn_again(app: PanelApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.run_test(size=SIZE) as pilot:
        trace = new_connection()
        app.panel.show(picture_at(trace, 30))
        await pilot.pause()
        drawn: list[object] = []
        draw = Timeline.draw
        monkeypatch.setattr(Timeline, "draw", lambda self, *given: drawn.append(given) or draw(self, *given))
        app.panel.show(picture_at(trace, 30))
        app.panel.show(replace(picture_at(trace, 30), same=(1, 2)))
        await pilot.pause()
        assert not drawn
        app.panel.show(picture_at(trace, 31))
        await pilot.pause()
        assert len(drawn) == 1


async def test_another_theme_repaints_it(app: PanelApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app.panel.show(picture_at(shared_cursor()))
        await pilot.pause()

        def colours() -> set[object]:
            return {segment.style.color for strip in app.panel.render_lines(app.panel.size.region) for segment in strip}

        before, text = colours(), app.lines
        app.theme = "textual-light"
        await pilot.pause()
        assert colours() != before
        assert app.lines == text


@pytest.mark.parametrize("size", [(20, 3), (1, 1), (5, 40), (200, 2)])
async def test_no_size_breaks_it(app: PanelApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app.panel.show(picture_at(shared_cursor()))
        await pilot.resize_terminal(*size)
        app.panel.show(picture_at(shared_cursor(), 20))
        await pilot.pause()
        await pilot.resize_terminal(*SIZE)
        await pilot.pause()
        assert app.lines[0].startswith("green")


async def test_sideways_keys_are_left_to_the_screen(app: PanelApp) -> None:
    taken = {key for binding in Timeline.BINDINGS for key in binding.key.split(",")}
    assert not taken & {"left", "right", "home", "end", "space"}
    async with app.run_test(size=SIZE):
        app.panel.focus()
        assert not set(app.screen.active_bindings) & {"left", "right", "home", "end", "space"}
