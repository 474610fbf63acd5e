"""A recipe in a process of its own: watched like any other, and ended whatever it does."""

import asyncio
import contextlib
import os
import time
from pathlib import Path

import pytest

from pgtui.core.events import Kind
from pgtui.core.ledger import ledger, order, outcome
from pgtui.guide import apart
from pgtui.guide.demonstrate import Demonstration
from pgtui.guide.hazard import Case, Hazard, Side
from pgtui.guide.observed import Observed
from pgtui.postgres import Target

pytestmark = pytest.mark.live


def demonstration(name: str, target: Target, side: Side = Side.HAZARD) -> Demonstration:
    case = Case(driver="psycopg", recipes=f"tests.guide.harmful:{name}")
    hazard = Hazard(number=99, id="harmful", title="Harmful", happens="", why="", instead="", cases=(case,))
    return Demonstration(hazard, case, side, target)


async def test_the_trace_is_that_of_a_run_here(target: Target) -> None:
    shown = demonstration("CRASHES", target, Side.RIGHT_WAY)
    verdict = await shown.run()
    trace = shown.trace
    assert verdict.holds
    assert trace is not None
    assert trace.finished
    assert trace.header.names == ("run", "green", "pink")
    assert [outcome(trace, task) for task in trace.tasks] == ["done", "done"]
    assert all(one.received == 3 and one.foreign == 0 for one in ledger(trace))
    assert len(order(trace)) == 6, "the tasks yielded after each row, so their rows alternate"
    assert Observed(trace).said("run") == ["starts"]
    assert Observed(trace).said("pink") == ["counted"]
    tags = [event.value for event in trace.events() if event.kind is Kind.ROW]
    assert all(trace.values(tag) is not None for tag in tags)


async def test_its_events_come_while_it_runs(target: Target) -> None:
    shown = demonstration("CRASHES", target, Side.RIGHT_WAY)
    running = asyncio.ensure_future(shown.run())
    async with asyncio.timeout(20):
        while shown.trace is None or shown.trace.now.rows == 0:
            await asyncio.sleep(0.005)
    assert not running.done()
    await running


async def test_a_crash_is_told_by_its_signal(target: Target) -> None:
    shown = demonstration("CRASHES", target)
    verdict = await shown.run()
    assert verdict.seen == "SIGSEGV: the process crashed; SIGSEGV: the process crashed; SIGSEGV: the process crashed"
    assert shown.trace is not None
    assert shown.trace.now.rows == 2, "what it did before the crash is there"


async def test_a_loop_that_is_blocked_is_ended(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "GRACE", 0.1)
    began = time.monotonic()
    shown = demonstration("BLOCKS", target)
    await shown.run()
    assert shown.trace is not None
    assert [outcome(shown.trace, task) for task in shown.trace.tasks] == ["timeout", "timeout"]
    assert time.monotonic() - began < 15


async def test_what_a_recipe_prints_harms_nothing(target: Target, capfd: pytest.CaptureFixture[str]) -> None:
    verdict = await demonstration("PRINTS", target).run()
    assert verdict.seen == "RuntimeError: green fails; RuntimeError: pink fails"
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="asks /proc for the child")
async def test_cancelling_ends_the_child_at_once(target: Target) -> None:
    shown = demonstration("BLOCKS", target)
    running = asyncio.ensure_future(shown.run())
    async with asyncio.timeout(20):
        while not (shown.trace is not None and shown.trace.now.rows + shown.trace.now.steps):
            await asyncio.sleep(0.005)
    children = _children()
    assert children
    shown.cancel()
    await asyncio.wait_for(running, 10)
    assert shown.trace is not None
    assert [outcome(shown.trace, task) for task in shown.trace.tasks] == ["cancelled", "cancelled"]
    assert not children & _children()


def _children() -> set[str]:
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == os.getpid() and b"pgtui.guide.child" in (process / "cmdline").read_bytes():
                found.add(process.name)
    return found
