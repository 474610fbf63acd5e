"""Servers of the tests' own, in directories of their own."""

import contextlib
import os
import random
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from pgtui.postgres import Target
from pgtui.postgres.account import run_as, server_account
from pgtui.postgres.binaries import find_binaries, reachable_binaries
from pgtui.postgres.directory import own
from tests.postgres.clients import Place, clients, eventually, interpreter, temporary_base

ORDINARY_USER = "nobody"


@pytest.fixture(scope="session")
def template() -> Iterator[Path]:
    """A base directory with a server's data in it, to be copied: that takes a tenth of making them."""
    with temporary_base() as base, clients(Place(base)) as [client]:
        client.ready()
        client.leave()
        yield base


@pytest.fixture
def empty_place() -> Iterator[Place]:
    """A base directory of the test's own, in which no server has been yet."""
    with temporary_base() as base:
        yield Place(base)


@pytest.fixture
def place(empty_place: Place, template: Path) -> Place:
    """A base directory of the test's own with a server's data, which the test may damage."""
    _copy(template, empty_place)
    return empty_place


@pytest.fixture(params=["as the user of the tests", "as an ordinary user"])
def anyones_empty_place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Like `empty_place`; for root once more as an ordinary user."""
    user = None
    if request.param == "as an ordinary user":
        if os.geteuid() != 0:
            pytest.skip("the tests run as an ordinary user already")
        user = ORDINARY_USER
        interpreter(user)
    with temporary_base(user) as base:
        yield Place(base, user)


@pytest.fixture
def anyones_place(anyones_empty_place: Place, template: Path) -> Place:
    """Like `place`; for root once more as an ordinary user."""
    _copy(template, anyones_empty_place)
    return anyones_empty_place


def _copy(template: Path, place: Place) -> None:
    subprocess.run(["cp", "-a", f"{template}/.", str(place.base)], timeout=60, check=True)
    if place.user is not None:
        subprocess.run(["chown", "-R", place.user, str(place.base)], timeout=60, check=True)


@dataclass(frozen=True)
class TcpServer:
    """A PostgreSQL that is not pgtui's: on a TCP port, with a password, roles and databases."""

    port: int
    sockets: Path
    user: str = "alice"
    password: str = "won/der l@nd"
    dbname: str = "shop"

    def dsn(self, **changes: str) -> str:
        """The connection string that reaches it, with changes."""
        given = {"host": "127.0.0.1", "port": str(self.port), "dbname": self.dbname, "user": self.user}
        return make_conninfo("", **{**given, "password": self.password, **changes})


@pytest.fixture(scope="session")
def tcp_server() -> Iterator[TcpServer]:
    """A server of somebody else's, for DSNs to point at; one for each xdist worker."""
    account = server_account()
    with temporary_base() as base:
        binaries = find_binaries()
        if account.switched:
            binaries = reachable_binaries(binaries, account, base / "programs", tidy=False)
        data, sockets = base / "data", base / "sockets"
        own(data, account)
        own(sockets, account)

        def run(program: str, *arguments: str) -> None:
            result = run_as(account, [binaries.directory / program, *arguments], cwd=base, timeout=60)
            assert result.returncode == 0, result.stdout

        access = ["--auth-local=trust", "--auth-host=scram-sha-256"]
        run("initdb", "-D", "data", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", *access)
        port = free_port()
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {sockets} -c max_connections=30 -c fsync=off"
        run("pg_ctl", "-D", "data", "-w", "-l", "data/log", "-o", options, "start")
        try:
            server = TcpServer(port, sockets)
            with psycopg.connect(host=str(sockets), port=port, user="postgres", autocommit=True) as admin:
                literal = sql.Literal(server.password)
                admin.execute(sql.SQL("CREATE ROLE alice LOGIN PASSWORD {}").format(literal))
                admin.execute("CREATE DATABASE shop OWNER alice")
            yield server
        finally:
            run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def free_port() -> int:
    """A TCP port that nobody uses; below the range from which the system gives ports to clients."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@dataclass(frozen=True)
class Bouncer:
    """A PgBouncer before the tests' embedded server, in transaction pooling."""

    sockets: Path
    port: int

    def dsn(self, **changes: str) -> str:
        """The connection string that goes through it."""
        given = {"host": str(self.sockets), "port": str(self.port), "dbname": "pgtui", "user": "pgtui"}
        return make_conninfo("", **{**given, **changes})


@pytest.fixture
def start_bouncer(target: Target) -> Iterator[Callable[..., Bouncer]]:
    """Start a PgBouncer with these settings beside the usual ones."""
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("pgbouncer is not installed")
    if not target.embedded:
        pytest.skip("PGTUI_TEST_DSN names a server that PgBouncer may not get into")
    account = server_account()
    with temporary_base() as base, contextlib.ExitStack() as running:

        def start(*, files: Sequence[Path] = (), **settings: str) -> Bouncer:
            port = free_port()
            usual = {
                "listen_addr": "127.0.0.1",
                "listen_port": str(port),
                "unix_socket_dir": str(base),
                "auth_type": "trust",
                "auth_file": str(base / "users"),
                "pool_mode": "transaction",
                "default_pool_size": "2",
                "logfile": str(base / "log"),
            }
            lines = [f"{name} = {value}" for name, value in {**usual, **settings}.items()]
            database = f"pgtui = host={target.host} port={target.port} dbname={target.dbname}"
            config = base / "pgbouncer.ini"
            config.write_text("\n".join(["[databases]", database, "[pgbouncer]", *lines, ""]))
            for file in files:
                shutil.copy(file, base)
            (base / "users").write_text('"pgtui" ""\n')
            for path in (base, *base.iterdir()):
                os.chown(path, account.uid, account.gid)
            user = account.uid if account.switched else None
            command = [program, "-q", str(config)]
            process = subprocess.Popen(command, user=user, cwd=base, stderr=subprocess.DEVNULL)
            running.callback(process.wait, 10)
            running.callback(process.kill)
            eventually(lambda: _listens(base / f".s.PGSQL.{port}"), within=10)
            return Bouncer(base, port)

        yield start
