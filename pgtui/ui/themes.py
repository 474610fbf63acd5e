"""The names of all theme variables of pgtui's own, and the values they have unless a theme gives others.

A theme variable is a colour (`task-3`, `state-lock`, `row-lost`) or a glyph (`glyph-lock`), one cell wide.
Every variable has a default here, so each may be used under every theme: in CSS as `$task-3`, when drawing
by `pgtui.ui.look`. Meaning never hangs on colour alone: a state has a glyph and a word too. Nothing here
imports Textual, so that `pgtui themes` is quick.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.theme import Theme

    from pgtui.ui.theme_files import ThemeFile

TASK_DEFAULTS: dict[str, str] = {
    "task-1": "#3fcf7f",  # green
    "task-2": "#ff5faf",  # pink: 205 of the xterm palette
    "task-3": "#0087af",  # teal: 31 of the xterm palette
    "task-4": "#ffb038",  # amber
    "task-5": "#a483ff",  # violet
    "task-6": "#ff7d52",  # coral
    "task-7": "#b6e34a",  # lime
    "task-8": "#6cb6ff",  # sky
    "task-9": "#ffb3c1",  # rose
    "task-10": "#e8d05c",  # gold
    "task-11": "#92f0cf",  # mint
    "task-12": "#d97be0",  # plum
    "task-13": "#cdb99a",  # sand
    "task-14": "#22d3e0",  # cyan
    "task-15": "#ee4050",  # ruby
    "task-16": "#98a048",  # olive
    "task-text": "#0d1117",
}
"""The colours of the tasks by number, in the order of their names; `task-text` is for text on them."""

STATE_DEFAULTS: dict[str, str] = {
    "state-absent": "#838d9c",
    "state-connecting": "#9fb3c8",
    "state-running": "#f2f5f9",
    "state-ready": "#b8c4d2",
    "state-yielded": "#97a3b8",
    "state-waiting": "#8b95a5",
    "state-lock": "#e5b567",
    "state-done": "#3fcf7f",
    "state-error": "#ff6b6b",
    "state-cancelled": "#b48ead",
    "state-timeout": "#ff9e64",
}
"""The colours of a task's state, `state-` and a name that `pgtui.ui.look.state_name` gives."""

GLYPH_DEFAULTS: dict[str, str] = {
    # A task's state.
    "glyph-absent": "·",
    "glyph-connecting": "↔",
    "glyph-running": "►",
    "glyph-ready": "○",
    "glyph-yielded": "◄",
    "glyph-waiting": "…",
    "glyph-lock": "■",
    "glyph-done": "√",
    "glyph-error": "×",
    "glyph-cancelled": "Ø",
    "glyph-timeout": "!",
    # In a pane and in the ribbon.
    "glyph-shared": "∞",  # several tasks are on this connection
    "glyph-row": "█",
    "glyph-foreign": "←",
    "glyph-doubled": "=",
    "glyph-lost": "□",
    # In the timeline.
    "glyph-lane-running": "█",
    "glyph-lane-ready": "░",
    "glyph-lane-waiting": "─",
    "glyph-lane-held": "▄",  # who holds a lock or a connection
    "glyph-lane-row": "●",
    "glyph-lane-error": "×",
    "glyph-lane-ui": "│",
    "glyph-playhead": "│",
    # Beside the code, the findings and the modes.
    "glyph-marker": "►",
    "glyph-finding": "●",
    "glyph-advice": "→",
    "glyph-live": "●",
    "glyph-playing": "►",
    "glyph-paused": "‖",
    "glyph-finished": "■",
}
"""Glyphs of one cell, from the set that the fonts of common terminals have (WGL4 and Latin-1)."""

OTHER_DEFAULTS: dict[str, str] = {
    # Rows and what is written beside them.
    "row-lost": "#e5b567",
    "row-foreign": "#ff9e64",  # the words that say so; the row has its owner's colour
    "row-doubled": "#b48ead",
    "row-tag": "#838d9c",
    "dim": "#8b95a5",
    # The timeline.
    "ui-lane": "#838d9c",
    "mark": "#ffd75f",  # the playhead, and events that a finding rests on
    # Frames, keys, pickers.
    "frame": "#39424f",
    "frame-focus": "#c9d1d9",
    "key": "#e5b567",
    "picked": "#c9d1d9",
    "picked-text": "#0d1117",
    # How the playhead moves.
    "mode-live": "#ff6b6b",
    "mode-playing": "#3fcf7f",
    "mode-paused": "#e5b567",
    "mode-finished": "#9fb3c8",
    # Findings by their weight, and advice.
    "finding-bad": "#ff6b6b",
    "finding-costly": "#e5b567",
    "finding-worth-knowing": "#9fb3c8",
    "advice": "#3fcf7f",
    # Source code and SQL.
    "code-text": "#c9d1d9",
    "code-keyword": "#d2a8ff",
    "code-string": "#a5d6a7",
    "code-number": "#e5b567",
    "code-comment": "#8b95a5",
    "code-function": "#79c0ff",
    "code-type": "#7fd5d5",
    "code-operator": "#9fb3c8",
    "code-line": "#1c2430",  # behind the line of the playhead
}

VARIABLE_DEFAULTS: dict[str, str] = {
    **TASK_DEFAULTS,
    **STATE_DEFAULTS,
    **OTHER_DEFAULTS,
    **{name: f'"{glyph}"' for name, glyph in GLYPH_DEFAULTS.items()},
}
"""All variables of pgtui's own, as CSS values (a glyph is in double quotes): the theme `notebook`."""


def variable_defaults(theme: "Theme | ThemeFile") -> dict[str, str]:
    """What stands in for the variables that a theme does not give; for `App.get_theme_variable_defaults`.

    On a light background the colours are darkened until they can be read there.
    """
    variables = VARIABLE_DEFAULTS
    if not theme.dark:
        from pgtui.ui.contrast import darkened

        variables = darkened(VARIABLE_DEFAULTS, theme.background)
    return variables | _ANSI_DEFAULTS[theme.dark] if theme.ansi else variables


# What Textual's own widgets use and its generator of ANSI variables leaves out (textual/design.py).
_ANSI_DEFAULTS = {
    True: {"ansi-background": "ansi_black", "ansi-foreground": "ansi_white"},
    False: {"ansi-background": "ansi_white", "ansi-foreground": "ansi_black"},
}
