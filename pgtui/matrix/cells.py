"""One cell of the matrix: what the runs of an experiment amount to, in one word and a few numbers.

Everything here is a pure function of traces; no driver's name and no expectation stands in a rule. Counts are those of
the worst single run, so that they do not grow with the repeats and compare with what `pgtui run` shows.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pgtui.core.events import Failure
from pgtui.core.experiment import Experiment, Sharing, Yielding
from pgtui.core.findings.sharing import REFUSALS
from pgtui.core.ledger import ledger, order, outcome, shares_one_result
from pgtui.core.report import same_every_run
from pgtui.core.state import Phase
from pgtui.core.trace import Trace

MOST_STRETCHES = 64
"""Stretches of an order that a cell keeps as its example."""


class Verdict(StrEnum):
    """What a run, or all runs of a cell, amount to."""

    BLOCKS = "blocks"
    """No task failed; each task's rows arrived in one stretch."""
    MIX = "mix"
    """No task failed; rows arrived neither in blocks nor by turns."""
    ROUND_ROBIN = "round-robin"
    """No task failed; two or more tasks took strict turns, a row each, always in the same order."""
    REFUSED = "refused"
    """The driver turned tasks away before their first row; nothing else went wrong."""
    ERRORS = "errors"
    """Tasks failed on the way, did not end in time, or what they share could not be opened or closed."""
    UNSUPPORTED = "unsupported"
    """It cannot be run: the driver has no such thing, or is not installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One experiment's place in the matrix.

    Attributes:
        experiment: what ran, or could not.
        verdict: of all runs together.
        runs: the verdict of each run, in order; empty when there was none.
        same_every_run: whether order, ledger and errors were equal in all runs; None when there was none.
        lost: rows that a task had asked for and did not get, in the worst run.
        shared_out: how many of these reached another reader of the one result that the tasks share: nobody misses
            them.
        foreign: rows that arrived at a task though another had asked for them, in the worst run.
        errors: type of a failure → how many tasks of one run met it, in the worst run; tasks without a failure
            of their own that did not return are `timed out` or `cancelled`.
        messages: type of a failure → what the first one of it said.
        order: how the rows of the first run arrived: (task's name, how many in a row), the first 64 stretches.
        orders: how many different orders there were.
        reason: why it cannot be run, in a sentence.
    """

    experiment: Experiment
    verdict: Verdict
    runs: tuple[Verdict, ...] = ()
    same_every_run: bool | None = None
    lost: int = 0
    shared_out: int = 0
    foreign: int = 0
    errors: Mapping[str, int] = field(default_factory=dict, hash=False)
    messages: Mapping[str, str] = field(default_factory=dict, hash=False)
    order: tuple[tuple[str, int], ...] = ()
    orders: int = 0
    reason: str | None = None

    @property
    def driver(self) -> str:
        return self.experiment.driver

    @property
    def sharing(self) -> Sharing:
        return self.experiment.sharing

    @property
    def yielding(self) -> Yielding:
        return self.experiment.yielding

    @property
    def missed(self) -> int:
        """Rows that were lost, and not by design."""
        return self.lost - self.shared_out


def cell_of(traces: Sequence[Trace]) -> Cell:
    """The cell of an experiment whose runs left these traces: at least one, all finished, in order."""
    first = traces[0]
    runs = tuple(run_verdict(trace) for trace in traces)
    ledgers = [ledger(trace) for trace in traces]
    lost = max(sum(account.lost for account in accounts) for accounts in ledgers)
    errors: Counter[str] = Counter()
    messages: dict[str, str] = {}
    for trace in traces:
        errors |= failures(trace)  # the greater count of each
        for failure in filter(None, (failure_of(trace, task) for task in (*trace.tasks, 0))):
            messages.setdefault(failure.type, failure.message)
    return Cell(
        experiment=first.header.experiment,
        verdict=overall(runs),
        runs=runs,
        same_every_run=same_every_run(traces),
        lost=lost,
        shared_out=max(0, lost - max(map(unread, traces))) if shares_one_result(first) else 0,
        foreign=max(sum(account.foreign for account in accounts) for accounts in ledgers),
        errors=dict(errors.most_common()),
        messages=messages,
        order=tuple((first.name(task), count) for task, count in order(first, most=MOST_STRETCHES)),
        orders=len({tuple(order(trace)) for trace in traces}),
    )


def unread(trace: Trace) -> int:
    """Rows of the one result that reached none of its readers."""
    arrived = sum(account.received - account.doubled for account in ledger(trace))
    return max(0, (trace.header.expected or 0) - arrived)


def unsupported(experiment: Experiment, reason: str) -> Cell:
    """The cell of an experiment that cannot be run."""
    return Cell(experiment=experiment, verdict=Verdict.UNSUPPORTED, reason=reason)


def verdict(traces: Sequence[Trace]) -> Verdict:
    """What the runs of one experiment amount to together."""
    return overall(run_verdict(trace) for trace in traces)


def overall(runs: Iterable[Verdict]) -> Verdict:
    """What runs with these verdicts amount to.

    A failure in any run counts: errors before refusals before the order of rows. Runs that all went alike have their
    common verdict; blocks now and turns then are a mix.
    """
    seen = set(runs)
    for serious in (Verdict.ERRORS, Verdict.REFUSED):
        if serious in seen:
            return serious
    return seen.pop() if len(seen) == 1 else Verdict.MIX


def run_verdict(trace: Trace) -> Verdict:
    """What one finished run amounts to."""
    if trace.now.tasks[0].phase in (Phase.FAILED, Phase.CANCELLED, Phase.TIMED_OUT):
        return Verdict.ERRORS
    fell = [task for task in trace.tasks if outcome(trace, task) != "done"]
    if fell:
        return Verdict.REFUSED if all(turned_away(trace, task) for task in fell) else Verdict.ERRORS
    stretches = order(trace)
    # When each task got one row, both can be said. Those who read one result have then taken turns on it; of
    # results of their own, each got the whole in one go.
    if takes_turns(stretches) and (shares_one_result(trace) or not in_blocks(stretches)):
        return Verdict.ROUND_ROBIN
    return Verdict.BLOCKS if in_blocks(stretches) else Verdict.MIX


def in_blocks(stretches: Sequence[tuple[int, int]]) -> bool:
    """Whether no task's rows are torn apart by another's: each task has one stretch at most."""
    return len({task for task, _ in stretches}) == len(stretches)


def takes_turns(stretches: Sequence[tuple[int, int]]) -> bool:
    """Whether rows cycle through two or more tasks in a fixed order, one a turn.

    The first k rows go to k different tasks, and each later row goes to the task that got the row k places before it.
    The last round may be cut short, as it is when tasks split a result of 1,000 rows into 334, 333 and 333.
    """
    tasks = [task for task, _ in stretches]
    k = len(set(tasks))
    return (
        k >= 2
        and all(count == 1 for _, count in stretches)
        and len(set(tasks[:k])) == k
        and all(now == before for now, before in zip(tasks[k:], tasks, strict=False))
    )


def turned_away(trace: Trace, task: int) -> bool:
    """Whether the driver refused the task: it failed without having got a row, and the driver says that another
    one is using what it wanted. A driver that got muddled (`KeyError`) or lost a result refused nobody."""
    failure = failure_of(trace, task)
    received = trace.now.tasks[task].received
    return failure is not None and received == 0 and REFUSALS.search(failure.message) is not None


def failures(trace: Trace) -> Counter[str]:
    """What the tasks met, by type. The run itself counts when it met something that no task did."""
    met = Counter(_ending(trace, task) for task in trace.tasks)
    if trace.now.tasks[0].phase.over and _ending(trace, 0) not in met:
        met[_ending(trace, 0)] += 1
    del met["done"]
    return met


def failure_of(trace: Trace, task: int) -> Failure | None:
    """What the task met; None when it met nothing."""
    failure = trace.said(trace.now.tasks[task].failure)
    return failure if isinstance(failure, Failure) else None


def _ending(trace: Trace, task: int) -> str:
    failure = failure_of(trace, task)
    if failure is not None:
        return failure.type
    ended = outcome(trace, task)
    return "timed out" if ended == "timeout" else ended
