"""Threads that share a pg8000 connection read each other's answers, and pgtui sees each row that goes astray.

pg8000 begins a transaction before the first query; threads that all begin at once mostly crash. Inside a transaction
they do not, and now and then each gets another's rows with no error at all: the reason why rows carry a tag.
"""

import itertools
from collections import Counter, defaultdict
from typing import Any

import pg8000.dbapi
import pytest

from pgtui import api
from pgtui.core.experiment import Experiment, Reading, Sharing
from pgtui.core.ledger import ledger
from pgtui.core.recipes import Recipe
from pgtui.core.runner import Runner
from pgtui.core.tasks import Task
from pgtui.core.threads import ThreadRun
from pgtui.core.trace import Trace
from pgtui.postgres.query import prepare_query
from pgtui.postgres.target import Target
from tests.drivers.measured import assert_adds_up, failures

pytestmark = pytest.mark.live

MOST_RUNS = 400

Raw = dict[int, list[Any]]


def recipe_keeping(raw: Raw) -> Recipe:
    """A recipe whose connection is in a transaction already; it keeps the rows as the driver gave them."""

    def shared_connection_in_transaction(run: ThreadRun, read: Any) -> None:
        with pg8000.dbapi.connect(**run.arguments) as connection:
            connection.cursor().execute("BEGIN")
            run.gather(read, connection)

    def read(task: Task, connection: pg8000.dbapi.Connection) -> None:
        cursor = connection.cursor()
        cursor.execute(task.query)
        for row in cursor:
            raw[task.number].append(row)
            task.row(row)

    main = shared_connection_in_transaction
    return Recipe("pg8000-threads", Sharing.SHARED_CONNECTION, Reading.ITERATE, main, read, threads=True)


async def test_each_foreign_row_is_reported(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compared, task by task, with the tags in the rows as the driver gave them; until rows were stolen silently."""
    experiment = Experiment(driver="pg8000-threads", sharing=Sharing.SHARED_CONNECTION, rows=3, timeout=2)
    prepared = await prepare_query(target, experiment)
    silent = 0
    for number in itertools.count(1):
        raw: Raw = defaultdict(list)
        monkeypatch.setattr("pgtui.drivers.pg8000_threads.recipe", lambda *_, raw=raw: recipe_keeping(raw))
        trace = await Runner(await api.plan(experiment, target, prepared)).run()
        assert_reported(trace, raw)
        silent += bool(stolen(raw) and not any(failures(trace)))
        if silent >= 3:
            break
        assert number < MOST_RUNS, f"no row went silently to the wrong task in {MOST_RUNS} runs"


def stolen(raw: Raw) -> Counter[int]:
    """Task → rows it got that another had asked for, by the tags that the rows carry."""
    return Counter(task for task, rows in raw.items() for row in rows if is_tag(row) and row[-2] != task)


def is_tag(row: Any) -> bool:
    return len(row) >= 2 and row[-2] in (1, 2, 3) and isinstance(row[-1], int) and row[-1] > 0


def assert_reported(trace: Trace, raw: Raw) -> None:
    foreign = {task: account.foreign for task, account in zip(trace.tasks, ledger(trace), strict=True)}
    assert foreign == {task: stolen(raw)[task] for task in trace.tasks}
    assert [account.received for account in ledger(trace)] == [len(raw[task]) for task in trace.tasks]
    assert_adds_up(trace)


async def test_a_connection_for_each_thread_is_right_a_hundred_times(target: Target) -> None:
    experiment = Experiment(driver="pg8000-threads", sharing=Sharing.NEW_CONNECTION)
    prepared = await prepare_query(target, experiment)
    for _ in range(100):
        trace = await Runner(await api.plan(experiment, target, prepared)).run()
        assert all(account.full for account in ledger(trace))
