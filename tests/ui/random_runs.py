"""Runs that nobody made by hand: whatever order of events a run can leave, for tests of what must hold in all of them.

They are small, so `small_chunks` makes the trace's chunks small too: then a hundred events have many chunks.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from hypothesis import settings, strategies

from pgtui.core.events import PAYLOAD_BITS, Failure, Kind, Resource, Wait
from pgtui.core.experiment import Experiment
from pgtui.core.tasks import RowWriter
from pgtui.core.trace import FIRST_CHUNKS, Trace
from tests.ui.traces import MONITORS, header

patient = settings(deadline=None, max_examples=60)
"""For tests of whole runs: how long one takes says nothing on a busy machine."""

WAITS = (
    Wait("server", "psycopg/waiting.py:270 wait_async"),
    Wait("connect", "psycopg/waiting.py:353 wait_conn_async"),
    Wait("lock", "psycopg/cursor_async.py:112 AsyncCursor.execute", "AsyncConnection.lock", 1),
    Wait("pool", "psycopg_pool/pool_async.py:180 AsyncConnectionPool.getconn", "AsyncConnectionPool"),
    Wait("other", "core/runner.py:89 Run.gather"),
)


@contextmanager
def small_chunks(size: int) -> Iterator[None]:
    """Traces close a chunk after so many events."""
    with patch("pgtui.core.trace.CHUNK", size):
        yield


def random_run(
    seed: int,
    tasks: int,
    events: int,
    *,
    chunk: int = 4096,
    finished: bool = True,
    most_chunks: int = 512,
    lasting: bool = False,
) -> Trace:
    """A run on one loop that only the seed decides.

    It has `events` events or a few more; fewer when all tasks end before, which `lasting` ones do not.
    """
    chance = random.Random(seed)
    with small_chunks(chunk):
        trace = Trace(header(Experiment(tasks=tasks), expected=None), 1_000, chunks=max(most_chunks, FIRST_CHUNKS + 2))
        _Loop(trace, chance, lasting).run(events, finished)
    trace.finished = finished
    return trace


class _Loop:
    """An event loop of dice: who is ready, who waits, who holds the lock."""

    def __init__(self, trace: Trace, chance: random.Random, lasting: bool) -> None:
        self.trace, self.chance, self.lasting = trace, chance, lasting
        self.time = trace.origin
        self.ready: list[int] = []
        self.waiting: list[int] = []
        self.numbers = dict.fromkeys(trace.tasks, 0)
        self.lock = trace.payload(Resource("AsyncConnection.lock"))

    def put(self, kind: Kind, task: int, value: int = 0) -> None:
        self.time += self.chance.choice((0, 0, 1, 40, 900, 30_000))
        self.trace.append(self.time, kind, task, value)

    def run(self, events: int, finished: bool) -> None:
        for task in (0, *self.trace.tasks):
            self.put(Kind.CREATED, task)
            self.ready.append(task)
        while len(self.trace) < events and (self.ready or self.waiting):
            while self.waiting and (not self.ready or self.chance.random() < 0.4):
                task = self.waiting.pop(self.chance.randrange(len(self.waiting)))
                self.put(Kind.READY, task)
                self.ready.append(task)
            self.step(self.ready.pop(self.chance.randrange(len(self.ready))))
        for task in (*self.ready, *self.waiting) if finished else ():
            self.put(Kind.CANCELLED, task)

    def step(self, task: int) -> None:
        chance, trace = self.chance, self.trace
        self.put(Kind.RUNS, task)
        if chance.random() < 0.1:
            self.put(Kind.SAYS, task, trace.payload("starting fetching"))
        if chance.random() < 0.1:
            self.put(chance.choice((Kind.HELD, Kind.RELEASED)), chance.randrange(len(trace.header.names)), self.lock)
        for _ in range(chance.choice((0, 0, 1, 1, 2, 9)) if task else 0):
            self.row(task)
        dice = chance.random()
        if dice < 0.5:
            self.put(Kind.YIELDS, task, 68)
            self.ready.append(task)
        elif dice < 0.97 or self.lasting:
            self.put(Kind.WAITS, task, 59 << PAYLOAD_BITS | trace.payload(chance.choice(WAITS)))
            self.waiting.append(task)
        elif dice < 0.985:
            self.put(Kind.DONE, task)
        else:
            failure = Failure("psycopg.ProgrammingError", "no result available", None, 65, "x.py:1 y")
            self.put(Kind.FAILED, task, trace.payload(failure))
        if chance.random() < 0.05:
            self.time += 5_000
            self.trace.append(self.time, chance.choice((Kind.PAINTED, Kind.STALLED)), 0, 5_000)

    def row(self, task: int) -> None:
        owner = task if self.chance.random() < 0.9 else self.chance.choice(list(self.trace.tasks))
        self.numbers[owner] += 1
        number = self.numbers[owner] if self.chance.random() < 0.95 else max(1, self.numbers[owner] - 1)
        self.time += self.chance.choice((0, 10))
        RowWriter(self.trace, task)(self.time, [(*MONITORS[number % 3], owner, number)])


runs = strategies.builds(
    random_run,
    seed=strategies.integers(0, 10_000),
    tasks=strategies.integers(1, 6),
    events=strategies.integers(0, 400),
    chunk=strategies.sampled_from((7, 64, 4096)),
    finished=strategies.booleans(),
)
"""Runs of all kinds."""
