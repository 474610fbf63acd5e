"""What the steps of a task leave in the trace."""

import asyncio
import sys
from typing import Any

import pytest

from pgtui.core.events import PAYLOAD_BITS, Kind, Resource, Wait
from pgtui.core.experiment import Experiment, Yielding
from pgtui.core.ledger import ledger, outcome
from pgtui.core.state import Phase
from tests.core import scripted
from tests.core.scripted import letters, run


def test_a_shared_cursor_with_yields_loses_rows_to_the_last_execute() -> None:
    trace = run(scripted.shared_cursor)
    assert letters(trace) == "gpttt"
    assert [account.lost for account in ledger(trace)] == [2, 2, 0]
    assert [outcome(trace, task) for task in trace.tasks] == ["error", "error", "done"]


def test_without_yields_each_task_runs_its_loop_in_one_go() -> None:
    trace = run(scripted.shared_cursor, experiment=Experiment(yielding=Yielding.NONE))
    assert letters(trace) == "gggpppttt"
    assert all(account.full for account in ledger(trace))


def test_own_connections_interleave_row_by_row() -> None:
    assert letters(run(scripted.new_connection)) == "gptgptgpt"


def test_a_wait_for_a_lock_names_the_lock_its_holder_and_the_recipe_s_line() -> None:
    trace = run(scripted.shared_connection)
    waits = [(e.task, trace.said(e.value), e.value >> PAYLOAD_BITS) for e in trace.events() if e.kind is Kind.WAITS]
    locks = [(task, wait, line) for task, wait, line in waits if isinstance(wait, Wait) and wait.on == "lock"]
    assert [(trace.name(task), wait.resource, trace.name(wait.holder or 0)) for task, wait, _ in locks] == [
        ("pink", "ScriptedConnection.lock", "green"),
        ("teal", "ScriptedConnection.lock", "green"),
    ]
    source = scripted.ScriptedCursor.execute.__code__
    assert all(source.co_firstlineno < line < source.co_firstlineno + 4 for *_, line in locks)


def test_the_lock_passes_from_task_to_task_and_is_free_in_the_end() -> None:
    trace = run(scripted.shared_connection)
    held = [
        (e.kind, trace.name(e.task), trace.said(e.value))
        for e in trace.events()
        if e.kind in (Kind.HELD, Kind.RELEASED)
    ]
    lock = Resource("ScriptedConnection.lock")
    assert held == [
        (Kind.HELD, "green", lock),
        (Kind.HELD, "pink", lock),
        (Kind.HELD, "teal", lock),
        (Kind.RELEASED, "teal", lock),
    ]
    assert trace.now.holders == {}


def test_a_task_is_ready_between_the_end_of_its_wait_and_its_step() -> None:
    trace = run(scripted.shared_connection)
    ready = {e.task: e.index for e in trace.events() if e.kind is Kind.READY and e.task == 2}
    phases = [trace.at(index).tasks[2].phase for index in (ready[2], ready[2] + 1)]
    assert phases == [Phase.WAITING, Phase.READY]


def test_a_yield_carries_the_line_of_the_innermost_recipe_function() -> None:
    trace = run(scripted.shared_connection)
    lines = {e.value for e in trace.events() if e.kind is Kind.YIELDS}
    first = scripted.read.__code__.co_firstlineno
    assert lines == {first + 6}, "the line of sleep(0) in `read`, though `with_cursor` awaits it"


def test_the_line_follows_a_recipe_that_yields_at_several_places() -> None:
    async def twice(task: Any, cursor: Any) -> None:
        for _ in range(3):
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        await deeper()

    async def deeper() -> None:
        await asyncio.sleep(0)

    trace = run(scripted.new_connection, twice)
    lines = [e.value for e in trace.events() if e.kind is Kind.YIELDS and e.task == 1]
    first = twice.__code__.co_firstlineno
    assert lines == [first + 2, first + 3] * 3 + [deeper.__code__.co_firstlineno + 1]


def test_time_is_accounted_for_to_the_nanosecond() -> None:
    trace = run(scripted.shared_cursor)
    for state in trace.now.tasks:
        assert state.ran + state.readied + state.waited == state.ended - state.began


def test_steps_counts_each_resumption() -> None:
    trace = run(scripted.shared_cursor)
    for task in trace.tasks:
        assert trace.now.tasks[task].steps == sum(e.kind is Kind.RUNS and e.task == task for e in trace.events())


def test_a_cancelled_task_gets_its_exception_and_may_clean_up() -> None:
    cleaned: list[str] = []

    async def main(run: Any, read: Any) -> None:
        await run.gather(read)

    async def sleeper(task: Any) -> None:
        if task.number == 1:
            await asyncio.sleep(0)
            for other in asyncio.all_tasks():
                if other.get_name() == "pink":
                    other.cancel("green cancels pink")
        else:
            try:
                await asyncio.sleep(0.05 if task.number == 3 else 3600)
            except asyncio.CancelledError:
                await asyncio.sleep(0)
                cleaned.append(task.name)
                raise

    trace = run(main, sleeper)
    assert cleaned == ["pink"]
    assert [outcome(trace, task) for task in trace.tasks] == ["done", "cancelled", "done"]


def test_a_task_can_catch_what_it_awaits() -> None:
    async def main(run: Any, read: Any) -> None:
        await run.gather(read)

    async def catching(task: Any) -> None:
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_exception, ValueError("no"))
        try:
            await future
        except ValueError:
            task.says("caught")
        await asyncio.sleep(0)

    trace = run(main, catching)
    assert [outcome(trace, task) for task in trace.tasks] == ["done"] * 3


def test_results_of_awaits_reach_the_recipe() -> None:
    async def main(run: Any, read: Any) -> None:
        await run.gather(read, asyncio.get_running_loop().run_in_executor(None, lambda: 42))

    async def awaiting(task: Any, future: Any) -> None:
        task.says(str(await future))

    trace = run(main, awaiting)
    assert [trace.said(e.value) for e in trace.events() if e.kind is Kind.SAYS] == ["42"] * 3


@pytest.mark.skipif(sys.version_info < (3, 12), reason="asyncio has eager tasks since Python 3.12")
def test_an_eager_task_runs_its_first_step_inside_its_creation() -> None:
    lazy = run(scripted.shared_cursor)
    eager = run(scripted.shared_cursor, experiment=Experiment(eager=True))
    kinds = [(e.kind, e.task) for e in eager.events()]
    assert kinds.index((Kind.RUNS, 1)) < kinds.index((Kind.CREATED, 2))
    kinds = [(e.kind, e.task) for e in lazy.events()]
    assert kinds.index((Kind.RUNS, 1)) > kinds.index((Kind.CREATED, 3))


def test_rows_of_one_step_are_events_of_their_own() -> None:
    trace = run(scripted.shared_cursor, experiment=Experiment(yielding=Yielding.NONE, rows=2_500))
    assert [account.received for account in ledger(trace)] == [2_500] * 3
    numbers = [e.number for e in trace.events() if e.kind is Kind.ROW and e.task == 2]
    assert numbers == list(range(1, 2_501))
    assert (
        trace.now.tasks[2].steps
        == run(scripted.shared_cursor, experiment=Experiment(yielding=Yielding.NONE)).now.tasks[2].steps
    )
