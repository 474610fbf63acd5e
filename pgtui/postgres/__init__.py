"""Which PostgreSQL: the target of a run, and the embedded server for those who have none at hand.

Importing this loads no driver and connects to nothing.
"""

from pgtui.postgres.open import open_target, revive
from pgtui.postgres.target import Target

__all__ = ["Target", "open_target", "revive"]
