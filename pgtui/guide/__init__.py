"""The field guide: the hazards of sharing a connection between concurrent tasks, each shown on the user's machine.

A hazard is an entry (`hazards/`, text) with one case or more (`recipes/`, code): a recipe that shows it and the
recipe of the right way, each with a check of what was observed. Importing this loads no driver.
"""

from pgtui.guide.catalogue import hazard, hazards
from pgtui.guide.hazard import Case, Hazard, Outcome, Pair, Scene, Side, Verdict

__all__ = ["Case", "Hazard", "Outcome", "Pair", "Scene", "Side", "Verdict", "hazard", "hazards"]
