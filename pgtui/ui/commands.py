"""The one table of commands: keys, palette, footer and help are all made from it.

A command's id is what the settings file calls it: `[keys]` there gives it other keys. An action is a method of the
screen that the command belongs to, as Textual names actions.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that the user can do.

    Attributes:
        id: its name in the settings file.
        keys: the keys that do it, Textual's names; the first is the one that is shown.
        action: the action that it calls.
        label: what the footer says, at most ten characters.
        help: what it does, in a sentence.
        group: the heading that it stands under in the help.
        shown: whether the footer has it.
        wide: whether it has it only where there is much room.
        display: how the key is written, when not as Textual would.
        vim: the keys that do it besides, for those who have vim in their fingers.
    """

    id: str
    keys: tuple[str, ...]
    action: str
    label: str
    help: str
    group: str
    shown: bool = False
    wide: bool = False
    display: str | None = None
    vim: tuple[str, ...] = ()

    def bindings(self, vim: bool = True) -> list[Binding]:
        """The first key as it is shown, the others as silent aliases."""
        keys = self.keys + (self.vim if vim else ())
        return [
            Binding(
                key,
                self.action,
                self.label,
                show=self.shown and place == 0,
                key_display=self.display if place == 0 else None,
                tooltip=self.help,
                id=self.id if place == 0 else f"{self.id}-{place + 1}",
            )
            for place, key in enumerate(keys)
        ]

    def key_words(self, vim: bool = True) -> str:
        """The keys as people write them: `← h`."""
        return " ".join(_written(key) for key in self.keys + (self.vim if vim else ()))


_WRITTEN = {
    "left": "←", "right": "→", "up": "↑", "down": "↓", "shift+left": "⇧←", "shift+right": "⇧→", "plus": "+",
    "minus": "-", "equals_sign": "=", "question_mark": "?", "left_square_bracket": "[", "right_square_bracket": "]",
    "left_curly_bracket": "{", "right_curly_bracket": "}", "left_parenthesis": "(", "right_parenthesis": ")",
    "comma": ",", "full_stop": ".", "less_than_sign": "<", "greater_than_sign": ">", "dollar_sign": "$",
    "escape": "esc", "asterisk": "*", "slash": "/",
}  # fmt: skip


def _written(key: str) -> str:
    key = _WRITTEN.get(key, key)
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+')}"
    return key


EXPERIMENT, RUN, TIME, VIEW, PGTUI = "Experiment", "Run", "Time", "View", "pgtui"
FIELD_GUIDE, HAZARD = "In the field guide", "While a hazard is shown"
GROUPS = (EXPERIMENT, RUN, TIME, VIEW, PGTUI)
BEYOND = (FIELD_GUIDE, HAZARD)
"""Headings of what can be done on other screens."""

LIVE: tuple[Command, ...] = (
    Command("run", ("r",), "run", "run", "Run the experiment.", RUN, True),
    Command("cancel", ("escape",), "cancel", "cancel", "End the run, or leave what is open.", RUN),
    Command("driver", ("d",), "cycle('driver', 1)", "driver", "The next driver.", EXPERIMENT),
    Command("driver-back", ("D",), "cycle('driver', -1)", "driver", "The driver before.", EXPERIMENT),
    Command("sharing", ("s",), "cycle('sharing', 1)", "sharing", "The next sharing mode.", EXPERIMENT),
    Command("sharing-back", ("S",), "cycle('sharing', -1)", "sharing", "The sharing mode before.", EXPERIMENT),
    Command("yielding", ("y",), "cycle('yielding', 1)", "yielding", "Yield after each row, or not.", EXPERIMENT),
    Command("reading", ("f",), "cycle('reading', 1)", "reading", "The next way to fetch rows.", EXPERIMENT),
    Command("reading-back", ("F",), "cycle('reading', -1)", "reading", "The way to fetch before.", EXPERIMENT),
    Command("tasks", ("t",), "edit('tasks')", "tasks", "How many tasks run at once.", EXPERIMENT),
    Command("rows", ("n",), "edit('rows')", "rows", "How many rows each task asks for.", EXPERIMENT),
    Command("query", ("q",), "query", "query", "Edit the query; it has a history.", EXPERIMENT),
    Command("delay", ("z",), "edit('server_delay')", "delay", "Milliseconds that each row costs on the server.",
            EXPERIMENT),
    Command("pool", ("o",), "edit('pool_size')", "pool", "How many connections a pool holds.", EXPERIMENT),
    Command("eager", ("e",), "cycle('eager', 1)", "eager", "Start tasks eagerly (Python 3.12 and newer).", EXPERIMENT),
    Command("presets", ("p",), "presets", "presets", "Experiments to begin with, the notebook's cells among them.",
            EXPERIMENT, True),
    Command("play", ("space",), "play", "play", "Play or pause; at the end: play again, in slow motion.", TIME, True),
    Command("step", ("right",), "step(1)", "step", "One event on.", TIME, True, display="←→", vim=("l",)),
    Command("step-back", ("left",), "step(-1)", "back", "One event back.", TIME, vim=("h",)),
    Command("switch", ("shift+right",), "switch(True)", "switch", "To where another task runs next.", TIME,
            vim=("L",)),
    Command("switch-back", ("shift+left",), "switch(False)", "back", "To where another task ran last.", TIME,
            vim=("H",)),
    Command("home", ("home",), "seek(0)", "begin", "To the beginning.", TIME, vim=("0",)),
    Command("end", ("end",), "end", "end", "To the end; a run that goes on is followed.", TIME,
            vim=("G", "dollar_sign")),
    Command("faster", ("plus", "equals_sign"), "faster(True)", "faster", "Play twice as fast.", TIME),
    Command("slower", ("minus",), "faster(False)", "slower", "Play half as fast.", TIME),
    Command("axis", ("x",), "axis", "axis", "The timeline by step (each as wide) or by time.", VIEW),
    Command("zoom-in", ("greater_than_sign",), "zoom(2.0)", "zoom in", "Show half as much of the timeline.", VIEW),
    Command("zoom-out", ("less_than_sign",), "zoom(0.5)", "zoom out", "Show twice as much of the timeline.", VIEW),
    Command("pan-left", ("comma",), "pan(-1)", "pan left", "Move the timeline's view to the left.", VIEW),
    Command("pan-right", ("full_stop",), "pan(1)", "pan right", "Move the timeline's view to the right.", VIEW),
    Command("open", ("enter",), "open", "open", "Make the pane as large as the screen, or small again.", VIEW),
    Command("next-panel", ("v",), "next_panel", "panel", "Where there is room for one: timeline, code, findings.",
            VIEW),
    Command("controls", ("f2",), "panel('controls')", "controls", "Show or hide the controls.", VIEW),
    Command("timeline", ("f3",), "panel('timeline')", "timeline", "Show or hide the timeline.", VIEW),
    Command("code", ("f4",), "panel('code')", "code", "Show or hide the code.", VIEW),
    Command("findings", ("f5",), "panel('findings')", "findings", "Show or hide what happened.", VIEW),
    Command("taller", ("right_curly_bracket",), "resize('height', 1)", "taller", "Make the panes taller.", VIEW),
    Command("shorter", ("left_curly_bracket",), "resize('height', -1)", "shorter", "Make the panes shorter.", VIEW),
    Command("wider", ("right_parenthesis",), "resize('width', 1)", "wider", "Make the code wider.", VIEW),
    Command("narrower", ("left_parenthesis",), "resize('width', -1)", "narrower", "Make the code narrower.", VIEW),
    Command("copy", ("Y",), "copy", "copy", "Copy the pane's text; without a pane, all of them.", VIEW),
    *(
        Command(f"task-{number}", (str(number),), f"focus_task({number})", f"task {number}",
                f"To the pane of task {number}.", VIEW)
        for number in range(1, 9)
    ),
    Command("repeat", ("a",), "repeat", "again ×20", "Run it 20 times, to see whether it is always the same.", RUN,
            True),
    Command("compare", ("c",), "compare", "compare", "The same experiment on two drivers, on one time axis.", RUN,
            True),
    Command("matrix", ("m",), "matrix", "matrix", "Every driver in every sharing mode, each with a verdict.", RUN,
            True, wide=True),
    Command("guide", ("g",), "guide", "guide", "The field guide: 32 hazards, each run on your server.", RUN,
            True, wide=True),
    Command("write", ("w",), "write", "write", "Write the run to a file.", RUN, True, wide=True),
    Command("load", ("O",), "load", "open file", "Open a run that was written to a file.", RUN),
)  # fmt: skip

EVERYWHERE: tuple[Command, ...] = (
    Command("help", ("question_mark",), "app.help", "help", "Keys, columns and glyphs explained.", PGTUI, True),
    Command("palette", ("ctrl+p",), "app.command_palette", "palette", "Every command, by name.", PGTUI),
    Command("theme", ("ctrl+t",), "app.next_theme", "theme", "The next theme.", PGTUI),
    Command("tour", ("f1",), "app.tour", "tour", "The first visit's guide again.", PGTUI),
    Command("quit", ("ctrl+q",), "app.quit", "quit", "Close connections and leave.", PGTUI, True),
)

COMMANDS: tuple[Command, ...] = (*LIVE, *EVERYWHERE)

WIDE = frozenset(command.action for command in COMMANDS if command.wide)
"""Actions whose keys a narrow footer does not have."""

GUIDE: tuple[Command, ...] = (
    Command("guide-show", ("enter",), "show", "show it", "Run the hazard and its right way, and look at both.",
            FIELD_GUIDE, True),
    Command("guide-search", ("slash",), "search", "search", "Search: words, or an error, pasted as it is.",
            FIELD_GUIDE, True),
    Command("guide-driver", ("d",), "driver(1)", "driver", "The recipes of the next driver.", FIELD_GUIDE, True),
    Command("guide-driver-back", ("D",), "driver(-1)", "driver", "The recipes of the driver before.", FIELD_GUIDE),
    Command("guide-panel", ("tab",), "app.focus_next", "panel", "List, entry or recipes: that with the keys is large.",
            FIELD_GUIDE, True),
    Command("guide-back", ("escape", "g"), "back", "back", "End the search; without one, go back.", FIELD_GUIDE, True),
)  # fmt: skip
"""The commands of the guide screen."""

SHOWING: tuple[Command, ...] = (
    Command("showing-side", ("s",), "side", "other side", "From the hazard's run to the right way's, and back.", HAZARD,
            True),
    Command("showing-driver", ("d",), "driver(1)", "driver", "The next driver that the hazard is shown on.", HAZARD,
            True),
    Command("showing-driver-back", ("D",), "driver(-1)", "driver", "The driver before.", HAZARD),
    Command("showing-again", ("r",), "again", "again", "Run it again.", HAZARD, True),
    Command("showing-back", ("escape",), "cancel", "stop, back", "End what runs; when nothing does, go back.", HAZARD,
            True),
)  # fmt: skip
"""The commands of the screen that shows a hazard."""

SEEKING = ("play", "step", "step-back", "switch", "switch-back", "home", "end", "faster", "slower", "axis", "zoom-in",
           "zoom-out", "pan-left", "pan-right")  # fmt: skip
"""The commands that a screen with a playhead has."""

ON_A_RUN = ("open", "next-panel", "controls", "timeline", "code", "findings", "taller", "shorter", "wider", "narrower",
            "copy", "write", *(f"task-{number}" for number in range(1, 9)))  # fmt: skip
"""The commands that a screen has which shows one run in its panels."""


def bindings_of(commands: Iterable[Command], *, vim: bool = True) -> list[Binding]:
    """The bindings of these commands, for a screen's BINDINGS."""
    return [binding for command in commands for binding in command.bindings(vim)]


def chosen(*ids: str) -> tuple[Command, ...]:
    """The commands with these ids, in the table's order."""
    return tuple(command for command in COMMANDS if command.id in ids)
