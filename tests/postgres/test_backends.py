"""Backends are found by their application name, ended, and gone."""

import asyncio
import contextlib
import socket

import psycopg
import pytest

from pgtui.errors import ServerError
from pgtui.postgres import Target
from pgtui.postgres.backends import count_backends, end_backends

pytestmark = pytest.mark.live


async def test_only_those_with_the_name_are_ended(target: Target) -> None:
    connect = psycopg.AsyncConnection.connect
    mine = [await connect(target.conninfo("test-ended")) for _ in range(3)]
    async with await connect(target.conninfo("test-spared")) as spared:
        sleeper = asyncio.create_task(mine[0].execute("SELECT pg_sleep(600)"))
        assert await count_backends(target, "test-ended") == 3
        assert await end_backends(target, "test-ended") == 3
        assert await count_backends(target, "test-ended") == 0
        with pytest.raises(psycopg.OperationalError):
            await asyncio.wait_for(sleeper, 10)
        await spared.execute("SELECT 1")
    for connection in mine:
        await connection.close()


async def test_those_that_come_while_others_go_are_ended_too(target: Target) -> None:
    """As those of a run whose next task connects as soon as the one before it is broken."""
    opened = 0

    async def connects_again() -> None:
        nonlocal opened
        while opened < 5:
            async with await psycopg.AsyncConnection.connect(target.conninfo("test-returning")) as connection:
                opened += 1
                with contextlib.suppress(psycopg.OperationalError):
                    await connection.execute("SELECT pg_sleep(600)")

    returning = asyncio.create_task(connects_again())
    while not opened:
        await asyncio.sleep(0.01)
    ended = await end_backends(target, "test-returning")
    while not returning.done():
        ended += await end_backends(target, "test-returning")
    assert ended == opened == 5


async def test_there_may_be_none(target: Target) -> None:
    assert await end_backends(target, "test-nobody") == 0


async def test_a_server_that_does_not_answer_is_told_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pgtui.postgres.backends.TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listening:  # takes connections and says nothing
        port = listening.getsockname()[1]
        silent = Target(host="127.0.0.1", port=port, dbname="d", user="u", password="secret-word")
        with pytest.raises(ServerError, match="did not answer") as caught:
            await end_backends(silent, "test")
    assert "secret-word" not in str(caught.value)
