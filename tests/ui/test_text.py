"""Text from a server stays in its cells: nothing in it moves the cursor, hides, or is wider than it says."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pgtui.ui.columns import Columns, columns, fit
from pgtui.ui.text import clipped, fitted, milliseconds, value_text, visible, width
from tests.ui.traces import hostile, shared_cursor


@given(st.text())
def test_no_control_survives(text: str) -> None:
    for character in visible(text):
        assert unicodedata.category(character) not in ("Cc", "Cs")
        assert character not in "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"


@given(st.text(), st.integers(0, 40))
def test_clipped_and_fitted_keep_to_their_cells(text: str, cells: int) -> None:
    shown = visible(text)
    assert cell_len(clipped(shown, cells)) <= cells
    assert cell_len(fitted(shown, cells)) == cells


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("a\tb\nc\r\0", "a␉b␊c␍␀"),
        ("\x9b2J", "�2J"),
        ("\u202etxt", "�txt"),
        (None, "NULL"),
        (b"\x00\xff", "\\x00ff"),
        (12.5, "12.5"),
        ("[red]", "[red]"),
    ],
)
def test_values_are_made_visible(value: object, text: str) -> None:
    assert value_text(value) == text


def test_marks_do_not_pile_up_nor_stand_alone() -> None:
    assert visible("e" + "\u0301" * 50) == "e" + "\u0301" * 3
    assert visible("\u0301x").startswith("◌")


def test_a_long_text_is_clipped_quickly() -> None:
    assert clipped("x" * 1_000_000, 10) == "x" * 9 + "…"


@given(st.lists(st.integers(0, 200), max_size=8), st.integers(1, 120))
def test_columns_fit(wanted: list[int], cells: int) -> None:
    found = fit(tuple(wanted), cells)
    values = ["x" * wide for wide in wanted]
    if found.widths:
        assert width(found.text(values).rstrip()) <= max(cells, 1) + 3 * found.missing


def test_a_uuid_gives_way_first() -> None:
    assert fit((36, 26), 40) == Columns((9, 26))


def test_hostile_rows_are_one_line_each_and_aligned() -> None:
    trace = hostile()
    laid_out = columns(trace, 60)
    texts = [laid_out.text(values[:-2]) for values in trace.first_values.values()]
    assert all("\n" not in text and "\x1b" not in text for text in texts)
    assert all(width(text) <= 60 for text in texts)


def test_columns_are_the_same_for_every_row() -> None:
    trace = shared_cursor()
    laid_out = columns(trace, 50)
    starts = {laid_out.text(values[:-2]).index(str(values[1])[:5]) for values in trace.first_values.values()}
    assert len(starts) == 1


@pytest.mark.parametrize(
    ("ns", "text"),
    [(0, "0.00 ms"), (60_000, "0.06 ms"), (6_700_000, "6.7 ms"), (250_000_000, "250 ms"), (1_200_000_000, "1.2 s"),
     (61_000_000_000, "61 s")],
)  # fmt: skip
def test_durations(ns: int, text: str) -> None:
    assert milliseconds(ns) == text
