"""Whatever ends a run in the middle, it ends soon, and no backend of it is left on the server."""

import asyncio
import itertools
import time

import pytest

from pgtui import api
from pgtui.core.experiment import Experiment, Reading, Sharing
from pgtui.core.runner import Runner
from pgtui.core.trace import Trace
from pgtui.drivers.driver import Address, Driver
from pgtui.drivers.registry import DRIVERS, driver
from pgtui.postgres.backends import count_backends
from pgtui.postgres.target import Target
from tests.drivers.measured import outcomes, says

pytestmark = pytest.mark.live

SOON = 20.0
"""Seconds that a loaded machine may take; a quiet one takes 0.1 s."""

ON_A_LOOP_THAT_TURNS = [one for one in DRIVERS if not one.carrier.endswith("blocking")]
BLOCKING = [one for one in DRIVERS if one.carrier.endswith("blocking")]


async def start(
    target: Target, experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> tuple[Runner, asyncio.Task[Trace], str]:
    """A run under way, and the application name of its connections."""
    names: list[str] = []
    module = driver(experiment.driver).load()
    address = module.address

    def noting(target: Target, application_name: str) -> Address:
        names.append(application_name)
        return address(target, application_name)

    monkeypatch.setattr(module, "address", noting)
    runner = Runner(await api.plan(experiment, target))
    monkeypatch.undo()
    return runner, asyncio.create_task(runner.run()), names[0]


async def until_fetching(runner: Runner) -> None:
    """Until a task has asked for its rows."""
    async with asyncio.timeout(SOON):
        while not any("starting fetching" in says(runner.trace, task) for task in runner.trace.tasks):
            await asyncio.sleep(0.01)


async def assert_cancelled(target: Target, experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    runner, running, name = await start(target, experiment, monkeypatch)
    await until_fetching(runner)
    began = time.perf_counter()
    runner.cancel()
    trace = await asyncio.wait_for(running, SOON)
    assert time.perf_counter() - began < SOON
    assert set(outcomes(trace)) <= {"cancelled", "error", "done"}
    assert "cancelled" in outcomes(trace)
    assert await count_backends(target, name) == 0


@pytest.mark.parametrize(
    ("one", "sharing"),
    [
        pytest.param(one, sharing, id=f"{one.id}-{sharing}")
        for one, sharing in itertools.product(ON_A_LOOP_THAT_TURNS, Sharing)
        if not one.refusal(sharing)
    ],
)
async def test_a_cancelled_run_leaves_no_backend(
    target: Target, one: Driver, sharing: Sharing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the server, each row takes 0.2 s; of one result, tasks only get to see anything when it is complete."""
    slow = Experiment(driver=one.id, sharing=sharing, rows=1000, server_delay=0.2)
    many = Experiment(driver=one.id, sharing=sharing, rows=100_000)
    await assert_cancelled(target, many if sharing is Sharing.ONE_RESULT else slow, monkeypatch)


@pytest.mark.parametrize("one", ON_A_LOOP_THAT_TURNS, ids=lambda one: one.id)
async def test_however_rows_are_read_cancelling_leaves_no_backend(
    target: Target, one: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for reading in Reading:
        if reading is not Reading.ITERATE and not one.refusal(Sharing.SHARED_CONNECTION, reading):
            experiment = Experiment(
                driver=one.id, sharing=Sharing.SHARED_CONNECTION, reading=reading, rows=1000, server_delay=0.2
            )
            await assert_cancelled(target, experiment, monkeypatch)


@pytest.mark.parametrize("one", ON_A_LOOP_THAT_TURNS, ids=lambda one: one.id)
async def test_a_run_out_of_time_leaves_no_backend(
    target: Target, one: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sharing in (Sharing.NEW_CONNECTION, Sharing.ONE_RESULT):
        slow = Experiment(driver=one.id, sharing=sharing, rows=100, server_delay=0.5, timeout=0.4)
        _, running, name = await start(target, slow, monkeypatch)
        trace = await asyncio.wait_for(running, SOON)
        assert outcomes(trace) == ["timeout"] * 3
        assert await count_backends(target, name) == 0


@pytest.mark.parametrize("one", BLOCKING, ids=lambda one: one.id)
async def test_a_driver_that_freezes_the_loop_is_held_to_the_runs_time(
    target: Target, one: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing on the loop can cancel it, so its backends are ended from a thread."""
    for sharing in (Sharing.NEW_CONNECTION, Sharing.SHARED_CONNECTION, Sharing.ONE_RESULT):
        slow = Experiment(driver=one.id, sharing=sharing, server_delay=30, timeout=0.3)
        began = time.perf_counter()
        _, running, name = await start(target, slow, monkeypatch)
        trace = await asyncio.wait_for(running, 60)
        assert time.perf_counter() - began < SOON
        assert outcomes(trace) == ["timeout"] * 3
        assert await count_backends(target, name) == 0


@pytest.mark.parametrize("one", BLOCKING, ids=lambda one: one.id)
async def test_a_driver_that_freezes_the_loop_is_cancelled_where_it_yields(
    target: Target, one: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await assert_cancelled(target, Experiment(driver=one.id, rows=20_000), monkeypatch)
