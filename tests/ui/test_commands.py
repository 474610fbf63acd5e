"""The table of commands: every key once, every action there, and help that leaves none out."""

import re
from collections import Counter

import pytest
from textual.binding import BindingsMap
from textual.widgets._footer import FooterKey

from pgtui.settings import Settings
from pgtui.ui.app import PgtuiApp, make_app
from pgtui.ui.commands import COMMANDS, GROUPS, LIVE, SEEKING, Command, bindings_of
from pgtui.ui.legend import MARKS, STATES
from pgtui.ui.look import DEFAULT_LOOK
from pgtui.ui.screens.help import help_text
from pgtui.ui.screens.live import ArrowsLiveScreen, LiveScreen
from tests.ui.traces import shared_cursor


def test_ids_and_keys_are_there_once() -> None:
    bindings = bindings_of(COMMANDS)
    assert [name for name, count in Counter(binding.id for binding in bindings).items() if count > 1] == []
    assert [key for key, count in Counter(binding.key for binding in bindings).items() if count > 1] == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_every_command_has_its_action_and_its_words(command: Command) -> None:
    name = command.action.removeprefix("app.").partition("(")[0]
    home = PgtuiApp if command.action.startswith("app.") else LiveScreen
    assert callable(getattr(home, f"action_{name}"))
    assert command.help.endswith(".")
    assert len(command.label) <= 10
    assert command.group in GROUPS


def test_the_help_has_every_key_and_every_glyph() -> None:
    text = help_text(DEFAULT_LOOK, {}, vim=True).plain
    lines = text.splitlines()
    for command in COMMANDS:
        if not command.id.startswith("task-"):
            assert any(line.startswith(command.key_words()) and command.help in line for line in lines), command.id
        assert command.id in text
    for name, words, _ in STATES:
        assert f"{DEFAULT_LOOK.glyph(name)} {words}" in text
    for glyph, _, meaning in MARKS:
        assert any(DEFAULT_LOOK.glyph(glyph) in line and meaning in line for line in lines)


def test_the_help_shows_the_users_own_keys() -> None:
    text = help_text(DEFAULT_LOOK, {"run": "f9,ctrl+r"}, vim=False).plain
    assert re.search(r"^f9 ctrl\+r +Run the experiment\.", text, re.MULTILINE)
    assert not re.search(r"^→ l", text, re.MULTILINE)


def test_vims_keys_can_be_left_out() -> None:
    assert "h" in BindingsMap(LiveScreen.BINDINGS).key_to_bindings
    assert "h" not in BindingsMap(ArrowsLiveScreen.BINDINGS).key_to_bindings
    assert "left" in BindingsMap(ArrowsLiveScreen.BINDINGS).key_to_bindings


def test_a_rebound_key_replaces_the_first_one_and_clashes_with_nothing() -> None:
    bindings = BindingsMap(bindings_of(LIVE))
    result = bindings.apply_keymap({"step": "f9"})
    assert not result.clashed_bindings
    assert [binding.action for binding in bindings.key_to_bindings["f9"]] == ["step(1)"]
    assert "right" not in bindings.key_to_bindings
    assert "l" in bindings.key_to_bindings


@pytest.mark.parametrize(("cells", "wide"), [(80, False), (120, True), (200, True)])
async def test_the_footer_shows_what_has_room(cells: int, wide: bool) -> None:
    trace = shared_cursor()
    app = make_app(experiment=trace.header.experiment, settings=Settings(), trace=trace)
    async with app.run_test(size=(cells, 30)) as pilot:
        await pilot.pause()
        keys = list(app.screen.query(FooterKey))
        assert keys[-1].region.right <= cells
        assert {key.action for key in keys} == {c.action for c in COMMANDS if c.shown and (wide or not c.wide)}
        await pilot.resize_terminal(120 if cells == 80 else 80, 30)
        await pilot.pause()
        await pilot.pause()
        assert len(list(app.screen.query(FooterKey))) == sum(c.shown and (cells == 80 or not c.wide) for c in COMMANDS)


def test_what_seeks_is_in_the_table() -> None:
    assert set(SEEKING) <= {command.id for command in COMMANDS}
