"""A PgBouncer of one's own between the tasks and the server, in transaction pooling, for as long as a context lasts.

It listens on a Unix socket in a directory of its own only, runs as an unprivileged account when pgtui is root, and ends
with its context or, when pgtui is killed, with pgtui.
"""

import asyncio
import contextlib
import dataclasses
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pgtui.errors import ServerError
from pgtui.guide.programs import find_program
from pgtui.postgres import Target
from pgtui.postgres.account import Account, server_account

POOL_SIZE = 2
"""Backends for all clients together: fewer than there are tasks, so that they take turns on them."""

START_SECONDS = 5.0
_PORT = 6432  # part of the socket's name only
_CONFIGURATION = """\
[databases]
{database} = {server}
[pgbouncer]
listen_addr =
listen_port = {port}
unix_socket_dir = {directory}
unix_socket_mode = 0777
auth_type = any
pool_mode = transaction
default_pool_size = {pool_size}
max_client_conn = 200
ignore_startup_parameters = extra_float_digits,options
server_tls_sslmode = {tls}
logfile = {directory}/log
{more}
"""
# Its shell waits for the end of its input, which comes when pgtui ends in whatever way, and clears up.
_GUARDED = '"$0" -q "$1" </dev/null & read -r line; kill $!; wait $!; rm -rf "$2"'


@asynccontextmanager
async def transaction_pooling(target: Target) -> AsyncIterator[Target]:
    """The target behind a PgBouncer that gives a backend to a client for one transaction at a time.

    Raises:
        ServerError: it does not start; the message has its own last words.
    """
    program = find_program("pgbouncer")
    if program is None:
        raise ServerError("There is no pgbouncer on this machine.", "Debian has it in the package pgbouncer.")
    account = server_account()
    directory = Path(tempfile.mkdtemp(prefix="pgtui-bouncer-", dir="/tmp"))  # a socket's path has to be short
    try:
        configuration = _configure(directory, target, program, account)
        process = await asyncio.create_subprocess_exec(
            *("/bin/sh", "-c", _GUARDED, program, str(configuration), str(directory)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=directory,
            start_new_session=True,
            # PgBouncer, like PostgreSQL, does not run as root.
            user=account.uid if account.switched else None,
            group=account.gid if account.switched else None,
            extra_groups=[] if account.switched else None,
        )
        try:
            await _answers(process, directory)
            configuration.unlink()  # it has the password in it, and has been read
            yield _behind(target, directory)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), START_SECONDS)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _configure(directory: Path, target: Target, program: str, account: Account) -> Path:
    """Write its configuration, which has the server's password in it: only the account may read it."""
    server = {
        "host": target.address,
        "port": str(target.port),
        "dbname": target.dbname,
        "user": target.user,
        "password": target.password or "",
        "connect_query": "SET default_transaction_read_only = on" if target.read_only else "",
    }
    told = " ".join(f"{key}={_quoted(value)}" for key, value in server.items() if value)
    path = directory / "pgbouncer.ini"
    text = _CONFIGURATION.format(
        database=target.dbname,
        server=told,
        port=_PORT,
        directory=directory,
        pool_size=POOL_SIZE,
        tls="require" if target.ssl_in_use else "disable",
        # From 1.24 on it keeps named statements apart by itself unless told not to.
        more="max_prepared_statements = 0" if _version(program) >= (1, 21) else "",
    )
    path.touch(mode=0o600)
    path.write_text(text)
    if account.switched:
        os.chown(directory, account.uid, account.gid)
        os.chown(path, account.uid, account.gid)
    return path


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _version(program: str) -> tuple[int, ...]:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=5, check=False).stdout
    number = told.partition("PgBouncer ")[2].partition("\n")[0]
    return tuple(int(part) for part in number.split(".")[:2] if part.isdigit())


async def _answers(process: asyncio.subprocess.Process, directory: Path) -> None:
    socket = directory / f".s.PGSQL.{_PORT}"
    try:
        async with asyncio.timeout(START_SECONDS):
            while process.returncode is None:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_unix_connection(socket)
                    writer.close()
                    return
                await asyncio.sleep(0.02)
    except TimeoutError:
        pass
    log = directory / "log"
    words = log.read_text(errors="replace").splitlines() if log.exists() else []
    raise ServerError(f"pgbouncer does not start: {words[-1] if words else 'it does not say why'}.")


def _behind(target: Target, directory: Path) -> Target:
    return dataclasses.replace(
        target,
        host=str(directory),
        hostaddr=None,
        port=_PORT,
        password=None,
        settings={},
        parameters={"sslmode": "disable", "gssencmode": "disable"},
        ssl_in_use=False,
    )
