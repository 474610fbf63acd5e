"""One character for each task, all of them different as long as the alphabet lasts."""

from functools import lru_cache

from pgtui.core.trace import Trace


def letter(trace: Trace, task: int) -> str:
    """The character that stands for a task where there is no room for its name; `·` for the run itself."""
    return letters(trace.header.names)[task] if 0 < task < len(trace.header.names) else "·"


@lru_cache(maxsize=16)
def letters(names: tuple[str, ...]) -> tuple[str, ...]:
    """A character a name: its first letter that no name before it took, then any capital, then a digit.

    >>> letters(("run", "green", "pink", "gold"))
    ('·', 'g', 'p', 'o')
    """
    taken: set[str] = set()
    found = ["·"]
    for number, name in enumerate(names[1:], 1):
        own = [char for char in name if char.isascii() and char.isalpha()]
        choice = [*own, *(char.upper() for char in own), *"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"]
        free = next((char for char in choice if char not in taken), str(number % 10))
        taken.add(free)
        found.append(free)
    return tuple(found)
