"""Runs a plan in a process of its own: for recipes that may crash the interpreter or block it for good.

The child sends its events as they happen and the parent writes them into a trace here, so a run apart is watched like
any other. The child ends with its time, with its parent, or by a signal; its backends end with it.
"""

import asyncio
import contextlib
import os
import pickle
import signal
import struct
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pgtui
from pgtui.core.events import KIND_BITS, KIND_MASK, TASK_MASK, VALUE_SHIFT, Failure, Kind, Payload
from pgtui.core.runner import GRACE, Plan
from pgtui.core.trace import Trace
from pgtui.guide.hazard import Case, Hazard, Side
from pgtui.postgres import Target

if TYPE_CHECKING:
    from array import array

START_SECONDS = 20.0
"""What a loaded machine may take to start Python and import a driver."""

LENGTH = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Job:
    """What the child is to run; it goes over its standard input, because the target has the password in it."""

    hazard: Hazard
    case: Case
    side: Side
    target: Target
    application_name: str
    timeout: float


@dataclass(frozen=True, slots=True)
class News:
    """What has happened in the child since the last time: events, and the payloads and values they refer to."""

    times: "array[int]"
    whats: "array[int]"
    payloads: list[Payload]
    values: dict[int, tuple[object, ...]] = field(default_factory=dict)


class ChildRunner:
    """Runs one job in a child, with the attributes of `Runner`.

    Attributes:
        trace: grows while `run` runs.
        died: the signal that ended the child, such as `SIGSEGV`; None when it ended by itself.
    """

    def __init__(self, plan: Plan, job: Job) -> None:
        self.plan = plan
        self.trace = Trace(plan.header)
        self.died: str | None = None
        self._job = job
        self._ending = Kind.CANCELLED
        self._begun = asyncio.Event()
        self._cancelled = asyncio.Event()

    def cancel(self) -> None:
        """End the run before its time."""
        self._cancelled.set()

    async def run(self) -> Trace:
        """Run to an end; the child is gone and the trace is finished when this returns."""
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "pgtui.guide.child"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C is for us to pass on
            env=os.environ | {"PYTHONPATH": os.pathsep.join(_import_path())},
        )
        try:
            await self._follow(child)
        finally:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            self._told_how_it_ended(await child.wait())
            await self._end_backends()
            self._end_what_is_left()
            self.trace.finished = True
        return self.trace

    async def _follow(self, child: asyncio.subprocess.Process) -> None:
        assert child.stdin is not None
        assert child.stdout is not None
        job = pickle.dumps(self._job)
        child.stdin.write(LENGTH.pack(len(job)) + job)
        reading = asyncio.ensure_future(self._read(child.stdout))
        begun = asyncio.ensure_future(self._begun.wait())
        cancelled = asyncio.ensure_future(self._cancelled.wait())
        try:
            done = await _first({reading, cancelled, begun}, START_SECONDS)
            if begun in done:
                done = await _first({reading, cancelled}, self._job.timeout + 3 * GRACE)
        finally:
            for waiting in (reading, begun, cancelled):
                waiting.cancel()
            await asyncio.wait({reading, begun, cancelled})
        if not done:
            self._ending = Kind.TIMED_OUT
        elif reading in done:
            # The pipe closed: give the child a moment to end by itself, so that its exit code says how.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(child.wait(), GRACE)

    async def _read(self, stream: asyncio.StreamReader) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                (length,) = LENGTH.unpack(await stream.readexactly(LENGTH.size))
                self._take(pickle.loads(await stream.readexactly(length)))

    def _take(self, news: News) -> None:
        trace = self.trace
        self._begun.set()
        trace.payloads.extend(news.payloads)
        for tag, values in news.values.items():
            trace.first_values.setdefault(tag, values)
        for time, what in zip(news.times, news.whats, strict=True):
            kind, task = Kind(what & KIND_MASK), what >> KIND_BITS & TASK_MASK
            trace.append(time, kind, task, what >> VALUE_SHIFT)

    def _told_how_it_ended(self, code: int) -> None:
        if code < 0 and -code != signal.SIGKILL:
            self.died = signal.Signals(-code).name

    async def _end_backends(self) -> None:
        if self.plan.end_backends is not None:
            with contextlib.suppress(Exception):  # the server may be what failed
                await asyncio.wait_for(self.plan.end_backends(), GRACE)

    def _end_what_is_left(self) -> None:
        trace, failure = self.trace, 0
        if self.died is not None:
            failure = trace.payload(Failure(self.died, "the process crashed"))
        for number, state in enumerate(trace.head.tasks):
            if not state.phase.over:
                trace.append(trace.now.time, Kind.FAILED if failure else self._ending, number, failure)


async def _first(waiting: "set[asyncio.Future[Any]]", seconds: float) -> "set[asyncio.Future[Any]]":
    """Those that are done when the first is, or none when the time is over."""
    done, _ = await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    return done


def _import_path() -> list[str]:
    """Where the child finds this pgtui, however it was started."""
    assert pgtui.__file__ is not None
    home = str(Path(pgtui.__file__).parents[1])
    return [home, *filter(None, [os.environ.get("PYTHONPATH")])]
