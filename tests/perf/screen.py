"""What the screen costs the run that it shows, and how quickly it answers."""

import asyncio
import gc
import os
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pgtui.api import run_on
from pgtui.core.events import Kind
from pgtui.core.experiment import Experiment, Reading
from pgtui.core.trace import Trace
from pgtui.postgres import Target
from pgtui.settings import Settings
from tests.perf.figures import Figure, percentile

SIZE = (140, 44)
FLAT_OUT = Experiment(
    reading=Reading.SERVER_CURSOR,
    rows=10_000_000,
    # In the list of columns, where the server makes the series as it goes.
    query="SELECT generate_series(1, 10000000) AS i, 'row' AS text",
    timeout=600,
)
"""Three tasks that yield after each row, longer than any measurement."""
PAIRS = 9
"""Runs without and with a screen, in turn; the machine's own speed changes between them."""
KEYS = ("x", "v", "f4", "f4", "x", "1", "2", "3")


@asynccontextmanager
async def explorer(experiment: Experiment, trace: Trace | None = None) -> AsyncIterator[tuple[Any, Any]]:
    """The app without a terminal, as the tests run it; its drawing is what it is with one."""
    from pgtui.memory import Memory, remember
    from pgtui.ui.app import make_app

    remember(Memory(tour_seen=True))
    app = make_app(experiment=experiment, dsn=os.environ.get("PGTUI_TEST_DSN"), settings=Settings(), trace=trace)
    async with app.run_test(size=SIZE) as pilot:
        yield app, pilot


async def flowing(app: Any, rows: int = 2_000, seconds: float = 60) -> Trace:
    """The trace of the app's run, once rows flow in it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        playback = app.live.playback
        if playback is not None and playback.trace.now.rows >= rows:
            return playback.trace  # type: ignore[no-any-return]  # the app is Any here, to be imported late
        await asyncio.sleep(0.05)
    raise TimeoutError(f"no {rows:,} rows within {seconds:g} s")


def measure(target: Target) -> Iterator[Figure]:
    """The bounds of a screen on a busy loop."""
    yield asyncio.run(steps_per_second(target))
    yield from asyncio.run(under_load(target))
    yield from asyncio.run(many_tasks(target))


async def steps_per_second(target: Target) -> Figure:
    """Loop steps per second with the screen on, over those of a run without one."""
    experiment = Experiment(rows=100_000, timeout=300)
    pairs: list[tuple[float, float]] = []
    for _ in range(PAIRS):
        alone = _speed(await run_on(experiment, target))
        gc.collect()
        async with explorer(experiment) as (app, _pilot):
            trace = await flowing(app, 300_000, 120)
            while not trace.finished:
                await asyncio.sleep(0.05)
            pairs.append((_speed(trace), alone))
        gc.collect()
    ratio = percentile([shown / alone for shown, alone in pairs], 0.5)
    detail = ", ".join(f"{shown:,.0f}/{alone:,.0f}" for shown, alone in pairs)
    return Figure("loop steps per second, screen on over screen off", ratio, "", 0.8, True, detail)


def _speed(trace: Trace) -> float:
    return trace.now.steps / (trace.elapsed / 1e9)


async def under_load(target: Target) -> list[Figure]:
    """Three tasks yield flat out for a minute: frames, keys, the UI's share, memory."""
    seconds = float(os.environ.get("PGTUI_PERF_SECONDS", "60"))
    async with explorer(FLAT_OUT) as (app, _pilot):
        trace = await flowing(app)
        began, painted, memory = time.monotonic(), trace.now.painted, resident()
        frames, answers, later = counted_frames(), [], 0
        while time.monotonic() - began < seconds:
            answers.append(await key_to_repaint(app, random.choice(KEYS)))
            await asyncio.sleep(random.uniform(0.05, 0.3))
            if not later and time.monotonic() - began > seconds * 2 / 3:
                later = resident()
        lasted = time.monotonic() - began
        share = (trace.now.painted - painted) / 1e9 / lasted
        shown = len(frames)
        rows = trace.now.rows
        grown, after = resident() - memory, resident() - later
        app.live.action_cancel()
    return [
        Figure("frames per second under a flat-out run", shown / lasted, "/s", 10, True, f"{rows:,} rows"),
        Figure("key to repaint under a flat-out run, p95", percentile(answers, 0.95) * 1e3, "ms", 50),
        Figure("the UI's share of the loop", share, "", 0.15),
        Figure(f"memory grown in {seconds:g} s", grown / 1e6, "MB", 150),
        Figure("memory grown in the last third", after / 1e6, "MB", 15),
    ]


def counted_frames() -> list[int]:
    """When each picture from now on was drawn, on its time or for a key, in nanoseconds."""
    from pgtui.ui.screens.playhead import PlayheadScreen

    drawn: list[int] = []
    draw = PlayheadScreen.draw

    def counting(self: PlayheadScreen) -> None:
        drawn.append(time.perf_counter_ns())
        draw(self)

    PlayheadScreen.draw = counting  # type: ignore[method-assign]  # for the rest of this process
    return drawn


async def key_to_repaint(app: Any, key: str) -> float:
    """Seconds from a key press to the end of the first painting that begins after the key's action has."""
    from textual import events

    screen = app.live
    acted, done = False, asyncio.get_running_loop().create_future()
    run_action, refresh = app.run_action, screen._compositor_refresh

    async def acting(*args: Any, **named: Any) -> Any:
        nonlocal acted
        acted = True
        return await run_action(*args, **named)

    def refreshing() -> None:
        answers = acted
        refresh()
        if answers and not done.done():
            done.set_result(time.perf_counter())

    app.run_action, screen._compositor_refresh = acting, refreshing
    try:
        before = time.perf_counter()
        app.post_message(events.Key(key, key if len(key) == 1 else None))
        return float(await asyncio.wait_for(done, 10)) - before
    finally:
        app.run_action, screen._compositor_refresh = run_action, refresh


async def many_tasks(target: Target) -> list[Figure]:
    """64 tasks flat out: what a frame costs. 1,000 tasks: that it works."""
    async with explorer(FLAT_OUT.changed(tasks=64, rows=50_000)) as (app, _pilot):
        trace = await flowing(app, 20_000)
        await asyncio.sleep(5)
        costs = [e.value / 1e6 for e in trace.events(max(0, len(trace) - 1_000_000)) if e.kind is Kind.PAINTED]
        app.live.action_cancel()
    async with explorer(Experiment(tasks=1_000, rows=20, timeout=120)) as (app, _pilot):
        trace = await flowing(app, 20_000, 120)
        rows = trace.now.rows
    return [
        Figure("a frame's work with 64 tasks, median", percentile(costs, 0.5), "ms", 25, detail=f"{len(costs)} frames"),
        Figure("rows of 1,000 tasks on the screen", rows, "", 20_000, True),
    ]


def resident() -> int:
    """Bytes of memory that the process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
