"""A user's own server: resolved by connecting once, and then the same for every driver."""

import socket
import time
from pathlib import Path

import psycopg
import pytest

from pgtui.errors import ServerError
from pgtui.postgres import open_target
from tests.postgres.conftest import TcpServer
from tests.postgres.fetching import DRIVERS, REFUSED, Fetch, with_psycopg

pytestmark = pytest.mark.live

WRITE = "CREATE TABLE written (n int)"


@pytest.mark.parametrize("fetch", DRIVERS)
@pytest.mark.parametrize("way", ["tcp", "socket"])
async def test_every_driver_reaches_the_database_with_the_settings_and_reads_only(
    tcp_server: TcpServer, fetch: Fetch, way: str
) -> None:
    host = "127.0.0.1" if way == "tcp" else str(tcp_server.sockets)
    dsn = tcp_server.dsn(host=host, options=r"-c search_path=here,\ there -c statement_timeout=7s")
    with open_target(dsn) as target:
        assert target.read_only
        assert target.writes_refused
        settings = "current_setting('search_path'), current_setting('statement_timeout')"
        rows = await fetch(target, f"SELECT current_database()::text, current_user::text, {settings}")
        assert [tuple(row) for row in rows] == [("shop", "alice", "here, there", "7s")]
        with pytest.raises(REFUSED, match="read-only transaction"):
            await fetch(target, WRITE)


async def test_writing_has_to_be_allowed(tcp_server: TcpServer) -> None:
    with open_target(tcp_server.dsn(), allow_writes=True) as target:
        assert not target.read_only
        assert not target.writes_refused
        assert target.settings == {}
        assert await with_psycopg(target, "SHOW transaction_read_only") == [("off",)]


def test_the_password_is_in_no_representation(tcp_server: TcpServer) -> None:
    with open_target(tcp_server.dsn()) as target:
        assert target.password == tcp_server.password
        for text in (repr(target), str(target), target.description):
            assert tcp_server.password not in text
        assert target.description.endswith(f"at 127.0.0.1:{tcp_server.port}/shop as alice")


def test_variables_point_at_a_server_too(tcp_server: TcpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(tcp_server.port),
        "PGDATABASE": "shop",
        "PGUSER": "alice",
        "PGPASSWORD": tcp_server.password,
        "PGOPTIONS": "-c work_mem=5MB",
    }.items():
        monkeypatch.setenv(name, value)
    with open_target(None) as target:
        assert not target.embedded
        assert (target.port, target.user, target.dbname) == (tcp_server.port, "alice", "shop")
        assert target.settings["work_mem"] == "5MB"
        monkeypatch.setenv("PGHOST", "nowhere.invalid")
        monkeypatch.setenv("PGOPTIONS", "-c work_mem=6MB")
        with psycopg.connect(target.conninfo("test-variables")) as connection:
            assert connection.execute("SHOW work_mem").fetchone() == ("5MB",)


async def test_the_password_may_come_from_a_file_and_the_rest_from_a_service(
    tcp_server: TcpServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "services").write_text(f"[shop]\nhost=127.0.0.1\nport={tcp_server.port}\ndbname=shop\nuser=alice\n")
    (tmp_path / "passwords").write_text(f"127.0.0.1:{tcp_server.port}:shop:alice:{tcp_server.password}\n")
    (tmp_path / "passwords").chmod(0o600)
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "passwords"))
    with open_target("service=shop") as target:
        assert target.password == tcp_server.password
        monkeypatch.delenv("PGPASSFILE")
        for fetch in DRIVERS:
            assert [tuple(row) for row in await fetch(target, "SELECT 42")] == [(42,)]


def test_of_several_hosts_the_one_that_answers_is_taken(tcp_server: TcpServer) -> None:
    dsn = tcp_server.dsn(host=f"127.0.0.1,{tcp_server.sockets},127.0.0.1", port=f"1,2,{tcp_server.port}")
    with open_target(dsn) as target:
        assert (target.host, target.port) == ("127.0.0.1", tcp_server.port)


async def test_a_session_may_have_to_be_read_write(tcp_server: TcpServer) -> None:
    dsn = tcp_server.dsn(host="localhost,localhost", port=f"1,{tcp_server.port}", target_session_attrs="read-write")
    with open_target(dsn) as target:
        assert (target.host, target.hostaddr, target.port) == ("localhost", "127.0.0.1", tcp_server.port)
        for fetch in DRIVERS:
            rows = await fetch(target, "SELECT current_setting('transaction_read_only')")
            assert [tuple(row) for row in rows] == [("on",)]
    with pytest.raises(ServerError, match="standby"):
        open_target(tcp_server.dsn(target_session_attrs="standby")).__enter__()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"password": "hunter2"}, "password authentication failed"),
        ({"password": ""}, "password"),
        ({"dbname": "missing"}, 'database "missing" does not exist'),
        ({"user": "nobody-known"}, "password authentication failed"),
        ({"port": "1"}, "Connection refused"),
        ({"host": "no-such-host.invalid"}, "no-such-host.invalid"),
        ({"host": "/no/such/directory"}, "No such file or directory"),
        ({"sslmode": "require"}, "does not support SSL"),
        ({"service": "no-such-service"}, 'service "no-such-service" not found'),
    ],
)
def test_a_failure_names_place_database_user_and_reason(
    tcp_server: TcpServer, changes: dict[str, str], reason: str
) -> None:
    with pytest.raises(ServerError) as caught:
        open_target(tcp_server.dsn(**changes)).__enter__()
    message = caught.value.message
    assert reason in message
    host, port = changes.get("host", "127.0.0.1"), changes.get("port", str(tcp_server.port))
    assert host in message
    assert port in message
    assert changes.get("user", "alice") in message
    assert changes.get("dbname", "shop") in message
    assert "\n" not in message
    assert caught.value.hint
    for secret in (tcp_server.password, "hunter2"):
        assert secret not in str(caught.value)


def test_a_host_that_does_not_answer_is_given_up(tcp_server: TcpServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:  # takes connections and says nothing
        port = listening.getsockname()[1]
        begun = time.monotonic()
        with pytest.raises(ServerError, match="timeout expired") as caught:
            open_target(tcp_server.dsn(port=str(port), connect_timeout="2")).__enter__()
        assert time.monotonic() - begun < 6
    assert str(port) in caught.value.message


def test_escape_sequences_of_a_server_are_made_visible(tcp_server: TcpServer) -> None:
    with pytest.raises(ServerError) as caught:
        open_target(tcp_server.dsn(dbname="a\x1b[31mb")).__enter__()
    assert "\x1b" not in str(caught.value)
