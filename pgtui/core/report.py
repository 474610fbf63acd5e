"""Runs as plain data: the object that `pgtui run --json` prints. Pure; fields are added, never renamed."""

from collections.abc import Sequence
from typing import Any

from pgtui.core.events import Failure
from pgtui.core.findings import Finding, findings, same_or_not
from pgtui.core.ledger import account, order, outcome, signature
from pgtui.core.trace import Trace

SCHEMA = 1


def report(traces: Sequence[Trace]) -> dict[str, Any]:
    """All runs of one experiment.

    Args:
        traces: at least one, finished, in the order in which they ran.
    """
    header = traces[0].header
    experiment = header.experiment
    together = same_or_not(traces)
    return {
        "schema": SCHEMA,
        "experiment": {
            "driver": experiment.driver,
            "sharing": experiment.sharing.value,
            "yielding": experiment.yielding.value,
            "reading": experiment.reading.value,
            "tasks": experiment.tasks,
            "rows": experiment.rows,
            "query": header.query,
            "server_delay": experiment.server_delay,
            "pool_size": experiment.pool_size,
            "eager": experiment.eager,
            "timeout": experiment.timeout,
            "tagged": header.tagged,
        },
        "server": {"version": header.server, "embedded": header.embedded},
        "driver": {"id": experiment.driver, "version": header.driver_version},
        "same_every_run": same_every_run(traces),
        "findings": [finding_report(traces[0], together)] if together else [],
        "runs": [run_report(trace) for trace in traces],
    }


def same_every_run(traces: Sequence[Trace]) -> bool:
    """Whether order, ledger and errors are equal in all runs."""
    return len({signature(trace) for trace in traces}) <= 1


def run_report(trace: Trace) -> dict[str, Any]:
    """One run."""
    return {
        "order": [[trace.name(task), count] for task, count in order(trace)],
        "elapsed_ms": round(trace.elapsed / 1e6, 3),
        "switches": trace.now.turns,
        "dropped_events": trace.dropped,
        "tasks": [task_report(trace, task) for task in trace.tasks],
        "findings": [finding_report(trace, finding) for finding in findings(trace)],
    }


def finding_report(trace: Trace, finding: Finding) -> dict[str, Any]:
    """One finding."""
    return {
        "rule": finding.rule,
        "task": None if finding.task is None else trace.name(finding.task),
        "text": finding.text,
        "advice": finding.advice,
        "weight": finding.weight.value,
    }


def task_report(trace: Trace, task: int) -> dict[str, Any]:
    """One task."""
    state, rows = trace.now.tasks[task], account(trace, trace.now, task)
    failure = trace.said(state.failure)
    ran, ready, waited = state.at(trace.now.time)
    return {
        "name": trace.name(task),
        "backend_pid": state.backend or None,
        "expected": rows.expected,
        "received": rows.received,
        "foreign": rows.foreign,
        "doubled": rows.doubled,
        "lost": rows.lost,
        "outcome": outcome(trace, task),
        "error": (
            {"type": failure.type, "message": failure.message, "sqlstate": failure.sqlstate}
            if isinstance(failure, Failure)
            else None
        ),
        "steps": state.steps,
        "running_ms": round(ran / 1e6, 3),
        "ready_ms": round(ready / 1e6, 3),
        "waiting_ms": round(waited / 1e6, 3),
    }
