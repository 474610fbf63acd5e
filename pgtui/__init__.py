"""pgtui shows how concurrent tasks interleave when they fetch rows from PostgreSQL.

The public names are `Experiment`, `run` and `Trace`; each is loaded when it is first used.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["Experiment", "Trace", "run"]

if TYPE_CHECKING:
    from pgtui.api import run
    from pgtui.core.experiment import Experiment
    from pgtui.core.trace import Trace

_HOMES = {"Experiment": "pgtui.core.experiment", "Trace": "pgtui.core.trace", "run": "pgtui.api"}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'pgtui' has no attribute {name!r}")
