"""All entries of the field guide, by number, and the way from what a user types to one of them."""

import difflib

from pgtui.errors import UsageError
from pgtui.guide.hazard import Hazard
from pgtui.guide.hazards import (
    cancelling,
    connections,
    copy,
    cursors,
    loops,
    notifications,
    pipelines,
    pools,
    transactions,
)

_MODULES = (cursors, connections, loops, transactions, pipelines, copy, cancelling, notifications, pools)
_HAZARDS: tuple[Hazard, ...] = tuple(
    sorted((one for module in _MODULES for one in module.HAZARDS), key=lambda one: one.number)
)


def hazards() -> tuple[Hazard, ...]:
    """All of them, by number."""
    return _HAZARDS


def hazard(name: str) -> Hazard:
    """The hazard with this id or number.

    Raises:
        UsageError: there is none; the hint has the ones that look like it.
    """
    for one in _HAZARDS:
        if name.strip().lower() in (one.id, str(one.number)):
            return one
    ids = [one.id for one in _HAZARDS]
    near = difflib.get_close_matches(name.lower(), ids, n=3, cutoff=0.5)
    near = near or [one.id for one in _HAZARDS if name.strip() and name.strip().lower() in one.title.lower()][:3]
    hint = f"Did you mean {' or '.join(near)}?" if near else "`pgtui guide` lists them."
    raise UsageError(f"There is no hazard {name!r}.", hint)
