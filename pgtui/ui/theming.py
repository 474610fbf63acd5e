"""Theme files in the running app: registering them, switching to one, and reloading them when one is saved.

Nothing here raises for what is in a user's file: the app shows another theme and says why.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App
from textual.css.tokenize import tokenize_values
from textual.theme import Theme

from pgtui.ui.theme_files import FailedTheme, ThemeFile, UserThemes, directories, load_themes

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_THEME = "notebook"


def textual_theme(file: ThemeFile) -> Theme:
    """The theme as Textual has it.

    Raises:
        Exception: Textual cannot turn it into CSS variables; no known file does that.
    """
    theme = Theme(name=file.name, variables=dict(file.variables), **dict(file.fields))  # type: ignore[arg-type]  # checked
    tokenize_values(theme.to_color_system().generate())
    return theme


def register(app: App[object], found: UserThemes) -> tuple[FailedTheme, ...]:
    """Offer the themes in the app; the one that it shows is shown anew when its file says something else.

    Returns:
        All that were skipped.
    """
    failed = list(found.failed)
    for file in found.loaded:
        try:
            theme = textual_theme(file)
        except Exception as error:  # whatever Textual makes of it, the app goes on with another theme
            failed.append(FailedTheme(file.path, "", f"Textual cannot use it: {error}"))
            continue
        known = app.get_theme(file.name)
        app.register_theme(theme)
        if known is not None and known != theme and app.theme == file.name:
            app.mutate_reactive(App.theme)
    return tuple(failed)


def switch(app: App[object], name: str) -> str | None:
    """Show the theme of this name, or else the default one.

    Returns:
        Why it is another theme, in a sentence; None when it is the one.
    """
    themes = app.available_themes
    if name in themes:
        app.theme = name
        return None
    if DEFAULT_THEME in themes:
        app.theme = DEFAULT_THEME
    return f"There is no theme {name!r}; this is {app.theme!r}."


class ThemeWatch:
    """Notices that a theme's file was saved, added or removed since the last look."""

    def __init__(self, theme_dir: str | os.PathLike[str] | None = None) -> None:
        self._theme_dir = theme_dir
        self._seen = self._stamps()

    def changed(self) -> UserThemes | None:
        """All themes, read again, if a file has changed; for a timer, once a second or so. Never raises."""
        stamps = self._stamps()
        if stamps == self._seen:
            return None
        self._seen = stamps
        return load_themes(self._theme_dir)

    def _stamps(self) -> frozenset[tuple[str, int, int]]:
        return frozenset(_stamps(self._theme_dir))


def _stamps(theme_dir: str | os.PathLike[str] | None) -> "Iterator[tuple[str, int, int]]":
    """Path, time of the last change in ns, and size in bytes of every theme's file."""
    for _, directory in directories(theme_dir):
        if not isinstance(directory, Path):
            continue
        try:
            for path in directory.glob("*.toml"):
                status = path.stat()
                yield str(path), status.st_mtime_ns, status.st_size
        except (OSError, ValueError):
            continue
