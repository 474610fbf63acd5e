"""A cell's numbers, and the words and data made of it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from pgtui.core.experiment import Experiment, Sharing
from pgtui.matrix.cells import MOST_STRETCHES, Cell, Verdict, cell_of, unsupported
from pgtui.matrix.words import GLYPHS, LEGEND, cell_report, meaning, order_words, short
from tests.matrix.made import MISREAD, REFUSAL, RESET, Row, run_of, split_rows, trace_of

rows = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 5)), max_size=30)


@given(st.lists(rows, min_size=1, max_size=4))
def test_lost_and_foreign_are_counted_from_the_tags_and_of_the_worst_run(runs: list[list[Row]]) -> None:
    cell = cell_of([trace_of(run, expected=5) for run in runs])
    assert cell.foreign == max(sum(task != owner for task, owner, _ in run) for run in runs)
    assert cell.lost == max(15 - len(own_and_first(run)) for run in runs)


def test_who_reads_one_result_with_others_loses_what_they_get() -> None:
    """As in `pgtui run`: each task asked for all rows, and got a share; nobody misses the others."""
    trace = trace_of(split_rows([1, 2, 3]), expected=3, sharing=Sharing.ONE_RESULT)
    cell = cell_of([trace])
    assert (cell.lost, cell.verdict) == (6, Verdict.ROUND_ROBIN)
    assert (cell.shared_out, cell.missed, short(cell)) == (6, 0, "○ round-robin")
    assert "one result for all, and none of its rows is lost" in meaning(cell)


def test_a_row_of_one_result_that_reached_nobody_is_missed() -> None:
    runs = [trace_of(split_rows(order), expected=5, sharing=Sharing.ONE_RESULT) for order in ([1, 2, 3], [1, 2, 1, 3])]
    cell = cell_of(runs)
    assert (cell.lost, cell.shared_out, cell.missed) == (12, 10, 2)
    assert "2 rows lost." in meaning(cell)
    assert "□2" in short(cell)


@given(st.lists(rows, min_size=1, max_size=4))
def test_who_has_a_result_of_his_own_shares_nothing_out(runs: list[list[Row]]) -> None:
    cell = cell_of([trace_of(run, expected=5) for run in runs])
    assert cell.missed == cell.lost


def own_and_first(run: list[Row]) -> set[tuple[int, int]]:
    """The rows that reached whoever asked for them, and nobody before."""
    seen: set[tuple[int, int]] = set()
    own = set()
    for task, owner, number in run:
        if task == owner and (owner, number) not in seen:
            own.add((owner, number))
        seen.add((owner, number))
    return own


def test_errors_are_counted_of_the_worst_run_and_the_most_frequent_stands_first() -> None:
    cell = cell_of(
        [
            run_of("gpt", endings={1: MISREAD}),
            run_of("gpt", endings={1: RESET, 2: RESET}),
            run_of("gpt", endings={1: RESET, 3: MISREAD}),
        ]
    )
    assert list(cell.errors.items()) == [("psycopg.ProgrammingError", 2), ("KeyError", 1)]
    assert cell.runs == (Verdict.ERRORS,) * 3


def test_runs_that_differ_only_in_order_are_not_the_same() -> None:
    assert cell_of([run_of("gggppp"), run_of("gggppp")]).same_every_run is True
    differing = cell_of([run_of("gggppp"), run_of("pppggg")])
    assert (differing.same_every_run, differing.orders, differing.verdict) == (False, 2, Verdict.BLOCKS)
    assert short(differing) == "■ blocks □3 ≠"


def test_the_example_of_an_order_is_that_of_the_first_run_and_bounded() -> None:
    cell = cell_of([run_of("gp" * 100, expected=100), run_of("g")])
    assert len(cell.order) == MOST_STRETCHES
    assert cell.order[:3] == (("green", 1), ("pink", 1), ("green", 1))
    assert order_words(cell, most=2) == "green 1, pink 1, …"
    assert order_words(cell_of([run_of("")])) == "no row arrived"


def test_the_report_has_the_fields_that_were_promised() -> None:
    shared = Experiment(driver="psycopg", sharing=Sharing.SHARED_CURSOR)
    cell = cell_of([trace_of([(1, 1, 1), (2, 2, 1)], endings={1: RESET}, experiment=shared)] * 2)
    told = json.loads(json.dumps(cell_report(cell)))
    assert {key: told[key] for key in list(told)[:8]} == {
        "driver": "psycopg",
        "sharing": "shared-cursor",
        "yielding": "sleep0",
        "verdict": "errors",
        "same_every_run": True,
        "lost": 7,
        "foreign": 0,
        "errors": {"psycopg.ProgrammingError": 1},
    }
    refused = cell_report(unsupported(shared, "It has none."))
    assert (refused["verdict"], refused["same_every_run"], refused["reason"]) == ("unsupported", None, "It has none.")


def test_every_verdict_has_a_glyph_of_its_own_and_a_meaning() -> None:
    assert set(GLYPHS) == set(LEGEND) == set(Verdict)
    assert len(set(GLYPHS.values())) == len(Verdict)


def test_the_meaning_in_words() -> None:
    def says(*orders: str, **rest: object) -> str:
        return meaning(cell_of([run_of(order, **rest) for order in orders]))

    assert says("gggpppttt") == "Each task's rows came in one stretch. One run."
    assert says("gptgptgpt", "gptgptgpt") == "Tasks took strict turns, a row each. The same in 2 of 2 runs."
    assert says("gggpppttt", "gpgptptgt") == (
        "Rows of several tasks came mixed. Not the same every run: 2 orders in 2 runs (1 blocks, 1 mix)."
    )
    assert says("gggpppttt", "gptgptgpt").endswith("2 orders in 2 runs (1 blocks, 1 in turn).")
    assert says("gggpp", endings={2: RESET, 3: REFUSAL}) == (
        "Tasks failed on the way: 1 × ProgrammingError, 1 × InterfaceError. 4 rows lost. One run."
    )
    stolen = trace_of([(1, 2, 1), (2, 1, 1)], tasks=2, expected=1)
    assert meaning(cell_of([stolen])) == (
        "Each task's rows came in one stretch. 2 rows lost. 2 rows reached the wrong task, and no exception told of"
        " it. One run."
    )
    assert meaning(unsupported(Experiment(), "There is no such thing.")) == "There is no such thing."


def test_a_cell_can_be_compared_and_kept_in_a_set() -> None:
    one: Cell = cell_of([run_of("gpt")])
    assert one == cell_of([run_of("gpt")])
    assert len({one, cell_of([run_of("gpt")])}) == 1
