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
SHARE = 0.12
"""The part of the loop that painting may take; when a frame costs more, there are fewer of them."""
BEAT = 0.02
"""Seconds between two looks at the loop."""
STALL = 2_000_000
"""Lateness that is worth an event of the trace."""
MOST_BEATS = 5_000


class Pacing:
    """When the next frame is due: what painting has cost is paid back, at `SHARE` of the time, before it is.

    Attributes:
        cost: what the frame before this one cost, with all that keys painted until this one began.
    """

    def __init__(self) -> None:
        self.cost = 0
        self._began = self._spent = 0
        self._debt = 0.0
        self._paid = 0

    def is_due(self, now: int) -> bool:
        """Whether it is time for a frame."""
        return now >= self._began + FRAME and (self._owed(now) <= 0 or now >= self._began + SLOWEST_FRAME)

    def begin(self, now: int) -> None:
        """A frame begins."""
        self._debt, self._paid = self._owed(now), now
        self.cost, self._spent, self._began = self._spent, 0, now

    def spend(self, cost: int) -> None:
        """Painting something took so long."""
        self._spent += cost
        self._debt = min(self._debt + cost, SLOWEST_FRAME * SHARE)

    @property
    def is_costly(self) -> bool:
        """Whether frames like the one before cannot be had as often as there could be frames."""
        return self.cost > FRAME * SHARE

    def _owed(self, now: int) -> float:
        return max(0.0, self._debt - (now - self._paid) * SHARE)


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
