"""Holds a run to its time when its loop is frozen: a driver that blocks the loop cannot be cancelled on it.

It looks from a thread, acts only when the run's time is over and the loop does not turn, and writes nothing to the
trace, which belongs to the loop's thread.
"""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable
from typing import Self

FROZEN = 0.5
"""Seconds without a turn after which the loop counts as frozen."""


class Watchdog:
    """Ends the run's backends as long as the loop is frozen after the run's time.

    What a blocked call waits for is taken away; it raises, and the loop turns again.

    Args:
        seconds: the run's time.
        late: called, in the thread, before backends are ended.
        end_backends: as the plan has it; awaited on a loop of the thread's own.
    """

    def __init__(
        self, seconds: float, late: Callable[[], object], end_backends: Callable[[], Awaitable[object]]
    ) -> None:
        self._seconds = seconds
        self._late = late
        self._end_backends = end_backends
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._watch, name="pgtui watchdog", daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()

    def _watch(self) -> None:
        self._over.wait(self._seconds)
        while not self._over.wait(FROZEN / 5):
            if self._loop_turns():
                continue
            self._late()
            with contextlib.suppress(Exception):  # the server may be what failed: then there is nothing to end
                asyncio.run(self._end())

    def _loop_turns(self) -> bool:
        turned = threading.Event()
        try:
            self._loop.call_soon_threadsafe(turned.set)
        except RuntimeError:  # closed
            return True
        return turned.wait(FROZEN) or self._over.is_set()

    async def _end(self) -> None:
        await self._end_backends()
