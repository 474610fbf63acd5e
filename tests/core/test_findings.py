"""Each rule speaks when its trouble is in the trace, rests on events of it, and is silent when all is well."""

import asyncio
from typing import Any

import pytest

from pgtui.core.events import Kind
from pgtui.core.experiment import Experiment, Sharing, Yielding
from pgtui.core.findings import Finding, Weight, findings, same_or_not
from pgtui.core.runner import Runner
from pgtui.core.trace import Trace
from tests.core import scripted
from tests.core.scripted import plan, run


def rules(trace: Trace) -> dict[str, Finding]:
    return {finding.rule: finding for finding in findings(trace)}


def experiment(sharing: Sharing, **values: Any) -> Experiment:
    return Experiment(sharing=sharing, **values)


async def gathers(run: Any, read: Any) -> None:
    await run.gather(read)


def failing(errors: dict[str, BaseException], rows: int = 0) -> Any:
    """A reader that gives some rows and then raises what is written for its task."""

    async def reads(task: Any) -> None:
        task.says("starting fetching")
        await asyncio.sleep(0)
        for number in range(1, rows + 1):
            task.row(("x", task.number, number))
            await asyncio.sleep(0)
        if task.name in errors:
            raise errors[task.name]

    return reads


def test_a_reset_cursor_is_told_with_who_did_it_and_what_was_lost() -> None:
    trace = run(scripted.shared_cursor, experiment=experiment(Sharing.SHARED_CURSOR))
    finding = rules(trace)["cursor-reset"]
    assert "pink's execute() threw green's away" in finding.text
    assert "green lost 2 rows, pink lost 2 rows" in finding.text
    assert finding.weight is Weight.BAD
    assert Sharing.SHARED_CONNECTION in finding.instead
    kinds = {trace.event(index).kind for index in finding.events}  # type: ignore[union-attr]
    assert {Kind.ROW, Kind.SAYS, Kind.FAILED} <= kinds


def test_a_reset_cursor_is_told_when_nothing_was_raised() -> None:
    async def quiet(task: Any, cursor: Any) -> None:
        task.says("starting fetching")
        await cursor.execute(task.query)
        while cursor._rows:
            task.row(cursor.fetchone())
            await asyncio.sleep(0)

    trace = run(scripted.shared_cursor, quiet, experiment=experiment(Sharing.SHARED_CURSOR))
    assert trace.now.tasks[1].failure == 0
    assert "cursor-reset" in rules(trace)


def test_one_lane_is_told_with_who_waited_for_what() -> None:
    finding = rules(run(scripted.shared_connection, experiment=experiment(Sharing.SHARED_CONNECTION)))["queued-on-lock"]
    assert "pink" in finding.text
    assert "teal" in finding.text
    assert "ScriptedConnection.lock, which green held first" in finding.text
    assert len(finding.events) == 2


async def test_a_task_that_waits_for_its_own_lock_is_told() -> None:
    async def main(run: Any, read: Any) -> None:
        await run.gather(read)

    async def deadlocks(task: Any) -> None:
        connection = scripted.ScriptedConnection()
        async with connection.lock:
            await scripted.ScriptedCursor(connection).execute(task.query)

    trace = await Runner(plan(main, deadlocks, experiment=Experiment(timeout=0.1, tasks=1))).run()
    finding = rules(trace)["waits-for-itself"]
    assert "green waited for ScriptedConnection.lock that no other task held" in finding.text
    assert "queued-on-lock" not in rules(trace)


def test_a_run_where_all_is_well_has_nothing_bad_to_say() -> None:
    found = findings(run(scripted.new_connection))
    assert {finding.rule for finding in found} == {"interleaved"}
    assert all(finding.weight is Weight.WORTH_KNOWING for finding in found)


def test_awaits_that_never_suspended_are_told() -> None:
    finding = rules(run(scripted.new_connection, experiment=Experiment(yielding=Yielding.NONE)))["never-suspended"]
    assert "All 3 rows of green, pink and teal came in one step" in finding.text


@pytest.mark.parametrize(
    "message",
    [
        "cannot perform operation: another operation is in progress",
        "cursor.execute() called while another coroutine is already waiting for incoming data",
        "This session is provisioning a new connection; concurrent operations are not permitted",
    ],
)
def test_a_refusal_is_told(message: str) -> None:
    error = RuntimeError(message)
    trace = run(
        gathers,
        failing({"pink": error, "teal": RuntimeError(message)}),
        experiment=experiment(Sharing.SHARED_CONNECTION),
    )
    finding = rules(trace)["connection-refuses"]
    assert "pink and teal were turned away" in finding.text
    assert "cursor-reset" not in rules(trace)


def test_foreign_rows_are_counted_by_giver_and_taker() -> None:
    async def swaps(task: Any) -> None:
        await asyncio.sleep(0)
        other = {1: 1, 2: 3, 3: 2}[task.number]
        for number in (1, 2, 3):
            task.row(("x", other, number))

    trace = run(gathers, swaps, experiment=experiment(Sharing.SHARED_CONNECTION))
    finding = rules(trace)["foreign-rows"]
    assert "3 rows of teal's went to pink" in finding.text
    assert "3 rows of pink's went to teal" in finding.text
    assert "no exception was raised" in finding.text
    assert [trace.now.tasks[task].foreign for task in trace.tasks] == [0, 3, 3]


def test_a_split_result_is_told_with_the_parts() -> None:
    async def one(run: Any, read: Any) -> None:
        await run.gather(read, iter([("x", 0, number) for number in range(1, 8)]))

    async def reads(task: Any, rows: Any) -> None:
        for row in rows:
            task.row(row)
            await asyncio.sleep(0)

    split = rules(run(one, reads, experiment=experiment(Sharing.ONE_RESULT, rows=7)))["result-split"]
    assert "Nobody failed, and nobody got everything" in split.text
    assert "(3/2/2)" in split.text

    async def greedy(task: Any, rows: Any) -> None:
        for row in rows:
            task.row(row)

    taken = rules(run(one, greedy, experiment=experiment(Sharing.ONE_RESULT, rows=7)))["result-split"]
    assert "green read the whole result" in taken.text


def test_an_aborted_transaction_names_the_culprit() -> None:
    class DivisionByZero(Exception):
        sqlstate = "22012"

    class Aborted(Exception):
        sqlstate = "25P02"

    finding = rules(
        run(
            gathers,
            failing({"pink": DivisionByZero("division by zero"), "teal": Aborted("current transaction is aborted")}),
            experiment=experiment(Sharing.SHARED_CONNECTION),
        )
    )["transaction-aborted"]
    assert "teal did nothing wrong: pink's error aborted" in finding.text


def test_a_connection_closed_under_bystanders_is_told() -> None:
    finding = rules(
        run(
            gathers,
            failing({"green": TimeoutError(), "pink": RuntimeError("connection already closed")}),
            experiment=experiment(Sharing.SHARED_CONNECTION),
        )
    )["connection-closed"]
    assert "closed under pink when green ended" in finding.text


def test_an_exhausted_pool_is_told() -> None:
    class PoolTimeout(Exception):
        pass

    finding = rules(
        run(
            gathers,
            failing({"pink": PoolTimeout("couldn't get a connection after 30.00 sec")}),
            experiment=experiment(Sharing.POOL, pool_size=2),
        )
    )["pool-exhausted"]
    assert "pink never got one of the pool's 2 connections" in finding.text
    assert finding.weight is Weight.BAD


async def test_a_blocked_loop_is_told_with_who_blocked_it() -> None:
    import time

    async def blocks(task: Any) -> None:
        await asyncio.sleep(0)
        if task.name == "teal":
            time.sleep(0.03)  # noqa: ASYNC251  # blocking the loop is what is tested

    trace = await Runner(plan(gathers, blocks)).run()
    finding = rules(trace)["loop-blocked"]
    assert finding.text.startswith("teal kept the loop for ")
    assert [trace.event(index).kind for index in finding.events] == [Kind.RUNS, Kind.DONE]  # type: ignore[union-attr]


async def test_backends_that_outlived_their_tasks_are_told() -> None:
    async def end_backends() -> int:
        return 3

    async def sleeps(task: Any) -> None:
        await asyncio.sleep(3600)

    trace = await Runner(plan(gathers, sleeps, experiment=Experiment(timeout=0.1), end_backends=end_backends)).run()
    assert "3 backends of green, pink and teal" in rules(trace)["still-running"].text


def test_misread_bytes_in_threads_are_told() -> None:
    def main(run: Any, read: Any) -> None:
        run.gather(read)

    def reads(task: Any) -> None:
        if task.name != "green":
            raise KeyError(b"\0")

    trace = run(main, reads, experiment=experiment(Sharing.SHARED_CONNECTION), threads=True)
    assert "pink and teal took bytes" in rules(trace)["misread-socket"].text


def test_findings_of_a_part_know_only_that_part() -> None:
    trace = run(scripted.shared_cursor, experiment=experiment(Sharing.SHARED_CURSOR))
    failed = next(e.index for e in trace.events() if e.kind is Kind.FAILED)
    assert "cursor-reset" not in {finding.rule for finding in findings(trace, failed)}
    assert all(max(f.events, default=0) < failed + 1 for f in findings(trace, failed + 1))


def test_several_runs_are_the_same_or_a_race() -> None:
    one, two = run(scripted.new_connection), run(scripted.new_connection)
    other = run(scripted.shared_connection)
    same = same_or_not([one, two])
    assert same is not None
    assert same.text.startswith("The same in 2 of 2 runs")
    race = same_or_not([one, two, other])
    assert race is not None
    assert "2 different orders of rows in 3 runs" in race.text
    assert same_or_not([one]) is None
