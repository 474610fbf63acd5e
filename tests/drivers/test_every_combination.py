"""Every combination that is not refused runs: driver × sharing × reading × yielding, once each, on the server."""

import itertools

import pytest

from pgtui.api import plan, run_on
from pgtui.core.experiment import Experiment, Reading, Sharing, Yielding
from pgtui.core.runner import Runner
from pgtui.core.trace import Trace
from pgtui.drivers.driver import Driver
from pgtui.drivers.registry import DRIVERS
from pgtui.postgres.query import prepare_query
from pgtui.postgres.target import Target
from tests.drivers.measured import assert_adds_up, assert_full, failure, outcomes, says

pytestmark = pytest.mark.live

WHOSE_BACKEND = "SELECT pg_backend_pid() AS pid"
OWN_CONNECTIONS = (Sharing.NEW_CONNECTION, Sharing.POOL)


@pytest.mark.parametrize("one", DRIVERS, ids=lambda one: one.id)
async def test_every_combination_runs(target: Target, one: Driver) -> None:
    prepared = await prepare_query(target, Experiment(driver=one.id))
    for sharing, reading, yielding in itertools.product(Sharing, Reading, Yielding):
        if one.refusal(sharing, reading):
            continue
        experiment = Experiment(driver=one.id, sharing=sharing, reading=reading, yielding=yielding, timeout=10)
        trace = await Runner(await plan(experiment, target, prepared)).run()
        assert_ran(trace)


def assert_ran(trace: Trace) -> None:
    """The run ended by itself, its rows add up, and each task's log tells what it did in the usual words."""
    experiment = trace.header.experiment
    what = f"{experiment.driver} {experiment.sharing} {experiment.reading} {experiment.yielding}"
    assert trace.finished, what
    assert not failure(trace, 0), f"{what}: {failure(trace, 0)}"
    assert trace.now.rows > 0 or experiment.driver == "pg8000-threads", what
    for task, ended in zip(trace.tasks, outcomes(trace), strict=True):
        words = says(trace, task)
        assert ended in ("done", "error"), what
        assert ("fetched 100 %" in words) == (ended == "done"), what
        if ended == "done" or experiment.sharing in OWN_CONNECTIONS:
            assert "starting fetching" in words, what
    opening = {Sharing.NEW_CONNECTION: "opening connection", Sharing.POOL: "acquiring connection"}
    opened = opening.get(experiment.sharing)
    assert all(says(trace, task)[0] == opened for task in trace.tasks) or opened is None, what
    assert opened or "opening connection" in says(trace, 0), what
    assert_adds_up(trace)
    if experiment.sharing in OWN_CONNECTIONS:
        assert_full(trace)


@pytest.mark.parametrize(
    ("one", "sharing"),
    [
        pytest.param(one, sharing, id=f"{one.id}-{sharing}")
        for one, sharing in itertools.product(DRIVERS, Sharing)
        if not one.refusal(sharing)
    ],
)
async def test_each_task_tells_the_backend_that_answers_it(target: Target, one: Driver, sharing: Sharing) -> None:
    trace = await run_on(Experiment(driver=one.id, sharing=sharing, query=WHOSE_BACKEND, pool_size=2), target)
    told = [trace.now.tasks[task].backend for task in trace.tasks]
    assert 0 not in told
    answered = {values[0] for values in trace.first_values.values()}
    assert answered <= set(told)
    expected = {Sharing.NEW_CONNECTION: {3}, Sharing.POOL: {1, 2}}.get(sharing, {1})
    assert len(set(told)) in expected
    if sharing in OWN_CONNECTIONS:
        for tag, values in trace.first_values.items():
            assert values[0] == trace.now.tasks[trace.owner(tag)].backend
