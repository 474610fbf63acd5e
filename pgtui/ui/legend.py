"""What every glyph, column and word of the screen means: the help's second part. Pure text."""

from pgtui.core.state import Phase
from pgtui.ui.look import state_name

STATES: tuple[tuple[str, str, str], ...] = (
    (state_name(Phase.ABSENT), "not begun", "the run has not created the task yet"),
    ("connecting", "connecting", "it waits for its connection to open"),
    ("running", "running", "it is on the loop (or its thread runs): only one task is, at any moment"),
    ("ready", "ready", "what it waited for has come; it runs when the loop gets to it"),
    ("yielded", "yielded", "it let go of the loop with sleep(0), and is ready to go on"),
    ("waiting", "waiting for server", "it waits for the server's answer"),
    ("lock", "waiting for lock held by …", "it waits for another task: a lock or a pool has no more room"),
    ("done", "done", "its function returned"),
    ("error", "error", "its function raised; the pane says what"),
    ("cancelled", "cancelled", "you ended the run, or another task did"),
    ("timeout", "out of time", "the experiment's time was over"),
)
"""Glyph and colour of a state, the words for it, and what it means."""

MARKS: tuple[tuple[str, str, str], ...] = (
    ("shared", "foreground", "behind a pid: other tasks are on the same connection"),
    ("foreign", "row-foreign", "a row that another task had asked for, in that task's colour"),
    ("doubled", "row-doubled", "a row that had arrived before, here or at another task"),
    ("lost", "row-lost", "rows that the task had asked for and that never came to it"),
    ("lane-row", "foreground", "in the timeline: a row arrives"),
    ("lane-running", "foreground", "in the timeline: running"),
    ("lane-ready", "foreground", "in the timeline: ready, but another task runs"),
    ("lane-waiting", "foreground", "in the timeline: waiting"),
    ("lane-held", "foreground", "in the lane of a lock or connection: held by the task of that colour"),
    ("lane-error", "state-error", "in the timeline: the task ended with an error"),
    ("lane-ui", "ui-lane", "in the lane ui: this screen was painted, and the tasks had to wait"),
    ("playhead", "mark", "the moment that the whole screen shows"),
    ("marker", "mark", "in the code: where the task of that colour is"),
)
"""A glyph, its colour, and what it means."""

GUIDE_MARKS: tuple[tuple[str, str, str], ...] = (
    ("absent", "dim", "in the field guide: not run yet"),
    ("done", "state-done", "in its list: the hazard showed, and the right way was clean; in an entry: clean"),
    ("error", "state-error", "in its list: it did not show, or the right way was not clean; in an entry: not clean"),
    ("cancelled", "state-lock", "in the field guide: skipped, the entry says why"),
    ("finding", "finding-bad", "in an entry: the hazard showed"),
    ("ready", "mark", "in an entry: the hazard did not show"),
)
"""A glyph of the field guide, its colour, and what it means."""

WORDS: tuple[tuple[str, str], ...] = (
    ("- and +", "before a line of a recipe: only in that of the hazard, only in that of the right way"),
    ("g1", "behind a row: who asked for it (green), and which row of that result it is"),
    ("2 of 3 rows", "rows received of rows expected: the query's, cut at the number of rows that you set"),
    ("foreign", "rows received that another task had asked for"),
    ("doubled", "rows received a second time"),
    ("lost", "rows asked for that did not come to the task before it ended"),
    ("steps", "how often the loop resumed the task"),
    ("ran · ready · waited", "time on the loop · ready while others ran · waiting for server, lock or pool"),
    ("live", "the screen follows a run that goes on; paused, the run goes on all the same"),
    ("1 s = 2 ms", "the speed: one second of yours shows two milliseconds of the run"),
    ("event 14 of 67", "the playhead: how many events have happened; ← and → move it by one"),
    ("loop stall", "the longest time that the event loop came back late; p99: one time in a hundred"),
    ("ui 3 %", "the share of the loop that painting this screen took"),
    ("events not kept", "a very long run keeps its first and its last events; the gap is counted here"),
    ("untagged", "the query could not be wrapped, so rows do not tell who asked for them"),
)
"""A word of the screen, and what it means."""
