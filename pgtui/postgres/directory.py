"""The embedded server's own directory: where it is, whose it is, and what lies where in it.

pgtui changes permissions in this directory only, so it takes none that something else lives in.
"""

import hashlib
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pgtui.errors import ServerError, UsageError
from pgtui.postgres.account import Account, may_enter

BASE_VARIABLE = "PGTUI_SERVER_DIR"
"""The environment variable that puts the server's directory somewhere else."""

SOCKET_PORT = 5432
"""The number in the socket's name; nothing listens on TCP."""

_MARKER = "pgtui-server.txt"
_MARKER_TEXT = """\
pgtui keeps its embedded PostgreSQL server here, one directory a major version.
See `pgtui server`; `pgtui server reset` throws the data away.
"""
_HINT = f"Set {BASE_VARIABLE} to a directory of your own, or give the DSN of a server with --dsn."

# sun_path holds 108 bytes on Linux and 104 on macOS, the terminating zero included.
_LONGEST_SOCKET = 103


@dataclass(frozen=True, slots=True)
class ServerDirectory:
    """The places of one server: everything of one PostgreSQL major version, under the base directory.

    Attributes:
        root: the directory of this major version.
        data: PostgreSQL's data directory.
        sockets: the directory of its Unix socket, closed to everybody else.
    """

    root: Path
    data: Path
    sockets: Path

    @property
    def socket(self) -> Path:
        """The Unix socket's file."""
        return self.sockets / f".s.PGSQL.{SOCKET_PORT}"

    @property
    def log(self) -> Path:
        """What the server writes to its log; goes with the data."""
        return self.data / "server.log"

    @property
    def postmaster_pid(self) -> Path:
        """The file in which a running server names its process."""
        return self.data / "postmaster.pid"

    @property
    def lifecycle_lock(self) -> Path:
        """Held by the one process that starts or stops the server."""
        return self.root / "lifecycle.lock"

    @property
    def clients_lock(self) -> Path:
        """Held (shared) by every process that uses the server."""
        return self.root / "clients.lock"

    @property
    def reaper_lock(self) -> Path:
        """Held by the process that stops the server when no client is left."""
        return self.root / "reaper.lock"

    @property
    def clients(self) -> Path:
        """One locked file for each client, named after its process."""
        return self.root / "clients"

    @property
    def copies(self) -> Path:
        """Copies of server programs that the server's account could not reach."""
        return self.root / "programs"

    def disposable(self) -> list[Path]:
        """What a reset deletes: all but the locks, which other processes may be waiting for."""
        return [path for path in (self.data, *self.root.glob("data.*"), self.copies) if path.exists()]


def base_directory() -> Path:
    """Where the embedded servers live; the directory need not exist.

    `PGTUI_SERVER_DIR` if it is set; else `/var/lib/pgtui` for root, and `pgtui/server` in the user's
    data directory (`~/.local/share`, `~/Library/Application Support`) for others.

    Raises:
        UsageError: the variable's value is not an absolute path.
    """
    if value := os.environ.get(BASE_VARIABLE):
        try:
            path = Path(value).expanduser()
        except RuntimeError:
            path = Path(value)  # ~nobody-of-this-name: said below
        if not path.is_absolute():
            raise UsageError(
                f"{BASE_VARIABLE} is {value!r}, which is not an absolute path.",
                "All pgtui processes share the server, whatever directory they start in.",
            )
        return Path(os.path.realpath(path))
    if os.geteuid() == 0:
        return Path("/var/lib/pgtui")
    import platformdirs

    return platformdirs.user_data_path("pgtui") / "server"


def server_directory(base: Path, major: int) -> ServerDirectory:
    """The places of the server of this major version; touches nothing."""
    root = base / str(major)
    return ServerDirectory(root=root, data=root / "data", sockets=_sockets(root))


def prepare(directory: ServerDirectory, account: Account) -> None:
    """Create what is missing of the directory, with the owners and permissions it needs.

    As root the base and the root are open for passing through (0711) and root's; the data and the
    socket's directory are the account's (0700). As a user everything is the user's (0700).

    Raises:
        ServerError: it cannot be created, belongs to somebody else, holds other things, or the
            account cannot reach it.
    """
    base = directory.root.parent
    mode = 0o711 if account.switched else 0o700
    with told_with_directory(directory):
        _adopt(base)
        base.chmod(mode)
        directory.root.mkdir(exist_ok=True)
        directory.root.chmod(mode)
        directory.clients.mkdir(mode=0o700, exist_ok=True)
    if not may_enter(account, directory.root):
        raise ServerError(
            f"The server's account {account.name!r} cannot reach {directory.root}"
            " (a directory above it is closed to it).",
            _HINT,
        )
    with told_with_directory(directory):
        own(directory.sockets, account)


def own(path: Path, account: Account) -> None:
    """Make sure that a directory exists, is no link, and is the account's alone (0700).

    Raises:
        OSError: it is somebody else's, or cannot be created.
    """
    path.mkdir(mode=0o700, exist_ok=True)
    status = path.lstat()
    if path.is_symlink() or status.st_uid not in (account.uid, os.geteuid()):
        raise PermissionError(1, "it belongs to somebody else", str(path))
    if account.switched:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    path.chmod(0o700)


@contextmanager
def told_with_directory(directory: ServerDirectory) -> Iterator[None]:
    """Tell what the system refuses, in a full or closed directory, as one error with the path and reason."""
    try:
        yield
    except OSError as error:
        path = error.filename or directory.root
        raise ServerError(
            f"The embedded server's directory cannot be used: {path}: {error.strerror or error}.", _HINT
        ) from None
    except subprocess.TimeoutExpired as error:
        raise ServerError(
            f"PostgreSQL's programs did not end within {error.timeout:.0f} s in {directory.root}.",
            f"The server's log is {directory.log}.",
        ) from None


def _adopt(base: Path) -> None:
    """Create the base directory, or make sure that it is ours."""
    created = not base.exists()
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    if base.stat().st_uid != os.geteuid():
        raise PermissionError(1, "it belongs to somebody else", str(base))
    marker = base / _MARKER
    if marker.exists():
        return
    if not created and any(path.name != _MARKER for path in base.iterdir()) and not marker.exists():
        raise FileExistsError(17, "it already holds other files, and pgtui wants one for itself", str(base))
    marker.write_text(_MARKER_TEXT)


def _sockets(root: Path) -> Path:
    """The socket's directory: in the root, or where that is too long or odd, a short one in /tmp.

    A comma separates hosts for libpq and directories for PostgreSQL, so only plain names will do. The
    place must not hang on TMPDIR or XDG_RUNTIME_DIR, in which the processes of a user may differ.
    """
    sockets = root / "run"
    length = len(os.fsencode(sockets / f".s.PGSQL.{SOCKET_PORT}"))
    if length <= _LONGEST_SOCKET and re.fullmatch(r"[A-Za-z0-9_./+@~-]+", str(sockets)):
        return sockets
    digest = hashlib.sha256(os.fsencode(root)).hexdigest()[:12]
    return Path(f"/tmp/pgtui-{os.geteuid()}-{digest}")
