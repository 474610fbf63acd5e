"""The live screen: pick an experiment, run it, and look at any moment of it."""

import asyncio
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding

from pgtui.core.experiment import Experiment, Reading, Sharing, Yielding
from pgtui.core.ledger import signature
from pgtui.core.recording import load
from pgtui.core.trace import Trace
from pgtui.errors import PgtuiError
from pgtui.ui.choices import choices, next_choice, refusal
from pgtui.ui.commands import LIVE, bindings_of
from pgtui.ui.laboratory import Laboratory, Superseded
from pgtui.ui.look import look
from pgtui.ui.offers import driver_options, preset_options
from pgtui.ui.picture import Mode
from pgtui.ui.playback import SHORT
from pgtui.ui.presets import PRESETS
from pgtui.ui.screens.ask import AskScreen
from pgtui.ui.screens.choose import ChooseScreen
from pgtui.ui.screens.compare import CompareScreen
from pgtui.ui.screens.guide import GuideScreen
from pgtui.ui.screens.matrix import MatrixScreen
from pgtui.ui.screens.query import QueryScreen
from pgtui.ui.screens.run import RunScreen
from pgtui.ui.widgets.pickers import Pickers
from pgtui.ui.widgets.status import Status

if TYPE_CHECKING:
    from textual.app import ComposeResult

REPEATS = 20
PATIENCE = 0.25
"""Seconds for which a new run stays unseen: most are over by then, and are shown in slow motion."""
AFTER_PICKING = 0.15
"""Seconds after a pick until it runs: whoever cycles through a list means the last one."""
MOST_QUERIES = 30


class LiveScreen(RunScreen):
    """The explorer.

    Attributes:
        experiment: what is picked; the run that is shown may be of an earlier one.
        queries: those of before, the latest first.
    """

    BINDINGS: ClassVar[list[Binding]] = bindings_of(LIVE)  # type: ignore[assignment]  # narrower than Textual's

    def __init__(
        self,
        experiment: Experiment,
        laboratory: Laboratory | None,
        panels: tuple[str, ...],
        *,
        recorded: Trace | None = None,
        queries: tuple[str, ...] = (),
        keep_queries: Callable[[tuple[str, ...]], None] | None = None,
    ) -> None:
        """A screen that shows nothing yet.

        Args:
            experiment: what is picked.
            laboratory: where it is run; None where there is no server, for a recorded run.
            panels: which of timeline, code and findings are open.
            recorded: a run to open.
            queries: those of before, the latest first.
            keep_queries: told them when there is another one.
        """
        super().__init__(panels)
        self.experiment = experiment
        self.laboratory = laboratory
        self.queries = queries
        self._keep_queries = keep_queries
        self._recorded = recorded
        self._began = 0.0
        self._undecided = False
        self.error: PgtuiError | None = None
        """Why there is no run to show."""
        self.first_shown: Callable[[], object] | None = None
        """Called once there is a run on the screen."""
        self._demo_query = ""
        """What the server is asked when the user names no query; known after the first run."""

    def compose_controls(self) -> "ComposeResult":
        yield Pickers(self.experiment)

    @property
    def controls(self) -> Pickers:
        """The pickers."""
        return self.query_one(Pickers)

    def on_mount(self) -> None:
        """Run what is picked, or open the recorded run."""
        super().on_mount()
        if self._recorded is not None:
            self.begin(self._recorded)
        else:
            self.action_run()

    # Running
    def action_run(self) -> None:
        """Run the experiment; ends the run before it."""
        self.show_experiment()
        if self.laboratory is None:
            self.notify("This is a recorded run, and there is no server to run another one on.")
            return
        refused = refusal(self.experiment)
        if refused is not None:
            self.laboratory.cancel()
            self.refuse(refused)
            return
        if self.playback is None:
            self.say("Running" if self.laboratory.target else "Opening the server")
        self._run(self.experiment)

    @work(group="run")
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
        self.turn_to(trace)
        self.error = None
        self._began, self._undecided = time.monotonic(), True
        self.show_experiment()

    def refuse(self, error: PgtuiError) -> None:
        """Say why there is no run."""
        self.error = error
        self.query_one(Status).say(f"{self.experiment.driver} · {self.experiment.sharing.label}")
        self.say(error.message, error.hint, bad=True)

    def tell_progress(self, line: str) -> None:
        """Tell what the server's start is at."""
        if self.playback is None:
            self.say(line)

    def move_on(self, seconds: float) -> None:
        if self._undecided:
            self._decide()
        super().move_on(seconds)

    def _decide(self) -> None:
        """Whether the run is played in slow motion, because it was over too soon to be seen."""
        playback = self.playback
        if playback is None or playback.mode is not Mode.LIVE:
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

    def show_picture(self) -> None:
        if not self._undecided or time.monotonic() - self._began > PATIENCE:
            super().show_picture()
            if self.playback is not None and (shown := self.first_shown) is not None:
                self.first_shown = None
                self.call_later(shown)

    def action_cancel(self) -> None:
        """End the run; without one, leave what is open."""
        if self.laboratory is not None and self.laboratory.cancel():
            self.notify("Ending the run.", timeout=2)
        elif not self.unmark():
            self.set_focus(None)

    def action_repeat(self) -> None:
        """Run the experiment again and again: is it the same every time?"""
        if self.laboratory is None or self.trace is None or not self.trace.finished:
            self.notify("There is no finished run to repeat.")
        elif self.trace.header.experiment == self.experiment:
            self._repeat(self.trace)

    @work(group="run")
    async def _repeat(self, trace: Trace) -> None:
        assert self.laboratory is not None
        wanted = signature(trace)
        same = [0, 0]

        def compare(repeated: Trace) -> None:
            same[0] += signature(repeated) == wanted
            same[1] += 1
            if self.trace is trace:
                self.same = same[0], same[1]

        try:
            await self.laboratory.repeat(self.experiment, REPEATS, compare)
        except Superseded:
            return
        except PgtuiError as error:
            self.notify(f"{error.message} {error.hint}", severity="error", markup=False)
            return
        if same[0] == same[1]:
            self.notify(f"The same in all {same[1]} runs: order, rows and errors.")
        else:
            self.notify(f"{same[0]} of {same[1]} runs went as this one; the others differ in order, rows or errors.")

    # Picking
    def show_experiment(self) -> None:
        """Let the pickers show what is picked."""
        if self.trace is not None and self.trace.header.experiment.query is None:
            self._demo_query = self.trace.header.query
        self.query_one(Pickers).show(self.experiment, self.experiment.query or self._demo_query)

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
        value = next_choice(self.experiment, field, by)
        if value == getattr(self.experiment, field):
            reasons = [choice.refusal for choice in choices(self.experiment, field) if choice.refusal]
            self.notify(f"There is nothing else to pick. {' '.join(reasons[:1])}", markup=False)
            return
        self.pick(**{field: value})

    def action_pick(self, field: str, value: str) -> None:
        """Pick a value by its name."""
        kinds = {"sharing": Sharing, "yielding": Yielding, "reading": Reading}
        self.pick(**{field: kinds[field](value) if field in kinds else value})

    def action_edit(self, field: str) -> None:
        """Type a number of the experiment."""
        if "controls" not in self.open_panels:
            self.action_panel("controls")
        self.query_one(Pickers).edit(field)

    @on(Pickers.Picked)
    def pick_number(self, message: Pickers.Picked) -> None:
        """Take a typed number."""
        self.pick(**{message.field: message.value})

    @on(Pickers.Closed)
    def leave_pickers(self) -> None:
        """Give the keys back to the screen."""
        self.set_focus(None)

    def action_query(self) -> None:
        """Edit the query."""

        def take(query: str | None) -> None:
            if query:
                self.queries = (query, *(one for one in self.queries if one != query))[:MOST_QUERIES]
                if self._keep_queries is not None:
                    self._keep_queries(self.queries)
            if query is not None:
                self.pick(query=query or None)

        self.app.push_screen(QueryScreen(self.experiment.query or self._demo_query, self.queries), take)

    def action_presets(self) -> None:
        """Choose a preset."""

        def take(place: str | None) -> None:
            if place is not None:
                self.experiment = PRESETS[int(place)].experiment
                self.action_run()

        self.app.push_screen(ChooseScreen("presets", preset_options(look(self.app))), take)

    def action_compare(self) -> None:
        """Choose another driver, and compare it."""
        if self.laboratory is None:
            self.notify("This is a recorded run, and there is no server to run another one on.")
            return

        def take(name: str | None) -> None:
            if name is not None:
                self._compare(self.experiment, self.experiment.changed(driver=name))

        options = driver_options(look(self.app), self.experiment)
        self.app.push_screen(ChooseScreen(f"compare {self.experiment.driver} with", options), take)

    @work(group="run")
    async def _compare(self, *experiments: Experiment) -> None:
        assert self.laboratory is not None
        try:
            left, right = [await self.laboratory.run(one, lambda _: None) for one in experiments]
        except Superseded:
            return
        except PgtuiError as error:
            self.refuse(error)
        else:
            self.app.push_screen(CompareScreen(left, right))

    def action_matrix(self) -> None:
        """Look at every driver in every sharing mode, and run the experiment that is chosen there."""
        if self.laboratory is None:
            self.notify("This is a recorded run, and there is no server to run others on.")
            return
        if not self.app.is_screen_installed("matrix"):
            self.app.install_screen(MatrixScreen(self.laboratory), "matrix")

        def take(experiment: Experiment | None) -> None:
            if experiment is not None:
                self.experiment = experiment
                self.action_run()

        self.app.push_screen("matrix", take)

    def action_guide(self) -> None:
        """Look hazards up, and see them happen."""
        if not self.app.is_screen_installed("guide"):
            self.app.install_screen(GuideScreen(self.laboratory), "guide")
        self.app.push_screen("guide")

    def action_load(self) -> None:
        """Open a run that was written to a file, in the place of the one that is shown."""

        def take(path: str | None) -> None:
            if path is not None:
                self._load(os.path.expanduser(path))

        self.app.push_screen(AskScreen("open a run from the file", self.written), take)

    @work(group="load", exclusive=True)
    async def _load(self, path: str) -> None:
        try:
            trace = await asyncio.to_thread(load, path)
        except PgtuiError as error:
            self.notify(f"{error.message} {error.hint}".strip(), severity="error", markup=False)
            return
        if self.laboratory is not None:
            self.laboratory.cancel()
        self.experiment = trace.header.experiment
        self.begin(trace)


class ArrowsLiveScreen(LiveScreen, inherit_bindings=False):
    """The explorer without the keys of vim."""

    BINDINGS: ClassVar[list[Binding]] = bindings_of(LIVE, vim=False)
