"""The embedded server as pgtui uses it: joined by every process, started by the first, stopped by the last.

The server is shared by all pgtui processes of a user. Nobody owns it; see `locks` for who may do what.
"""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pgtui.errors import ServerError
from pgtui.postgres import cluster, locks
from pgtui.postgres.account import server_account
from pgtui.postgres.binaries import find_binaries, reachable_binaries
from pgtui.postgres.cluster import ADMIN, Cluster
from pgtui.postgres.demo import DATABASE, ROLE, ensure_demo
from pgtui.postgres.directory import (
    SOCKET_PORT,
    ServerDirectory,
    base_directory,
    directory_error,
    prepare,
    server_directory,
)
from pgtui.postgres.reaper import ensure_reaper

if TYPE_CHECKING:
    import psycopg

_READY_TIMEOUT = 60.0  # seconds of crash recovery that a client waits for
_STATEMENT_TIMEOUT = "60s"


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running embedded server: where to connect, and as whom."""

    directory: ServerDirectory
    version: str
    port: int = SOCKET_PORT
    dbname: str = DATABASE
    user: str = ROLE

    @property
    def host(self) -> str:
        """The directory of the Unix socket."""
        return str(self.directory.sockets)


@contextmanager
def embedded_server(progress: Callable[[str], None]) -> Iterator[EmbeddedServer]:
    """Use the embedded server: start it unless it runs, and stop it at the end unless others use it.

    Args:
        progress: told, in a line, what takes longer than a moment.

    Raises:
        ServerError: it cannot be started; the message has the path and the reason.
        UsageError: PGTUI_SERVER_DIR is wrong.
    """
    this = _cluster()
    with _told_as_server_error(this.directory):
        client = _join(this, progress)
    try:
        with _told_as_server_error(this.directory):
            version = ensure_running(this, progress)
        yield EmbeddedServer(this.directory, version)
    finally:
        with _told_as_server_error(this.directory):
            _leave(this, client)


def ensure_running(this: Cluster, progress: Callable[[str], None]) -> str:
    """Start the server unless it answers, wait until it is ready, and see to its demo data.

    Returns the server's version. The caller is a client already.
    """
    directory = this.directory
    with locks.lifecycle(directory.lifecycle_lock, progress) as held:
        ensure_reaper(directory, this.binaries.directory / "pg_ctl")
        if not cluster.is_alive(directory):
            if not cluster.exists(directory):
                version = this.binaries.version
                progress(f"Creating PostgreSQL {version} in {directory.root} (the first time only)")
                cluster.create(this)
            cluster.start(this, held)
        return ensure_demo(lambda database: _connect(directory, database), progress)


def _cluster() -> Cluster:
    """The server of this installation, with its directory ready for use."""
    account = server_account()
    binaries = find_binaries()
    directory = server_directory(base_directory(), binaries.major)
    prepare(directory, account)
    if account.switched:
        with _told_as_server_error(directory), locks.lifecycle(directory.lifecycle_lock):
            unused = not cluster.is_alive(directory)
            binaries = reachable_binaries(binaries, account, directory.copies, tidy=unused)
    return Cluster(binaries, directory, account)


def _join(this: Cluster, progress: Callable[[str], None]) -> locks.Client:
    directory = this.directory
    with locks.lifecycle(directory.lifecycle_lock, progress):
        locks.forget_dead(directory.clients)
        return locks.enter(directory.clients_lock, directory.clients)


def _leave(this: Cluster, client: locks.Client) -> None:
    directory = this.directory
    with locks.lifecycle(directory.lifecycle_lock) as held:
        client.leave()
        if not locks.present(directory.clients):
            cluster.await_interrupted_start(directory, held)
            cluster.stop(directory, this.binaries.directory / "pg_ctl", this.account)


def _connect(directory: ServerDirectory, database: str) -> "psycopg.Connection":
    """Connect as superuser, waiting while the server recovers from a crash."""
    import psycopg

    from pgtui.postgres.conninfo import without_environment

    parameters = {
        "host": str(directory.sockets),
        "port": str(SOCKET_PORT),
        "user": ADMIN,
        "dbname": database,
        "connect_timeout": "10",
        "application_name": "pgtui-setup",
        "options": f"-c statement_timeout={_STATEMENT_TIMEOUT}",
    }
    conninfo = without_environment(parameters)
    deadline = time.monotonic() + _READY_TIMEOUT
    while True:
        try:
            return psycopg.connect(conninfo, autocommit=True)
        except psycopg.OperationalError as error:
            busy = "the database system is" in str(error)  # starting up, in recovery mode, shutting down
            if not busy or time.monotonic() > deadline:
                reason = " ".join(str(error).split())
                raise ServerError(
                    f"The embedded server in {directory.root} runs and takes no connection: {reason}.",
                    f"Its log is {directory.log}.",
                ) from None
            time.sleep(0.05)


@contextmanager
def _told_as_server_error(directory: ServerDirectory) -> Iterator[None]:
    """Tell a full or closed directory, or a program that hangs, as an error that names it."""
    import psycopg

    try:
        yield
    except OSError as error:
        raise directory_error(directory, error) from None
    except subprocess.TimeoutExpired as error:
        raise ServerError(
            f"{error.cmd[0]} did not end within {error.timeout:.0f} s in {directory.root}.",
            f"The server's log is {directory.log}.",
        ) from None
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise ServerError(
            f"The demo data cannot be made in {directory.root}: {reason}.",
            "`pgtui server reset` throws the server's data away and begins anew.",
        ) from None
