"""A hazard and its right way, run on the server: the run of one of the two in slow motion, and what was seen of both.

All of the hazard's cases run, one after another; what is on the screen is the reader's choice.
"""

import asyncio
import time
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding

from pgtui.core.trace import Trace
from pgtui.errors import PgtuiError
from pgtui.guide import Side
from pgtui.settings import PANELS
from pgtui.ui.commands import ON_A_RUN, SEEKING, SHOWING, bindings_of, chosen
from pgtui.ui.entries import read_entry
from pgtui.ui.laboratory import Laboratory, Superseded
from pgtui.ui.look import look
from pgtui.ui.picture import Mode
from pgtui.ui.playback import SHORT, Playback
from pgtui.ui.screens.run import RunScreen
from pgtui.ui.showing import Recipe, Showing
from pgtui.ui.showingdrawing import recipe_words
from pgtui.ui.widgets.showing import Verdicts
from pgtui.ui.widgets.status import Status

if TYPE_CHECKING:
    from textual.app import ComposeResult

PATIENCE = 0.25
"""Seconds for which a run stays unseen: most are over by then, and are shown in slow motion."""


class ShowingScreen(RunScreen):
    """One hazard.

    Attributes:
        showing: what came of it so far.
        recipe: the one whose run is on the screen.
    """

    BINDINGS: ClassVar[list[Binding]] = bindings_of(  # type: ignore[assignment]  # narrower than Textual's
        (*chosen(*SEEKING, *ON_A_RUN), *SHOWING), vim=False
    )

    def __init__(self, showing: Showing, laboratory: Laboratory, place: int = 0) -> None:
        """A screen that runs the hazard when it is opened.

        Args:
            showing: the hazard.
            laboratory: where it is run.
            place: the case that is shown first.
        """
        super().__init__(PANELS)
        self.showing = showing
        self.laboratory = laboratory
        self.recipe: Recipe = (place, Side.HAZARD)
        self._kept: dict[int, Playback] = {}
        self._noticed_at: dict[int, float] = {}
        self._undecided = self._ended = False
        self._said: tuple[str, str] | None = None

    def compose_controls(self) -> "ComposeResult":
        yield Verdicts(self.showing, self.recipe)

    @property
    def controls(self) -> Verdicts:
        """What was seen."""
        return self.query_one(Verdicts)

    def on_mount(self) -> None:
        """Run it, unless that has been done."""
        super().on_mount()
        self._name_it()
        if not self.showing.running and self.showing.outcome is None:
            self.action_again()

    # Running
    def action_again(self) -> None:
        """Run it, or run it again."""
        if self.showing.running:
            return
        self._kept.clear()
        self._noticed_at.clear()
        self.playback, self._said, self._ended = None, None, False
        self.showing.begin()
        self._run()

    @work(group="showing")
    async def _run(self) -> None:
        showing = self.showing
        try:
            # Importing a driver takes up to a second, in which nothing else would move.
            await asyncio.to_thread(read_entry, showing.hazard)
            if self._ended:
                raise Superseded
            await self.laboratory.use(showing.run)
        except Superseded:
            showing.end("It was ended before its time.")
        except PgtuiError as error:
            showing.end(error.message, error.hint)
        else:
            showing.end()
        finally:
            if showing.running:  # the screen is gone
                showing.end("It was ended before its time.")

    def action_cancel(self) -> None:
        """End what runs; without that, leave what is open, and then the screen."""
        if self.maximized is not None:
            self.minimize()
        elif self.showing.running and not self._ended:
            self._ended = True
            self.laboratory.cancel()
            self.notify("Ending it.", timeout=2)
        elif not self.unmark():
            self.dismiss(None)

    # Which run is on the screen
    def action_side(self) -> None:
        """From the hazard to its right way, or back."""
        place, side = self.recipe
        self.pick((place, Side.RIGHT_WAY if side is Side.HAZARD else Side.HAZARD))

    def action_driver(self, by: int) -> None:
        """To another driver that the hazard is shown on."""
        place, side = self.recipe
        cases = self.showing.hazard.cases
        if len(cases) < 2:
            self.notify(f"This hazard is shown on {cases[0].driver} alone.", timeout=2)
        self.pick(((place + by) % len(cases), side))

    def pick(self, recipe: Recipe) -> None:
        """Show the run of another recipe."""
        if recipe != self.recipe:
            self.recipe = recipe
            self.playback, self._said = None, None
            self.move_on(0.0)
            self.draw()

    @on(Verdicts.Picked)
    def show_recipe(self, message: Verdicts.Picked) -> None:
        """Show what was clicked."""
        self.pick(message.recipe)

    def move_on(self, seconds: float) -> None:
        if self.controls.show(self.recipe):
            self.arrange_panels()
        self._follow()
        super().move_on(seconds)

    def _follow(self) -> None:
        """Turn to the run that is to be seen now, or say why there is none."""
        trace = self._worth_seeing()
        if trace is not None and trace is not self.trace:
            self._show_run(trace)
        elif trace is None and self.playback is None:
            self._say(*self._why_nothing())
        elif self._undecided:
            self._decide()

    def _worth_seeing(self) -> Trace | None:
        """The recipe's run; None while it may be over before one sees it, and when nothing happened in it."""
        begun = self.showing.begun(self.recipe)
        trace = begun.trace if begun is not None else None
        if trace is None or not any(state.began for state in trace.head.tasks):
            return None
        if self.showing.is_over(self.recipe):
            return trace
        since = self._noticed_at.setdefault(id(trace), time.monotonic())
        return trace if time.monotonic() - since > PATIENCE else None

    def _show_run(self, trace: Trace) -> None:
        kept = self._kept.get(id(trace))
        self.turn_to(trace)
        place, side = self.recipe
        self.on_this_loop = not self.showing.hazard.cases[place].pair().scene(side).apart
        if not self.on_this_loop:
            self.watch_loop.watch(None)
        playback = self.playback
        assert playback is not None
        self._undecided = not trace.finished
        if kept is not None:
            self.playback = kept
        elif trace.finished:
            playback.turn(by_step=trace.elapsed < SHORT)
            if not self._ended:
                playback.play()
        self._kept[id(trace)] = self.playback or playback
        self._said = None
        self.arrange_panels()

    def _decide(self) -> None:
        """Play a run in slow motion that was over soon after one began to see it, unless one has ended it oneself."""
        playback = self.playback
        if playback is None or playback.mode is not Mode.LIVE:
            self._undecided = False
        elif playback.trace.finished:
            self._undecided = False
            if playback.trace.elapsed >= SHORT:
                playback.turn(by_step=False)
            elif not self._ended:
                playback.play()

    def _why_nothing(self) -> tuple[str, str, bool]:
        """What stands in the place of the panes: a message, a hint, and whether something went wrong."""
        place, side = self.recipe
        showing, begun = self.showing, self.showing.begun(self.recipe)
        if showing.reasons[place] is not None:
            return "It cannot be shown here.", showing.reasons[place] or "", False
        if begun is not None and begun.verdict is not None:
            return begun.verdict.seen, "It left nothing to be shown in panes.", False
        if showing.trouble:
            return showing.trouble, showing.hint, not self._ended
        if begun is None and self.laboratory.target is None:
            return "Opening the server", "", False
        (_, _, words), _ = recipe_words(look(self.app), showing, self.recipe)
        return f"The {side}: {words}.", "" if showing.running else "The key r runs it.", False

    def _name_it(self) -> None:
        """Let the status say what is shown, where there is no run that it could tell of."""
        place, _ = self.recipe
        hazard = self.showing.hazard
        self.query_one(Status).say(f"field guide · {hazard.id} · {hazard.cases[place].driver}")

    def _say(self, message: str, hint: str, bad: bool) -> None:
        if (message, hint) != self._said:
            self._said = message, hint
            self._name_it()
            self.say(message, hint, bad=bad)
