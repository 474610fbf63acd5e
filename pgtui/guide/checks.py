"""Checks that several scenes share. A check looks at a finished run and says what it saw, in one sentence."""

from collections.abc import Callable

from pgtui.guide.hazard import Verdict
from pgtui.guide.observed import Observed, told


def clean(seen: Observed) -> Verdict:
    """Every task is done, and has each row it asked for once and no other's."""
    trouble = troubles(seen)
    if trouble:
        return Verdict(False, f"{'; '.join(trouble)}.")
    rows = sum(seen.rows(name) for name in seen.names)
    return Verdict(True, f"all tasks done, {rows:,} rows, none lost, none foreign.")


def done(seen: Observed) -> Verdict:
    """Every task is done, whatever rows it has."""
    trouble = endings(seen)
    if trouble:
        return Verdict(False, f"{'; '.join(trouble)}.")
    words = next((words for words in reversed(seen.said("run"))), "")
    return Verdict(True, f"all tasks done{f'; {words}' if words else ''}.")


def only_pink_failed(seen: Observed) -> Verdict:
    """pink failed by its own doing, and the others have all their rows."""
    others = [words for words in troubles(seen) if not words.startswith("pink failed")]
    if others or "pink" not in seen.failures:
        return Verdict(False, f"{'; '.join(others) or 'pink did not fail'}.")
    return Verdict(True, f"pink alone met {seen.message('pink')!r}; the others have all their rows.")


def error_spread(seen: Observed) -> Verdict:
    aborted = [name for name in seen.names if seen.failed(name, "current transaction is aborted")]
    said = seen.message(aborted[0]) if aborted else ""
    return Verdict(
        bool(aborted) and "pink" not in aborted,
        f"pink met {seen.message('pink')!r}; {listed(aborted)}, on the same connection, {said!r}.",
    )


def asked_one_after_another(seen: Observed) -> Verdict:
    """All tasks have all their rows, and their queries took as long as one after another."""
    experiment = seen.trace.header.experiment
    one = experiment.rows * experiment.server_delay
    queued = max(seen.took(name) for name in seen.names) - one
    told = f"{experiment.tasks} queries of {one:.1f} s took {seen.seconds:.2f} s together"
    slow = seen.seconds > one * (experiment.tasks - 0.1)
    return Verdict(slow and not troubles(seen), f"{told}: the last task waited {queued:.2f} s for its turn.")


def asked_at_once(seen: Observed) -> Verdict:
    """All tasks have all their rows, and the server worked on their queries at the same time."""
    experiment = seen.trace.header.experiment
    one, overlap = experiment.rows * experiment.server_delay, seen.overlap("server")
    told = f"{experiment.tasks} queries of {one:.1f} s took {seen.seconds:.2f} s together"
    words = f"on average {overlap:.1f} of them ran at the same time"
    return Verdict(overlap > 1.5 and not troubles(seen), f"{'; '.join([*troubles(seen), told])}: {words}.")


def repeated(times: int) -> Callable[[Observed], Verdict]:
    """A check: every task is done and has the rows of its query `times` times, and no other's."""

    def check(seen: Observed) -> Verdict:
        wanted = seen.trace.header.experiment.rows * times
        fine = all(seen.rows(name) == wanted for name in seen.names) and not seen.foreign
        trouble = endings(seen)
        words = f"{len(seen.names)} tasks, {wanted} rows each, none of another's"
        return Verdict(fine and not trouble, f"{'; '.join(trouble) or words}.")

    return check


def prepared_elsewhere(seen: Observed) -> Verdict:
    """A task met a backend on which its statement was not prepared, or somebody else's of that name was."""
    pattern = "prepared statement .*(already exists|does not exist)"
    beaten = [name for name in seen.names if seen.failed(name, pattern)]
    told = f", such as {seen.message(beaten[0])!r}" if beaten else ""
    return Verdict(bool(beaten), f"{len(beaten)} of {len(seen.names)} tasks met an error{told}.")


def bystander_read(seen: Observed) -> Verdict:
    """green gave its query up, and pink, beside it, has all its rows."""
    rows = [seen.rows(name) for name in seen.names[1:]]
    fine = all(count == seen.trace.header.experiment.rows for count in rows) and not endings(seen)
    gave_up = seen.heard("green", "gave up|stopped waiting") or "did not give up"
    return Verdict(fine, f"green {gave_up}; pink has {seen.rows('pink')} rows after {seen.took('pink'):.2f} s.")


def troubles(seen: Observed) -> list[str]:
    """What is wrong with a run that should have been clean."""
    found = endings(seen)
    for name in seen.names:
        account = seen.account(name)
        if account.foreign:
            found.append(f"{name} got {account.foreign:,} rows of others")
        if account.doubled:
            found.append(f"{name} got {account.doubled:,} rows twice")
        if account.lost and seen.ended(name) == "done":
            found.append(f"{name} lost {account.lost:,} rows")
    return found


def endings(seen: Observed) -> list[str]:
    """Tasks that did not end well, and how; the run's own failure first."""
    found = [f"the process ended with {seen.died}"] if seen.died else []
    for name in seen.trace.header.names:
        failure, ended = seen.failure(name), seen.ended(name)
        if failure is not None:
            found.append(f"{name} failed with {told(failure)}")
        elif ended != "done":
            found.append(f"{name} {'never ended' if ended == 'timeout' else 'was cancelled'}")
    return found


def listed(names: list[str]) -> str:
    """Names as one does: `green`, `green and teal`, `green, pink and teal`."""
    *most, last = names or ["no task"]
    return f"{', '.join(most)} and {last}" if most else last
