"""The timeline: lanes of tasks, locks and the screen's own painting over one axis, with the playhead.

A pure function of picture, size and look. Short views are drawn exactly from the events in them; longer ones as
shares of each cell, from sums that the trace carries anyway, so a million events cost no more than a thousand.
"""

from bisect import bisect_right
from math import ceil

from pgtui.core.events import KIND_BITS, TASK_MASK
from pgtui.core.state import Phase
from pgtui.ui.draw import bars, lanes
from pgtui.ui.draw.axis import View, gap_of, place_of, playhead, ticks, view_of
from pgtui.ui.draw.cells import Cells, Row
from pgtui.ui.draw.inks import Frame
from pgtui.ui.draw.kept import Kept, kept
from pgtui.ui.draw.layout import Lane, lane_label, layout
from pgtui.ui.draw.letters import letter
from pgtui.ui.draw.phases import draw_labels, labels
from pgtui.ui.draw.shares import Shares, shares_of
from pgtui.ui.draw.stretches import Ending, Stretches, stretches_of
from pgtui.ui.look import Look
from pgtui.ui.picture import Picture
from pgtui.ui.text import clipped, milliseconds, visible, width

MOST_EXACT_STEPS, MOST_EXACT_CHUNKS = 10, 48
"""A view of more steps a cell, or of more chunks of events, is drawn in shares."""
MOST_HIGHLIGHTED = 300
"""Events of a finding that are marked; the first ones."""


def timeline(picture: Picture, size: tuple[int, int], look: Look, top: int = 0) -> list[Row]:
    """The timeline's rows.

    Args:
        picture: the run and the playhead.
        size: width and height in cells; so many rows, all of this width, come back.
        look: the theme.
        top: how many tasks are scrolled away.
    """
    columns, height = size
    if columns < 1 or height < 1:
        return []
    return _Drawing(picture, size, look, top).rows()


class _Drawing:
    """One drawing; exists for the length of a call of `timeline`."""

    def __init__(self, picture: Picture, size: tuple[int, int], look: Look, top: int) -> None:
        self.picture, self.look = picture, look
        self.columns, self.height = size
        self.trace, self.known = picture.trace, kept(picture.trace)
        self.layout = layout(picture, size)
        self.view = track_of(picture, size)
        head = ceil(self.view.cell(playhead(picture)) - lanes.EPSILON)
        self.frame = Frame(self.trace, self.view, look, head)
        first = min(top, max(0, len(self.trace.tasks) - self.layout.tasks)) + 1
        self.tasks = range(first, first + self.layout.tasks)
        self.gap = gap_of(self.trace, self.known, self.view.by_step)
        self.places = _places(self.known, self.view)
        self.signs = {look.glyph(name) for name in ("lane-row", "foreign", "lane-error", "done")}
        self.exact: Stretches | None = None
        self.shares: Shares | None = None
        if self.is_exact():
            self.exact = self.extended(stretches_of(self.trace, self.known, self.places, self.view.by_step))
        else:
            self.shares = shares_of(self.trace, self.known, self.view, (0, *self.tasks))

    def is_exact(self) -> bool:
        known, view = self.known, self.view
        steps = view.stop - view.start
        if not view.by_step:
            after = known.steps[self.places.stop] if self.places.stop < len(known.steps) else known.all_steps
            steps = after - known.steps[self.places.start]
        return len(self.places) <= MOST_EXACT_CHUNKS and steps <= MOST_EXACT_STEPS * max(40, view.width)

    def extended(self, found: Stretches) -> Stretches:
        """While a run lasts its last states go on up to the clock, further than its last event."""
        if self.view.by_step or self.trace.finished or self.places.stop < len(self.known.chunks):
            return found
        for stretches in found.tasks.values():
            if stretches and stretches[-1].phase < Phase.DONE and stretches[-1].stop >= self.trace.elapsed:
                stretches[-1] = stretches[-1]._replace(stop=max(stretches[-1].stop, self.view.whole))
        return found

    def rows(self) -> list[Row]:
        marks = self.highlighted()
        drawn = [self.row(visible(self.trace.name(task)), self.task(task), task, marks) for task in self.tasks]
        drawn += [
            self.row(lane_label(lane), self.below(*lane, marks), 0 if lane[0] is Lane.RUN else -1, marks)
            for lane in self.layout.below
        ]
        blank = Cells(self.columns, self.look.style()).row()
        return (drawn + [blank] * (self.height - len(drawn)))[: self.height]

    def row(self, name: str, track: Cells, task: int, marks: dict[int, set[int]]) -> Row:
        """A lane's name, its cells, and what lies over them: the marked events and the playhead."""
        for cell in marks.get(task, ()):
            glyph = track.glyphs[cell] if track.glyphs[cell] in self.signs else "▲"
            track.dot(cell, glyph, self.look.style("task-text", "mark", bold=True))
        if 0 <= self.frame.head < track.width:
            track.dot(self.frame.head, self.look.glyph("playhead"), self.look.style("mark", bold=True))
        label = Cells(self.layout.label, self.look.style())
        chosen = 0 < task == self.picture.chosen
        colour = self.look.task(task) if task > 0 else "dim"
        room = self.layout.label - 1
        if width(name) > room and room < 4:
            name = letter(self.trace, task) if task > 0 else name[:1]
        label.put(0, clipped(name, room), self.look.style(colour, bold=task > 0, underline=chosen))
        return (*label.row(), *track.row())

    def track(self) -> Cells:
        return Cells(self.columns - self.layout.label, self.look.style())

    def task(self, task: int) -> Cells:
        cells = self.track()
        if self.exact is not None:
            found = self.exact
            lanes.draw_stretches(cells, self.frame, lanes.seen(self.frame, found.tasks.get(task, ())), task)
            lanes.draw_rows(cells, self.frame, found.rows.get(task, ()), task)
            if task in found.endings:
                lanes.draw_ending(cells, self.frame, found.endings[task])
        elif self.shares is not None:
            number = task - self.tasks.start + 1 if task else 0
            bars.draw_shares(cells, self.frame, self.shares.tasks[number], task)
            if ending := self.ending(task):
                lanes.draw_ending(cells, self.frame, ending)
        self.draw_gap(cells, self.trace.dropped if task == self.tasks.start else 0)
        return cells

    def ending(self, task: int) -> Ending | None:
        state = self.trace.head.tasks[task]
        if not state.phase.over:
            return None
        at = state.ended - self.trace.origin
        return Ending(
            ceil(place_of(self.trace, self.trace.index_at(at), True)) if self.view.by_step else at, state.phase
        )

    def below(self, kind: Lane, name: str, marks: dict[int, set[int]]) -> Cells:
        if kind is Lane.RUN:
            return self.task(0)
        cells = self.track()
        if kind is Lane.AXIS:
            self.draw_axis(cells, set().union(*marks.values()))
        elif kind is Lane.PHASES:
            if self.exact is not None:
                draw_labels(cells, self.frame, labels(self.trace, self.known, self.view))
        else:
            if kind is Lane.LOCK:
                self.draw_lock(cells, name)
            elif kind is Lane.UI:
                self.draw_ui(cells)
            else:
                self.draw_all(cells)
            self.draw_gap(cells)
        return cells

    def draw_axis(self, cells: Cells, marked: set[int]) -> None:
        free = 0
        for place, text in ticks(self.view):
            cell = int(self.view.cell(place) + 0.5)
            if cell >= free and cell + len(text) <= self.view.width:
                cells.put(cell, text, self.look.style("dim"))
                free = cell + len(text) + 2
        for cell in marked:
            cells.dot(cell, "▲", self.look.style("mark", bold=True))

    def draw_lock(self, cells: Cells, name: str) -> None:
        resource = self.known.resources[name]
        if self.exact is None:
            if self.shares is not None:
                bars.draw_holders(cells, self.frame, self.shares.holders, resource)
        elif resource:
            bars.draw_holds(cells, self.frame, [hold for hold in self.exact.holds if hold.resource == resource])
        else:
            payloads = self.trace.payloads
            waits = [
                stretch
                for stretches in self.exact.tasks.values()
                for stretch in lanes.seen(self.frame, stretches)
                if stretch.wait and getattr(payloads[stretch.wait], "resource", None) == name
            ]
            bars.draw_waiters(cells, self.frame, waits)

    def draw_ui(self, cells: Cells) -> None:
        if self.exact is not None:
            glyph = self.look.glyph("lane-ui")
            bars.draw_spans(cells, self.frame, self.exact.stalled, "!", "state-timeout")
            bars.draw_spans(cells, self.frame, self.exact.painted, glyph, "ui-lane")
        elif self.shares is not None:
            bars.draw_loads(cells, self.frame, enumerate(self.shares.painted), "ui-lane")

    def draw_all(self, cells: Cells) -> None:
        if self.exact is not None:
            bars.draw_loop(cells, self.frame, self.exact.tasks)
        elif self.shares is not None:
            bars.draw_loads(cells, self.frame, enumerate(self.shares.loop), "state-running")

    def draw_gap(self, cells: Cells, dropped: int = 0) -> None:
        if self.gap is not None:
            text = f" {dropped:,} events not kept " if dropped else ""
            bars.draw_gap(cells, self.frame, self.gap, text)

    def highlighted(self) -> dict[int, set[int]]:
        """Task → cells in which events lie that a chosen finding rests on."""
        marks: dict[int, set[int]] = {}
        for index in sorted(self.picture.highlighted)[:MOST_HIGHLIGHTED]:
            place = self.known.place_of(index)
            whats, offset = self.known.chunks[place].whats, index - self.known.indices[place]
            if 0 <= offset < len(whats):
                at = self.view.cell(place_of(self.trace, index + 1, self.view.by_step))
                cell = ceil(at - lanes.EPSILON) - 1 if self.view.by_step else int(at)
                if 0 <= cell < self.view.width:
                    marks.setdefault(whats[offset] >> KIND_BITS & TASK_MASK, set()).add(cell)
        return marks


def track_of(picture: Picture, size: tuple[int, int]) -> View:
    """The part of the axis that a timeline of this size draws; the last cell is the playhead's when all is over."""
    return view_of(picture, max(1, size[0] - layout(picture, size).label - 1))


def _places(known: Kept, view: View) -> range:
    """Which chunks hold what the view shows."""
    if view.by_step:
        first = bisect_right(known.steps, int(view.start)) - 1
        last = bisect_right(known.steps, ceil(view.stop))
    else:
        first = bisect_right(known.times, view.start) - 1
        last = bisect_right(known.times, view.stop + 0.5)  # what ends at the edge is seen
    return range(max(0, first), max(last, first + 1, 1))


def caption(picture: Picture) -> str:
    """Where the playhead stands, in words: `step 14 of 23 · 4.1 of 5.8 ms`."""
    known = kept(picture.trace)
    whole = milliseconds(max(picture.trace.elapsed, picture.time))
    text = f"step {picture.moment.steps:,} of {known.all_steps:,} · {milliseconds(picture.time)} of {whole}"
    if picture.trace.dropped:
        text += f" · {picture.trace.dropped:,} events dropped"
    return text
