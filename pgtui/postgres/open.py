"""Opening the target of a run: the user's server, or else the embedded one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pgtui.errors import ServerError
from pgtui.postgres.conninfo import parameters_of, server_variables
from pgtui.postgres.target import Target


@contextmanager
def open_target(
    dsn: str | None, *, allow_writes: bool = False, progress: Callable[[str], None] | None = None
) -> Iterator[Target]:
    """The server to run on, for as long as the context lasts. Blocks; it is meant for a thread.

    With a DSN that is the server it names. Without one it is the server that PG* variables point at
    (see `conninfo.SERVER_VARIABLES`). Without those it is the embedded server, which is started if it
    does not run, and stopped at the end if nobody else uses it.

    Args:
        dsn: a connection URI or `keyword=value` string, as libpq understands it; None for none.
        allow_writes: let connections to the user's server write. The embedded one is always writable.
        progress: told, in a line without an end, what takes longer than a moment.

    Raises:
        UsageError: the DSN is malformed, or PGTUI_SERVER_DIR is.
        ServerError: no server could be reached or started.
    """
    tell = progress or _silently
    if dsn is not None or server_variables():
        yield _users_target(dsn, allow_writes, tell)
        return
    from pgtui.postgres.embedded import embedded_server

    with embedded_server(tell) as server:
        yield Target(
            host=server.host,
            port=server.port,
            dbname=server.dbname,
            user=server.user,
            embedded=True,
            server_version=server.version,
            read_only=False,
        )


def revive(target: Target, progress: Callable[[str], None] | None = None) -> None:
    """Start an open target's embedded server again, in case it was stopped or killed meanwhile.

    The target stays as it is. Does nothing for a server that is not pgtui's own. Blocks.

    Raises:
        ServerError: it cannot be started.
    """
    if target.embedded:
        from pgtui.postgres.directory import told_with_directory
        from pgtui.postgres.embedded import ensure_running, installed_cluster

        this = installed_cluster()
        with told_with_directory(this.directory):
            ensure_running(this, progress or _silently)


def _users_target(dsn: str | None, allow_writes: bool, progress: Callable[[str], None]) -> Target:
    from pgtui.postgres.probe import resolve

    try:
        return resolve(parameters_of(dsn or ""), allow_writes=allow_writes, progress=progress)
    except ServerError as error:
        if dsn is not None:
            raise
        said = ", ".join(server_variables())
        raise ServerError(
            error.message, f"{error.hint} pgtui connects there because of {said}; unset, it runs its own server."
        ) from None


def _silently(_line: str) -> None:
    """Nobody wants to know."""
