"""The explorer on a real server: it runs at once, again on a pick, ends on escape, and leaves nothing behind."""

import asyncio
import os
import random
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
from textual.pilot import Pilot

from pgtui.core.experiment import Experiment, Sharing
from pgtui.core.ledger import ledger
from pgtui.memory import recall
from pgtui.postgres import Target
from pgtui.ui.app import PgtuiApp, make_app
from pgtui.ui.picture import Mode
from pgtui.ui.screens.compare import CompareScreen
from pgtui.ui.screens.live import LiveScreen
from pgtui.ui.screens.tour import TourScreen
from pgtui.ui.widgets.notice import Notice

pytestmark = pytest.mark.live
LONG = "SELECT i AS id, i::text AS name FROM generate_series(1, 1000000) AS i"


@asynccontextmanager
async def running(target: Target, experiment: Experiment) -> AsyncIterator[tuple[Pilot[object], LiveScreen]]:
    """The explorer on the target; the embedded server is shared with whoever holds the target open."""
    app = make_app(experiment=experiment, dsn=None if target.embedded else target.conninfo("tests"))
    async with app.run_test(size=(120, 40)) as pilot:
        yield pilot, app.live
        await pilot.press("ctrl+q")


async def until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until it is true."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


def finished(screen: LiveScreen) -> bool:
    return screen.trace is not None and screen.trace.finished and screen.trace.header.experiment == screen.experiment


async def no_backends(target: Target) -> None:
    """Wait until this process's runs have no connection on the server; a backend takes a moment to end."""
    async with asyncio.timeout(5), await psycopg.AsyncConnection.connect(target.conninfo("tests")) as connection:
        await connection.set_autocommit(True)
        while True:
            cursor = await connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE %s", (f"pgtui {os.getpid()}.%",)
            )
            if await cursor.fetchone() == (0,):
                return
            await asyncio.sleep(0.05)


async def test_it_runs_the_default_experiment_at_once(target: Target) -> None:
    async with running(target, Experiment()) as (_, screen):
        await until(lambda: finished(screen))
        assert all(account.full for account in ledger(screen.trace))
        await until(lambda: screen.playback.mode is Mode.PLAYING, 2)


async def test_picking_another_sharing_runs_again(target: Target) -> None:
    async with running(target, Experiment()) as (pilot, screen):
        await until(lambda: finished(screen))
        await pilot.press("s", "s")
        assert screen.experiment.sharing is Sharing.SHARED_CURSOR
        await until(lambda: finished(screen))
        assert [account.lost for account in ledger(screen.trace)] == [2, 2, 0]
        assert screen.sayings.upto(len(screen.trace))[0].rule == "cursor-reset"


async def test_what_a_driver_cannot_do_is_told_and_the_next_pick_runs(target: Target) -> None:
    async with running(target, Experiment(driver="asyncpg")) as (pilot, screen):
        await until(lambda: finished(screen))
        await pilot.press("s", "s")
        await until(lambda: screen.query_one(Notice).has_class("-shown"))
        await pilot.press("S")
        await until(lambda: finished(screen))
        await until(lambda: not screen.query_one(Notice).has_class("-shown"))


async def test_escape_ends_a_long_run_and_its_backends(target: Target) -> None:
    async with running(target, Experiment(query=LONG, rows=1_000_000)) as (pilot, screen):
        await until(lambda: screen.trace is not None and screen.trace.now.rows > 1_000)
        assert screen.playback.mode is Mode.LIVE
        await pilot.press("escape")
        await until(lambda: screen.trace.finished, 10)
        assert {state.phase.name for state in screen.trace.now.tasks[1:]} <= {"CANCELLED", "DONE"}
        await no_backends(target)


async def test_a_run_records_what_the_screen_costs_it(target: Target) -> None:
    async with running(target, Experiment(query=LONG, rows=200_000)) as (_, screen):
        await until(lambda: finished(screen), 60)
        assert 0 < screen.trace.now.painted < screen.trace.elapsed / 2


async def test_leaving_in_the_middle_of_a_run_leaves_no_backend(target: Target) -> None:
    async with running(target, Experiment(query=LONG, rows=1_000_000)) as (_, screen):
        await until(lambda: screen.trace is not None and screen.trace.now.rows > 1_000)
    await no_backends(target)


async def test_many_picks_in_a_row_run_the_last_one_only(target: Target) -> None:
    async with running(target, Experiment()) as (pilot, screen):
        await pilot.press(*"rsrsyrSrS", "r")
        await until(lambda: finished(screen) and not any(worker.group == "run" for worker in pilot.app.workers))
        await no_backends(target)


async def test_repeating_tells_whether_it_is_always_the_same(target: Target) -> None:
    async with running(target, Experiment(sharing=Sharing.SHARED_CURSOR)) as (pilot, screen):
        await until(lambda: finished(screen))
        await pilot.press("a")
        await until(lambda: screen.same == (20, 20), 40)


async def test_comparing_shows_both_drivers_on_one_axis(target: Target) -> None:
    async with running(target, Experiment()) as (pilot, screen):
        await until(lambda: finished(screen))
        await pilot.press("c")
        await pilot.pause()
        await pilot.press("enter")
        await until(lambda: isinstance(pilot.app.screen, CompareScreen))
        await pilot.press("end", "left", "escape")
        assert pilot.app.screen is screen


async def test_a_server_that_is_not_there_is_told_and_r_tries_again() -> None:
    app = make_app(experiment=Experiment(), dsn="host=127.0.0.1 port=1 dbname=nowhere connect_timeout=2")
    async with app.run_test(size=(120, 40)) as pilot:
        notice = app.live.query_one(Notice)
        await until(lambda: "127.0.0.1" in str(notice.render()))
        await pilot.press("r")
        await until(lambda: "127.0.0.1" in str(notice.render()))
        await pilot.press("ctrl+q")
    assert app.return_code == 3


async def test_leaving_while_the_server_opens_does_not_hang() -> None:
    app: PgtuiApp = make_app(experiment=Experiment())
    async with asyncio.timeout(30):
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("ctrl+q")


async def test_the_guide_shows_itself_once(target: Target, quiet: Path) -> None:
    os.unlink(quiet)
    async with running(target, Experiment()) as (pilot, screen):
        await until(lambda: isinstance(pilot.app.screen, TourScreen))
        assert screen.trace is not None
        await pilot.press("escape")
    assert recall(quiet).tour_seen
    async with running(target, Experiment()) as (pilot, screen):
        await until(lambda: finished(screen))
        await asyncio.sleep(0.5)
        assert pilot.app.screen is screen


KEYS = (
    "space", "left", "right", "shift+left", "shift+right", "home", "end", "plus", "minus", "x", "v", "f2", "f3", "f4",
    "f5", "1", "2", "enter", "tab", "up", "down", "pageup", "pagedown", "greater_than_sign", "less_than_sign", "comma",
    "full_stop", "ctrl+t", "right_curly_bracket", "left_parenthesis", "Y",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("driver", ["psycopg", "psycopg-threads"])
async def test_no_key_and_no_resize_breaks_a_run(target: Target, driver: str, seed: int) -> None:
    chance = random.Random(seed)
    async with running(target, Experiment(driver=driver, query=LONG, rows=200_000, tasks=4)) as (pilot, screen):
        await until(lambda: screen.trace is not None and screen.trace.now.rows > 100)
        for _ in range(40):
            if chance.random() < 0.1:
                await pilot.resize_terminal(chance.randint(20, 200), chance.randint(6, 60))
            else:
                await pilot.press(chance.choice(KEYS))
        await pilot.press("escape", "escape", "escape")
        await until(lambda: screen.trace.finished, 20)
        assert len(screen.trace.tasks) == 4


async def test_leaving_a_server_that_does_not_answer_takes_no_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        app = make_app(experiment=Experiment(), dsn=f"host=127.0.0.1 port={port} dbname=deaf sslmode=disable")
        async with asyncio.timeout(8), app.run_test(size=(80, 24)) as pilot:
            await asyncio.sleep(0.3)
            await pilot.press("ctrl+q")


def postmaster(base: Path) -> int:
    """The process of the server in this directory."""
    (file,) = base.rglob("postmaster.pid")
    return int(file.read_text().split()[0])


async def test_a_server_that_died_is_started_again_by_r(private_base: Path) -> None:
    app = make_app(experiment=Experiment())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: finished(app.live), 60)
        os.kill(await asyncio.to_thread(postmaster, private_base), signal.SIGQUIT)
        async with asyncio.timeout(60):
            while app.live.error is None and (app.live.trace is None or app.live.trace.now.rows):
                await pilot.press("r")
                await asyncio.sleep(0.5)
            while app.live.trace is None or not app.live.trace.now.rows:
                await pilot.press("r")
                await asyncio.sleep(1.0)
        await pilot.press("ctrl+q")
