"""What the screen shows at one moment: a `Picture`. Every panel is a function of a picture and its own size.

A picture is a value: the moment in it is a copy that no running task changes. All times are nanoseconds
since the run began. Meaning never hangs on colour alone: every task has a name and a letter beside its
colour, every state a glyph and a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pgtui.core.findings import Finding
from pgtui.core.state import Moment
from pgtui.core.trace import Trace
from pgtui.ui.draw.letters import letter

TASK_COLOURS = 16


class Mode(StrEnum):
    """How the playhead moves."""

    LIVE = "live"
    """At the end of a trace that still grows."""
    PLAYING = "playing"
    """Through the trace, at a chosen speed."""
    PAUSED = "paused"
    """Not at all, somewhere before the end."""
    FINISHED = "finished"
    """At the end of a trace that does not grow any more."""


@dataclass(frozen=True, slots=True)
class Picture:
    """All that a panel needs to draw itself.

    Attributes:
        trace: the run.
        moment: the state of all tasks at the playhead, after its first `moment.index` events.
        time: the playhead, nanoseconds since the run began; at or after the last event of `moment`.
        mode: how the playhead moves.
        highlighted: indices of events to emphasise, those that a chosen finding rests on.
        by_step: whether the timeline gives every step the same width; else its axis is time.
        zoom: how many times wider than the panel the whole run is drawn; 1 shows all of it.
        left: where the drawn part begins, as a share of the whole run; None keeps the playhead in view.
        span: the time axis reaches at least so far (two runs are compared on one axis).
        findings: what there is to say up to the playhead, what matters most first.
        same: how many of how many repeats went as this run did: (same, all); None before any repeat.
        chosen: the task that has the focus, 0 for none.
    """

    trace: Trace
    moment: Moment
    time: int
    mode: Mode = Mode.FINISHED
    highlighted: frozenset[int] = frozenset()
    by_step: bool = True
    zoom: float = 1.0
    left: float | None = None
    span: int = 0
    findings: Sequence[Finding] = ()
    same: tuple[int, int] | None = None
    chosen: int = 0

    @property
    def index(self) -> int:
        """How many events have happened at the playhead."""
        return self.moment.index

    @property
    def look(self) -> tuple[object, ...]:
        """Equal for two pictures that look the same: what a panel compares before it draws again."""
        return (
            id(self.trace), len(self.trace), self.moment.index, self.time, self.mode, self.highlighted,
            self.by_step, self.zoom, self.left, self.span, self.findings, self.same, self.chosen,
        )  # fmt: skip


def picture_at(trace: Trace, index: int | None = None, mode: Mode = Mode.FINISHED) -> Picture:
    """The picture after the first `index` events, the whole trace when None."""
    moment = trace.at(len(trace) if index is None else index)
    return Picture(trace, moment, max(0, moment.time - trace.origin), mode)


def task_variable(task: int) -> str:
    """The theme variable of a task's colour: `task-1` to `task-16`, and then again."""
    return f"task-{(task - 1) % TASK_COLOURS + 1}" if task else "dim"


def task_letter(trace: Trace, task: int) -> str:
    """One character that stands for the task beside its colour, no two alike: `g` for green, `o` for gold."""
    return letter(trace, task)
