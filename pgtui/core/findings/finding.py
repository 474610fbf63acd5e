"""What a rule says about a run: a sentence, the advice that goes with it, and the events it rests on."""

from dataclasses import dataclass
from enum import StrEnum

from pgtui.core.experiment import Sharing


class Weight(StrEnum):
    """How much a finding matters."""

    BAD = "bad"
    """Rows were lost or went to the wrong task, or tasks failed."""
    COSTLY = "costly"
    """It works, but not as fast as it looks."""
    WORTH_KNOWING = "worth knowing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence that a rule derives from a trace.

    Attributes:
        rule: the rule's id, `cursor-reset`.
        task: the task it is about; None when it is about the run.
        text: what happened, in one sentence.
        advice: what to write instead; empty when all is well.
        events: indices of the events it rests on, in order.
        weight: how much it matters.
        instead: sharing modes in which the trouble does not show.
    """

    rule: str
    task: int | None
    text: str
    advice: str
    events: tuple[int, ...]
    weight: Weight = Weight.BAD
    instead: tuple[Sharing, ...] = ()
