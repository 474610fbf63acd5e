"""From an experiment and a target to a trace: puts core, drivers and postgres together."""

import asyncio
import contextlib
import os
import resource

from pgtui.core.experiment import Experiment
from pgtui.core.names import task_names
from pgtui.core.recipes import Recipe
from pgtui.core.runner import Plan, Runner
from pgtui.core.trace import Header, Trace
from pgtui.drivers.driver import Address
from pgtui.drivers.registry import check
from pgtui.postgres import open_target
from pgtui.postgres.backends import end_backends
from pgtui.postgres.query import PreparedQuery, prepare_query
from pgtui.postgres.target import Target

_runs = 0


async def plan(experiment: Experiment, target: Target, prepared: PreparedQuery | None = None) -> Plan:
    """All that a run needs.

    Args:
        experiment: what to run.
        target: where.
        prepared: what an earlier call made ready for the same query, rows and tasks; asked of the server when None.

    Raises:
        UsageError: the driver cannot do the experiment, or the query may not run.
        ServerError: the server does not answer.
    """
    global _runs
    _runs += 1
    driver = check(experiment)
    module = driver.load()
    recipe = module.recipe(experiment.sharing, experiment.reading)
    prepared = prepared or await prepare_query(target, experiment)
    application_name = f"pgtui {os.getpid()}.{_runs}"
    address = module.address(target, application_name)
    header = Header(
        experiment=experiment,
        names=task_names(experiment.tasks),
        query=prepared.text,
        expected=prepared.expected,
        tagged=prepared.tagged,
        server=target.server_version,
        embedded=target.embedded,
        driver_version=driver.version or "",
        carrier=driver.carrier,
        source=recipe.source(),
        columns=prepared.columns,
    )

    return plan_with(header, recipe, prepared, target, address, application_name)


def plan_with(
    header: Header,
    recipe: Recipe,
    prepared: PreparedQuery,
    target: Target,
    address: Address,
    application_name: str,
) -> Plan:
    """A plan whose connections call themselves `application_name`, by which what is left of them is ended."""

    async def end() -> int:
        return await end_backends(target, application_name)

    return Plan(
        header=header,
        recipe=recipe,
        queries=prepared.queries,
        dsn=address.dsn,
        arguments=address.arguments,
        secrets=(target.password,) if target.password else (),
        end_backends=end,
    )


async def run_on(experiment: Experiment, target: Target, prepared: PreparedQuery | None = None) -> Trace:
    """Run the experiment once; the raised errors are those of `plan`."""
    return await Runner(await plan(experiment, target, prepared)).run()


async def repeated(experiment: Experiment, target: Target, times: int) -> list[Trace]:
    """Run the experiment so many times, one after another; the query is made ready once."""
    allow_many_connections()
    prepared = await prepare_query(target, experiment)
    return [await run_on(experiment, target, prepared) for _ in range(times)]


def allow_many_connections() -> None:
    """Lift the process's own limit of open files: 1,000 connections need more than the usual 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 8192 if hard == resource.RLIM_INFINITY else min(8192, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def run(experiment: Experiment, dsn: str | None = None) -> Trace:
    """Run the experiment once, on the embedded server or on the one that `dsn` names.

    Raises:
        UsageError: the driver cannot do the experiment, or the query may not run.
        ServerError: no server could be reached or started.
    """
    with open_target(dsn) as target:
        return asyncio.run(repeated(experiment, target, 1))[0]
