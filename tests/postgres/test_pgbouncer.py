"""The same through a PgBouncer, which takes few startup parameters and may share a backend."""

from collections.abc import Callable

import psycopg
import pytest

from pgtui.errors import ServerError
from pgtui.postgres import open_target
from pgtui.postgres.backends import count_backends, end_backends
from tests.postgres.conftest import Bouncer
from tests.postgres.fetching import DRIVERS

pytestmark = pytest.mark.live

StartBouncer = Callable[..., Bouncer]


async def test_every_driver_reads_through_one_that_refuses_startup_options(start_bouncer: StartBouncer) -> None:
    told: list[str] = []
    dsn = start_bouncer().dsn(options="-c work_mem=5MB")
    with open_target(dsn, progress=told.append) as target:
        assert not target.takes_startup_options
        assert target.settings == {}
        assert target.read_only
        assert not target.writes_refused
        for fetch in DRIVERS:
            for _ in range(3):
                rows = await fetch(target, "SELECT count(*) FROM dh_monitors")
                assert [tuple(row) for row in rows] == [(100_000,)]
    assert told == ["The server takes no startup options: going on without work_mem"]


async def test_one_that_ignores_startup_options_is_not_believed(start_bouncer: StartBouncer) -> None:
    dsn = start_bouncer(ignore_startup_parameters="options").dsn()
    with open_target(dsn) as target:
        assert not target.takes_startup_options
        assert not target.writes_refused


async def test_it_is_known_for_one_where_writing_is_allowed_too(start_bouncer: StartBouncer) -> None:
    with open_target(start_bouncer().dsn(), allow_writes=True) as target:
        assert not target.takes_startup_options
        assert not target.read_only


async def test_a_running_query_is_found_and_ended_and_pooled_backends_are_spared(
    start_bouncer: StartBouncer,
) -> None:
    with open_target(start_bouncer().dsn()) as target:
        async with await psycopg.AsyncConnection.connect(target.conninfo("test-pooled")) as connection:
            await connection.execute("SELECT 1")
            await connection.commit()
            assert await count_backends(target, "test-pooled") == 0
            assert await end_backends(target, "test-pooled") == 0
            await connection.execute("SELECT 1")  # a transaction holds its backend
            assert await count_backends(target, "test-pooled") == 1
            assert await end_backends(target, "test-pooled") == 1
            with pytest.raises(psycopg.OperationalError):
                await connection.execute("SELECT 1")


def test_a_database_that_it_does_not_know_is_told(start_bouncer: StartBouncer) -> None:
    with pytest.raises(ServerError, match="no such database"):
        open_target(start_bouncer().dsn(dbname="missing")).__enter__()
