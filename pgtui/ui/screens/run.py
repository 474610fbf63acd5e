"""A screen that shows one run in its panels, each as large as the terminal has room for."""

import asyncio
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.containers import Horizontal

from pgtui.core.recording import save
from pgtui.core.trace import Trace
from pgtui.errors import PgtuiError
from pgtui.settings import PANELS
from pgtui.ui.arrangement import SHARES, arrange
from pgtui.ui.pacing import LoopWatch
from pgtui.ui.picture import Mode, Picture
from pgtui.ui.playback import Playback
from pgtui.ui.sayings import Sayings
from pgtui.ui.screens.ask import AskScreen
from pgtui.ui.screens.playhead import PlayheadScreen
from pgtui.ui.widgets.code import Code
from pgtui.ui.widgets.findings import Findings
from pgtui.ui.widgets.keybar import KeyBar
from pgtui.ui.widgets.notice import Notice
from pgtui.ui.widgets.pane import Pane
from pgtui.ui.widgets.panes import Panes, grid_of
from pgtui.ui.widgets.ribbon import Ribbon
from pgtui.ui.widgets.status import Status
from pgtui.ui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget

ALL_PANELS: tuple[type[Any], ...] = (Status, Panes, Timeline, Ribbon, Code, Findings)
TURNS: tuple[tuple[type[Any], ...], ...] = ((Status, Panes), (Timeline,), (Status, Panes), (Ribbon, Code, Findings))
"""Who is drawn in one frame after another while a run goes flat out: ten small frames a second, not four large ones."""
MOST_LANES = 16
LOG_BESIDES = 12
"""Lines of a pane besides the rows: what the task says, an error, the times, the frame."""
LANES_BESIDES = 6
"""Lines of the timeline besides the tasks': locks, the screen's own, the axis, the frame."""


class RunScreen(PlayheadScreen):
    """One run: panes, timeline, ribbon, code, findings.

    Attributes:
        sayings: what there is to say about the run.
        same: how many of how many repeats went as this run did.
        highlighted: indices of the events that a chosen finding rests on.
        written: the file that a run was written to last.
    """

    DEFAULT_CSS = """
    RunScreen { background: $background; overflow: hidden; }
    RunScreen .-beside-the-tour { tint: $background 65%; }
    """

    def __init__(self, panels: tuple[str, ...]) -> None:
        """A screen that shows no run yet.

        Args:
            panels: which of `PANELS` are open.
        """
        super().__init__()
        self.open_panels = {*panels, "controls"}
        self.solo = next((panel for panel in ("findings", *panels) if panel in panels), "findings")
        self.panes_share, self.code_share = SHARES[4], SHARES[6]
        self.watch_loop = LoopWatch()
        self.sayings = Sayings()
        self.same: tuple[int, int] | None = None
        self.highlighted: frozenset[int] = frozenset()
        self.written = ""
        self._shown: tuple[object, ...] = ()
        self._arranged_for = 0, 0
        self._turn = 0
        self._thrifty = False

    def compose(self) -> "ComposeResult":
        yield Status()
        yield from self.compose_controls()
        yield Notice()
        yield Panes()
        yield Timeline()
        yield Ribbon()
        with Horizontal(id="lower"):
            yield Code()
            yield Findings()
        yield KeyBar()

    def compose_controls(self) -> "ComposeResult":
        """What stands between the status and the panes."""
        yield from ()

    @property
    def controls(self) -> "Widget | None":
        """What `compose_controls` made."""
        return None

    def on_mount(self) -> None:
        """Watch the loop, and lay the panels out."""
        super().on_mount()
        self.run_worker(self.watch_loop.run(), name="loop watch", group="loop watch")
        self.arrange_panels()

    def turn_to(self, trace: Trace) -> None:
        """Show this run from now on."""
        self.playback = Playback(trace)
        self.watch_loop.watch(trace)
        self.sayings.turn_to(trace)
        self.same, self.highlighted, self._thrifty = None, frozenset(), False
        self.zoom, self.left = 1.0, None
        if (self._lanes, self._log) != self._arranged_for:
            self.arrange_panels()

    def say(self, message: str, hint: str = "", *, bad: bool = False) -> None:
        """Show a notice in the place of the run."""
        self.playback = None
        self.query_one(Notice).say(message, hint, bad=bad)
        self.arrange_panels()

    @property
    def noticed(self) -> bool:
        """Whether a notice stands in the place of the run."""
        return self.query_one(Notice).has_class("-shown")

    # The picture
    def show_picture(self) -> None:
        playback = self.playback
        if playback is None:
            return
        if self.noticed:
            self.query_one(Notice).hide()
            self.arrange_panels()
        picture = self.picture(playback)
        key = (picture.look, self.size, playback.pace)
        if key == self._shown:
            return
        self._shown = key
        for panel in self._due_panels(picture.mode):
            if panel is Status:
                self.query_one(Status).show(picture, playback.pace, self.watch_loop.p99)
            elif (widget := self.query_one(panel)).display:
                widget.show(picture)

    def _due_panels(self, mode: Mode) -> "tuple[type[Any], ...]":
        """Which panels to draw: all, but in turns while a run that goes on would feel it."""
        if mode is not Mode.LIVE:
            return ALL_PANELS
        self._thrifty = self._thrifty or self.pacing.is_costly
        if not self._thrifty:
            return ALL_PANELS
        self._turn = (self._turn + 1) % len(TURNS)
        return TURNS[self._turn]

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

    # Panels
    def arrange_panels(self) -> None:
        """Give every panel the room that this size has for it."""
        controls, ribbon, noticed = self.controls, self.query_one(Ribbon), self.noticed
        ribbon.display = not noticed
        width, height = self.size
        height -= 2 + ribbon.display
        if controls is not None:
            controls.display = "controls" in self.open_panels
            height -= controls.get_content_height(self.size, self.size, width) if controls.display else 0
        panels = [panel for panel in PANELS if panel in self.open_panels and not noticed]
        log = 1_000 if self.panes_share > SHARES[4] else self._log
        room = arrange(width, height, panels, self.solo, lanes=self._lanes, log=log,
                       panes_share=self.panes_share, code_share=self.code_share)  # fmt: skip
        self.query_one(Panes).display = not noticed
        for widget, lines in ((self.query_one(Timeline), room.timeline), (self.query_one("#lower"), room.lower)):
            widget.display = lines > 0
            widget.styles.height = lines
        for widget, cells in ((self.query_one(Code), room.code), (self.query_one(Findings), room.findings)):
            widget.display = cells > 0
            widget.styles.width = cells
        self._arranged_for = self._lanes, self._log
        self._shown = ()

    @property
    def _lanes(self) -> int:
        """Lines that the timeline would like to have."""
        tasks = len(self.trace.tasks) if self.trace is not None else 0
        return min(tasks, MOST_LANES) + LANES_BESIDES

    @property
    def _log(self) -> int:
        """Lines that the panes would like to have, all rows of panes together."""
        if self.trace is None:
            return 1_000
        grid = grid_of(len(self.trace.tasks), self.size.width, 1_000)
        return (self.trace.header.experiment.rows + LOG_BESIDES) * grid[1] if grid is not None else 1_000

    def on_resize(self) -> None:
        """The terminal has another size."""
        self.arrange_panels()

    def action_panel(self, panel: str) -> None:
        """Open or close a panel."""
        self.open_panels ^= {panel}
        if panel in PANELS and panel in self.open_panels:
            self.solo = panel
        self.arrange_panels()
        self.draw()

    def action_next_panel(self) -> None:
        """Show the next panel where there is room for one."""
        self.solo = PANELS[(PANELS.index(self.solo) + 1) % len(PANELS)]
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

    def action_copy(self) -> None:
        """Copy the pane with the focus, or all of them, to the clipboard of the terminal."""
        texts = self.query_one(Panes).texts
        if texts:
            self.app.copy_to_clipboard("\n\n".join(f"{name}\n{text}" for name, text in texts))
            names = ", ".join(name for name, _ in texts)
            self.notify(f"Copied: {names}. Where the terminal has no clipboard, w writes the run to a file.")

    def action_write(self) -> None:
        """Write the run to a file."""
        trace = self.trace
        if trace is None or not trace.finished:
            self.notify("There is no finished run to write.")
            return

        def write(path: str | None) -> None:
            if path is not None:
                self._write(trace, path)

        name = f"{trace.header.experiment.driver}-{trace.header.experiment.sharing}"
        names = (f"{name}-{number}.jsonl" if number > 1 else f"{name}.jsonl" for number in count(1))
        free = next(path for path in names if not Path(path).exists())
        self.app.push_screen(AskScreen("write the run to", free), write)

    @work(group="write")
    async def _write(self, trace: Trace, path: str) -> None:
        try:
            await asyncio.to_thread(save, trace, path)
        except (PgtuiError, OSError) as error:
            self.notify(f"It could not be written: {error}", severity="error", markup=False)
        else:
            self.written = path
            self.notify(f"Written. pgtui replay {path} opens it.", markup=False)

    # The panels' messages
    @on(Timeline.Sought)
    def seek(self, message: Timeline.Sought) -> None:
        """Go where the mouse is on the timeline."""
        self.action_seek(message.index)

    def unmark(self) -> bool:
        """Take the marks off the events of the chosen finding; whether there were any."""
        marked = bool(self.highlighted)
        if marked:
            self.highlighted = frozenset()
            self.draw()
        return marked

    @on(Findings.Chosen)
    def go_to_finding(self, message: Findings.Chosen) -> None:
        """Show the events that a finding rests on, up to the last of them."""
        events = message.finding.events
        self.highlighted = frozenset(events)
        if events:
            self.action_seek(events[-1] + 1)
        else:
            self.draw()
