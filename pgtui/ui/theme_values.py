"""What a theme's file may say: its keys, and the check of each value.

Every value that comes through here can be shown: Textual looks at a colour only when the theme is switched on, and
then a wrong one ends the app. Textual itself is imported only for a value that is neither `#rrggbb` nor `ansi_red`.
"""

import re

from pgtui.ui.themes import GLYPH_DEFAULTS, VARIABLE_DEFAULTS

COLOUR_FIELDS = (
    "primary", "secondary", "warning", "error", "success", "accent",
    "foreground", "background", "surface", "panel", "boost",
)  # fmt: skip
FIELDS = (*COLOUR_FIELDS, "dark", "luminosity_spread", "text_alpha", "ansi", "variables")
"""The keys of a theme's file: the fields of Textual's `Theme` without the name."""

_TEXTUAL_VARIABLES = """
text text-muted text-disabled foreground-muted border border-blurred ansi-background ansi-foreground
block-cursor-foreground block-cursor-background block-cursor-text-style
block-cursor-blurred-foreground block-cursor-blurred-background block-cursor-blurred-text-style
block-hover-background
input-cursor-foreground input-cursor-background input-cursor-text-style
input-selection-foreground input-selection-background
screen-selection-foreground screen-selection-background
scrollbar scrollbar-hover scrollbar-active scrollbar-corner-color
scrollbar-background scrollbar-background-hover scrollbar-background-active
footer-foreground footer-background footer-key-foreground footer-key-background
footer-description-foreground footer-description-background footer-item-background
button-foreground button-color-foreground button-focus-text-style
link-color link-background link-style link-color-hover link-background-hover link-style-hover
"""
TEXTUAL_VARIABLES = frozenset(_TEXTUAL_VARIABLES.split())
"""Those of Textual's own variables that a theme may set: what its fields do not decide, of widgets that pgtui uses."""

ANSI_NAMES = tuple(
    f"{bright}{name}"
    for bright in ("", "bright_")
    for name in ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
)
"""The terminal's own 16 colours, in their order; a theme writes `ansi_` before them."""

_ANSI_COLOURS = frozenset(f"ansi_{name}" for name in (*ANSI_NAMES, "default"))
_HEX = re.compile(r"#([0-9A-Fa-f]{3,4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})")
_AUTO = re.compile(r"auto( \d{1,3}%)?")


class WrongTheme(Exception):
    """A theme's file that cannot be used; its text is the reason, without a full stop.

    Attributes:
        key: which key is wrong, `variables.task-1`; empty when it is the file as a whole.
    """

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key


def theme_field(key: str, value: object) -> str | bool | float:
    """The value of a field other than the variables.

    Raises:
        WrongTheme: it cannot be used.
    """
    if key in COLOUR_FIELDS:
        return _colour(key, value)
    if key in ("dark", "ansi"):
        if not isinstance(value, bool):
            raise WrongTheme(key, f"{value!r} is neither true nor false")
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise WrongTheme(key, f"{value!r} is not a number from 0 to 1")
    return float(value)


def theme_variable(where: str, key: str, value: object) -> str:
    """The value of a variable, as CSS takes it: a glyph gets double quotes.

    Args:
        where: the key as messages name it.
        key: the variable.
        value: from the file.

    Raises:
        WrongTheme: there is no such variable, or it cannot be used.
    """
    if key in GLYPH_DEFAULTS:
        return f'"{_glyph(where, value)}"'
    if key in VARIABLE_DEFAULTS:
        return _colour(where, value)
    if key in COLOUR_FIELDS:
        raise WrongTheme(where, "is no variable but a key of its own, above [variables]")
    if key not in TEXTUAL_VARIABLES:
        raise WrongTheme(where, "there is no such variable")
    if "style" in key:
        return _text_style(where, value)
    # Black or white, whichever contrasts: CSS takes that for text alone.
    if isinstance(value, str) and _AUTO.fullmatch(value) and ("text" in key or "-foreground" in key):
        return value
    return _colour(where, value)


def _colour(where: str, value: object) -> str:
    if not isinstance(value, str):
        raise WrongTheme(where, f"{value!r} is not a colour; write it in quotes")
    if value in _ANSI_COLOURS or _HEX.fullmatch(value):
        return value
    from textual.color import Color, ColorParseError
    from textual.css.tokenize import tokenize_values
    from textual.css.tokenizer import TokenError

    near = None
    try:
        Color.parse(value)
        # Color.parse takes a line's end behind a colour; CSS does not.
        if len(tokenize_values({"colour": value})["colour"]) == 1:
            return value
    except ColorParseError as error:
        near = error.suggested_color
    except (TokenError, ValueError):
        pass
    raise WrongTheme(where, f"{value!r} is not a colour" + (f"; did you mean {near!r}?" if near else ""))


def _glyph(where: str, value: object) -> str:
    from rich.cells import cell_len

    if not isinstance(value, str) or not value.isprintable() or '"' in value or cell_len(value) != 1:
        raise WrongTheme(where, f"{value!r} is not a glyph one cell wide")
    return value


def _text_style(where: str, value: object) -> str:
    from textual.css.constants import VALID_STYLE_FLAGS

    if not isinstance(value, str) or not value or not set(value.split()) <= VALID_STYLE_FLAGS:
        raise WrongTheme(where, f"{value!r} is not a text style such as 'bold' or 'not underline'")
    return value
