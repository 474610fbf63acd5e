"""Runs a hazard's recipes on a target and says what came of it.

Each run goes through the same runner as an experiment and leaves a trace; the verdict is the scene's check of that
trace. Whatever ends a demonstration, its connections, child process and pooler are gone afterwards.
"""

import itertools
import os
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import Protocol

from pgtui.api import plan_with
from pgtui.core.experiment import Experiment
from pgtui.core.names import task_names
from pgtui.core.runner import Plan, Runner
from pgtui.core.trace import Header, RecipeSource, Trace
from pgtui.drivers.registry import driver
from pgtui.errors import ServerError, UnsupportedError
from pgtui.guide.apart import ChildRunner, Job
from pgtui.guide.hazard import Case, CaseOutcome, Hazard, Outcome, Scene, Side, Verdict
from pgtui.guide.observed import Observed
from pgtui.guide.programs import find_program
from pgtui.postgres import Target
from pgtui.postgres.query import prepare_query

Progress = Callable[[str], None]
Began = Callable[["Demonstration"], None]
_numbers = itertools.count(1)


class Runs(Protocol):
    """What runs a plan: here, or in a process of its own."""

    trace: Trace

    async def run(self) -> Trace: ...
    def cancel(self) -> None: ...


class Demonstration:
    """One of a case's two recipes, run until its check holds or its tries are over.

    Attributes:
        trace: of the try under way or the last one; None before the first.
        tries: how many there have been.
        verdict: what came of it; None before it is over, and for good when it was cancelled.
    """

    def __init__(self, hazard: Hazard, case: Case, side: Side, target: Target, limit: float | None = None) -> None:
        self.hazard, self.case, self.side = hazard, case, side
        self.trace: Trace | None = None
        self.tries = 0
        self.verdict: Verdict | None = None
        self._target = target
        self._limit = limit
        self._runner: Runs | None = None
        self._cancelled = False

    async def run(self) -> Verdict:
        """Run it; a hazard that is a race is tried again until it shows, and the right way as often.

        Raises:
            ServerError: the server does not answer, or the pooler does not start.
            UnsupportedError: the driver is not installed.
        """
        scene = self.case.pair().scene(self.side)
        wanted = self.side is Side.RIGHT_WAY
        async with scene.setting(self._target) if scene.setting else nullcontext(self._target) as target:
            while True:
                verdict = scene.check(await self._once(scene, target))
                # A hazard is tried until it shows; a right way has to be clean every time.
                if verdict.holds is not wanted or self.tries >= scene.tries or self._cancelled:
                    break
        verdict = self._counted(verdict)
        if not self._cancelled:
            self.verdict = verdict
        return verdict

    def cancel(self) -> None:
        """End it before its time."""
        self._cancelled = True
        if self._runner is not None:
            self._runner.cancel()

    async def _once(self, scene: Scene, target: Target) -> Observed:
        self.tries += 1
        hazard, case, side = self.hazard, self.case, self.side
        name = f"pgtui guide {os.getpid()}.{next(_numbers)}"
        plan = await plan_of(hazard, case, side, target, self._limit, name)
        timeout = plan.header.experiment.timeout
        runner: Runs = (
            ChildRunner(plan, Job(hazard, case, side, target, name, timeout)) if scene.apart else Runner(plan)
        )
        self._runner, self.trace = runner, runner.trace
        if self._cancelled:
            runner.cancel()
        try:
            await runner.run()
        finally:
            if plan.end_backends is not None:
                # Some hazards are queries that nobody waits for any more.
                with suppress(ServerError):
                    await plan.end_backends()
        return Observed(runner.trace, getattr(runner, "died", None))

    def _counted(self, verdict: Verdict) -> Verdict:
        if self.tries == 1:
            return verdict
        return Verdict(verdict.holds, f"{verdict.seen} ({self.tries} tries)")


async def plan_of(
    hazard: Hazard, case: Case, side: Side, target: Target, limit: float | None, application_name: str
) -> Plan:
    """All that a run of one of the case's recipes needs.

    Args:
        hazard, case, side: which recipe.
        target: where.
        limit: seconds, when it should be less than the scene's own.
        application_name: what its connections call themselves.

    Raises:
        ServerError: the server does not answer.
        UnsupportedError: the driver is not installed.
    """
    module = driver(case.driver).load()
    scene, recipe = case.pair().scene(side), case.recipe(side)
    experiment = Experiment(
        driver=case.driver,
        sharing=scene.sharing,
        tasks=scene.tasks,
        rows=scene.rows,
        query=scene.query,
        server_delay=scene.server_delay,
        pool_size=scene.pool_size,
        timeout=min(scene.timeout, limit or scene.timeout),
    )
    prepared = await prepare_query(target, experiment)
    address = module.address(target, application_name)
    header = Header(
        experiment=experiment,
        names=task_names(scene.tasks),
        query=prepared.text,
        expected=prepared.expected if scene.reads else None,
        tagged=prepared.tagged and scene.tagged,
        server=target.server_version,
        embedded=target.embedded,
        driver_version=driver(case.driver).version or "",
        source=RecipeSource(f"{case.driver} · {hazard.title} · {side}", recipe.source().lines),
        columns=prepared.columns if scene.tagged else (),
    )

    return plan_with(header, recipe, prepared, target, address, application_name)


def why_skipped(case: Case, target: Target) -> str | None:
    """Why a case cannot be run here, in a sentence; None when it can."""
    known = driver(case.driver)
    if known.version is None:
        return f"The driver {known.id} is not installed ({known.hint})."
    if case.writes and target.read_only:
        return "It writes into a temporary table, and this server is only read: --allow-writes lets it."
    if case.program is not None:
        program, package = case.program
        if find_program(program) is None:
            return f"There is no {program} on this machine; Debian has it in the package {package}."
    return None


async def demonstrate(
    hazard: Hazard,
    target: Target,
    *,
    limit: float | None = None,
    progress: Progress | None = None,
    began: Began | None = None,
) -> Outcome:
    """Show a hazard and its right way, in each of its cases that can be run on the target.

    Args:
        hazard: which.
        target: where.
        limit: seconds for each single run, when it should be less than the recipes' own.
        progress: told which recipe runs now.
        began: told each demonstration before it runs, for those who watch its trace.

    Raises:
        ServerError: the server does not answer.
    """
    start = time.monotonic()
    outcomes = []
    for case in hazard.cases:
        reason = why_skipped(case, target)
        outcomes.append(
            CaseOutcome(driver=case.driver, skipped=reason)
            if reason is not None
            else await _outcome(hazard, case, target, limit, progress or _silently, began or _silently)
        )
    return Outcome(hazard=hazard, cases=tuple(outcomes), seconds=time.monotonic() - start)


async def _outcome(
    hazard: Hazard, case: Case, target: Target, limit: float | None, progress: Progress, began: Began
) -> CaseOutcome:
    try:
        progress(f"{case.driver}: the hazard")
        began(shows := Demonstration(hazard, case, Side.HAZARD, target, limit))
        hazardous = await shows.run()
        progress(f"{case.driver}: the right way")
        began(instead := Demonstration(hazard, case, Side.RIGHT_WAY, target, limit))
        clean = await instead.run()
    except UnsupportedError as error:
        return CaseOutcome(driver=case.driver, skipped=error.message)
    return CaseOutcome(
        driver=case.driver,
        shown=hazardous.holds,
        right_way_clean=clean.holds,
        seen=hazardous.seen,
        right_way_seen=clean.seen,
        tries=shows.tries,
    )


def _silently(_news: object) -> None:
    """Nobody wants to know."""


__all__ = ["Demonstration", "ServerError", "demonstrate", "plan_of", "why_skipped"]
