"""The embedded server from outside: what it is doing, stopping it, throwing its data away.

Nothing here starts a server or creates a directory, and nobody becomes a client by asking.
"""

import shutil
from dataclasses import dataclass
from enum import StrEnum

from pgtui.errors import UsageError
from pgtui.postgres import cluster, locks
from pgtui.postgres.admin import connected_as_admin
from pgtui.postgres.binaries import find_binaries
from pgtui.postgres.directory import ServerDirectory, base_directory, server_directory, told_with_directory


class State(StrEnum):
    """What there is of the embedded server."""

    RUNNING = "running"
    STOPPED = "stopped"
    ABSENT = "not created yet"


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """The embedded server at one moment.

    Attributes:
        state: whether it runs, or could.
        version: of the running server, else of the one that would be started; such as "18.6".
        directory: where it lives.
        clients: the process ids of the pgtui processes that use it, lowest first.
        connections: how many connections it has, whoever opened them; 0 unless it runs.
    """

    state: State
    version: str
    directory: ServerDirectory
    clients: tuple[int, ...]
    connections: int


def where() -> ServerDirectory:
    """The places of this installation's server; they need not exist.

    Raises:
        ServerError: there are no server programs.
        UsageError: PGTUI_SERVER_DIR is wrong.
    """
    return server_directory(base_directory(), find_binaries().major)


def status() -> ServerStatus:
    """Look at the embedded server.

    Raises:
        ServerError: its directory cannot be looked into, there are no server programs, or it runs and
            takes no connection.
        UsageError: PGTUI_SERVER_DIR is wrong.
    """
    binaries = find_binaries()
    directory = where()
    with told_with_directory(directory):
        clients = tuple(locks.present(directory.clients))
        if cluster.is_alive(directory):
            version, connections = _ask(directory)
            return ServerStatus(State.RUNNING, version, directory, clients, connections)
        state = State.STOPPED if cluster.exists(directory) else State.ABSENT
        return ServerStatus(state, binaries.version, directory, clients, 0)


def stop(*, force: bool) -> bool:
    """Stop the server; false when it did not run.

    Args:
        force: stop it although pgtui processes use it; their connections break. They start it again
            when they next need it.

    Raises:
        UsageError: others use it, and `force` was not asked for.
        ServerError: it does not stop.
    """
    directory = where()
    with told_with_directory(directory):
        if not cluster.is_alive(directory):
            return False
        with locks.lifecycle(directory.lifecycle_lock):
            _refuse_if_used(directory, force=force)
            cluster.stop(directory)
    return True


def reset(*, force: bool) -> bool:
    """Stop the server and delete its data; the next start makes it anew. False when there was nothing.

    Args:
        force: as for `stop`.

    Raises:
        UsageError: others use it, and `force` was not asked for.
        ServerError: it does not stop, or its files cannot be deleted.
    """
    directory = where()
    with told_with_directory(directory):
        if not directory.root.exists():
            return False
        with locks.lifecycle(directory.lifecycle_lock):
            _refuse_if_used(directory, force=force)
            cluster.stop(directory)
            disposable = directory.disposable()
            for path in disposable:
                shutil.rmtree(path)
    return bool(disposable)


def _refuse_if_used(directory: ServerDirectory, *, force: bool) -> None:
    clients = locks.present(directory.clients)
    if clients and not force:
        noun = "process uses" if len(clients) == 1 else "processes use"
        raise UsageError(
            f"{len(clients)} pgtui {noun} the server in {directory.root}: {', '.join(map(str, clients))}.",
            "Close them first, or break their connections with --force.",
        )


def _ask(directory: ServerDirectory) -> tuple[str, int]:
    """The running server's version, and how many connections it has beside this one."""
    with connected_as_admin(directory, "postgres") as connection:
        query = (
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        row = connection.execute(query).fetchone()
        version = connection.info.parameter_status("server_version") or "unknown"
        return version.split()[0], row[0] if row else 0
