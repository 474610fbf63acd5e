"""The findings of the run that is shown: found once when it is over, now and then while it goes on."""

import threading
import time

from pgtui.core.findings import Finding, findings
from pgtui.core.trace import Trace

SMALL = 20_000
"""Events of a trace that is looked through while it grows."""
LARGE = 100_000
"""Events of a trace that a thread looks through: 2 million of them take a second."""
EVERY = 1.0
"""Seconds between two looks at a trace that grows."""


class Sayings:
    """What there is to say about one trace, up to any moment of it."""

    def __init__(self) -> None:
        self.trace: Trace | None = None
        self.all: tuple[Finding, ...] = ()
        self._final = False
        self._looked = 0.0

    def turn_to(self, trace: Trace) -> None:
        """Tell of another trace from now on."""
        self.trace = trace
        self.all, self._final, self._looked = (), False, 0.0

    def upto(self, index: int) -> tuple[Finding, ...]:
        """What there is to say about the first `index` events: what rests on those alone."""
        trace = self.trace
        if trace is None:
            return ()
        self._look(trace)
        at_end = index >= len(trace)
        return tuple(f for f in self.all if (f.events[-1] < index if f.events else at_end))

    def _look(self, trace: Trace) -> None:
        if self._final:
            return
        now = time.monotonic()
        if trace.finished:
            self._final = True
            if len(trace) > LARGE:
                threading.Thread(target=self._find, args=(trace,), name="pgtui-findings", daemon=True).start()
            else:
                self._find(trace)
        elif len(trace) <= SMALL and now - self._looked >= EVERY:
            self.all, self._looked = findings(trace, len(trace)), now

    def _find(self, trace: Trace) -> None:
        found = findings(trace)
        if self.trace is trace:
            self.all = found
