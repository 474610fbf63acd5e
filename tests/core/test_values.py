"""Experiments check themselves; queries are tagged; what a server says is safe to show."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgtui.core.experiment import Experiment, Sharing
from pgtui.core.failures import failure_of
from pgtui.core.ledger import ledger, order, signature
from pgtui.core.names import task_names
from pgtui.core.tagging import counted, tagged
from pgtui.core.text import shown
from pgtui.errors import UsageError
from tests.core import scripted
from tests.core.scripted import run


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"tasks": 0}, "0 is no number of tasks"),
        ({"tasks": 1_001}, "1,001 is no number of tasks"),
        ({"rows": 0}, "0 is no number of rows"),
        ({"rows": -3}, "-3 is no number of rows"),
        ({"timeout": 0.0}, "timeout is 0"),
        ({"server_delay": -1.0}, "server delay is -1"),
        ({"server_delay": float("nan")}, "server delay is nan"),
        ({"pool_size": 0}, "pool size is 0"),
        ({"sharing": "everything"}, "'everything' is no sharing"),
        ({"query": " ; "}, "query is empty"),
        ({"query": "SELECT '\0'"}, "NUL"),
    ],
)
def test_a_value_out_of_range_is_told(values: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        Experiment(**values)  # type: ignore[arg-type]
    assert said in caught.value.message
    assert caught.value.hint


def test_plain_text_stands_for_what_it_names() -> None:
    assert Experiment(sharing="shared-cursor").sharing is Sharing.SHARED_CURSOR  # type: ignore[arg-type]  # on purpose


def test_a_tagged_query_keeps_what_stands_in_it() -> None:
    query = tagged("SELECT 1 -- a comment;", 2, 5)
    assert "2 AS pgtui_task" in query
    assert "-- a comment\n)" in query, "the comment must not swallow the bracket"
    assert query.endswith("LIMIT 5")
    assert "pg_sleep(0.25)" in tagged("SELECT 1;", 2, 5, 0.25)
    assert "FROM (SELECT 1\n)" in counted("SELECT 1 ; ", 5)


def test_names_are_the_notebook_s_first_and_never_twice() -> None:
    assert task_names(3) == ("run", "green", "pink", "teal")
    assert len(set(task_names(1_000))) == 1_001


@given(st.one_of(st.text(), st.binary(), st.none(), st.integers(), st.floats()))
def test_what_is_shown_is_one_printable_line(value: object) -> None:
    text = shown(value)
    assert len(text.splitlines()) <= 1
    assert not set(text) & set(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0x202E]))


def test_escapes_and_markup_are_shown_not_interpreted() -> None:
    assert shown("\x1b[31mred\x1b[0m [bold]\t\n") == "␛[31mred␛[0m [bold]␉␊"
    assert shown(b"\0\xff") == "\\x00ff"
    assert len(shown("x" * 1_000_000)) <= 1_001


def test_a_value_whose_text_fails_is_shown_all_the_same() -> None:
    class Broken:
        def __str__(self) -> str:
            raise ZeroDivisionError

    assert shown(Broken()) == "<Broken: ZeroDivisionError>"


def test_the_ledger_adds_up() -> None:
    trace = run(scripted.shared_cursor)
    for account in ledger(trace):
        assert account.expected == account.received - account.foreign - account.doubled + account.lost


def test_a_row_is_lost_only_when_its_task_is_over() -> None:
    trace = run(scripted.shared_cursor)
    assert all(account.lost == 0 for account in ledger(trace, trace.at(10)))


def test_the_order_is_run_length_encoded_and_can_be_cut() -> None:
    trace = run(scripted.shared_cursor)
    assert order(trace) == [(1, 1), (2, 1), (3, 3)]
    assert order(trace, most=2) == [(1, 1), (2, 1)]
    assert signature(trace) == signature(run(scripted.shared_cursor))
    assert signature(trace) != signature(run(scripted.new_connection))


def test_a_failure_has_the_driver_s_class_and_the_innermost_place() -> None:
    try:
        int("x")
    except ValueError as error:
        failure = failure_of(error, frozenset({__file__}))
    assert failure.type == "ValueError"
    assert failure.line > 0
    assert failure.where.startswith("core/test_values.py")


@pytest.mark.parametrize("module", ["pgtui", "pgtui.core.runner", "pgtui.core.recording", "pgtui.core.report"])
def test_the_core_loads_no_screen_and_no_driver(module: str) -> None:
    """In a fresh process, because here everything is loaded already."""
    heavy = ["textual", "rich", "click", "asyncpg", "psycopg", "psycopg_pool", "psycopg2", "aiopg", "sqlalchemy"]
    code = f"import sys, {module}; print(' '.join(m for m in {heavy!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == ""
