"""Themes as files: where they are looked for, and what in one is wrong.

A theme is a TOML file with the fields of `textual.theme.Theme` and a table `[variables]`: those of
`pgtui.ui.themes` and Textual's own. Its name is the file's. A file that cannot be used is skipped and told with
its key and the reason. Nothing here imports Textual unless a file has a value that only Textual knows.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pgtui.ui.theme_values import FIELDS, WrongTheme, theme_field, theme_variable

DIRECTORY_VARIABLE = "PGTUI_THEMES"
"""The environment variable that names a directory with more themes."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class ThemeFile:
    """A theme as its file gives it; every value has been checked.

    Attributes:
        name: the file's name without `.toml`.
        fields: fields of Textual's `Theme`, without the variables.
        variables: as CSS values: a glyph is in double quotes.
        origin: what led there: `--theme-dir`, `$PGTUI_THEMES`, `user`, `bundled`.
        path: where it is.
    """

    name: str
    fields: Mapping[str, str | bool | float]
    variables: Mapping[str, str]
    origin: str
    path: str

    @property
    def dark(self) -> bool:
        return bool(self.fields.get("dark", True))

    @property
    def background(self) -> str | None:
        background = self.fields.get("background")
        return None if background is None else str(background)

    @property
    def ansi(self) -> bool:
        """Whether it draws with the terminal's own 16 colours."""
        return bool(self.fields.get("ansi", False))


@dataclass(frozen=True, slots=True)
class FailedTheme:
    """A theme that was skipped.

    Attributes:
        path: the file, or the directory that cannot be read.
        key: which key is wrong, `variables.task-1`; empty when it is the file as a whole.
        reason: what is wrong, without a full stop.
    """

    path: str
    key: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.path, self.key, self.reason) if part)


@dataclass(frozen=True, slots=True)
class UserThemes:
    """What was found: the themes by name, bundled ones too, and those that were skipped.

    Attributes:
        loaded: one a name, in the order of their names.
        failed: in the order of the search.
    """

    loaded: tuple[ThemeFile, ...]
    failed: tuple[FailedTheme, ...]


def load_themes(theme_dir: str | os.PathLike[str] | None = None) -> UserThemes:
    """All themes, those of `theme_dir` before the environment's, the user's and the bundled ones of the same name.

    Never raises: what cannot be read is in `failed`.
    """
    loaded: dict[str, ThemeFile] = {}
    failed = []
    for origin, directory in directories(theme_dir):
        try:
            entries = sorted(
                (entry for entry in directory.iterdir() if entry.name.endswith(".toml")), key=lambda e: e.name
            )
        except (OSError, ValueError) as error:
            if origin != "user" or not isinstance(error, FileNotFoundError):
                said = getattr(error, "strerror", None) or error
                failed.append(FailedTheme(str(directory), "", f"cannot be read: {said}"))
            continue
        for entry in entries:
            try:
                theme = read_theme(entry, origin)
            except WrongTheme as wrong:
                failed.append(FailedTheme(str(entry), wrong.key, str(wrong)))
            else:
                loaded.setdefault(theme.name, theme)
    return UserThemes(tuple(loaded[name] for name in sorted(loaded)), tuple(failed))


def directories(theme_dir: str | os.PathLike[str] | None = None) -> Iterator[tuple[str, Traversable]]:
    """Where themes are looked for: (origin, directory), the first to win first."""
    if theme_dir:
        yield "--theme-dir", Path(theme_dir)
    if named := os.environ.get(DIRECTORY_VARIABLE):
        yield f"${DIRECTORY_VARIABLE}", Path(os.path.expanduser(named))
    yield "user", user_directory()
    yield "bundled", bundled_directory()


def user_directory() -> Path:
    """Where the user's own themes are; the directory need not exist."""
    import platformdirs

    return platformdirs.user_config_path("pgtui") / "themes"


def bundled_directory() -> Traversable:
    """Where the themes are that come with pgtui: in the package, or beside it in a source checkout."""
    packed = files("pgtui") / "themes"
    return packed if packed.is_dir() else Path(__file__).parents[2] / "themes"


def read_theme(file: Traversable, origin: str = "user") -> ThemeFile:
    """The theme of one file.

    Raises:
        WrongTheme: what `load_themes` puts into `failed`.
    """
    name = file.name.removesuffix(".toml")
    if not _NAME.fullmatch(name):
        raise WrongTheme("", "a theme's name has letters, digits, - and _, and begins with a letter")
    table = _table(file)
    for key in table:
        if key not in FIELDS:
            raise WrongTheme(key, "there is no such key; a theme has " + ", ".join(FIELDS))
    if "primary" not in table:
        raise WrongTheme("primary", "is missing")
    variables = table.pop("variables", {})
    if not isinstance(variables, dict):
        raise WrongTheme("variables", "is not a table")
    fields = {key: theme_field(key, value) for key, value in table.items()}
    return ThemeFile(
        name,
        fields,
        {key: theme_variable(f"variables.{key}", key, value) for key, value in variables.items()},
        origin,
        str(file),
    )


def _table(file: Traversable) -> dict[str, object]:
    try:
        # A pipe of that name would never end.
        if not file.is_file():
            raise WrongTheme("", "is not a file")
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongTheme("", f"cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise WrongTheme("", f"is not UTF-8 text (byte {error.start})") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise WrongTheme("", f"is not TOML: {error}") from None
