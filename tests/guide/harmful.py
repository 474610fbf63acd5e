"""Recipes that harm the process they run in, and one that does not."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from pgtui.core.runner import Run
from pgtui.core.tasks import Task
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed, told


async def gather(run: Run, each: Callable[..., Any]) -> None:
    run.says("starts")
    await run.gather(each)


async def count(task: Task) -> None:
    for number in range(1, 4):
        task.row((f"row {number}", task.number, number))
        await asyncio.sleep(0.03)
    task.says("counted")


async def crash(task: Task) -> None:
    task.row(("before the crash", task.number, 1))
    await asyncio.sleep(0.1)
    os.kill(os.getpid(), signal.SIGSEGV)


async def block(task: Task) -> None:
    task.says("blocks the loop")
    await asyncio.sleep(0.1)
    time.sleep(3600)  # noqa: ASYNC251


async def print_and_fail(task: Task) -> None:
    print("this must not get between the frames", flush=True)
    os.write(1, b"nor this\n")
    raise RuntimeError(f"{task.name} fails")


def what_happened(seen: Observed) -> Verdict:
    return Verdict(not seen.failures, "; ".join(told(one) for one in seen.failures.values()))


def _pair(each: Callable[..., Any], timeout: float = 5) -> Pair:
    return Pair(
        hazard=Scene(main=gather, each=each, check=what_happened, tasks=2, timeout=timeout, apart=True),
        right_way=Scene(main=gather, each=count, check=what_happened, tasks=2, apart=True),
    )


CRASHES = _pair(crash)
BLOCKS = _pair(block, timeout=0.3)
PRINTS = _pair(print_and_fail)
