"""What happened, as it is written: sentences wrapped in their width, names in their colours, and no silence."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pgtui.core.experiment import Experiment, Sharing
from pgtui.core.findings import Finding, Weight
from pgtui.core.trace import Trace
from pgtui.ui.draw.cells import text_of
from pgtui.ui.draw.findings import sheet
from pgtui.ui.look import DEFAULT_LOOK
from pgtui.ui.picture import Picture, picture_at
from tests.ui.traces import made, new_connection, shared_connection, shared_cursor, turns

RESET = Finding(
    "cursor-reset", 1, "A cursor holds one result: pink's execute() threw green's away.",
    "Give each task its own cursor.", (3, 9), instead=(Sharing.SHARED_CONNECTION, Sharing.NEW_CONNECTION),
)  # fmt: skip
LANE = Finding("one-lane", None, "One lane: pink waited.", "", (5,), Weight.COSTLY)


def picture(trace: Trace, *findings: Finding, same: tuple[int, int] | None = None) -> Picture:
    return replace(picture_at(trace), findings=findings, same=same)


def texts(shown: Picture, columns: int = 40) -> list[str]:
    return [text_of(row).rstrip() for row in sheet(shown, columns, DEFAULT_LOOK).rows]


def test_a_finding_has_its_weight_its_advice_and_where_the_trouble_does_not_show() -> None:
    assert texts(picture(shared_cursor(), RESET, LANE), 60) == [
        "● A cursor holds one result: pink's execute() threw green's",
        "  away.",
        "→ Give each task its own cursor.",
        "  instead: shared connection · new connection",
        "",
        "▲ One lane: pink waited.",
    ]


def test_names_of_tasks_have_their_colours_and_the_headline_is_bold() -> None:
    row = sheet(picture(shared_cursor(), RESET), 80, DEFAULT_LOOK).rows[0]
    coloured = {text.strip(): style.color.name for text, style, _ in row if style.color and text.strip()}
    assert coloured["pink's"] == DEFAULT_LOOK.task(2)
    assert coloured["green's"] == DEFAULT_LOOK.task(1)
    bold = "".join(text for text, style, _ in row if style.bold)
    assert "A" in bold
    assert "result:" in bold
    assert "threw" not in bold


def test_each_line_knows_its_finding() -> None:
    drawn = sheet(picture(shared_cursor(), RESET, LANE, same=(2, 20)), 60, DEFAULT_LOOK)
    assert drawn.owners == (0, 0, 0, 0, -1, 1, -1, -1)
    assert drawn.lines_of(0) == (0, 4)
    assert drawn.lines_of(1) == (5, 6)
    assert drawn.lines_of(7) == (0, 0)


def test_the_finding_under_the_cursor_is_lit_in_all_its_lines() -> None:
    rows = sheet(picture(shared_cursor(), RESET, LANE), 60, DEFAULT_LOOK, cursor=0).rows
    lit = [all(style.bgcolor is not None for _, style, _ in row) for row in rows]
    assert lit == [True, True, True, True, False, False]


def test_repeats_are_told_in_words() -> None:
    assert texts(picture(shared_cursor(), RESET, same=(20, 20)), 80)[-1].startswith("= Same every run: 20 of 20")
    assert texts(picture(shared_cursor(), RESET, same=(3, 20)), 80)[-1].startswith("≠ Not the same every run: 3 of 20")


def unfinished() -> Trace:
    return new_connection(finished=False)


def failing() -> Trace:
    return made(["1 CREATED green", "2 RUNS green", "3 FAILED green x.Error|no||0|"], Experiment(tasks=1))


def untagged() -> Trace:
    return made(["1 CREATED green", "2 RUNS green", "3 DONE green"], Experiment(tasks=1), expected=None)


def cancelled() -> Trace:
    return made(["1 CREATED green", "2 RUNS green", "3 CANCELLED green"], Experiment(tasks=1))


@pytest.mark.parametrize(
    ("trace", "words"),
    [
        (unfinished(), "… Nothing to say so far."),
        (shared_connection(), "√ Nothing went wrong: each of 3 tasks got its 3 rows, and no other task's."),
        (turns(1, 5), "√ Nothing went wrong: green got its 5 rows, and no other task's."),
        (shared_cursor(), "× green, pink met an error: the panes say how; no rule knows why."),
        (failing(), "× green met an error: the panes say how; no rule knows why."),
        (cancelled(), "× green ended before the end: the panes say how; no rule knows why."),
        (untagged(), "√ No error. The rows are not tagged, so lost ones cannot be told."),
    ],
    ids=["unfinished", "full", "one task", "two failed", "failed", "cancelled", "untagged"],
)
def test_without_a_finding_it_says_what_that_means(trace: Trace, words: str) -> None:
    assert texts(picture(trace), 100) == [words]


def test_before_the_end_of_a_finished_run_there_is_nothing_to_say_yet() -> None:
    trace = new_connection()
    assert texts(picture_at(trace, 30)) == ["… Nothing to say so far."]


def test_markup_and_escapes_in_a_finding_are_text() -> None:
    hostile = replace(LANE, text="[red]green[/red] \x1b[2J said 世界")
    assert texts(picture(shared_cursor(), hostile), 60) == ["▲ [red]green[/red] ␛[2J said 世界"]


@given(st.text(max_size=120), st.integers(1, 50))
def test_every_line_has_exactly_its_cells_and_nothing_is_left_out(text: str, columns: int) -> None:
    shown = picture(shared_cursor(), replace(LANE, text=text, advice=text), same=(1, 2))
    rows = sheet(shown, columns, DEFAULT_LOOK).rows
    assert all(cell_len(text_of(row)) == columns for row in rows)


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=30), min_size=1, max_size=12), st.integers(6, 50))
def test_no_letter_is_lost_in_wrapping(words: list[str], columns: int) -> None:
    rows = texts(picture(shared_cursor(), replace(LANE, text=" ".join(words))), columns)
    assert "".join(row[2:] for row in rows).replace(" ", "") == "".join(words)
