"""Rules about time: who waits for whom, who keeps the loop, and what a cancellation leaves behind."""

import re
from collections import defaultdict
from collections.abc import Iterator

from pgtui.core.experiment import Reading, Sharing
from pgtui.core.findings.facts import MOST_EVENTS, Facts, Waited, listed, milliseconds
from pgtui.core.findings.finding import Finding, Weight
from pgtui.core.state import Phase

BLOCKED_NS = 20_000_000
"""A step this long is felt: a screen at 50 frames a second misses one."""

_POOL_FULL = re.compile(r"PoolTimeout|QueuePool limit|couldn't get a connection", re.I)


def queued_on_lock(facts: Facts) -> Iterator[Finding]:
    """Tasks wait in line for the lock of a connection that they share."""
    by_resource: dict[str, list[Waited]] = defaultdict(list)
    for waited in facts.waits:
        if waited.wait.on == "lock" and waited.wait.resource:
            by_resource[waited.wait.resource].append(waited)
    for resource, waits in by_resource.items():
        if all(_waits_for_itself(facts, waited) for waited in waits):
            yield _own_lock(facts, resource, waits)
            continue
        if all(_nobody_holds(facts, waited) and not facts.over(waited.task) for waited in waits):
            continue  # whether they wait for themselves is not clear yet
        spent: dict[int, int] = defaultdict(int)
        for waited in waits:
            spent[waited.task] += waited.ns
        told = [f"{facts.name(task)} {milliseconds(ns)}" for task, ns in list(spent.items())[:3]]
        if len(spent) > 3:
            told.append(f"{len(spent) - 3} more task{'s' if len(spent) > 4 else ''}")
        holder = next((w.wait.holder for w in waits if w.wait.holder is not None), None)
        held = f", which {facts.name(holder)} held first" if holder is not None else ""
        yield Finding(
            "queued-on-lock",
            waits[0].task,
            f"One lane: {listed(told)} waited for {resource}{held}.",
            "It is safe, and no faster than one task alone; for queries side by side take a connection each.",
            tuple(waited.event for waited in waits[:MOST_EVENTS]),
            Weight.COSTLY,
            (Sharing.NEW_CONNECTION, Sharing.POOL),
        )


def _waits_for_itself(facts: Facts, waited: Waited) -> bool:
    """Whether only a cancellation ended the wait though no other task was seen to hold the lock."""
    ended = facts.moment.tasks[waited.task].phase in (Phase.CANCELLED, Phase.TIMED_OUT)
    return ended and _nobody_holds(facts, waited)


def _nobody_holds(facts: Facts, waited: Waited) -> bool:
    """Whether no other task was seen to hold the lock, and the one that waited has done nothing since."""
    if facts.trace.header.carrier == "threads" or waited.wait.holder is not None:  # of threads no holder is ever seen
        return False
    last = next(other for other in reversed(facts.waits) if other.task == waited.task)
    return last is waited and facts.last_row.get(waited.task, -1) < waited.event


def _own_lock(facts: Facts, resource: str, waits: list[Waited]) -> Finding:
    tasks = sorted({waited.task for waited in waits})
    return Finding(
        "waits-for-itself",
        tasks[0],
        f"{facts.names(tasks)} waited for {resource} that no other task held: a deadlock with itself.",
        "Do not use the connection inside a loop or block that holds its lock; read the rows first, or take another.",
        tuple(waited.event for waited in waits[:MOST_EVENTS]),
        instead=(Sharing.NEW_CONNECTION,),
    )


def pool_exhausted(facts: Facts) -> Iterator[Finding]:
    """Tasks wait for a connection that others hold."""
    waits = [waited for waited in facts.waits if waited.wait.on == "pool"]
    stuck = [waited for waited in waits if not waited.over and facts.over(waited.task)]
    failed = [
        task
        for task, (failure, _) in facts.failures.items()
        if task != 0 and (_POOL_FULL.search(failure.message) or _POOL_FULL.search(failure.type))
    ]
    size = facts.trace.header.experiment.pool_size
    pooled = facts.trace.header.experiment.sharing is Sharing.POOL
    seats = f"the pool's {size} connection{'s' if size != 1 else ''}" if pooled else "a connection of the pool"
    if stuck or failed:
        tasks = sorted({waited.task for waited in stuck} | set(failed))
        yield Finding(
            "pool-exhausted",
            tasks[0],
            f"{facts.names(tasks)} never got one of {seats}: whoever had one did not give it back.",
            "Never wait for a second connection while you hold one; give acquire() a timeout; size the pool for it.",
            tuple(sorted([w.event for w in stuck] + [facts.failures[t][1] for t in failed])[:MOST_EVENTS]),
        )
    elif waits and pooled and len(facts.trace.tasks) > size:
        longest = max(waits, key=lambda waited: waited.ns)
        tasks = sorted({waited.task for waited in waits})
        yield Finding(
            "pool-exhausted",
            longest.task,
            f"More tasks than connections: {facts.names(tasks)} waited for {seats},"
            f" {facts.name(longest.task)} longest, {milliseconds(longest.ns)}.",
            "A pool is a queue; raise its size if the server has room, or keep what runs inside short.",
            tuple(waited.event for waited in waits[:MOST_EVENTS]),
            Weight.COSTLY,
        )


def loop_blocked(facts: Facts) -> Iterator[Finding]:
    """One task kept the event loop for long, and nothing else could run."""
    header, longest = facts.trace.header, facts.longest
    if header.carrier == "threads" or longest.ns == 0:
        return
    blocking = header.carrier.endswith("blocking")
    if longest.ns < BLOCKED_NS and not (blocking and longest.ns > 1_000_000):
        return
    why = (
        "a call that waits for the server without await"
        if blocking and not longest.rows
        else f"{longest.rows:,} rows in one go, with no await that suspends"
        if longest.rows > 1
        else "one step without an await that suspends"
    )
    yield Finding(
        "loop-blocked",
        longest.task,
        f"{facts.name(longest.task)} kept the loop for {milliseconds(longest.ns)}: {why}.",
        "Call a blocking driver in a thread (asyncio.to_thread), or use an async one."
        if blocking
        else "Read in portions (fetchmany, a server-side cursor), or await asyncio.sleep(0) now and then.",
        (longest.begins, longest.ends),
        Weight.COSTLY,
    )


def never_suspended(facts: Facts) -> Iterator[Finding]:
    """Awaits that did not suspend: why a gather looks sequential."""
    header = facts.trace.header
    if header.carrier == "threads" or len(facts.trace.tasks) < 2:
        return
    whole = [
        task
        for task in facts.trace.tasks
        if facts.over(task)
        and facts.account(task).received > 1
        and facts.most_in_a_step[task] == facts.account(task).received
    ]
    if not whole:
        return
    one = whole[0]
    how = "async for" if header.experiment.reading is Reading.ITERATE else header.experiment.reading.label
    yield Finding(
        "never-suspended",
        one,
        f"All {facts.account(one).received:,} rows of {facts.names(whole)} came in one step: they were on the client"
        f" already, so {how} had nothing to wait for and let nobody else run.",
        "That is why gather looks sequential. Yield (await asyncio.sleep(0)) if others should run between rows.",
        tuple(sorted([facts.first_row[t] for t in whole] + [facts.last_row[t] for t in whole])[:MOST_EVENTS]),
        Weight.WORTH_KNOWING,
    )


def interleaved(facts: Facts) -> Iterator[Finding]:
    """Tasks took turns between rows."""
    turns, readers = facts.moment.turns, len(facts.first_row)
    if readers < 2 or turns <= readers - 1 or facts.foreign_count:
        return
    how = "The threads took turns" if facts.trace.header.carrier == "threads" else "Each yield let another task run"
    yield Finding(
        "interleaved",
        None,
        f"{how}: {facts.moment.rows:,} rows arrived in {turns + 1:,} stretches.",
        "",
        tuple(sorted(facts.first_row.values())[:MOST_EVENTS]),
        Weight.WORTH_KNOWING,
    )


def still_running(facts: Facts) -> Iterator[Finding]:
    """A cancelled task's query went on at the server."""
    if not facts.left:
        return
    count = sum(number for _, number in facts.left)
    tasks = facts.ended_as(Phase.CANCELLED, Phase.TIMED_OUT)
    whose = facts.names(tasks) if tasks else "the run"
    yield Finding(
        "still-running",
        tasks[0] if tasks else None,
        f"You stopped waiting, the server did not stop working: {count} backend{'s' if count != 1 else ''} of {whose}"
        " had to be ended from outside.",
        "Cancel on the server too (conn.cancel_safe(), pg_cancel_backend), or set a statement_timeout.",
        tuple([event for event, _ in facts.left] + [facts.endings[t] for t in tasks if t in facts.endings]),
    )


RULES = (pool_exhausted, still_running, queued_on_lock, loop_blocked, never_suspended, interleaved)
