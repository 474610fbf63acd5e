"""pgtui's own connection to the embedded server: as superuser, patient while the server recovers."""

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pgtui.errors import ServerError
from pgtui.postgres.cluster import ADMIN
from pgtui.postgres.directory import SOCKET_PORT, ServerDirectory

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

READY_TIMEOUT = 60.0
"""Seconds of crash recovery that a client waits for."""

_STATEMENT_TIMEOUT = "60s"


@contextmanager
def connected_as_admin(directory: ServerDirectory, database: str) -> "Iterator[psycopg.Connection]":
    """Connect to the running embedded server, with autocommit.

    Raises:
        ServerError: it takes no connection, or one of the statements failed.
    """
    import psycopg

    try:
        with _connect(directory, database) as connection:
            yield connection
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise ServerError(
            f"The embedded server in {directory.root} cannot be used: {reason}.",
            f"Its log is {directory.log}; `pgtui server reset` throws its data away and begins anew.",
        ) from None


def _connect(directory: ServerDirectory, database: str) -> "psycopg.Connection":
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
    deadline = time.monotonic() + READY_TIMEOUT
    while True:
        try:
            return psycopg.connect(conninfo, autocommit=True)
        except psycopg.OperationalError as error:
            # "… is starting up", "… is in recovery mode", "… is not yet accepting connections"
            if "the database system is" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
