"""The live screen: pick an experiment, run it, and look at any moment of it."""

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Footer

from pgtui.core.experiment import Experiment, Reading, Sharing, Yielding
from pgtui.core.trace import Trace
from pgtui.errors import PgtuiError
from pgtui.ui.arrangement import SHARES, arrange
from pgtui.ui.choices import next_choice, refusal
from pgtui.ui.commands import LIVE, bindings_of
from pgtui.ui.laboratory import Laboratory, Superseded
from pgtui.ui.pacing import LoopWatch
from pgtui.ui.picture import Mode, Picture
from pgtui.ui.playback import SHORT, Playback
from pgtui.ui.sayings import Sayings
from pgtui.ui.screens.playhead import PlayheadScreen
from pgtui.ui.widgets.code import Code
from pgtui.ui.widgets.findings import Findings
from pgtui.ui.widgets.notice import Notice
from pgtui.ui.widgets.pane import Pane
from pgtui.ui.widgets.panes import Panes
from pgtui.ui.widgets.pickers import Pickers
from pgtui.ui.widgets.ribbon import Ribbon
from pgtui.ui.widgets.status import Status
from pgtui.ui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from pgtui.core.findings import Finding

REPEATS = 20
PATIENCE = 0.25
"""Seconds for which a new run stays unseen: most are over by then, and are shown in slow motion."""
AFTER_PICKING = 0.15
"""Seconds after a pick until it runs: whoever cycles through a list means the last one."""


class LiveScreen(PlayheadScreen):
    """The explorer."""

    BINDINGS: ClassVar[list[Binding]] = bindings_of(LIVE)  # type: ignore[assignment]  # narrower than Textual's

    DEFAULT_CSS = """
    LiveScreen { background: $background; overflow: hidden; }
    LiveScreen > Ribbon { height: 1; }
    LiveScreen > #lower { height: auto; }
    """

    def __init__(
        self, experiment: Experiment, laboratory: Laboratory | None, panels: tuple[str, ...], recorded: Trace | None = None
    ) -> None:
        """A screen that shows nothing yet.

        Args:
            experiment: what is picked.
            laboratory: where it is run; None where there is no server, for a recorded run.
            panels: which of timeline, code and findings are open.
            recorded: a run to open.
        """
        super().__init__()
        self.experiment = experiment
        self.laboratory = laboratory
        self.recorded = recorded
        self.open_panels = {*panels, "controls"}
        self.solo = "findings" if "findings" in panels else next(iter(panels), "findings")
        self.panes_share = self.code_share = SHARES[5]
        self.watch_loop = LoopWatch()
        self.sayings = Sayings()
        self.same: tuple[int, int] | None = None
        self.highlighted: frozenset[int] = frozenset()
        self._began = 0.0
        self._undecided = False
        self._shown: tuple[object, ...] = ()

    def compose(self) -> "ComposeResult":
        yield Status()
        yield Pickers(self.experiment)
        yield Notice()
        yield Panes()
        yield Timeline()
        yield Ribbon()
        with Horizontal(id="lower"):
            yield Code()
            yield Findings()
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Run what is picked."""
        super().on_mount()
        self.run_worker(self.watch_loop.run(), name="loop watch", group="loop watch")
        self.arrange_panels()
        if self.recorded is not None:
            self.open_trace(self.recorded)
        elif self.laboratory is not None:
            self.action_run()

    # The run
    def action_run(self) -> None:
        """Run the experiment; ends the run before it."""
        if self.laboratory is None:
            self.notify("This is a recorded run; start pgtui without a file to run experiments.", markup=False)
            return
        refused = refusal(self.experiment)
        self.show_experiment()
        if refused is not None:
            self.laboratory.cancel()
            self.refuse(refused)
            return
        if self.playback is None:
            self.query_one(Notice).say("Opening the server")
        self._run(self.experiment)

    @work(group="run", exit_on_error=True)
    async def _run(self, experiment: Experiment) -> None:
        assert self.laboratory is not None
        try:
            await self.laboratory.run(experiment, self.begin)
        except Superseded:
            return
        except PgtuiError as error:
            self.refuse(error)

    def begin(self, trace: Trace) -> None:
        """A run has begun: show it from now on."""
        self.playback = Playback(trace)
        self.watch_loop.watch(trace)
        self.sayings.turn_to(trace)
        self.same, self.highlighted = None, frozenset()
        self.zoom, self.left = 1.0, None
        self._began, self._undecided = time.monotonic(), True
        if self.query_one(Notice).has_class("-shown"):
            self.query_one(Notice).say("Running")

    def open_trace(self, trace: Trace) -> None:
        """Show a recorded run."""
        self.begin(trace)
        self.experiment = trace.header.experiment

    def refuse(self, error: PgtuiError) -> None:
        """Say why there is no run."""
        self.playback = None
        self.query_one(Status).say(f"{self.experiment.driver} · {self.experiment.sharing.label}")
        self.query_one(Notice).say(error.message, error.hint, bad=True)
        self.arrange_panels()

    def tell_progress(self, line: str) -> None:
        """Tell what the server's start is at."""
        if self.playback is None:
            self.query_one(Notice).say(line)

    def say_goodbye(self) -> None:
        """Tell that leaving takes a moment."""
        self.playback = None
        self.query_one(Notice).say("Closing connections")
        self.arrange_panels()

    def move_on(self, seconds: float) -> None:
        if self._undecided:
            self._decide()
        super().move_on(seconds)

    def _decide(self) -> None:
        """Whether the run is played in slow motion, because it was over too soon to be seen."""
        playback = self.playback
        assert playback is not None
        if playback.mode is not Mode.LIVE:
            self._undecided = False
        elif playback.trace.finished:
            self._undecided = False
            if playback.trace.elapsed < SHORT:
                playback.play()
            else:
                playback.turn(by_step=False)
        elif time.monotonic() - self._began > SHORT / 1e9:
            self._undecided = False
            playback.turn(by_step=False)

    # The picture
    def show_picture(self) -> None:
        playback = self.playback
        if playback is None or (self._undecided and time.monotonic() - self._began < PATIENCE):
            return
        if self.query_one(Notice).has_class("-shown"):
            self.query_one(Notice).hide()
            self.arrange_panels()
        picture = self.picture(playback)
        key = (picture.look, self.size, playback.pace)
        if key == self._shown:
            return
        self._shown = key
        self.query_one(Status).show(picture, playback.pace, self.watch_loop.p99 if self.watch_loop.trace else 0)
        self.query_one(Pickers).show(self.experiment, self.experiment.query or picture.trace.header.query)
        self.query_one(Panes).show(picture)
        for panel in (Timeline, Ribbon, Code, Findings):
            widget = self.query_one(panel)
            if widget.display:
                widget.show(picture)

    def picture(self, playback: Playback) -> Picture:
        """The picture at the playhead."""
        trace = playback.trace
        at_end = playback.mode in (Mode.LIVE, Mode.FINISHED)
        moment = trace.now.copy() if at_end else trace.at(playback.index)
        return Picture(
            trace=trace,
            moment=moment,
            time=playback.time,
            mode=playback.mode,
            highlighted=self.highlighted,
            by_step=playback.by_step,
            zoom=self.zoom,
            left=self.left,
            findings=self.sayings.upto(moment.index),
            same=self.same,
            chosen=self.query_one(Panes).chosen,
        )

    # Picking
    def show_experiment(self) -> None:
        """Let the pickers show what is picked."""
        query = self.trace.header.query if self.trace is not None else ""
        self.query_one(Pickers).show(self.experiment, self.experiment.query or query)

    def pick(self, **values: object) -> None:
        """Change the experiment and run it, unless the next pick comes at once."""
        try:
            self.experiment = self.experiment.changed(**values)
        except PgtuiError as error:
            self.notify(f"{error.message} {error.hint}", severity="error", markup=False)
            return
        self.show_experiment()
        wanted = self.experiment
        self.set_timer(AFTER_PICKING, lambda: self.action_run() if self.experiment is wanted else None)

    def action_cycle(self, field: str, by: int) -> None:
        """Pick the next value of a part of the experiment."""
        self.pick(**{field: next_choice(self.experiment, field, by)})

    def action_pick(self, field: str, value: str) -> None:
        """Pick a value by its name."""
        kinds = {"sharing": Sharing, "yielding": Yielding, "reading": Reading}
        self.pick(**{field: kinds[field](value) if field in kinds else value})

    def action_edit(self, field: str) -> None:
        """Type a number of the experiment."""
        if "controls" not in self.open_panels:
            self.action_toggle("controls")
        self.query_one(Pickers).edit(field)

    @on(Pickers.Picked)
    def pick_number(self, message: Pickers.Picked) -> None:
        """Take a typed number."""
        self.pick(**{message.field: message.value})

    @on(Pickers.Closed)
    def leave_pickers(self) -> None:
        """Give the keys back to the screen."""
        self.set_focus(None)

    # Panels
    def arrange_panels(self) -> None:
        """Give every panel the room that this size has for it."""
        pickers, ribbon, panes = self.query_one(Pickers), self.query_one(Ribbon), self.query_one(Panes)
        pickers.display = "controls" in self.open_panels
        noticed = self.query_one(Notice).has_class("-shown")
        panels = [panel for panel in ("timeline", "code", "findings") if panel in self.open_panels and not noticed]
        width, height = self.size
        ribbon.display = not noticed
        controls = pickers.get_content_height(self.size, self.size, width) if pickers.display else 0
        height -= 2 + controls + (1 if ribbon.display else 0)
        tasks = self.trace.header.experiment.tasks if self.trace is not None else self.experiment.tasks
        room = arrange(width, height, panels, self.solo, lanes=min(tasks, 16) + 6,
                       panes_share=self.panes_share, code_share=self.code_share)  # fmt: skip
        panes.display = not noticed
        for widget, lines in ((self.query_one(Timeline), room.timeline), (self.query_one("#lower"), room.lower)):
            widget.display = lines > 0
            widget.styles.height = lines
        for widget, cells in ((self.query_one(Code), room.code), (self.query_one(Findings), room.findings)):
            widget.display = cells > 0
            widget.styles.width = cells
        self._shown = ()

    def on_resize(self) -> None:
        """The terminal has another size."""
        self.arrange_panels()

    def action_toggle(self, panel: str) -> None:
        """Open or close a panel."""
        self.open_panels ^= {panel}
        if panel in self.open_panels and panel != "controls":
            self.solo = panel
        self.arrange_panels()
        self.draw()

    def action_next_panel(self) -> None:
        """Show the next panel where there is room for one."""
        panels = ["timeline", "code", "findings"]
        self.solo = panels[(panels.index(self.solo) + 1) % 3]
        self.open_panels.add(self.solo)
        self.arrange_panels()
        self.draw()

    def action_resize(self, what: str, by: int) -> None:
        """Give the panes more of the height, or the code more of the width."""
        field = "panes_share" if what == "height" else "code_share"
        place = SHARES.index(getattr(self, field)) + by
        setattr(self, field, SHARES[max(0, min(place, len(SHARES) - 1))])
        self.arrange_panels()
        self.draw()

    def action_focus_task(self, number: int) -> None:
        """Go to a task."""
        self.query_one(Panes).focus_task(number)
        self.draw()

    def action_open(self) -> None:
        """Make the pane with the focus as large as the screen, or small again."""
        if self.maximized is not None:
            self.minimize()
        elif isinstance(self.focused, Pane):
            self.maximize(self.focused)

    @on(Pane.Opened)
    def open_pane(self, message: Pane.Opened) -> None:
        """Make a pane large, or small again."""
        self.action_focus_task(message.task)
        self.action_open()

    def action_cancel(self) -> None:
        """End the run; without one, leave what is open."""
        if self.laboratory is not None and self.laboratory.cancel():
            self.notify("The run is being ended.", timeout=2)
        elif self.highlighted:
            self.highlighted = frozenset()
            self.draw()
        else:
            self.set_focus(None)

    # The panels' messages
    @on(Timeline.Sought)
    def seek(self, message: Timeline.Sought) -> None:
        """Go where the mouse is on the timeline."""
        self.action_seek(message.index)

    @on(Findings.Chosen)
    def go_to_finding(self, message: Findings.Chosen) -> None:
        """Show the events that a finding rests on."""
        finding: Finding = message.finding
        self.highlighted = frozenset(finding.events)
        if finding.events:
            self.action_seek(finding.events[0] + 1)
        else:
            self.draw()
