"""Places in the drivers' source that an entry points at, found in the versions that are installed.

A line number that is written down is wrong after the next release; a function and a piece of its text seldom are.
Nothing here imports a driver: its files are read.
"""

import importlib.util
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DEFINITION = r"^[ \t]*(?:async |cdef |cpdef |inline )*(?:def|class|cdef|cpdef)\b[^\n(]*?\b{name}\b[ \t]*[(:]"


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
        start = 0
        for name in self.function.split("."):
            found = re.compile(_DEFINITION.format(name=re.escape(name)), re.MULTILINE).search(source, start)
            if found is None:
                return None
            start = found.end()
        place = source.find(self.text, start) if self.text else start - 1
        return source.count("\n", 0, place) + 1 if place >= 0 else None

    def __str__(self) -> str:
        line = self.line()
        return f"{self.file}{f':{line}' if line else ''} {self.function}"


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
