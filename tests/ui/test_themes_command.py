"""`pgtui themes`: lists, names what was skipped, previews only where colours show."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pgtui.cli.main import status
from pgtui.core.names import COLOURS
from pgtui.ui import theme_files
from pgtui.ui.theme_files import DIRECTORY_VARIABLE

BUNDLED = ["colour-blind", "dark", "high-contrast", "light", "notebook", "terminal"]
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of themes, one of them bad, that --theme-dir can name; the user's own is empty."""
    for name in (DIRECTORY_VARIABLE, "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(theme_files, "user_directory", lambda: tmp_path / "user")
    themes = tmp_path / "themes"
    themes.mkdir()
    (themes / "mine.toml").write_text('primary = "#123456"\ndark = false\n')
    (themes / "bad.toml").write_text('primary = "#123456"\n[variables]\ntask-1 = "gren"\n')
    return themes


def test_it_lists_the_bundled_themes(capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["themes"]) == 0
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()] == BUNDLED
    assert {line.split()[2] for line in out.splitlines()} == {"bundled"}
    assert err == ""
    assert "\x1b" not in out


def test_it_names_the_users_themes_and_what_was_skipped(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["themes", "--theme-dir", str(directory)]) == 0
    out, err = capsys.readouterr()
    assert f"mine           light  --theme-dir  {directory / 'mine.toml'}" in out.splitlines()
    assert "bad" not in out
    assert (
        err
        == f"pgtui: skipped {directory / 'bad.toml'}: variables.task-1: 'gren' is not a colour; did you mean 'green'?\n"
    )


def test_json_has_the_same_for_programs(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["themes", "--json", "--theme-dir", str(directory)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [theme["name"] for theme in report["themes"]] == sorted([*BUNDLED, "mine"])
    assert {theme["kind"] for theme in report["themes"]} == {"dark", "light", "ansi"}
    assert report["failed"] == [
        {
            "path": str(directory / "bad.toml"),
            "key": "variables.task-1",
            "reason": "'gren' is not a colour; did you mean 'green'?",
        }
    ]


def test_a_name_picks_one_and_an_unknown_name_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["themes", "light"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["light"]
    assert status(["themes", "lihgt"]) == 2
    err = capsys.readouterr().err
    assert "'lihgt'" in err
    assert "light" in err


def test_a_skipped_theme_of_that_name_is_told(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["themes", "bad", "--theme-dir", str(directory)]) == 2
    err = capsys.readouterr().err
    assert "variables.task-1" in err
    assert "There is no theme 'bad'." in err


def test_where_colours_show_there_is_a_preview(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("COLUMNS", "80")
    assert status(["themes"]) == 0
    out = capsys.readouterr().out
    assert "38;2;255;95;175" in out, "the pink of the notebook theme"
    words = ESCAPE.sub("", out)
    for word in (*COLOURS, "running", "waiting", "error", "2 rows lost"):
        assert words.count(word) >= len(BUNDLED), word
    assert max(map(len, words.splitlines()[:-1])) <= 80


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_where_colours_are_not_wanted_there_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv(name, value)
    assert status(["themes"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert len(out.splitlines()) == len(BUNDLED)


def test_listing_imports_neither_textual_nor_rich() -> None:
    code = (
        "import sys; from pgtui.cli.main import status; status(['themes'])\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('textual', 'rich')], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr.strip() == "[]"
    assert "notebook" in done.stdout
