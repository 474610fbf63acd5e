"""Each driver is told the same server, in its own way; no password shows, and a query is executed to the letter."""

import dataclasses
import socket
import ssl
from collections.abc import Mapping
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.ext.asyncio import create_async_engine

from pgtui.api import plan, run_on
from pgtui.core.experiment import Experiment, Reading, Sharing, Yielding
from pgtui.core.runner import Plan, Runner
from pgtui.drivers.driver import Address, Driver
from pgtui.drivers.registry import DRIVERS, driver
from pgtui.postgres.query import PreparedQuery
from pgtui.postgres.target import Target
from tests.drivers.measured import failures, received

PASSWORD = "hunter2 'with\\ everything@:/?#%"
LIBPQ = ("psycopg", "aiopg", "aiopg-sa", "psycopg-threads", "psycopg-sync")
EACH = pytest.mark.parametrize("one", DRIVERS, ids=lambda one: one.id)


def at(host: str = "db.example", **values: Any) -> Target:
    """A target that nobody connects to."""
    return Target(host=host, port=6543, dbname="shop", user="ann", password=PASSWORD, **values)


def address(name: str, target: Target) -> Address:
    return driver(name).load().address(target, "pgtui 1.1")


def told(name: str, target: Target) -> Mapping[str, Any]:
    """What the driver is told, by keyword."""
    given = address(name, target)
    return conninfo_to_dict(given.dsn) if name in LIBPQ else given.arguments


@EACH
def test_host_port_database_user_and_password_arrive(one: Driver) -> None:
    arguments = told(one.id, at())
    assert str(arguments["port"]) == "6543"
    assert arguments["host"] == "db.example"
    assert arguments.get("dbname", arguments.get("database")) == "shop"
    assert (arguments["user"], arguments["password"]) == ("ann", PASSWORD)


@EACH
def test_an_address_that_was_resolved_is_used(one: Driver) -> None:
    arguments = told(one.id, at(hostaddr="192.0.2.7"))
    assert "192.0.2.7" in (arguments["host"], arguments.get("hostaddr"))


@EACH
def test_a_unix_socket_is_used(one: Driver) -> None:
    arguments = told(one.id, at("/run/postgresql"))
    assert arguments.get("unix_sock", "/run/postgresql/.s.PGSQL.6543") == "/run/postgresql/.s.PGSQL.6543"
    assert arguments["host"] == "/run/postgresql"


@EACH
def test_settings_and_the_application_name_are_asked_for_at_the_start(one: Driver) -> None:
    arguments = told(one.id, at(settings={"search_path": "a, b", "default_transaction_read_only": "on"}))
    settings: dict[str, str] = arguments.get("server_settings") or arguments.get("startup_params") or {}
    if not settings:
        assert arguments["options"] == r"-c search_path=a,\ b -c default_transaction_read_only=on"
    else:
        assert {"search_path": "a, b", "default_transaction_read_only": "on"}.items() <= settings.items()
    assert {**settings, **arguments}["application_name"] == "pgtui 1.1"


@EACH
def test_a_pooler_that_takes_no_startup_options_gets_none(one: Driver) -> None:
    arguments = told(one.id, at(takes_startup_options=False))
    assert not arguments.get("options")
    assert not arguments.get("startup_params")
    assert arguments.get("server_settings", {"application_name": "pgtui 1.1"}) == {"application_name": "pgtui 1.1"}
    if "asyncpg" in one.id:
        assert arguments["statement_cache_size"] == 0


@EACH
def test_no_tls_is_tried_where_the_server_was_reached_without(one: Driver) -> None:
    arguments = told(one.id, at(parameters={"sslmode": "disable"}))
    assert arguments.get("ssl", arguments.get("ssl_context", arguments.get("sslmode"))) in (False, "disable")


@EACH
def test_tls_is_used_where_the_server_was_reached_with_it(one: Driver) -> None:
    arguments = told(one.id, at(parameters={"sslmode": "require"}, ssl_in_use=True))
    chosen = arguments.get("ssl", arguments.get("ssl_context", arguments.get("sslmode")))
    assert chosen == "require" or isinstance(chosen, ssl.SSLContext)


@EACH
def test_connecting_takes_no_longer_than_the_target_allows(one: Driver) -> None:
    arguments = told(one.id, at(connect_timeout=7))
    limits = [str(arguments[name]) for name in ("timeout", "connect_timeout") if name in arguments]
    assert limits == ([] if one.id.startswith("pg8000") else ["7"])  # pg8000 has none for connecting alone


@EACH
def test_no_representation_shows_the_password(one: Driver) -> None:
    given = address(one.id, at())
    assert "hunter2" not in repr(given)
    if one.id.startswith("sqlalchemy"):
        engine = create_async_engine(given.dsn, connect_args=given.arguments)
        assert "hunter2" not in f"{engine!r} {engine.url} {engine.url.render_as_string(hide_password=False)}"


HARD_QUERY = r"""
SELECT '100 %' AS percent, 'a%%b %s %(x)s' AS placeholders, ':name \:x ::y' AS colons, E'it''s \\' AS quotes,
       '{"a": [1, 2]}'::jsonb -> 'a' AS json, (ARRAY[1, 2, 3])[1:2] AS slice, 7 % 4 AS modulo, '?' AS mark,
       $$dollar :q %s$$ AS dollars -- a comment with :colon and % and '
"""
HARD_VALUES = ["100 %", "a%%b %s %(x)s", r":name \:x ::y", "it's \\"]


@pytest.mark.live
@EACH
async def test_a_query_is_executed_to_the_letter(target: Target, one: Driver) -> None:
    """No driver takes %, : or ? in it for a parameter, however the rows are read."""
    for reading in (Reading.ITERATE, Reading.SERVER_CURSOR):
        for sharing in (Sharing.NEW_CONNECTION, Sharing.ONE_RESULT):
            if one.refusal(sharing, reading):
                continue
            experiment = Experiment(
                driver=one.id, sharing=sharing, reading=reading, query=HARD_QUERY, tasks=1, yielding=Yielding.NONE
            )
            trace = await run_on(experiment, target)
            assert (failures(trace), received(trace)) == ([""], [1])
            values = next(iter(trace.first_values.values()))
            assert list(values[:4]) == HARD_VALUES
            assert values[-3:-2] == (r"dollar :q %s",)


@pytest.mark.live
@EACH
async def test_settings_hold_in_each_task(target: Target, one: Driver) -> None:
    """What the target asks for at the start is in force, with the drivers that have to be told in pieces as well."""
    asked = dataclasses.replace(target, settings={"search_path": "pg_catalog, demo", "work_mem": "7MB"})
    query = "SELECT current_setting('search_path') AS path, current_setting('work_mem') AS memory"
    trace = await run_on(Experiment(driver=one.id, query=query, rows=1), asked)
    assert failures(trace) == ["", "", ""]
    assert {tuple(values[:2]) for values in trace.first_values.values()} == {("pg_catalog, demo", "7MB")}


@EACH
async def test_a_server_that_is_gone_is_each_tasks_own_failure(one: Driver) -> None:
    """The run ends at once, with the reason and without the password."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers there
        gone = Target(
            host="127.0.0.1", port=taken.getsockname()[1], dbname="d", user="u", password=PASSWORD,
            parameters={"sslmode": "disable", "gssencmode": "disable"}, connect_timeout=3,
        )  # fmt: skip
        trace = await Runner(await unprepared(one, gone)).run()
    assert all(failures(trace))
    assert not any("hunter2" in failure for failure in failures(trace))


@EACH
async def test_no_representation_of_a_plan_shows_the_password(one: Driver) -> None:
    assert "hunter2" not in repr(await unprepared(one, at()))


async def unprepared(one: Driver, target: Target) -> Plan:
    """A plan for which no server was asked."""
    prepared = PreparedQuery("SELECT 1", ("SELECT 1",) * 4, 1, False, ("one",))
    return await plan(Experiment(driver=one.id, timeout=5), target, prepared)
