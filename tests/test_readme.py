"""What the README says is so: its keys, its table of drivers, its pictures, its commands, its settings."""

import re
import shlex
from pathlib import Path
from typing import cast

import click
import pytest

from pgtui.cli.main import COMMANDS as COMMAND_LINE
from pgtui.cli.main import pgtui
from pgtui.core.experiment import Sharing
from pgtui.drivers.registry import DRIVERS
from pgtui.settings import PANELS, load_settings
from pgtui.ui.commands import COMMANDS
from tests.readme import NOTHING, README, written

TEXT = README.read_text(encoding="utf-8")


def table_under(heading: str) -> list[list[str]]:
    """The cells of the table in a section, its head first."""
    section = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not set(line) <= set("|- ")]


def code(text: str) -> list[str]:
    """What stands in backquotes."""
    return re.findall(r"`([^`]+)`", text)


@pytest.mark.parametrize("cells", table_under("Keys")[1:], ids=lambda cells: cells[2])
def test_the_keys_of_a_line_are_those_of_its_commands(cells: list[str]) -> None:
    written_keys, _, ids = cells
    found = [next(command for command in COMMANDS if command.id == name) for name in code(ids)]
    assert code(written_keys) == [command.key_words().split()[0] for command in found]


def test_the_keys_of_vim_are_bound() -> None:
    told = TEXT.partition("The mouse works everywhere; ")[2].partition(" move as in vim")[0]
    assert set(code(told)) <= {key for command in COMMANDS for key in command.key_words().split()[1:]}
    assert len(code(told)) >= 4


def test_the_table_of_drivers_is_that_of_the_recorded_matrix() -> None:
    assert written(TEXT) == TEXT, "Written anew by: python -m tests.readme"


def test_the_table_of_drivers_has_all_and_agrees_with_the_registry() -> None:
    head, *lines = table_under("Drivers × sharing")
    assert head[1:] == [sharing.label for sharing in Sharing]
    assert [line[0] for line in lines] == [f"`{driver.id}`" for driver in DRIVERS]
    for driver, (_, *cells) in zip(DRIVERS, lines, strict=True):
        lacking = {sharing for sharing, cell in zip(Sharing, cells, strict=True) if cell == NOTHING}
        assert lacking == set(Sharing) - set(driver.sharings()), driver.id


def test_every_picture_is_shown_with_words_for_those_who_do_not_see_it() -> None:
    shown = dict(re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", TEXT))
    shown |= {words: file for file, words in re.findall(r'<img src="([^"]*)"[^>]* alt="([^"]*)">', TEXT)}
    pictures = README.parent / "tests" / "ui" / "pictures"
    assert {README.parent / file for file in shown.values()} == set(pictures.iterdir())
    assert all(len(words) > 20 for words in shown)


def command_lines() -> set[str]:
    """Every `pgtui …` in the README."""
    blocks, rest = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL), re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
    return {line for line in [*"".join(blocks).splitlines(), *code(rest)] if re.match(r"pgtui( |$)", line)}


@pytest.mark.parametrize("line", sorted(command_lines()))
def test_a_command_line_can_be_read(line: str) -> None:
    words, command = shlex.split(line, comments=True)[1:], cast(click.Command, pgtui)
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, words[0]
        words, command = words[1:], found
    if words:
        command.make_context(command.name, words)


def test_every_command_has_an_example() -> None:
    section = TEXT.partition("\n## Commands\n")[2].partition("\n## ")[0]
    lines = [line.split()[1] for line in section.splitlines() if line.startswith("pgtui ")]
    assert [word for word in lines if not word.startswith("-")] == list(COMMAND_LINE)
    [file] = re.findall(r"pgtui replay (\S+)", section)
    assert (README.parent / file).is_file()


def test_the_settings_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(TEXT.partition("```toml\n")[2].partition("```")[0])
    monkeypatch.setenv("PGTUI_SETTINGS", str(file))
    settings = load_settings()
    settings.check_keymap(command.id for command in COMMANDS)
    assert settings.panels != PANELS
    assert settings.keymap == {"run": "f9", "theme": "f8,ctrl+t"}


def test_the_themes_that_it_names_are_those_that_there_are() -> None:
    told = TEXT.partition('theme = "light"')[2].partition("\n")[0]
    assert all(file.stem in told for file in (README.parent / "themes").glob("*.toml"))
