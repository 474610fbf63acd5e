"""What the user has set: the settings file, then the environment's PGTUI_* over it, then flags over both.

Nothing is guessed: a key that does not exist or a value of the wrong kind is an error that names the file and the
key. Nothing here imports Textual.
"""

import difflib
import os
import reprlib
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pgtui.core.experiment import MOST_ROWS, MOST_TASKS, Sharing, Yielding
from pgtui.errors import UsageError

FILE_VARIABLE = "PGTUI_SETTINGS"
"""The environment variable that names another settings file."""

PANELS = ("timeline", "code", "findings")
"""The panels beside the tasks' panes, in the order of the screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the user has set; None where the experiment's own default stands.

    Attributes:
        theme: the name of a theme; whether there is one of that name shows when the themes are loaded.
        theme_dir: the directory of --theme-dir.
        driver: the id of a driver.
        sharing: what the tasks share.
        yielding: what a task does after each row.
        tasks: how many run at once.
        rows: how many rows each task asks for.
        dsn: the server; there is no password in it.
        vim: whether h j k l, g and G move as well as the arrows do.
        panels: which of `PANELS` are open at the start.
        keymap: the id of a key binding → its keys, separated by commas: what `App.set_keymap` takes.
        file: where they were read from; None when there is no settings file.
    """

    theme: str = "notebook"
    theme_dir: Path | None = None
    driver: str | None = None
    sharing: Sharing | None = None
    yielding: Yielding | None = None
    tasks: int | None = None
    rows: int | None = None
    dsn: str | None = None
    vim: bool = True
    panels: tuple[str, ...] = PANELS
    keymap: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None

    def experiment(self) -> dict[str, Any]:
        """What is set of the experiment, under the names and in the types of the command line's options."""
        given = {"driver": self.driver, "sharing": self.sharing, "tasks": self.tasks, "rows": self.rows}
        if self.yielding is not None:
            given["yielding"] = self.yielding is Yielding.SLEEP0
        return {name: value for name, value in given.items() if value is not None}

    def check_keymap(self, ids: Iterable[str]) -> None:
        """Refuse a key for a binding that is not there.

        Args:
            ids: of the bindings that there are.

        Raises:
            UsageError: the keymap has another id.
        """
        known = sorted(ids)
        for name in self.keymap:
            if name not in known:
                raise UsageError(f"{self.file}: keymap has the unknown binding {name!r}.", _alike(name, known))


def settings_file() -> Path:
    """Where the settings are read from; the file need not exist."""
    if named := os.environ.get(FILE_VARIABLE):
        return Path(os.path.expanduser(named))
    import platformdirs

    return platformdirs.user_config_path("pgtui") / "settings.toml"


def load_settings(*, theme: str | None = None, theme_dir: str | os.PathLike[str] | None = None) -> Settings:
    """The settings of file and environment, with these flags over them.

    Raises:
        UsageError: the file cannot be read, has an unknown key or a value that cannot be used; or a variable has.
    """
    file = settings_file()
    values = _from_file(file)
    found = file if values is not None else None
    values = (values or {}) | _from_environment()
    if theme is not None:
        values["theme"] = theme
    return Settings(**values, theme_dir=Path(theme_dir) if theme_dir else None, file=found)


def _from_file(file: Path) -> dict[str, Any] | None:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if os.environ.get(FILE_VARIABLE):
            raise UsageError(f"{FILE_VARIABLE} names {file}, which does not exist.") from None
        return None
    except OSError as error:
        raise UsageError(f"The settings {file} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"The settings {file} are not UTF-8 text (byte {error.start}).") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"The settings {file} are not TOML: {error}.") from None
    for key in table:
        if key not in _READERS:
            raise UsageError(f"{file}: unknown key {key!r}.", _alike(key, _READERS))
    return {key: _read(key, value, f"{file}: {key}") for key, value in table.items()}


def _from_environment() -> dict[str, Any]:
    """The values of `PGTUI_` and a key in capitals; other variables of that beginning are not settings."""
    values = {}
    for key in _READERS:
        name = f"PGTUI_{key.upper()}"
        if key != "keymap" and (text := os.environ.get(name)):
            values[key] = _read(key, _untexted(key, text), name)
    return values


def _untexted(key: str, text: str) -> object:
    """The value that a variable's text stands for, as TOML would have given it; the text itself if for none."""
    if key in ("tasks", "rows"):
        return int(text) if text.isdecimal() else text
    if key == "vim":
        return {"1": True, "true": True, "on": True, "0": False, "false": False, "off": False}.get(text, text)
    if key == "panels":
        return [] if text == "none" else [panel.strip() for panel in text.split(",")]
    return text


def _read(key: str, value: object, where: str) -> Any:
    try:
        return _READERS[key](value)
    except _Unusable as error:
        # Any part of a DSN that cannot be used may be a password.
        said = "" if key == "dsn" else f" is {reprlib.repr(value)}:"
        raise UsageError(f"{where}{said} {error}.", error.hint) from None


class _Unusable(Exception):
    """Why a value cannot be used, in words that end a sentence which begins with the place and the value."""

    def __init__(self, words: str, hint: str = "") -> None:
        super().__init__(words)
        self.hint = hint


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _Unusable("not a text", "Write it in quotes.")
    return value


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Unusable("neither true nor false")
    return value


def _number(most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise _Unusable("not a whole number", f"It lies between 1 and {most:,}.")
        if not 1 <= value <= most:
            raise _Unusable(f"not between 1 and {most:,}")
        return value

    return read


def _one_of(names: Iterable[str]) -> Callable[[object], str]:
    names = list(names)

    def read(value: object) -> str:
        if value not in names:
            raise _Unusable(f"none of {', '.join(names)}")
        return str(value)

    return read


def _driver(value: object) -> str:
    from pgtui.drivers.registry import DRIVERS

    return _one_of(driver.id for driver in DRIVERS)(value)


def _panels(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _Unusable("not a list", 'Write it as ["timeline", "code"].')
    if strange := [panel for panel in value if panel not in PANELS]:
        raise _Unusable(f"{strange[0]!r} is none of {', '.join(PANELS)}")
    return tuple(panel for panel in PANELS if panel in value)


def _keymap(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _Unusable("not a table", 'Write [keymap] and below it lines such as run = "f5".')
    keymap = {}
    for name, keys in value.items():
        keys = keys if isinstance(keys, list) else [keys]
        if not keys or not all(isinstance(key, str) and key.strip() for key in keys):
            raise _Unusable(f"{name!r} has no key", 'A key is a text such as "f5", or a list of them.')
        keymap[name] = ",".join(key.strip() for key in keys)
    return keymap


def _dsn(value: object) -> str:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    dsn = _text(value)
    try:
        given = conninfo_to_dict(dsn)
    except (psycopg.Error, UnicodeError):
        raise _Unusable(
            "is no connection string", "Write postgresql://user@host:port/database or host=… port=… dbname=…."
        ) from None
    if secret := next((name for name in ("password", "sslpassword") if given.get(name)), None):
        raise _Unusable(
            f"has a {secret} in it, which pgtui does not take from there",
            "Leave it out and put it into ~/.pgpass (or PGPASSWORD), where libpq looks for it.",
        )
    return dsn


_READERS: dict[str, Callable[[object], Any]] = {
    "theme": _text,
    "driver": _driver,
    "sharing": lambda value: Sharing(_one_of(Sharing)(value)),
    "yielding": lambda value: Yielding(_one_of(Yielding)(value)),
    "tasks": _number(MOST_TASKS),
    "rows": _number(MOST_ROWS),
    "dsn": _dsn,
    "vim": _yes_or_no,
    "panels": _panels,
    "keymap": _keymap,
}


def _alike(name: str, known: Iterable[str]) -> str:
    known = list(known)
    if close := difflib.get_close_matches(name, known, 1):
        return f"Did you mean {close[0]!r}?"
    return f"There are: {', '.join(known)}."
