"""From an error message or a pasted traceback to the hazards that produce it. Pure text; no driver is needed.

What a traceback quotes of the source counts as circumstance, not as message: a line of code that raises an error is no
sign that this error was raised.
"""

import re
from dataclasses import dataclass

from pgtui.guide.catalogue import hazards
from pgtui.guide.hazard import Hazard, Message

BESIDE = 0.03
"""What each circumstance adds to a score."""

MOST_TEXT = 1_000_000
"""Characters of a paste that are looked at, the last ones: an error stands at the end."""

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_QUOTES = str.maketrans("‘’“”", "''\"\"")
_FRAME = re.compile(r'([ \t|+]*)File ".*", line \d+')
_STATEMENT = re.compile(r"^\[SQL: .*?\]$|^\[parameters: .*?\]$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Match:
    """A hazard that explains a text.

    Attributes:
        hazard: which.
        score: how sure that is, above 0 and below 1.
        message: the part of the text that it explains, in one line.
    """

    hazard: Hazard
    score: float
    message: str


def explain(text: str) -> tuple[Match, ...]:
    """The hazards that produce the errors in a text, best first; none when it shows no error of theirs."""
    text = _ANSI.sub("", text[-MOST_TEXT:]).translate(_QUOTES).replace('\\"', '"').replace("\\n", "\n")
    messages = " ".join(_STATEMENT.sub("", _without_frames(text)).split())
    found = (match for one in hazards() if (match := _match(one, messages, text)))
    return tuple(sorted(found, key=lambda match: (-match.score, match.hazard.number)))


def _match(hazard: Hazard, messages: str, text: str) -> Match | None:
    best: Match | None = None
    for message in hazard.messages:
        found = message.expression.search(messages)
        if found and (score := _score(message, text)) > (best.score if best else 0):
            best = Match(hazard, score, found.group())
    return best


def _score(message: Message, text: str) -> float:
    """0 when a circumstance is missing without which it is another error."""
    if not all(re.search(pattern, text) for pattern in message.needs):
        return 0
    beside = sum(re.search(pattern, text) is not None for pattern in message.beside)
    return round(min(0.99, message.weight + BESIDE * beside), 2)


def _without_frames(text: str) -> str:
    """The text without a traceback's frames: what follows a frame further to the right is the source it quotes."""
    kept, frame = [], None
    for line in text.splitlines():
        if found := _FRAME.match(line):
            frame = len(found.group(1))
        elif frame is None or not line.strip() or _indented(line) <= frame:
            frame = None
            kept.append(line)
    return "\n".join(kept)


def _indented(line: str) -> int:
    """How far right it starts; an exception group draws its tree there."""
    return len(line) - len(line.lstrip(" \t|+"))
