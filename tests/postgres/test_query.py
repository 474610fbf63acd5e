"""A query is made ready on a target: tagged where it can be, counted, and kept from writing."""

import dataclasses

import pytest

from pgtui.core.experiment import Experiment
from pgtui.errors import ServerError, UsageError
from pgtui.postgres import Target
from pgtui.postgres.query import DEMO_QUERY, demo_query, prepare_query

pytestmark = pytest.mark.live


async def test_the_demo_query_is_tagged_and_counted(target: Target) -> None:
    prepared = await prepare_query(target, Experiment(rows=7, tasks=2))
    assert prepared.tagged
    assert prepared.expected == 7
    assert prepared.columns == ("id", "name")
    assert len(prepared.queries) == 3
    assert "2 AS pgtui_task" in prepared.queries[2]


async def test_a_server_of_the_user_s_gets_rows_that_need_no_table(target: Target) -> None:
    assert demo_query(dataclasses.replace(target, embedded=True), 5) == DEMO_QUERY
    query = demo_query(dataclasses.replace(target, embedded=False), 5)
    prepared = await prepare_query(target, Experiment(query=query, rows=5))
    assert (prepared.expected, prepared.columns) == (5, ("id", "name"))


@pytest.mark.parametrize(
    ("query", "expected", "tagged"),
    [
        ("SELECT 1 AS a, 2 AS a", 1, True),
        ("VALUES (1), (2), (3), (4);", 3, True),
        ("WITH w AS (SELECT 1) SELECT * FROM w -- the end", 1, True),
        ("SELECT '50%' AS share, ':name' AS colon", 1, True),
        ("SHOW server_version", None, False),
        ("EXPLAIN SELECT 1", None, False),
        ("SELEC 1", None, False),
        ("SELECT * FROM no_such_table", None, False),
        ("SELECT 1/(i - 2) FROM generate_series(1, 3) AS i", 3, True),
    ],
)
async def test_queries(query: str, expected: int | None, tagged: bool, target: Target) -> None:
    prepared = await prepare_query(target, Experiment(query=query, rows=3))
    assert (prepared.expected, prepared.tagged) == (expected, tagged)
    assert prepared.text == query.rstrip(";")


async def test_what_cannot_be_kept_from_writing_is_refused(target: Target) -> None:
    pooled = dataclasses.replace(
        target, embedded=False, read_only=True, writes_refused=False, takes_startup_options=False, settings={}
    )
    with pytest.raises(UsageError, match="cannot be told to only read"):
        await prepare_query(pooled, Experiment(query="DELETE FROM dh_monitors RETURNING id"))
    assert (await prepare_query(pooled, Experiment(query="SELECT 1"))).tagged


async def test_a_server_that_went_away_is_told(target: Target) -> None:
    gone = dataclasses.replace(target, host="127.0.0.1", hostaddr=None, port=1)
    with pytest.raises(ServerError, match="does not answer"):
        await prepare_query(gone, Experiment())
