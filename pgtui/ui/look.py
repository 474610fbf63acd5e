"""`Look`: the colours and glyphs of the theme that the app shows, ready to draw with.

The names are those of `pgtui.ui.themes` and Textual's own (`background`, `surface`, `error`). A panel asks
`look(app)` whenever it draws and keeps no colour itself, so a change of theme needs nothing but a repaint.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from rich.style import Style
from textual.color import Color

from pgtui.core.names import COLOURS
from pgtui.core.state import Phase
from pgtui.ui.theme_values import COLOUR_FIELDS
from pgtui.ui.themes import VARIABLE_DEFAULTS, variable_defaults

if TYPE_CHECKING:
    from rich.color import Color as RichColor
    from textual.app import App

    from pgtui.ui.theme_files import ThemeFile


def state_name(phase: Phase, waits_on: str | None = None) -> str:
    """Which `state-` colour and which `glyph-` stand for a phase.

    Args:
        phase: what the task is doing.
        waits_on: `Wait.on` of what it waits for, when it waits.
    """
    if phase is Phase.WAITING:
        return {"connect": "connecting", "lock": "lock", "pool": "lock"}.get(waits_on or "", "waiting")
    return {Phase.FAILED: "error", Phase.TIMED_OUT: "timeout"}.get(phase, phase.name.lower())


class Look:
    """The variables of one theme, ready to draw with. Two looks are equal when they are the same object.

    A panel keeps the look that it cached its strips for, and drops them when `look(app)` is another one.

    Attributes:
        variables: all variables of the theme, Textual's too, as CSS values.
        dark: whether the background is dark.
        ansi: whether the theme draws with the terminal's own 16 colours: then nothing can be blended.
        truecolor: whether none of its colours is the terminal's own.
    """

    __slots__ = ("ansi", "dark", "styles", "truecolor", "variables")

    def __init__(self, variables: Mapping[str, str], *, dark: bool = True, ansi: bool = False) -> None:
        self.variables: Mapping[str, str] = MappingProxyType(dict(variables))
        self.dark = dark
        self.ansi = ansi
        self.truecolor = not ansi and not any("ansi_" in value for value in self.variables.values())
        self.styles: dict[tuple[object, ...], Style] = {}

    def task(self, number: int) -> str:
        """The colour of a task, counted from 1, `#ff5faf` or `ansi_green`; the run itself (0) is `dim`."""
        return self.colour(f"task-{(number - 1) % len(COLOURS) + 1}" if number else "dim")

    def state(self, name: str) -> str:
        """The colour of a state; `name` is one that `state_name` gives."""
        return self.colour(f"state-{name}")

    def glyph(self, name: str) -> str:
        """A glyph, one cell wide: of a state, or `row`, `lane-ready`, `playhead` and the others."""
        return self.variables[f"glyph-{name}"].strip('"')

    def colour(self, name: str) -> str:
        """The colour of a variable, as `Color.parse` takes it: `row-lost`, `background`, `error`."""
        return self.variables[name]

    def style(
        self,
        colour: str | None = None,
        on: str | None = None,
        *,
        bold: bool = False,
        dim: bool = False,
        italic: bool = False,
        underline: bool = False,
        reverse: bool = False,
    ) -> Style:
        """A style for segments; the same object for the same arguments.

        Args:
            colour: of the text: the name of a variable (`task-3`, `row-lost`) or a colour (`#ff5faf`).
            on: of what stands behind it, likewise; the widget's own when None.
            bold: and the others: attributes that hold without colour as well.
        """
        key = (colour, on, bold, dim, italic, underline, reverse)
        style = self.styles.get(key)
        if style is None:
            style = self.styles[key] = Style(
                color=self._opaque(colour) if colour else None,
                bgcolor=self._opaque(on) if on else None,
                bold=bold or None,
                dim=dim or None,
                italic=italic or None,
                underline=underline or None,
                reverse=reverse or None,
            )
        return style

    def blend(self, colour: str, share: float, on: str = "background") -> str:
        """The colour mixed into what stands behind it: `share` of it. An ANSI theme gives the colour itself.

        >>> DEFAULT_LOOK.blend("#ffffff", 0.5, on="#000000")
        '#7F7F7F'
        """
        if self.ansi:
            return self._parsed(colour).hex
        return self._parsed(on).blend(self._parsed(colour), share, 1.0).hex

    def _opaque(self, colour: str) -> "RichColor | None":
        parsed = self._parsed(colour)
        if parsed.a == 0:
            return None
        return parsed.rich_color if parsed.a == 1 else (self._parsed("background") + parsed).rich_color

    def _parsed(self, colour: str) -> Color:
        return Color.parse(self.variables.get(colour, colour))


DEFAULT_LOOK = Look(
    {
        "background": "#0d1117",
        "surface": "#161b22",
        "panel": "#1c2430",
        "foreground": "#c9d1d9",
        "primary": "#3fcf7f",
        "error": "#ff6b6b",
        "warning": "#e5b567",
        "success": "#3fcf7f",
        **VARIABLE_DEFAULTS,
    }
)
"""The look without an app: what tests of pure drawing use. It is the theme `notebook`'s."""

_looks: "WeakKeyDictionary[App[object], Look]" = WeakKeyDictionary()


def look(app: "App[object]") -> Look:
    """The look of the theme that the app shows: the same object until that changes; ask every frame.

    The app's `get_theme_variable_defaults` must be `variable_defaults` of its current theme.
    """
    known = _looks.get(app)
    if known is None or known.variables != app.theme_variables or known.ansi != app.native_ansi_color:
        known = _looks[app] = Look(app.theme_variables, dark=app.current_theme.dark, ansi=app.native_ansi_color)
    return known


def look_of(file: "ThemeFile") -> Look:
    """The look of a theme that no app shows, without what Textual derives from its fields."""
    fields = {name: str(value) for name, value in file.fields.items() if name in COLOUR_FIELDS}
    paper = {"background": "#121212" if file.dark else "#efefef", "foreground": "#e0e0e0" if file.dark else "#1e1e1e"}
    return Look({**paper, **fields, **variable_defaults(file), **file.variables}, dark=file.dark, ansi=file.ansi)
