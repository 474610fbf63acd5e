"""`pgtui themes`: which themes there are, where they come from, which were skipped and why, and how they look."""

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from pgtui.core.names import COLOURS
from pgtui.errors import UsageError
from pgtui.ui.theme_files import ThemeFile, load_themes, user_directory

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from pgtui.ui.look import Look

_STATES = ("running", "ready", "waiting", "lock", "done", "error", "cancelled", "timeout")
_WIDTH = 78


@click.command()
@click.argument("name", nargs=-1)
@click.option("--theme-dir", type=click.Path(file_okay=False), help="Directory with more themes (*.toml).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def themes(name: tuple[str, ...], theme_dir: str | None, as_json: bool) -> None:
    """List the themes, or those of these names, and preview them.

    A theme is a file NAME.toml in --theme-dir, in the directory that PGTUI_THEMES names, in the user's
    configuration directory, or one that comes with pgtui; the first of a name counts. One that cannot be used
    is skipped, and named here.
    """
    found = load_themes(theme_dir)
    shown = [theme for theme in found.loaded if not name or theme.name in name]
    skipped = [failed for failed in found.failed if not name or failed.path.endswith(tuple(f"{n}.toml" for n in name))]
    if as_json:
        click.echo(json.dumps(_report(shown, skipped), indent=2, ensure_ascii=False))
    else:
        _show(shown)
        for failed in skipped:
            click.echo(f"pgtui: skipped {failed}", err=True)
    if missing := sorted(set(name) - {theme.name for theme in shown}):
        there = ", ".join(theme.name for theme in found.loaded)
        raise UsageError(f"There is no theme {missing[0]!r}.", f"Themes: {there}.")


def _report(shown: list[ThemeFile], skipped: list[Any]) -> dict[str, Any]:
    return {
        "schema": 1,
        "user_directory": str(user_directory()),
        "themes": [
            {"name": theme.name, "kind": _kind(theme), "origin": theme.origin, "path": theme.path} for theme in shown
        ],
        "failed": [{"path": failed.path, "key": failed.key, "reason": failed.reason} for failed in skipped],
    }


def _kind(theme: ThemeFile) -> str:
    return "ansi" if theme.ansi else "dark" if theme.dark else "light"


def _show(shown: list[ThemeFile]) -> None:
    console = _console()
    width = max((len(theme.name) for theme in shown), default=0)
    for theme in shown:
        where = theme.origin if theme.origin == "bundled" else f"{theme.origin}  {theme.path}"
        line = f"{theme.name:<{width}}  {_kind(theme):<5}  {where}"
        if console is None:
            click.echo(line)
        else:
            console.print(line, highlight=False, markup=False, style="bold", soft_wrap=True)
            for sample in _preview(theme):
                console.print(sample, overflow="crop")
            console.print()
    if console is not None and shown:
        console.print(f"Your own go into {user_directory()}", highlight=False, markup=False, soft_wrap=True)


def _console() -> "Console | None":
    """A console that shows colours; None where stdout does not, or NO_COLOR says not to."""
    if not (sys.stdout.isatty() or os.environ.get("FORCE_COLOR")):
        return None
    from rich.console import Console

    console = Console()
    return console if console.color_system and not console.no_color else None


def _preview(theme: ThemeFile) -> "list[Text]":
    """Lines on the theme's background: the tasks, their states, and what goes beside them."""
    from pgtui.ui.look import look_of

    look = look_of(theme)
    running, ready = look.glyph("lane-running"), look.glyph("lane-ready")
    tasks = [(f"{running}{ready} {name:<6}", f"task-{number}") for number, name in enumerate(COLOURS, 1)]
    return [
        _line(look, [(" ", "dim"), *tasks[:8]]),
        _line(look, [(" ", "dim"), *tasks[8:]]),
        _line(look, [(f" {look.glyph(state)} {state}", f"state-{state}") for state in _STATES]),
        _line(
            look,
            [
                (f" {look.glyph('lost')} 2 rows lost", "row-lost"),
                (f" {look.glyph('foreign')} foreign", "row-foreign"),
                (f"  {look.glyph('finding')} bad", "finding-bad"),
                (f" {look.glyph('finding')} costly", "finding-costly"),
                (f" {look.glyph('advice')} advice", "advice"),
                ("  r", "key"),
                (" run", "foreground"),
                ("  async for", "code-keyword"),
                (" row", "code-text"),
                (" # dim", "dim"),
            ],
        ),
    ]


def _line(look: "Look", parts: list[tuple[str, str]]) -> "Text":
    from rich.text import Text

    line = Text(no_wrap=True)
    for words, colour in parts:
        line.append(words, look.style(colour, "background"))
    line.append(" " * (_WIDTH - line.cell_len), look.style("foreground", "background"))
    return line
