"""Text from a server or a user made fit for cells: nothing in it moves the cursor, hides, or changes a width.

What comes out has no control character, no direction mark and no joiner, and so many cells as `width` says.
"""

import re

from rich.cells import cell_len

MOST_MARKS = 3
"""Combining marks that one character keeps; more of them climb into the lines above."""

_CONTROLS = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_UNSHOWN = re.compile("[\x80-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]")
_JOINERS = re.compile("[\u200c\u200d\ufe00-\ufe0f\U000e0000-\U000e0fff]")
_MARKS = re.compile("([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f])")
_MARK_HEAPS = re.compile(f"({_MARKS.pattern[1:-1]}{{{MOST_MARKS}}}){_MARKS.pattern[1:-1]}+")


def visible(text: str) -> str:
    """The text with what cannot be seen made visible: `␛` for an escape, `␊` for a line break."""
    if text.isascii() and text.isprintable():
        return text
    text = _UNSHOWN.sub("�", text.translate(_CONTROLS))
    text = _MARK_HEAPS.sub(r"\1", _JOINERS.sub("", text))
    # A mark without a letter before it would land on the separator of the column.
    return f"◌{text}" if _MARKS.match(text) else text


def value_text(value: object) -> str:
    """A value of a row in one line: `NULL` for none, hexadecimal for bytes."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes | bytearray | memoryview):
        return "\\x" + bytes(value).hex()
    return visible(str(value))


def width(text: str) -> int:
    """How many cells the text takes."""
    return len(text) if text.isascii() else cell_len(text)


def clipped(text: str, cells: int) -> str:
    """The text in at most so many cells, with `…` where something is missing."""
    if width(text) <= cells:
        return text
    if cells <= 0:
        return ""
    kept = text[:cells]
    while kept and width(kept) > cells - 1:
        kept = kept[: -max(1, (width(kept) - cells + 1) // 2)]
    return f"{kept}…"


def fitted(text: str, cells: int) -> str:
    """The text in exactly so many cells: clipped, or filled with blanks."""
    text = clipped(text, cells)
    return text + " " * (cells - width(text))


def durations(*ns: int) -> tuple[list[str], str]:
    """Durations in the unit of the longest, and that unit.

    >>> durations(150_000, 3_221_000)
    (['0.15', '3.22'], 'ms')
    """
    scale, unit = (1e9, "s") if max(ns) >= 1e9 else (1e6, "ms")
    most = max(ns) / scale
    digits = 0 if most >= 100 else 1 if most >= 10 else 2
    return [f"{one / scale:,.{digits}f}" for one in ns], unit


def milliseconds(ns: int) -> str:
    """A duration for people, in about three digits: `0.06 ms`, `6.7 ms`, `1.2 s`."""
    ms = ns / 1e6
    if ms >= 10_000:
        return f"{ms / 1000:,.0f} s"
    if ms >= 1_000:
        return f"{ms / 1000:.1f} s"
    if ms >= 100:
        return f"{ms:.0f} ms"
    return f"{ms:.1f} ms" if ms >= 1 else f"{ms:.2f} ms"
