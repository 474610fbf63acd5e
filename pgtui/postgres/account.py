"""Which account the embedded server runs as, and running its programs as that account.

PostgreSQL refuses to run as root. As root, its programs therefore run as an unprivileged account that
the system already has; no account is created. As anybody else, they run as the user.
"""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pgtui.errors import ServerError

# initdb looks its own user up in the account database, so a bare number does not do.
_UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """Who owns the server's files and runs its programs.

    Attributes:
        name: the account's name.
        uid: its user id.
        gid: its primary group.
        switched: whether this process is root and has to change to the account to run something.
    """

    name: str
    uid: int
    gid: int
    switched: bool


def server_account() -> Account:
    """The account for the server: the user's own, or as root the first of `postgres` and `nobody`.

    Raises:
        ServerError: root, on a system without either account.
    """
    if os.geteuid() != 0:
        try:
            name = pwd.getpwuid(os.geteuid()).pw_name
        except KeyError:
            raise ServerError(
                f"User id {os.geteuid()} has no account on this system, and PostgreSQL's initdb needs one.",
                "Run pgtui as a user with an account, or give the DSN of a server with --dsn.",
            ) from None
        return Account(name, os.geteuid(), os.getegid(), switched=False)
    for name in _UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid, switched=True)
    raise ServerError(
        "PostgreSQL does not run as root, and this system has no account 'postgres' or 'nobody' for it.",
        "Run pgtui as an ordinary user, or give the DSN of a server with --dsn.",
    )


def run_as(
    account: Account, command: Sequence[str | Path], *, cwd: Path, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run a program as the account and give back its exit code and what it wrote (stderr in stdout).

    The program gets a session of its own, so that Ctrl+C in the terminal stops pgtui and not, half-way,
    the server; an environment without PG* variables, which mean the user's servers and not this one;
    and untranslated messages.

    Raises:
        OSError: the program cannot be executed (`PermissionError` where the account may not reach it).
        subprocess.TimeoutExpired: it ran for more than `timeout` seconds, and was killed.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    environment["LC_ALL"] = "C"
    return subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd=cwd,
        env=environment,
        start_new_session=True,
        timeout=timeout,
        user=account.uid if account.switched else None,
        group=account.gid if account.switched else None,
        extra_groups=[] if account.switched else None,
        check=False,
    )


def may_enter(account: Account, directory: Path) -> bool:
    """Whether the account can reach a directory; asked of the system, which knows access lists too.

    Raises:
        ServerError: this process is root and may all the same not change to the account.
    """
    if not account.switched:
        return os.access(directory, os.X_OK)
    command = ["/bin/sh", "-c", 'cd "$1"', "sh", str(directory)]
    try:
        return run_as(account, command, cwd=Path("/"), timeout=10).returncode == 0
    except OSError as error:
        raise ServerError(
            f"PostgreSQL does not run as root, and root may not run it as {account.name!r} here: {error.strerror}.",
            "Run pgtui as an ordinary user, or give the DSN of a server with --dsn.",
        ) from None
