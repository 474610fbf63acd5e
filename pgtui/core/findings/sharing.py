"""Rules about what tasks do to each other on one result or one connection."""

import re
from collections.abc import Iterator

from pgtui.core.events import Failure
from pgtui.core.experiment import Sharing
from pgtui.core.findings.facts import Facts, in_order, rows_text
from pgtui.core.findings.finding import Finding
from pgtui.core.state import Phase

REFUSALS = re.compile(
    r"another operation is in progress"  # asyncpg/protocol/protocol.pyx _check_state
    r"|called while another coroutine is already waiting"  # aiopg/connection.py _create_waiter
    r"|another command is already in progress"  # libpq
    r"|concurrent operations are not permitted"  # sqlalchemy/orm/session.py
    r"|readexactly\(\) called while another coroutine"
)
_CLOSED = re.compile(
    r"connection (?:is|already|was|has been)? ?closed|cursor already closed|the connection is lost", re.I
)
_MISREAD = re.compile(r"(?:^|\.)(?:KeyError|TypeError|ValueError|AttributeError|IndexError|struct\.error|error)$")


def connection_refuses(facts: Facts) -> Iterator[Finding]:
    """The driver turns tasks away from a connection that is in use."""
    refused = [task for task in facts.trace.tasks if was_refused(facts, task)]
    if not refused:
        return
    failure, event = facts.failures[refused[0]]
    busy = [task for task in facts.trace.tasks if task not in refused and facts.first_row.get(task)]
    who = f"{facts.names(busy)} had it" if busy else "another task had it"
    began = facts.moment.tasks[refused[0]].began
    ended = facts.moment.tasks[refused[0]].ended
    yield Finding(
        "connection-refuses",
        refused[0],
        f"This driver does not queue: {who}, and {facts.names(refused)} {_were(refused)} turned away after"
        f" {max(0, ended - began) / 1e6:.1f} ms ({failure.type.rsplit('.', 1)[-1]}).",
        "Take a connection for each task from a pool, or put an asyncio.Lock around each use of the shared one.",
        in_order([event, *(facts.failures[task][1] for task in refused)]),
        instead=(Sharing.NEW_CONNECTION, Sharing.POOL),
    )


def foreign_rows(facts: Facts) -> Iterator[Finding]:
    """Rows arrived at a task that another one had asked for."""
    if not facts.foreign_count:
        return
    pairs = sorted(facts.foreign_count.items(), key=lambda item: -item[1])
    told = ", ".join(
        f"{rows_text(count)} of {facts.name(owner)}'s went to {facts.name(task)}" for (task, owner), count in pairs[:3]
    )
    quiet = not any(task in facts.failures for task, _ in facts.foreign_count)
    yield Finding(
        "foreign-rows",
        pairs[0][0][0],
        f"Rows reached the wrong task: {told}{', and no exception was raised' if quiet else ''}.",
        "Never let two tasks or threads use this object at once; give each its own connection.",
        in_order([event for events in facts.foreign.values() for event in events]),
        instead=(Sharing.NEW_CONNECTION, Sharing.POOL),
    )


def result_split(facts: Facts) -> Iterator[Finding]:
    """One result, several readers: a row goes to whoever asks next."""
    trace = facts.trace
    if trace.header.experiment.sharing is not Sharing.ONE_RESULT or len(trace.tasks) < 2:
        return
    if not all(facts.over(task) for task in trace.tasks):
        return
    readers = [task for task in trace.tasks if facts.account(task).received]
    parts = "/".join(f"{facts.account(task).received:,}" for task in trace.tasks[:6])
    if len(readers) > 1:
        quiet = "Nobody failed, and nobody got everything" if not facts.failures else "Nobody got everything"
        yield Finding(
            "result-split",
            None,
            f"{quiet}: a row goes to whoever asks next ({parts}).",
            "Let one task read the result and hand the rows on, through an asyncio.Queue for example.",
            in_order(list(facts.first_row.values())),
            instead=(Sharing.NEW_CONNECTION, Sharing.SHARED_CONNECTION),
        )
    elif readers:
        yield Finding(
            "result-split",
            readers[0],
            f"The first reader takes all: {facts.name(readers[0])} read the whole result, the others found it empty.",
            "Let one task read the result and hand the rows on, or execute a query for each task.",
            in_order([facts.first_row[readers[0]], facts.last_row[readers[0]]]),
            instead=(Sharing.NEW_CONNECTION, Sharing.SHARED_CONNECTION),
        )


def misread_socket(facts: Facts) -> Iterator[Finding]:
    """Two threads read one socket, and the driver takes one's bytes for the other's."""
    broken = [task for task in facts.trace.tasks if has_misread(facts, task)]
    if not broken:
        return
    kinds = sorted({facts.failures[task][0].type.rsplit(".", 1)[-1] for task in broken})
    yield Finding(
        "misread-socket",
        broken[0],
        f"Two threads read one socket: {facts.names(broken)} took bytes that were not theirs for an answer"
        f" ({', '.join(kinds)}).",
        "This driver's connections are not for sharing (DB-API threadsafety 1): open one for each thread.",
        in_order([facts.failures[task][1] for task in broken]),
        instead=(Sharing.NEW_CONNECTION,),
    )


def transaction_aborted(facts: Facts) -> Iterator[Finding]:
    """A task failed because of an error that another task made in the transaction they share."""
    victims = [task for task in facts.trace.tasks if _sqlstate(facts, task) == "25P02"]
    if not victims:
        return
    first = min(facts.failures[task][1] for task in victims)
    causes = sorted(
        (event, task)
        for task, (failure, event) in facts.failures.items()
        if failure.sqlstate not in (None, "25P02") and event < first
    )
    cause = causes[0][1] if causes else None
    whose = f"{facts.name(cause)}'s error" if cause is not None else "an error of another task"
    yield Finding(
        "transaction-aborted",
        victims[0],
        f"{facts.names(victims)} did nothing wrong: {whose} aborted the transaction that they share.",
        "Give each task its own connection, or use autocommit; a transaction belongs to the connection.",
        in_order([*(facts.failures[t][1] for t in victims), *([causes[0][0]] if causes else [])]),
        instead=(Sharing.NEW_CONNECTION, Sharing.POOL),
    )


def connection_closed(facts: Facts) -> Iterator[Finding]:
    """The connection was closed under tasks that had done nothing to it."""
    victims = [task for task, (failure, _) in facts.failures.items() if task != 0 and _CLOSED.search(failure.message)]
    if not victims or facts.trace.header.experiment.sharing is Sharing.NEW_CONNECTION:
        return
    enders = [task for task in facts.ended_as(Phase.CANCELLED, Phase.TIMED_OUT, Phase.FAILED) if task not in victims]
    whose = f" when {facts.name(enders[0])} ended" if enders else ""
    yield Finding(
        "connection-closed",
        victims[0],
        f"The connection was closed under {facts.names(victims)}{whose}.",
        "One task's end must not close what others use: own it outside the tasks, or take one each from a pool.",
        in_order([facts.failures[task][1] for task in victims]),
        instead=(Sharing.NEW_CONNECTION, Sharing.POOL),
    )


def _failure(facts: Facts, task: int) -> Failure | None:
    return facts.failures[task][0] if task in facts.failures else None


def was_refused(facts: Facts, task: int) -> bool:
    """Whether the driver turned the task away from something that was in use."""
    failure = _failure(facts, task)
    return failure is not None and REFUSALS.search(failure.message) is not None


def has_misread(facts: Facts, task: int) -> bool:
    """Whether the task, a thread, met bytes on a shared connection that were not its own."""
    failure = _failure(facts, task)
    return (
        failure is not None
        and facts.trace.header.carrier == "threads"
        and facts.trace.header.experiment.sharing not in (Sharing.NEW_CONNECTION, Sharing.POOL)
        and _MISREAD.search(failure.type) is not None
    )


def _sqlstate(facts: Facts, task: int) -> str | None:
    failure = _failure(facts, task)
    return failure.sqlstate if failure else None


def _were(tasks: list[int]) -> str:
    return "was" if len(tasks) == 1 else "were"


RULES = (
    foreign_rows, misread_socket, connection_refuses, transaction_aborted, connection_closed, result_split,
)  # fmt: skip
