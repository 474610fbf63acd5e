"""A hazard while it is shown: which of its recipes have begun, and what came of each. It knows no widget."""

from pgtui.guide import Hazard, Outcome, Side
from pgtui.guide.demonstrate import Demonstration, demonstrate, why_skipped
from pgtui.postgres.target import Target

Recipe = tuple[int, Side]
"""One of a hazard's recipes: the place of its case, and which of the two."""


class Showing:
    """One demonstration of a hazard, over all of its cases.

    Attributes:
        hazard: which.
        outcome: what came of it, once all has been run.
        running: whether it goes on.
        trouble: why it ended before its end, in a sentence; empty when it did not.
        hint: what to do about that.
        reasons: for each case, why it cannot be run on this server; None where it can.
    """

    def __init__(self, hazard: Hazard) -> None:
        self.hazard = hazard
        self.outcome: Outcome | None = None
        self.running = False
        self.trouble = self.hint = ""
        self.reasons: tuple[str | None, ...] = (None,) * len(hazard.cases)
        self._begun: dict[Recipe, Demonstration] = {}

    def begin(self) -> None:
        """Forget what came of it the last time."""
        self.running, self.outcome, self.trouble, self.hint = True, None, "", ""
        self._begun.clear()

    def end(self, trouble: str = "", hint: str = "") -> None:
        """It is over; `trouble` when that was before its end."""
        self.running, self.trouble, self.hint = False, trouble, hint

    async def run(self, target: Target) -> None:
        """Run all that can be run on the target.

        Raises:
            ServerError: the server does not answer.
        """
        self.reasons = tuple(why_skipped(case, target) for case in self.hazard.cases)

        def take(demonstration: Demonstration) -> None:
            self._begun[self.hazard.cases.index(demonstration.case), demonstration.side] = demonstration

        self.outcome = await demonstrate(self.hazard, target, began=take)

    @property
    def standing(self) -> tuple[object, ...]:
        """What is known; equal as long as that is the same."""
        begun = ((recipe, one.tries, one.verdict) for recipe, one in self._begun.items())
        return self.running, self.reasons, *begun

    def begun(self, recipe: Recipe) -> Demonstration | None:
        """The demonstration of a recipe; None before it begins."""
        return self._begun.get(recipe)

    def is_over(self, recipe: Recipe) -> bool:
        """Whether a recipe has run, to its end or not."""
        one = self._begun.get(recipe)
        return one is not None and (one.verdict is not None or not self.running)
