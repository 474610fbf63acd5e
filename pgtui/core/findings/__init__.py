"""Findings: small pure rules over a trace. Each checks one thing and says it in a sentence, with what to do instead."""

from collections.abc import Callable, Iterable, Sequence

from pgtui.core.findings import cursors, sharing, waiting
from pgtui.core.findings.facts import Facts, facts
from pgtui.core.findings.finding import Finding, Weight
from pgtui.core.ledger import order, signature
from pgtui.core.trace import Trace

__all__ = ["RULES", "Finding", "Rule", "Weight", "findings", "same_or_not"]

Rule = Callable[[Facts], Iterable[Finding]]

RULES: tuple[Rule, ...] = (*cursors.RULES, *sharing.RULES, *waiting.RULES)


def findings(trace: Trace, stop: int | None = None) -> tuple[Finding, ...]:
    """What there is to say about the first `stop` events (all when None); what matters most comes first.

    It looks at every event once: 2 million of them take about a second.
    """
    looked = facts(trace, len(trace) if stop is None else stop)
    found = [finding for rule in RULES for finding in rule(looked)]
    return tuple(sorted(found, key=lambda finding: list(Weight).index(finding.weight)))


def same_or_not(traces: Sequence[Trace]) -> Finding | None:
    """What several runs of one experiment say together; None when there is only one."""
    if len(traces) < 2:
        return None
    runs = len(traces)
    if len({signature(trace) for trace in traces}) == 1:
        return Finding(
            "same-every-run", None, f"The same in {runs} of {runs} runs: order, rows and errors.", "", (),
            Weight.WORTH_KNOWING,
        )  # fmt: skip
    orders = len({tuple(order(trace)) for trace in traces})
    what = f"{orders} different orders of rows" if orders > 1 else "the order of rows is the same, the rest differs"
    return Finding(
        "order-is-a-race",
        None,
        f"Not the same every run: {what} in {runs} runs. Who comes first is a race.",
        "Rely on no order between tasks; gather() returns results in the order of its arguments all the same.",
        (),
        Weight.WORTH_KNOWING,
    )
