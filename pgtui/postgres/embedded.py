"""The embedded server as pgtui uses it: joined by every process, started by the first, stopped by the last.

The server is shared by all pgtui processes of a user. Nobody owns it; see `locks` for who may do what.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from pgtui.postgres import cluster, locks
from pgtui.postgres.account import server_account
from pgtui.postgres.admin import connected_as_admin
from pgtui.postgres.binaries import find_binaries, reachable_binaries
from pgtui.postgres.cluster import Cluster
from pgtui.postgres.demo import DATABASE, ROLE, ensure_demo
from pgtui.postgres.directory import (
    SOCKET_PORT,
    ServerDirectory,
    base_directory,
    prepare,
    server_directory,
    told_with_directory,
)
from pgtui.postgres.reaper import ensure_reaper


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
    this = installed_cluster()
    with told_with_directory(this.directory):
        client = _join(this, progress)
    try:
        with told_with_directory(this.directory):
            version = ensure_running(this, progress)
        yield EmbeddedServer(this.directory, version)
    finally:
        with told_with_directory(this.directory):
            _leave(this, client)


def ensure_running(this: Cluster, progress: Callable[[str], None]) -> str:
    """Start the server unless it answers, wait until it is ready, and see to its demo data.

    Returns the server's version. The caller is a client already.
    """
    directory = this.directory
    with locks.lifecycle(directory.lifecycle_lock, progress) as held:
        ensure_reaper(directory)
        if not cluster.is_alive(directory):
            if not cluster.exists(directory):
                version = this.binaries.version
                progress(f"Creating PostgreSQL {version} in {directory.root} (the first time only)")
                cluster.create(this)
            cluster.start(this, held)
        return ensure_demo(partial(connected_as_admin, directory), progress)


def installed_cluster() -> Cluster:
    """The server that this installation of pgtui uses, with its directory ready for use."""
    account = server_account()
    binaries = find_binaries()
    directory = server_directory(base_directory(), binaries.major)
    prepare(directory, account)
    if account.switched:
        with told_with_directory(directory), locks.lifecycle(directory.lifecycle_lock):
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
            cluster.stop(directory)
