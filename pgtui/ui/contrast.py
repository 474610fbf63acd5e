"""How well a colour can be read on another, and colours darkened until they can be.

Contrast is the ratio of WCAG 2.2, from 1 (the same) to 21 (black on white), of opaque colours.
"""

from collections.abc import Mapping

from textual.color import Color

READABLE = 4.5
"""The least contrast of text with what stands behind it (WCAG 2.2, level AA)."""

_PAPER = "#efefef"
"""The background of a light theme that names none (`DEFAULT_LIGHT_BACKGROUND` of textual/design.py)."""


def contrast(first: Color, second: Color) -> float:
    """The contrast ratio of two colours, whichever is the lighter."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Color) -> float:
    """The relative luminance, 0 for black to 1 for white."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def darkened(variables: Mapping[str, str], behind: str | None) -> dict[str, str]:
    """Variables made for a dark background, for a light one: text keeps its hue and gets dark enough to read.

    Args:
        variables: colours and glyphs as `pgtui.ui.themes` names them.
        behind: the light background; one of a terminal's own colours counts as white.
    """
    background = Color.parse(behind or _PAPER)
    if background.ansi is not None:
        background = Color.parse("#ffffff")
    fitted = {
        name: value if name.startswith("glyph-") else _readable(Color.parse(value), background).hex
        for name, value in variables.items()
    }
    return fitted | {
        "task-text": background.hex,
        "picked-text": background.hex,
        "picked": background.darken(0.7).hex,
        "frame": background.darken(0.2).hex,
        "frame-focus": background.darken(0.6).hex,
        "code-line": background.darken(0.06).hex,
    }


def _readable(colour: Color, background: Color) -> Color:
    for _ in range(50):
        if contrast(colour, background) >= READABLE:
            break
        colour = colour.darken(0.02)
    return colour
