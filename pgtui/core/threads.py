"""The run as a recipe in threads sees it, and the sampler that sees what each thread waits for.

A thread cannot be observed step by step from outside as a coroutine can. Its rows and words carry the run's clock; what
it waits for is sampled from its stack: the same instruction seen twice in a row is taken for waiting.
"""

import asyncio
import gc
import linecache
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pgtui.core.events import PAYLOAD_BITS, Kind, Wait
from pgtui.core.state import Phase
from pgtui.core.tasks import RowWriter, Task
from pgtui.core.trace import CHUNK, Trace

if TYPE_CHECKING:
    from types import FrameType

    from pgtui.core.runner import Plan

SAMPLE_SECONDS = 0.001
MOST_SAMPLED = 64


class RunCancelled(BaseException):
    """The run was cancelled; raised in its threads at their next word or row."""


class ThreadTask(Task):
    """A task carried by a thread: each event is written at once, under the trace's lock."""

    def __init__(self, *args: Any, cancelled: threading.Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cancelled = cancelled
        self.row = self._write_row
        self._writer = RowWriter(self._trace, self.number, trusting=False)

    def _write_row(self, values: Any) -> None:
        trace = self._trace
        if self._cancelled.is_set():
            raise RunCancelled
        with trace.lock:
            time = max(self._clock(), trace.head.time)
            self._resumes(time)
            self._writer(time, [values])
            if len(trace.times) >= CHUNK:
                trace.seal()

    def _event(self, kind: Kind, value: int) -> None:
        if self._cancelled.is_set():
            raise RunCancelled
        with self._trace.lock:
            time = max(self._clock(), self._trace.head.time)
            self._resumes(time)
            self._trace.write(time, kind, self.number, value)

    def _resumes(self, time: int) -> None:
        """What a sampler took for waiting is over when the thread speaks again."""
        if self._trace.head.tasks[self.number].phase is Phase.WAITING:
            self._trace.write(time, Kind.READY, self.number)
            self._trace.write(time, Kind.RUNS, self.number)


class ThreadRun:
    """The run as a recipe in threads sees it: the attributes of `runner.Run`, and a `gather` that blocks."""

    def __init__(
        self,
        plan: "Plan",
        trace: Trace,
        clock: Callable[[], int],
        ended: Callable[[int, int, BaseException | None], None],
    ) -> None:
        self._stop = threading.Event()
        self.main, *self.tasks = [
            ThreadTask(number, name, query, trace, clock, dsn=plan.dsn, arguments=plan.arguments, cancelled=self._stop)
            for number, (name, query) in enumerate(zip(plan.header.names, plan.queries, strict=True))
        ]
        self.dsn = plan.dsn
        self.arguments = plan.arguments
        self.query = plan.queries[0]
        self.rows = plan.header.experiment.rows
        self.pool_size = plan.header.experiment.pool_size
        self.says = self.main.says
        self.backend = self.main.backend
        self._plan, self._trace, self._clock, self._ended = plan, trace, clock, ended
        self._threads: dict[int, threading.Thread] = {}

    async def start(self) -> None:
        """Run the recipe in a thread of its own, and sample all threads until it is over."""
        recipe = self._plan.recipe
        main = self._thread(self.main, recipe.main, self, recipe.read)
        main.start()
        sampler = Sampler(self._trace, self._clock, recipe.files)
        while main.is_alive():
            sampler.sample(self._threads)
            await asyncio.sleep(SAMPLE_SECONDS)

    def gather(self, read: Callable[..., Any], *shared: Any) -> None:
        """Run `read(task, *shared)` in a thread a task, all at the same time, and wait for all of them."""
        threads = [self._thread(task, read, task, *shared) for task in self.tasks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def cancel(self) -> None:
        """Let each thread end at its next word or row."""
        self._stop.set()

    def _thread(self, task: Task, function: Callable[..., Any], *arguments: Any) -> threading.Thread:
        self._trace.append(self._clock(), Kind.CREATED, task.number)

        def carry() -> None:
            error: BaseException | None = None
            self._trace.append(self._clock(), Kind.RUNS, task.number)
            try:
                function(*arguments)
            except RunCancelled:
                error = asyncio.CancelledError()
            except BaseException as raised:  # whatever it is, it is the task's outcome
                error = asyncio.CancelledError() if self._stop.is_set() else raised
            self._threads.pop(task.number, None)
            self._ended(self._clock(), task.number, error)

        thread = threading.Thread(target=carry, name=task.name, daemon=True)
        self._threads[task.number] = thread
        return thread


def current_frames() -> "dict[int, FrameType]":
    """Thread → its innermost frame.

    The call holds a lock of the interpreter that ending threads take as well. A collection in it that lets go of the
    GIL, as closing a socket does, deadlocks with such a thread (python/cpython#106883, mended in 3.11.9).
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        return sys._current_frames()
    finally:
        if collecting:
            gc.enable()


class Sampler:
    """Looks at the threads' stacks and notes which of them have begun to wait, and for what."""

    def __init__(self, trace: Trace, clock: Callable[[], int], files: frozenset[str]) -> None:
        self._trace = trace
        self._clock = clock
        self._files = files
        self._last: dict[int, tuple[int, int]] = {}

    def sample(self, threads: dict[int, threading.Thread]) -> None:
        frames = current_frames()
        for task, thread in list(threads.items())[:MOST_SAMPLED]:
            frame = frames.get(thread.ident or 0)
            if frame is None:
                continue
            place = (id(frame), frame.f_lasti)
            if self._last.get(task) != place:
                self._last[task] = place
            else:
                self._waits(task, frame)

    def _waits(self, task: int, frame: "FrameType") -> None:
        trace = self._trace
        with trace.lock:
            if trace.head.tasks[task].phase is not Phase.RUNNING:
                return
            line, wait = self._told(frame)
            payload = trace.payload(wait)
            trace.write(max(self._clock(), trace.head.time), Kind.WAITS, task, line << PAYLOAD_BITS | payload)

    def _told(self, innermost: "FrameType") -> tuple[int, Wait]:
        frames: list[FrameType] = []
        frame = innermost
        while frame is not None and len(frames) < 64:
            frames.append(frame)
            frame = frame.f_back  # type: ignore[assignment]  # None ends the loop
        line = next((f.f_lineno for f in frames if f.f_code.co_filename in self._files), 0)
        driver = next((f for f in frames if "-packages" in f.f_code.co_filename), innermost)
        names = {f.f_code.co_name for f in frames}
        text = linecache.getline(driver.f_code.co_filename, driver.f_lineno)
        if names & {"getconn", "acquire"}:
            on = "pool"
        elif names & {"connect", "_connect", "_connect_gen"}:
            on = "connect"
        elif "gather" in names:
            on = "tasks"
        elif "lock" in text:
            on = "lock"
        else:
            on = "server"
        parts = driver.f_code.co_filename.split("/")
        where = f"{'/'.join(parts[-2:])}:{driver.f_lineno} {driver.f_code.co_qualname}"
        resource = f"{driver.f_code.co_qualname.split('.')[0]}.lock" if on == "lock" else None
        return line, Wait(on, where, resource)
