"""Findings: small pure rules over a trace. Each checks one thing and says it in one sentence, with what to do instead."""

from pgtui.core.findings.finding import Finding, Rule, Weight
from pgtui.core.trace import Trace

__all__ = ["RULES", "Finding", "Rule", "Weight", "findings"]

RULES: tuple[Rule, ...] = ()


def findings(trace: Trace, stop: int | None = None) -> tuple[Finding, ...]:
    """What there is to say about the first `stop` events (all when None); what matters most comes first."""
    stop = len(trace) if stop is None else stop
    found = [finding for rule in RULES for finding in rule(trace, stop)]
    return tuple(sorted(found, key=lambda finding: list(Weight).index(finding.weight)))
