"""The rules that make a verdict of traces, over made runs."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgtui.core.events import Kind
from pgtui.core.experiment import Sharing
from pgtui.matrix.cells import Verdict, failures, run_verdict, verdict
from tests.matrix.made import MISREAD, REFUSAL, RESET, own_rows, run_of, split_rows, trace_of

TASKS = 4
orders = st.lists(st.integers(1, TASKS), max_size=24)
permutations = st.permutations(range(1, TASKS + 1))
troubles = st.sampled_from([REFUSAL, RESET, MISREAD, Kind.TIMED_OUT, Kind.CANCELLED])


def test_the_pictures_that_were_measured() -> None:
    """In letters, as one writes down what one saw: green, pink, teal."""
    assert run_verdict(run_of("gggpppttt")) is Verdict.BLOCKS
    assert run_verdict(run_of("tttgggppp")) is Verdict.BLOCKS
    assert run_verdict(run_of("gptgptgpt")) is Verdict.ROUND_ROBIN
    assert run_verdict(run_of("tgptgptgp")) is Verdict.ROUND_ROBIN
    assert run_verdict(run_of("gpgptptgt")) is Verdict.MIX
    assert run_verdict(run_of("gptgptgtp")) is Verdict.MIX
    assert run_verdict(run_of("ggpptt" + "gpt")) is Verdict.MIX
    assert run_verdict(run_of("gpttt", endings={1: RESET, 2: RESET})) is Verdict.ERRORS
    assert run_verdict(run_of("ggg", endings={2: REFUSAL, 3: REFUSAL})) is Verdict.REFUSED


def in_pieces(order: Sequence[int]) -> bool:
    """Whether some task's rows do not stand side by side."""
    return any(
        max(places) - min(places) + 1 != len(places)
        for places in ([i for i, one in enumerate(order) if one == task] for task in set(order))
    )


def by_turns(order: Sequence[int]) -> bool:
    """Whether the order is that of a wheel of two or more tasks that turns, and stops anywhere."""
    wheel = list(dict.fromkeys(order))
    return len(wheel) >= 2 and list(order) == (wheel * len(order))[: len(order)]


@given(orders)
def test_one_word_for_every_order(order: list[int]) -> None:
    said = run_verdict(run_of(order, tasks=TASKS, expected=None))
    if not in_pieces(order):
        assert said is Verdict.BLOCKS
    elif by_turns(order):
        assert said is Verdict.ROUND_ROBIN
    else:
        assert said is Verdict.MIX


@given(permutations, st.lists(st.integers(0, 5), min_size=TASKS, max_size=TASKS))
def test_blocks_of_any_length_in_any_order(tasks: list[int], counts: list[int]) -> None:
    order = [task for task, count in zip(tasks, counts, strict=True) for _ in range(count)]
    assert run_verdict(run_of(order, tasks=TASKS)) is Verdict.BLOCKS


@given(permutations, st.integers(2, TASKS), st.integers(2, 6), st.integers(0, TASKS - 1))
def test_turns_in_any_order_whole_or_cut_short(tasks: list[int], k: int, rounds: int, rest: int) -> None:
    wheel = tasks[:k]
    order = wheel * rounds + wheel[: rest % k]
    assert run_verdict(run_of(order, tasks=TASKS)) is Verdict.ROUND_ROBIN


@given(permutations, st.integers(2, 6), st.data())
def test_two_rows_swapped_are_no_turns_any_more(tasks: list[int], rounds: int, data: st.DataObject) -> None:
    order = tasks * rounds
    place = data.draw(st.integers(TASKS, len(order) - 2))
    order[place], order[place + 1] = order[place + 1], order[place]
    assert run_verdict(run_of(order, tasks=TASKS)) is Verdict.MIX


@given(orders, permutations)
def test_names_of_tasks_do_not_matter(order: list[int], other: list[int]) -> None:
    renamed = [other[task - 1] for task in order]
    assert run_verdict(run_of(order, tasks=TASKS)) is run_verdict(run_of(renamed, tasks=TASKS))


@given(permutations)
def test_one_row_each_is_blocks_of_results_and_turns_on_one_result(tasks: list[int]) -> None:
    assert run_verdict(trace_of(own_rows(tasks), tasks=TASKS, expected=1)) is Verdict.BLOCKS
    split = trace_of(split_rows(tasks), tasks=TASKS, expected=TASKS, sharing=Sharing.ONE_RESULT)
    assert run_verdict(split) is Verdict.ROUND_ROBIN


def test_one_result_whose_first_reader_takes_all_is_blocks() -> None:
    assert run_verdict(trace_of(split_rows([2] * 5), expected=5, sharing=Sharing.ONE_RESULT)) is Verdict.BLOCKS


@given(orders, st.dictionaries(st.integers(0, TASKS), troubles, min_size=1))
def test_refused_means_turned_away_without_a_row_and_nothing_worse(
    order: list[int], endings: dict[int, object]
) -> None:
    said = run_verdict(run_of(order, tasks=TASKS, endings=endings))
    only_refusals = all(ending is REFUSAL and task != 0 and task not in order for task, ending in endings.items())
    assert said is (Verdict.REFUSED if only_refusals else Verdict.ERRORS)


def test_a_task_that_lost_its_result_before_the_first_row_was_not_refused() -> None:
    assert run_verdict(run_of("ttt", endings={1: RESET, 2: RESET})) is Verdict.ERRORS
    assert run_verdict(run_of("ttt", endings={1: MISREAD})) is Verdict.ERRORS


def test_a_refusal_after_the_first_row_is_an_error_on_the_way() -> None:
    assert run_verdict(run_of("gptppp", endings={1: REFUSAL})) is Verdict.ERRORS


@given(st.lists(st.sampled_from(["blocks", "mix", "round-robin", "refused", "errors"]), min_size=1, max_size=6))
def test_the_cells_verdict_hides_no_failure_and_is_not_decided_by_one_lucky_run(words: list[str]) -> None:
    made = {
        "blocks": run_of("gggppp"),
        "mix": run_of("gpgttp"),
        "round-robin": run_of("gptgpt"),
        "refused": run_of("ggg", endings={2: REFUSAL}),
        "errors": run_of("gp", endings={1: RESET}),
    }
    said = verdict([made[word] for word in words])
    if "errors" in words:
        assert said is Verdict.ERRORS
    elif "refused" in words:
        assert said is Verdict.REFUSED
    elif len(set(words)) == 1:
        assert said == words[0]
    else:
        assert said is Verdict.MIX
    assert said is verdict([made[word] for word in reversed(words)])


@pytest.mark.parametrize(
    ("endings", "counted"),
    [
        ({}, {}),
        ({1: RESET, 2: RESET}, {"psycopg.ProgrammingError": 2}),
        ({1: RESET, 2: MISREAD}, {"psycopg.ProgrammingError": 1, "KeyError": 1}),
        ({3: Kind.TIMED_OUT, 0: Kind.TIMED_OUT}, {"timed out": 1}),
        ({2: Kind.CANCELLED}, {"cancelled": 1}),
        ({0: MISREAD}, {"KeyError": 1}),
        ({0: RESET, 1: RESET, 2: RESET, 3: RESET}, {"psycopg.ProgrammingError": 3}),
    ],
)
def test_failures_are_counted_by_type_and_those_of_the_run_once(
    endings: dict[int, object], counted: dict[str, int]
) -> None:
    assert failures(run_of("gpt", endings=endings)) == counted
