"""Code, ribbon and findings as panels: following the playhead, choosing, selecting."""

from dataclasses import replace

import pytest

from pgtui.core.events import Kind
from pgtui.core.findings import findings
from pgtui.core.trace import Trace
from pgtui.ui.picture import Picture, picture_at
from pgtui.ui.widgets.code import Code
from pgtui.ui.widgets.findings import Findings
from pgtui.ui.widgets.ribbon import Ribbon
from tests.ui.panels import PanelApp
from tests.ui.traces import shared_cursor, turns


def whole(trace: Trace) -> Picture:
    return replace(picture_at(trace), findings=findings(trace))


@pytest.fixture
def app() -> PanelApp:
    return PanelApp(Findings())


def chosen(app: PanelApp) -> list[str]:
    return [message.finding.rule for message in app.sent if isinstance(message, Findings.Chosen)]


async def test_enter_chooses_the_finding_that_the_keys_moved_to(app: PanelApp) -> None:
    async with app.run_test(size=(60, 20), message_hook=app.keep) as pilot:
        picture = whole(shared_cursor())
        assert len(picture.findings) >= 2
        app.panel.show(picture)
        app.panel.focus()
        await pilot.press("enter", "down", "enter", "down", "down", "down", "enter")
        assert chosen(app)[:2] == [finding.rule for finding in picture.findings[:2]]
        assert chosen(app)[-1] == picture.findings[-1].rule


async def test_a_click_chooses_the_finding_under_it_and_none_beside(app: PanelApp) -> None:
    async with app.run_test(size=(60, 20), message_hook=app.keep) as pilot:
        picture = whole(shared_cursor())
        app.panel.show(picture)
        await pilot.pause()
        second = next(y for y, line in enumerate(app.lines) if line.startswith("▲"))
        await pilot.click(Findings, offset=(10, second + 2))
        assert chosen(app) == [picture.findings[1].rule]
        await pilot.click(Findings, offset=(10, 18))
        assert len(chosen(app)) == 1


async def test_what_the_keys_move_to_is_scrolled_into_view(app: PanelApp) -> None:
    async with app.run_test(size=(30, 6)) as pilot:
        app.panel.show(whole(shared_cursor()))
        app.panel.focus()
        await pilot.press("down", "down")
        await pilot.pause()
        assert app.panel.scroll_offset.y > 0
        assert any(line.startswith("▲") for line in app.lines)


async def test_fewer_findings_move_the_cursor_back(app: PanelApp) -> None:
    async with app.run_test(size=(60, 20), message_hook=app.keep) as pilot:
        picture = whole(shared_cursor())
        app.panel.show(picture)
        app.panel.focus()
        await pilot.press("down", "down")
        app.panel.show(replace(picture, findings=picture.findings[:1]))
        await pilot.press("enter")
        assert chosen(app) == [picture.findings[0].rule]
        app.panel.show(replace(picture, findings=()))
        await pilot.press("enter", "down")
        assert len(chosen(app)) == 1


async def test_the_finding_that_is_highlighted_is_lit(app: PanelApp) -> None:
    async with app.run_test(size=(60, 20)) as pilot:
        picture = whole(shared_cursor())
        app.panel.show(picture)
        await pilot.pause()

        def background() -> object:
            return next(iter(app.panel.render_line(0))).style.bgcolor

        plain = background()
        app.panel.show(replace(picture, highlighted=frozenset(picture.findings[0].events)))
        await pilot.pause()
        assert background() != plain


async def test_text_can_be_selected_and_copied(app: PanelApp) -> None:
    async with app.run_test(size=(60, 20)) as pilot:
        app.panel.show(whole(shared_cursor()))
        await pilot.pause()
        app.panel.text_select_all()
        await pilot.pause()
        selected = app.screen.get_selected_text()
        assert selected is not None
        assert selected.startswith("● A cursor holds one result")
        await pilot.mouse_down(Findings, offset=(3, 1))
        await pilot.hover(Findings, offset=(10, 1))
        await pilot.mouse_up(Findings, offset=(10, 1))
        assert app.screen.get_selected_text() == "A cursor"


async def test_the_code_scrolls_to_where_the_tasks_are() -> None:
    app = PanelApp(Code())
    async with app.run_test(size=(60, 8)) as pilot:
        trace = shared_cursor()
        app.panel.show(picture_at(trace))
        await pilot.pause()
        assert any("gp×" in line for line in app.lines)
        first = next(event.index for event in trace.events() if event.kind is Kind.WAITS)
        app.panel.show(picture_at(trace, first + 1))
        await pilot.pause()
        assert any("►" in line and "async with await psycopg" in line for line in app.lines)
        assert app.frame_title == "code  psycopg · shared cursor"


async def test_the_code_stays_where_the_reader_scrolled_while_nothing_moves() -> None:
    app = PanelApp(Code())
    async with app.run_test(size=(60, 8)) as pilot:
        trace = shared_cursor()
        app.panel.show(picture_at(trace))
        app.panel.focus()
        await pilot.pause()
        await pilot.press("pageup", "pageup", "pageup")
        await pilot.pause()
        assert app.panel.scroll_offset.y == 0
        app.panel.show(replace(picture_at(trace), same=(2, 2)))
        await pilot.pause()
        assert app.panel.scroll_offset.y == 0


async def test_code_can_be_copied_with_its_lines() -> None:
    app = PanelApp(Code())
    async with app.run_test(size=(80, 30)) as pilot:
        app.panel.show(picture_at(shared_cursor()))
        await pilot.pause()
        app.panel.text_select_all()
        await pilot.pause()
        text = app.screen.get_selected_text()
        assert text is not None
        assert "await cursor.execute(task.query)" in text


async def test_a_title_with_markup_is_a_title() -> None:
    app = PanelApp(Code())
    async with app.run_test(size=(60, 8)) as pilot:
        trace = turns(1, 1)
        trace.header = replace(trace.header, source=replace(trace.header.source, title="[red]x[/red]\x1b[2J"))
        app.panel.show(picture_at(trace))
        await pilot.pause()
        assert app.frame_title == "code  [red]x[/red]␛[2J"


async def test_the_ribbon_is_one_line_without_a_frame() -> None:
    app = PanelApp(Ribbon())
    async with app.run_test(size=(100, 5)) as pilot:
        app.panel.styles.height = 1
        app.panel.show(picture_at(shared_cursor()))
        await pilot.pause()
        assert app.panel.size.height == 1
        assert app.lines[0].strip().startswith("rows")
        assert app.lines[0].endswith("5 of 9 arrived · 4 lost")
        assert not app.panel.can_focus
