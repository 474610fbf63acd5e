"""What can be picked of an experiment, and why some of it cannot: the pickers' content. Pure functions."""

import sys
from dataclasses import dataclass
from functools import cache

from pgtui.core.experiment import Experiment, Reading, Sharing, Yielding
from pgtui.drivers.registry import DRIVERS, Driver, check
from pgtui.errors import PgtuiError


@dataclass(frozen=True, slots=True)
class Choice:
    """One item of a picker.

    Attributes:
        value: what the experiment's field becomes.
        label: the words for it.
        picked: whether it is the experiment's.
        refusal: why it cannot be had with the rest of the experiment; None when it can.
    """

    value: object
    label: str
    picked: bool
    refusal: str | None = None


@cache
def drivers() -> tuple[tuple[Driver, str | None], ...]:
    """All drivers, each with its installed version; looked up once."""
    return tuple((driver, driver.version) for driver in DRIVERS)


def version_of(name: str) -> str:
    """The installed version of a driver, empty when there is none."""
    return next((version or "" for driver, version in drivers() if driver.id == name), "")


def refusal(experiment: Experiment) -> PgtuiError | None:
    """Why the experiment cannot be run; None when it can."""
    try:
        check(experiment)
    except PgtuiError as error:
        return error
    return None


def choices(experiment: Experiment, field: str) -> list[Choice]:
    """What a picker offers: `driver`, `sharing`, `yielding`, `reading` or `eager`."""
    if field == "driver":
        return [
            Choice(
                driver.id,
                driver.id,
                driver.id == experiment.driver,
                None if version else f"It is not installed: {driver.hint}",
            )
            for driver, version in drivers()
        ]
    driver = next((driver for driver in DRIVERS if driver.id == experiment.driver), None)
    if field == "sharing":
        why = {one: driver.refusal(one, experiment.reading) if driver else None for one in Sharing}
        return [Choice(one, one.label, one is experiment.sharing, why[one]) for one in Sharing]
    if field == "reading":
        lacks = {one: driver.refusal(experiment.sharing, one) if driver else None for one in Reading}
        return [Choice(one, one.label, one is experiment.reading, lacks[one]) for one in Reading]
    if field == "yielding":
        return [Choice(one, one.label, one is experiment.yielding) for one in Yielding]
    refused = None if sys.version_info >= (3, 12) else "Eager start needs Python 3.12."
    return [
        Choice(False, "off", not experiment.eager),
        Choice(True, "on", experiment.eager, refused),
    ]


def next_choice(experiment: Experiment, field: str, by: int) -> object:
    """The value that comes `by` places after the experiment's; ways to fetch that the driver lacks are left out."""
    offered = choices(experiment, field)
    if field in ("reading", "eager"):
        offered = [choice for choice in offered if choice.picked or choice.refusal is None]
    place = next(place for place, choice in enumerate(offered) if choice.picked)
    return offered[(place + by) % len(offered)].value
