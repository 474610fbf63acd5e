"""The ribbon: every row once, in order, in its task's colour, and the counts that the ledger has."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pgtui.core.events import Kind, Resource
from pgtui.core.experiment import Experiment, Sharing
from pgtui.core.ledger import order
from pgtui.core.trace import Trace
from pgtui.ui.draw.arrivals import arrivals, bins, stretches_of_rows
from pgtui.ui.draw.cells import text_of
from pgtui.ui.draw.kept import kept
from pgtui.ui.draw.letters import letters
from pgtui.ui.draw.ribbon import ribbon
from pgtui.ui.look import DEFAULT_LOOK
from pgtui.ui.picture import Picture, picture_at
from tests.ui.random_runs import patient, random_run, runs
from tests.ui.traces import made, new_connection, shared_connection, shared_cursor, turns


def text(picture: Picture, columns: int = 100, height: int = 1) -> str:
    return "\n".join(text_of(row).rstrip() for row in ribbon(picture, (columns, height), DEFAULT_LOOK))


def test_a_cell_a_row_with_what_is_lost_and_what_it_adds_up_to() -> None:
    lost = "   □   □   □   □  "
    assert text(picture_at(shared_cursor())) == (f"rows   g   p   t   t   t{lost}   g p ttt · 5 of 9 arrived · 4 lost")


def test_nothing_is_shown_that_has_not_arrived_yet() -> None:
    trace = new_connection()
    rows = [event.index for event in trace.events() if event.kind is Kind.ROW]
    assert text(picture_at(trace, rows[2])) == "rows   t   p     t p · 2 of 9 arrived"
    assert text(picture_at(trace, rows[0])) == "rows     0 of 9 arrived"


def test_repeats_are_told_behind_the_counts() -> None:
    picture = picture_at(shared_connection())
    assert text(replace(picture, same=(20, 20))).endswith("9 of 9 arrived · same in 20 of 20 runs")
    assert text(replace(picture, same=(3, 20))).endswith("same in 3 of 20 runs")


def test_two_lines_give_the_cells_all_the_width() -> None:
    assert text(picture_at(shared_connection()), 60, 2).splitlines() == [
        "rows   g   g   g   p   p   p   t   t   t",
        "      ggg ppp ttt · 9 of 9 arrived",
    ]


@pytest.mark.parametrize(
    ("rows", "cells"),
    [(4, " g   p   t   g   p "), (10, "g p t g p t g p t"), (20, "gptgptgpt"), (40, "▌▌▌"), (300, "▌▌▌▌▌▌▌▌▌▌▌▌")],
)
def test_rows_are_as_wide_as_there_is_room_for(rows: int, cells: str) -> None:
    assert cells in text(picture_at(turns(3, rows)), 90, 2)


def test_stretches_of_one_task_have_its_letter_and_colour_in_a_long_run() -> None:
    lines = ["1 CREATED green", "1 CREATED pink", "2 RUNS green"]
    lines += [f"{3 + n} ROW green 1 {n}" for n in range(1, 601)]
    lines += ["700 DONE green", "701 RUNS pink"]
    lines += [f"{702 + n} ROW pink 2 {n}" for n in range(1, 601)]
    picture = picture_at(made(lines, Experiment(tasks=2), expected=600))
    first, second = text(picture, 66, 2).splitlines()
    assert first == "rows  g" + "█" * 29 + "p" + "█" * 29
    assert second == "      g×600 p×600 · 1,200 of 1,200 arrived"


def test_foreign_and_doubled_rows_are_marked_and_counted() -> None:
    trace = made(
        ["1 CREATED green", "2 CREATED pink", "3 RUNS green", "4 ROW green 1 1", "5 ROW green 2 1",
         "6 ROW_AGAIN green 1 1", "7 DONE green"],
        Experiment(tasks=2),
    )  # fmt: skip
    assert text(picture_at(trace)).startswith("rows   g  g←p  g=  □   □")
    assert "3 of 6 arrived · 2 lost · 1 foreign · 1 doubled" in text(picture_at(trace))


def test_of_one_result_rows_are_lost_only_when_nobody_got_them() -> None:
    events = ["1 CREATED green", "2 CREATED pink", "3 RUNS green", "4 ROW green 0 1", "5 DONE green",
              "6 RUNS pink", "7 ROW pink 0 2", "8 DONE pink"]  # fmt: skip
    trace = made(events, Experiment(tasks=2, sharing=Sharing.ONE_RESULT))
    assert text(picture_at(trace)).endswith("g p · 2 of 3 arrived · 1 lost")
    assert text(picture_at(trace, 5)).endswith("g · 1 of 3 arrived")


def test_without_tags_there_is_no_expectation() -> None:
    trace = made(["1 CREATED green", "2 RUNS green", "3 ROW green 0 1"], Experiment(tasks=1), expected=None)
    assert text(picture_at(trace)).endswith("g · 1 arrived")


def test_where_there_is_little_room_the_counts_outlive_the_order() -> None:
    assert text(picture_at(new_connection()), 30) == "    tptptpggg   9 of 9 arrived"


@patient
@given(runs, st.integers(1, 150), st.integers(1, 3), st.floats(0, 1))
def test_every_line_has_exactly_its_cells(trace: Trace, columns: int, height: int, share: float) -> None:
    rows = ribbon(picture_at(trace, int(share * len(trace))), (columns, height), DEFAULT_LOOK)
    assert [cell_len(text_of(row)) for row in rows] == [columns] * height


@patient
@given(runs, st.floats(0, 1))
def test_the_order_is_the_ledgers(trace: Trace, share: float) -> None:
    index = int(share * len(trace))
    assert stretches_of_rows(kept(trace), trace.at(index)) == order(trace, index)


@patient
@given(runs, st.floats(0, 1))
def test_the_arrivals_are_the_traces_rows(trace: Trace, share: float) -> None:
    index = int(share * len(trace))
    rows = [event for event in trace.events(0, index) if event.kind in (Kind.ROW, Kind.ROW_AGAIN)]
    found = arrivals(kept(trace), index)
    assert [(row.task, row.owner, row.again) for row in found] == [
        (event.task, event.owner, event.kind is Kind.ROW_AGAIN) for event in rows
    ]
    assert sum(row.foreign for row in found) == sum(task.foreign for task in trace.at(index).tasks)


@patient
@given(st.integers(0, 500), st.integers(1, 5), st.integers(1, 40))
def test_bins_hold_every_row_where_they_are_finer_than_chunks(seed: int, tasks: int, count: int) -> None:
    trace = random_run(seed, tasks, 400)
    moment = trace.now.copy()
    found = bins(trace, kept(trace), moment, count)
    every = sum(found, Counter())
    assert every == Counter({task.number: task.received for task in moment.tasks if task.received})
    if moment.rows:
        assert max(box.total() for box in found) - min(box.total() for box in found) <= 1


def test_bins_of_a_long_run_are_nearly_right_without_a_look_at_its_rows() -> None:
    trace = random_run(1, 3, 4_000, chunk=16, lasting=True)
    moment = trace.now.copy()
    found = bins(trace, kept(trace), moment, 10)
    exact = bins(random_run(1, 3, 4_000, lasting=True), kept(random_run(1, 3, 4_000, lasting=True)), moment, 10)
    for box, right in zip(found, exact, strict=True):
        for task in right:
            assert box[task] == pytest.approx(right[task], abs=0.15 * right.total())


def test_rows_that_are_not_kept_are_counted_for_nobody() -> None:
    trace = random_run(3, 1, 3_000, chunk=8, most_chunks=1, lasting=True)
    found = stretches_of_rows(kept(trace), trace.now)
    assert sum(count for _, count in found) == trace.now.rows


def test_every_task_of_a_screenful_has_a_letter_of_its_own() -> None:
    names = turns(48, 1).header.names
    assert letters(names)[1:17] == tuple("gptavclsromunybi")
    assert len(set(letters(names))) == 49


def test_a_lock_is_no_row() -> None:
    trace = shared_cursor()
    assert any(isinstance(payload, Resource) for payload in trace.payloads)
    assert len(arrivals(kept(trace), len(trace))) == 5
