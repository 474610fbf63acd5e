"""Looks hazards up: by number, by words, and by the error message that somebody met. Pure functions."""

from dataclasses import dataclass

from pgtui.guide import Hazard, hazards
from pgtui.guide.explain import explain

MOST_SEARCHED = 120
"""Characters of a text that may be words to look for; a longer one is an error to explain."""


@dataclass(frozen=True, slots=True)
class Found:
    """A hazard that was looked for.

    Attributes:
        hazard: which.
        message: the error that it explains, when it was found by that; empty otherwise.
    """

    hazard: Hazard
    message: str = ""


def search(text: str) -> tuple[Found, ...]:
    """The hazards that explain the text as an error, the surest first; then those that have all of its words, first
    those that have them in a row.

    All of them when there is no text.
    """
    if not text.strip():
        return tuple(Found(one) for one in hazards())
    if text.strip().isdigit():
        return tuple(Found(one) for one in hazards() if str(one.number).startswith(text.strip()))
    explained = [Found(match.hazard, match.message) for match in explain(text)]
    if len(text) > MOST_SEARCHED:
        return tuple(explained)
    known = {found.hazard.number for found in explained}
    wanted = text.casefold().split()
    having = [one for one in hazards() if one.number not in known and all(word in _text_of(one) for word in wanted)]
    having.sort(key=lambda one: " ".join(wanted) not in _text_of(one))
    return (*explained, *(Found(one, _message_with(one, wanted)) for one in having))


def _text_of(hazard: Hazard) -> str:
    messages = (message.text for message in hazard.messages)
    told = (hazard.id, hazard.title, hazard.happens, *hazard.drivers, *hazard.issues, *messages)
    return "\n".join(told).casefold()


def _message_with(hazard: Hazard, wanted: list[str]) -> str:
    """The error that has all of the words, when it takes that to find the hazard."""
    if all(word in f"{hazard.id} {hazard.title}".casefold() for word in wanted):
        return ""
    texts = (message.text for message in hazard.messages)
    return next((text for text in texts if all(word in text.casefold() for word in wanted)), "")
