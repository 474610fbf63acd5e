"""Places in the drivers' source that an entry points at, found in the versions that are installed.

A line number that is written down is wrong after the next release; a function and a piece of its text seldom are.
Nothing here imports a driver: its files are read.
"""

import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DEFINITION = r"^([ \t]*)(?:async |cdef |cpdef |inline )*(?:def|class|cdef|cpdef)\b[^\n(]*?\b{name}\b[ \t]*[(:]"

_ANY_DEFINITION = re.compile(r"^([ \t]*)(?:async |cdef |cpdef |inline |@)*(?:def|class|cdef|cpdef|@\w)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a driver's source.

    Attributes:
        file: path from the packages' directory, `psycopg/cursor_async.py`.
        function: its qualified name, `AsyncCursor.execute`.
        text: a piece of the line meant, within the function; the definition itself when empty.
    """

    file: str
    function: str
    text: str = ""

    def line(self) -> int | None:
        """The line's number, from 1; None when the package is not installed or looks different."""
        source = _source(self.file)
        if source is None:
            return None
        places = _places(source, self.function.split("."), self.text, 0, len(source))
        place = next(places, None)
        return None if place is None else source.count("\n", 0, place) + 1

    def __str__(self) -> str:
        line = self.line()
        return f"{self.file}{f':{line}' if line else ''} {self.function}"


def _places(source: str, names: list[str], text: str, start: int, end: int) -> Iterator[int]:
    """Where the text is in what the names lead to; a name may stand several times, as overloads do."""
    for found in re.compile(_DEFINITION.format(name=re.escape(names[0])), re.MULTILINE).finditer(source, start, end):
        inner = found.end(), _end(source, found, end)
        if names[1:]:
            yield from _places(source, names[1:], text, *inner)
        elif not text:
            yield found.end() - 1
        elif (place := source.find(text, *inner)) >= 0:
            yield place


def _end(source: str, definition: re.Match[str], most: int) -> int:
    """Where the function or class ends: at the next definition that stands no further right than its own."""
    indent = len(definition.group(1))
    for following in _ANY_DEFINITION.finditer(source, definition.end(), most):
        if len(following.group(1)) <= indent:
            return following.start()
    return most


@cache
def _source(file: str) -> str | None:
    package, _, rest = file.partition("/")
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return None
    if spec is None or spec.origin is None:
        return None
    try:
        return (Path(spec.origin).parent / rest).read_text(encoding="utf-8")
    except OSError:
        return None
