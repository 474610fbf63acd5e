"""Each rule speaks when its trouble is in the trace, rests on events of it, and is silent when all is well."""

import asyncio
import re
from dataclasses import replace
from typing import Any

import pytest

from pgtui.core.events import NUMBER_MASK, Kind
from pgtui.core.experiment import Experiment, Reading, Sharing, Yielding
from pgtui.core.findings import Finding, Weight, findings, same_or_not
from pgtui.core.runner import Runner
from pgtui.core.trace import Trace
from tests.core import scripted
from tests.core.scripted import plan, run
from tests.ui.traces import made, shared_cursor


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


def test_who_reset_a_cursor_is_told_right_as_soon_as_it_is_told() -> None:
    trace = shared_cursor()
    failed = next(event.index for event in trace.events() if event.kind is Kind.FAILED)
    for stop in range(len(trace) + 1):
        found = [finding for finding in findings(trace, stop) if finding.rule == "cursor-reset"]
        assert bool(found) == (stop > failed)
        assert all("pink's execute() threw green's away" in finding.text for finding in found)


def test_rows_of_other_tasks_do_not_hide_who_reset_the_cursor_first() -> None:
    text = """
        1 CREATED green
        1 CREATED pink
        1 CREATED teal
        2 RUNS green
        2 SAYS green starting fetching
        3 ROW green 1 1
        3 YIELDS green 68
        4 RUNS pink
        4 SAYS pink starting fetching
        5 ROW pink 2 1
        5 YIELDS pink 68
        6 RUNS teal
        6 SAYS teal starting fetching
        7 ROW teal 3 1
        7 YIELDS teal 68
        8 RUNS green
        8 ROW green 3 2
        8 YIELDS green 68
        9 RUNS pink
        9 ROW pink 3 3
        9 DONE pink
        10 RUNS teal
        10 DONE teal
        11 RUNS green
        11 DONE green
    """
    trace = made(text, experiment(Sharing.SHARED_CURSOR))
    reset = rules(trace)["cursor-reset"].text
    assert "pink's execute() threw green's away" in reset
    assert reset.endswith("; green lost 2 rows, pink lost 2 rows.")  # teal's last two went to others


WAITING_FOR_THE_LOCK = """
    1 CREATED green
    1 CREATED pink
    2 RUNS green
    2 SAYS green starting fetching
    3 WAITS green 59|server|psycopg/waiting.py:270 wait_async||
    4 RUNS pink
    4 SAYS pink starting fetching
    5 WAITS pink 59|lock|psycopg/cursor_async.py:112 AsyncCursor.execute|AsyncConnection.lock|1
    6 RUNS green
    6 CANCELLED green
"""


def test_who_waits_to_execute_has_reset_nothing_yet() -> None:
    one = experiment(Sharing.SHARED_CURSOR, tasks=2)
    assert "cursor-reset" not in rules(made(WAITING_FOR_THE_LOCK, one))
    gave_up = "\n7 RUNS pink\n7 CANCELLED pink"
    assert "cursor-reset" not in rules(made(WAITING_FOR_THE_LOCK + gave_up, one))
    went_on = "\n7 RUNS pink\n7 WAITS pink 59|server|psycopg/waiting.py:270 wait_async||\n8 RUNS pink\n8 CANCELLED pink"
    assert (
        "pink's execute() threw green's away" in rules(made(WAITING_FOR_THE_LOCK + went_on, one))["cursor-reset"].text
    )


def test_of_threads_the_rows_tell_who_executed_after_whom() -> None:
    text = """
        1 RUNS green
        1 SAYS green starting fetching
        2 RUNS pink
        2 SAYS pink starting fetching
        3 RUNS teal
        3 SAYS teal starting fetching
        4 ROW green 1 1
        5 ROW teal 3 1
        6 ROW pink 2 1
        7 ROW pink 2 2
        8 ROW pink 2 3
        9 DONE green
        9 DONE pink
        9 DONE teal
    """
    trace = made(text, experiment(Sharing.SHARED_CURSOR))
    trace.header = replace(trace.header, carrier="threads")
    reset = rules(trace)["cursor-reset"].text
    assert "teal's execute() threw green's away" in reset
    assert reset.endswith("; green lost 2 rows, teal lost 2 rows.")


PAGES = """
    1 RUNS green
    2 ROW green 0 1
    2 YIELDS green 68
    3 RUNS pink
    3 ROW pink 0 101
    3 YIELDS pink 68
    4 RUNS green
    4 ROW green 0 102
    4 YIELDS green 68
    5 RUNS pink
"""


def pages(text: str, **values: Any) -> Trace:
    values = {"sharing": Sharing.ONE_RESULT, "reading": Reading.SERVER_CURSOR, "tasks": 2, **values}
    return made(text, Experiment(rows=200, **values), expected=200)


def test_pages_that_a_shared_server_side_cursor_dropped_are_told() -> None:
    trace = pages(PAGES + "6 DONE pink\n7 RUNS green\n8 DONE green")
    finding = rules(trace)["page-dropped"]
    assert finding.text.endswith("; 197 of 200 rows reached nobody, and no exception was raised.")
    assert [trace.event(index).value & NUMBER_MASK for index in finding.events] == [101]  # type: ignore[union-attr]
    assert "page-dropped" not in {found.rule for found in findings(trace, len(trace) - 1)}


def test_rows_that_nobody_asked_for_any_more_were_in_no_dropped_page() -> None:
    finding = rules(pages(PAGES + "6 CANCELLED pink\n7 CANCELLED green"))["page-dropped"]
    assert "; 99 of the first 102 rows reached nobody" in finding.text


def test_a_server_side_cursor_of_which_every_row_arrived_dropped_no_page() -> None:
    rows = "".join(f"{time} ROW {('green', 'pink')[time % 2]} 0 {time}\n" for time in range(1, 201))
    ends = "201 DONE green\n201 DONE pink"
    assert "page-dropped" not in rules(pages("0 RUNS green\n0 RUNS pink\n" + rows + ends))
    assert "page-dropped" not in rules(pages(PAGES + "6 DONE pink\n7 DONE green", reading=Reading.ITERATE))
    assert "page-dropped" not in rules(pages(PAGES + "6 DONE pink\n7 DONE green", sharing=Sharing.SHARED_CONNECTION))


def test_dropped_pages_of_a_cursor_that_all_execute_on_are_the_last_ones_to_execute() -> None:
    text = PAGES.replace(" 0 1", " 2 1") + "6 DONE pink\n7 RUNS green\n8 DONE green"
    finding = rules(pages(text, sharing=Sharing.SHARED_CURSOR))["page-dropped"]
    assert "; 197 of 200 rows of pink's reached nobody" in finding.text
    assert finding.task == 2


def test_one_lane_is_told_with_who_waited_for_what() -> None:
    finding = rules(run(scripted.shared_connection, experiment=experiment(Sharing.SHARED_CONNECTION)))["queued-on-lock"]
    assert "pink" in finding.text
    assert "teal" in finding.text
    assert "ScriptedConnection.lock, which green held first" in finding.text
    assert len(finding.events) == 2


@pytest.mark.parametrize(
    ("tasks", "waited"), [(4, r"pink \S+ ms, teal \S+ ms and amber \S+ ms"), (5, "ms, .* ms and 1 more task"),
                          (7, "ms and 3 more tasks")]
)  # fmt: skip
def test_of_many_that_waited_in_one_lane_some_are_named(tasks: int, waited: str) -> None:
    one = experiment(Sharing.SHARED_CONNECTION, tasks=tasks)
    text = rules(run(scripted.shared_connection, experiment=one))["queued-on-lock"].text
    assert re.search(f"{waited} waited for ScriptedConnection.lock", text)


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
    # Before it is cancelled nobody can tell, and that such a wait is safe would be wrong.
    assert all("queued-on-lock" not in {f.rule for f in findings(trace, stop)} for stop in range(len(trace) + 1))


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


def test_rows_in_one_step_are_called_all_of_them_only_when_they_are() -> None:
    rows = "".join(f"{time} ROW green 1 {time}\n" for time in (1, 2, 3))
    text = f"0 RUNS green\n0 RUNS pink\n{rows}4 YIELDS green 68\n5 RUNS green\n6 ROW green 1 4\n7 DONE green"
    trace = made(text, Experiment(tasks=2, rows=4), expected=4)
    assert all("never-suspended" not in {f.rule for f in findings(trace, stop)} for stop in range(len(trace) + 1))


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
