"""What a measurement says: one line with the figure, its bound and the verdict."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Attributes:
        what: what was measured.
        value: the figure.
        unit: its unit, empty for a ratio.
        bound: what it should not pass.
        at_least: whether the bound is a lower one.
        detail: how the figure came about.
    """

    what: str
    value: float
    unit: str
    bound: float
    at_least: bool = False
    detail: str = ""

    @property
    def holds(self) -> bool:
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        verdict = "ok" if self.holds else "MISSED"
        unit = f" {self.unit}" if self.unit else ""
        detail = f"  ({self.detail})" if self.detail else ""
        return f"{self.what}: {self.value:.3g}{unit}, bound {sign} {self.bound:g}{unit}, {verdict}{detail}"


def paired(one: Callable[[], float], other: Callable[[], float], rounds: int) -> list[tuple[float, float]]:
    """Seconds of both, measured in turn, ABBA, so that a machine that changes its speed touches both alike."""
    pairs = []
    for turn in range(rounds):
        if turn % 2:
            second = other()
            pairs.append((one(), second))
        else:
            first = one()
            pairs.append((first, other()))
    return pairs


def median_ratio(pairs: Sequence[tuple[float, float]]) -> float:
    """The median of one / other."""
    return statistics.median(one / other for one, other in pairs)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
