"""Python source as coloured pieces, line by line, with the standard library's own tokenizer.

What it cannot read (a damaged file may hold anything) stays as it is, in the colour of plain text.
"""

import builtins
import keyword
import tokenize
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from pgtui.core.trace import RecipeSource
from pgtui.ui.text import visible

PLAIN = "code-text"
Pieces = tuple[tuple[str, str], ...]
"""A line: texts, each with the theme variable of its colour."""

_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))
_STRINGS = {"STRING", "FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END"}
"""Names, because Python 3.11 has no tokens for parts of f-strings."""


@lru_cache(maxsize=16)
def highlighted(source: RecipeSource) -> tuple[Pieces, ...]:
    """The lines of a recipe as pieces; joined again, they are what `visible` makes of the lines."""
    lines = [visible(text) for _, text in source.lines]
    spans: list[list[tuple[int, int, str]]] = [[] for _ in lines]
    try:
        for token, colour in _coloured(lines):
            (row, column), (last_row, last_column) = token.start, token.end
            for at in range(row - 1, min(last_row, len(lines))):
                start = column if at == row - 1 else 0
                stop = last_column if at == last_row - 1 else len(lines[at])
                spans[at].append((start, stop, colour))
    except (tokenize.TokenError, SyntaxError):
        pass  # the rest stays plain
    return tuple(_pieces(text, some) for text, some in zip(lines, spans, strict=True))


def _coloured(lines: list[str]) -> Iterator[tuple[tokenize.TokenInfo, str]]:
    tokens = tokenize.generate_tokens(iter([f"{line}\n" for line in lines] + [""]).__next__)
    before = ""
    for token, following in pairwise(tokens):
        name = tokenize.tok_name[token.type]
        if name == "NAME":
            yield token, _name_colour(token.string, before, following.string)
        elif name in _STRINGS:
            yield token, "code-string"
        elif name == "NUMBER":
            yield token, "code-number"
        elif name == "COMMENT":
            yield token, "code-comment"
        elif name == "OP":
            yield token, "code-function" if token.string == "@" else "code-operator"
        before = token.string


def _name_colour(name: str, before: str, following: str) -> str:
    if keyword.iskeyword(name):
        return "code-keyword"
    if before in ("def", "class", "@") or following == "(":
        return "code-function"
    if name in _BUILTINS or name[:1].isupper():
        return "code-type"
    return PLAIN


def _pieces(text: str, spans: list[tuple[int, int, str]]) -> Pieces:
    pieces: list[tuple[str, str]] = []
    at = 0
    for start, stop, colour in spans:
        if at < start:
            pieces.append((text[at:start], PLAIN))
        if max(at, start) < stop:
            pieces.append((text[max(at, start) : stop], colour))
        at = max(at, stop)
    if at < len(text):
        pieces.append((text[at:], PLAIN))
    return tuple(pieces)
