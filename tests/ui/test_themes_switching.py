"""Themes in a running app: each can be switched on, a saved file shows at once, and a bad one changes nothing."""

import os
from pathlib import Path

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color
from textual.widgets import Button, DataTable, Footer, Input, Markdown, OptionList, Select, Static, TextArea

from pgtui.core.state import Phase
from pgtui.ui import theme_files
from pgtui.ui.contrast import contrast
from pgtui.ui.look import DEFAULT_LOOK, look, look_of, state_name
from pgtui.ui.theme_files import DIRECTORY_VARIABLE, ThemeFile, UserThemes, load_themes
from pgtui.ui.themes import VARIABLE_DEFAULTS, variable_defaults
from pgtui.ui.theming import ThemeWatch, register, switch


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's themes, none yet."""
    monkeypatch.delenv(DIRECTORY_VARIABLE, raising=False)
    monkeypatch.setattr(theme_files, "user_directory", lambda: tmp_path / "themes")
    (tmp_path / "themes").mkdir()
    return tmp_path / "themes"


def save(directory: Path, text: str, name: str = "mine") -> Path:
    path = directory / f"{name}.toml"
    path.write_text(text)
    return path


class Screenful(App[None]):
    """Uses every variable of ours in CSS, and the widgets that pgtui uses."""

    CSS = "".join(f".{name} {{ color: ${name}; }}\n" for name in VARIABLE_DEFAULTS if not name.startswith("glyph-"))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield Static("task", classes="task-2")
        yield Input()
        yield TextArea()
        yield Select([("a", 1)])
        yield DataTable[str]()
        yield OptionList("a")
        yield Markdown("# a")
        yield Button("a")
        yield Footer()

    @property
    def shown(self) -> str:
        """The colour in which the second task stands on the screen."""
        return self.screen.query_one(".task-2").styles.color.hex.lower()


async def test_every_theme_can_be_switched_on_and_gives_its_colours() -> None:
    app = Screenful()
    async with app.run_test() as pilot:
        found = load_themes()
        assert register(app, found) == ()
        for theme in found.loaded:
            assert switch(app, theme.name) is None
            await pilot.pause()
            assert app.shown == theme.variables["task-2"]
            shown = look(app)
            assert (shown.dark, shown.ansi) == (theme.dark, theme.ansi)
            assert {name: shown.variables[name] for name in theme.variables} == dict(theme.variables)


async def test_every_theme_of_textual_has_readable_tasks_too() -> None:
    app = Screenful()
    async with app.run_test() as pilot:
        for name in sorted(app.available_themes):
            app.theme = name
            await pilot.pause()
            shown = look(app)
            if not shown.ansi:
                background = Color.parse(shown.colour("background"))
                for task in range(1, 17):
                    assert contrast(Color.parse(shown.task(task)), background) >= 2.9, (name, task)


async def test_an_ansi_theme_that_says_little_can_be_switched_on(directory: Path) -> None:
    save(directory, 'primary = "ansi_green"\nansi = true\n')
    save(directory, 'primary = "ansi_green"\nansi = true\ndark = false\n', "bright")
    app = Screenful()
    async with app.run_test() as pilot:
        register(app, load_themes())
        for name in ("mine", "bright"):
            assert switch(app, name) is None
            await pilot.pause()
            assert look(app).ansi


async def test_the_look_is_the_same_object_until_the_theme_changes() -> None:
    app = Screenful()
    async with app.run_test() as pilot:
        register(app, load_themes())
        switch(app, "notebook")
        await pilot.pause()
        before = look(app)
        app.refresh_css()
        await pilot.pause()
        assert look(app) is before
        switch(app, "light")
        await pilot.pause()
        assert look(app) is not before
        assert look(app).task(1) != before.task(1)


async def test_a_theme_that_is_not_there_is_said_and_the_default_shown() -> None:
    app = Screenful()
    async with app.run_test():
        register(app, load_themes())
        assert switch(app, "nonsense") == "There is no theme 'nonsense'; this is 'notebook'."
        assert app.theme == "notebook"


async def test_without_any_file_the_app_keeps_textuals_theme() -> None:
    app = Screenful()
    async with app.run_test():
        before = app.theme
        register(app, UserThemes((), ()))
        said = switch(app, "nonsense")
        assert said is not None
        assert before in said
        assert app.theme == before


async def test_a_saved_theme_shows_at_once_and_a_bad_one_changes_nothing(directory: Path) -> None:
    save(directory, 'primary = "#111111"\n[variables]\ntask-2 = "#222222"\n')
    watch = ThemeWatch()
    app = Screenful()
    async with app.run_test() as pilot:
        register(app, load_themes())
        switch(app, "mine")
        await pilot.pause()
        assert (app.shown, watch.changed()) == ("#222222", None)

        path = save(directory, 'primary = "#111111"\n[variables]\ntask-2 = "#33333344"\n')
        changed = watch.changed()
        assert changed is not None
        assert register(app, changed) == ()
        await pilot.pause()
        assert app.shown == "#33333344"
        assert watch.changed() is None

        save(directory, "primary = ")
        changed = watch.changed()
        assert changed is not None
        (failed,) = register(app, changed)
        await pilot.pause()
        assert (failed.path, app.shown, app.theme) == (str(path), "#33333344", "mine")

        path.unlink()
        changed = watch.changed()
        assert changed is not None
        assert register(app, changed) == ()
        await pilot.pause()
        assert (app.shown, app.theme) == ("#33333344", "mine")


async def test_what_textual_cannot_use_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = ThemeFile("bad", {"primary": "not checked"}, {}, "user", "/themes/bad.toml")
    app = Screenful()
    async with app.run_test():
        (failed,) = register(app, UserThemes((bad, *load_themes().loaded), ()))
        assert "not checked" in str(failed)
        assert "/themes/bad.toml" in str(failed)
        assert {"notebook", "light"} <= set(app.available_themes)
        assert "bad" not in app.available_themes


def test_the_watch_sees_a_file_come_change_and_go(directory: Path) -> None:
    watch = ThemeWatch()
    assert watch.changed() is None
    path = save(directory, 'primary = "#111111"\n')
    assert watch.changed() is not None
    status = path.stat()
    path.write_text('primary = "#222222"\n')
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    changed = watch.changed()
    assert changed is not None
    assert [theme.fields["primary"] for theme in changed.loaded if theme.name == "mine"] == ["#222222"]
    path.unlink()
    assert watch.changed() is not None
    assert watch.changed() is None


def test_the_watch_never_raises(directory: Path) -> None:
    watch = ThemeWatch(directory / "nowhere")
    (directory / "gone.toml").symlink_to(directory / "nothing")
    assert isinstance(watch.changed(), UserThemes | None)
    (directory / "gone.toml").unlink()
    directory.rmdir()
    directory.touch()
    assert isinstance(watch.changed(), UserThemes | None)


@pytest.fixture(params=sorted(path.stem for path in Path(__file__).parents[2].glob("themes/*.toml")))
def theme(request: pytest.FixtureRequest) -> ThemeFile:
    """Each theme that comes with pgtui."""
    return next(theme for theme in load_themes().loaded if theme.name == request.param)


def test_a_look_draws_tasks_states_and_glyphs(theme: ThemeFile) -> None:
    shown = look_of(theme)
    assert shown.task(1) == shown.task(17) == theme.variables["task-1"]
    assert shown.task(0) == theme.variables["dim"]
    style = shown.style("task-1", "surface", bold=True)
    assert style is shown.style("task-1", "surface", bold=True)
    assert style.bold
    assert style.color is not None
    assert style.color == Color.parse(theme.variables["task-1"]).rich_color
    assert shown.style("#ff5faf").color == Color.parse("#ff5faf").rich_color
    assert shown.style() == Style()
    for phase in Phase:
        for waits_on in (None, "server", "connect", "lock", "pool", "sleep", "tasks", "other"):
            name = state_name(phase, waits_on)
            assert len(shown.glyph(name)) == 1
            assert shown.state(name) == theme.variables[f"state-{name}"]


def test_a_blend_lies_between_colour_and_background() -> None:
    assert DEFAULT_LOOK.blend("#ffffff", 1).lower() == "#ffffff"
    assert DEFAULT_LOOK.blend("#ffffff", 0).lower() == DEFAULT_LOOK.colour("background")
    middle = Color.parse(DEFAULT_LOOK.blend("task-1", 0.5))
    assert contrast(middle, Color.parse("#0d1117")) < contrast(
        Color.parse(DEFAULT_LOOK.task(1)), Color.parse("#0d1117")
    )
    terminal = look_of(next(theme for theme in load_themes().loaded if theme.name == "terminal"))
    assert terminal.blend("task-1", 0.5) == "ansi_green"


def test_the_default_look_is_the_notebooks() -> None:
    notebook = look_of(next(theme for theme in load_themes().loaded if theme.name == "notebook"))
    assert {name: notebook.variables[name] for name in DEFAULT_LOOK.variables} == dict(DEFAULT_LOOK.variables)


def test_a_translucent_colour_is_mixed_into_the_background() -> None:
    assert DEFAULT_LOOK.style("#ffffff80").color == (Color.parse("#0d1117") + Color.parse("#ffffff80")).rich_color
    assert DEFAULT_LOOK.style("task-1", "transparent").bgcolor is None
