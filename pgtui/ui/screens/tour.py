"""The guide of the first visit: a few steps over the live screen, which goes on behind them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from pgtui.ui.look import look

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.screen import Screen


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        title: what it is about.
        text: what to look at.
        panel: the panel that it is about, a CSS selector; the others step back.
        keys: what can be pressed later on.
        above: whether the step stands above its panel.
    """

    title: str
    text: str
    panel: str
    keys: str
    above: bool = False


STEPS = (
    Step("Three tasks, one query",
         "green, pink and teal fetch the same rows from PostgreSQL at the same time. Each has a pane: what it does,"
         " its rows, the process id of its connection's backend.", "Pane, TaskList", ""),
    Step("It is in slow motion",
         "A run takes a few milliseconds. The screen shows it slowly, and everything on it is at one moment.",
         "Status", "space plays and pauses · ← → step · home, end"),
    Step("Who ran, who waited",
         "A lane a task: where it ran, where it waited, where its rows came. The ribbon under it is the order in"
         " which the rows arrived.", "Timeline, Ribbon", "x by step or by time · the mouse moves the playhead"),
    Step("Share something",
         "Let the tasks share one connection or one cursor, or take another driver, and see what breaks.", "Pickers",
         "s sharing · d driver · y yielding · p presets, the notebook's cells among them"),
    Step("What happened",
         "What went wrong is told in sentences, with what to write instead; enter on one shows where it happened.",
         "Findings, Code", "? explains every key and sign · ctrl+q leaves", above=True),
)  # fmt: skip
PANELS = "Status, Pickers, Pane, TaskList, Timeline, Ribbon, Code, Findings"


class TourScreen(ModalScreen[None]):
    """The guide; ends with None."""

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's
        Binding("enter,right,space", "go(1)", "next", id="tour-next"),
        Binding("left", "go(-1)", "back", id="tour-back"),
        Binding("escape", "dismiss", "skip", id="tour-skip"),
    ]

    DEFAULT_CSS = """
    TourScreen { align: center bottom; background: transparent; }
    TourScreen > Static {
        width: 72; max-width: 100%; height: auto; margin: 2 0 2 0;
        background: $surface; border: round $mark; padding: 0 2;
    }
    TourScreen.-above { align: center top; }
    """

    def __init__(self, shown: "Screen[None]") -> None:
        """The guide.

        Args:
            shown: the screen that it explains.
        """
        super().__init__()
        self._shown = shown
        self._step = 0

    def compose(self) -> "ComposeResult":
        yield Static(markup=False)

    def on_mount(self) -> None:
        """Begin with the first step."""
        self._show()

    def on_unmount(self) -> None:
        """Bring all panels back."""
        for panel in self._panels():
            panel.remove_class("-beside-the-tour")

    def action_go(self, by: int) -> None:
        """To the next step, or the one before; after the last one it is over."""
        if self._step + by >= len(STEPS):
            self.dismiss()
        else:
            self._step = max(0, self._step + by)
            self._show()

    def _show(self) -> None:
        step, theme = STEPS[self._step], look(self.app)
        wanted = set(self._shown.query(step.panel))
        for panel in self._panels():
            panel.set_class(panel not in wanted, "-beside-the-tour")
        self.set_class(step.above, "-above")
        text = Text()
        text.append(f"{step.title}\n", style=theme.style("mark", bold=True))
        text.append(f"{step.text}\n", style=theme.style("foreground"))
        if step.keys:
            text.append(f"{step.keys}\n", style=theme.style("key"))
        box = self.query_one(Static)
        box.border_title = f"{self._step + 1} of {len(STEPS)}"
        box.border_subtitle = "enter next · esc skip"
        box.update(text)

    def _panels(self) -> list[Widget]:
        return list(self._shown.query(PANELS).results(Widget))
