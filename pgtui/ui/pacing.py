"""How often the screen is painted, and how late the loop is: the screen shares the loop with what it shows.

Times are nanoseconds. Painting is recorded in the trace of the run that it delays, and so is every stall.
"""

import asyncio
import contextlib
import time

from pgtui.core.events import Kind
from pgtui.core.trace import Trace

FRAME = 50_000_000
"""The least time between two frames."""
SLOWEST_FRAME = 500_000_000
SHARE = 0.09
"""The part of the loop that painting may take; when a frame costs more, there are fewer of them."""
BEAT = 0.02
"""Seconds between two looks at the loop."""
STALL = 2_000_000
"""Lateness that is worth an event of the trace."""
MOST_BEATS = 5_000


class Pacing:
    """When the next frame is due.

    Attributes:
        cost: what a frame costs: a moving average, so that one slow frame is forgiven.
    """

    def __init__(self) -> None:
        self.cost = 0.0
        self._began = 0
        self._spent = 0

    def is_due(self, now: int) -> bool:
        """Whether it is time for a frame."""
        return now >= self._began + self.interval

    def begin(self, now: int) -> None:
        """A frame begins; all that is spent until the next one is its cost."""
        self.cost = 0.75 * self.cost + 0.25 * self._spent if self.cost else self._spent
        self._began, self._spent = now, 0

    def spend(self, cost: int) -> None:
        """Something of the frame took so long."""
        self._spent += cost

    @property
    def is_costly(self) -> bool:
        """Whether there are fewer frames than there could be."""
        return self.interval > FRAME

    @property
    def interval(self) -> int:
        """From the beginning of a frame to that of the next."""
        return int(min(max(FRAME, self.cost / SHARE, self._spent / SHARE), SLOWEST_FRAME))


class LoopWatch:
    """Looks at how late the loop comes back, while it is told a trace to write that into."""

    def __init__(self) -> None:
        self.trace: Trace | None = None
        self.late: list[int] = []

    def watch(self, trace: Trace | None) -> None:
        """Write into this trace from now on; None for none."""
        self.trace = trace
        self.late = []

    @property
    def p99(self) -> int:
        """The lateness that one beat of a hundred exceeds; 0 before there were a hundred."""
        late = sorted(self.late)
        return late[int(len(late) * 0.99)] if len(late) >= 100 else 0

    async def run(self) -> None:
        """Watch until cancelled."""
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                due = time.perf_counter_ns() + int(BEAT * 1e9)
                await asyncio.sleep(BEAT)
                self._note(time.perf_counter_ns(), due)

    def _note(self, now: int, due: int) -> None:
        trace, late = self.trace, max(0, now - due)
        if trace is None or trace.finished:
            return
        if len(self.late) < MOST_BEATS:
            self.late.append(late)
        else:
            self.late[now % MOST_BEATS] = late
        if late >= STALL:
            trace.append(now, Kind.STALLED, 0, late)
