"""Theme files: where they are found, which one counts, and what is said about one that cannot be used."""

import os
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.design import ColorSystem
from textual.widgets import Button, DataTable, Footer, Input, Link, Markdown, OptionList, Select, TextArea

from pgtui.ui import theme_files
from pgtui.ui.look import look_of
from pgtui.ui.theme_files import DIRECTORY_VARIABLE, FailedTheme, UserThemes, load_themes, read_theme
from pgtui.ui.theme_values import ANSI_NAMES, COLOUR_FIELDS, TEXTUAL_VARIABLES, WrongTheme, theme_field, theme_variable
from pgtui.ui.themes import GLYPH_DEFAULTS, VARIABLE_DEFAULTS

GOOD = 'primary = "#123456"\n[variables]\ntask-1 = "{}"\n'
VALUES = (
    "#abc", "#abcd", "#abcdef", "#abcdef80", "red", "rgb(1,2,3)", "rgba(1,2,3,0.5)", "hsl(10,20%,30%)",
    "ansi_default", "transparent", *(f"ansi_{name}" for name in ANSI_NAMES),
)  # fmt: skip


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No theme of the developer's: `tmp_path/user`, `/variable` and `/flag` stand for the three places."""
    monkeypatch.delenv(DIRECTORY_VARIABLE, raising=False)
    monkeypatch.setattr(theme_files, "user_directory", lambda: tmp_path / "user")
    for name in ("user", "variable", "flag"):
        (tmp_path / name).mkdir()
    return tmp_path


def saved(directory: Path, text: str | bytes, name: str = "mine") -> Path:
    path = directory / f"{name}.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def colours(found: UserThemes, name: str = "mine") -> list[str]:
    return [theme.variables["task-1"] for theme in found.loaded if theme.name == name]


def test_the_flag_wins_over_the_variable_over_the_user_over_the_bundled(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundled = colours(load_themes(), "notebook")
    assert len(bundled) == 1
    saved(places / "user", GOOD.format("#000001"), "notebook")
    assert colours(load_themes(), "notebook") == ["#000001"]
    saved(places / "variable", GOOD.format("#000002"), "notebook")
    assert colours(load_themes(), "notebook") == ["#000001"]
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(places / "variable"))
    assert colours(load_themes(), "notebook") == ["#000002"]
    saved(places / "flag", GOOD.format("#000003"), "notebook")
    found = load_themes(places / "flag")
    assert colours(found, "notebook") == ["#000003"]
    assert [theme.origin for theme in found.loaded if theme.name == "notebook"] == ["--theme-dir"]
    assert [theme.origin for theme in found.loaded if theme.name == "dark"] == ["bundled"]


def test_a_bad_file_does_not_hide_the_good_one_of_its_name(places: Path) -> None:
    path = saved(places / "user", 'primary = "nonsense"', "notebook")
    found = load_themes()
    assert "notebook" in [theme.name for theme in found.loaded]
    assert [failed.path for failed in found.failed] == [str(path)]


def test_files_of_other_kinds_are_left_alone(places: Path) -> None:
    saved(places / "user", "nonsense").rename(places / "user" / "theme.txt")
    assert load_themes().failed == ()


def test_the_users_directory_need_not_be_there_but_a_named_one_must(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (places / "user").rmdir()
    assert load_themes().failed == ()
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(places / "nowhere"))
    found = load_themes(places / "neither")
    assert [Path(failed.path).name for failed in found.failed] == ["neither", "nowhere"]
    assert "notebook" in [theme.name for theme in found.loaded]


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ('primary = "#12345"', "primary", "'#12345' is not a colour"),
        ('primary = "gren"', "primary", "did you mean 'green'?"),
        ("primary = 3", "primary", "write it in quotes"),
        ('secondary = "#123456"', "primary", "is missing"),
        ('primary = "red"\nprimry = "red"', "primry", "there is no such key"),
        ('primary = "red"\nname = "x"', "name", "there is no such key"),
        ('primary = "red"\ndark = "yes"', "dark", "'yes' is neither true nor false"),
        ('primary = "red"\nansi = 1', "ansi", "1 is neither true nor false"),
        ('primary = "red"\nluminosity_spread = 15', "luminosity_spread", "15 is not a number from 0 to 1"),
        ('primary = "red"\ntext_alpha = true', "text_alpha", "True is not a number from 0 to 1"),
        ('primary = "red"\ntext_alpha = nan', "text_alpha", "nan is not a number from 0 to 1"),
        ('primary = "red"\nvariables = 3', "variables", "is not a table"),
        ('primary = "red"\n[variables]\ntask-17 = "red"', "variables.task-17", "there is no such variable"),
        ('primary = "red"\n[variables]\ntask-1 = "auto"', "variables.task-1", "'auto' is not a colour"),
        ('primary = "red"\n[variables]\ntask-1 = "red 50%"', "variables.task-1", "'red 50%' is not a colour"),
        ('primary = "red"\n[variables]\ntask-1 = "ansi_pink"', "variables.task-1", "'ansi_pink' is not a colour"),
        ('primary = "red"\n[variables]\ntask-1 = "#123456\\n"', "variables.task-1", "is not a colour"),
        ('primary = "red"\n[variables]\nprimary = "red"', "variables.primary", "a key of its own"),
        ('primary = "red"\n[variables]\nscrollbar = "auto"', "variables.scrollbar", "'auto' is not a colour"),
        ('primary = "red"\n[variables]\nlink-style = "red"', "variables.link-style", "is not a text style"),
        ('primary = "red"\n[variables]\nglyph-done = "ok"', "variables.glyph-done", "is not a glyph one cell wide"),
        ('primary = "red"\n[variables]\nglyph-done = "✅"', "variables.glyph-done", "is not a glyph one cell wide"),
        ('primary = "red"\n[variables]\nglyph-done = "\\""', "variables.glyph-done", "is not a glyph one cell wide"),
        (
            'primary = "red"\n[variables]\nglyph-done = "\\u001b"',
            "variables.glyph-done",
            "is not a glyph one cell wide",
        ),
        ('primary = "red"\n[variables]\nglyph-done = ""', "variables.glyph-done", "is not a glyph one cell wide"),
        ('primary = "red"\n[variables]\nglyph-done = 1', "variables.glyph-done", "is not a glyph one cell wide"),
        ("primary = ", "", "is not TOML"),
        ("a = " + "[" * 5_000, "", "is not TOML"),
        (b"\xff", "", "is not UTF-8 text (byte 0)"),
    ],
)
def test_a_bad_file_is_skipped_and_told_with_its_key_and_the_reason(
    places: Path, text: str | bytes, key: str, reason: str
) -> None:
    path = saved(places / "user", text)
    found = load_themes()
    (failed,) = found.failed
    assert (failed.path, failed.key) == (str(path), key)
    assert reason in failed.reason
    assert str(failed) == ": ".join(part for part in (str(path), key, failed.reason) if part)
    assert "\n" not in failed.reason.replace("\\n", "")
    assert "notebook" in [theme.name for theme in found.loaded]


def test_what_is_no_file_is_skipped_without_waiting(places: Path) -> None:
    os.mkfifo(places / "user" / "pipe.toml")
    (places / "user" / "folder.toml").mkdir()
    (places / "user" / "loop.toml").symlink_to(places / "user" / "loop.toml")
    assert [Path(failed.path).stem for failed in load_themes().failed] == ["folder", "loop", "pipe"]


@pytest.mark.parametrize("name", ["1st", "my theme", "a,b", ".hidden", ""])
def test_a_name_that_css_cannot_have_is_refused(places: Path, name: str) -> None:
    saved(places / "user", GOOD.format("#000001"), name)
    (failed,) = load_themes().failed
    assert "begins with a letter" in failed.reason


def test_a_theme_may_say_little(places: Path) -> None:
    saved(places / "user", 'primary = "#123456"')
    theme = next(theme for theme in load_themes().loaded if theme.name == "mine")
    look = look_of(theme)
    assert (theme.dark, theme.ansi, theme.background) == (True, False, None)
    assert (look.task(1), look.glyph("done")) == (VARIABLE_DEFAULTS["task-1"], GLYPH_DEFAULTS["glyph-done"])


def test_a_glyph_of_a_theme_is_drawn(places: Path) -> None:
    saved(places / "user", 'primary = "red"\n[variables]\nglyph-done = "+"\nglyph-absent = " "')
    look = look_of(next(theme for theme in load_themes().loaded if theme.name == "mine"))
    assert (look.glyph("done"), look.glyph("absent"), look.glyph("error")) == ("+", " ", GLYPH_DEFAULTS["glyph-error"])


def test_a_failed_theme_without_a_key_reads_well() -> None:
    assert str(FailedTheme("/a/b.toml", "", "is not TOML")) == "/a/b.toml: is not TOML"


def test_every_colour_that_is_let_through_is_one_for_textual() -> None:
    for value in VALUES:
        assert theme_field("primary", value) == value
        assert Color.parse(value) is not None


def test_own_and_textual_names_do_not_meet() -> None:
    textual = set(ColorSystem("#808080", dark=True).generate())
    assert textual >= TEXTUAL_VARIABLES
    assert not textual & set(VARIABLE_DEFAULTS)
    assert not TEXTUAL_VARIABLES & set(COLOUR_FIELDS)


class AllWidgets(App[None]):
    """Parses the CSS of the widgets that pgtui uses."""

    def compose(self) -> ComposeResult:
        yield Input()
        yield TextArea()
        yield Select([("a", 1)])
        yield DataTable[str]()
        yield OptionList("a")
        yield Markdown("# a")
        yield Button("a")
        yield Link("a", url="https://example.org")
        yield Footer()


async def test_whatever_value_is_let_through_the_css_takes(places: Path) -> None:
    """A wrong value in CSS would end the app when the theme is switched on."""
    app = AllWidgets()
    async with app.run_test():
        variables = app.get_css_variables()
        for value in (*VALUES[2:], "auto", "auto 87%", "bold", "not underline", "none"):
            taken = {}
            for name in TEXTUAL_VARIABLES:
                try:
                    taken[name] = theme_variable("", name, value)
                except WrongTheme:
                    continue
            assert taken, value
            sheet = app.stylesheet.copy()
            sheet.set_variables({**variables, **taken})
            sheet.reparse()


def test_reading_one_file_needs_no_search(places: Path) -> None:
    theme = read_theme(saved(places / "flag", GOOD.format("#00000a")), "--theme-dir")
    assert (theme.name, theme.variables["task-1"]) == ("mine", "#00000a")
