"""Checks that several scenes share. A check looks at a finished run and says what it saw, in one sentence."""

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
