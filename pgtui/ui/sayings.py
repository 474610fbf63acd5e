"""The findings at the playhead: exactly those of the events before it, as soon as looking through them allows.

A run of few events is looked through in the frame that needs it. Of a long one that would hold up the frames, so a
thread does it, one look after another with pauses; until it has come to the playhead, the nearest look that there is
stands for it, without what rests on later events. While a run goes on, its end is looked at now and then.
"""

import threading
import time
from collections.abc import Callable

from pgtui.core.findings import Finding, findings
from pgtui.core.trace import Trace

FEW = 5_000
"""Events that are looked through in the frame that needs it: 3 ms."""
SMALL = 20_000
"""Events of a trace that is looked through while it grows."""
LARGE = 100_000
"""Events up to which the end of a run is looked at in a frame, once: 50 ms."""
EVERY = 1.0
"""Seconds between two looks at a trace that grows."""
PAUSE = 4.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
"""A thread that looks rests so many times as long as it looked, within these seconds: the screen needs the GIL too."""
MOST_LOOKS = 512
"""Looks that are kept: going to and fro costs nothing then."""


class Sayings:
    """What there is to say about one trace, up to any moment of it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing to tell of yet.

        Args:
            clock: seconds that pass.
        """
        self.trace: Trace | None = None
        self._clock = clock
        self._looks: dict[int, tuple[Finding, ...]] = {}
        self._look: _Look | None = None
        self._due = 0.0

    def turn_to(self, trace: Trace) -> None:
        """Tell of another trace from now on."""
        self.trace = trace
        self._looks, self._look, self._due = {}, None, 0.0

    def upto(self, index: int) -> tuple[Finding, ...]:
        """What there is to say about the first `index` events.

        Of a long run, or of one that goes on, it may be what was known of another moment: of an earlier one, or of a
        later one that much of it which rests on these events.
        """
        trace = self.trace
        if trace is None:
            return ()
        if not trace.finished:
            return self._live(trace, index)
        self._take_in()
        if index not in self._looks:
            if index <= FEW or len(trace) <= index <= LARGE:
                self._keep(index, findings(trace, index))
            elif self._look is None and self._clock() >= self._due:
                self._look = _Look(trace, index)
                self._look.start()
        return self._nearest(index)

    def _live(self, trace: Trace, index: int) -> tuple[Finding, ...]:
        now, end = self._clock(), len(trace)
        if end <= SMALL and now >= self._due:
            self._looks, self._due = {end: findings(trace, end)}, now + EVERY
        found = next(iter(self._looks.values()), ())
        return tuple(f for f in found if (f.events[-1] < index if f.events else index >= end))

    def _nearest(self, index: int) -> tuple[Finding, ...]:
        """What the nearest look found: all of it when it was not further than this, else what rests on these events."""
        looks = self._looks
        if index in looks:
            return looks[index]
        if not looks:
            return ()
        place = min(looks, key=lambda looked: abs(looked - index))
        return tuple(f for f in looks[place] if place < index or (f.events and f.events[-1] < index))

    def _take_in(self) -> None:
        """Take what the thread has found, when it is done."""
        look = self._look
        if look is None or look.is_alive():
            return
        self._look = None
        self._due = self._clock() + min(max(SHORTEST_PAUSE, PAUSE * look.seconds), LONGEST_PAUSE)
        if look.found is not None:
            self._keep(look.index, look.found)

    def _keep(self, index: int, found: tuple[Finding, ...]) -> None:
        if len(self._looks) >= MOST_LOOKS:
            del self._looks[next(iter(self._looks))]
        self._looks[index] = found


class _Look(threading.Thread):
    """Looks through the first events of a run that is over, aside.

    Attributes:
        index: how many events.
        found: what there is to say about them, None until that is known.
        seconds: how long it took.
    """

    def __init__(self, trace: Trace, index: int) -> None:
        super().__init__(name="pgtui-findings", daemon=True)
        self.index = index
        self.found: tuple[Finding, ...] | None = None
        self.seconds = 0.0
        self._trace = trace

    def run(self) -> None:
        """Look."""
        began = time.perf_counter()
        self.found = findings(self._trace, self.index)
        self.seconds = time.perf_counter() - began
