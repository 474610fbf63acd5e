"""The playhead: which moment of a trace the screen shows, and how it moves on.

Nothing here draws and nothing reads a clock: `advance` is told how much of the viewer's time has passed. Places are
counts of events ("after the first n"), times nanoseconds since the run began.
"""

from pgtui.core.events import Kind
from pgtui.core.trace import Trace
from pgtui.ui.picture import Mode

SHORT = 1_000_000_000
"""A run shorter than this is over before one has seen it: it is played in slow motion."""
SHOW_SECONDS = 6.0
LONGEST_SHOW_SECONDS = 30.0
LEAD_IN_SECONDS = 0.7
"""What happens before the first row (connecting, mostly) takes no longer than this, when played by steps."""
LEAD_IN_EVENTS = 4096
"""The first row is looked for among so many events."""
SPEEDS = tuple(2.0**power for power in range(-6, 7))


class Playback:
    """Where the playhead of one trace is, and how it moves.

    Attributes:
        mode: how it moves.
        by_step: whether it moves evenly over the events; else evenly over the time.
        speed: how many times as fast as the fitted pace; one of `SPEEDS`.
    """

    def __init__(self, trace: Trace, mode: Mode = Mode.LIVE, *, by_step: bool = True) -> None:
        self.trace = trace
        self.mode = mode
        self.by_step = by_step
        self.speed = 1.0
        self._place = 0.0 if mode in (Mode.PLAYING, Mode.PAUSED) else float(len(trace))
        self._time = 0.0
        self._lead_in: int | None = None

    # Where
    @property
    def index(self) -> int:
        """How many events have happened at the playhead."""
        if self.mode in (Mode.LIVE, Mode.FINISHED):
            return len(self.trace)
        return self._kept(min(int(self._place), len(self.trace)))

    def _kept(self, index: int) -> int:
        """The place itself, or behind the gap when its events are not kept."""
        gap = self.trace.gap
        return gap[1] if gap is not None and gap[0] < index < gap[1] else index

    @property
    def time(self) -> int:
        """The playhead in nanoseconds since the run began."""
        if self.mode in (Mode.LIVE, Mode.FINISHED):
            return max(0, self.trace.elapsed)
        if self.by_step:
            return self.time_of(self.index)
        return int(self._time)

    def time_of(self, index: int) -> int:
        """When the last of the first `index` events happened."""
        event = self.trace.event(index - 1) if index > 0 else None
        return event.time if event else 0

    @property
    def show_seconds(self) -> float:
        """How long playing all of it takes, at the present speed."""
        fitted = min(max(SHOW_SECONDS, self.trace.elapsed / 1e9), LONGEST_SHOW_SECONDS)
        return fitted / self.speed

    @property
    def pace(self) -> float:
        """How many nanoseconds of the run one second shows (on average, when it moves by steps)."""
        return self.trace.elapsed / self.show_seconds

    # Moving
    def advance(self, seconds: float) -> None:
        """Move on by what `seconds` of the viewer's time are worth."""
        if self.mode is Mode.LIVE and self.trace.finished:
            self.mode = Mode.FINISHED
        if self.mode is not Mode.PLAYING:
            return
        if self.by_step:
            self._place = min(self._place + self._steps(seconds), float(len(self.trace)))
            at_end = self._place >= len(self.trace)
        else:
            self._time += seconds * self.pace
            self._place = float(self.trace.index_at(int(self._time)))
            at_end = self._time >= self.trace.elapsed
        if at_end:
            self.to_end()

    def _steps(self, seconds: float) -> float:
        """How many events `seconds` are worth: what is before the first row goes by quickly."""
        lead_in, total = self._events_before_first_row(), len(self.trace)
        lead_in_seconds = min(LEAD_IN_SECONDS / self.speed, self.show_seconds * lead_in / max(1, total))
        steps = 0.0
        if self._place < lead_in and lead_in_seconds > 0:
            rate = lead_in / lead_in_seconds
            spent = min(seconds, (lead_in - self._place) / rate)
            steps, seconds = spent * rate, seconds - spent
        rest = max(0.1, self.show_seconds - lead_in_seconds)
        return steps + seconds * max(1, total - lead_in) / rest

    def _events_before_first_row(self) -> int:
        if self._lead_in is None:
            kinds = (Kind.ROW, Kind.ROW_AGAIN)
            first = next((e.index + 1 for e in self.trace.events(0, LEAD_IN_EVENTS) if e.kind in kinds), 0)
            if not self.trace.finished:
                return first
            self._lead_in = first
        return self._lead_in

    def play(self) -> None:
        """Go on from here; from the beginning when the playhead is at the end."""
        if self.index >= len(self.trace):
            self._place = self._time = 0.0
        else:
            self._place, self._time = float(self.index), float(self.time)
        self.mode = Mode.PLAYING

    def pause(self) -> None:
        """Stand still. The run goes on recording."""
        self.seek(self.index)

    def toggle(self) -> None:
        """Play or pause; a live picture freezes."""
        if self.mode in (Mode.PLAYING, Mode.LIVE):
            self.pause()
        else:
            self.play()

    def seek(self, index: int) -> None:
        """Stand still after the first `index` events."""
        index = self._kept(max(0, min(index, len(self.trace))))
        self._place, self._time = float(index), float(self.time_of(index))
        self.mode = Mode.PAUSED
        if index == len(self.trace) and self.trace.finished:
            self.mode = Mode.FINISHED

    def to_end(self) -> None:
        """Go to the end, and stay there while the trace grows."""
        self._place = float(len(self.trace))
        self.mode = Mode.FINISHED if self.trace.finished else Mode.LIVE

    def step(self, by: int) -> None:
        """Stand still so many events further on (back when negative); painting the screen is no event here."""
        trace, index = self.trace, self.index
        way = 1 if by > 0 else -1
        for _ in range(abs(by)):
            index = self._beside(index, way)
            while 0 < index < len(trace) and self._is_ours(index - 1):
                index = self._beside(index, way)
        self.seek(index)

    def _beside(self, index: int, way: int) -> int:
        """The next place, over the gap in one step."""
        gap, index = self.trace.gap, index + way
        if gap is not None and gap[0] < index < gap[1]:
            return gap[1] if way > 0 else gap[0]
        return index

    def _is_ours(self, index: int) -> bool:
        event = self.trace.event(index)
        return event is not None and event.kind in (Kind.PAINTED, Kind.STALLED)

    def switch(self, forward: bool = True) -> None:
        """Stand still where another task begins to run: the next such place, or the one before."""
        place = _next_switch(self.trace, self.index) if forward else _last_switch(self.trace, self.index)
        self.seek(place)

    def turn(self, by_step: bool) -> None:
        """Move evenly over the events from now on, or evenly over the time; the playhead stays where it is."""
        self._place, self._time = float(self.index), float(self.time)
        self.by_step = by_step

    def faster(self, up: bool = True) -> None:
        """Double the speed, or halve it."""
        place = SPEEDS.index(self.speed) + (1 if up else -1)
        self.speed = SPEEDS[max(0, min(place, len(SPEEDS) - 1))]


def _next_switch(trace: Trace, index: int) -> int:
    """After which event a task runs that did not run before; the end when there is none."""
    running = _running(trace, index)
    for event in trace.events(index):
        if event.kind is Kind.RUNS:
            if running and event.task != running:
                return event.index + 1
            running = event.task
    return len(trace)


def _last_switch(trace: Trace, index: int) -> int:
    """The switch before the playhead; 0 when there is none."""
    stop = index - 1
    window = 1024
    while stop > 0:
        start = max(0, stop - window)
        running, found = _running(trace, start), 0
        for event in trace.events(start, stop):
            if event.kind is Kind.RUNS:
                if running and event.task != running:
                    found = event.index + 1
                running = event.task
        if found:
            return found
        stop, window = start, window * 4
    return 0


def _running(trace: Trace, index: int) -> int:
    """The task of the last step that began before `index`, 0 for none in sight."""
    for event in reversed(list(trace.events(max(0, index - 1024), index))):
        if event.kind is Kind.RUNS:
            return event.task
    return 0
