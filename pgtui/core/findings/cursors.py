"""Rules about what tasks do to each other on one cursor: throw its result away, or the page of it that it holds."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pgtui.core.events import KIND_MASK, NUMBER_BITS, NUMBER_MASK, VALUE_SHIFT, Kind
from pgtui.core.experiment import Reading, Sharing
from pgtui.core.findings.facts import MOST_EVENTS, Facts, Waited, in_order, rows_text
from pgtui.core.findings.finding import Finding
from pgtui.core.findings.sharing import has_misread, was_refused
from pgtui.core.state import Phase


def cursor_reset(facts: Facts) -> Iterator[Finding]:
    """A cursor holds one result: another task's execute() threw it away."""
    if facts.trace.header.experiment.sharing is not Sharing.SHARED_CURSOR:
        return
    executed = executions(facts)
    culprits = {
        task: culprit
        for task in facts.losers
        if (culprit := _next_after(executed, task)) and not was_refused(facts, task) and not has_misread(facts, task)
    }
    if not culprits:
        return
    losers = list(culprits)
    first = losers[0]
    lost = ", ".join(f"{facts.name(t)} lost {rows_text(facts.account(t).lost)}" for t in losers[:4])
    more = f" and {len(losers) - 4} more task{'s' if len(losers) > 5 else ''} lost theirs" if len(losers) > 4 else ""
    events: list[int] = []
    for task, culprit in culprits.items():
        events += [facts.first_row.get(task, -1), facts.fetching.get(culprit, -1), executed[culprit]]
        if task in facts.failures:
            events.append(facts.failures[task][1])
    yield Finding(
        "cursor-reset",
        first,
        f"A cursor holds one result: {facts.name(culprits[first])}'s execute() threw {facts.name(first)}'s away"
        f" before {facts.name(first)} had read it; {lost}{more}.",
        "Give each task its own cursor, or its own connection.",
        in_order(events),
        instead=(Sharing.SHARED_CONNECTION, Sharing.NEW_CONNECTION),
    )


def executions(facts: Facts) -> dict[int, int]:
    """Task → the event at which its execute() took the shared cursor; without those that have not come to it.

    On a loop that is where it began to fetch, or, where it had to wait for the connection's lock first, the end of
    that wait: psycopg drops the cursor's old result once it has the lock (`_cursor_base.py` `_start_query`). Of
    threads nobody sees locks change hands: the first row of a task's result tells, at whomever it arrived.
    """
    if facts.trace.header.carrier == "threads":
        executed = facts.fetching | facts.first_owned
    else:
        executed = facts.first_owned | facts.fetching
        for task, (waited, gave_up) in _first_waits(facts).items():
            if waited.wait.on != "lock":
                executed[task] = facts.fetching.get(task, waited.event)
            elif waited.over and not gave_up:
                executed[task] = waited.end
            else:
                executed.pop(task, None)
    return {task: event for task, event in executed.items() if task in facts.trace.tasks}


def _first_waits(facts: Facts) -> dict[int, tuple[Waited, bool]]:
    """Task → its first wait since it began to fetch (at all, when it never said so), and whether it gave up in it."""
    first: dict[int, Waited] = {}
    went_on = set(facts.first_row)
    for waited in facts.waits:
        if waited.event > facts.fetching.get(waited.task, -1):
            if waited.task in first:
                went_on.add(waited.task)
            else:
                first[waited.task] = waited
    return {task: (waited, task in facts.endings and task not in went_on) for task, waited in first.items()}


def _next_after(executed: dict[int, int], task: int) -> int:
    """Who executed next after this task; 0 when nobody did, or when this one did not come to it."""
    later = [(event, other) for other, event in executed.items() if task in executed and event > executed[task]]
    return min(later)[1] if later else 0


def page_dropped(facts: Facts) -> Iterator[Finding]:
    """Several tasks fetch pages of one server-side cursor, and each page takes the place of the one before.

    psycopg keeps the page in the cursor and asks for the next one without looking whether another task has put
    one there meanwhile (`_server_cursor_async.py` `__anext__`), so no exception tells of the rows in between.
    """
    trace = facts.trace
    experiment = trace.header.experiment
    shared = experiment.sharing in (Sharing.SHARED_CURSOR, Sharing.ONE_RESULT)
    if not shared or experiment.reading is not Reading.SERVER_CURSOR or len(trace.tasks) < 2:
        return
    arrivals = _arrivals_of_last_result(facts)
    if arrivals is None or not all(facts.over(task) for task in trace.tasks):
        return
    # Who came to the end of its loop has seen the end of the result; else rows may still be on the server.
    to_the_end = trace.header.expected is not None and bool(facts.ended_as(Phase.DONE))
    asked = trace.header.expected or 0 if to_the_end else arrivals.highest
    if arrivals.distinct >= asked:
        return
    owner = arrivals.owner if arrivals.owner in trace.tasks else None
    whose = f" of {facts.name(owner)}'s" if owner is not None else ""
    rows = f"{'' if to_the_end else 'the first '}{rows_text(asked)}{whose}"
    quiet = ", and no exception was raised" if not facts.failures else ""
    yield Finding(
        "page-dropped",
        owner,
        "A server-side cursor keeps one page of rows: each FETCH dropped what nobody had read of the page before;"
        f" {asked - arrivals.distinct:,} of {rows} reached nobody{quiet}.",
        "Let one task read the rows and hand them on through a queue, or give each task a cursor of its own.",
        in_order(arrivals.jumps),
        instead=(Sharing.NEW_CONNECTION, Sharing.SHARED_CONNECTION),
    )


@dataclass(slots=True)
class _Arrivals:
    """The rows of one result that arrived at anybody: how many, the highest number, and where numbers were left out."""

    owner: int
    distinct: int = 0
    highest: int = 0
    jumps: list[int] = field(default_factory=list)


def _arrivals_of_last_result(facts: Facts) -> _Arrivals | None:
    """Those of the result whose row arrived last; None when that is not known of every row."""
    trace, stop = facts.trace, facts.moment.index
    if not trace.header.tagged or (trace.gap is not None and trace.gap[0] < stop):
        return None
    results: dict[int, _Arrivals] = {}
    latest: _Arrivals | None = None
    for chunk in trace.chunks():
        for index, what in enumerate(chunk.whats[: max(0, stop - chunk.before.index)], chunk.before.index):
            if what & KIND_MASK != Kind.ROW:
                continue
            tag = what >> VALUE_SHIFT
            owner, number = tag >> NUMBER_BITS, tag & NUMBER_MASK
            latest = results.get(owner)
            if latest is None:
                latest = results[owner] = _Arrivals(owner)
            if number > latest.highest + 1 and len(latest.jumps) < MOST_EVENTS:
                latest.jumps.append(index)
            latest.distinct += 1
            latest.highest = max(latest.highest, number)
    return latest


RULES = (cursor_reset, page_dropped)
